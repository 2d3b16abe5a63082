//! What is true now. Pure: time is an argument, nothing here opens, reads or waits.

pub mod camera;
pub mod control;
pub mod effect;
pub mod event;
pub mod settings;

use std::time::Instant;

/// A printer's place in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrinterId(pub u16);

/// The moment of a wake. Made in `app.rs` only; tests build their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// For durations and deadlines.
    pub at: Instant,
    /// Seconds since 1970, for times of day.
    pub unix: i64,
    /// Seconds that local time is ahead of UTC.
    pub utc_offset: i32,
}
