//! What was told of a printer before, so that nothing is told twice.

use crate::{protocol::codes::Code, state::printer::flapping::Flapping};
use std::time::{Duration, Instant};

/// What was told of one printer before, so that nothing is told twice.
#[derive(Debug, Clone, Default)]
pub struct Notified {
    /// The link as it was told or taken for granted: up, down, not known yet.
    up: Option<bool>,
    /// When the first report came.
    first_report: Option<Instant>,
    /// The printer's state is known: what comes now is news.
    settled: bool,
    /// Filament was missing by the newest report …
    pub(in crate::state) missing: bool,
    /// … and by an earlier one, at this moment.
    runout: Option<Instant>,
    /// Codes of danger.
    pub(in crate::state) dangers: Flapping<Code>,
}

/// A report without a mark of completeness counts as the start this long; the same time that messages may flap in.
pub(in crate::state) const QUIET: Duration = Duration::from_secs(30);

impl Notified {
    /// Notes a report. Tells whether what it says is news.
    pub(in crate::state) fn heard(&mut self, full: bool, at: Instant) -> bool {
        let was_settled = self.settled;
        let first = *self.first_report.get_or_insert(at);
        self.settled |= full || at.saturating_duration_since(first) >= QUIET;
        was_settled
    }

    /// Whether what a printer says is news.
    pub(in crate::state) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Notes whether the filament is missing. Tells whether it has just run out.
    pub(in crate::state) fn ran_out(&mut self, missing: bool, at: Instant) -> bool {
        let lately = self.runout.is_some_and(|seen| at.saturating_duration_since(seen) < QUIET);
        let was_missing = std::mem::replace(&mut self.missing, missing);
        if missing {
            self.runout = Some(at);
        }
        missing && !was_missing && !lately
    }

    /// Notes the link. Tells whether it has changed since the last time.
    pub(in crate::state) fn link(&mut self, up: bool) -> bool {
        self.up.replace(up).is_some_and(|before| before != up)
    }
}
