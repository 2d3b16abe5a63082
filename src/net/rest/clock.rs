//! The one look at a clock: a client that spares the server must know how long ago it asked.

use std::time::Duration;
use tokio::time::Instant;

/// Time since the client was made. Everything that counts with it takes it as an argument.
#[derive(Debug, Clone, Copy)]
pub(in crate::net) struct Clock(Instant);

impl Clock {
    pub(in crate::net) fn start() -> Self {
        Self(now())
    }

    pub(in crate::net) fn since(self) -> Duration {
        now().saturating_duration_since(self.0)
    }
}

#[expect(clippy::disallowed_methods, reason = "budgets and ages of answers need the time between calls")]
fn now() -> Instant {
    Instant::now()
}
