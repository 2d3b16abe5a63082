//! The life of a job: from one state to the next, and what that means.

use super::{CANCEL_WINDOW, Heard, Job, JobEvent, Phase, Said};
use crate::{
    protocol::{
        codes::{CANCELLED, PrintError},
        report::Report,
    },
    state::Now,
};
use std::time::Instant;

/// A job that vanished: the printer that had it is idle, and never said that it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Its name.
    pub name: Option<String>,
    /// How far it had come, in percent.
    pub percent: Option<u8>,
    /// It counts as failed, and nobody has dismissed that.
    pub failed: bool,
}

/// The error of a printer that came back from a power cut and could go on with its job.
pub(super) const POWER_LOSS: PrintError = PrintError(0x0300_8007);

/// What is known when a report may bring a job from one state to the next.
pub(super) struct Step {
    /// Its key is not the one that was known.
    pub(super) new_job: bool,
    /// It is certainly not the job that was known.
    pub(super) another: bool,
    /// The report names no job at all.
    pub(super) cleared: bool,
    /// How the printer says that the job ended.
    pub(super) ending: Option<JobEvent>,
    /// The error that was shown before the report.
    pub(super) error: Option<PrintError>,
    pub(super) now: Now,
    pub(super) heard: Heard,
}

impl Job {
    /// Whether the printer says that a person cancelled the job, or that it failed: by its error, or by what it remembers
    /// once the error is gone. What it said while the job was under way is about the job before.
    pub(super) fn ending(&self, report: &Report) -> Option<JobEvent> {
        let says = |error: Option<PrintError>| error.is_some_and(|e| CANCELLED.contains(&e));
        let news = self.last == Phase::Unknown || report.health.fail_reason != self.old_failure;
        // The low half alone is not unique; only of a job that was printing can it mean nothing else.
        let low = report.health.low_half == Some(0x400C) || (news && report.health.fail_reason == Some(0x400C));
        let low = low && matches!(self.phase, Phase::Running | Phase::Paused);
        let failed = self.error.is_some_and(PrintError::stops_job) || (news && self.failure.is_some());
        let cancelled = says(self.error) || (news && says(self.failure)) || low;
        if cancelled { Some(JobEvent::Cancelled) } else { failed.then_some(JobEvent::Failed) }
    }

    /// What a job was that the printer ended before its time. Some say at once that it was cancelled, some after seconds.
    fn judge(&mut self, phase: &mut Phase, now: Now, ending: Option<JobEvent>) -> Option<JobEvent> {
        let since = *self.stopped_at.get_or_insert(now.at);
        let over = now.at >= since + CANCEL_WINDOW;
        let ending = ending.or(over.then_some(JobEvent::Failed));
        *phase = match ending {
            Some(JobEvent::Cancelled) => Phase::Cancelled,
            Some(_) => Phase::Failed,
            None => Phase::Stopped,
        };
        ending
    }

    /// When a job that was stopped, or that vanished, without a word counts as failed.
    pub fn decides_at(&self) -> Option<Instant> {
        self.stopped_at.map(|at| at + CANCEL_WINDOW)
    }

    /// Time has passed: a job that was stopped without a word has failed by now.
    pub fn decide(&mut self, now: Now) -> Option<JobEvent> {
        let over = self.decides_at().is_some_and(|at| at <= now.at);
        over.then(|| {
            if self.phase == Phase::Stopped {
                (self.phase, self.last) = (Phase::Failed, Phase::Failed);
            }
            self.stopped_at = None;
            self.gone.iter_mut().for_each(|gone| gone.failed = true);
            JobEvent::Failed
        })
    }

    /// Name and progress of the job that an event is about, also if the printer has cleared them away with it.
    pub fn told(&self) -> (Option<&str>, Option<u8>) {
        match &self.gone {
            Some(gone) => (gone.name.as_deref(), gone.percent),
            None if self.phase.is_active() || self.phase.is_over() => (self.name.as_deref(), self.percent),
            None => (self.remembered.0.as_deref(), self.remembered.1),
        }
    }

