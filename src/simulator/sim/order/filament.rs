//! Orders about filament, the AMS and its dryers.

use super::{Body, Outcome, Refusal};
use crate::simulator::sim::spool::{AmsKind, DryOrder, Slot};
use crate::simulator::sim::{Phase, SimPrinter};

/// The nozzle is too cold for this filament.
const TOO_COLD: i64 = -2;
/// Drying cannot start.
const CANNOT_DRY: u32 = 0x0500_C04A;

impl SimPrinter {
    pub(super) fn order_filament(&mut self, name: &str, body: Body<'_>) -> Outcome {
        match name {
            "ams_change_filament" => self.change_filament(body),
            "ams_control" => self.answer_change(body.text("param")).map_err(Refusal::from),
            "ams_filament_setting" => self.set_slot(body),
            "ams_get_rfid" => {
                let (unit, slot) = (body.small("ams_id"), body.small("slot_id"));
                self.read_tag(unit.ok_or("ams_id missing")?, slot.ok_or("slot_id missing")?)
            }
            "ams_filament_drying" => self.order_drying(body),
            _ => {
                let flag = |key| body.flag(key).ok_or_else(|| format!("{key} missing"));
                let set = &mut self.options;
                set.at_start = flag("startup_read_option")?;
                set.on_insert = flag("tray_read_option")?;
                set.estimate = flag("calibrate_remain_flag")?;
                Ok(())
            }
        }
    }

    fn change_filament(&mut self, body: Body<'_>) -> Outcome {
        self.demand(self.phase != Phase::Running && self.phase != Phase::Prepare, "change filament")?;
        let target = body.small("target").unwrap_or(255);
        // Firmware from before units had numbers of their own was told the flat number alone.
        let (unit, place) = match (body.small("ams_id"), body.small("slot_id")) {
            (Some(unit), Some(place)) => (unit, place),
            _ if target == 255 => (255, 255),
            _ if target >= 128 => (target, 0),
            _ => (target / 4, target % 4),
        };
        if place == 255 {
            if self.loaded[self.active].place() == 255 {
                return Err("nothing is loaded".into());
            }
            self.begin_change(Slot::NONE);
            return Ok(());
        }
        let slot = Slot::ams(unit, if unit >= 254 { 0 } else { place });
        self.spool_at(slot).ok_or("invalid tray_id")?;
        let celsius = body.number("tar_temp").unwrap_or(-1.0);
        if unit >= 254 && (0.0..180.0).contains(&celsius) {
            return Err(Refusal { errno: TOO_COLD, soft_temp: 220, ..Refusal::from("") });
        }
        self.begin_change(slot);
        Ok(())
    }

    fn set_slot(&mut self, body: Body<'_>) -> Outcome {
        let unit = body.small("ams_id").ok_or("ams_id missing")?;
        let place = if unit >= 254 { 0 } else { body.small("slot_id").ok_or("slot_id missing")? };
        let color = body.text("tray_color");
        if color.len() != 8 || !color.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err("invalid tray_color".into());
        }
        let nozzle = ["nozzle_temp_min", "nozzle_temp_max"].map(|key| body.number(key).unwrap_or(0.0) as u16);
        let spool = self.spool_at_mut(Slot::ams(unit, place)).ok_or("invalid tray_id")?;
        if spool.is_tagged() {
            return Err("tray is read only".into());
        }
        spool.code = body.text("tray_info_idx").to_owned().into();
        spool.kind = body.text("tray_type").to_owned().into();
        color.clone_into(&mut spool.color);
        spool.nozzle_min = nozzle[0];
        spool.nozzle_max = nozzle[1];
        spool.sub_brand = "";
        self.ams_revision += 1;
        Ok(())
    }

    /// Turns a spool until its tag has been read.
    pub(super) fn read_tag(&mut self, unit: u8, place: u8) -> Outcome {
        self.demand(!self.phase.is_active(), "read a tag")?;
        if self.loaded.iter().any(|slot| slot.place() != 255) {
            return Err("filament is loaded".into());
        }
        self.spool_at(Slot::ams(unit, place)).ok_or("invalid tray_id")?;
        if let Some(unit) = self.ams.iter_mut().find(|a| a.id == unit) {
            unit.reading = Some((place, 12.0));
            self.ams_revision += 1;
        }
        Ok(())
    }

    fn order_drying(&mut self, body: Body<'_>) -> Outcome {
        let id = body.small("ams_id").ok_or("ams_id missing")?;
        let at = self.ams.iter().position(|a| a.id == id).ok_or("invalid ams_id")?;
        if body.small("mode") != Some(1) {
            self.ams[at].stop_drying();
            self.ams_revision += 1;
            return Ok(());
        }
        let most = if self.ams[at].kind == AmsKind::Ht { 85 } else { 65 };
        let (celsius, hours) = (body.small("temp").unwrap_or(0), body.small("duration").unwrap_or(0));
        if !self.ams[at].can_dry() || !(45..=most).contains(&celsius) || !(1..=24).contains(&hours) {
            return Err("invalid drying parameters".into());
        }
        if !self.drying_obstacles(at).is_empty() {
            return Err(Refusal { err_code: CANNOT_DRY, ..Refusal::from("cannot start drying") });
        }
        let filament = body.text("filament").to_owned();
        self.ams[at].start_drying(DryOrder { celsius, hours, filament });
        self.ams_revision += 1;
        Ok(())
    }

    /// Why drying cannot start in a unit, as `dry_sf_reason` numbers it.
    pub fn drying_obstacles(&self, at: usize) -> Vec<u8> {
        let unit = &self.ams[at];
        let feeds = self.loaded.iter().any(|slot| slot.place() != 255 && slot.unit() == unit.id);
        let all = [
            (0, self.phase.is_active()),
            (2, self.change.is_some() || unit.reading.is_some()),
            (3, feeds),
            (6, unit.drying > 0.0),
        ];
        all.into_iter().filter(|(_, holds)| *holds).map(|(number, _)| number).collect()
    }
}
