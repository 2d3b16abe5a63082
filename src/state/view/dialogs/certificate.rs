//! The question before a printer's certificate is accepted.

use super::{
    DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want,
    keys::{hints_of_question, role_in_question, yes_or_no},
};
use crate::state::{
    PrinterId, Tone,
    printer::certificate::{Certificate, SMALLEST},
    view::quiet::Asked,
};
use crossterm::event::KeyEvent;
use ratatui::layout::Size;
use std::time::{Duration, Instant};

/// How long a person has to compare two fingerprints.
pub const COMPARE_TIME: Duration = Duration::from_secs(120);
/// The question before a certificate is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateQuestion {
    /// The printer.
    pub who: PrinterId,
    /// The certificate that was pinned before, SHA-256, hexadecimal; `None`: there is none.
    pub pinned: Option<String>,
    /// The one it shows.
    pub found: Certificate,
    /// When the question is void.
    pub until: Instant,
}

/// Nobody shall accept what they cannot see: whether a window shows both fingerprints.
pub fn shows_fingerprints(size: Size) -> bool {
    size.width >= SMALLEST.width && size.height >= SMALLEST.height
}

/// What is said where it does not.
pub(in crate::state) fn no_room() -> String {
    let Size { width, height } = SMALLEST;
    format!("the window has no room for fingerprints: it takes {width}x{height}")
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "A certificate",
    keys: &[(HintKey::Fixed("y"), "accept it"), (HintKey::Fixed("Esc"), "do not, as n and q")],
};

impl DialogKeys for CertificateQuestion {
    fn press(&mut self, key: &KeyEvent, _context: &DialogContext<'_>) -> Option<Vec<Want>> {
        if yes_or_no(key)? {
            return Some(vec![Want::Close, Want::Trust(self.clone())]);
        }
        let said = "the certificate was not accepted; nothing was sent";
        Some(vec![Want::Close, Want::Say(said.to_owned(), Tone::Plain)])
    }

    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint> {
        hints_of_question(self.is_whole(context))
    }

    fn role_of(&self, key: &KeyEvent, _context: &DialogContext<'_>) -> KeyRole {
        role_in_question(key)
    }

    fn asks(&self) -> Option<Asked> {
        Some(Asked::Until(self.until, 1))
    }

    fn is_whole(&self, context: &DialogContext<'_>) -> bool {
        shows_fingerprints(context.size())
    }

    fn until(&self) -> Option<Instant> {
        Some(self.until)
    }

    fn names_its_keys(&self) -> bool {
        true
    }
}
