//! What every dialog has: hints, and an end.

use super::super::fixture::*;
use crate::state::key_action::KeyAction;
use crate::state::{
    PrinterId, State,
    command::{
        action::{Action, PrintAction},
        bulk::Item,
    },
    event::Event,
    printer::certificate::{Certificate, Signer},
    update::update,
    view::{
        Dialog,
        dialogs::{Batch, CertificateQuestion, Confirm, Help, HintKey, KeyRole, Palette, Panel, Picker, Results},
        scroll::Scroll,
    },
};
use crossterm::event::KeyCode;
use std::collections::BTreeSet;

/// Their headings in the help, by place.
const TITLES: [&str; 12] = [
    "A question",
    "A certificate",
    "A question about several printers",
    "What became of an order to several",
    "This help",
    "Commands",
    "The cloud",
    "Signing in",
    "Another name",
    "Objects of a print",
    "Control panel",
    "Adding a printer",
];

/// Names them; a new one does not compile without a place here.
fn place(dialog: &Dialog) -> usize {
    match dialog {
        Dialog::Confirm(_) => 0,
        Dialog::Certificate(_) => 1,
        Dialog::Batch(_) => 2,
        Dialog::Results(_) => 3,
        Dialog::Help(_) => 4,
        Dialog::Palette(_) => 5,
        Dialog::History(_) => 6,
        Dialog::Login(_) => 7,
        Dialog::Rename(_) => 8,
        Dialog::Objects(_) => 9,
        Dialog::Panel(_) => 10,
        Dialog::Form(_) => 11,
    }
}

fn every(state: &State) -> Vec<Dialog> {
    let (who, now) = (PrinterId(0), state.now.at);
    let action = Action::from(PrintAction::Stop);
    let item = Item::new(who, action.clone(), state.printer(who).expect("a printer"), 1);
    let found = Certificate { fingerprint: "b".repeat(64), signer: Signer::Unknown };
    let whom = [who, PrinterId(2)];
    let batch =
        Batch::plan(
            &state.fleet.printers,
            (now, &state.fleet.watchdog_timeouts),
            &whom,
            "stop",
            |_| Ok(action.clone()),
        );
    let all = vec![
        Dialog::Confirm(Confirm { item, until: now + seconds(20) }),
        Dialog::Certificate(CertificateQuestion { who, pinned: None, found, until: now + seconds(20) }),
        Dialog::Batch(batch),
        Dialog::Results(Results { words: "stop".into(), list: Vec::new(), scroll: Scroll::default() }),
        Dialog::Help(Help::default()),
        Dialog::Palette(Palette::default()),
        Dialog::History(Box::default()),
        Dialog::Login(Box::default()),
        Dialog::Rename(Box::default()),
        Dialog::Objects(Picker::new(who, state.printer(who).expect("a printer"))),
        Dialog::Panel(Panel { who, armed: None, step: 0 }),
        Dialog::Form(Box::default()),
    ];
    let places: BTreeSet<_> = all.iter().map(place).collect();
    assert_eq!(places.len(), 12, "each of them");
    all
}

#[test]
fn every_dialog_names_its_way_out_and_takes_it_in_any_window() {
    for (w, h) in [(120, 40), (80, 24), (40, 12), (30, 5), (25, 3), (19, 40), (1, 1)] {
        let begun = seven_at(w, h);
        for dialog in every(&begun) {
            let mut state = begun.clone();
            let name = format!("{dialog:?}");
            state.view.dialogs.push(dialog);
            let open = state.view.dialogs.last().expect("open").keys();
            let hints = open.hints(&state.around());
            let leads_out = |key| matches!(key, HintKey::Fixed("Esc") | HintKey::Bound(KeyAction::Back));
            assert!(hints.iter().any(|hint| leads_out(hint.key)), "{name}: {hints:?}");
            assert_eq!(open.role_of(&KeyCode::Esc.into(), &state.around()), KeyRole::WayOut, "{name}");
            let now = state.now;
            let cx = update(&mut state, Event::Key(KeyCode::Esc.into()), now);
            assert!(state.view.dialogs.is_empty(), "{name} at {w}x{h}");
            assert!(cx.effects.is_empty(), "{name}: {:?}", cx.effects);
        }
    }
}

#[test]
fn a_hint_stands_in_the_footer_with_its_key() {
    let begun = seven_at(120, 40);
    for dialog in every(&begun) {
        let mut state = begun.clone();
        state.view.dialogs.push(dialog);
        let hints = state.view.dialogs[0].keys().hints(&state.around());
        let screen = shot(&state);
        let footer = screen.lines().last().expect("a footer");
        for hint in hints {
            assert!(footer.contains(&*hint.word), "{hint:?} in {footer}");
        }
    }
}

#[test]
fn the_help_has_every_key_of_every_dialog() {
    let mut state = seven_at(120, 40);
    for dialog in every(&state) {
        let title = TITLES[place(&dialog)];
        let help = Dialog::HELP.into_iter().find(|help| help.title == title).unwrap_or_else(|| panic!("{title}"));
        for hint in dialog.keys().hints(&state.around()) {
            assert!(help.keys.iter().any(|(key, _)| *key == hint.key), "{}: {hint:?}", help.title);
        }
    }
    state.view.dialogs.push(Dialog::Help(Help { search: "panel".into(), ..Help::default() }));
    let screen = shot(&state);
    assert!(screen.contains("Control panel") && screen.contains("arm it"), "{screen}");
}

/// The wheel turns what lies on top, and nothing below it.
#[test]
fn the_wheel_moves_no_list_below_a_dialog() {
    use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};
    let begun = seven_at(120, 40);
    for dialog in every(&begun) {
        let mut state = begun.clone();
        state.view.dialogs.push(dialog);
        let (selected, now) = (state.view.selected, state.now);
        let wheel = MouseEvent { kind: MouseEventKind::ScrollDown, column: 5, row: 5, modifiers: KeyModifiers::NONE };
        update(&mut state, Event::Mouse(wheel), now);
        assert_eq!(state.view.selected, selected, "{:?}", state.view.dialogs);
    }
}
