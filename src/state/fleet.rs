//! The printers, and what is true of all of them.

use super::printer::{Printer, reload::Reload, watchdog::WatchdogTimeouts};

/// All printers that are watched.
#[derive(Debug, Clone, Default)]
pub struct Fleet {
    /// The printers, in the configuration's order; a [`PrinterId`](super::PrinterId) is a place in it.
    pub printers: Vec<Printer>,
    /// Limits of the watchdog.
    pub watchdog_timeouts: WatchdogTimeouts,
    /// The configuration file that names them, read again.
    pub reload: Reload,
    /// Number of the next command.
    pub(in crate::state) next_seq: u32,
}
