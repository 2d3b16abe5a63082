//! What happened at a printer, held back until it is certain: a state, an error or a health message that is out and back
//! within two seconds is no news. What is shown changes at once; what is told, by journal, bell and hooks, waits that long.
//! Only danger is told at once.

use crate::protocol::{
    codes::{HmsCode, PrintError, Severity},
    job::JobPart,
    report::Report,
};
use crate::state::{
    Now,
    printer::{
        Printer,
        flapping::Flapping,
        job::{Job, JobEvent, Phase},
        objects::Objects,
    },
};
use std::time::{Duration, Instant};

/// What comes and goes within this time is a flicker.
pub const FLICKER: Duration = Duration::from_secs(2);
/// So many events of jobs are held back; of a flood the newest count. No printer begins a job every tenth of a second.
pub(in crate::state) const MOST_HELD: usize = 64;
/// A message without words is held back so much longer, for the vendor may know it as one of its own.
const WORDS: Duration = Duration::from_secs(6);

/// Something that happened to a job, with what was true of it at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub event: JobEvent,
    /// The job's name.
    pub name: Option<String>,
    /// How far it was, in percent.
    pub percent: Option<u8>,
    /// It was noticed later than it happened: when, nobody saw.
    pub late: bool,
    /// The error over which the job ended.
    pub cause: Option<PrintError>,
    /// The printer is idle, and never said that the job ended.
    pub gone: bool,
    /// The job failed before it began.
    pub never_began: bool,
    /// Another job is in its place: what the printer shows now is not about this one.
    pub past: bool,
}

impl Happened {
    /// An event of which nothing else is known.
    pub(in crate::state) fn of(event: JobEvent) -> Self {
        let (name, percent, cause) = (None, None, None);
        Self { event, name, percent, late: false, cause, gone: false, never_began: false, past: false }
    }
}

/// A health message that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh {
    /// Which.
    pub code: HmsCode,
    /// It was there before it was noticed: it came in a gap.
    pub late: bool,
}

/// The job as it was before its state changed, and what has happened since.
#[derive(Debug, Clone)]
struct Pending {
    job: Box<Job>,
    /// What is forgotten when a job begins: its objects, and what was reported of it.
    objects: Objects,
    part: JobPart,
    /// When the state was left.
    since: Instant,
    happened: Vec<Happened>,
    /// So many more were left out.
    left_out: usize,
    due: Instant,
}

impl Pending {
    fn hold(&mut self, news: impl IntoIterator<Item = Happened>) {
        self.happened.extend(news);
        let excess = self.happened.len().saturating_sub(MOST_HELD);
        self.happened.drain(..excess);
        self.left_out += excess;
    }
}

/// What is not told yet.
#[derive(Debug, Clone, Default)]
pub struct JobNews {
    pending: Option<Pending>,
    /// What needs no waiting.
    ready: Vec<Happened>,
    /// The error that was told last …
    error: Option<PrintError>,
    /// … and when another one, or its end, is told.
    error_due: Option<Instant>,
    /// That was noticed late.
    error_late: bool,
    /// Health messages that are not told yet, and when they are.
    young: Vec<(Fresh, Instant)>,
    /// Health messages that are told and were active lately.
    recent: Flapping<HmsCode>,
    /// When it is told that the filament ran out.
    runout_due: Option<Instant>,
    /// That was noticed late.
    runout_late: bool,
}

/// What is to be told now.
#[derive(Debug, Default, PartialEq)]
pub(in crate::state) struct SettledNews {
    pub(in crate::state) happened: Vec<Happened>,
    /// So many more happened than anybody is told of.
    pub(in crate::state) left_out: usize,
    /// Health messages that are new.
    pub(in crate::state) fresh: Vec<Fresh>,
    /// The error that was told before; the one that is shown now may be another.
    pub(in crate::state) error: Option<PrintError>,
}

