//! Whether a question can be read: nobody says yes to what the window does not show. Drawing and answering both ask here.

use crate::state::State;

impl State {
    /// Whether the question on top shows whom and what it is about, and the panel its keys; `true` where none is.
    pub fn shows_question(&self) -> bool {
        self.view.dialogs.last().is_none_or(|open| open.keys().is_whole(&self.around()))
    }
}
