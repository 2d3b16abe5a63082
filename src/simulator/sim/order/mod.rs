//! What a printer does with a request, and what it answers. Requests are read here from their JSON, as firmware reads
//! them: what our own clients mean by them counts for nothing.

mod body;
mod filament;
mod heat;
mod job;
mod motion;
mod options;

use super::SimPrinter;
use crate::protocol::command::{Command, Request};
use crate::simulator::report;
use body::Body;
use serde_json::{Map, Value, json};

/// `err_code` of a command that was refused because it is not signed.
pub const NOT_SIGNED: u32 = 0x0502_4007;

/// Why a command is refused.
#[derive(Debug, Clone, Default, PartialEq)]
struct Refusal {
    reason: String,
    err_code: u32,
    errno: i64,
    soft_temp: u16,
}

impl<T: Into<String>> From<T> for Refusal {
    fn from(reason: T) -> Self {
        Self { reason: reason.into(), ..Self::default() }
    }
}

/// Outcome of a command: nothing to complain about, or the reason of the refusal.
type Outcome = Result<(), Refusal>;

impl SimPrinter {
    /// Carries out a request and gives the answers to publish, in order. `effective: false` acknowledges without effect.
    ///
    /// A full report is one of the answers to `pushall`; `reporter` keeps its counters.
    pub fn handle(&mut self, request: &Request, reporter: &mut report::Reporter, effective: bool) -> Vec<Value> {
        match (&request.command, request.family.as_str()) {
            (Some(Command::PushAll), _) => return vec![reporter.full(self)],
            (Some(Command::PushStart), _) => return vec![reporter.nudge(self)],
            (Some(Command::GetVersion), _) => return vec![report::version::answer(self, &request.seq)],
            (None, "pushing") => return Vec::new(),
            _ => {}
        }
        if self.locked && request.family == "print" {
            self.add_hms(0x0500_0500, 0x0001_0007, Some(180.0 * self.pace.max(1.0)));
            let signed = Refusal { err_code: NOT_SIGNED, ..Refusal::from("mqtt message verify failed") };
            return vec![acknowledge(request, "failed", &signed)];
        }
        let outcome = if effective { self.carry_out(request) } else { Ok(()) };
        if effective && outcome.is_ok() {
            self.mark_dirty();
        }
        let quiet = if request.family == "print" { "" } else { "success" };
        vec![match outcome {
            Ok(()) => acknowledge(request, "success", &quiet.into()),
            Err(why) => acknowledge(request, "fail", &why),
        }]
    }

    fn carry_out(&mut self, request: &Request) -> Outcome {
        let body = Body(&request.body);
        match (request.family.as_str(), request.name.as_str()) {
            (
                "print",
                "pause" | "resume" | "stop" | "ignore" | "idle_ignore" | "print_speed" | "clean_print_error"
                | "project_file" | "gcode_file" | "skip_objects",
            ) => self.order_job(&request.name, body),
            ("print", "gcode_line" | "set_bed_temp" | "set_nozzle_temp" | "set_ctt" | "set_fan" | "set_airduct") => {
                self.order_heat(&request.name, body)
            }
            ("system", "ledctrl") => self.order_light(body),
            (
                "print",
                "ams_change_filament"
                | "ams_control"
                | "ams_filament_setting"
                | "ams_get_rfid"
                | "ams_filament_drying"
                | "ams_user_setting",
            ) => self.order_filament(&request.name, body),
            ("camera" | "xcam", _) | ("system", "set_door_stat" | "print_cache_set" | "set_accessories") => {
                self.order_option(&request.name, body)
            }
            ("print", "print_option" | "buzzer_ctrl") => self.order_option(&request.name, body),
            ("print", "back_to_center" | "xyz_ctrl" | "select_extruder" | "calibration" | "set_extrusion_length") => {
                self.order_motion(&request.name, body)
            }
            // Taken without an effect that reports show.
            ("system", _) | ("print", "extrusion_cali_get") => Ok(()),
            _ => Err("unknown command".into()),
        }
    }

    fn demand(&self, allowed: bool, what: &str) -> Outcome {
        if allowed { Ok(()) } else { Err(format!("cannot {what} in state {}", self.phase.name()).into()) }
    }

    /// Whether the model can heat its chamber.
    pub fn has_chamber_heater(&self) -> bool {
        use crate::protocol::model::Model;
        matches!(self.model, Model::X1E | Model::X2D | Model::H2S | Model::H2D | Model::H2DPro | Model::H2C)
    }
}

/// The request with a result: what a printer publishes when it took a command.
fn acknowledge(request: &Request, result: &str, why: &Refusal) -> Value {
    let mut body: Map<String, Value> = request.body.clone();
    body.insert("sequence_id".into(), json!(request.seq));
    body.insert("result".into(), json!(result));
    body.insert("reason".into(), json!(why.reason));
    for (key, number) in
        [("err_code", i64::from(why.err_code)), ("errno", why.errno), ("soft_temp", why.soft_temp.into())]
    {
        if number != 0 {
            body.insert(key.into(), json!(number));
        }
    }
    if request.family == "print" {
        body.insert("msg".into(), json!(0));
    }
    let mut envelope = Map::new();
    envelope.insert(request.family.clone(), Value::Object(body));
    Value::Object(envelope)
}
