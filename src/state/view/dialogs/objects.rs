//! Choosing objects of a print, to skip them.

use super::{DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want};
use crate::state::{
    PrinterId, Tone, command::action::SkipObjects, key_action::KeyAction, printer::Printer, view::scroll::Scroll,
};
use crossterm::event::{KeyCode, KeyEvent};
use std::collections::BTreeSet;

/// The objects of a print, to be chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// Whose objects.
    pub who: PrinterId,
    /// The row under the cursor.
    pub at: Scroll,
    /// Ids that are chosen.
    pub chosen: BTreeSet<u32>,
    pub(in crate::state) turn: u32,
}

impl Picker {
    /// Nothing is chosen of a printer's objects.
    pub fn new(who: PrinterId, printer: &Printer) -> Self {
        Self { who, at: Scroll::default(), chosen: BTreeSet::new(), turn: printer.objects.turn }
    }

    /// The ids that are chosen.
    pub fn ids(&self) -> Vec<u32> {
        self.chosen.iter().copied().collect()
    }
}

/// Whether a key closes it.
fn closes(key: &KeyEvent, context: &DialogContext<'_>) -> bool {
    key.code == KeyCode::Char('q')
        || matches!(context.keymap.bound(key), Some(KeyAction::Objects | KeyAction::Quit | KeyAction::Back))
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "Objects of a print",
    keys: &[
        (HintKey::UpDown, "move"),
        (HintKey::Fixed("Space"), "choose"),
        (HintKey::Fixed("Enter"), "skip what is chosen; asks first"),
        (HintKey::Bound(KeyAction::Retry), "look for the job's file again"),
        (HintKey::Fixed("Esc"), "close, as q"),
    ],
};

impl DialogKeys for Picker {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let plate = context.printer(self.who).and_then(|printer| Some((printer, printer.plate().ok()?)));
        let chosen = plate.and_then(|(printer, plate)| {
            let last = plate.objects.len().saturating_sub(1);
            Some((printer, plate.objects.get(self.at.at(last))?, last))
        });
        match (key.code, chosen) {
            (KeyCode::Char(' ') | KeyCode::Enter, None) => {}
            (KeyCode::Char(' '), Some((printer, object, _))) if printer.skips(object) => {
                return Some(vec![Want::Say(format!("object {} is skipped already", object.id), Tone::Plain)]);
            }
            (KeyCode::Char(' '), Some((_, object, last))) => {
                if !self.chosen.remove(&object.id) {
                    self.chosen.insert(object.id);
                }
                self.at.by(1, true, last);
            }
            (KeyCode::Enter, Some((_, object, _))) => {
                // Nothing chosen means the one under the cursor; the question names it.
                let ids = if self.chosen.is_empty() { vec![object.id] } else { self.ids() };
                return Some(vec![Want::Order(self.who, SkipObjects(ids).into())]);
            }
            _ if closes(key, context) => return Some(vec![Want::Close]),
            _ => match context.keymap.bound(key)? {
                KeyAction::Retry => return Some(vec![Want::FindJobFile(self.who)]),
                key if key.moves_vertically() => return Some(self.wheel(key, context)),
                _ => return None,
            },
        }
        Some(Vec::new())
    }

    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint> {
        let known = context.printer(self.who).is_some_and(|printer| printer.plate().is_ok());
        let own = known.then(|| [Hint::new("Space", "choose"), Hint::new("Enter", "skip")]);
        own.into_iter().flatten().chain([Hint::new("Esc", "close")]).collect()
    }

    fn role_of(&self, key: &KeyEvent, context: &DialogContext<'_>) -> KeyRole {
        if closes(key, context) { KeyRole::WayOut } else { KeyRole::Own }
    }

    fn wheel(&mut self, key: KeyAction, context: &DialogContext<'_>) -> Vec<Want> {
        let Some(Ok(plate)) = context.printer(self.who).map(|printer| printer.plate()) else { return Vec::new() };
        let page = context.size().height.saturating_sub(5);
        self.at.press(key, page.into(), plate.objects.len().saturating_sub(1));
        Vec::new()
    }

    fn names_its_keys(&self) -> bool {
        true
    }
}
