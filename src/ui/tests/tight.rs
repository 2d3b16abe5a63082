//! What must be legible however little room there is: numbers, names, reasons, and what a dialog says.

use super::super::fixture::*;
use super::{large, snapshot};
use crate::state::view::scroll::Scroll;
use crate::state::{
    PrinterId, State, Tone,
    command::{
        action::{Action, PrintAction, ThermalAction},
        bulk::Item,
        tracker::LOCKED,
    },
    effect::Effect,
    event::Event,
    notify::notice::Notice,
    update::update,
    view::{
        Dialog, Pane,
        dialogs::{Confirm, Palette, Panel},
    },
};
use crossterm::event::KeyCode;

/// What cannot be armed says why before anybody tries.
#[test]
fn the_control_panel_says_what_is_in_the_way() {
    let with = |change: fn(&mut State), (w, h): (u16, u16)| {
        let mut state = seven_at(w, h);
        select(&mut state, "Spare P1P");
        change(&mut state);
        let who = state.view.selected.expect("selected");
        state.view.dialogs.push(Dialog::Panel(Panel { who, armed: None, step: 1 }));
        shot(&state)
    };
    let locked = |state: &mut State| {
        let (who, now) = (state.view.selected.expect("selected"), state.now);
        tell(&mut state.fleet.printers[usize::from(who.0)], r#""fun":"20000000""#, now);
    };
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        snapshot(format!("panel_locked_{w}x{h}"), &with(locked, (w, h)));
        let printing = with(|state| select(state, "Workshop P1S"), (w, h));
        assert!(printing.contains("locked while a print") && !printing.contains("A arm"), "{printing}");
        let read_only = with(|state| state.settings.read_only = true, (w, h));
        assert!(read_only.contains("not armed: read-only") && !read_only.contains("A arm"), "{read_only}");
    }
}

