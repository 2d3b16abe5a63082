//! How many printers do what: for the header, and for the headings of groups.

use crate::state::printer::{Printer, Status, need::Need};

/// Numbers of printers by what they need or do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// All of them.
    pub all: u16,
    /// In danger.
    pub danger: u16,
    /// Those that need a person for another reason, whatever they do.
    pub attention: u16,
    /// The others, by their status.
    counts: [u16; Status::ALL.len()],
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
        let count = match printer.need() {
            Some(Need::Danger) => &mut self.danger,
            Some(_) => &mut self.attention,
            None => &mut self.counts[printer.status() as usize],
        };
        *count += 1;
        self.all += 1;
    }

    /// How many have a status and need nobody.
    pub fn count(&self, status: Status) -> u16 {
        self.counts[status as usize]
    }
}
