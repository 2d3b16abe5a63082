//! A yes to a question counts only after a moment of quiet: whoever types a printer's name into the list gives no order.
//!
//! One rule for every question whose yes orders or trusts, and for arming the control panel. The question must have been
//! whole on the screen for [`QUIET`] without a key that is none of its own: time in a window that was too small for it, or
//! in the background, does not count. Where it begins to say something else, it is another question. A no counts at once.

use std::time::{Duration, Instant};

/// How long a question stands before a yes to it counts. Longer than the pause between two letters of a word.
pub const QUIET: Duration = Duration::from_millis(700);

/// What is asked, as far as one question is told from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A question that is void at a time, about so many printers.
    Until(Instant, usize),
    /// The control panel: before its keys move a printer.
    ToArm,
    /// The form: before the access code is sent to a printer.
    ToSend,
    /// The form: before the printer is saved.
    ToSave,
}
