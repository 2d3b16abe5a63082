//! Short-lived notices, and how loud a text is.

pub use crate::protocol::wire::is_hidden;
/// What a terminal may never be sent as part of a text.
use crate::state::Tone;

use std::time::{Duration, Instant};

/// A line for a few seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// How loud.
    pub tone: Tone,
    /// When it goes.
    pub until: Instant,
}

impl Notice {
    /// A notice that stays long enough to be read.
    pub fn new(text: impl Into<String>, tone: Tone, at: Instant) -> Self {
        let seconds = if matches!(tone, Tone::Warning | Tone::Bad) { 10 } else { 4 };
        Self { text: text.into(), tone, until: at + Duration::from_secs(seconds) }
    }
}