impl JobNews {
    /// When something is told if it lasts.
    pub(in crate::state) fn next_due(&self) -> Option<Instant> {
        let young = self.young.iter().map(|(_, due)| *due);
        let pending = self.pending.as_ref().map(|pending| pending.due);
        young.chain(pending).chain(self.error_due).chain(self.runout_due).min()
    }

    /// Whether the state of the job has just changed, and may change back.
    pub(in crate::state) fn is_unsettled(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether the error that is told came in a gap.
    pub(in crate::state) fn is_error_late(&self) -> bool {
        self.error_late
    }

    /// Something happened without the printer's word: time has decided.
    pub(in crate::state) fn push(&mut self, happened: Happened) {
        match &mut self.pending {
            Some(pending) => pending.hold([happened]),
            None => self.ready.push(happened),
        }
    }

    /// Whether it ran out in a gap, that which is told.
    pub(in crate::state) fn is_runout_late(&self) -> bool {
        self.runout_late
    }

    /// Whether filament that is missing has been so long enough to be told. `late`: what the newest report says came in a gap.
    pub(in crate::state) fn runs_out(&mut self, missing: bool, late: bool, at: Instant) -> bool {
        if self.runout_due.is_none() {
            self.runout_late = late;
        }
        let due = missing.then(|| self.runout_due.unwrap_or(at + FLICKER));
        let is_due = due.is_some_and(|due| due <= at);
        self.runout_due = due.filter(|_| !is_due);
        is_due
    }
}

impl Job {
    /// An event with what it is about.
    pub(in crate::state) fn happened(&self, event: JobEvent) -> Happened {
        let (name, percent) = self.told();
        let (name, ends) = (name.map(str::to_owned), event == JobEvent::Failed);
        let cause = self.cause().filter(|_| ends);
        let (gone, never_began) = (self.gone.is_some(), self.never_began && ends);
        Happened { name, percent, late: self.late, cause, gone, never_began, ..Happened::of(event) }
    }

    /// Whether what happened is still so, or is over for good.
    fn still_holds(&self, event: JobEvent) -> bool {
        match event {
            JobEvent::Paused => self.phase == Phase::Paused,
            JobEvent::Resumed => self.phase == Phase::Running,
            _ => true,
        }
    }
}

/// Whether two phases are one state in the printer's words.
fn is_same(one: Phase, other: Phase) -> bool {
    let broken_off = |phase| matches!(phase, Phase::Stopped | Phase::Failed | Phase::Cancelled);
    one == other || (broken_off(one) && broken_off(other))
}

impl Printer {
    /// Takes in a report, and keeps what happened until it is certain. Tells whether anything may look different, and what
    /// happened, for now, to the job.
    pub(in crate::state) fn hear(&mut self, report: Report, now: Now) -> (bool, Option<JobEvent>) {
        let turns = |old: &str, new: &str| !old.eq_ignore_ascii_case(new);
        let turns = match (self.report.job.gcode_state.as_deref(), report.job.gcode_state.as_deref()) {
            (Some(old), Some(new)) => turns(old, new),
            _ => false,
        };
        let turns = turns || self.job.is_renamed(&self.report.job, &report.job);
        let before = (turns && self.news.pending.is_none()).then(|| Pending {
            job: Box::new(self.job.clone()),
            objects: self.objects.clone(),
            part: self.report.job.clone(),
            happened: Vec::new(),
            left_out: 0,
            since: now.at,
            due: now.at,
        });
        let (changed, event) = self.apply_report(report, now);
        let happened = self.job.take_replaced().into_iter().chain(event.map(|event| self.job.happened(event)));
        if before.is_some() {
            self.news.pending = before;
        }
        let Some(pending) = &mut self.news.pending else {
            self.news.ready.extend(happened);
            return (changed, event);
        };
        if self.job.take_withdrawn() {
            pending.happened.retain(|one| !one.event.is_end() || one.past);
        }
        pending.hold(happened);
        if turns {
            // What has just changed may change back, but one that never rests is told of all the same.
            pending.due = (now.at + FLICKER).min(pending.since + 3 * FLICKER);
        }
        if turns && is_same(self.job.phase, pending.job.phase) && self.job.key == pending.job.key {
            // It is as it was: nothing has happened, and the job goes on as if nothing had.
            if let Some(Pending { job, objects, part, .. }) = self.news.pending.take() {
                self.job = *job;
                self.objects = objects;
                // What was said meanwhile counts.
                let said = std::mem::replace(&mut self.report.job, part);
                self.report.job.merge_fields(said, false);
                self.job.go_on(&mut self.report, now);
            }
        }
        (changed, event)
    }

