//! The life of a job: from one state to the next, and what that means.
//!
//! ```text
//!            begins            ┌────────── goes on ───────────┐
//!  at rest ─────────► under way ──── FAILED, IDLE ────► its end is open ──── a sign, or time ────► it has ended
//!                         └───────── FINISH ──────────────────┴── FINISH ──► it is done
//! ```
//!
//! Every job that began has one end. While the end is open the job may go on, come to its end all the same, or have another
//! one in its place: then what it counts as so far is told.

use super::{CANCEL_WINDOW, Heard, Job, JobEvent, JobKey, Phase};
use crate::{
    protocol::{codes::PrintError, job::JobPart, report::Report},
    state::{
        Now,
        printer::job_news::{FLICKER, Happened},
    },
};
use std::time::Instant;

/// A job that vanished: the printer that had it is idle, and never said that it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gone {
    /// Its name.
    pub name: Option<String>,
    /// How far it had come, in percent.
    pub percent: Option<u8>,
    /// It counts as failed, and nobody has dismissed that.
    pub failed: bool,
    /// The error that the printer has shown since.
    pub(super) error: Option<PrintError>,
    /// The journal of an earlier run has it.
    pub(super) told: bool,
    /// Which job it was.
    pub(super) key: JobKey,
}

/// The printer has a job under way no longer, and did not say that it is done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Open {
    /// The job as it was when it was under way.
    job: Box<Job>,
    /// Since when it is not.
    since: Instant,
    /// What it counts as …
    verdict: JobEvent,
    /// … from this moment on.
    due: Instant,
    /// That is told already; only a flicker is waited for.
    told: bool,
    /// The state in which the printer left it: idle, broken off, or done.
    left_as: Phase,
    /// The error that it showed with that.
    error: Option<PrintError>,
    /// That was noticed later than it happened.
    late: bool,
}

impl Open {
    /// Whether a report is about this job, which is under way again or came to its end: by its names, by how far it is, and
    /// within two seconds by anything that does not say otherwise.
    pub(super) fn goes_on(&self, phase: Phase, key: &JobKey, part: &JobPart, at: Instant) -> bool {
        let old = &self.job;
        if at >= self.due || old.is_another(key, false, at) {
            return false;
        }
        match phase {
            Phase::Finished => self.left_as != Phase::Finished,
            Phase::Failed => self.left_as == Phase::Idle,
            phase if phase.is_active() => {
                let percent = super::percent(part).unwrap_or(0);
                let same = *key == old.key && *key != JobKey::default() && percent >= old.remembered.1.unwrap_or(0);
                (old.last.is_preparing() || !phase.is_preparing())
                    && (at < self.since + FLICKER || same && self.left_as == Phase::Idle)
            }
            _ => false,
        }
    }
}

/// The error of a printer that came back from a power cut and could go on with its job.
pub(super) const POWER_LOSS: PrintError = PrintError(0x0300_8007);

/// What is known when a report may bring a job from one state to the next.
pub(super) struct Observation<'a> {
    /// It is certainly not the job that was known.
    pub(super) another: bool,
    /// How the printer says that the job ended.
    pub(super) ending: Option<JobEvent>,
    /// The error that was shown before the report.
    pub(super) error: Option<PrintError>,
    /// When the job that was known began, by the printer's word.
    pub(super) old_start: Option<i64>,
    pub(super) now: Now,
    pub(super) heard: &'a Heard,
    /// The merged report.
    pub(super) part: &'a JobPart,
}

/// What a report brought about.
#[derive(Default)]
pub(super) struct Change {
    pub(super) event: Option<JobEvent>,
    /// A job began just now: of the merged report only what was said since is about it.
    pub(super) began: bool,
}

