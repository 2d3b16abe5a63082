//! How fast what printers say is taken in.

use std::time::Duration;
use tokio::time::Instant;

/// News of printers is taken at once, up to so many batches in a row; a flood is taken in one batch each `CALM`.
const AT_ONCE_BATCHES: u32 = 8;
/// See [`AT_ONCE_BATCHES`]. Frames for news are further apart, so nobody sees the difference; orders under way are
/// never delayed.
const CALM: Duration = Duration::from_millis(50);

/// How fast news of printers is taken in: a wake for every message of a flood costs more than the messages do.
pub(super) struct Pace {
    /// Batches that may still be taken at once.
    left: u32,
    /// When the last one was given back.
    since: Instant,
}

impl Pace {
    /// A pace from a moment on.
    pub(super) fn new(now: Instant) -> Self {
        Self { left: AT_ONCE_BATCHES, since: now }
    }

    /// When the next batch may be taken; `None`: at once.
    pub(super) fn next(&mut self, now: Instant) -> Option<Instant> {
        let back = (now.duration_since(self.since).as_millis() / CALM.as_millis()) as u32;
        self.left = self.left.saturating_add(back).min(AT_ONCE_BATCHES);
        self.since += CALM * back;
        (self.left == 0).then(|| self.since + CALM)
    }

    pub(super) fn taken(&mut self) {
        self.left = self.left.saturating_sub(1);
    }
}
