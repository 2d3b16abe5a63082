//! Another name for a printer of the account.

use super::{DialogContext, DialogHelp, DialogKeys, Hint, HintKey, Want, keys::edit};
use crate::{
    protocol::wire::clean,
    state::{cloud::request::CloudRequest, effect::Effect},
};
use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

/// The longest name that is sent.
const LONGEST: usize = 64;

/// The line in which the new name is typed.
#[derive(Debug, Clone, Default)]
pub struct Rename {
    /// Serial number of the printer.
    pub serial: String,
    /// How the dashboard calls it.
    pub shown: String,
    /// The name comes from the configuration, and stays in the dashboard whatever the account calls it.
    pub configured: bool,
    /// The new name.
    pub input: Input,
    /// An answer is being waited for.
    pub busy: bool,
    /// What went wrong.
    pub mistake: Option<String>,
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "Another name",
    keys: &[(HintKey::Fixed("Enter"), "rename"), (HintKey::Fixed("Esc"), "close")],
};

impl DialogKeys for Rename {
    fn press(&mut self, key: &KeyEvent, _context: &DialogContext<'_>) -> Option<Vec<Want>> {
        match key.code {
            KeyCode::Esc => return Some(vec![Want::Close]),
            KeyCode::Enter => {
                let name = clean(self.input.value()).trim().to_owned();
                if self.busy {
                } else if name.is_empty() || name.chars().count() > LONGEST {
                    self.mistake = Some(format!("a name has 1 to {LONGEST} letters"));
                } else {
                    self.busy = true;
                    self.mistake = None;
                    let request = CloudRequest::Rename { serial: self.serial.clone(), name };
                    return Some(vec![Want::Effect(Effect::AskCloud(request))]);
                }
            }
            _ if edit(&mut self.input, key) => self.typed(),
            _ => {}
        }
        Some(Vec::new())
    }

    fn hints(&self, _context: &DialogContext<'_>) -> Vec<Hint> {
        vec![Hint::new("Enter", "rename"), Hint::new("Esc", "close")]
    }

    fn input(&mut self) -> Option<&mut Input> {
        Some(&mut self.input)
    }

    fn typed(&mut self) {
        self.mistake = None;
    }
}