impl Job {
    /// Whether the printer says that a person cancelled the job, or that it failed: by its error, or by what it remembers
    /// once the error is gone. What it said while the job was under way is about the job before.
    pub(super) fn ending(&self, report: &Report) -> Option<JobEvent> {
        let says = |error: Option<PrintError>| error.is_some_and(PrintError::is_cancellation);
        let news = self.last == Phase::Unknown || report.health.fail_reason != self.old_failure;
        // The low half alone is not unique; only of a job that was printing can it mean nothing else.
        let low = report.health.low_half == Some(0x400C) || (news && report.health.fail_reason == Some(0x400C));
        let low = low && matches!(self.phase, Phase::Running | Phase::Paused);
        let failed = self.error.is_some_and(PrintError::stops_job) || (news && self.failure.is_some());
        let cancelled = says(self.error) || (news && says(self.failure)) || low;
        if cancelled { Some(JobEvent::Cancelled) } else { failed.then_some(JobEvent::Failed) }
    }

    /// Whether a key is certainly of another job. For some seconds after a job began, names that were not said since may be
    /// those of the job before; later they are its own.
    pub(super) fn is_another(&self, key: &JobKey, blind: bool, at: Instant) -> bool {
        if !blind && self.begun.is_some_and(|begun| at < begun + CANCEL_WINDOW) {
            key.is_another(&self.key, &self.said)
        } else {
            key.differs(&self.key)
        }
    }

    /// When a job that was stopped, or that vanished, without a word counts as ended.
    pub fn decides_at(&self) -> Option<Instant> {
        self.open.as_ref().map(|open| open.due)
    }

    /// Time has passed: a job that was stopped without a word has failed by now.
    pub fn decide(&mut self, now: Now) -> Option<JobEvent> {
        let Open { verdict, told, error, late, .. } = self.open.take_if(|open| open.due <= now.at)?;
        if told {
            return None;
        }
        if self.phase == Phase::Stopped {
            self.phase = Phase::of(verdict);
            self.last = Phase::of(verdict);
        }
        self.late = late;
        self.cause = error;
        self.gone.iter_mut().for_each(|gone| gone.failed = verdict == JobEvent::Failed);
        Some(verdict)
    }

    /// The job that seemed to have ended is under way again, or came to its end: it is as it was. Tells whether it left in a
    /// gap.
    pub(super) fn go_back(&mut self, open: Open) -> bool {
        *self = *open.job;
        self.withdrawn = open.told;
        self.kept = None;
        open.late
    }

    /// The job is under way no longer: what it counts as from now on, or from a moment at which more may be known.
    fn leave(
        &mut self,
        job: Box<Job>,
        (verdict, sure): (JobEvent, bool),
        left_as: Phase,
        step: &Observation,
    ) -> Option<JobEvent> {
        let (since, late) = (step.now.at, step.heard.blind);
        self.never_began = job.last.is_preparing() && left_as != Phase::Finished;
        self.late = late;
        let due = since + if sure { FLICKER } else { CANCEL_WINDOW };
        self.cause = self.error.or(self.failure);
        self.open = Some(Open { job, since, verdict, due, told: sure, left_as, error: self.cause, late });
        sure.then_some(verdict)
    }

    /// Its end is open, and the printer may say more of it.
    fn listen(&mut self, phase: Phase, step: &Observation) -> Option<JobEvent> {
        let open = self.open.as_mut()?;
        open.error = self.error.or(self.failure).or(open.error);
        let failed = open.left_as != Phase::Idle;
        let cleared_away = failed && phase == Phase::Idle;
        let ending = step.ending.filter(|end| failed || *end == JobEvent::Cancelled);
        let over = step.now.at >= open.due;
        if open.told {
            return None;
        }
        let verdict = ending.or((over || cleared_away).then_some(open.verdict))?;
        open.verdict = verdict;
        open.told = true;
        open.due = open.since + FLICKER;
        self.cause = open.error;
        self.late = open.late;
        if open.due <= step.now.at {
            self.open = None;
        }
        Some(verdict)
    }

