//! Short-lived notices, and the journal of what happened.

use super::PrinterId;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

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

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds since 1970.
    pub unix: i64,
    /// Which printer; `None`: the program itself.
    pub printer: Option<PrinterId>,
    /// What happened.
    pub text: String,
    /// How loud.
    pub tone: Tone,
}

/// What happened, newest last, of bounded length.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
}

impl Journal {
    const LONGEST: usize = 500;

    /// Adds a line.
    pub fn add(&mut self, unix: i64, printer: Option<PrinterId>, text: impl Into<String>, tone: Tone) {
        if self.entries.len() == Self::LONGEST {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { unix, printer, text: text.into(), tone });
    }

    /// Oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }
}
