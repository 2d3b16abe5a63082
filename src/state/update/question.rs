//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::{
    PrinterId, State,
    command::action::Confirmation,
    screen::{
        bulk::Shape,
        layout, panel,
        question::{has_room, width},
    },
    view::{
        Dialog,
        dialogs::{Batch, Confirm, form::Test},
    },
};
use unicode_width::UnicodeWidthStr;

impl State {
    /// Whether the question on top shows whom and what it is about, and the panel its keys; `true` where none is.
    pub fn shows_question(&self) -> bool {
        let size = self.view.size;
        match self.view.dialogs.last() {
            Some(Dialog::Confirm(question)) => has_room(size) && self.shows_order(question),
            Some(Dialog::Batch(batch)) => has_room(size) && self.shows_batch(batch),
            Some(Dialog::Certificate(_)) => self.shows_fingerprints(),
            Some(Dialog::Form(form)) if matches!(form.test, Test::Met(_) | Test::Passed(_)) => {
                self.shows_fingerprints()
            }
            Some(Dialog::Panel(panel)) => self.shows_panel(panel.who),
            _ => true,
        }
    }

    pub(in crate::state) fn shows_order(&self, question: &Confirm) -> bool {
        let Some(printer) = self.printer(question.item.who) else { return false };
        let action = &question.item.action;
        let risk = action.risk(printer).unwrap_or_else(|| Confirmation::plain(action));
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
