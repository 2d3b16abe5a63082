//! The job part of a report: state, progress, names, stage and speed.

use super::name::Name;
use super::wire::{Hex, Maybe, Merge, Read, drop_rest, merge_as_object, wire};
use serde::de::SeqAccess;

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
        "subtask_name" => subtask_name: Name,
        /// File on the printer; `/data/Metadata/plate_<n>.gcode` on X1, H2 and P2S.
        "gcode_file" => gcode_file: Name,
        /// Copy of `gcode_file` on new firmware.
        "file" => file: Name,
        /// Plate number from 1; 0 unknown.
        "plate_idx" => plate_idx: i64,
        /// Duplicate of `plate_idx`.
        "plate_id" => plate_id: i64,
        /// Plates in the file.
        "plate_cnt" => plate_cnt: i64,
        /// `cloud`, `local`, `idle`, `system` (calibration), or empty.
        "print_type" => print_type: String,
        /// Cloud task; "0" or empty for local jobs.
        "task_id" => task_id: String,
        /// Changes with every job.
        "subtask_id" => subtask_id: String,
        /// Job of the LAN; "0" or empty: none.
        "lan_task_id" => lan_task_id: String,
        /// Cloud project; "0" or empty for local jobs.
        "project_id" => project_id: String,
        /// Cloud profile of the project.
        "profile_id" => profile_id: String,
        /// Design on the vendor's model site.
        "design_id" => design_id: String,
        /// Model of the design.
        "model_id" => model_id: String,
        /// A file on its way from the cloud to the printer.
        "upload" => upload: Upload,
        /// Stages that are planned for the job, in order.
        "stg" => stages: Stages,
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

/// Copies fields from one part to another.
macro_rules! copy {
    ($from:expr => $to:expr; $($field:ident),+ $(,)?) => { $( $to.$field.clone_from(&$from.$field); )+ };
}

impl JobPart {
    /// Another run begins: of how far it is only what was `said` of it stays.
    pub fn begin(&mut self, said: &Self) {
        copy!(said => self; mc_percent, percent, mc_remaining_time, remain_time, total_layer_num, prepare_percent,
            prepare_per, start_time, skipped);
        let layers = said.three_d.as_ref().and_then(|layers| layers.total_layer_num);
        self.three_d.iter_mut().for_each(|mine| mine.total_layer_num = layers);
    }

    /// Another job: of what it is called, where it came from and what it is made of only what was `said` of it stays.
    pub fn rename(&mut self, said: &Self) {
        copy!(said => self; subtask_name, gcode_file, file, plate_idx, plate_id, plate_cnt, print_type, task_id,
            subtask_id, lan_task_id, project_id, profile_id, design_id, model_id, job_id, mapping, stages);
    }

    /// What this message says otherwise than what is `known`, of what may be said of a job before it begins: what it is, and
    /// how many layers it has.
    #[must_use]
    pub fn ahead(&self, known: &Self) -> Self {
        let mut new = Self::default();
        macro_rules! differing {
            ($($field:ident),+ $(,)?) => { $( if self.$field != known.$field { new.$field.clone_from(&self.$field); } )+ };
        }
        differing!(
            subtask_name,
            gcode_file,
            file,
            plate_idx,
            plate_id,
            plate_cnt,
            print_type,
            task_id,
            subtask_id,
            lan_task_id,
            project_id,
            profile_id,
            design_id,
            model_id,
            job_id,
            mapping,
            total_layer_num
        );
        let layers = |part: &Self| part.three_d.as_ref().and_then(|layers| layers.total_layer_num);
        if layers(self) != layers(known) {
            new.three_d = layers(self).map(|all| Layers { layer_num: None, total_layer_num: Some(all) });
        }
        new
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
    /// `upload`
    pub struct Upload {
        /// `idle`, `uploading` …
        "status" => status: String,
        /// Percent.
        "progress" => progress: i64,
        /// The printer's words.
        "message" => message: String,
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
        "print_error" => print_error: Code,
        /// The same in an object, newest firmware.
        "err2" => err2: Err2,
        /// Low half of the error, in decimal; "0" none.
        "mc_print_error_code" => low_half: i64,
        /// Why the last job failed, as `print_error`; "0" none.
        "fail_reason" => fail_reason: i64,
    }
}

wire! {
    /// `err2`
    pub struct Err2 {
        /// As `print_error`.
        "err_code" => code: Code,
    }
}

/// So many stages a job plans at most; there are 78 kinds.
const STAGES_MAX: usize = 256;

/// Stages, written as a list or as lists in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stages(pub Vec<i64>);

impl Read for Stages {
    fn from_int(v: i64) -> Option<Self> {
        Some(Self(vec![v]))
    }
    fn from_text(v: &str) -> Option<Self> {
        i64::from_text(v).and_then(Self::from_int)
    }
    fn from_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut out = Vec::new();
        while out.len() < STAGES_MAX {
            match seq.next_element::<Maybe<Self>>()? {
                Some(Maybe(part)) => out.extend(part.unwrap_or_default().0),
                None => break,
            }
        }
        drop_rest(&mut seq)?;
        out.truncate(STAGES_MAX);
        Ok(Some(Self(out)))
    }
}
impl Merge for Stages {}

wire! {
    /// One health message.
    pub struct Hms (at most 256) {
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
        let v = v.trim();
        let hex = || Hex::from_text(v).and_then(|Hex(n)| u32::try_from(n).ok()).map(Self);
        match v.parse::<i64>() {
            // Digits alone are hexadecimal where they are no decimal number that is in use: those are below 10⁶ (the lower
            // number of a health message), or from 0x0300_0000 on, while hexadecimal digits begin with 0 or 1.
            Ok(number) => match v.len() {
                8 if v.starts_with(['0', '1', '2', '3', '4']) => hex(),
                7 => hex(),
                5 if number < 0x1_0000 && !v.starts_with('0') => hex(),
                _ => Self::from_int(number),
            },
            Err(_) => hex(),
        }
    }
}

impl super::wire::Merge for Code {}
merge_as_object!(Layers, Upload, Stage, JobState, Err2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbers_or_text_of_either_kind() {
        let read = |json: &str| serde_json::from_str::<Maybe<Code>>(json).expect("JSON").0.map(|code| code.0);
        for (json, code) in [
            ("50348044", 0x0300_400C),
            ("\"50348044\"", 0x0300_400C),
            ("\"0300400C\"", 0x0300_400C),
            ("\"03008003\"", 0x0300_8003),
            ("\"12008010\"", 0x1200_8010),
            ("\"84033543\"", 0x0502_4007),
            ("\"0x03000100\"", 0x0300_0100),
            ("\"3000100\"", 0x0300_0100),
            ("\"201327360\"", 0x0C00_0300),
            ("196615", 0x0003_0007),
            ("\"196615\"", 0x0003_0007),
            ("\"00030007\"", 0x0003_0007),
            ("\"30007\"", 0x0003_0007),
            ("\"2001E\"", 0x0002_001E),
            ("-1", u32::MAX),
            ("0", 0),
            ("\"0\"", 0),
        ] {
            assert_eq!(read(json), Some(code), "{json}");
        }
        for json in ["\"\"", "\"x\"", "null", "[]", "99999999999", "\"123456789A\""] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
