//! What a printer does with a request, and what it answers.

use super::gcode::{self, Line};
use super::job::stage;
use super::spool::Slot;
use super::{Phase, SimPrinter};
use crate::demo::report;
use crate::protocol::command::{Command, LightNode, Request, Speed};
use serde_json::{Map, Value, json};

/// `err_code` of a command that was refused because it is not signed.
pub const NOT_SIGNED: u32 = 0x0502_4007;

/// Outcome of a command: nothing to complain about, or the reason of the refusal.
type Outcome = Result<(), String>;

impl SimPrinter {
    /// Carries out a request and gives the answers to publish, in order. `obey: false` acknowledges without effect.
    ///
    /// A full report is one of the answers to `pushall`; `reporter` keeps its counters.
    pub fn handle(&mut self, request: &Request, reporter: &mut report::Reporter, obey: bool) -> Vec<Value> {
        match (&request.command, request.family.as_str()) {
            (Some(Command::PushAll), _) => return vec![reporter.full(self)],
            (Some(Command::PushStart), _) => return vec![reporter.nudge(self)],
            (Some(Command::GetVersion), _) => return vec![report::version::answer(self, &request.seq)],
            (None, "pushing") => return Vec::new(),
            _ => {}
        }
        if self.locked && request.family == "print" {
            self.add_hms(0x0500_0500, 0x0001_0007, Some(180.0 * self.pace.max(1.0)));
            let mut answer = acknowledge(request, "failed", "mqtt message verify failed");
            if let Some(body) = answer.get_mut("print") {
                body["err_code"] = json!(NOT_SIGNED);
            }
            return vec![answer];
        }
        let outcome = if obey { self.obey(request) } else { Ok(()) };
        vec![match outcome {
            Ok(()) => acknowledge(request, "success", if request.family == "print" { "" } else { "success" }),
            Err(reason) => acknowledge(request, "fail", &reason),
        }]
    }

    fn obey(&mut self, request: &Request) -> Outcome {
        let outcome = match &request.command {
            Some(command) => self.carry_out(command),
            None => self.other(request),
        };
        if outcome.is_ok() {
            self.stir();
        }
        outcome
    }

    fn carry_out(&mut self, command: &Command) -> Outcome {
        match command {
            Command::Pause => {
                self.demand(self.phase == Phase::Running, "pause")?;
                self.pause_with(stage::USER_PAUSE, 0);
            }
            Command::Resume => {
                self.demand(self.phase == Phase::Pause, "resume")?;
                self.resume();
            }
            Command::Stop => {
                self.demand(self.phase.is_active(), "stop")?;
                self.stop();
            }
            Command::Speed(speed) => self.set_speed(*speed)?,
            Command::Light { node, on } => self.switch(*node, *on)?,
            Command::Gcode(text) => gcode::parse(text).for_each(|line| self.run_line(line)),
            Command::ChangeFilament { ams, slot, .. } => self.change_filament(*ams, *slot)?,
            Command::Dry { ams, settings, .. } => {
                let at = self.ams.iter().position(|a| a.id == *ams).ok_or("invalid ams_id")?;
                match settings {
                    Some((_, hours)) => self.dry(at, f64::from(*hours).clamp(1.0, 24.0)),
                    None => {
                        self.ams[at].drying = 0.0;
                        self.ams_revision += 1;
                    }
                }
            }
            Command::ClearError { .. } => self.set_error(0),
            Command::SkipObjects(ids) => {
                self.demand(matches!(self.phase, Phase::Running | Phase::Pause), "skip objects")?;
                self.job.as_mut().ok_or("no job")?.skip(ids)?;
            }
            Command::AmsResume | Command::PushAll | Command::PushStart | Command::GetVersion => {}
        }
        Ok(())
    }

    fn change_filament(&mut self, unit: u8, place: u8) -> Outcome {
        self.demand(self.phase != Phase::Running && self.phase != Phase::Prepare, "change filament")?;
        if place == 255 {
            let none = if self.active == 1 { Slot::NONE_LEFT } else { Slot::NONE };
            (self.loaded[self.active], self.wanted) = (none, none);
        } else {
            let slot = Slot::ams(unit, if unit >= 254 { 0 } else { place });
            self.spool_at(slot).ok_or("invalid tray_id")?;
            self.load(slot);
        }
        Ok(())
    }

