//! Commands to a printer and their acknowledgements.
//!
//! A command is one JSON object on `device/<serial>/request`; the printer repeats it on `…/report` with a `result`.
//! Shapes are those that real clients send (public Home Assistant integration, vendor's slicer).

use serde_json::{Value, json};
use std::fmt;

/// The number that ties an acknowledgement to its command. On the wire it is a string of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seq(pub u32);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Print speed profile (`spd_lvl`, 1..=4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the vendor's names")]
pub enum Speed {
    Silent = 1,
    Standard = 2,
    Sport = 3,
    Ludicrous = 4,
}

impl Speed {
    /// All profiles, slowest first.
    pub const ALL: [Self; 4] = [Self::Silent, Self::Standard, Self::Sport, Self::Ludicrous];

    /// The profile of a `spd_lvl`.
    pub fn from_level(level: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|s| *s as i64 == level)
    }

    /// The vendor's name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Standard => "standard",
            Self::Sport => "sport",
            Self::Ludicrous => "ludicrous",
        }
    }

    /// Nominal speed in percent.
    pub fn percent(self) -> u16 {
        match self {
            Self::Silent => 50,
            Self::Standard => 100,
            Self::Sport => 124,
            Self::Ludicrous => 166,
        }
    }
}

/// A light that can be switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightNode {
    /// The light every model has.
    Chamber,
    /// The second one of the H2 family; only if `lights_report` names it.
    Chamber2,
    /// The tool head's status light (X1).
    Work,
}

impl LightNode {
    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chamber => "chamber_light",
            Self::Chamber2 => "chamber_light2",
            Self::Work => "work_light",
        }
    }

    /// The node of a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Chamber, Self::Chamber2, Self::Work].into_iter().find(|n| n.name() == name)
    }
}

/// A fan that can be set; the number is the `P` of `M106`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the fans' names")]
pub enum Fan {
    Part = 1,
    Aux = 2,
    Chamber = 3,
}

impl Fan {
    /// All fans.
    pub const ALL: [Self; 3] = [Self::Part, Self::Aux, Self::Chamber];

    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Aux => "aux",
            Self::Chamber => "chamber",
        }
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

/// A request as a printer sees it: known or not, it has a family, a name and a number to acknowledge.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `print`, `system`, `pushing`, `info` …
    pub family: String,
    /// The `command` key.
    pub name: String,
    /// The `sequence_id`, as it was sent: a text, or a number; "0" when there was none.
    pub seq: Value,
    /// The command, when it is one of ours and well formed.
    pub command: Option<Command>,
    /// The whole body, which acknowledgements repeat.
    pub body: serde_json::Map<String, Value>,
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

impl Request {
    /// Reads the first request of a message; `None` when it has no family with a command.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        Self::parse_all(payload).into_iter().next()
    }

    /// Reads every request of a message: other clients put several families into one.
    pub fn parse_all(payload: &[u8]) -> Vec<Self> {
        let Ok(Value::Object(families)) = serde_json::from_slice(payload) else { return Vec::new() };
        let bodies = families.into_iter().filter_map(|(family, body)| match body {
            Value::Object(body) => Some((family, body)),
            _ => None,
        });
        bodies.filter_map(|(family, body)| Self::read(family, body)).collect()
    }

    fn read(family: String, body: serde_json::Map<String, Value>) -> Option<Self> {
        let name = body.get("command")?.as_str()?.to_owned();
        let seq = match body.get("sequence_id") {
            Some(given @ (Value::String(_) | Value::Number(_))) => given.clone(),
            _ => json!("0"),
        };
        let command = Self::command(&family, &name, &body);
        Some(Self { family, name, seq, command, body })
    }

    fn command(family: &str, name: &str, body: &serde_json::Map<String, Value>) -> Option<Command> {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let number = |key: &str| body.get(key).and_then(Value::as_i64);
        Some(match (family, name) {
            ("print", "pause") => Command::Pause,
            ("print", "resume") => Command::Resume,
            ("print", "stop") => Command::Stop,
            ("print", "print_speed") => Command::Speed(Speed::from_level(text("param")?.parse().ok()?)?),
            ("print", "gcode_line") => Command::Gcode(text("param")?.to_owned()),
            ("system", "ledctrl") => Command::Light {
                node: LightNode::from_name(text("led_node")?)?,
                on: match text("led_mode")? {
                    "on" => true,
                    "off" => false,
                    _ => return None,
                },
            },
            ("print", "ams_change_filament") => Command::ChangeFilament {
                ams: u8::try_from(number("ams_id")?).ok()?,
                slot: u8::try_from(number("slot_id")?).ok()?,
                // Other clients leave these out.
                target: u8::try_from(number("target").unwrap_or(255)).ok()?,
                celsius: i16::try_from(number("tar_temp").unwrap_or(-1)).ok()?,
            },
            ("print", "ams_control") if text("param") == Some("resume") => Command::AmsResume,
            ("print", "ams_filament_drying") => Command::Dry {
                ams: u8::try_from(number("ams_id")?).ok()?,
                settings: match number("mode")? {
                    1 => Some((u16::try_from(number("temp")?).ok()?, u8::try_from(number("duration")?).ok()?)),
                    _ => None,
                },
                material: text("filament").unwrap_or_default().to_owned(),
            },
            ("print", "clean_print_error") => Command::ClearError {
                error: u32::try_from(number("print_error")?).ok()?,
                subtask: text("subtask_id").unwrap_or("0").to_owned(),
            },
            ("print", "skip_objects") => Command::SkipObjects(
                body.get("obj_list")?
                    .as_array()?
                    .iter()
                    .map(|id| id.as_u64().and_then(|id| u32::try_from(id).ok()))
                    .collect::<Option<_>>()?,
            ),
            ("pushing", "pushall") => Command::PushAll,
            ("pushing", "start") => Command::PushStart,
            ("info", "get_version") => Command::GetVersion,
            _ => return None,
        })
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

    #[test]
    fn unknown_and_broken_requests_are_told_apart() {
        let request = Request::parse(br#"{"print":{"command":"dance","sequence_id":9}}"#).expect("a request");
        assert_eq!((request.name.as_str(), &request.seq, request.command), ("dance", &json!(9), None));
        let two = Request::parse_all(
            br#"{"info":{"command":"get_version"},"x":1,"pushing":{"command":"pushall","sequence_id":"5"}}"#,
        );
        let seen: Vec<_> = two.iter().map(|r| (r.name.as_str(), r.seq.clone())).collect();
        assert_eq!(seen, [("get_version", json!("0")), ("pushall", json!("5"))]);
        assert!(Request::parse(b"[]").is_none() && Request::parse(b"\xff").is_none());
    }
}
