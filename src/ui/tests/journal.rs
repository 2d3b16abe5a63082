//! The journal: of all printers or one, searched, and zoomed.

use super::snapshot;
use crate::state::{screen::panes, view::scroll::Scroll};
use crate::{
    state::{State, view::Pane},
    ui::fixture::*,
};

fn zoomed(width: u16, height: u16) -> State {
    let mut state = seven_at(width, height);
    state.view.zoom = Some(Pane::Journal);
    state
}

#[test]
fn the_journal_zoomed_of_one_printer_and_searched() {
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        snapshot(format!("journal_{w}x{h}"), &shot(&zoomed(w, h)));
    }
    let mut one = zoomed(80, 12);
    select(&mut one, "Garage A1");
    one.view.journal_of_one = true;
    snapshot("journal_of_one", &shot(&one));
    let mut searched = zoomed(80, 12);
    searched.view.search = "confirmed".into();
    searched.view.searching = true;
    snapshot("journal_searched", &shot(&searched));
    searched.view.searching = false;
    searched.view.search = "off LIGHT garage".into();
    assert!(shot(&searched).contains("nothing found"));
    searched.view.search = "order".into();
    let text = shot(&searched);
    assert!(text.contains("1 found") && text.contains("light off"), "a kind is found too: {text}");
}

#[test]
fn what_is_found_is_set_off_in_colour_and_without() {
    for plain in [false, true] {
        let mut state = zoomed(80, 12);
        if plain {
            state = super::plain(state);
        }
        let lines = shot(&state);
        let row = lines.lines().position(|line| line.contains("spaghetti")).expect("a line") as u16;
        let before = buffer(&state);
        state.view.search = "SPAGHETTI".into();
        let after = buffer(&state);
        let text: Vec<_> = (0..80).map(|x| after[(x, 2)].symbol().to_owned()).collect();
        let at = text.concat().find("spaghetti").map(|at| text.concat()[..at].chars().count()).expect("found") as u16;
        assert_ne!(after[(at, 2)].style(), before[(at, row)].style());
        assert_eq!(after[(at - 2, 2)].style(), before[(at - 2, row)].style(), "only the word");
    }
}

#[test]
fn the_last_entry_can_be_scrolled_to() {
    let mut state = seven_at(120, 40);
    for n in 0..100 {
        let text = format!("line {n}");
        state.journal.add(
            state.now.unix,
            None,
            crate::state::notify::journal::EntryKind::Other,
            text,
            crate::state::Tone::Plain,
        );
    }
    state.view.focus = Pane::Journal;
    let last = panes::last_place(&state, Pane::Journal).expect("it scrolls");
    state.view.scroll[Pane::Journal] = Scroll::to(last);
    let text = shot(&state);
    assert!(text.contains("started with 7 printers") && !text.contains("more"), "{text}");
    // Fewer entries than were scrolled over: the last one is shown.
    state.view.journal_of_one = true;
    select(&mut state, "Garage A1");
    assert!(shot(&state).contains("it suspects spaghetti"));
}
