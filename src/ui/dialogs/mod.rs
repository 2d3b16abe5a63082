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

use super::paint::Paint;
use crate::state::view::Layer;
use ratatui::layout::Rect;

/// Draws a dialog between header and footer.
pub(super) fn draw(p: &mut Paint, area: Rect, dialog: &Layer) {
    match dialog {
        Layer::Confirm(open) => confirm::draw(p, area, open),
        Layer::Certificate(open) => certificate::draw(p, area, open),
        Layer::Batch(open) => batch::question(p, area, open),
        Layer::Results(open) => batch::results(p, area, open),
        Layer::Help(open) => help::draw(p, area, open),
        Layer::Palette(open) => palette::draw(p, area, open),
        Layer::History(open) => history::draw(p, area, open),
        Layer::Login(open) => login::draw(p, area, open),
        Layer::Rename(open) => rename::draw(p, area, open),
        Layer::Objects(open) => objects::draw(p, area, open),
        Layer::Panel(open) => panel::draw(p, area, open),
        Layer::Form(open) => form::draw(p, area, open),
    }
}
