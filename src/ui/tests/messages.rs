//! Errors and messages: in the job pane, in the zoomed list, and as links.

use super::{super::fixture::*, snapshot};
use crate::state::view::scroll::Scroll;
use crate::{
    protocol::texts::{Language, Prefix, TextResponse, parse},
    state::{
        State,
        printer::error_texts::{TextEvent, TextTable},
        screen::alerts::scroll_limit,
        update::update,
        view::Pane,
    },
};

use std::sync::Arc;

/// A printer that waits with an error, and beside it says something of every severity, and one thing to itself.
fn troubled(width: u16, height: u16) -> State {
    let mut f = Fixture::new();
    let hms = r#""hms":[{"attr":50331904,"code":65537},{"attr":117448704,"code":131073},{"attr":201327360,"code":196614},
        {"attr":83887104,"code":196695},{"attr":83887616,"code":131184},{"attr":117457664,"code":262145}]"#;
    let fields = printing("lamp_shade", 67, 62).replace("RUNNING", "PAUSE") + r#","print_error":117473297,"# + hms;
    f.printer("Garage A1", "03900A000000002", &fields);
    f.build(width, height)
}

fn zoomed(mut state: State) -> State {
    state.view.zoom = Some(Pane::Job);
    state
}

#[test]
fn the_job_pane_says_what_is_wrong_and_what_to_do() {
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        snapshot(format!("troubled_{w}x{h}"), &shot(&troubled(w, h)));
    }
}

#[test]
fn zoomed_it_lists_every_message_in_full() {
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        snapshot(format!("messages_{w}x{h}"), &shot(&zoomed(troubled(w, h))));
    }
    let mut end = zoomed(troubled(80, 24));
    end.view.scroll[Pane::Job] = Scroll::to(scroll_limit(&end).into());
    snapshot("messages_80x24_end", &shot(&end));
    end.view.scroll[Pane::Job] = Scroll::to(999);
    assert!(shot(&end).contains("HMS_0500_0600_0002_0070"), "never scrolled past the end");
    let mut quiet = zoomed(troubled(80, 24));
    quiet.settings.read_only = true;
    assert!(!shot(&quiet).contains("r resume"), "what cannot be ordered is not offered");
}

#[test]
fn a_long_text_of_the_vendor_leaves_room_for_what_to_do() {
    let text = "The filament has run out. ".repeat(30);
    let json = serde_json::json!({"data": {"device_error": {"en": [{"ecode": "07008011", "intro": text}]}}});
    let language = Language::English;
    let Ok(TextResponse::New(table, version)) = parse(json.to_string().as_bytes(), language) else { panic!("a table") };
    let told = |mut state: State| {
        let prefix = Prefix::of("039").expect("a prefix");
        let fetched = state.now.unix - 3 * 86_400;
        let sheet = Arc::new(TextTable { prefix, language, table: table.clone(), version, fetched });
        let now = state.now;
        update(&mut state, crate::state::event::Event::Texts(TextEvent::Fetched(sheet)), now);
        state
    };
    snapshot("vendor_text_80x24", &shot(&told(troubled(80, 24))));
    snapshot("vendor_text_zoomed_80x24", &shot(&told(zoomed(troubled(80, 24)))));
}

/// Bytes of a frame as a terminal gets them.
fn bytes(state: &State) -> Vec<u8> {
    let area = ratatui::layout::Rect::new(0, 0, state.view.size.width, state.view.size.height);
    let options = ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(area) };
    let mut out = Vec::new();
    let backend = ratatui::backend::CrosstermBackend::new(&mut out);
    let mut terminal = ratatui::Terminal::with_options(backend, options).expect("a terminal");
    terminal.draw(|frame| super::super::render(frame, state)).expect("drawn");
    drop(terminal);
    out
}

#[test]
fn codes_are_links_where_the_terminal_makes_them_and_nothing_moves() {
    let plain = zoomed(troubled(120, 40));
    let mut linked = plain.clone();
    linked.settings.links = true;
    assert!(shot(&plain).contains("https://wiki.bambulab.com") && !shot(&plain).contains('\x1b'));
    let text = String::from_utf8(bytes(&linked)).expect("UTF-8");
    let link = "\x1b]8;id=HMS_0300_0100_0001_0001;https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/0300_0100_0001_0001\x1b\\";
    // One for each cell of the code, and each is closed again.
    assert_eq!(text.matches(link).count(), "HMS_0300_0100_0001_0001".len());
    assert_eq!(text.matches("\x1b]8;id=").count(), text.matches("\x1b]8;;\x1b\\").count());
    let seen = |state: &State| {
        let mut screen = vt100::Parser::new(40, 120, 0);
        screen.process(&bytes(state));
        screen.screen().contents()
    };
    // Without the lines of the addresses the screens would be the same; the links' own lines are whole.
    assert!(seen(&linked).contains("fatal  HMS_0300_0100_0001_0001  first seen"), "{}", seen(&linked));
    assert!(!seen(&linked).contains("https://") && !seen(&linked).contains("]8;"));
    // In the usual view nothing else changes at all.
    let (plain, mut linked) = (troubled(120, 40), troubled(120, 40));
    linked.settings.links = true;
    linked.now = plain.now;
    assert_eq!(seen(&plain).replace(char::is_numeric, "0"), seen(&linked).replace(char::is_numeric, "0"));
}

#[test]
fn the_list_and_its_scrolling_agree_at_every_size() {
    let mut state = zoomed(troubled(10, 10));
    for w in (10..130).step_by(7) {
        for h in (5..50).step_by(3) {
            resize(&mut state, w, h);
            state.view.scroll[Pane::Job] = Scroll::default();
            let limit = scroll_limit(&state);
            assert_eq!(limit > 0, shot(&state).contains('▾'), "{w}x{h}");
            state.view.scroll[Pane::Job] = Scroll::to(limit.into());
            assert!(!shot(&state).contains('▾'), "{w}x{h}: the end is reached");
        }
    }
}
