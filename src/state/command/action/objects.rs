//! Objects of the running print: skipping them.

use super::{Confirmation, Kind, PrinterAction};
use crate::{protocol::command::Command, state::printer::Printer};
use std::fmt;

/// Print these objects no further; the ids are those of the job's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipObjects(pub Vec<u32>);

impl fmt::Display for SkipObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0[..] {
            [one] => write!(f, "skip object {one}"),
            [one, two] => write!(f, "skip objects {one} and {two}"),
            many => write!(f, "skip {} objects", many.len()),
        }
    }
}

impl PrinterAction for SkipObjects {
    fn kind(&self) -> Kind {
        ("skip", 0)
    }

    fn commands(&self, _: &Printer) -> Vec<Command> {
        vec![Command::SkipObjects(self.0.clone())]
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        printer.can_skip(&self.0)
    }

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        Some(printer.reports_skipped(&self.0))
    }

    fn risk(&self, printer: &Printer) -> Option<Confirmation> {
        Some(Confirmation {
            title: if self.0.len() == 1 { "Skip this object?" } else { "Skip these objects?" },
            warning: format!("{}. Skipped objects cannot be resumed.", printer.names_of(&self.0)),
            yes: "skip",
            no: "print all",
        })
    }
}
