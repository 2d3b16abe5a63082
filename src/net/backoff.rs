//! Delays between attempts: doubling up to a limit, with jitter so that many printers do not come back in step. Pure.

use super::timing::Timing;
use crate::state::printer::connection::DisconnectReason;
use std::time::Duration;

/// The shape of the delays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// The first delay.
    pub first: Duration,
    /// No delay is longer, apart from the jitter.
    pub longest: Duration,
    /// Largest deviation, as a part of the delay.
    pub jitter: f64,
}

impl Default for Delays {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(30), jitter: 0.2 }
    }
}

/// A row of delays.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    delays: Delays,
    next: Duration,
}

impl Backoff {
    /// A row at its beginning.
    pub(super) fn new(delays: Delays) -> Self {
        Self { delays, next: delays.first }
    }

    /// The next delay. `random` from 0 to 1 places it within the jitter.
    pub(super) fn step(&mut self, random: f64) -> Duration {
        let plain = self.next.min(self.delays.longest);
        self.next = plain.saturating_mul(2);
        let jitter = self.delays.jitter.clamp(0.0, 1.0);
        plain.mul_f64(1.0 + jitter * (2.0 * random.clamp(0.0, 1.0) - 1.0))
    }

    /// Goes back to the beginning.
    pub(super) fn reset(&mut self) {
        self.next = self.delays.first;
    }
}

/// When to try again, by why the last attempt failed. No failure is the last one: where a person is needed the attempts are
/// far apart, because another wrong code may make a printer stop listening, and a code or certificate can be put right at
/// the printer.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    plain: Backoff,
    certificate: Backoff,
    refused: [Duration; 3],
    refusals: usize,
}

impl Retry {
    /// A row at its beginning; `delays` for failures that need nobody.
    pub(super) fn new(delays: Delays, timing: &Timing) -> Self {
        Self {
            plain: Backoff::new(delays),
            certificate: Backoff::new(timing.certificate),
            refused: timing.refused,
            refusals: 0,
        }
    }

    /// The delay after a failure. `random` from 0 to 1 places it within the jitter.
    pub(super) fn step(&mut self, why: &DisconnectReason, random: f64) -> Duration {
        if why.is_refused_code() {
            let pause = self.refused[self.refusals.min(self.refused.len() - 1)];
            self.refusals += 1;
            return pause;
        }
        if why.needs_person() { self.certificate.step(random) } else { self.plain.step(random) }
    }

    /// Goes back to the beginning: a session was good, or a person asked.
    pub(super) fn reset(&mut self) {
        self.plain.reset();
        self.certificate.reset();
        self.refusals = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::printer::certificate::{Certificate, Signer};
    use proptest::prelude::*;

    #[test]
    fn delays_double_up_to_half_a_minute_and_start_anew() {
        let mut backoff = Backoff::new(Delays::default());
        let row: Vec<_> = (0..8).map(|_| backoff.step(0.5).as_secs()).collect();
        assert_eq!(row, [1, 2, 4, 8, 16, 30, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.step(0.5).as_secs(), 1);
    }

    #[test]
    fn nothing_ends_for_ever_and_what_needs_a_person_is_tried_seldom() {
        let found = Certificate { fingerprint: "b".into(), signer: Signer::Unknown };
        let changed =
            DisconnectReason::CertificateChanged { pinned: "a".into(), found: found.clone(), configured: false };
        let other = DisconnectReason::OtherPrinter { expected: "A".into(), found: "B".into() };
        for (why, seconds) in [
            (DisconnectReason::WrongCode, [300, 900, 3600, 3600, 3600]),
            (DisconnectReason::BrokerRefused, [300, 900, 3600, 3600, 3600]),
            (DisconnectReason::TokenExpired, [300, 900, 3600, 3600, 3600]),
            (changed, [75, 150, 250, 250, 250]),
            (DisconnectReason::SelfMade(found), [75, 150, 250, 250, 250]),
            (other, [75, 150, 250, 250, 250]),
            (DisconnectReason::ConnectionRefused, [1, 2, 4, 8, 16]),
            (DisconnectReason::LoginRefused(3), [1, 2, 4, 8, 16]),
        ] {
            let mut retry = Retry::new(Delays::default(), &Timing::default());
            for _ in 0..2 {
                let row: Vec<_> = (0..5).map(|_| retry.step(&why, 0.5).as_secs()).collect();
                assert_eq!(row, seconds, "{why}");
                retry.reset();
            }
        }
    }

    #[test]
    fn a_wrong_certificate_is_looked_at_every_one_to_five_minutes_whatever_the_jitter() {
        let why = DisconnectReason::SelfMade(Certificate { fingerprint: "b".into(), signer: Signer::Unknown });
        for random in [0.0, 0.5, 1.0] {
            let mut retry = Retry::new(Delays::default(), &Timing::default());
            for _ in 0..9 {
                let pause = retry.step(&why, random).as_secs_f64();
                assert!((59.999..=300.001).contains(&pause), "{pause}");
            }
        }
    }

    #[test]
    fn a_printer_that_is_away_between_two_refusals_gets_no_more_wrong_codes() {
        let mut retry = Retry::new(Delays::default(), &Timing::default());
        assert_eq!(retry.step(&DisconnectReason::WrongCode, 0.5).as_secs(), 300);
        assert_eq!(retry.step(&DisconnectReason::ConnectionRefused, 0.5).as_secs(), 1);
        assert_eq!(retry.step(&DisconnectReason::WrongCode, 0.5).as_secs(), 900);
    }

    proptest! {
        #[test]
        fn jitter_stays_within_a_fifth(steps in 0_usize..100, random in 0.0_f64..=1.0) {
            let mut backoff = Backoff::new(Delays::default());
            let mut plain = Backoff::new(Delays::default());
            for _ in 0..=steps {
                let (got, middle) = (backoff.step(random).as_secs_f64(), plain.step(0.5).as_secs_f64());
                prop_assert!(got >= middle * 0.799 && got <= middle * 1.201);
            }
        }
    }
}
