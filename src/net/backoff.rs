//! Delays between attempts: doubling up to a limit, with jitter so that many printers do not come back in step. Pure.

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn delays_double_up_to_half_a_minute_and_start_anew() {
        let mut backoff = Backoff::new(Delays::default());
        let row: Vec<_> = (0..8).map(|_| backoff.step(0.5).as_secs()).collect();
        assert_eq!(row, [1, 2, 4, 8, 16, 30, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.step(0.5).as_secs(), 1);
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
