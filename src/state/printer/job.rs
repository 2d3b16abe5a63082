//! The job of one printer: what the merged report says of it, read by the rules that the raw fields need.

use crate::protocol::{
    codes::{self, HmsCode, PrintError},
    command::Speed,
    job::{Code, JobPart},
    report::Report,
};
use crate::state::{
    Now,
    printer::{ams::Slot, job_news::Happened},
};
use std::{borrow::Cow, time::Instant};

mod key;
mod life;
mod progress;
mod reported;
mod start;

pub use key::JobKey;
use key::real_id;
pub use life::Gone;
use life::{Change, Observation, Open};
pub use reported::{JobIds, Upload};
pub use start::{JobStart, JobStartChange, Lost};

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Phase {
    /// The printer has not said, or said a word that is not known.
    #[default]
    Unknown,
    /// Nothing to do.
    Idle,
    /// Slicing in the cloud.
    Slicing,
    /// Downloading or unpacking the file.
    Preparing,
    /// Printing, heating or calibrating.
    Running,
    /// Paused.
    Paused,
    /// Done; stays until the next job.
    Finished,
    /// Over before its time; whether it failed or was cancelled will show.
    Stopped,
    /// Failed.
    Failed,
    /// Cancelled by a person.
    Cancelled,
}

impl Phase {
    fn from_wire(word: &str) -> Self {
        match word.to_ascii_uppercase().as_str() {
            "IDLE" => Self::Idle,
            "SLICING" => Self::Slicing,
            "PREPARE" | "INIT" => Self::Preparing,
            "RUNNING" => Self::Running,
            "PAUSE" => Self::Paused,
            "FINISH" => Self::Finished,
            "FAILED" => Self::Failed,
            _ => Self::Unknown,
        }
    }

    /// Where a job is that has ended so.
    fn of(end: JobEvent) -> Self {
        match end {
            JobEvent::Cancelled => Self::Cancelled,
            JobEvent::Finished => Self::Finished,
            _ => Self::Failed,
        }
    }

    /// Whether a job is on its way to be printed.
    fn is_preparing(self) -> bool {
        matches!(self, Self::Preparing | Self::Slicing)
    }

    /// Whether a job is under way.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Slicing | Self::Preparing | Self::Running | Self::Paused)
    }

    /// Whether nothing is being printed, as far as is known.
    pub fn is_at_rest(self) -> bool {
        self == Self::Idle || self.is_over()
    }

    /// Whether the job is over.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Stopped | Self::Failed | Self::Cancelled)
    }
}

/// What a printer is about to do with its job; on new firmware only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum JobTransition {
    Starting,
    Pausing,
    Resuming,
    Finishing,
    Stopping,
}

impl JobTransition {
    fn from_wire(state: i64) -> Option<Self> {
        Some(match state {
            3 => Self::Starting,
            6 => Self::Pausing,
            7 => Self::Resuming,
            10 => Self::Finishing,
            11 => Self::Stopping,
            _ => return None,
        })
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Pausing => "pausing",
            Self::Resuming => "resuming",
            Self::Finishing => "finishing",
            Self::Stopping => "stopping",
        }
    }
}

/// How far a job is by a report, 0..=100.
fn percent(part: &JobPart) -> Option<u8> {
    part.mc_percent.or(part.percent).map(|percent| percent.clamp(0, 100) as u8)
}

/// What happened to a job between two reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEvent {
    /// A job began.
    Started,
    /// It was paused.
    Paused,
    /// It goes on.
    Resumed,
    /// It is done.
    Finished,
    /// It failed.
    Failed,
    /// A person cancelled it.
    Cancelled,
    /// It is over; how it ended nobody saw.
    Unseen,
}

impl JobEvent {
    /// Whether it is the end of a job.
    pub(in crate::state) fn is_end(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Cancelled | Self::Unseen)
    }
}

/// What is known of a report beside its fields.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// This program's stop order for the job was acknowledged.
    pub stopped_here: bool,
    /// This program's order to pause is under way.
    pub paused_here: bool,
    /// The printer was not heard for a while before: what has changed meanwhile did not change now.
    pub blind: bool,
    /// What the message itself says of the job. The rest of the merged report may be about the job before.
    pub said: JobPart,
}

/// A health message that is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub code: HmsCode,
    /// When it was first seen here, in seconds since 1970.
    pub seen: i64,
}