    pub(super) fn transition(&mut self, phase: &mut Phase, step: &Step) -> Option<JobEvent> {
        let Step { new_job, another, now, ending, heard, .. } = *step;
        let before = self.last;

        // A word that is not known is no state: what comes after it is compared with what was before it.
        if *phase == Phase::Unknown {
            return None;
        }
        if *phase == Phase::Failed && before == Phase::Stopped && !new_job {
            return self.judge(phase, now, ending);
        }
        if *phase == Phase::Failed && before == Phase::Cancelled && !new_job {
            *phase = Phase::Cancelled;
            return None;
        }
        if *phase == Phase::Idle && before == Phase::Idle && self.stopped_at.is_some() {
            // It vanished a moment ago: a sign that a person wanted that may still come.
            let cancelled = ending.filter(|end| *end == JobEvent::Cancelled);
            self.stopped_at = self.stopped_at.filter(|_| cancelled.is_none());
            return cancelled;
        }
        // While a job is prepared its names come one after the other.
        let other = another && (heard.blind || before != Phase::Preparing);
        let began = phase.is_active() && (!before.is_active() || other);
        if other && before.is_active() && *phase != Phase::Idle {
            let (name, percent) = self.remembered.clone();
            self.replaced = Some(Box::new(Gone { name, percent, failed: false }));
        }
        if *phase == before && !began {
            return None;
        }
        let was_known = before != Phase::Unknown;
        if began {
            self.begin(was_known, step);
        } else if other && phase.is_over() {
            // Nothing of it was seen but its end.
            self.forget_figures();
        }
        if began || !was_known && *phase == Phase::Finished {
            self.leave_error(was_known, step);
        }
        if !was_known {
            if *phase == Phase::Failed && ending == Some(JobEvent::Cancelled) {
                *phase = Phase::Cancelled;
            }
            return None;
        }
        let ended = if heard.blind { (None, Some(now.unix)) } else { (Some(now.unix), None) };
        let event = match (before, *phase) {
            (from, Phase::Paused) if from != Phase::Paused => Some(JobEvent::Paused),
            _ if began => Some(JobEvent::Started),
            (Phase::Paused, Phase::Running) => Some(JobEvent::Resumed),
            (from, Phase::Finished) if from.is_active() => {
                (self.ended, self.ended_before) = ended;
                Some(JobEvent::Finished)
            }
            (from, Phase::Failed) if from.is_active() => {
                (self.ended, self.ended_before) = ended;
                self.never_began = matches!(from, Phase::Preparing | Phase::Slicing);
                self.judge(phase, now, ending)
            }
            // It was cleared away before it was known.
            (Phase::Stopped, Phase::Idle) => {
                self.stopped_at = None;
                self.vanish();
                Some(ending.filter(|end| *end == JobEvent::Cancelled).unwrap_or(JobEvent::Failed))
            }
            (from, Phase::Idle) if from.is_active() => {
                self.never_began = matches!(from, Phase::Preparing | Phase::Slicing);
                self.vanished(step)
            }
            _ => None,
        };
        self.late = heard.blind;
        event
    }

    /// A job begins: nothing that was known is about it, but for what the same message says.
    fn begin(&mut self, was_known: bool, step: &Step) {
        let Step { heard, now, .. } = *step;
        self.forget_figures();
        // Seen to begin only if the state before was seen too, just now; else the printer's own word is needed.
        self.started = (was_known && !heard.blind).then_some(now.unix);
        // Of a job that was under way when it was first heard of, every figure is its own.
        let ahead = std::mem::take(&mut self.ahead);
        self.said = if was_known && !heard.blind { heard.said.and(ahead) } else { Said::ALL };
        // The layer of the job before may stay until this one really prints.
        self.carried_layer = if was_known { self.raw_layer } else { None };
        self.just_begun = was_known && !heard.blind;
    }

    /// What was known of a job is not about this one.
    fn forget_figures(&mut self) {
        (self.started, self.ended, self.ended_before) = (None, None, None);
        (self.done_at, self.stopped_at) = (None, None);
        (self.layer, self.layers) = (None, None);
        self.never_began = false;
        self.remembered = (None, None);
    }

    /// The error that ended a job may still be shown while the next one runs: of that one it is none. What tells of danger
    /// counts whoever's it is.
    fn leave_error(&mut self, was_known: bool, step: &Step) {
        let unchanged = !was_known || step.heard.blind || step.error == self.error;
        let old = |error: &mut PrintError| unchanged && error.stops_job() && !error.is_danger();
        if let Some(error) = self.error.take_if(old) {
            (self.old_error, self.error_seen) = (Some(error), None);
        }
    }

    fn vanish(&mut self) {
        let (name, percent) = self.remembered.clone();
        self.gone = Some(Gone { name, percent, failed: false });
    }

    /// The printer has a job no longer and is idle. A power cut looks like this; a person's stop does on some firmware, and
    /// then a sign of it comes within seconds.
    fn vanished(&mut self, step: &Step) -> Option<JobEvent> {
        let Step { now, ending, heard, .. } = *step;
        let done_at = self.done_at;
        self.vanish();
        let power_loss = self.error == Some(POWER_LOSS);
        match ending {
            Some(JobEvent::Cancelled) => Some(JobEvent::Cancelled),
            // Another one came after it, or it may have come to its end meanwhile and somebody has cleared it away.
            _ if heard.blind && step.another => Some(JobEvent::Unseen),
            _ if heard.blind && !power_loss && done_at.is_some_and(|done| now.unix >= done) => Some(JobEvent::Unseen),
            // A printer that restarted knows no name of a job.
            _ if power_loss || ending.is_some() || heard.blind || step.cleared => Some(JobEvent::Failed),
            _ => {
                self.stopped_at = Some(now.at);
                None
            }
        }
    }
}
