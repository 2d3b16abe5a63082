//! What lies over the panes: one file a dialog, named as its data are in `state`.

mod batch;
mod certificate;
mod confirm;
mod form;
pub(super) mod frame;
mod help;
mod history;
mod login;
pub(super) mod objects;
mod palette;
mod panel;
mod rename;

use super::painter::Painter;
use crate::state::view::Dialog;
use ratatui::layout::Rect;

/// Draws a dialog between header and footer.
pub(super) fn draw(p: &mut Painter, area: Rect, dialog: &Dialog) {
    match dialog {
        Dialog::Confirm(open) => confirm::draw(p, area, open),
        Dialog::Certificate(open) => certificate::draw(p, area, open),
        Dialog::Batch(open) => batch::question(p, area, open),
        Dialog::Results(open) => batch::results(p, area, open),
        Dialog::Help(open) => help::draw(p, area, open),
        Dialog::Palette(open) => palette::draw(p, area, open),
        Dialog::History(open) => history::draw(p, area, open),
        Dialog::Login(open) => login::draw(p, area, open),
        Dialog::Rename(open) => rename::draw(p, area, open),
        Dialog::Objects(open) => objects::draw(p, area, open),
        Dialog::Panel(open) => panel::draw(p, area, open),
        Dialog::Form(open) => form::draw(p, area, open),
    }
}