    /// Name and progress of the job that an event is about, also if the printer has cleared them away with it.
    pub fn told(&self) -> (Option<&str>, Option<u8>) {
        match &self.gone {
            Some(gone) => (gone.name.as_deref(), gone.percent),
            None if self.phase.is_active() || self.phase.is_over() => (self.name.as_deref(), self.percent),
            None => (self.remembered.0.as_deref(), self.remembered.1),
        }
    }

    pub(super) fn transition(&mut self, phase: &mut Phase, step: &Observation, before: Option<Box<Self>>) -> Change {
        let Observation { another, now, ending, heard, .. } = *step;
        let from = self.last;
        // A word that is not known is no state: what comes after it is compared with what was before it.
        if *phase == Phase::Unknown {
            return Change::default();
        }
        // While a job is prepared its names come one after the other.
        let other = another && (heard.blind || from != Phase::Preparing);
        let began = phase.is_active() && (!from.is_active() || other);
        let known = from != Phase::Unknown;
        if began || other && *phase != Phase::Idle {
            self.replace();
        }
        let broken_off = |phase| matches!(phase, Phase::Stopped | Phase::Failed | Phase::Cancelled);
        if self.open.is_some() && !began {
            let verdict = self.open.as_ref().map(|open| open.verdict);
            let event = self.listen(*phase, step);
            match event.or(verdict) {
                // Its name may be gone with the next report.
                _ if *phase == Phase::Idle && broken_off(from) && event.is_some() => self.vanish(),
                Some(end) if *phase == Phase::Failed && (event.is_some() || !broken_off(from)) => {
                    *phase = Phase::of(end);
                }
                _ if *phase == Phase::Failed => *phase = from,
                _ => {}
            }
            return Change { event, began };
        }
        if *phase == Phase::Failed && broken_off(from) && !other {
            *phase = from;
        }
        if *phase == from && !began {
            return Change::default();
        }
        let cause = self.cause.filter(|_| broken_off(from) || self.gone.is_some());
        if began {
            self.begin(known, step);
        } else if other && phase.is_over() {
            // Nothing of it was seen but its end.
            self.forget_figures();
            self.said = step.part.clone();
        }
        if began || !known && *phase == Phase::Finished {
            self.leave_error(known, cause, step);
        }
        if !known {
            if *phase == Phase::Failed && ending == Some(JobEvent::Cancelled) {
                *phase = Phase::Cancelled;
            }
            return Change::default();
        }
        let ended = if heard.blind { (None, Some(now.unix)) } else { (Some(now.unix), None) };
        self.late = heard.blind;
        let event = match (from, *phase) {
            (from, Phase::Paused) if from != Phase::Paused => Some(JobEvent::Paused),
            _ if began => Some(JobEvent::Started),
            (Phase::Paused, Phase::Running) => Some(JobEvent::Resumed),
            (from, Phase::Finished) if from.is_active() => {
                (self.ended, self.ended_before) = ended;
                before.and_then(|job| self.leave(job, (JobEvent::Finished, true), Phase::Finished, step))
            }
            (from, Phase::Failed) if from.is_active() => {
                (self.ended, self.ended_before) = ended;
                let verdict = (ending.unwrap_or(JobEvent::Failed), ending.is_some());
                let event = before.and_then(|job| self.leave(job, verdict, Phase::Failed, step));
                *phase = event.map_or(Phase::Stopped, Phase::of);
                event
            }
            (from, Phase::Idle) if from.is_active() => {
                let verdict = self.vanished(step);
                before.and_then(|job| self.leave(job, verdict, Phase::Idle, step))
            }
            _ => None,
        };
        Change { event, began: began && !heard.blind }
    }

