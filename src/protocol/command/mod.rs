//! Commands to a printer and their acknowledgements.
//!
//! A command is one JSON object on `device/<serial>/request`; the printer repeats it on `…/report` with a `result`.
//! Shapes are those that real clients send (public Home Assistant integration, vendor's slicer).

mod request;
mod words;

pub use request::Request;
pub use words::{Fan, LightNode, Speed};

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
    /// Switch a light.
    Light {
        /// Which light.
        node: LightNode,
        /// On or off.
        on: bool,
    },
    /// Run G-code lines, each ended by `\n`.
    Gcode(String),
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
    /// Go on with a filament change that waits.
    AmsResume,
    /// Start or stop drying in a unit.
    Dry {
        /// The unit.
        ams: u8,
        /// Temperature in °C and hours; `None` stops.
        settings: Option<(u16, u8)>,
        /// Material, for the printer's record.
        material: String,
    },
    /// Close the error the printer shows. It repairs nothing.
    ClearError {
        /// `print_error` as a number.
        error: u32,
        /// The job's id; "0" for local jobs.
        subtask: String,
    },
    /// Print these objects no further. The ids are those of the job's file (`identify_id`).
    SkipObjects(Vec<u32>),
    /// Ask for a full report.
    PushAll,
    /// Ask the printer to report at all: old firmware stops when it believes nobody listens.
    PushStart,
    /// Ask for the module list with firmware versions.
    GetVersion,
}

impl Command {
    /// Family key and `command` name; acknowledgements repeat both.
    pub fn wire_name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Pause => ("print", "pause"),
            Self::Resume => ("print", "resume"),
            Self::Stop => ("print", "stop"),
            Self::Speed(_) => ("print", "print_speed"),
            Self::Light { .. } => ("system", "ledctrl"),
            Self::Gcode(_) => ("print", "gcode_line"),
            Self::ChangeFilament { .. } => ("print", "ams_change_filament"),
            Self::AmsResume => ("print", "ams_control"),
            Self::Dry { .. } => ("print", "ams_filament_drying"),
            Self::ClearError { .. } => ("print", "clean_print_error"),
            Self::SkipObjects(_) => ("print", "skip_objects"),
            Self::PushAll => ("pushing", "pushall"),
            Self::PushStart => ("pushing", "start"),
            Self::GetVersion => ("info", "get_version"),
        }
    }

    /// The payload for `device/<serial>/request`.
    pub fn to_json(&self, seq: Seq) -> Vec<u8> {
        let (family, name) = self.wire_name();
        let mut body = match self {
            Self::Pause | Self::Resume | Self::Stop => json!({"param": ""}),
            Self::Speed(speed) => json!({"param": (*speed as u8).to_string()}),
            // The four times matter for flashing only, but firmware wants them present.
            Self::Light { node, on } => json!({
                "led_node": node.name(), "led_mode": if *on { "on" } else { "off" },
                "led_on_time": 500, "led_off_time": 500, "loop_times": 0, "interval_time": 0,
            }),
            Self::Gcode(lines) => json!({"param": lines}),
            Self::ChangeFilament { ams, slot, target, celsius } => json!({
                "ams_id": ams, "slot_id": slot, "target": target, "curr_temp": celsius, "tar_temp": celsius,
            }),
            Self::AmsResume => json!({"param": "resume"}),
            Self::Dry { ams, settings, material } => {
                let (celsius, hours) = settings.unwrap_or_default();
                json!({
                    "ams_id": ams, "mode": u8::from(settings.is_some()), "filament": material, "temp": celsius,
                    "duration": hours, "humidity": 0, "rotate_tray": false,
                    "cooling_temp": if settings.is_some() { 45 } else { 0 }, "close_power_conflict": false,
                })
            }
            Self::ClearError { error, subtask } => json!({"subtask_id": subtask, "print_error": error}),
            Self::SkipObjects(ids) => json!({"obj_list": ids}),
            Self::PushAll => json!({"version": 1, "push_target": 1}),
            Self::PushStart | Self::GetVersion => json!({}),
        };
        body["sequence_id"] = json!(seq.to_string());
        body["command"] = json!(name);
        json!({ family: body }).to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_survives_the_wire() {
        let light = Command::Light { node: LightNode::Chamber, on: true };
        for command in [
            Command::Pause,
            Command::Resume,
            Command::Stop,
            Command::Speed(Speed::Ludicrous),
            light,
            Command::Gcode("M140 S60\n".into()),
            Command::ChangeFilament { ams: 0, slot: 2, target: 2, celsius: -1 },
            Command::AmsResume,
            Command::Dry { ams: 128, settings: Some((55, 8)), material: "PLA".into() },
            Command::Dry { ams: 0, settings: None, material: String::new() },
            Command::ClearError { error: 0x0300_8003, subtask: "0".into() },
            Command::SkipObjects(vec![125, 136]),
            Command::PushAll,
            Command::PushStart,
            Command::GetVersion,
        ] {
            let request = Request::parse(&command.to_json(Seq(20_011))).expect("a request");
            assert_eq!((request.family.as_str(), request.name.as_str()), command.wire_name());
            assert_eq!(request.seq, "20011");
            assert_eq!(request.command.as_ref(), Some(&command));
        }
    }

    #[test]
    fn the_wire_form_is_the_one_real_clients_send() {
        let text = |c: Command| String::from_utf8(c.to_json(Seq(7))).expect("utf-8");
        assert_eq!(text(Command::Pause), r#"{"print":{"command":"pause","param":"","sequence_id":"7"}}"#);
        assert_eq!(
            text(Command::Speed(Speed::Sport)),
            r#"{"print":{"command":"print_speed","param":"3","sequence_id":"7"}}"#
        );
    }
}
