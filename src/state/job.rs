//! The job of one printer: what the merged report says of it, read by the rules that the raw fields need.

use super::Now;
use crate::protocol::{
    codes::{self, CANCELLED, HmsCode, PrintError},
    command::Speed,
    report::Report,
};
use std::{borrow::Cow, time::Instant};

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
    /// Failed, or cancelled and not yet known to be.
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

    /// Whether the job is over.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Cancelled)
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
    /// When it began, seconds since 1970: by the printer's word, or seen here.
    pub started: Option<i64>,
    /// When it ended, if that was seen here.
    pub ended: Option<i64>,
    /// Speed profile.
    pub speed: Option<Speed>,
    /// Real speed in percent.
    pub speed_percent: Option<u16>,
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
    /// The printer failed the job at this moment; for a while it may still turn out to have been cancelled.
    failed_at: Option<Instant>,
    /// Whether a state was known before: the first one is no news.
    known: bool,
}

/// How long after a failure the number for "cancelled" may come (5 s were seen on a P2S).
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
            task: real_id(part.task_id.as_ref()),
        };
        let new_job = key != self.key;
        let before = self.phase;
        let event = self.transition(before, &mut phase, new_job, now, stopped_here);
        self.phase = phase;
        if new_job {
            self.key = key;
        }
        self.read_progress(report, now);
        event
    }

    fn read_health(&mut self, report: &Report, now: Now) {
        let error = report.health.print_error.and_then(PrintError::new);
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

    fn transition(
        &mut self,
        before: Phase,
        phase: &mut Phase,
        new_job: bool,
        now: Now,
        stopped_here: bool,
    ) -> Option<JobEvent> {
        let cancelled = stopped_here || self.error.is_some_and(|e| CANCELLED.contains(&e));
        if *phase == Phase::Failed {
            if before == Phase::Cancelled && !new_job {
                *phase = Phase::Cancelled;
                return None;
            }
            if before == Phase::Failed {
                let in_window = self.failed_at.is_some_and(|at| now.at.saturating_duration_since(at) < CANCEL_WINDOW);
                if cancelled && in_window {
                    *phase = Phase::Cancelled;
                    return Some(JobEvent::Cancelled);
                }
                return None;
            }
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
        }
        if !was_known {
            if *phase == Phase::Failed && self.error.is_some_and(|e| CANCELLED.contains(&e)) {
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
                if cancelled {
                    *phase = Phase::Cancelled;
                    return Some(JobEvent::Cancelled);
                }
                self.failed_at = Some(now.at);
                Some(JobEvent::Failed)
            }
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
        let file = part.gcode_file.as_deref().filter(|f| !f.is_empty() && !f.contains("Metadata/"));
        self.name = name
            .or_else(|| file.map(|f| f.rsplit('/').next().unwrap_or(f)))
            .filter(|_| has_job)
            .map(|n| plain_name(n).to_owned());
        let named_plate = || {
            let (_, tail) = part.gcode_file.as_deref()?.rsplit_once("plate_")?;
            tail.split('.').next()?.parse().ok()
        };
        self.plate = part.plate_idx.filter(|n| *n > 0).or_else(named_plate).map(|n: i64| n as u32).filter(|_| has_job);
        self.origin = match part.print_type.as_deref() {
            Some("cloud") => Some("cloud"),
            Some("local") => Some("local"),
            Some("system") => Some("calibration"),
            _ => None,
        };
        let percent = |value: Option<i64>| value.map(|v| v.clamp(0, 100) as u8);
        // After a cancel the firmware resets percent and layer to 0: how far it came is what a person wants to know.
        let broken_off = matches!(self.phase, Phase::Failed | Phase::Cancelled);
        let new = percent(part.mc_percent.or(part.percent)).filter(|_| has_job);
        self.percent = if broken_off && new.unwrap_or(0) == 0 { self.percent.or(new) } else { new };
        self.download = percent(part.prepare_percent.or(part.prepare_per)).filter(|_| self.phase == Phase::Preparing);
        let three_d = part.three_d.as_ref();
        let count = |flat: Option<i64>, nested: Option<i64>| {
            flat.filter(|n| *n > 0).or(nested.filter(|n| *n > 0)).and_then(|n| u32::try_from(n).ok())
        };
        let layers_before = self.layers;
        self.layers = count(part.total_layer_num, three_d.and_then(|l| l.total_layer_num)).filter(|_| has_job);
        // Until the new job prints, the layer is the previous job's (seen on a P2S: 750 of 94).
        let printing = matches!(self.phase, Phase::Running | Phase::Paused | Phase::Finished);
        if broken_off {
            self.layers = self.layers.or(layers_before);
        } else {
            self.layer = count(part.layer_num, three_d.and_then(|l| l.layer_num))
                .filter(|layer| printing && self.layers.is_none_or(|all| *layer <= all));
        }
        let left = part.mc_remaining_time.or(part.remain_time).and_then(|n| u32::try_from(n).ok());
        self.minutes_left = left.filter(|left| active && (self.phase != Phase::Preparing || *left != 0));
        let done = self.minutes_left.filter(|_| self.phase != Phase::Paused).map(|m| now.unix + i64::from(m) * 60);
        // The estimate jitters: a shift within a minute is no news.
        if !matches!((self.done_at, done), (Some(old), Some(new)) if (old - new).abs() <= 60) {
            self.done_at = done;
        }
        if let Some(start) = part.start_time.filter(|t| *t > 0 && *t <= now.unix + 60) {
            self.started = Some(start);
        }
        if !has_job {
            self.started = None;
        }
        self.stage_id = part.stage.as_ref().and_then(|s| s.id).or(part.stg_cur);
        // 0 means printing only while a job runs; idle P1 and A1 report it too.
        self.stage =
            self.stage_id.filter(|id| active && (*id != 0 || self.phase == Phase::Running)).and_then(codes::stage);
        self.speed = part.speed_level.and_then(Speed::from_level);
        self.speed_percent = part.speed_percent.and_then(|p| u16::try_from(p).ok());
        self.resume_at_printer = self.phase == Phase::Paused && part.job_attr.is_some_and(|a| a >> 4 & 0xF > 1);
    }

    /// Whether the printer has stopped by itself and a person must decide.
    pub fn waits_for_person(&self) -> bool {
        let asked = self.error.is_some_and(PrintError::waits_for_person) && self.phase.is_active();
        let paused_itself =
            self.phase == Phase::Paused && self.stage_id.is_some_and(|id| codes::is_pause_stage(id) && id != 16);
        asked || paused_itself
    }
}

/// An id that stands for something: local jobs have "0" or nothing.
fn real_id(id: Option<&String>) -> Option<String> {
    id.filter(|id| !id.is_empty() && *id != "0").cloned()
}

/// A job's name without the endings of its file.
fn plain_name(name: &str) -> &str {
    let name = name.trim();
    for ending in [".gcode.3mf", ".3mf", ".gcode"] {
        if let Some(plain) = name.strip_suffix(ending) {
            return plain;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::parse;
    use std::time::Duration;

    struct Bench {
        job: Job,
        report: Report,
        now: Now,
    }

    impl Bench {
        fn new() -> Self {
            Self { job: Job::default(), report: Report::default(), now: crate::state::test_now() }
        }

        fn send(&mut self, fields: &str) -> Option<JobEvent> {
            let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
            self.report.merge(*parse(json.as_bytes()).expect("JSON").report.expect("a report"));
            self.job.take_in(&self.report, self.now, false)
        }

        fn wait(&mut self, seconds: u64) {
            self.now.at += Duration::from_secs(seconds);
            self.now.unix += seconds as i64;
        }
    }

    #[test]
    fn a_life_of_a_job_from_start_to_finish() {
        let mut b = Bench::new();
        assert_eq!(b.send(r#""gcode_state":"IDLE""#), None);
        let start = b.now.unix;
        assert_eq!(b.send(r#""gcode_state":"PREPARE","subtask_name":"box.gcode.3mf""#), Some(JobEvent::Started));
        b.wait(60);
        assert_eq!(b.send(r#""gcode_state":"RUNNING","mc_percent":1,"mc_remaining_time":90"#), None);
        assert_eq!((b.job.name.as_deref(), b.job.started), (Some("box"), Some(start)));
        assert_eq!(b.job.done_at, Some(b.now.unix + 90 * 60));
        assert_eq!(b.send(r#""gcode_state":"PAUSE","stg_cur":16"#), Some(JobEvent::Paused));
        assert!(!b.job.waits_for_person());
        assert_eq!(b.send(r#""gcode_state":"RUNNING","stg_cur":0"#), Some(JobEvent::Resumed));
        assert_eq!(b.send(r#""gcode_state":"FINISH","mc_percent":100"#), Some(JobEvent::Finished));
        assert_eq!(b.job.name.as_deref(), Some("box"));
    }

    #[test]
    fn the_first_state_is_no_news_and_has_no_start_time() {
        let mut b = Bench::new();
        assert_eq!(b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#), None);
        assert_eq!(b.job.started, None);
        b.send(r#""gcode_start_time":"1700000000""#);
        assert_eq!(b.job.started, Some(1_700_000_000));
    }

    #[test]
    fn cancelled_is_told_from_failed_even_when_the_number_comes_late() {
        let mut b = Bench::new();
        b.send(r#""gcode_state":"RUNNING","subtask_name":"x","mc_percent":44,"layer_num":7,"total_layer_num":9"#);
        assert_eq!(b.send(r#""gcode_state":"FAILED","print_error":0"#), Some(JobEvent::Failed));
        b.wait(5);
        assert_eq!(b.send(r#""print_error":50348044"#), Some(JobEvent::Cancelled));
        assert_eq!(b.send(r#""print_error":0,"mc_percent":0,"layer_num":0"#), None);
        assert_eq!((b.job.phase, b.job.percent, b.job.layer), (Phase::Cancelled, Some(44), Some(7)));
        assert_eq!(b.send(r#""gcode_state":"IDLE""#), None);
    }

    #[test]
    fn a_pause_by_the_printer_waits_for_a_person() {
        let mut b = Bench::new();
        b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#);
        assert_eq!(b.send(r#""gcode_state":"PAUSE","print_error":50364419"#), Some(JobEvent::Paused));
        assert!(b.job.waits_for_person());
    }

    #[test]
    fn messages_are_sorted_by_severity_and_then_by_when_they_were_seen() {
        let mut b = Bench::new();
        let start = b.now.unix;
        b.send(r#""print_error":50364419,"hms":[{"attr":50332928,"code":196609},{"attr":50333184,"code":262145}]"#);
        b.wait(60);
        b.send(r#""hms":[{"attr":50332928,"code":196609},{"attr":50333184,"code":262145},{"attr":7,"code":196609},{"attr":8,"code":65537}]"#);
        let seen: Vec<_> = b.job.hms.iter().map(|m| (m.code.attr, m.seen - start)).collect();
        assert_eq!(seen, [(8, 60), (7, 60), (50_332_928, 0), (50_333_184, 0)]);
        assert_eq!(b.job.error_seen, Some(start));
        b.send(r#""print_error":50364420,"hms":[]"#);
        assert_eq!((b.job.hms.len(), b.job.error_seen), (0, Some(start + 60)));
        b.send(r#""print_error":0"#);
        assert_eq!(b.job.error_seen, None);
    }

    #[test]
    fn stale_layers_and_odd_numbers_are_not_shown() {
        let mut b = Bench::new();
        b.send(r#""gcode_state":"RUNNING","layer_num":750,"total_layer_num":94,"mc_percent":101"#);
        assert_eq!((b.job.layer, b.job.layers, b.job.percent), (None, Some(94), Some(100)));
        b.send(r#""gcode_state":"SOMETHING""#);
        assert_eq!((b.job.phase, b.job.unknown_word.as_deref()), (Phase::Unknown, Some("SOMETHING")));
    }
}
