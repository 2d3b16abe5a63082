//! The job of one printer: what the merged report says of it, read by the rules that the raw fields need.

use super::{
    Now,
    ams::{Slot, unpack},
};
use crate::protocol::{
    codes::{self, CANCELLED, HmsCode, PrintError},
    command::Speed,
    flags::Cfg,
    job::Code,
    report::Report,
};
use std::{borrow::Cow, time::Instant};

mod start;

pub use start::{Memory, Start};

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
pub enum Turn {
    Starting,
    Pausing,
    Resuming,
    Finishing,
    Stopping,
}

impl Turn {
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

/// What makes a job the same job: a confirmation is void when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobKey {
    name: Option<String>,
    subtask: Option<String>,
    task: Option<String>,
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
    pub turn: Option<Turn>,
    /// Plates in the file.
    pub plates: Option<u32>,
    /// Slot of each filament of the file; `None`: it is not used.
    pub filaments: Vec<Option<Slot>>,
    /// When it began, seconds since 1970: by the printer's word, or seen here.
    pub started: Option<i64>,
    /// When it ended, if that was seen here.
    pub ended: Option<i64>,
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
    /// The printer ended the job at this moment, and what that was has still to show.
    stopped_at: Option<Instant>,
    /// Why the job before failed, as it was said while this one was under way.
    old_failure: Option<i64>,
    /// Whether a state was known before: the first one is no news.
    known: bool,
    /// The printer itself says when it began.
    told_start: bool,
    /// When a job began that an earlier run of the program saw begin.
    recalled: Option<Start>,
    /// What was remembered last: when the job began, and how far it was in tenths.
    kept: Option<(i64, u8)>,
}

/// The stage of a pause that a person asked for.
pub(super) const PAUSED_BY_USER: i64 = 16;
/// The error of the same meaning.
pub(super) const PAUSED_BY_PERSON: PrintError = PrintError(0x0300_8001);
/// How long after the end of a job the number for "cancelled" may come (5 s were seen on a P2S).
const CANCEL_WINDOW: std::time::Duration = std::time::Duration::from_secs(15);

impl Job {
    /// Reads the merged report. `stopped_here`: this program's stop order for the job was acknowledged.
    pub fn take_in(&mut self, report: &Report, now: Now, stopped_here: bool) -> Option<JobEvent> {
        let part = &report.job;
        let word = part.gcode_state.as_deref().unwrap_or("");
        let mut phase = Phase::from_wire(word);
        self.unknown_word = (phase == Phase::Unknown && !word.is_empty()).then(|| word.to_owned());
        self.read_health(report, now);

        let key = JobKey {
            name: part.subtask_name.clone().filter(|n| !n.is_empty()),
            subtask: real_id(part.subtask_id.as_ref()),
            task: real_id(part.task_id.as_ref()).or_else(|| real_id(part.lan_task_id.as_ref())),
        };
        let new_job = key != self.key;
        let before = self.phase;
        let ending = if stopped_here { Some(JobEvent::Cancelled) } else { self.ending(report) };
        let event = self.transition(before, &mut phase, new_job, now, ending);
        self.phase = phase;
        self.stopped_at = self.stopped_at.filter(|_| phase == Phase::Stopped);
        let asks = |error: &PrintError| error.waits_for_person() && *error != PAUSED_BY_PERSON;
        self.paused_over = self.error.filter(asks).or(self.paused_over).filter(|_| phase == Phase::Paused);
        if phase.is_active() {
            self.old_failure = report.health.fail_reason;
        }
        if new_job {
            self.key = key;
        }
        self.read_progress(report, now);
        self.recall(now);
        event
    }

    fn read_health(&mut self, report: &Report, now: Now) {
        let new_form = || report.health.err2.as_ref().and_then(|err2| err2.code);
        let shown = |code: Option<Code>| code.and_then(|code| PrintError::new(i64::from(code.0)));
        let error = shown(report.health.print_error).or_else(|| shown(new_form()));
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
        self.hms.sort_by_key(|message| (message.code.severity(), std::cmp::Reverse(message.seen)));
    }

