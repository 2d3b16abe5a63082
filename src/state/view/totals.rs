//! How many printers do what: for the header, and for the headings of groups.

use crate::state::printer::{Printer, Status, need::Need};

/// Numbers of printers by what they need or do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are the states' words")]
pub struct Totals {
    pub all: u16,
    /// In danger.
    pub danger: u16,
    /// At work: printing, preparing, slicing, heating.
    pub printing: u16,
    /// Need a person for another reason.
    pub waiting: u16,
    pub paused: u16,
    /// Nothing to do, also after a job that was cancelled.
    pub idle: u16,
    pub finished: u16,
    pub connecting: u16,
    pub offline: u16,
    pub unknown: u16,
}

impl Totals {
    /// Counts printers.
    pub fn of<'a>(printers: impl IntoIterator<Item = &'a Printer>) -> Self {
        let mut totals = Self::default();
        for printer in printers {
            totals.add(printer);
        }
        totals
    }

    /// Counts one more.
    pub fn add(&mut self, printer: &Printer) {
        let count = match (printer.need(), printer.status()) {
            (Some(Need::Danger), _) => &mut self.danger,
            (Some(_), _) | (None, Status::Trouble | Status::Waiting) => &mut self.waiting,
            (None, Status::Printing | Status::Preparing) => &mut self.printing,
            (None, Status::Paused) => &mut self.paused,
            (None, Status::Idle | Status::Stopped | Status::Cancelled) => &mut self.idle,
            (None, Status::Finished) => &mut self.finished,
            (None, Status::Connecting) => &mut self.connecting,
            (None, Status::Offline) => &mut self.offline,
            (None, Status::Unknown) => &mut self.unknown,
        };
        *count += 1;
        self.all += 1;
    }
}
