//! Commands as a printer reads them.

use super::{ChangeReply, Command, Drying, LightMode, LightNode, Speed};
use serde_json::{Value, json};

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
                mode: LightMode::from_name(text("led_mode")?)?,
            },
            ("print", "ams_change_filament") => Command::ChangeFilament {
                ams: u8::try_from(number("ams_id")?).ok()?,
                slot: u8::try_from(number("slot_id")?).ok()?,
                // Other clients leave these out.
                target: u8::try_from(number("target").unwrap_or(255)).ok()?,
                celsius: i16::try_from(number("tar_temp").unwrap_or(-1)).ok()?,
            },
            ("print", "ams_control") => {
                let word = text("param")?;
                Command::ChangeReply(ChangeReply::ALL.into_iter().find(|reply| reply.name() == word)?)
            }
            ("print", "ams_filament_drying") => Command::Dry {
                ams: u8::try_from(number("ams_id")?).ok()?,
                settings: match number("mode")? {
                    1 => Some(Drying {
                        celsius: u16::try_from(number("temp")?).ok()?,
                        hours: u8::try_from(number("duration")?).ok()?,
                        rotate: body.get("rotate_tray").and_then(Value::as_bool).unwrap_or_default(),
                        material: text("filament").unwrap_or_default().to_owned(),
                    }),
                    _ => None,
                },
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
