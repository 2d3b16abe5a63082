//! When jobs began, and how far they are: remembered beyond the end of the program. What is kept is kept for one
//! job of one printer, and is used only where it can be no other.

use super::{
    Job, JobEvent, JobKey, Phase,
    life::{Gone, POWER_LOSS},
};
use crate::{
    protocol::codes::PrintError,
    state::{Now, printer::job_news::Happened},
};

/// When a job began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStart {
    /// The printer's serial number.
    pub serial: String,
    /// Which job.
    pub job: String,
    /// When it began, in seconds since 1970; 0: that was not seen.
    pub unix: i64,
    /// How far it was when this was written, in percent.
    pub percent: u8,
    /// When it was to be done, as it was estimated then. Below 0: there was no estimate at this time, which is without its
    /// sign. (An earlier version wrote when it began.) 0: it has ended.
    pub done: i64,
    /// The printer has lost it; `None`: it was under way when it was heard of last.
    pub lost: Option<Lost>,
}

/// That a printer has lost a job, and nobody has dismissed that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// The error that it showed with that.
    pub error: Option<PrintError>,
    /// The journal has it.
    pub told: bool,
}

/// What is to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobStartChange {
    /// This, instead of what was known of the printer.
    Keep(JobStart),
    /// Nothing of this printer any more.
    Forget {
        /// Its serial number.
        serial: String,
    },
    /// The job is over, which is not told yet. One that was lost and told is forgotten.
    Ended {
        /// The printer's serial number.
        serial: String,
    },
}

impl JobStartChange {
    /// The change as whoever makes it who `tells` of jobs. Another one leaves what there is to be told to the next who does.
    #[must_use]
    pub fn made_by(mut self, tells: bool) -> Self {
        match &mut self {
            Self::Keep(JobStart { lost: Some(lost), .. }) => lost.told |= tells,
            Self::Forget { serial } if !tells => return Self::Ended { serial: std::mem::take(serial) },
            _ => {}
        }
        self
    }
}

/// A job without an estimate counts as unfinished this long, in seconds: none that was left at work is a secret for ever.
const WITHOUT_ESTIMATE: i64 = 86_400;

impl JobStart {
    /// Whether a job of the same name can be the same: it has come no less far, and the time for it is not long over.
    /// Local jobs may all have the same name, so a later one must not inherit the beginning of an earlier one.
    fn fits(&self, percent: u8, now: i64) -> bool {
        let done = self.done.abs();
        let grace = ((done - self.unix) / 2).clamp(3600, WITHOUT_ESTIMATE);
        percent >= self.percent && self.unix <= now && now <= done + grace
    }

    /// Whether the job cannot have come to its end by itself.
    fn is_unfinished(&self, now: i64) -> bool {
        let seen_so = if self.done > self.unix { now < self.done } else { now < self.done.abs() + WITHOUT_ESTIMATE };
        self.unix <= now && seen_so && self.percent < 100
    }
}

impl JobKey {
    /// The key of a text.
    fn read(text: &str) -> Self {
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
    pub fn remembered(&mut self, start: JobStart) {
        self.recalled = Some(start);
    }

    /// The first known state decides whether what was remembered is about the job that runs, and what has come of it.
    /// `says_error`: the report tells whether an error is shown.
    pub(super) fn recall(&mut self, says_error: bool, now: Now) -> Option<JobEvent> {
        if self.phase == Phase::Unknown {
            return None;
        }
        let start = self.recalled.take()?;
        let same = self.phase.is_active()
            && self.key_text().is_some_and(|key| key == start.job)
            && start.fits(self.percent.unwrap_or(0), now.unix);
        if same && self.started.is_none() {
            self.started = Some(start.unix).filter(|unix| *unix > 0);
        }
        // If it is of no use it shall be forgotten; else it is written again with the next report.
        self.kept = Some((start.unix, u8::MAX, None));
        let told = start.lost.is_some_and(|lost| lost.told);
        let dismissed = |lost: Lost| lost.error.is_some() && says_error && self.error.is_none();
        let dismissed = start.lost.is_some_and(dismissed);
        let old = JobKey::read(&start.job);
        let name = old.name.as_deref().map(|name| super::plain_name(name).to_owned());
        if self.phase.is_active() || self.phase.is_over() && self.key.differs(&old) || dismissed {
            if !(same || told) {
                let gone = start.lost.is_some();
                let end = Happened::of(if gone { JobEvent::Failed } else { JobEvent::Unseen });
                let percent = Some(start.percent);
                self.replaced = Some(Box::new(Happened { name, percent, late: true, gone, past: true, ..end }));
            }
            return None;
        }
        self.late = true;
        if self.phase.is_over() {
            // It came to its end while nobody looked, and the printer still says how.
            self.ended_before = Some(now.unix);
            self.name = self.name.take().or(name);
            self.percent = self.percent.or(Some(start.percent));
            return (!told).then_some(match self.phase {
                Phase::Finished => JobEvent::Finished,
                Phase::Cancelled => JobEvent::Cancelled,
                _ => JobEvent::Failed,
            });
        }
        let error = start.lost.and_then(|lost| lost.error);
        self.gone = Some(Gone { name, percent: Some(start.percent), failed: told, error, told, key: old });
        if told {
            self.kept = Some((start.unix, start.percent, start.lost));
            return None;
        }
        // Later than it was to be done nobody knows, but for a printer that says it lost its power.
        let lost = start.lost.is_some() || self.error == Some(POWER_LOSS) || start.is_unfinished(now.unix);
        Some(if lost { JobEvent::Failed } else { JobEvent::Unseen })
    }

    /// The key as one text; a job without one goes by the name of its file.
    fn key_text(&self) -> Option<String> {
        let mut key = self.key.clone();
        key.name = key.name.or_else(|| self.name.clone());
        (key != JobKey::default()).then(|| key.text())
    }

    /// What is to be remembered now; `None`: nothing new. Of a job that was not seen to begin too, because the printer may
    /// lose it while nobody looks.
    pub(in crate::state) fn memory(&mut self, serial: &str) -> Option<JobStartChange> {
        if self.open.is_some() {
            // It may go on, and its end is not told yet.
            return None;
        }
        if let Some(gone) = self.lost() {
            // Until somebody has dismissed it, or another job is there.
            let (unix, percent) = (self.kept.map_or(0, |(unix, ..)| unix), gone.percent.unwrap_or(0));
            let lost = Lost { error: gone.error, told: gone.told };
            let state = Some((unix, percent, Some(lost)));
            let mut key = gone.key.clone();
            key.name = key.name.or_else(|| gone.name.clone());
            if self.kept == state || serial.is_empty() {
                return None;
            }
            self.kept = state;
            let (serial, done) = (serial.to_owned(), -self.heard);
            return Some(JobStartChange::Keep(JobStart {
                serial,
                job: key.text(),
                unix,
                percent,
                done,
                lost: Some(lost),
            }));
        }
        let key = if self.phase.is_active() { self.key_text() } else { None };
        let Some(job) = key else {
            let over = self.phase != Phase::Unknown && self.kept.take().is_some();
            return over.then(|| JobStartChange::Forget { serial: serial.to_owned() });
        };
        let (unix, percent) = (self.started.unwrap_or(0), self.percent.unwrap_or(0));
        let state = Some((unix, percent, None));
        if self.kept == state || serial.is_empty() {
            return None;
        }
        self.kept = state;
        let done = self.done_at.unwrap_or(-self.heard);
        Some(JobStartChange::Keep(JobStart { serial: serial.to_owned(), job, unix, percent, done, lost: None }))
    }
}
