//! Another name for a printer of the account.

use crate::{protocol::wire::clean, state::cloud::request::CloudRequest};
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

impl Rename {
    /// Keys that are no text. Tells whether this was one.
    pub(in crate::state) fn steer(&mut self, key: &KeyEvent, asks: &mut Vec<CloudRequest>) -> bool {
        if key.code != KeyCode::Enter {
            return false;
        }
        let name = clean(self.input.value()).trim().to_owned();
        if self.busy {
        } else if name.is_empty() || name.chars().count() > LONGEST {
            self.mistake = Some(format!("a name has 1 to {LONGEST} letters"));
        } else {
            (self.busy, self.mistake) = (true, None);
            asks.push(CloudRequest::Rename { serial: self.serial.clone(), name });
        }
        true
    }
}
