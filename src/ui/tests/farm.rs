//! Many printers: the list, the grid, groups and totals.

use super::snapshot;
use crate::state::view::scroll::Scroll;
use crate::{
    state::{
        PrinterId, State,
        screen::{
            layout,
            list::{self, ListArea},
        },
        view::{Pane, Sort, grouping::Grouping},
    },
    ui::fixture::*,
};
use std::collections::HashSet;

#[test]
fn two_hundred_printers_in_list_and_grid() {
    let mut state = many(200).build(120, 40);
    snapshot("farm_list_120x40", &shot(&state));
    state.view.zoom = Some(Pane::Printers);
    snapshot("farm_grid_120x40", &shot(&state));
    assert_eq!(list::columns(&state), 4);
    state.view.selected = state.view.rows.last().copied();
    state.keep_selection_visible();
    assert_eq!(list::visible(&state).last(), state.view.selected.as_ref());
    for (w, h) in [(200, 60), (80, 24), (40, 12)] {
        resize(&mut state, w, h);
        snapshot(format!("farm_grid_{w}x{h}"), &shot(&state));
    }
    let mut few = seven_at(120, 40);
    few.view.zoom = Some(Pane::Printers);
    snapshot("seven_grid_120x40", &shot(&few));
}

/// A farm in rows, some printers without a tag; the list fills the screen.
fn tagged(width: u16, height: u16, grouping: Grouping) -> State {
    let mut farm = many(200);
    for (at, printer) in farm.printers.iter_mut().enumerate().filter(|(at, _)| at % 9 > 0) {
        printer.tags = vec![format!("row {}", at / 50 + 1), "farm".to_owned()];
    }
    let mut state = farm.build(width, height);
    state.view.grouping = grouping;
    state.view.zoom = Some(Pane::Printers);
    state.arrange_rows();
    state.keep_selection_visible();
    state
}

#[test]
fn groups_have_headings_with_totals() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        snapshot(format!("farm_by_tag_{w}x{h}"), &shot(&tagged(w, h, Grouping::Tag)));
    }
    let mut state = tagged(80, 24, Grouping::Tag);
    state.view.selected = Some(state.view.rows[30]);
    state.keep_selection_visible();
    // In the middle of a group its heading stays.
    snapshot("farm_by_tag_80x24_scrolled", &shot(&state));
    state.view.zoom = None;
    state.keep_selection_visible();
    snapshot("farm_by_tag_list_80x24", &shot(&state));
    let mut few = seven_at(120, 40);
    few.view.zoom = Some(Pane::Printers);
    few.view.grouping = Grouping::Model;
    few.arrange_rows();
    snapshot("seven_by_model_120x40", &shot(&few));
}

#[test]
fn groups_hold_every_printer_once_and_stay_in_order() {
    let mut state = tagged(120, 40, Grouping::Tag);
    let names: Vec<_> = state.view.groups.iter().map(|group| (group.name.as_str(), group.totals.all)).collect();
    assert_eq!(names, [("row 1", 44), ("row 2", 44), ("row 3", 45), ("row 4", 44), ("no tag", 23)]);
    assert_eq!(state.view.rows.iter().collect::<HashSet<_>>().len(), 200);
    // Within a group by need, as without groups.
    let first: Vec<_> = state.view.rows[..44].to_vec();
    state.view.grouping = Grouping::None;
    state.arrange_rows();
    let plain: Vec<_> = state.view.rows.iter().copied().filter(|id| first.contains(id)).collect();
    assert_eq!(first, plain);
    // A filter leaves headings only where something is left.
    state.view.grouping = Grouping::Tag;
    state.view.filter = "a-1".into();
    state.arrange_rows();
    let names: Vec<_> = state.view.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["row 1", "no tag"]);
}

#[test]
fn moving_visits_every_printer_and_keeps_it_visible() {
    for grouping in [Grouping::None, Grouping::Tag, Grouping::Model] {
        for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12), (36, 9)] {
            let mut state = tagged(w, h, grouping);
            let mut row = state.selected_row().expect("selected");
            assert_eq!(row, 0, "the first one is selected");
            loop {
                let visible = list::visible(&state);
                assert!(visible.contains(&state.view.rows[row]), "{grouping:?} {w}x{h}: row {row} is hidden");
                let next = list::beside(&state, row, true);
                if next == row {
                    break;
                }
                assert!(next > row);
                assert!(list::beside(&state, next, false) <= next);
                row = next;
                state.view.selected = Some(state.view.rows[row]);
                state.keep_selection_visible();
            }
            assert!(row + list::columns(&state) >= 200, "{grouping:?} {w}x{h}: stopped at {row}");
            // And back to the top, where nothing is above the first heading.
            state.view.selected = Some(state.view.rows[0]);
            state.keep_selection_visible();
            assert_eq!(state.view.top, Scroll::default());
        }
    }
}

#[test]
fn a_click_hits_the_card_that_is_drawn_there() {
    for grouping in [Grouping::None, Grouping::Tag] {
        let mut state = tagged(120, 40, grouping);
        state.view.sort = Sort::Name;
        state.arrange_rows();
        for top in [0, 3, 7] {
            state.view.top = Scroll::to(top);
            let text = shot(&state);
            let mut found = 0;
            for (y, line) in text.lines().enumerate().skip(1) {
                let cells: Vec<char> = line.chars().collect();
                for x in 0..cells.len().saturating_sub(6) {
                    let name: String = cells[x..x + 7].iter().collect();
                    let Some(at) = state.fleet.printers.iter().position(|p| p.name == name) else { continue };
                    let hit = layout::hit(&state, x as u16, y as u16).and_then(|hit| hit.printer);
                    assert_eq!(hit, Some(PrinterId(at as u16)), "{name} at {x}, {y} with {grouping:?} from {top}");
                    found += 1;
                }
            }
            let visible = list::visible(&state).len();
            assert!(found >= visible && visible > 40, "{found} of {visible}");
        }
    }
    // Headings and gaps are nobody.
    let state = tagged(120, 40, Grouping::Tag);
    let list = ListArea::on(&state).expect("a list");
    assert_eq!(layout::hit(&state, list.rect.x + 5, list.rect.y).and_then(|hit| hit.printer), None);
}
