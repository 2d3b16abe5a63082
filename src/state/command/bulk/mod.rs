//! One order to several printers: the question that lists them, and what became of each.
//!
//! Every printer keeps its own order with its own life; here they are only asked about and looked at together. A printer
//! that has changed since the question was asked is left out, and the others are not.

use crate::protocol::command::Seq;
use crate::state::{
    PrinterId,
    command::{
        action::{Action, Question},
        tracker::Stage,
    },
    printer::{Printer, job::JobKey},
};
/// Why a question is void whose printer is in other danger now than the one that was asked about.
pub(in crate::state) const OTHERWISE: &str = "what was asked about has changed";

/// A printer that an order would go to, as it was when the question was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which printer.
    pub who: PrinterId,
    /// What it would be ordered.
    pub action: Action,
    /// The session it is meant for.
    pub session: u32,
    /// The job it is meant for.
    pub job: JobKey,
    /// What the question turns on; `None`: it is no dangerous order.
    asked: Option<Question>,
}

impl Item {
    /// An order to a printer as it is now.
    pub fn new(who: PrinterId, action: Action, printer: &Printer, session: u32) -> Self {
        let (job, asked) = (printer.job.key.clone(), action.question(printer));
        Self { who, action, session, job, asked }
    }

    /// Whether the printer is still in what the person was asked about.
    pub(in crate::state) fn is_answered_for(&self, printer: &Printer) -> bool {
        self.asked == self.action.question(printer)
    }
}

/// What became of an order to one of several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which printer.
    pub who: PrinterId,
    /// What it was ordered.
    pub action: Action,
    /// Number of the order; `None`: it was not sent.
    pub(in crate::state) seq: Option<Seq>,
    /// How far it came.
    pub stage: Stage,
}

/// A title begins with a capital letter.
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
