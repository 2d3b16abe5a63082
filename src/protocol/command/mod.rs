//! Commands to a printer and their acknowledgements.
//!
//! A command is one JSON object on `device/<serial>/request`; the printer repeats it on `…/report` with a `result`.
//! Shapes are those that real clients send (public Home Assistant integration, vendor's slicer).

mod body;
mod request;
mod words;

pub use request::Request;
pub use words::{
    Axis, ChangeReply, Detector, Drying, Fan, LightMode, LightNode, Reply, Sensitivity, SlotSetting, Speed, Switch,
};

use serde_json::json;
use std::fmt;

/// The number that ties an acknowledgement to its command. On the wire it is a string of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seq(pub u32);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a printer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Pause the running print.
    Pause,
    /// Resume the paused print.
    Resume,
    /// Stop the print for good.
    Stop,
    /// Choose the speed profile.
    Speed(Speed),
    /// Answer the error that a job shows.
    Reply {
        /// The answer.
        reply: Reply,
        /// `print_error` as a number.
        error: u32,
        /// `job_id`; "0" for local jobs.
        job: String,
    },
    /// Ignore an error that is shown while nothing is printed.
    IgnoreIdle {
        /// `print_error` as a number.
        error: u32,
    },
    /// Close the error the printer shows. It repairs nothing.
    ClearError {
        /// `print_error` as a number.
        error: u32,
        /// The job's id; "0" for local jobs.
        subtask: String,
    },
    /// Close its dialog on the printer's screen, and in other clients.
    CloseDialog {
        /// `print_error` as a number.
        error: u32,
    },
    /// Switch a light.
    Light {
        /// Which light.
        node: LightNode,
        /// What it shall do.
        mode: LightMode,
    },
    /// Run G-code lines, each ended by `\n`.
    Gcode(String),
    /// Heat the bed to so many °C.
    BedTemp(u16),
    /// Heat the chamber to so many °C.
    ChamberTemp(u16),
    /// Choose the air duct's mode: 0 cooling, 1 heating.
    AirMode(u8),
    /// Load filament from a slot, or unload (`slot` 255).
    ChangeFilament {
        /// AMS unit; 254 and 255 external.
        ams: u8,
        /// Slot in it.
        slot: u8,
        /// The flat number, or 255 to unload.
        target: u8,
        /// Nozzle temperature in °C; -1: the printer decides.
        celsius: i16,
    },
    /// The same for firmware from before units and slots had numbers of their own.
    ChangeFilamentFlat {
        /// The flat number, or 255 to unload.
        target: u8,
        /// Nozzle temperature in °C; -1: the printer decides.
        celsius: i16,
    },
    /// Answer a filament change.
    ChangeReply(ChangeReply),
    /// Say what is in a slot.
    SetSlot {
        /// AMS unit; 254 and 255 external.
        ams: u8,
        /// Slot in it.
        slot: u8,
        /// The slot's number again; 254 for the one external spool.
        tray: u8,
        /// What is in it.
        setting: SlotSetting,
    },
    /// Read the tag of a slot's spool again.
    ReadTag {
        /// AMS unit.
        ams: u8,
        /// Slot in it.
        slot: u8,
    },
    /// Start drying in a unit; `None` stops.
    Dry {
        /// The unit.
        ams: u8,
        /// How.
        settings: Option<Drying>,
    },
    /// Set the three options of all AMS units; they travel together.
    AmsOptions {
        /// Read tags when a spool is put in.
        on_insert: bool,
        /// Read tags when the printer starts.
        at_start: bool,
        /// Estimate what is left on spools.
        estimate: bool,
    },
    /// Record while printing.
    Recording(bool),
    /// Make a time-lapse.
    Timelapse(bool),
    /// Resolution of the camera: `720p`, `1080p`.
    Resolution(&'static str),
    /// Switch a detection of the camera.
    Detect {
        /// Which.
        detector: Detector,
        /// On or off.
        on: bool,
        /// What it finds halts the print.
        halts: bool,
        /// How soon; `None` for those that have no such setting.
        sensitivity: Option<Sensitivity>,
    },
    /// Throw a switch of the printer.
    Switch(Switch, bool),
    /// Set air purification: a number of the firmware's.
    AirPurification(u8),
    /// What an open door does to a print: 0 nothing, 1 a warning, 2 a pause.
    DoorCheck(u8),
    /// Keep files on the storage that were sent to be printed.
    KeepFiles(bool),
    /// The fire alarm's buzzer (H2): 0 silent, 1 alarm, 2 beep.
    Buzzer(u8),
    /// Say which nozzle is mounted, where the printer cannot tell.
    NozzleType {
        /// Diameter in hundredths of a millimetre.
        hundredths: u16,
        /// `stainless_steel`, `hardened_steel` …
        kind: String,
    },
    /// Home all axes.
    Home,
    /// Move an axis a step.
    Step {
        /// Which axis.
        axis: Axis,
        /// In the positive direction.
        forward: bool,
        /// 10 mm; else 1 mm.
        large: bool,
    },
    /// Switch to another hotend: 0 right, 1 left.
    SelectHotend(u8),
    /// Calibrate: bits, see [`calibration`].
    Calibrate(u8),
    /// Print these objects no further. The ids are those of the job's file (`identify_id`).
    SkipObjects(Vec<u32>),
    /// Ask for a full report.
    PushAll,
    /// Ask the printer to report at all: old firmware stops when it believes nobody listens.
    PushStart,
    /// Ask for the module list with firmware versions.
    GetVersion,
}