#[test]
fn the_cure_for_refused_control_is_legible_at_every_size() {
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        let mut state = seven_at(w, h);
        tell(&mut state.fleet.printers[0], r#""fun":"20000000""#, state.now);
        let flat = |state: &State| {
            let screen = shot(state);
            let words = screen.split(|c: char| c.is_whitespace() || "│╭╮╰╯─".contains(c));
            words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let cure = "(changes the access code)";
        assert!(flat(&state).contains(cure), "{}", shot(&state));
        snapshot(format!("locked_{w}x{h}"), &shot(&state));
        state.view.notice =
            Some(Notice::new(format!("light off → Workshop P1S: refused: {LOCKED}"), Tone::Bad, state.now.at));
        assert!(flat(&state).matches(cure).count() > usize::from(w > 40), "{}", shot(&state));
    }
}

/// What a dialog says is never under a notice, least of all one about another printer.
#[test]
fn no_notice_lies_on_a_dialog() {
    for (w, h) in [(120, 40), (80, 24), (40, 12), (36, 9)] {
        let mut state = seven_at(w, h);
        let (who, at) = (PrinterId(1), state.now.at);
        let item = Item::new(who, PrintAction::Resume.into(), state.printer(who).expect("a printer"), 1);
        let mistake = Some("bed: at most 100 °C on this model".to_owned());
        for layer in [
            Dialog::Confirm(Confirm { item, until: at + seconds(20) }),
            Dialog::Palette(Palette { input: "bed 200".into(), at: Scroll::default(), mistake }),
            Dialog::Panel(Panel { who, armed: None, step: 1 }),
        ] {
            let last = match layer {
                Dialog::Confirm(_) => "expires in",
                Dialog::Palette(_) => "at most 100",
                _ => "Esc leaves",
            };
            state.view.dialogs = vec![layer];
            state.view.notice = None;
            let bare = shot(&state);
            state.view.notice = Some(Notice::new(format!("not armed: Lab H2C: {LOCKED}"), Tone::Warning, at));
            let screen = shot(&state);
            let end = bare.lines().position(|line| line.contains(last)).map_or(usize::from(h) - 2, |row| row + 1);
            let kept = |screen: &str| screen.lines().take(end + 1).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(kept(&screen), kept(&bare));
            if w <= 40 && matches!(state.view.dialogs[..], [Dialog::Confirm(_)]) {
                assert_eq!(screen, bare, "half a sentence helps nobody");
            }
        }
    }
}

/// 40x12: no figure is cut in two, and the name has room before totals.
#[test]
fn a_small_screen_cuts_no_number_and_keeps_the_name() {
    let mut state = large(40, 12);
    let now = state.now;
    for (left, right, bed) in [("255,255", "37,140", "70,70"), ("255,255", "255,255", "110,110")] {
        let packed = |pair: &str| {
            let (now, aim) = pair.split_once(',').expect("a pair");
            now.parse::<u64>().expect("a number") | aim.parse::<u64>().expect("a number") << 16
        };
        let (right, left, heat) = (packed(right), packed(left), packed(bed));
        let fields = format!(
            r#""bed_temper":{b},"bed_target_temper":{b},"device":{{"extruder":{{"info":[{{"id":0,"temp":{right}}},{{"id":1,"temp":{left}}}]}},"bed":{{"info":{{"temp":{heat}}}}}}}"#,
            b = bed.split_once(',').expect("a pair").0
        );
        tell(&mut state.fleet.printers[0], &fields, now);
        for width in 36..=44 {
            resize(&mut state, width, 12);
            let screen = shot(&state);
            let line = screen.lines().find(|line| line.contains("255→255")).unwrap_or_else(|| panic!("{screen}"));
            let bed = bed.replace(',', "→");
            assert!(line.ends_with(&format!("bed {bed}")), "{width}: {line}");
        }
    }
    let mut state = seven_at(40, 12);
    state.settings.demo = true;
    for who in 0..4 {
        state.view.marks.toggle(PrinterId(who));
    }
    snapshot("marked_40x12", &shot(&state));
    state.view.filter = "workshop".into();
    state.arrange_rows();
    state.view.marks.undo();
    let screen = shot(&state);
    assert!(screen.starts_with(" Workshop P1S") && screen.contains("/workshop"), "{screen}");
}

/// What a printer does not have has no line; what it has and has not told yet is not known.
#[test]
fn only_gauges_and_fans_that_a_printer_has() {
    for (w, h) in [(120, 40), (80, 24)] {
        let mut f = Fixture::new();
        f.printer("Mini", "03000A000000005", &printing("clip", 40, 60));
        f.connected("Tall", "00M00A000000003");
        let mut state = f.build(w, h);
        tell(&mut state.fleet.printers[1], r#""gcode_state":"IDLE""#, state.now);
        select(&mut state, "Mini");
        let mini = shot(&state);
        assert!(!mini.contains("chamber") && !mini.contains("aux") && mini.contains("nozzle"), "{mini}");
        state.view.zoom = Some(Pane::Temps);
        assert!(!shot(&state).contains("chamber"), "{}", shot(&state));
        state.view.zoom = None;
        select(&mut state, "Tall");
        let tall = shot(&state);
        assert!(tall.contains("chamber    —") && (w < 100 || tall.contains("aux fan  —")), "{tall}");
    }
}

/// Every question: of one printer, of several, about a certificate, and one that only asks because every order does.
#[test]
fn nobody_says_yes_to_what_the_window_does_not_show() {
    let mut shown = 0;
    for (w, h) in
        (20..=84).step_by(4).flat_map(|w| (1..=14).map(move |h| (w, h))).chain([(30, 5), (25, 2), (20, 3), (80, 1)])
    {
        let who = PrinterId(0);
        for (what, action) in [
            ("top", PrintAction::Stop.into()),
            ("pause", Action::from(PrintAction::Pause)),
            ("80", ThermalAction::Bed(80).into()),
        ] {
            // It was asked in a large window.
            let mut state = seven_at(120, 40);
            let item = Item::new(who, action, state.printer(who).expect("a printer"), 1);
            state.view.dialogs = vec![Dialog::Confirm(Confirm { item, until: state.now.at + seconds(20) })];
            let name = &state.printer(who).expect("a printer").name.clone()[..8];
            resize(&mut state, w, h);
            let screen = shot(&state);
            let (can, legible) = (state.shows_question(), screen.contains(name) && screen.contains(what));
            assert!(legible || !can, "{w}x{h}\n{screen}");
            assert_eq!(screen.contains("enlarge"), !can, "{w}x{h}\n{screen}");
            shown += usize::from(can);
            let effects = press(&mut state, 'y');
            assert_eq!((effects, state.view.dialogs.is_empty()), (usize::from(can), can), "{w}x{h}\n{screen}");
            press(&mut state, 'n');
            assert!(state.view.dialogs.is_empty(), "{w}x{h}: no is always possible");
        }
        let mut state = seven_at(120, 40);
        for key in ['A', '+'] {
            press(&mut state, key);
        }
        resize(&mut state, w, h);
        let (screen, can) = (shot(&state), state.shows_question());
        assert!(!can || screen.contains("Speed sport: ") && screen.contains("printers?"), "{w}x{h}\n{screen}");
        assert!(can == (press(&mut state, 'y') > 0) && screen.contains("enlarge") != can, "{w}x{h}\n{screen}");
    }
    assert!(shown > 100, "{shown}");
}

/// What one key does is taken back by a key that stands on the screen: without room for that line it asks.
#[test]
fn no_order_goes_out_at_once_where_its_way_back_has_no_room() {
    for (w, h) in [(20, 1), (30, 1), (80, 1), (20, 2), (29, 5), (30, 4), (80, 4), (20, 12)] {
        for key in ['p', '+', '-', 'L'] {
            let mut state = seven_at(w, h);
            assert_eq!(press(&mut state, key) + press(&mut state, 'y'), 0, "{key} at {w}x{h}\n{}", shot(&state));
            assert!(shot(&state).contains("enlarge"), "{key} at {w}x{h}\n{}", shot(&state));
        }
    }
    for (w, h) in [(30, 5), (36, 9), (40, 12), (80, 24)] {
        assert_eq!(press(&mut seven_at(w, h), 'p'), 1, "{w}x{h}");
    }
}

/// How many commands a key sends.
fn press(state: &mut State, key: char) -> usize {
    let mut now = state.now;
    update(state, Event::Due, now);
    // A person has read the question.
    if key == 'y' {
        now.at += seconds(1);
    }
    let effects = update(state, Event::Key(KeyCode::Char(key).into()), now).effects;
    effects.iter().filter(|effect| matches!(effect, Effect::Send { .. })).count()
}