    /// Commands beyond those of our own clients, as other programs send them.
    fn other(&mut self, request: &Request) -> Outcome {
        let number = |key: &str| request.body.get(key).and_then(Value::as_f64);
        let text = |key: &str| request.body.get(key).and_then(Value::as_str).unwrap_or("");
        match (request.family.as_str(), request.name.as_str()) {
            ("system", "ledctrl") => {
                let node = LightNode::from_name(text("led_node"));
                let known = node.is_some_and(|n| self.clone().switch(n, true).is_ok());
                if !known || text("led_mode") != "flashing" {
                    return Err(format!("did not find the valid led: {}", text("led_node")));
                }
            }
            ("print", "project_file" | "gcode_file") => {
                self.demand(!self.phase.is_active(), "start a job")?;
                let name = ["subtask_name", "file", "param"].map(text).into_iter().find(|n| !n.is_empty());
                let title = name.ok_or("file name missing")?.to_owned();
                self.start_next();
                if let Some(job) = &mut self.job {
                    job.title = title;
                }
            }
            ("print", "set_bed_temp") => self.run_line(Line::Bed(number("temp").unwrap_or(0.0))),
            ("print", "set_ctt") => self.run_line(Line::Chamber(number("ctt_val").unwrap_or(0.0))),
            ("print", "set_nozzle_temp") => self.run_line(Line::Nozzle {
                hotend: number("extruder_index").map(|i| i.max(0.0) as usize),
                target: number("target_temp").unwrap_or(0.0),
            }),
            ("print", "set_fan") => self.run_line(Line::Fan {
                number: number("fan_index").unwrap_or(0.0) as u8,
                percent: number("speed").unwrap_or(0.0).clamp(0.0, 100.0) as u8,
            }),
            // Taken without an effect that reports show.
            ("camera" | "xcam" | "system", _)
            | ("print", "print_option" | "ams_user_setting" | "ams_get_rfid" | "ams_control" | "extrusion_cali_get") => {
            }
            _ => return Err("unknown command".to_owned()),
        }
        Ok(())
    }

    fn demand(&self, allowed: bool, what: &str) -> Outcome {
        if allowed { Ok(()) } else { Err(format!("cannot {what} in state {}", self.phase.name())) }
    }

    fn set_speed(&mut self, speed: Speed) -> Outcome {
        self.demand(matches!(self.phase, Phase::Running | Phase::Pause), "change the speed")?;
        self.speed = speed;
        Ok(())
    }

    fn switch(&mut self, node: LightNode, on: bool) -> Outcome {
        let light = match node {
            LightNode::Chamber => Some(&mut self.lights.chamber),
            LightNode::Chamber2 => self.lights.chamber2.as_mut(),
            LightNode::Work => self.lights.work.as_mut(),
        };
        *light.ok_or_else(|| format!("did not find the valid led: {}", node.name()))? = on;
        Ok(())
    }

    fn run_line(&mut self, line: Line) {
        match line {
            Line::Nozzle { hotend, target } => {
                let most = f64::from(self.model.nozzle_max());
                let hotend = hotend.unwrap_or(self.active);
                let prints = self.phase == Phase::Running && hotend == self.active;
                if let Some(nozzle) = self.nozzles.get_mut(hotend) {
                    nozzle.target = target.clamp(0.0, most);
                    // A job that runs takes the new temperature for its own.
                    if let Some(job) = self.job.as_mut().filter(|_| prints) {
                        job.nozzle = nozzle.target;
                    }
                }
            }
            Line::Bed(target) => {
                self.bed.target = target.clamp(0.0, f64::from(self.model.bed_max()));
                let running = self.phase == Phase::Running;
                if let Some(job) = self.job.as_mut().filter(|_| running) {
                    job.bed = self.bed.target;
                }
            }
            Line::Chamber(target) => {
                if self.has_chamber_heater() {
                    self.chamber.target = if target < 40.0 { 0.0 } else { target.min(65.0) };
                }
            }
            Line::Fan { number, percent } => match number {
                1 => self.fans.part = percent,
                2 => self.fans.aux = percent,
                3 => self.fans.chamber = percent,
                _ => {}
            },
            Line::Other => {}
        }
    }

    /// Whether the model can heat its chamber.
    pub fn has_chamber_heater(&self) -> bool {
        use crate::protocol::model::Model;
        matches!(self.model, Model::X1E | Model::X2D | Model::H2S | Model::H2D | Model::H2DPro | Model::H2C)
    }
}

/// The request with a result: what a printer publishes when it took a command.
fn acknowledge(request: &Request, result: &str, reason: &str) -> Value {
    let mut body: Map<String, Value> = request.body.clone();
    body.insert("sequence_id".into(), json!(request.seq));
    body.insert("result".into(), json!(result));
    body.insert("reason".into(), json!(reason));
    if request.family == "print" {
        body.insert("msg".into(), json!(0));
    }
    let mut envelope = Map::new();
    envelope.insert(request.family.clone(), Value::Object(body));
    Value::Object(envelope)
}
