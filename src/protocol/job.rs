//! The job part of a report: state, progress, names, stage and speed.

use super::wire::{Hex, merge_as_object, wire};

wire! {
    /// Job fields of `print`.
    pub struct JobPart {
        /// `IDLE`, `PREPARE`, `RUNNING`, `PAUSE`, `FINISH`, `FAILED` …: the one authoritative state.
        "gcode_state" => gcode_state: String,
        /// Progress in percent; 101 and -1 were seen, so it is clamped where it is used.
        "mc_percent" => mc_percent: i64,
        /// Duplicate of `mc_percent` on new firmware.
        "percent" => percent: i64,
        /// Time left in **minutes**; keeps an old value after a failure.
        "mc_remaining_time" => mc_remaining_time: i64,
        /// Duplicate of `mc_remaining_time` on new firmware.
        "remain_time" => remain_time: i64,
        /// Current layer, 0 when unknown. May be the previous job's until the new one prints (seen on a P2S).
        "layer_num" => layer_num: i64,
        /// Layers of the job, 0 when unknown.
        "total_layer_num" => total_layer_num: i64,
        /// The same two in an object of their own on new firmware.
        "3D" => three_d: Layers,
        /// Download and unpacking progress while the state is PREPARE; P1 may stop at "99".
        "gcode_file_prepare_percent" => prepare_percent: i64,
        /// Duplicate of it on new firmware.
        "prepare_per" => prepare_per: i64,
        /// Start of the job in seconds since 1970; "0" or missing in most reports.
        "gcode_start_time" => start_time: i64,
        /// The best name of the job to show.
        "subtask_name" => subtask_name: String,
        /// File on the printer; `/data/Metadata/plate_<n>.gcode` on X1, H2 and P2S.
        "gcode_file" => gcode_file: String,
        /// Plate number from 1; 0 unknown.
        "plate_idx" => plate_idx: i64,
        /// Plates in the file.
        "plate_cnt" => plate_cnt: i64,
        /// `cloud`, `local`, `idle`, `system` (calibration), or empty.
        "print_type" => print_type: String,
        /// Cloud task; "0" or empty for local jobs.
        "task_id" => task_id: String,
        /// Changes with every job.
        "subtask_id" => subtask_id: String,
        /// Names the job in answers to its errors; "0" or missing for local jobs.
        "job_id" => job_id: String,
        /// Stage of section "stages" in `codes`; -1 and 255: none.
        "stg_cur" => stg_cur: i64,
        /// The newest firmware's form of `stg_cur`.
        "stage" => stage: Stage,
        /// Seconds left of the stage, new firmware.
        "stg_cd" => stg_cd: i64,
        /// Ids of skipped objects.
        "s_obj" => skipped: Vec<i64>,
        /// The slot of each filament of the project, packed: unit in the high byte, slot in the low one; 65535 not used.
        "mapping" => mapping: Vec<i64>,
        /// Speed profile 1..=4.
        "spd_lvl" => speed_level: i64,
        /// Real speed in percent.
        "spd_mag" => speed_percent: i64,
        /// Job state machine of new firmware.
        "job" => job: JobState,
        /// Bits 4-7: job state class; more than 1 with PAUSE means that only the printer itself can resume.
        "job_attr" => job_attr: i64,
    }
}

wire! {
    /// `3D`
    pub struct Layers {
        /// Current layer.
        "layer_num" => layer_num: i64,
        /// All layers.
        "total_layer_num" => total_layer_num: i64,
    }
}

wire! {
    /// `stage`
    pub struct Stage {
        /// The stage's id.
        "_id" => id: i64,
    }
}

wire! {
    /// `job`
    pub struct JobState {
        /// 6 pausing, 7 resuming, 10 finishing, 11 stopping; the rest repeats `gcode_state`.
        "job_state" => job_state: i64,
    }
}

wire! {
    /// Messages and errors of `print`.
    pub struct HealthPart {
        /// Active health messages; replaced as a whole.
        "hms" => hms: Vec<Hms>,
        /// 0 none; shown as `XXXX_XXXX`.
        "print_error" => print_error: i64,
    }
}

wire! {
    /// One health message.
    pub struct Hms {
        /// Module, unit and part.
        "attr" => attr: Code,
        /// Severity and number.
        "code" => code: Code,
    }
}

/// A 32-bit code: an integer, or hexadecimal text on some firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Code(pub u32);

impl super::wire::Read for Code {
    fn from_int(v: i64) -> Option<Self> {
        u32::try_from(v).ok().or_else(|| i32::try_from(v).ok().map(i32::cast_unsigned)).map(Self)
    }
    fn from_text(v: &str) -> Option<Self> {
        // Text of decimal digits only cannot be told from hexadecimal; a prefix or eight digits say hexadecimal.
        let hex =
            v.starts_with("0x") || v.starts_with("0X") || v.len() == 8 || v.chars().any(|c| c.is_ascii_alphabetic());
        if hex {
            Hex::from_text(v).and_then(|Hex(n)| u32::try_from(n).ok()).map(Self)
        } else {
            v.trim().parse().ok().and_then(Self::from_int)
        }
    }
}

impl super::wire::Merge for Code {}
merge_as_object!(Layers, Stage, JobState);