/// The job and the printer's state of mind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Job {
    /// Where it is in its life.
    pub phase: Phase,
    /// The printer's own word for a state that is not known.
    pub unknown_word: Option<String>,
    /// Name without the file's ending; `None` without a job.
    pub name: Option<String>,
    /// Plate number.
    pub plate: Option<u32>,
    /// `cloud`, `local` or `calibration`.
    pub origin: Option<&'static str>,
    /// Progress, 0..=100.
    pub percent: Option<u8>,
    /// Download progress while preparing.
    pub download: Option<u8>,
    /// Current layer, from 1.
    pub layer: Option<u32>,
    /// Layers of the job.
    pub layers: Option<u32>,
    /// Minutes left by the printer's estimate, while active.
    pub minutes_left: Option<u32>,
    /// When it will be done, seconds since 1970.
    pub done_at: Option<i64>,
    /// What it is doing, in words.
    pub stage: Option<Cow<'static, str>>,
    /// The stage's number.
    pub stage_id: Option<i64>,
    /// Seconds left of the stage.
    pub stage_seconds: Option<u32>,
    /// Stages that are planned, by their numbers and in order.
    pub stages: Vec<i64>,
    /// What it is about to do.
    pub turn: Option<JobTransition>,
    /// Plates in the file.
    pub plates: Option<u32>,
    /// Slot of each filament of the file; `None`: it is not used.
    pub filaments: Vec<Option<Slot>>,
    /// When it began, seconds since 1970: by the printer's word, or seen here.
    pub started: Option<i64>,
    /// When it ended, if that was seen here.
    pub ended: Option<i64>,
    /// When it was found ended, if its end was not seen here.
    pub ended_before: Option<i64>,
    /// Speed profile.
    pub speed: Option<Speed>,
    /// Real speed in percent.
    pub speed_percent: Option<u16>,
    /// Why the job failed, if the printer remembers it after its error is gone.
    pub failure: Option<PrintError>,
    /// It failed before it began: the file did not come, or could not be printed.
    pub never_began: bool,
    /// The error the printer shows.
    pub error: Option<PrintError>,
    /// When the error was first seen here, in seconds since 1970.
    pub error_seen: Option<i64>,
    /// Active health messages, worst first, and of equal ones the newest first.
    pub hms: Vec<Message>,
    /// Only the printer itself can resume (new firmware says so).
    pub resume_at_printer: bool,
    /// Which job it is.
    pub key: JobKey,
    /// The error over which the job is paused, also once it was dismissed: that repairs nothing.
    pub paused_over: Option<PrintError>,
    /// The job that vanished from this printer, which has been idle since.
    pub gone: Option<Gone>,
    /// What happened last was noticed later than it happened: when, nobody saw.
    pub late: bool,
    /// The pause that lasts was ordered here.
    pub paused_here: bool,
    /// When the pause that lasts was first seen here, in seconds since 1970.
    pub paused_seen: Option<i64>,
    /// How the job ended that is under way no longer has still to show.
    open: Option<Open>,
    /// An end that was told is none: the job goes on.
    withdrawn: bool,
    /// The error over which the job ended.
    cause: Option<PrintError>,
    /// The last state that is known; `phase` may be unknown meanwhile.
    last: Phase,
    /// Name and progress of the job as they were said last, also once the printer has cleared them.
    remembered: (Option<String>, Option<u8>),
    /// When it was seen to begin.
    begun: Option<Instant>,
    /// What was said since the job began.
    said: JobPart,
    /// What was said of the next job, before it began.
    ahead: JobPart,
    /// The names that are reported are those of a job that has not begun.
    next_is_named: bool,
    /// The end of the job in whose place another one was seen.
    replaced: Option<Box<Happened>>,
    /// The error that ended the job before; the printer still shows it.
    old_error: Option<PrintError>,
    /// The layer as it was reported last, whoever's it is.
    raw_layer: Option<u32>,
    /// A layer that counts only once the printer has said another one: it may be the job's before.
    carried_layer: Option<u32>,
    /// It began with this very report.
    just_begun: bool,
    /// Why the job before failed, as it was said while this one was under way.
    old_failure: Option<i64>,
    /// When a job began that an earlier run of the program saw begin.
    recalled: Option<JobStart>,
    /// When the newest report came, in seconds since 1970.
    heard: i64,
    /// What was remembered last: when the job began, how far it was, and that it was lost.
    kept: Option<(i64, u8, Option<Lost>)>,
}

