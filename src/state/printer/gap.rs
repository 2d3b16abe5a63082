//! Gaps: times in which a printer was not heard. What has changed meanwhile is true, but when it changed nobody saw.

use crate::protocol::report::Report;
use crate::state::Now;

/// So many seconds that passed without this program are a sleep of the computer, and no clock that was set right.
const ASLEEP: i64 = 20;

/// Whether the printer's state was followed without a gap.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gap {
    /// Its state was reported in this session.
    state_seen: bool,
    /// The newest report came after a gap.
    blind: bool,
    /// The same, and its state was known before the gap.
    late: bool,
    /// Its state was said once.
    known: bool,
    /// When the newest report came.
    last: Option<Now>,
}

impl Gap {
    /// A session ended or another transport counts.
    pub(in crate::state) fn open(&mut self) {
        self.state_seen = false;
    }

    /// Notes a report. Tells whether what it says of the state may be older than it is.
    pub(in crate::state) fn hear(&mut self, report: &Report, now: Now) -> bool {
        let slept = self.has_slept(now);
        self.last = Some(now);
        self.state_seen &= !slept;
        self.blind = !self.state_seen;
        // What a change says has changed now, whatever was missed before.
        self.late = self.blind && self.known && report.full;
        self.state_seen |= report.job.gcode_state.is_some();
        self.known |= self.state_seen;
        self.blind
    }

    /// Whether the newest report came after a gap in what was followed before.
    pub(in crate::state) fn is_blind(&self) -> bool {
        self.late
    }

    /// Whether this computer slept since the last report.
    pub(in crate::state) fn has_slept(&self, now: Now) -> bool {
        // This clock stands still while the computer sleeps, the other one does not.
        self.last.is_some_and(|last| {
            let waited = now.at.saturating_duration_since(last.at).as_secs() as i64;
            now.unix - last.unix - waited > ASLEEP
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::test_now;
    use std::time::Duration;

    #[test]
    fn a_gap_lasts_until_the_state_was_said() {
        let mut now = test_now();
        let mut report = Report::default();
        let mut gap = Gap::default();
        assert!(gap.hear(&report, now) && gap.hear(&report, now));
        report.job.gcode_state = Some("RUNNING".into());
        assert!(gap.hear(&report, now) && !gap.hear(&report, now));
        gap.open();
        assert!(gap.hear(&report, now) && !gap.hear(&report, now));
        // An hour without a report is no gap: the printer had nothing to say.
        now.at += Duration::from_secs(3600);
        now.unix += 3600;
        assert!(!gap.hear(&report, now));
        // An hour that this program did not live through is one, a clock that was set back is none.
        now.unix += 3600;
        assert!(gap.hear(&report, now) && !gap.hear(&report, now));
        now.unix -= 7200;
        assert!(!gap.hear(&report, now));
    }
}
