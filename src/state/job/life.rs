//! The life of a job: from one state to the next, and what that means.

use super::{CANCEL_WINDOW, Heard, Job, JobEvent, JobKey, Phase, Said};
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
}

/// The error of a printer that came back from a power cut and could go on with its job.
const POWER_LOSS: PrintError = PrintError(0x0300_8007);

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
        let began = phase.is_active() && (!before.is_active() || (another && before != Phase::Preparing));
        if *phase == before && !began {
            return None;
        }
        let was_known = before != Phase::Unknown;
        if began {
            self.begin(was_known, heard, now);
        }
        if !was_known {
            if *phase == Phase::Failed && ending == Some(JobEvent::Cancelled) {
                *phase = Phase::Cancelled;
            }
            return None;
        }
        let ended = (!heard.blind).then_some(now.unix);
        let event = match (before, *phase) {
            (from, Phase::Paused) if from != Phase::Paused => Some(JobEvent::Paused),
            _ if began => Some(JobEvent::Started),
            (Phase::Paused, Phase::Running) => Some(JobEvent::Resumed),
            (from, Phase::Finished) if from.is_active() => {
                self.ended = ended;
                Some(JobEvent::Finished)
            }
            (from, Phase::Failed) if from.is_active() => {
                self.ended = ended;
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
    fn begin(&mut self, was_known: bool, heard: Heard, now: Now) {
        // Seen to begin only if the state before was seen too, just now; else the printer's own word is needed.
        self.started = (was_known && !heard.blind).then_some(now.unix);
        self.ended = None;
        self.never_began = false;
        self.done_at = None;
        self.stopped_at = None;
        self.remembered = (None, None);
        // Of a job that was under way when it was first heard of, every figure is its own.
        self.said = if was_known && !heard.blind { heard.said } else { Said::ALL };
        // The layer of the job before may stay until this one really prints.
        self.carried_layer = if was_known { self.raw_layer } else { None };
        self.just_begun = was_known && !heard.blind;
    }

    fn vanish(&mut self) {
        let (name, percent) = self.remembered.clone();
        self.gone = Some(Gone { name, percent });
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
            // It may have come to its end meanwhile, and somebody may have cleared it away.
            _ if heard.blind && !power_loss && done_at.is_some_and(|done| now.unix >= done) => Some(JobEvent::Unseen),
            // A printer that restarted knows no name of a job.
            _ if power_loss || ending.is_some() || heard.blind || step.cleared => Some(JobEvent::Failed),
            _ => {
                self.stopped_at = Some(now.at);
                None
            }
        }
    }

    /// A job that an earlier run of the program remembered, and that the printer, idle now, has lost.
    pub(super) fn lost(&mut self, key: &JobKey, percent: u8) -> JobEvent {
        self.gone =
            Some(Gone { name: key.name.as_deref().map(|n| super::plain_name(n).to_owned()), percent: Some(percent) });
        self.late = true;
        JobEvent::Failed
    }
}
