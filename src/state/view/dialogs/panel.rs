//! The control panel: keys that move a printer, once it is armed. Armed is for one printer, one connection and one state of
//! its job; whatever changes, and a minute without a key, disarms it.

use crate::protocol::codes::PrintError;
use crate::state::{PrinterId, printer::job::JobKey};
use std::time::{Duration, Instant};

/// Without a key for this long it disarms itself.
pub const IDLE_TIME: Duration = Duration::from_secs(60);
/// The steps to choose from, in mm.
pub const STEPS: [i16; 3] = [1, 10, 50];

/// What it is armed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Armed {
    /// The session of the printer.
    pub(in crate::state) session: u32,
    /// The job that was over by then.
    pub(in crate::state) job: JobKey,
    /// The error that the printer showed, if it did.
    pub(in crate::state) error: Option<PrintError>,
    /// When the last key was pressed.
    pub(in crate::state) touched: Instant,
}

/// The open panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Which printer.
    pub who: PrinterId,
    /// `None`: keys move nothing.
    pub armed: Option<Armed>,
    /// Place of the step in [`STEPS`].
    pub step: usize,
}

impl Panel {
    /// The step in mm.
    pub fn millimetres(&self) -> i16 {
        STEPS.get(self.step).copied().unwrap_or(STEPS[0])
    }

    /// When it disarms itself.
    pub fn until(&self) -> Option<Instant> {
        self.armed.as_ref().map(|armed| armed.touched + IDLE_TIME)
    }
}
