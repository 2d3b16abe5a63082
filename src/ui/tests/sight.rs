//! Nobody orders and trusts what they cannot see: every question and the control panel, in windows of every size.

use super::super::fixture::*;
use crate::state::{
    PrinterId, State,
    effect::Effect,
    event::{Event, PrinterEvent},
    printer::{
        certificate::{Certificate, Met, Signer},
        connection::{ConnectionEvent, DisconnectReason},
    },
    update::update,
    view::{Dialog, dialogs::Form, quiet::QUIET},
};
use crossterm::event::KeyCode;
use ratatui::layout::Size;
use std::time::Duration;

const LARGE: (u16, u16) = (120, 40);
const TINY: [(u16, u16); 5] = [(0, 0), (1, 1), (25, 3), (80, 1), (19, 40)];

fn at(state: &mut State, ms: u64, event: Event) -> Vec<Effect> {
    let mut now = state.now;
    now.at += Duration::from_millis(ms);
    update(state, event, now).effects
}

/// Whether a key makes anything leave that orders or trusts.
fn acts(state: &mut State, ms: u64, key: KeyCode) -> bool {
    at(state, ms, Event::Key(key.into()))
        .iter()
        .any(|effect| matches!(effect, Effect::Send { .. } | Effect::Trust { .. } | Effect::Probe(_) | Effect::Add(_)))
}

fn window(state: &mut State, (width, height): (u16, u16), ms: u64) {
    at(state, ms, Event::Resize(Size::new(width, height)));
}

fn press(state: &mut State, keys: &str) {
    for key in keys.chars() {
        at(state, 1000, Event::Due);
        acts(state, 0, KeyCode::Char(key));
    }
}

fn found(letter: char) -> Certificate {
    Certificate { fingerprint: letter.to_string().repeat(64), signer: Signer::Unknown }
}

fn doubt(state: &mut State, why: DisconnectReason) {
    let down = ConnectionEvent::Down { why, retry_in: None };
    at(state, 0, Event::Printer(PrinterId(0), PrinterEvent::Link(down)));
    press(state, "T");
}

fn form(state: &mut State, pinned: bool) {
    let mut form = Form::default();
    for (field, text) in form.fields.iter_mut().zip(["new", "host", "01P00A000000019", "12345678"]) {
        *field = tui_input::Input::new(text.to_owned());
    }
    form.at = form.fields.len() - 1;
    state.view.dialogs.push(Dialog::Form(Box::new(form)));
    acts(state, 0, KeyCode::Enter);
    let pinned = pinned.then(|| "a".repeat(64));
    at(state, 0, Event::Met(Met { certificate: found('b'), pinned }));
}

/// What is asked in a large window, the key that would order or trust, and what must be legible where it does.
struct Case {
    name: &'static str,
    ask: fn(&mut State),
    yes: KeyCode,
    needs: &'static [&'static str],
    /// Fingerprints in full.
    prints: &'static str,
}

const Y: KeyCode = KeyCode::Char('y');

fn cases() -> Vec<Case> {
    let case = |name, ask, yes, needs, prints| Case { name, ask, yes, needs, prints };
    vec![
        case("stop", |s: &mut State| press(s, "x"), Y, &["Workshop", "Stop", "y ", "n"], ""),
        case(
            "no way back",
            |s| {
                s.settings.confirm = crate::state::settings::ConfirmMode::All;
                press(s, "p");
            },
            Y,
            &["Workshop", "ause", "y ", "n"],
            "",
        ),
        case("several", |s| press(s, "Ap"), Y, &["Pause ", "printers?", "y ", "Esc"], ""),
        case("several by number", |s| press(s, "Ax4"), KeyCode::Enter, &["Stop 4", "printers?", "Esc"], ""),
        case("self-signed", |s| doubt(s, DisconnectReason::SelfMade(found('b'))), Y, &["Workshop", "y ", "n"], "b"),
        case(
            "changed",
            |s| {
                let changed = DisconnectReason::CertificateChanged {
                    pinned: "a".repeat(64),
                    found: found('b'),
                    configured: false,
                };
                doubt(s, changed);
            },
            Y,
            &["Workshop", "y ", "n"],
            "ab",
        ),
        case("form, to send", |s| form(s, false), KeyCode::Enter, &["Enter"], "b"),
        case("form, to send to another", |s| form(s, true), KeyCode::Enter, &["Enter"], "ab"),
        case(
            "panel",
            |s| {
                select(s, "Spare P1P");
                press(s, "CA");
            },
            KeyCode::Char('H'),
            &["ARMED", "Spare P1P", "move X and Y", "home", "Esc"],
            "",
        ),
    ]
}

fn begin(case: &Case, ascii: bool) -> State {
    let mut state = seven_at(LARGE.0, LARGE.1);
    state.settings.ascii = ascii;
    (case.ask)(&mut state);
    at(&mut state, 0, Event::Due);
    state
}

