//! The life of a sign-in: its beginning, warnings before its end, and its end. What is asked of the cloud by itself
//! meanwhile, and when.

use std::time::{Duration, Instant};

pub(in crate::state) const DAY: i64 = 86_400;
/// Warnings begin so many days before a sign-in ends, and come once a day.
pub(in crate::state) const WARN_DAYS: i64 = 7;

/// What is to be done for an account by itself.
#[derive(Debug, Clone, Default)]
pub struct PollSchedule {
    /// When its printers are asked for again.
    pub(in crate::state) devices: Option<Instant>,
    /// The session at the cloud's broker for whose silent printers the list was asked for once more.
    pub(in crate::state) silent_on: Option<u32>,
    /// So many days before the end the last warning came.
    pub(in crate::state) warned: Option<i64>,
    /// Whether the sign-in is over is for the cloud to say, and not for a clock that may be wrong.
    pub(in crate::state) doubt: ExpiryCheck,
}

/// By the clock the sign-in is over. Is it?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::state) enum ExpiryCheck {
    /// It is not over by the clock.
    #[default]
    None,
    /// The cloud was asked; when it is asked again.
    Asked(Instant),
    /// The cloud takes it all the same.
    Settled,
}

/// What is said of a clock by which a sign-in is over that the cloud takes.
pub const CLOCK_OFF: &str =
    "by this machine's clock the sign-in to the cloud has ended, but the cloud takes it; check the clock";
/// Between two questions whether a sign-in is over, where the first had no answer.
pub(in crate::state) const DOUBT_AGAIN: Duration = Duration::from_secs(300);

/// Days until a sign-in ends, counting the one that has begun.
pub(in crate::state) fn days(left: i64) -> i64 {
    left.div_euclid(DAY) + i64::from(left.rem_euclid(DAY) > 0)
}