    /// A job begins: nothing that was known is about it, but for what the same message says.
    fn begin(&mut self, known: bool, step: &Observation) {
        let Observation { heard, now, part, old_start, .. } = *step;
        // One that seemed to be lost has begun before.
        let (key, percent) = (JobKey::of(part), super::percent(part));
        let lost = |gone: &Gone| {
            gone.key == key && key != JobKey::default() && gone.percent.is_some() && percent >= gone.percent
        };
        let seen = known && !heard.blind && !self.gone.as_ref().is_some_and(lost);
        self.forget_figures();
        // Seen to begin only if the state before was seen too, just now; else the printer's own word is needed.
        self.started = seen.then_some(now.unix);
        let mut ahead = std::mem::take(&mut self.ahead);
        self.said = if known && !heard.blind {
            ahead.merge_fields(heard.said.clone(), false);
            ahead
        } else {
            // Of a job that was under way when it was first heard of, every figure is its own; but it began at a time of its
            // own, too.
            let mut said = part.clone();
            said.start_time = said.start_time.filter(|_| !known || said.start_time != old_start);
            said
        };
        // The layer of the job before may stay until this one really prints.
        self.carried_layer = if known { self.raw_layer } else { None };
        self.just_begun = known && !heard.blind;
        self.begun = Some(now.at).filter(|_| self.just_begun);
    }

    /// What was known of a job is not about this one.
    fn forget_figures(&mut self) {
        self.started = None;
        self.ended = None;
        self.ended_before = None;
        self.done_at = None;
        self.cause = None;
        self.layer = None;
        self.layers = None;
        self.never_began = false;
        self.remembered = (None, None);
    }

    /// The error that ended a job may still be shown while the next one runs: of that one it is none. What tells of danger
    /// counts whoever's it is.
    fn leave_error(&mut self, was_known: bool, cause: Option<PrintError>, step: &Observation) {
        let unchanged = !was_known || step.heard.blind || step.error == self.error;
        let ended = |error: PrintError| error.stops_job() || cause == Some(error);
        let old = |error: &mut PrintError| unchanged && ended(*error) && !error.is_danger();
        if let Some(error) = self.error.take_if(old) {
            self.old_error = Some(error);
            self.error_seen = None;
        }
    }

    fn vanish(&mut self) {
        let (name, percent) = self.remembered.clone();
        self.gone = Some(Gone { name, percent, key: self.key.clone(), ..Gone::default() });
    }

    /// Another job is in the place of this one: what it counts as so far is its end. Of one that was under way until now
    /// nobody saw it.
    fn replace(&mut self) {
        let open = self.open.take();
        let (event, cause, late) = match &open {
            Some(open) if open.told => return,
            Some(open) => (open.verdict, open.error, open.late),
            None if self.last.is_active() => (JobEvent::Unseen, None, self.late),
            None => return,
        };
        let was = open.as_ref().map_or(&*self, |open| &open.job);
        let (name, percent) = was.remembered.clone();
        let (gone, never_began) =
            (open.as_ref().is_some_and(|open| open.left_as == Phase::Idle), was.last.is_preparing());
        self.replaced = Some(Box::new(Happened { event, name, percent, late, cause, gone, never_began, past: true }));
    }

    /// The printer has a job no longer and is idle. A power cut looks like this; a person's stop does on some firmware, and
    /// then a sign of it comes within seconds.
    fn vanished(&mut self, step: &Observation) -> (JobEvent, bool) {
        let Observation { now, ending, heard, .. } = *step;
        let done_at = self.done_at;
        self.vanish();
        let power_loss = self.error == Some(POWER_LOSS);
        match ending {
            Some(JobEvent::Cancelled) => (JobEvent::Cancelled, true),
            // Another one came after it, or it may have come to its end meanwhile and somebody has cleared it away.
            _ if heard.blind && step.another => (JobEvent::Unseen, true),
            _ if heard.blind && !power_loss && done_at.is_some_and(|done| now.unix >= done) => {
                (JobEvent::Unseen, false)
            }
            _ => (JobEvent::Failed, power_loss || ending.is_some()),
        }
    }
}