/// Whether the screen shows all that a yes is about.
fn is_legible(case: &Case, screen: &str) -> bool {
    let has = |word: &&str| screen.to_lowercase().contains(&word.to_lowercase());
    let whole = |letter: char| screen.matches(&letter.to_string().repeat(8)).count() >= 8;
    case.needs.iter().all(has) && case.prints.chars().all(whole)
}

fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let some = (1..=44).step_by(3).chain([70, 100]).flat_map(|w| (1..=16).chain([24]).map(move |h| (w, h)));
    some.chain([(30, 5), (40, 12), (29, 40), (120, 4), (80, 1), LARGE])
}

#[test]
fn nothing_leaves_while_what_it_is_about_is_not_whole_on_the_screen() {
    for (case, ascii) in cases().iter().flat_map(|case| [(case, false), (case, true)]) {
        let (begun, mut acted) = (begin(case, ascii), 0);
        for size in sizes() {
            let mut state = begun.clone();
            window(&mut state, size, 0);
            at(&mut state, 2000, Event::Due);
            let seen = state.clone();
            if acts(&mut state, 0, case.yes) {
                let screen = shot(&seen);
                assert!(is_legible(case, &screen), "{}, {size:?}, ascii {ascii}:\n{screen}", case.name);
                acted += 1;
            }
        }
        assert!(acted > 8, "{}: only {acted}", case.name);
    }
}

#[test]
fn nothing_leaves_soon_after_what_it_is_about_becomes_whole() {
    let quiet = QUIET.as_millis() as u64;
    for case in &cases() {
        let hide = |state: &mut State, size: Option<(u16, u16)>| match size {
            Some(size) => {
                window(state, size, 0);
                // Longer than a yes waits, and whatever is typed meanwhile is typed unseen.
                at(state, 1500, Event::Due);
                if matches!(state.view.dialogs.last(), Some(Dialog::Batch(_))) {
                    acts(state, 0, KeyCode::Char('4'));
                }
                assert!(!acts(state, 0, case.yes), "{} at {size:?}", case.name);
                window(state, LARGE, 0);
            }
            None => drop(at(state, 1500, Event::Returned)),
        };
        let begun = begin(case, false);
        for size in TINY.into_iter().map(Some).chain([None]) {
            for wait in [0, 20, 50, 300, quiet - 1] {
                let mut state = begun.clone();
                hide(&mut state, size);
                assert!(!acts(&mut state, wait, case.yes), "{} after {wait} ms of {size:?}", case.name);
            }
            let mut state = begun.clone();
            hide(&mut state, size);
            at(&mut state, quiet, Event::Due);
            match case.name {
                // What moves the printer is asked anew.
                "panel" => press(&mut state, "A"),
                "several by number" => {
                    assert!(!acts(&mut state, 0, case.yes), "a number that was typed unseen, at {size:?}");
                    press(&mut state, "4");
                }
                _ => {}
            }
            assert!(acts(&mut state, 0, case.yes), "{} after {size:?}:\n{}", case.name, shot(&state));
        }
    }
}

/// What one key orders without a question, too.
#[test]
fn a_key_asks_where_nobody_has_seen_yet_whom_it_is_for() {
    let begun = seven_at(LARGE.0, LARGE.1);
    for key in ['p', '+', '-', 'L'] {
        let tiny = TINY.into_iter().filter(|size| *size != (0, 0)).map(Some);
        for size in tiny.chain([None]) {
            for (wait, goes) in [(0, false), (50, false), (699, false), (700, true)] {
                let mut state = begun.clone();
                match size {
                    Some(size) => window(&mut state, size, 0),
                    None => drop(at(&mut state, 0, Event::Returned)),
                }
                window(&mut state, LARGE, 3000 * u64::from(size.is_some()));
                assert_eq!(acts(&mut state, wait, KeyCode::Char(key)), goes, "{key} {wait} ms after {size:?}");
                assert_eq!(state.is_asking(), !goes);
            }
        }
    }
}

/// A panel is not armed by a word either, nor in a window that does not show its keys.
#[test]
fn only_who_has_seen_the_panel_arms_it() {
    let armed =
        |state: &State| matches!(state.view.dialogs.last(), Some(Dialog::Panel(panel)) if panel.armed.is_some());
    let mut begun = seven_at(LARGE.0, LARGE.1);
    select(&mut begun, "Spare P1P");
    for size in sizes() {
        let mut state = begun.clone();
        window(&mut state, size, 0);
        press(&mut state, "CA");
        assert!(!armed(&state) || shot(&state).contains("ARMED"), "{size:?}\n{}", shot(&state));
        // Disarmed by a small window, it stays so in a large one.
        let before = armed(&state);
        window(&mut state, LARGE, 0);
        assert_eq!(armed(&state), before, "{size:?}");
    }
    let mut state = begun;
    for key in "CAe".chars() {
        assert!(!acts(&mut state, 120, KeyCode::Char(key)) && !armed(&state), "{key}");
    }
    press(&mut state, "A");
    assert!(armed(&state));
}
