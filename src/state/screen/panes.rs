//! How far each pane can be scrolled, and what a page of it is: keys ask here, and drawing counts the same lines.

use crate::state::{
    State,
    screen::{
        alerts, info_table,
        layout::{self, LayoutKind},
        list,
    },
    view::Pane,
};

/// The last place that a pane can be scrolled to; `None`: moving keys choose a printer there.
pub fn last_place(state: &State, pane: Pane) -> Option<usize> {
    let layout = layout::of(state);
    let room = layout.rect(pane).map(layout::inner);
    match pane {
        Pane::Ams if layout.kind != LayoutKind::Zoom(Pane::Ams) => {
            let units = room
                .zip(state.selected())
                .map(|(room, printer)| layout::ams_lines(room.width, &printer.ams).saturating_sub(room.height));
            Some(units.unwrap_or(0).into())
        }
        Pane::Ams | Pane::Device => Some(info_table::limit(state, pane).into()),
        Pane::Journal => Some(room.map_or(0, |room| {
            // Zoomed entries are wrapped, so the last one may have to be scrolled to the top.
            let shown = if layout.kind == LayoutKind::Zoom(pane) { 1 } else { room.height.into() };
            state.journal_entries().count().saturating_sub(shown)
        })),
        Pane::Job => Some(alerts::scroll_limit(state).into()).filter(|last| *last > 0),
        Pane::Printers | Pane::Temps | Pane::Camera => None,
    }
}

/// What a page moves by: what is visible of the pane.
pub fn page(state: &State, pane: Pane) -> usize {
    let lines = layout::of(state).rect(pane).map_or(1, |rect| usize::from(layout::inner(rect).height)).max(1);
    match last_place(state, pane) {
        None => list::page(state),
        // Its upper half is the job.
        Some(_) if pane == Pane::Job => (lines / 2).max(1),
        Some(_) => lines,
    }
}
