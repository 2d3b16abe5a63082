//! What became of one order to several printers.

use super::{DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want, bulk::Shape};
use crate::state::{command::bulk::Outcome, key_action::KeyAction, view::scroll::Scroll};
use crossterm::event::{KeyCode, KeyEvent};

/// What became of one order to several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// What was ordered, in words.
    pub words: String,
    /// One for each printer that was asked about.
    pub list: Vec<Outcome>,
    /// The first line that shows.
    pub scroll: Scroll,
}

impl Results {
    /// Whether nothing is under way any more.
    pub fn is_over(&self) -> bool {
        !self.list.iter().any(|one| one.stage.is_open())
    }
}

/// Whether a key closes them.
fn closes(key: &KeyEvent) -> bool {
    matches!(key.code, KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q'))
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "What became of an order to several",
    keys: &[(HintKey::UpDown, "scroll"), (HintKey::Fixed("Esc"), "close, as Enter and q")],
};

impl DialogKeys for Results {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        if closes(key) {
            // What they said in a line, and no more of each.
            let told = self.list.iter().filter_map(|one| Some((one.who, one.seq?))).collect();
            let (words, tone) = self.in_short();
            return Some(vec![Want::Close, Want::Acknowledge(told), Want::Say(words, tone)]);
        }
        let key = context.keymap.bound(key).filter(|key| key.moves_vertically())?;
        Some(self.wheel(key, context))
    }

    fn hints(&self, _context: &DialogContext<'_>) -> Vec<Hint> {
        vec![Hint::new("Esc", "close"), Hint::scroll()]
    }

    fn role_of(&self, key: &KeyEvent, _context: &DialogContext<'_>) -> KeyRole {
        if closes(key) { KeyRole::WayOut } else { KeyRole::Own }
    }

    fn wheel(&mut self, key: KeyAction, context: &DialogContext<'_>) -> Vec<Want> {
        let shape = Shape::of_results(context, self);
        self.scroll.press(key, shape.rows.into(), shape.limit().into());
        Vec::new()
    }

    fn names_its_keys(&self) -> bool {
        true
    }
}