/// The error of a pause that a person asked for.
pub(in crate::state) const PAUSED_BY_PERSON: PrintError = PrintError(0x0300_8001);
/// How long after the end of a job the number for "cancelled" may come (5 s were seen on a P2S).
const CANCEL_WINDOW: std::time::Duration = std::time::Duration::from_secs(15);

impl Job {
    /// Reads the merged report, and takes out of it what is about the job before.
    pub fn apply_report(&mut self, report: &mut Report, now: Now, mut heard: Heard) -> Option<JobEvent> {
        let word = report.job.gcode_state.as_deref().unwrap_or("");
        let mut phase = Phase::from_wire(word);
        let unknown_word = (phase == Phase::Unknown && !word.is_empty()).then(|| word.to_owned());
        let key = JobKey::of(&report.job);
        if let Some(open) = self.open.take_if(|open| open.goes_on(phase, &key, &report.job, now.at)) {
            heard.blind |= self.go_back(open);
        }
        let leaves = self.last.is_active() && matches!(phase, Phase::Idle | Phase::Failed | Phase::Finished);
        let before = leaves.then(|| Box::new(self.clone()));
        let error = self.error;
        self.heard = now.unix;
        self.unknown_word = unknown_word;
        if phase == Phase::Paused {
            // One that pauses a job may be this one's too.
            self.old_error = self.old_error.filter(|error| error.stops_job());
        }
        self.derive_health(report, now);

        // Names may be cleared as a job ends; that makes it no other one.
        let ends = matches!(phase, Phase::Finished | Phase::Failed) || phase == Phase::Unknown;
        let cleared = key == JobKey::default();
        let another = self.is_another(&key, heard.blind, now.at);
        // Its names may come before its state. What ended has still the name it had; only after a gap it may be another.
        let rests = phase.is_over() && self.phase.is_over() || phase == Phase::Idle && self.phase == Phase::Idle;
        let early = another && !heard.blind && rests;
        let new_job = key != self.key && !(cleared && ends) && !early;
        if heard.blind || self.last == Phase::Unknown {
            // What stands there may be of any job.
            self.ahead = JobPart::default();
        } else if early || phase == Phase::Idle {
            self.ahead.merge_fields(heard.said.ahead(&self.said), false);
        }
        let old_start = self.said.start_time;
        self.said.merge_fields(heard.said.clone(), false);
        let ending = if heard.stopped_here { Some(JobEvent::Cancelled) } else { self.ending(report) };
        let another = another && new_job;
        let step = Observation { another, ending, error, old_start, now, heard: &heard, part: &report.job };
        let Change { event, began } = self.transition(&mut phase, &step, before);
        self.phase = phase;
        if phase != Phase::Unknown {
            self.last = phase;
        }
        if began {
            report.job.begin(&self.said);
        }
        if phase.is_active() && (key.differs(&self.key) || began && key != self.key) {
            if another && !began && !heard.blind {
                // While it is prepared its names come one after the other; what was said with the old ones is theirs.
                self.said.clone_from(&heard.said);
                report.job.begin(&self.said);
            }
            report.job.rename(&self.said);
        }
        self.gone = self.gone.take().filter(|_| matches!(phase, Phase::Idle | Phase::Unknown));
        let asks = |error: &PrintError| error.waits_for_person() && *error != PAUSED_BY_PERSON;
        self.paused_over = self.error.filter(asks).or(self.paused_over).filter(|_| phase == Phase::Paused);
        self.paused_here = phase == Phase::Paused && (self.paused_here || event.is_some() && heard.paused_here);
        self.paused_seen = (phase == Phase::Paused).then(|| self.paused_seen.unwrap_or(now.unix));
        if phase.is_active() {
            self.old_failure = report.health.fail_reason;
        }
        if new_job {
            self.key = key;
        }
        self.next_is_named = early;
        let old = early.then(|| self.figures());
        self.derive_progress(report, now);
        if let Some(old) = old {
            self.set_figures(old);
        }
        let says_error = report.health.print_error.is_some();
        let event = self.recall(says_error, now).or(event);
        if let Some(gone) = &mut self.gone {
            if event == Some(JobEvent::Failed) {
                gone.failed = true;
            } else if self.error.is_none() && (error.is_some() || gone.error.is_some() && says_error) {
                // Somebody has dismissed the error that told of it.
                (gone.failed, gone.error) = (false, None);
            }
            gone.error = self.error.or(gone.error);
        }
        event
    }

