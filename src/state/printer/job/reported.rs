//! What the printer says of its job in its own words, also of the last job once it rests.

use super::{Job, Phase, plain_name, real_id};
use crate::state::printer::{Printer, Status};

/// Ids of a job. `None`: it has none, as most ids of a job that did not come from the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are what the ids name")]
pub struct JobIds<'a> {
    pub task: Option<&'a str>,
    pub subtask: Option<&'a str>,
    pub job: Option<&'a str>,
    pub lan_task: Option<&'a str>,
    pub project: Option<&'a str>,
    pub profile: Option<&'a str>,
    pub design: Option<&'a str>,
    pub model: Option<&'a str>,
}

/// A file on its way from the cloud to the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upload<'a> {
    /// How it goes, in the printer's word.
    pub status: Option<&'a str>,
    /// How much has come, 0..=100; `None` where nothing is coming.
    pub percent: Option<u8>,
    /// The printer's words; `None` where nothing is coming.
    pub message: Option<&'a str>,
}

/// What the printer writes where nothing is coming.
const NO_UPLOAD: &str = "idle";

/// A text that is not empty.
fn filled(text: Option<&impl std::ops::Deref<Target = str>>) -> Option<&str> {
    text.map(|text| &**text).filter(|text| !text.is_empty())
}

fn percent(value: i64) -> u8 {
    value.clamp(0, 100) as u8
}

impl Job {
    /// How it ended, in the word of its status; `None`: it has not, or how is not known yet. A job that the printer has lost
    /// has failed.
    pub fn outcome(&self) -> Option<&'static str> {
        let status = match self.phase {
            _ if self.is_lost() => Status::Trouble,
            Phase::Finished => Status::Finished,
            Phase::Failed => Status::Trouble,
            Phase::Cancelled => Status::Cancelled,
            _ => return None,
        };
        Some(status.word())
    }
}

impl Printer {
    /// The state of its job in its own word: `IDLE`, `RUNNING` …
    pub fn gcode_state(&self) -> Option<&str> {
        filled(self.report.job.gcode_state.as_ref())
    }

    /// The ids of its job that stand for something.
    pub fn job_ids(&self) -> JobIds<'_> {
        let raw = &self.report.job;
        JobIds {
            task: real_id(raw.task_id.as_ref()),
            subtask: real_id(raw.subtask_id.as_ref()),
            job: real_id(raw.job_id.as_ref()),
            lan_task: real_id(raw.lan_task_id.as_ref()),
            project: real_id(raw.project_id.as_ref()),
            profile: real_id(raw.profile_id.as_ref()),
            design: real_id(raw.design_id.as_ref()),
            model: real_id(raw.model_id.as_ref()),
        }
    }

    /// The job's file on the printer.
    pub fn job_file(&self) -> Option<&str> {
        let raw = &self.report.job;
        filled(raw.gcode_file.as_ref()).or_else(|| filled(raw.file.as_ref()))
    }

    /// A file that comes from the cloud.
    pub fn upload(&self) -> Upload<'_> {
        let Some(raw) = &self.report.job.upload else { return Upload::default() };
        let status = filled(raw.status.as_ref());
        let is_busy = status.is_some_and(|status| status != NO_UPLOAD);
        Upload {
            status,
            percent: raw.progress.filter(|_| is_busy).map(percent),
            message: filled(raw.message.as_ref()).filter(|_| is_busy),
        }
    }

    /// The name of its job, or of the last one until the next is named.
    pub fn last_job_name(&self) -> Option<&str> {
        let job = &self.job;
        let is_next = job.phase.is_active() || job.next_is_named();
        let lost = job.lost().and_then(|gone| gone.name.as_deref());
        let last = || filled(self.report.job.subtask_name.as_ref()).map(plain_name).filter(|_| !is_next);
        job.name.as_deref().or(lost).or_else(last)
    }

    /// How far its job is, or how far the last one came, 0..=100.
    pub fn last_percent(&self) -> Option<u8> {
        let (job, raw) = (&self.job, &self.report.job);
        let last = || raw.mc_percent.or(raw.percent).map(percent).filter(|_| !job.phase.is_active());
        job.percent.or(job.lost().and_then(|gone| gone.percent)).or_else(last)
    }

    /// Minutes left. At rest a printer's 0 is a fact; the old estimate of a failed job is not.
    pub fn minutes_left(&self) -> Option<u32> {
        let at_rest = !matches!(self.job.phase, Phase::Unknown) && !self.job.phase.is_active();
        self.job.minutes_left.or((at_rest && self.report.job.mc_remaining_time == Some(0)).then_some(0))
    }
}
