//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::{
    State,
    command::{
        action::{Action, Risk},
        batch::{Batch, Shape},
    },
    printer::certificate,
    view::{Confirm, Layer, help, layout},
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
    pub fn beside_title(&self, risk: &Risk, width: usize) -> Vec<String> {
        let action = &self.item.action;
        let told = matches!(action, Action::Print(_)) && *risk != Risk::plain(action);
        let says = told && risk.title.width() <= width;
        if says { Vec::new() } else { help::wrap(&action.to_string(), width) }
    }
}

impl State {
    /// Whether the question on top shows whom and what it is about; `true` where none is.
    pub fn shows_question(&self) -> bool {
        let size = self.view.size;
        match self.view.layers.last() {
            Some(Layer::Confirm(question)) => has_room(size) && self.shows_order(question),
            Some(Layer::Batch(batch)) => has_room(size) && self.shows_batch(batch),
            Some(Layer::Certificate(_)) => {
                size.width >= certificate::SMALLEST.width && size.height >= certificate::SMALLEST.height
            }
            _ => true,
        }
    }

    fn shows_order(&self, question: &Confirm) -> bool {
        let Some(printer) = self.printer(question.item.who) else { return false };
        let action = &question.item.action;
        let risk = action.risk(printer).unwrap_or_else(|| Risk::plain(action));
        let lines = question.beside_title(&risk, width(self.view.size)).len();
        // The border, the printer's name and the keys.
        lines + 4 <= usize::from(layout::body(self.view.size).height)
    }

    fn shows_batch(&self, batch: &Batch) -> bool {
        batch.title().width() <= usize::from(Shape::of_question(self, batch).width)
    }
}
