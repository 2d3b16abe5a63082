//! Whether the whole picture of a printer came in the session that is up, and when it is asked for again.
//!
//! A printer answers one request with everything and tells only changes after that. Where the request or its answer is
//! lost, changes alone tell no state: what was known before the session stays old, and what was never told is unknown.

use std::time::{Duration, Instant};

/// How long after the first report of a session, and after each request of ours, the whole report is asked for again. The
/// last one is for all that follow: a printer that makes a full report stalls for a moment, so it is asked every five
/// minutes at most.
pub const ASK_AGAIN: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(300)];

/// What is known of the whole picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whole {
    /// A full report came in this session.
    came: bool,
    /// One came in any session.
    ever: bool,
    /// The first report of this session.
    first: Option<Instant>,
    /// Until when the values from before this session were true.
    before: Option<Instant>,
    /// How often it was asked for again since the last full report, over all sessions.
    asked: usize,
    /// When it was asked for again last.
    last_asked: Option<Instant>,
}

impl Whole {
    /// Whether a full report came in this session: only then the job is known.
    pub fn came(&self) -> bool {
        self.came
    }

    /// Whether one ever came.
    pub fn ever(&self) -> bool {
        self.ever
    }

    /// Until when the values from before this session were true; `None`: there are none, or they were told anew.
    pub(in crate::state) fn before(&self) -> Option<Instant> {
        self.before
    }

    /// Another session, or none. `last`: the newest report so far. Values that were old stay as old as they were.
    pub(in crate::state) fn next_session(&mut self, last: Option<Instant>) {
        self.before = if self.came { last } else { self.before.or(last) };
        self.came = false;
        self.first = None;
    }

    /// A report came.
    pub(in crate::state) fn heard(&mut self, full: bool, at: Instant) {
        self.first.get_or_insert(at);
        if full {
            self.came = true;
            self.ever = true;
            self.before = None;
            self.asked = 0;
            self.last_asked = None;
        }
    }

    /// When to ask for it again; `None`: it is here, or nothing at all has come yet, which is the watchdog's.
    pub(in crate::state) fn due(&self, pauses: &[Duration; 3]) -> Option<Instant> {
        let first = self.first.filter(|_| !self.came)? + pauses[0];
        let again = self.last_asked.map(|last| last + pauses[self.asked.min(pauses.len() - 1)]);
        Some(again.map_or(first, |again| first.max(again)))
    }

    /// It was asked for again because changes came without it.
    pub(in crate::state) fn ask_again(&mut self, at: Instant) {
        self.asked += 1;
        self.last_asked = Some(at);
    }

    /// Whether it was asked for again once since the last full report.
    pub(in crate::state) fn is_first_request(&self) -> bool {
        self.asked == 1
    }

    /// It was asked for because nothing came at all.
    pub(in crate::state) fn nudged(&mut self, at: Instant) {
        self.last_asked = Some(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const S: Duration = Duration::from_secs(1);

    fn start() -> Instant {
        static START: LazyLock<Instant> = LazyLock::new(|| crate::state::test_now().at);
        *START
    }

    /// Seconds after the start at which it is asked for, when it never comes.
    fn asked(whole: &mut Whole, from: Instant, until: u32) -> Vec<u64> {
        let mut out = Vec::new();
        while let Some(due) = whole.due(&ASK_AGAIN).filter(|due| *due <= start() + S * until) {
            let at = due.max(from);
            out.push(at.duration_since(start()).as_secs());
            whole.ask_again(at);
        }
        out
    }

    #[test]
    fn a_lost_report_is_asked_for_after_5_and_30_seconds_and_then_every_5_minutes() {
        let mut whole = Whole::default();
        assert_eq!(whole.due(&ASK_AGAIN), None, "silence is the watchdog's");
        whole.heard(false, start());
        whole.heard(false, start() + S * 4);
        assert_eq!(asked(&mut whole, start(), 1000), [5, 35, 335, 635, 935]);
        whole.heard(true, start() + S * 1001);
        assert_eq!((whole.came(), whole.due(&ASK_AGAIN)), (true, None));
    }

    #[test]
    fn a_link_that_flaps_does_not_begin_anew_and_one_that_is_whole_does() {
        let mut whole = Whole::default();
        whole.heard(false, start());
        assert_eq!(asked(&mut whole, start(), 40), [5, 35]);
        whole.next_session(Some(start() + S * 40));
        whole.heard(false, start() + S * 60);
        assert_eq!(asked(&mut whole, start(), 400), [335], "as seldom as before");
        whole.heard(true, start() + S * 410);
        whole.next_session(Some(start() + S * 420));
        whole.heard(false, start() + S * 430);
        assert_eq!(asked(&mut whole, start(), 440), [435]);
    }

    #[test]
    fn a_nudge_of_the_watchdog_was_a_request_too() {
        let mut whole = Whole::default();
        whole.nudged(start());
        whole.heard(false, start() + S);
        assert_eq!(asked(&mut whole, start(), 60), [6, 36]);
    }

    #[test]
    fn old_values_stay_as_old_as_they_were() {
        let mut whole = Whole::default();
        whole.heard(true, start());
        whole.next_session(Some(start() + S * 9));
        assert_eq!((whole.came(), whole.ever(), whole.before()), (false, true, Some(start() + S * 9)));
        whole.heard(false, start() + S * 20);
        whole.next_session(Some(start() + S * 30));
        assert_eq!(whole.before(), Some(start() + S * 9), "changes did not make them younger");
        whole.heard(true, start() + S * 40);
        assert_eq!(whole.before(), None);
    }

    proptest! {
        #[test]
        fn between_two_requests_is_always_a_pause(steps in prop::collection::vec((0_u8..4, 1_u32..400), 1..60)) {
            let (mut whole, mut at, mut last) = (Whole::default(), start(), None::<Instant>);
            for (what, wait) in steps {
                at += S * wait;
                match what {
                    0 => whole.next_session(Some(at)),
                    1 => whole.heard(false, at),
                    // The row begins anew only with the whole report.
                    2 if wait % 7 == 0 => { whole.heard(true, at); last = None; }
                    _ => {}
                }
                if whole.due(&ASK_AGAIN).is_some_and(|due| due <= at) {
                    prop_assert!(!whole.came());
                    prop_assert!(last.is_none_or(|last| at >= last + ASK_AGAIN[1]));
                    whole.ask_again(at);
                    last = Some(at);
                }
            }
        }
    }
}
