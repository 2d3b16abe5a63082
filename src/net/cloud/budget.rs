//! How often the cloud's broker is connected to: the service's documented five times in five minutes. The limit is on the
//! account, so what other processes do counts too.

use crate::net::rest::clock::Clock;
use std::{
    collections::VecDeque,
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Attempts to connect within [`Timing::cloud_window`](super::Timing), as documented.
const ATTEMPTS: usize = 5;

/// Counts attempts beyond this process; called off the loop.
#[derive(Clone)]
pub struct AttemptCounter(pub Arc<CountAttempt>);

/// Counts an attempt of somebody, if there are fewer than so many within a window; or tells how long there is none left. An
/// error: it cannot count.
pub(super) type CountAttempt = dyn Fn(&str, usize, Duration) -> io::Result<Option<Duration>> + Send + Sync;

impl fmt::Debug for AttemptCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptCounter")
    }
}

/// The attempts that are left.
pub(in crate::net) struct BrokerBudget {
    clock: Clock,
    /// When this process made its newest ones.
    own: Mutex<VecDeque<Duration>>,
    counter: Option<AttemptCounter>,
}

impl fmt::Debug for BrokerBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrokerBudget")
    }
}

impl BrokerBudget {
    pub(in crate::net) fn new(counter: Option<AttemptCounter>) -> Self {
        Self { clock: Clock::start(), own: Mutex::default(), counter }
    }

    fn own(&self) -> MutexGuard<'_, VecDeque<Duration>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the attempts of this process alone forbid another one.
    pub(in crate::net) fn wait(&self, window: Duration) -> Duration {
        let own = self.own();
        let oldest = own.len().checked_sub(ATTEMPTS).and_then(|at| own.get(at));
        oldest.map_or(Duration::ZERO, |then| (*then + window).saturating_sub(self.clock.since()))
    }

    /// Takes an attempt, or tells how long there is none.
    pub(in crate::net) async fn take(&self, whose: &str, window: Duration) -> Result<(), Duration> {
        let wait = self.wait(window);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        if let Some(AttemptCounter(count)) = self.counter.clone() {
            let whose = whose.to_owned();
            match tokio::task::spawn_blocking(move || count(&whose, ATTEMPTS, window)).await {
                Ok(Ok(None)) => {}
                Ok(Ok(Some(wait))) => return Err(wait),
                Ok(Err(error)) => tracing::warn!(%error, "attempts of other processes are not counted"),
                Err(error) => tracing::error!(%error, "attempts of other processes are not counted"),
            }
        }
        let mut own = self.own();
        own.push_back(self.clock.since());
        if own.len() > ATTEMPTS {
            own.pop_front();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(300);

    #[tokio::test(start_paused = true)]
    async fn attempts_beyond_the_budget_wait_for_the_window() {
        let budget = BrokerBudget::new(None);
        for _ in 0..ATTEMPTS {
            assert_eq!(budget.take("u_1", WINDOW).await, Ok(()));
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        let left = Duration::from_secs(250);
        assert_eq!((budget.take("u_1", WINDOW).await, budget.wait(WINDOW)), (Err(left), left));
        tokio::time::advance(left).await;
        assert_eq!(budget.take("u_1", WINDOW).await, Ok(()));
        assert_eq!(budget.wait(WINDOW), Duration::from_secs(10), "they come back one by one");
    }

    #[tokio::test]
    async fn what_others_did_counts_and_a_tally_that_fails_does_not_stop_anybody() {
        let wait = Duration::from_secs(7);
        let busy =
            BrokerBudget::new(Some(AttemptCounter(Arc::new(move |whose, _, _| Ok((whose == "u_1").then_some(wait))))));
        assert_eq!((busy.take("u_1", WINDOW).await, busy.take("u_2", WINDOW).await), (Err(wait), Ok(())));
        let broken = BrokerBudget::new(Some(AttemptCounter(Arc::new(|_, _, _| Err(io::Error::other("no disk"))))));
        for _ in 0..ATTEMPTS {
            assert_eq!(broken.take("u_1", WINDOW).await, Ok(()));
        }
        assert!(broken.take("u_1", WINDOW).await.is_err(), "its own are counted all the same");
    }
}