    /// Whether the printer says that a person cancelled the job, or that it failed: by its error, or by what it remembers
    /// once the error is gone. What it said while the job was under way is about the job before.
    fn ending(&self, report: &Report) -> Option<JobEvent> {
        let says = |error: Option<PrintError>| error.is_some_and(|e| CANCELLED.contains(&e));
        let news = !self.known || report.health.fail_reason != self.old_failure;
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

    /// When a job that was stopped without a word counts as failed.
    pub fn decides_at(&self) -> Option<Instant> {
        self.stopped_at.map(|at| at + CANCEL_WINDOW)
    }

    /// Time has passed: a job that was stopped without a word has failed by now.
    pub fn decide(&mut self, now: Now) -> Option<JobEvent> {
        let over = self.decides_at().is_some_and(|at| at <= now.at);
        over.then(|| {
            self.phase = Phase::Failed;
            self.stopped_at = None;
            JobEvent::Failed
        })
    }

    fn transition(
        &mut self,
        before: Phase,
        phase: &mut Phase,
        new_job: bool,
        now: Now,
        ending: Option<JobEvent>,
    ) -> Option<JobEvent> {
        if *phase == Phase::Failed && before == Phase::Stopped && !new_job {
            return self.judge(phase, now, ending);
        }
        if *phase == Phase::Failed && before == Phase::Cancelled && !new_job {
            *phase = Phase::Cancelled;
            return None;
        }
        if *phase == before && !new_job {
            return None;
        }
        let was_known = self.known;
        self.known |= *phase != Phase::Unknown;
        let started = phase.is_active() && (!before.is_active() || (new_job && self.key != JobKey::default()));
        if started {
            // Seen to begin only if the state before was seen too; else the printer's own word is needed.
            self.started = was_known.then_some(now.unix);
            self.ended = None;
            self.never_began = false;
        }
        if !was_known {
            if *phase == Phase::Failed && ending == Some(JobEvent::Cancelled) {
                *phase = Phase::Cancelled;
            }
            return None;
        }
        match (before, *phase) {
            (Phase::Unknown, _) | (_, Phase::Unknown) => None,
            (from, to) if to.is_active() && started && !from.is_active() => Some(JobEvent::Started),
            (from, Phase::Paused) if from != Phase::Paused => Some(JobEvent::Paused),
            (Phase::Paused, Phase::Running) => Some(JobEvent::Resumed),
            (from, Phase::Finished) if from.is_active() => {
                self.ended = Some(now.unix);
                Some(JobEvent::Finished)
            }
            (from, Phase::Failed) if from.is_active() => {
                self.ended = Some(now.unix);
                self.never_began = matches!(from, Phase::Preparing | Phase::Slicing);
                self.judge(phase, now, ending)
            }
            // It was cleared away before it was known.
            (Phase::Stopped, Phase::Idle) => Some(JobEvent::Failed),
            (Phase::Running | Phase::Paused, Phase::Idle) => {
                self.ended = Some(now.unix);
                Some(JobEvent::Cancelled)
            }
            _ => None,
        }
    }

    fn read_progress(&mut self, report: &Report, now: Now) {
        let part = &report.job;
        let active = self.phase.is_active();
        let has_job = active || self.phase.is_over();
        let name = part.subtask_name.as_deref().filter(|n| !n.is_empty());
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let path = filled(&part.gcode_file).or_else(|| filled(&part.file));
        let file = path.as_deref().filter(|f| !f.contains("Metadata/"));
        self.name = name
            .or_else(|| file.map(|f| f.rsplit('/').next().unwrap_or(f)))
            .filter(|_| has_job)
            .map(|n| plain_name(n).to_owned());
        let named_plate = || {
            let (_, tail) = path.as_deref()?.rsplit_once("plate_")?;
            tail.split('.').next()?.parse().ok()
        };
        let positive = |n: Option<i64>| n.filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok());
        self.plate = positive(part.plate_idx).or_else(|| positive(part.plate_id)).or_else(named_plate);
        self.plate = self.plate.filter(|_| has_job);
        self.plates = positive(part.plate_cnt).filter(|_| has_job);
        self.origin = match part.print_type.as_deref() {
            Some("cloud") => Some("cloud"),
            Some("local") => Some("local"),
            Some("system") => Some("calibration"),
            _ => None,
        };
        let percent = |value: Option<i64>| value.map(|v| v.clamp(0, 100) as u8);
        // After a cancel the firmware resets percent and layer to 0: how far it came is what a person wants to know.
        let broken_off = matches!(self.phase, Phase::Stopped | Phase::Failed | Phase::Cancelled);
        let new = percent(part.mc_percent.or(part.percent)).filter(|_| has_job);
        self.percent = if broken_off && new.unwrap_or(0) == 0 { self.percent.or(new) } else { new };
        self.download = percent(part.prepare_percent.or(part.prepare_per)).filter(|_| self.phase == Phase::Preparing);
        let three_d = part.three_d.as_ref();
        let count = |flat: Option<i64>, nested: Option<i64>| {
            flat.filter(|n| *n > 0).or(nested.filter(|n| *n > 0)).and_then(|n| u32::try_from(n).ok())
        };
        let layers_before = self.layers;
        self.layers = count(part.total_layer_num, three_d.and_then(|l| l.total_layer_num)).filter(|_| has_job);
        // Until the new job prints, the layer is the previous job's (seen on a P2S: 750 of 94), which shows only by the total.
        let printing = matches!(self.phase, Phase::Running | Phase::Paused | Phase::Finished);
        if broken_off {
            self.layers = self.layers.or(layers_before);
        } else {
            self.layer = count(part.layer_num, three_d.and_then(|l| l.layer_num))
                .filter(|layer| printing && self.layers.is_some_and(|all| *layer <= all));
        }
        let left = part.mc_remaining_time.or(part.remain_time).and_then(|n| u32::try_from(n).ok());
        self.minutes_left = left.filter(|left| active && (self.phase != Phase::Preparing || *left != 0));
        let done = self.minutes_left.filter(|_| self.phase != Phase::Paused).map(|m| now.unix + i64::from(m) * 60);
        // The estimate jitters: a shift within a minute is no news.
        if !matches!((self.done_at, done), (Some(old), Some(new)) if (old - new).abs() <= 60) {
            self.done_at = done;
        }
        let told = part.start_time.filter(|t| *t > 0 && *t <= now.unix + 60);
        self.told_start = told.is_some();
        self.started = told.or(self.started);
        if !has_job {
            self.started = None;
        }
        self.stage_id = part.stage.as_ref().and_then(|s| s.id).or(part.stg_cur);
        // 0 means printing only while a job runs; idle P1 and A1 report it too. A printer at rest may still be at
        // something (it cools, or purifies its air), but is not paused.
        let idle = part.print_type.as_deref() == Some("idle");
        let is_stage = |id: &i64| match *id {
            0 => self.phase == Phase::Running && !idle,
            id if codes::is_pause_stage(id) => active,
            _ => self.phase != Phase::Unknown,
        };
        self.stage = self.stage_id.filter(is_stage).and_then(codes::stage);
        self.stage_seconds = positive(part.stg_cd).filter(|_| self.stage.is_some());
        let planned = |id: &i64| active && *id >= 0 && *id != 255;
        self.stages = part.stages.iter().flat_map(|list| &list.0).copied().filter(planned).collect();
        self.failure = self.failure.filter(|_| broken_off);
        self.turn = part.job.as_ref().and_then(|job| job.job_state).and_then(Turn::from_wire);
        self.filaments = part.mapping.iter().flatten().map(|packed| unpack(*packed)).collect();
        let cfg = report.machine.cfg.filter(|_| report.machine.is_new()).map(Cfg::speed_level);
        self.speed = part.speed_level.or(cfg).and_then(Speed::from_level);
        self.speed_percent = part.speed_percent.and_then(|p| u16::try_from(p).ok());
        self.resume_at_printer = self.phase == Phase::Paused && part.job_attr.is_some_and(|a| a >> 4 & 0xF > 1);
    }

    /// Whether the printer has stopped by itself and a person must decide.
    pub fn waits_for_person(&self) -> bool {
        let asked = self.error.is_some_and(PrintError::waits_for_person) && self.phase.is_active();
        let paused_itself = self.phase == Phase::Paused
            && self.stage_id.is_some_and(|id| codes::is_pause_stage(id) && id != PAUSED_BY_USER);
        asked || paused_itself || self.paused_over.is_some()
    }
}

/// An id that stands for something: local jobs have "0" or nothing.
pub fn real_id(id: Option<&String>) -> Option<String> {
    id.filter(|id| !id.is_empty() && *id != "0").cloned()
}

/// A job's name without the endings of its file.
pub fn plain_name(name: &str) -> &str {
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
