//! Who needs a person is marked in the list, on the cards and in the header alike; danger is a word, not only a colour.

use super::{plain, snapshot};
use crate::{
    state::{
        State,
        printer::need::tests::{state_of, story},
        settings::ThemeName,
        view::Pane,
    },
    ui::{fixture::*, theme::Role},
};
use proptest::prelude::*;
use ratatui::style::Modifier;

/// Printers that are marked as needing somebody.
fn marked(state: &State) -> Vec<String> {
    let text = shot(state);
    let names = state.fleet.printers.iter().map(|printer| printer.name.clone());
    names.filter(|name| ["! ", "✗ "].iter().any(|mark| text.contains(&format!("{mark}{name}")))).collect()
}

/// The numbers that the header has for them.
fn counted(state: &State) -> usize {
    let text = shot(state);
    let head = text.lines().next().unwrap_or_default();
    let words: Vec<_> = head.split_whitespace().collect();
    let before =
        |what: &[&str]| words.windows(2).find(|two| what.contains(&two[1])).and_then(|two| two[0].parse().ok());
    before(&["DANGER"]).unwrap_or(0) + before(&["need", "needs"]).unwrap_or(0_usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn list_cards_and_header_agree(stories in prop::collection::vec(story(), 2..6)) {
        let mut state = state_of(&stories);
        let needing: Vec<_> =
            state.fleet.printers.iter().filter(|printer| printer.need().is_some()).map(|printer| printer.name.clone()).collect();
        for (w, h, zoom) in [(200, 60, None), (120, 40, None), (120, 40, Some(Pane::Printers)), (80, 24, Some(Pane::Printers))] {
            state.view.zoom = zoom;
            resize(&mut state, w, h);
            prop_assert_eq!(marked(&state), needing.clone(), "{}x{} {:?}\n{}", w, h, zoom, shot(&state));
            prop_assert_eq!(counted(&state), needing.len(), "{}x{} {:?}\n{}", w, h, zoom, shot(&state));
        }
    }
}

/// Eight printers: one smokes while it prints, one's nozzle heats out of control, one has a fatal message, one a wrong code.
fn alarmed(width: u16, height: u16) -> State {
    let mut f = seven();
    let now = f.now;
    let smoke = r#""hms":[{"attr":201327360,"code":65566}]"#;
    tell(&mut f.printers[2], smoke, now);
    tell(&mut f.printers[0], r#""hms":[{"attr":50331904,"code":65537}]"#, now);
    tell(&mut f.printers[3], &format!(r#""gcode_state":"PAUSE","print_error":{}"#, 0x0300_806E), now);
    let spare = f.printers[5].name.clone();
    let mut state = f.build(width, height);
    let who = state.fleet.printers.iter().position(|printer| printer.name == spare).expect("the spare one");
    let why = crate::state::printer::connection::DisconnectReason::WrongCode;
    let down = crate::state::printer::connection::ConnectionEvent::Down { why: why.clone(), retry_in: None };
    state.fleet.printers[who].set_link(down, now.at);
    state.fleet.printers[who].last_cause = Some(why);
    state.arrange_rows();
    select(&mut state, "Office X1C");
    state
}

#[test]
fn danger_is_seen_at_every_size() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        let state = alarmed(w, h);
        let text = shot(&state);
        assert!(text.contains("DANGER"), "{text}");
        snapshot(format!("danger_{w}x{h}"), &text);
        let ascii = shot(&plain(alarmed(w, h)));
        assert!(ascii.contains("DANGER") && ascii.is_ascii(), "{ascii}");
    }
    snapshot("danger_ascii_80x24", &shot(&plain(alarmed(80, 24))));
    for zoom in [Pane::Printers, Pane::Job] {
        let mut state = alarmed(120, 40);
        state.view.zoom = Some(zoom);
        snapshot(format!("danger_{zoom:?}_120x40").to_lowercase(), &shot(&state));
    }
    // Seen from another printer.
    let mut state = alarmed(40, 12);
    select(&mut state, "Shelf mini");
    let text = shot(&state);
    assert!(text.contains("! Office X1C DANGER: SMOKE"), "{text}");
    for (w, h) in [(30, 5), (20, 3), (24, 1)] {
        assert!(shot(&alarmed(w, h)).contains("DANGER"), "{w}x{h}\n{}", shot(&alarmed(w, h)));
    }
}

/// Whoever is selected, whatever is zoomed, and whatever else claims room: somebody's danger is a word on the screen.
#[test]
fn danger_of_another_printer_is_seen_at_every_size_too() {
    let zooms = [None, Some(Pane::Printers), Some(Pane::Job), Some(Pane::Temps), Some(Pane::Journal)];
    for (w, h) in [
        (20, 1),
        (40, 1),
        (200, 1),
        (20, 4),
        (24, 9),
        (30, 8),
        (35, 40),
        (36, 9),
        (40, 6),
        (40, 12),
        (60, 5),
        (50, 20),
        (60, 16),
        (80, 24),
        (100, 30),
        (200, 60),
    ] {
        for zoom in zooms {
            for who in ["Shelf mini", "Office X1C", "Workshop P1S"] {
                let mut state = alarmed(w, h);
                state.view.zoom = zoom;
                select(&mut state, who);
                for (read_only, demo) in [(false, false), (true, true)] {
                    state.settings.read_only = read_only;
                    state.settings.demo = demo;
                    let text = shot(&state);
                    assert!(text.contains("DANGER"), "{w}x{h} {zoom:?} {who}\n{text}");
                }
                state.view.filter = "Shelf".into();
                state.arrange_rows();
                let text = shot(&state);
                assert!(text.contains("DANGER"), "{w}x{h} {zoom:?} filter\n{text}");
            }
        }
    }
    for (w, h) in [(40, 1), (30, 8), (20, 4)] {
        let mut state = alarmed(w, h);
        select(&mut state, "Shelf mini");
        snapshot(format!("danger_elsewhere_{w}x{h}"), &shot(&state));
    }
}

/// The words about danger come before why the printer cannot be reached, and the title keeps the word.
#[test]
fn danger_goes_before_the_link() {
    for (w, h) in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        let mut state = alarmed(w, h);
        let why = crate::state::printer::connection::DisconnectReason::Closed;
        let retry_in = Some(std::time::Duration::from_secs(5));
        let down = crate::state::printer::connection::ConnectionEvent::Down { why: why.clone(), retry_in };
        let (who, at) = (usize::from(state.view.selected.expect("selected").0), state.now.at);
        state.fleet.printers[who].set_link(down, at);
        let text = shot(&state);
        let job = text.find("offline").map_or("", |at| &text[at..]);
        let smoke = job.find("SMOKE").unwrap_or_else(|| panic!("{text}"));
        assert!(job.find("next try").is_none_or(|next| smoke < next), "{text}");
        assert!(job.find(&why.to_string()).is_none_or(|why| smoke < why), "{text}");
        snapshot(format!("danger_offline_{w}x{h}"), &text);
    }
    for w in [36, 40, 60, 100] {
        let mut state = alarmed(w, 12);
        state.view.zoom = Some(Pane::Job);
        let text = shot(&state);
        let title = text.lines().nth(1).unwrap_or_default();
        assert!(title.contains("DANGER"), "{text}");
    }
}

/// What an earlier run of the program heard is told with its time, everywhere.
#[test]
fn danger_from_before_the_start_is_seen_with_its_time() {
    let mut printer = crate::state::printer::Printer::new("Attic", "01P00A000000000", "h", None, Vec::new());
    let code = crate::protocol::codes::Code::parse("0300_8044").expect("a code");
    let unix = seven().now.unix - 3600;
    let danger = crate::state::printer::danger::Danger { serial: printer.serial.clone(), code, unix };
    printer.was_in_danger(&danger);
    let mut f = seven();
    f.printers.insert(0, printer);
    let mut state = f.build(120, 40);
    select(&mut state, "Attic");
    let said = format!("said {}", crate::ui::text::format_timestamp(unix, state.now, state.settings.clock));
    for (w, h, zoom, times) in
        [(200, 60, None, 2), (120, 40, Some(Pane::Printers), 1), (100, 30, Some(Pane::Job), 1), (30, 10, None, 0)]
    {
        state.view.zoom = zoom;
        resize(&mut state, w, h);
        let text = shot(&state);
        assert!(text.contains("DANGER"), "{w}x{h} {zoom:?}\n{text}");
        assert!(text.matches(&said).count() >= times, "{said:?} {w}x{h} {zoom:?}\n{text}");
    }
}

#[test]
fn danger_is_turned_inside_out_in_every_theme() {
    for theme in [ThemeName::Dark, ThemeName::Light, ThemeName::HighContrast, ThemeName::ColourBlind, ThemeName::Mono] {
        let mut state = alarmed(120, 40);
        state.settings.theme = theme;
        let style = crate::ui::theme::Theme::new(&state.settings).style(Role::Danger);
        assert!(style.add_modifier.contains(Modifier::REVERSED | Modifier::BOLD), "{theme:?}");
        let buf = buffer(&state);
        let loud = buf.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED | Modifier::BOLD));
        let text: String = loud.map(ratatui::buffer::Cell::symbol).collect();
        assert!(text.contains("DANGER: SMOKE was detected"), "{theme:?}: {text}");
    }
}