    /// What is to be told at this moment. `is_news`: what was true at the start of all is told by the journal only, and
    /// need not be certain.
    pub(in crate::state) fn settle(&mut self, at: Instant, is_news: bool) -> SettledNews {
        let mut happened = std::mem::take(&mut self.news.ready);
        let mut left_out = 0;
        if let Some(pending) = self.news.pending.take_if(|pending| pending.due <= at) {
            let mut lasting = pending.happened;
            left_out = pending.left_out;
            lasting.retain(|one| self.job.still_holds(one.event));
            let last = lasting.iter_mut().rfind(|one| one.event == JobEvent::Started);
            if let Some(one) = last.filter(|_| self.job.phase.is_active()) {
                // Its name may have come a moment after its state.
                let (name, percent) = self.job.told();
                one.name = name.map(str::to_owned);
                one.percent = percent;
            }
            happened.extend(lasting);
        }
        let tells = |one: &Happened| matches!(one.event, JobEvent::Paused | JobEvent::Failed | JobEvent::Cancelled);
        // One that only stands there from the job before is not gone, but is no news either.
        let shown = self.job.error.or(self.job.old_error().filter(|old| Some(*old) == self.news.error));
        let due = if shown == self.news.error { None } else { Some(self.news.error_due.unwrap_or(at + FLICKER)) };
        // Danger waits for nothing, and its line is written even if it is gone a moment later.
        let is_danger = shown.is_some_and(PrintError::is_danger);
        let now = due.is_some_and(|due| due <= at) || !is_news || is_danger || happened.iter().any(tells);
        if self.news.error_due.is_none() {
            self.news.error_late = self.gap.is_blind();
        }
        self.news.error_due = due.filter(|_| !now);
        let error = if now { std::mem::replace(&mut self.news.error, shown) } else { shown };
        SettledNews { happened, left_out, fresh: self.new_messages(at, is_news), error }
    }

    /// Health messages worth a line of the journal that were not active lately: they flap.
    fn new_messages(&mut self, at: Instant, is_news: bool) -> Vec<Fresh> {
        let mut news = std::mem::take(&mut self.news);
        let mut fresh = Vec::new();
        let mut young = Vec::new();
        let codes = self.messages().map(|message| message.code);
        let active: Vec<_> = codes.filter(|hms| hms.severity() != Severity::Info).collect();
        news.recent.note(&active, at, HMS_QUIET);
        let untold: Vec<_> = active.into_iter().filter(|hms| !news.recent.knows(*hms)).collect();
        for hms in untold {
            let wait = match hms {
                _ if hms.is_danger() => Duration::ZERO,
                _ if self.wording.may_come(hms) => FLICKER + WORDS,
                _ => FLICKER,
            };
            let known = news.young.iter().find(|(young, _)| young.code == hms).copied();
            let (one, due) = known.unwrap_or((Fresh { code: hms, late: self.gap.is_blind() }, at + wait));
            let due = due.min(at + wait);
            if is_news && due > at {
                young.push((one, due));
            } else if news.recent.len() < RECENT_MAX || hms.is_danger() {
                news.recent.add(hms);
                fresh.push(one);
            }
        }
        news.young = young;
        self.news = news;
        fresh
    }
}

/// So many are known to have been active lately: one that invents codes would grow for ever, and has said enough.
const RECENT_MAX: usize = 1024;
/// A health message that comes back within this time is the same one.
const HMS_QUIET: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
