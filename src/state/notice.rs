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
    /// The newest entries that are not yet taken for the file.
    new: Vec<Entry>,
}

impl Journal {
    /// So many lines are kept.
    pub const LONGEST: usize = 500;

    /// Adds a line.
    pub fn add(&mut self, unix: i64, printer: Option<PrinterId>, text: impl Into<String>, tone: Tone) {
        let entry = Entry { unix, printer, text: text.into(), tone };
        self.new.push(entry.clone());
        self.keep(entry);
    }

    /// Adds a line that an earlier run of the program has written.
    pub fn keep(&mut self, entry: Entry) {
        if self.entries.len() == Self::LONGEST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The lines that were added since the last call.
    pub(super) fn take_new(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.new)
    }

    /// Oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }
}
