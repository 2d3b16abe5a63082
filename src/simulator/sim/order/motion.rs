//! Orders that move something: axes, hotends, calibrations.

use super::{Body, Outcome};
use crate::simulator::report::Family;
use crate::simulator::sim::job::Job;
use crate::simulator::sim::{Later, SimPrinter};

impl SimPrinter {
    pub(super) fn order_motion(&mut self, name: &str, body: Body<'_>) -> Outcome {
        let new = Family::of(self.model) == Family::New;
        self.demand(!self.phase.is_active(), "move")?;
        match name {
            "back_to_center" if new => self.home(),
            "xyz_ctrl" if new => {
                let known = matches!(body.text("axis"), "X" | "Y" | "Z") && body.has("dir") && body.has("mode");
                if !known {
                    return Err("invalid axis".into());
                }
                if !self.homed.iter().all(|homed| *homed) {
                    return Err("axes are not homed".into());
                }
            }
            "set_extrusion_length" if new => {}
            "select_extruder" => {
                let to = body.small("extruder_index").map(usize::from).filter(|to| *to < self.nozzles.len());
                let to = to.filter(|_| self.nozzles.len() > 1).ok_or("invalid extruder_index")?;
                if to != self.active {
                    self.switching = Some(to);
                    self.after(6.0, Later::Switched);
                }
            }
            "calibration" => {
                let bits = body.small("option").filter(|bits| *bits != 0).ok_or("invalid option")?;
                self.calibrate(bits);
            }
            _ => return Err("not supported".into()),
        }
        Ok(())
    }

    /// Begins homing: until it is done no axis knows where it is.
    pub(super) fn home(&mut self) {
        self.homed = [false; 3];
        self.later.retain(|(_, later)| *later != Later::Homed);
        self.after(18.0, Later::Homed);
    }

    fn calibrate(&mut self, bits: u8) {
        self.next_number += 1;
        self.begin(Job::calibration(bits, self.next_number));
    }
}