    /// Whether a message names another job than the one that is reported.
    pub(in crate::state) fn is_renamed(&self, part: &JobPart, message: &JobPart) -> bool {
        let named = message.subtask_name.is_some() || message.subtask_id.is_some() || message.task_id.is_some();
        named && self.phase.is_active() && {
            let mut next = part.clone();
            next.fill(message);
            JobKey::of(&next) != JobKey::of(part)
        }
    }

    /// The error over which the job ended.
    pub(in crate::state) fn cause(&self) -> Option<PrintError> {
        self.cause
    }

    /// The end of the job in whose place another one is; told once.
    pub(in crate::state) fn take_replaced(&mut self) -> Option<Happened> {
        self.replaced.take().map(|end| *end)
    }

    /// Whether an end that was told is none, because the job goes on; told once.
    pub(in crate::state) fn take_withdrawn(&mut self) -> bool {
        std::mem::take(&mut self.withdrawn)
    }

    /// Whether the names that are reported are those of a job that has not begun.
    pub fn next_is_named(&self) -> bool {
        self.next_is_named
    }

    /// The error that the printer still shows, and that ended the job before.
    pub(in crate::state) fn old_error(&self) -> Option<PrintError> {
        self.old_error
    }

    /// Whether the printer has lost a job, and nothing has come of it since.
    pub fn is_lost(&self) -> bool {
        self.lost().is_some()
    }

    /// The job that the printer has lost, if nothing has come of it since.
    pub(in crate::state) fn lost(&self) -> Option<&Gone> {
        self.gone.as_ref().filter(|gone| self.phase == Phase::Idle && gone.failed)
    }

    /// Reads the merged report once more: the state that was left for a moment is back.
    pub(in crate::state) fn go_on(&mut self, report: &mut Report, now: Now) {
        self.kept = None;
        self.apply_report(report, now, Heard::default());
    }

    fn derive_health(&mut self, report: &Report, now: Now) {
        let new_form = || report.health.err2.as_ref().and_then(|err2| err2.code);
        let shown = |code: Option<Code>| code.and_then(|code| PrintError::new(i64::from(code.0)));
        let error = shown(report.health.print_error).or_else(|| shown(new_form()));
        self.old_error = self.old_error.filter(|old| Some(*old) == error);
        let error = error.filter(|error| Some(*error) != self.old_error);
        // Old firmware writes the low half alone, which names no error.
        self.failure = report.health.fail_reason.filter(|code| *code > 0xFFFF).and_then(PrintError::new);
        if error != self.error {
            self.error_seen = error.map(|_| now.unix);
            self.error = error;
        }
        let known = std::mem::take(&mut self.hms);
        let seen = |code| known.iter().find(|old| old.code == code).map_or(now.unix, |old| old.seen);
        let codes = report.health.hms.iter().flatten().filter_map(HmsCode::new);
        self.hms = codes.map(|code| Message { code, seen: seen(code) }).collect();
        let rank = |code: HmsCode| (!code.is_danger(), code.severity());
        self.hms.sort_by_key(|message| (rank(message.code), std::cmp::Reverse(message.seen)));
    }

    /// Whether the printer has stopped by itself and a person must decide.
    pub fn waits_for_person(&self) -> bool {
        // One that prints does not wait, whatever it still shows; nor does an error of before ask anything of this job.
        let new = || self.error_seen.zip(self.started).is_none_or(|(seen, started)| seen >= started);
        let can_ask = self.phase == Phase::Paused || self.phase.is_preparing() && new();
        let asked = can_ask && self.error.is_some_and(|e| e.waits_for_person() && e != PAUSED_BY_PERSON);
        let paused_itself = self.phase == Phase::Paused
            && self.stage_id.is_some_and(|id| codes::is_pause_stage(id) && id != codes::PAUSED_BY_USER);
        asked || paused_itself || self.paused_over.is_some()
    }
}

/// A job's name without the endings of its file.
fn plain_name(name: &str) -> &str {
    let name = name.trim();
    for ending in [".gcode.3mf", ".3mf", ".gcode"] {
        if let Some(plain) = name.strip_suffix(ending).map(str::trim_end).filter(|plain| !plain.is_empty()) {
            return plain;
        }
    }
    name
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth;
