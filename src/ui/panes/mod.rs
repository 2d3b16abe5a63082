//! The panes of the dashboard, one file each, and what they share.

mod alerts;
pub(super) mod ams;
pub(super) mod camera;
mod grid;
mod info_table;
pub(super) mod job;
pub(super) mod job_alerts;
mod journal;
pub(super) mod printers;
mod temperature_history;
pub(super) mod temps;
pub(super) mod totals;

use super::painter::Painter;
use crate::state::{screen::layout::Layout, view::Pane};

/// Draws every pane that is on the screen.
pub(super) fn draw(p: &mut Painter, layout: &Layout) {
    for pane in Pane::ALL {
        let Some(rect) = layout.rect(pane) else { continue };
        match pane {
            Pane::Printers => printers::draw(p, rect, layout),
            Pane::Job => job::draw(p, rect),
            Pane::Temps => temps::draw(p, rect),
            Pane::Ams => ams::draw(p, rect),
            Pane::Camera => camera::draw(p, rect),
            Pane::Device => info_table::device(p, rect),
            Pane::Journal => journal::draw(p, rect),
        }
    }
}
