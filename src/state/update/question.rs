//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::view::question::{has_room, width};
use crate::state::{
    State,
    command::{action::Risk, batch::Batch},
    printer::certificate,
    screen::{bulk::Shape, layout},
    view::{Confirm, Layer},
};
use unicode_width::UnicodeWidthStr;

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

    pub(in crate::state) fn shows_order(&self, question: &Confirm) -> bool {
        let Some(printer) = self.printer(question.item.who) else { return false };
        let action = &question.item.action;
        let risk = action.risk(printer).unwrap_or_else(|| Risk::plain(action));
        let lines = question.beside_title(&risk, width(self.view.size)).len();
        // The border, the printer's name and the keys.
        lines + 4 <= usize::from(layout::body(self.view.size).height)
    }

    pub(in crate::state) fn shows_batch(&self, batch: &Batch) -> bool {
        batch.title().width() <= usize::from(Shape::of_question(self, batch).width)
    }
}
