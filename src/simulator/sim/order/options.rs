//! Orders about options: camera, detections, switches, the door, the nozzle's kind.

use super::{Body, Outcome};
use crate::protocol::model::Model;
use crate::simulator::report::Family;
use crate::simulator::sim::SimPrinter;
use crate::simulator::sim::options::{self, Watch};

impl SimPrinter {
    pub(super) fn order_option(&mut self, name: &str, body: Body<'_>) -> Outcome {
        let old = Family::of(self.model) == Family::Old;
        let p1 = matches!(self.model, Model::P1P | Model::P1S);
        match name {
            "ipcam_record_set" => self.options.record = enable(body)?,
            "ipcam_timelapse" => self.options.timelapse = enable(body)?,
            "ipcam_resolution_set" => match body.text("resolution") {
                "1080p" if !p1 => self.options.full_hd = true,
                "720p" if !p1 => self.options.full_hd = false,
                _ => return Err("resolution not supported".into()),
            },
            "xcam_control_set" => self.set_detector(body)?,
            "set_door_stat" if !old => {
                self.options.door_check = body.small("config").filter(|mode| *mode <= 2).ok_or("invalid config")?;
            }
            "print_cache_set" => self.options.keep_files = body.flag("config").ok_or("config missing")?,
            "set_accessories" => {
                let diameter = body.number("nozzle_diameter").filter(|d| (0.1..=1.2).contains(d));
                let hundredths = (diameter.ok_or("invalid nozzle_diameter")? * 100.0).round() as u16;
                self.options.nozzle = (hundredths, body.text("nozzle_type").to_owned());
            }
            "print_option" => self.set_switch(body)?,
            "buzzer_ctrl" if matches!(self.model, Model::H2S | Model::H2D | Model::H2DPro | Model::H2C) => {}
            _ => return Err("not supported".into()),
        }
        Ok(())
    }

    fn set_switch(&mut self, body: Body<'_>) -> Outcome {
        let (model, set) = (self.model, &mut self.options);
        if body.has("air_purification") {
            let mode = body.small("air_purification").filter(|mode| *mode <= 3 && options::purifies_air(model));
            set.air_purification = mode.ok_or("invalid air_purification")?;
            return Ok(());
        }
        let switches = [
            ("auto_recovery", &mut set.auto_recovery),
            ("nozzle_blob_detect", &mut set.blob),
            ("filament_tangle_detect", &mut set.tangle),
            ("air_print_detect", &mut set.air_print),
            ("sound_enable", &mut set.sound),
            ("auto_switch_filament", &mut set.auto_refill),
        ];
        for (key, switch) in switches {
            if let Some(on) = body.flag(key) {
                *switch = on;
                return Ok(());
            }
        }
        Err("unknown option".into())
    }

    fn set_detector(&mut self, body: Body<'_>) -> Outcome {
        let (model, set) = (self.model, &mut self.options);
        let old = Family::of(model) == Family::Old;
        let on = body.flag("control").ok_or("control missing")?;
        let word = body.text("halt_print_sensitivity");
        let sensitivity = ["low", "medium", "high"].into_iter().position(|s| s == word);
        let watch = |watch: &mut Watch| {
            watch.on = on;
            watch.sensitivity = sensitivity.map_or(watch.sensitivity, |s| s as u8);
        };
        match body.text("module_name") {
            "buildplate_marker_detector" => set.plate_marker = on,
            _ if old => return Err("not supported".into()),
            "first_layer_inspector" => set.first_layer = on,
            "allow_skip_parts" => set.skip_parts = on,
            name @ ("printing_monitor" | "spaghetti_detector") => {
                if name == "printing_monitor" {
                    set.monitor = on;
                } else {
                    watch(&mut set.spaghetti);
                    // The firmware links the two.
                    set.pileup.sensitivity = set.spaghetti.sensitivity;
                }
                set.halt_sensitivity = match sensitivity {
                    Some(at) => ["low", "medium", "high"][at],
                    None if body.flag("print_halt") == Some(false) => "never_halt",
                    None => set.halt_sensitivity,
                };
            }
            "pileup_detector" => watch(&mut set.pileup),
            "clump_detector" => watch(&mut set.clump),
            "airprint_detector" if options::sees_air_print(model) => watch(&mut set.air_print_camera),
            "plate_offset_switch" if options::checks_alignment(model) => set.plate_offset = on,
            _ => return Err("unknown module".into()),
        }
        Ok(())
    }
}

fn enable(body: Body<'_>) -> Result<bool, super::Refusal> {
    match body.text("control") {
        "enable" => Ok(true),
        "disable" => Ok(false),
        _ => Err("invalid control".into()),
    }
}
