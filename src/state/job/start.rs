//! When jobs began, and how far they are: remembered beyond the end of the program. What is kept is kept for one
//! job of one printer, and is used only where it can be no other.

use super::{Job, JobEvent, JobKey, Phase};
use crate::state::Now;

/// When a job began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The printer's serial number.
    pub serial: String,
    /// Which job.
    pub job: String,
    /// When it began, in seconds since 1970.
    pub unix: i64,
    /// How far it was when this was written, in percent.
    pub percent: u8,
    /// When it was to be done, as it was estimated then.
    pub done: i64,
}

/// What is to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memory {
    /// This, instead of what was known of the printer.
    Keep(Start),
    /// Nothing of this printer any more.
    Forget {
        /// Its serial number.
        serial: String,
    },
}

impl Start {
    /// Whether a job of the same name can be the same: it has come no less far, and the time for it is not long over.
    /// Local jobs may all have the same name, so a later one must not inherit the beginning of an earlier one.
    fn fits(&self, percent: u8, now: i64) -> bool {
        let grace = ((self.done - self.unix) / 2).max(3600);
        percent >= self.percent && self.unix <= now && now <= self.done + grace
    }
}

impl JobKey {
    /// The key of a text.
    fn of(text: &str) -> Self {
        let mut parts = text.split('\u{1f}').map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
        let mut part = || parts.next().flatten();
        Self { name: part(), subtask: part(), task: part() }
    }

    /// The key as one text.
    fn text(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("{}\u{1f}{}\u{1f}{}", part(&self.name), part(&self.subtask), part(&self.task))
    }
}

impl Job {
    /// Takes in what an earlier run of the program remembered.
    pub fn remembered(&mut self, start: Start) {
        self.recalled = Some(start);
    }

    /// The first known state decides whether what was remembered is about the job that runs.
    pub(super) fn recall(&mut self, now: Now) -> Option<JobEvent> {
        if self.phase == Phase::Unknown {
            return None;
        }
        let start = self.recalled.take()?;
        let same = self.phase.is_active()
            && self.key != JobKey::default()
            && start.job == self.key.text()
            && start.fits(self.percent.unwrap_or(0), now.unix);
        if same && self.started.is_none() {
            self.started = Some(start.unix);
        }
        // If it is of no use it shall be forgotten; else it is written again with the next report.
        self.kept = Some((start.unix, u8::MAX));
        // The printer is idle, and the job cannot have come to its end: it is lost. Later than that nobody knows.
        let lost = self.phase == Phase::Idle && start.unix <= now.unix && now.unix < start.done;
        lost.then(|| self.lost(&JobKey::of(&start.job), start.percent))
    }

    /// What is to be remembered now; `None`: nothing new. Of a printer that says itself when its job began too, because it
    /// may lose the job while nobody looks.
    pub(in crate::state) fn memory(&mut self, serial: &str) -> Option<Memory> {
        let running = self.phase.is_active() && self.key != JobKey::default();
        let Some(unix) = self.started.filter(|_| running) else {
            let over = self.phase != Phase::Unknown && self.kept.take().is_some();
            return over.then(|| Memory::Forget { serial: serial.to_owned() });
        };
        let percent = self.percent.unwrap_or(0);
        let state = Some((unix, percent));
        if self.kept == state || serial.is_empty() {
            return None;
        }
        self.kept = state;
        let done = self.done_at.unwrap_or(unix);
        Some(Memory::Keep(Start { serial: serial.to_owned(), job: self.key.text(), unix, percent, done }))
    }
}
