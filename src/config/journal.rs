//! How long the journal is kept: `[journal]`.

use std::time::Duration;

/// `[journal]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journal {
    /// Lines that are older are let go of.
    pub keep: Duration,
}

impl Default for Journal {
    fn default() -> Self {
        Self { keep: Duration::from_secs(365 * 86_400) }
    }
}
