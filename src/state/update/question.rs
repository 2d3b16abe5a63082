//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::screen::question::{has_room, width};
use crate::state::{
    PrinterId, State,
    command::{action::Risk, batch::Batch},
    screen::{bulk::Shape, layout, panel},
    view::{Confirm, Layer, Test},
};
use unicode_width::UnicodeWidthStr;

impl State {
    /// Whether the question on top shows whom and what it is about, and the panel its keys; `true` where none is.
    pub fn shows_question(&self) -> bool {
        let size = self.view.size;
        match self.view.layers.last() {
            Some(Layer::Confirm(question)) => has_room(size) && self.shows_order(question),
            Some(Layer::Batch(batch)) => has_room(size) && self.shows_batch(batch),
            Some(Layer::Certificate(_)) => self.shows_fingerprints(),
            Some(Layer::Form(form)) if matches!(form.test, Test::Met(_) | Test::Passed(_)) => self.shows_fingerprints(),
            Some(Layer::Panel(panel)) => self.shows_panel(panel.who),
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
        batch.title().width() <= usize::from(Shape::width(self))
    }

    /// Whether the window shows a printer's control panel whole.
    pub(in crate::state) fn shows_panel(&self, who: PrinterId) -> bool {
        let size = self.view.size;
        let fits = |printer| panel::needed(printer, self.settings.ascii, size) <= layout::body(size).height;
        has_room(size) && self.printer(who).is_some_and(fits)
    }
}
