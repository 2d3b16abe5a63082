//! What every part of the state knows: whose, when, how loud, and whether to draw.

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

/// Whether the screen must be drawn again, and how soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Redraw {
    /// Nothing looks different.
    #[default]
    No,
    /// Data changed: within the rate for data.
    Soon,
    /// A person did something: now.
    AtOnce,
}

/// How loud a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For the record.
    Plain,
    /// Something went well.
    Good,
    /// Look at it.
    Warning,
    /// Something is wrong.
    Bad,
}
