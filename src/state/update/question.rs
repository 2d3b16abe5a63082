//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::{
    PrinterId, State,
    command::action::Confirmation,
    view::{Dialog, dialogs::Confirm},
};

impl State {
    /// Whether the question on top shows whom and what it is about, and the panel its keys; `true` where none is.
    pub fn shows_question(&self) -> bool {
        self.view.dialogs.last().is_none_or(|open| open.keys().is_whole(&self.around()))
    }

    /// What the question on top says of whom and what it is about. Figures that move by themselves are no part of it.
    pub(in crate::state) fn question_text(&self) -> String {
        let name = |who: PrinterId| self.printer(who).map_or("", |printer| printer.name.as_str());
        match self.view.dialogs.last() {
            Some(Dialog::Confirm(Confirm { item, .. })) => {
                let risk = self.printer(item.who).and_then(|printer| item.action.risk(printer));
                let Confirmation { title, warning, .. } = risk.unwrap_or_else(|| Confirmation::plain(&item.action));
                format!("{}\n{title}\n{warning}", name(item.who))
            }
            Some(Dialog::Batch(batch)) => {
                let whom: Vec<_> =
                    batch.items.iter().map(|item| format!("{}\n{}", name(item.who), item.action)).collect();
                whom.join("\n")
            }
            Some(Dialog::Certificate(question)) => name(question.who).to_owned(),
            Some(Dialog::Panel(panel)) => name(panel.who).to_owned(),
            _ => String::new(),
        }
    }
}
