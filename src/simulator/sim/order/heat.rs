//! Orders about heat, air and light.

use super::{Body, Outcome, Refusal};
use crate::protocol::{
    command::{LightMode, LightNode},
    model::Model,
};
use crate::simulator::sim::gcode::{self, Line};
use crate::simulator::sim::{Phase, SimPrinter};

/// The chamber is not heated for what is loaded.
const NOT_FOR_THIS_FILAMENT: i64 = -2;
/// A chamber target this low is taken for 0.
const TOO_LOW: i64 = -4;

impl SimPrinter {
    pub(super) fn order_heat(&mut self, name: &str, body: Body<'_>) -> Outcome {
        match name {
            "gcode_line" => gcode::parse(body.text("param")).for_each(|line| self.run_line(line)),
            "set_bed_temp" => self.run_line(Line::Bed(body.number("temp").ok_or("temp missing")?)),
            "set_nozzle_temp" => self.run_line(Line::Nozzle {
                hotend: body.small("extruder_index").map(usize::from),
                target: body.number("target_temp").ok_or("target_temp missing")?,
            }),
            "set_ctt" => self.heat_chamber(body.number("ctt_val").ok_or("ctt_val missing")?)?,
            "set_fan" => self.run_line(Line::Fan {
                number: body.small("fan_index").unwrap_or(0),
                percent: body.small("speed").unwrap_or(0).min(100),
            }),
            _ => {
                let mode = body.small("modeId").filter(|mode| *mode <= 1).ok_or("invalid modeId")?;
                if !self.has_air_duct() {
                    return Err("no air duct".into());
                }
                self.set_air_mode(mode);
            }
        }
        Ok(())
    }

    fn heat_chamber(&mut self, target: f64) -> Outcome {
        if !self.has_chamber_heater() {
            return Err("no chamber heater".into());
        }
        if (1.0..40.0).contains(&target) {
            self.run_line(Line::Chamber(0.0));
            return Err(Refusal { errno: TOO_LOW, ..Refusal::from("") });
        }
        let soft = self.spool().is_some_and(|spool| spool.kind.starts_with("PLA") || spool.kind == "TPU");
        if target > 40.0 && soft {
            return Err(Refusal { errno: NOT_FOR_THIS_FILAMENT, ..Refusal::from("") });
        }
        self.run_line(Line::Chamber(target));
        Ok(())
    }

    /// Its supply.
    fn volts(&self) -> u16 {
        let high = self.options.home_flag(self.model, self.homed, false) >> 3 & 1 == 1;
        if high { 220 } else { 110 }
    }

    /// Whether the air duct has modes.
    pub fn has_air_duct(&self) -> bool {
        use crate::simulator::report::Family;
        Family::of(self.model) == Family::New
    }

    /// Whether a second auxiliary fan is fitted.
    pub fn has_second_aux(&self) -> bool {
        self.model == Model::X2D
    }

    /// Chooses a mode of the air duct; fans that have no place in it stop.
    fn set_air_mode(&mut self, mode: u8) {
        self.air_mode = mode;
        if mode == 1 {
            self.fans.aux = 0;
            self.fans.aux2 = 0;
            self.fans.chamber = 0;
        } else {
            self.chamber.target = 0.0;
        }
    }

    pub(super) fn order_light(&mut self, body: Body<'_>) -> Outcome {
        let node = body.text("led_node");
        let family = matches!(self.model, Model::H2S | Model::H2D | Model::H2DPro | Model::H2C);
        let light = match node {
            "chamber_light" => Some(&mut self.lights.chamber),
            "chamber_light2" => self.lights.chamber2.as_mut(),
            "work_light" => self.lights.work.as_mut(),
            "heatbed_light" if family => Some(&mut self.lights.heatbed),
            _ => None,
        };
        let light = light.ok_or_else(|| format!("did not find the valid led: {node}"))?;
        let mode = LightMode::from_name(body.text("led_mode")).ok_or("invalid led_mode")?;
        *light = mode != LightMode::Off;
        if node == LightNode::Chamber.name() {
            self.lights.flashing = mode == LightMode::Flashing;
        }
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
                self.bed.target = target.clamp(0.0, f64::from(self.model.bed_max(Some(self.volts()))));
                let running = self.phase == Phase::Running;
                if let Some(job) = self.job.as_mut().filter(|_| running) {
                    job.bed = self.bed.target;
                }
            }
            Line::Chamber(target) => {
                if self.has_chamber_heater() {
                    self.chamber.target = if target < 40.0 { 0.0 } else { target.min(65.0) };
                    // Above 40 °C the air stays inside.
                    if self.has_air_duct() && target > 40.0 {
                        self.set_air_mode(1);
                    }
                }
            }
            Line::Fan { number, percent } => match number {
                1 => self.fans.part = percent,
                2 => self.fans.aux = percent,
                3 => self.fans.chamber = percent,
                10 if self.has_second_aux() => self.fans.aux2 = percent,
                _ => {}
            },
            Line::Home => self.home(),
            Line::LetGo => self.homed = [false; 3],
            Line::ReadTag(flat) => {
                let _ = self.read_tag(flat / 4, flat % 4);
            }
            Line::Other => {}
        }
    }
}
