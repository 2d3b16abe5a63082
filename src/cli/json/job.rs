//! The job as JSON: what is printed, how far it is, and how the last one ended.

use super::codes::ErrorJson;
use crate::state::printer::{
    Printer,
    job::{Job, JobIds, JobTransition, Phase, Upload},
};
use serde::Serialize;

/// What a printer is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StageJson<'a> {
    /// The stage as the printer numbers it; null: no stage.
    id: Option<i64>,
    /// The same in words.
    text: Option<&'a str>,
    /// Time left of it in seconds.
    seconds: Option<u32>,
    /// Numbers of the stages that are planned for the job, in order.
    planned: &'a [i64],
}

impl<'a> From<&'a Job> for StageJson<'a> {
    fn from(job: &'a Job) -> Self {
        Self {
            id: job.stage.as_ref().and(job.stage_id),
            text: job.stage.as_deref(),
            seconds: job.stage_seconds,
            planned: &job.stages,
        }
    }
}

/// Ids of a job. Null where the id stands for nothing, as most do of a job that did not come from the cloud.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JobIdsJson<'a> {
    /// Task of the cloud.
    task: Option<&'a str>,
    /// Changes with every job.
    subtask: Option<&'a str>,
    /// The job in answers to its errors.
    job: Option<&'a str>,
    /// Task of the LAN.
    lan: Option<&'a str>,
    /// Project of the cloud.
    project: Option<&'a str>,
    /// Profile of the project.
    profile: Option<&'a str>,
    /// Design on the vendor's model site.
    design: Option<&'a str>,
    /// Model of the design.
    model: Option<&'a str>,
}

impl<'a> From<JobIds<'a>> for JobIdsJson<'a> {
    fn from(ids: JobIds<'a>) -> Self {
        let JobIds { task, subtask, job, lan_task: lan, project, profile, design, model } = ids;
        Self { task, subtask, job, lan, project, profile, design, model }
    }
}

/// A file on its way from the cloud to the printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UploadJson<'a> {
    /// How it goes, in the printer's word; `idle`: nothing is coming.
    status: Option<&'a str>,
    /// 0 to 100; null where nothing is coming.
    percent: Option<u8>,
    /// The printer's words; null where nothing is coming.
    message: Option<&'a str>,
}

impl<'a> From<Upload<'a>> for UploadJson<'a> {
    fn from(upload: Upload<'a>) -> Self {
        Self { status: upload.status, percent: upload.percent, message: upload.message }
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct JobJson<'a> {
    /// Name without the ending of its file.
    name: Option<&'a str>,
    /// File on the printer.
    file: Option<&'a str>,
    /// Ids that stand for something.
    ids: JobIdsJson<'a>,
    /// Number of the plate, from 1.
    plate: Option<u32>,
    /// Plates in the file.
    plates: Option<u32>,
    /// Where it came from: `cloud`, `local`, `calibration`.
    origin: Option<&'static str>,
    /// Progress, 0 to 100.
    percent: Option<u8>,
    /// How much of the file has come, 0 to 100; null unless `preparing`.
    download_percent: Option<u8>,
    /// What is about to change: `starting`, `pausing`, `resuming`, `finishing`, `stopping`.
    turn: Option<&'static str>,
    /// Minutes left by the printer's estimate.
    remaining_minutes: Option<u32>,
    /// When it will be done by that estimate, in seconds since 1970; null while it is paused.
    done_unix: Option<i64>,
    /// When it began, in seconds since 1970, by the printer's word, or seen here; null: it began while nobody looked.
    started_unix: Option<i64>,
    /// When it ended, in seconds since 1970, if that was seen here; null: it ended while nobody looked.
    ended_unix: Option<i64>,
    /// How the last job ended: `finished`, `failed`, `cancelled`; null while a job is under way, and while it has to show
    /// whether a stop was a failure (15 s at most). A job that the printer has lost is `failed`, until that error is
    /// dismissed or another job comes.
    outcome: Option<&'static str>,
    /// Why it is paused, in words, if the printer tells.
    pause_reason: Option<String>,
    /// A file on its way from the cloud to the printer.
    upload: UploadJson<'a>,
    /// Layer, from 1; null until the job really prints: what is reported before may be the layer of the job before.
    layer: Option<u32>,
    /// Layers of the job.
    total_layers: Option<u32>,
    /// Numbers of the [objects](actions.md#objects) that are skipped.
    skipped_objects: Option<&'a [i64]>,
    /// Slot of each filament of the file (`A1`, `HT1`, `Ext`); null: not used.
    slots: Vec<Option<String>>,
    /// Only the printer itself can resume.
    resume_at_printer: bool,
    /// It failed before it began.
    never_began: bool,
    /// Code of the reason that the printer remembers of a failed job.
    failure: Option<String>,
    /// The error that the printer shows; all null without one.
    error: ErrorJson,
}

impl<'a> From<&'a Printer> for JobJson<'a> {
    fn from(printer: &'a Printer) -> Self {
        let job = &printer.job;
        Self {
            name: printer.last_job_name(),
            file: printer.job_file(),
            ids: printer.job_ids().into(),
            plate: job.plate,
            plates: job.plates,
            origin: job.origin,
            percent: printer.last_percent(),
            download_percent: job.download,
            turn: job.turn.map(JobTransition::name),
            remaining_minutes: printer.minutes_left(),
            done_unix: job.done_at,
            started_unix: job.started,
            ended_unix: job.ended,
            outcome: job.outcome(),
            pause_reason: printer.known_pause_reason().filter(|_| job.phase == Phase::Paused),
            upload: printer.upload().into(),
            layer: job.layer,
            total_layers: job.layers,
            skipped_objects: printer.skipped_objects(),
            slots: job.filaments.iter().map(|slot| slot.map(|slot| printer.ams.label(slot))).collect(),
            resume_at_printer: job.resume_at_printer,
            never_began: job.never_began,
            failure: job.failure.map(|error| error.to_string()),
            error: printer.into(),
        }
    }
}
