//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::{
    command::action::{Action, Confirmation},
    screen::layout,
    view::{dialogs::Confirm, wrap::wrap},
};
use ratatui::layout::Size;
use unicode_width::UnicodeWidthStr;

/// The smallest window that shows whom an order is for, what it does and the keys for yes and no. In a smaller one no order
/// goes out at once either: the line with the key that takes it back would have no room.
pub const SMALLEST: Size = Size { width: 30, height: 5 };

/// Whether a window has room for a question at all.
pub(in crate::state) fn has_room(size: Size) -> bool {
    size.width >= SMALLEST.width && size.height >= SMALLEST.height
}

/// Columns for the words of a question to one printer.
pub fn width(size: Size) -> usize {
    usize::from(layout::body(size).width.min(66)).saturating_sub(4).max(1)
}

impl Confirm {
    /// What the order does, in lines: where the title does not say it, or not whole. Others than those about the print have
    /// values, which no title tells.
    pub fn beside_title(&self, risk: &Confirmation, width: usize) -> Vec<String> {
        let action = &self.item.action;
        let told = matches!(action, Action::Print(_)) && *risk != Confirmation::plain(action);
        let says = told && risk.title.width() <= width;
        if says { Vec::new() } else { wrap(&action.to_string(), width) }
    }
}