/// Bits of [`Command::Calibrate`].
pub mod calibration {
    /// Micro lidar (X1).
    pub const LIDAR: u8 = 1;
    /// Bed levelling.
    pub const BED: u8 = 1 << 1;
    /// Vibration compensation.
    pub const VIBRATION: u8 = 1 << 2;
    /// Motor noise.
    pub const MOTOR: u8 = 1 << 3;
    /// Offset between two nozzles.
    pub const NOZZLE_OFFSET: u8 = 1 << 4;
    /// Bed levelling at high temperature.
    pub const HOT_BED: u8 = 1 << 5;
    /// Detection of clumps on the nozzle.
    pub const CLUMP: u8 = 1 << 6;
}

impl Command {
    /// Family key and `command` name; acknowledgements repeat both.
    pub fn wire_name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Pause => ("print", "pause"),
            Self::Resume => ("print", "resume"),
            Self::Stop => ("print", "stop"),
            Self::Speed(_) => ("print", "print_speed"),
            Self::Reply { reply, .. } => ("print", reply.name()),
            Self::IgnoreIdle { .. } => ("print", "idle_ignore"),
            Self::ClearError { .. } => ("print", "clean_print_error"),
            Self::CloseDialog { .. } => ("system", "uiop"),
            Self::Light { .. } => ("system", "ledctrl"),
            Self::Gcode(_) => ("print", "gcode_line"),
            Self::BedTemp(_) => ("print", "set_bed_temp"),
            Self::ChamberTemp(_) => ("print", "set_ctt"),
            Self::AirMode(_) => ("print", "set_airduct"),
            Self::ChangeFilament { .. } | Self::ChangeFilamentFlat { .. } => ("print", "ams_change_filament"),
            Self::ChangeReply(_) => ("print", "ams_control"),
            Self::SetSlot { .. } => ("print", "ams_filament_setting"),
            Self::ReadTag { .. } => ("print", "ams_get_rfid"),
            Self::Dry { .. } => ("print", "ams_filament_drying"),
            Self::AmsOptions { .. } => ("print", "ams_user_setting"),
            Self::Recording(_) => ("camera", "ipcam_record_set"),
            Self::Timelapse(_) => ("camera", "ipcam_timelapse"),
            Self::Resolution(_) => ("camera", "ipcam_resolution_set"),
            Self::Detect { .. } => ("xcam", "xcam_control_set"),
            Self::Switch(..) | Self::AirPurification(_) => ("print", "print_option"),
            Self::DoorCheck(_) => ("system", "set_door_stat"),
            Self::KeepFiles(_) => ("system", "print_cache_set"),
            Self::Buzzer(_) => ("print", "buzzer_ctrl"),
            Self::NozzleType { .. } => ("system", "set_accessories"),
            Self::Home => ("print", "back_to_center"),
            Self::Step { .. } => ("print", "xyz_ctrl"),
            Self::SelectHotend(_) => ("print", "select_extruder"),
            Self::Calibrate(_) => ("print", "calibration"),
            Self::SkipObjects(_) => ("print", "skip_objects"),
            Self::PushAll => ("pushing", "pushall"),
            Self::PushStart => ("pushing", "start"),
            Self::GetVersion => ("info", "get_version"),
        }
    }

    /// The payload for `device/<serial>/request`.
    pub fn to_json(&self, seq: Seq) -> Vec<u8> {
        let (family, name) = self.wire_name();
        let mut body = self.body();
        body["sequence_id"] = json!(seq.to_string());
        body["command"] = json!(name);
        json!({ family: body }).to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests;
