//! The filament part of a report: AMS units, their trays, external spools.
//!
//! Numbers inside are mostly text. Units and trays merge by id; a tray that comes with its id alone has been emptied.

use super::{
    flags::UnitInfo,
    wire::{ById, HasId, Hex, Merge, merge_as_object, wire},
};

wire! {
    /// Filament fields of `print`.
    pub struct AmsPart {
        /// The AMS group.
        "ams" => group: AmsGroup,
        /// The external spool of P1, A1 and old X1.
        "vt_tray" => external: Tray,
        /// External spools of newer models; if present, [`AmsPart::external`] is the same spool again.
        "vir_slot" => externals: ById<Tray>,
        /// Low byte sub-step, next byte main: 1 changing filament.
        "ams_status" => status: i64,
        /// What the tag reader does.
        "ams_rfid_status" => tag_status: i64,
    }
}

wire! {
    /// `print.ams`
    pub struct AmsGroup {
        /// The units.
        "ams" => units: ById<Unit>,
        /// A bit a unit: ids 0-3 bits 0-3, AMS HT from bit 4, A2L's unit 16 bit 12.
        "ams_exist_bits" => units_exist: Hex,
        /// A bit a slot: unit × 4 + slot, AMS HT from bit 16, A2L's unit 16 from bit 24.
        "tray_exist_bits" => trays_exist: Hex,
        /// Slots whose tag is being read.
        "tray_reading_bits" => trays_reading: Hex,
        /// Slots whose tag has been read.
        "tray_read_done_bits" => trays_read: Hex,
        /// Slots with filament at the outlet's sensor.
        "tray_hall_out_bits" => trays_at_outlet: Hex,
        /// The tray in use, a flat number; 254 external, 255 none.
        "tray_now" => tray_now: i64,
        /// The tray in use before.
        "tray_pre" => tray_before: i64,
        /// The tray aimed at; 255 none.
        "tray_tar" => tray_target: i64,
        /// Option: read the tag of a spool when it is put in.
        "insert_flag" => reads_on_insert: bool,
        /// Option: read all tags at the start.
        "power_on_flag" => reads_at_start: bool,
        /// Option: estimate what is left.
        "calibrate_remain_flag" => estimates: bool,
        /// The AMS is being set up if its low byte is 1 to 4.
        "cali_stat" => setup: i64,
    }
}

wire! {
    /// One AMS unit.
    pub struct Unit (at most 24) {
        /// 0-3 AMS, 16 AMS Lite of the A2L, 128-135 AMS HT.
        "id" => id: i64,
        /// Dryness level 1 (wet) to 5 (dry); 0 not given.
        "humidity" => humidity_level: i64,
        /// Relative humidity in percent, newer firmware.
        "humidity_raw" => humidity: i64,
        /// °C; 0 without a sensor.
        "temp" => temp: f64,
        /// Drying time left in minutes.
        "dry_time" => dry_minutes: i64,
        /// How drying is set.
        "dry_setting" | "dry_settings" => dry_setting: DrySetting,
        /// Why drying cannot start.
        "dry_sf_reason" => dry_obstacles: Vec<i64>,
        /// Bits: kind of unit, drying, which hotend it feeds.
        "info" => info: UnitInfo,
        /// The slots.
        "tray" => trays: ById<Tray>,
    }
}

wire! {
    /// How drying is set.
    pub struct DrySetting {
        /// Filament it is meant for; empty: none.
        "dry_filament" => filament: String,
        /// Air temperature aimed at in °C; -1: none.
        "dry_temperature" => celsius: i64,
        /// How long in hours; -1: none.
        "dry_duration" => hours: i64,
    }
}

wire! {
    /// One slot.
    pub struct Tray (at most 8) {
        /// Slot number 0-3; 254 and 255 are external spools.
        "id" => id: i64,
        /// Bit 0: filament present.
        "state" => state: i64,
        /// Filament code, such as `GFA00`.
        "tray_info_idx" => code: String,
        /// Material: `PLA`, `PETG` … Empty: not set.
        "tray_type" => material: String,
        /// The maker's product, such as `PLA Basic`; empty for other makers.
        "tray_sub_brands" => product: String,
        /// `RRGGBBAA`
        "tray_color" => color: String,
        /// All colours of a multi-colour spool, `RRGGBBAA`.
        "cols" => colors: Vec<String>,
        /// 0 several colours, 1 gradient, 2 one. Often wrong for one colour: the length of the list counts too.
        "ctype" => color_kind: i64,
        /// Left in percent; -1 unknown.
        "remain" => remain: i64,
        /// Nominal spool weight in g; 0 unknown.
        "tray_weight" => weight: i64,
        /// Nominal length in mm; 0 unknown.
        "total_len" => length: i64,
        /// Of the filament, in mm; 0 unknown.
        "tray_diameter" => diameter: f64,
        /// The vendor's article, such as `A00-K00`.
        "tray_id_name" => article: String,
        /// Bed temperature in °C; 0 unknown.
        "bed_temp" => bed: i64,
        /// Recommended drying temperature in °C; 0 none.
        "drying_temp" | "tray_temp" => drying_temp: i64,
        /// Recommended drying time in hours; 0 none.
        "drying_time" | "tray_time" => drying_hours: i64,
        /// Pressure advance.
        "k" => k: f64,
        /// Calibration profile; -1 the default.
        "cali_idx" => profile: i64,
        /// Lowest nozzle temperature in °C; 0 unknown.
        "nozzle_temp_min" => nozzle_min: i64,
        /// Highest nozzle temperature in °C; 0 unknown.
        "nozzle_temp_max" => nozzle_max: i64,
        /// RFID tag; zeros: none.
        "tag_uid" => tag: String,
        /// Spool identity; zeros: none.
        "tray_uuid" => uuid: String,
    }
}

merge_as_object!(Unit, DrySetting);

/// Bit of a unit in the masks of units; `None`: no bit is known for it.
pub fn unit_bit(unit: i64) -> Option<u32> {
    match unit {
        0..=3 => u32::try_from(unit).ok(),
        16 => Some(12),
        128..=135 => u32::try_from(unit - 124).ok(),
        _ => None,
    }
}

/// Bit of a slot in the masks of slots; `None`: no bit is known for it.
pub fn slot_bit(unit: i64, slot: i64) -> Option<u32> {
    let bit = match unit {
        0..=3 if (0..4).contains(&slot) => unit * 4 + slot,
        16 if (0..4).contains(&slot) => 24 + slot,
        128..=135 if slot == 0 => unit - 112,
        _ => return None,
    };
    u32::try_from(bit).ok()
}

impl AmsPart {
    /// Takes in a newer part, by the rules of spools: see [`AmsGroup`]'s merge. `at_rest`: the printer does nothing.
    pub(crate) fn merge_with(&mut self, mut newer: Self, full: bool, at_rest: bool) -> bool {
        if let Some(group) = &mut newer.group {
            if let Some(old) = &self.group {
                group.ignore_shutdown(old, full, at_rest);
            }
            // Of the newer list first: what it says of an absent slot is no change.
            let old = self.group.as_ref();
            let units_exist = group.units_exist.or(old.and_then(|old| old.units_exist));
            let trays_exist = group.trays_exist.or(old.and_then(|old| old.trays_exist));
            group.clear_absent(units_exist, trays_exist);
        }
        self.merge_fields(newer, full)
    }
}

impl AmsGroup {
    /// A P1 that is switched off clears all masks in its last words. The picture stays until the connection ends, so the
    /// masks are not taken in. A full report without units means what it says.
    fn ignore_shutdown(&mut self, old: &Self, full: bool, at_rest: bool) {
        let zero = |mask: Option<Hex>| mask.is_none_or(|mask| mask == Hex(0));
        let masks = [self.units_exist, self.trays_exist, self.trays_read, self.trays_reading];
        let goodbye = self.units_exist.is_some() && self.trays_exist.is_some() && masks.into_iter().all(zero);
        let gone = full && self.units.as_ref().is_some_and(|list| list.0.is_empty());
        let on = self.reads_at_start.or(old.reads_at_start) == Some(true);
        if goodbye && at_rest && !on && !gone && !zero(old.units_exist) {
            self.units_exist = None;
            self.trays_exist = None;
            self.trays_read = None;
            self.trays_reading = None;
        }
    }

    /// Takes out units whose bit is clear, and what is said of the filament in slots whose bit is clear.
    fn clear_absent(&mut self, units_exist: Option<Hex>, trays_exist: Option<Hex>) -> bool {
        let Some(ById(units)) = &mut self.units else { return false };
        let is_clear = |mask: Option<Hex>, bit: Option<u32>| mask.zip(bit).is_some_and(|(mask, bit)| !mask.bit(bit));
        let before = units.len();
        units.retain(|unit| !is_clear(units_exist, unit.id.and_then(unit_bit)));
        let mut changed = units.len() != before;
        for unit in units {
            let Some(id) = unit.id else { continue };
            for tray in unit.trays.iter_mut().flat_map(|list| &mut list.0) {
                if is_clear(trays_exist, tray.id.and_then(|slot| slot_bit(id, slot))) {
                    changed |= tray.clear();
                }
            }
        }
        changed
    }
}

impl Merge for AmsGroup {
    /// As an object; then what the masks say is not there is taken out of the lists, so that it cannot come back when
    /// only a part of a new spool is told.
    fn merge(&mut self, newer: Self, full: bool) -> bool {
        let changed = self.merge_fields(newer, full);
        self.clear_absent(self.units_exist, self.trays_exist) | changed
    }
}

impl HasId for Unit {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl HasId for Tray {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

/// Whether a tag or identity is none: nothing or zeros.
pub fn is_no_tag(text: &str) -> bool {
    text.chars().all(|c| c == '0')
}

impl Tray {
    /// Whether this is all that firmware sends for a slot that was emptied: `{"id"}`, or `{"id","state"}` with the
    /// presence bit clear.
    fn says_empty(&self) -> bool {
        self.state.is_none_or(|state| state & 1 == 0) && self.material.is_none() && {
            let rest = Self { id: None, state: None, ..self.clone() };
            rest == Self::default()
        }
    }

    /// Forgets the filament; tells whether there was any.
    fn clear(&mut self) -> bool {
        let cleared = Self { id: self.id, state: self.state, ..Self::default() };
        let changed = *self != cleared;
        *self = cleared;
        changed
    }

    /// Some firmware leaves the tag out of deltas as zeros. While the spool is the same, the known tag stays.
    fn keep_tag_of(&mut self, old: &Self) {
        let same = |new: &Option<String>, old: &Option<String>| new.is_none() || new == old;
        let stays = self.state.is_none_or(|state| state & 1 == 1)
            && same(&self.material, &old.material)
            && same(&self.color, &old.color)
            && same(&self.code, &old.code);
        if stays {
            for (new, old) in [(&mut self.tag, &old.tag), (&mut self.uuid, &old.uuid)] {
                if new.as_deref().is_some_and(is_no_tag) && old.as_deref().is_some_and(|old| !is_no_tag(old)) {
                    *new = None;
                }
            }
        }
    }
}

impl Merge for Tray {
    fn merge(&mut self, mut newer: Self, full: bool) -> bool {
        if newer.says_empty() {
            let state = newer.state.or(self.state);
            let moved = state != self.state;
            self.state = state;
            return self.clear() | moved;
        }
        newer.keep_tag_of(self);
        self.merge_fields(newer, full)
    }
}

/// What the AMS does, by the main byte of `ams_status` and, while filament is changed, its sub-step.
pub fn activity(status: i64) -> &'static str {
    match (status >> 8 & 0xFF, status & 0xFF) {
        (0, _) => "idle",
        (1, 2) => "heating the nozzle",
        (1, 3) => "cutting the filament",
        (1, 4) => "pulling the old filament back",
        (1, 5) => "feeding the new filament",
        (1, 6) => "feeding into the extruder",
        (1, 7) => "purging the old filament",
        (1, _) => "changing filament",
        (2, _) => "reading a tag",
        (3, _) => "feeding with the extruder",
        (4, _) => "calibrating",
        (0x10, _) => "checking itself",
        (0x20, _) => "in debug mode",
        _ => "unknown",
    }
}

/// What the tag reader does (`ams_rfid_status`).
pub fn tag_activity(status: i64) -> &'static str {
    match status {
        0 => "idle",
        1 => "reading",
        2 => "waiting for G-code",
        3 => "running G-code",
        4 => "assisting",
        5 => "switching filament",
        6 => "loaded",
        _ => "unknown",
    }
}

/// Why drying cannot start, by a number of `dry_sf_reason`.
pub fn dry_obstacle(reason: i64) -> std::borrow::Cow<'static, str> {
    let text = match reason {
        0 => "a job is running",
        1 => "not enough power",
        2 => "the AMS is busy",
        3 => "filament is at the outlet",
        4 => "it is starting already",
        5 => "not in 2D mode",
        6 => "it is drying already",
        7 => "a firmware update is running",
        8 => "it needs its own power plug",
        other => return format!("reason {other}").into(),
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::{Report, parse};

    fn report(fields: &str) -> Report {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":1,{fields}}}}}"#);
        *parse(json.as_bytes()).expect("JSON").report.expect("a report")
    }

    fn full(fields: &str) -> Report {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        *parse(json.as_bytes()).expect("JSON").report.expect("a report")
    }

    fn tray(report: &Report, unit: usize, tray: usize) -> &Tray {
        let units = report.ams.group.as_ref().and_then(|g| g.units.as_ref()).expect("units");
        &units.0[unit].trays.as_ref().expect("trays").0[tray]
    }

    const TWO: &str = r#""gcode_state":"IDLE","ams":{"ams_exist_bits":"3","tray_exist_bits":"13","power_on_flag":false,"ams":[
        {"id":"0","tray":[{"id":"0","tray_type":"PLA","tray_color":"FF0000FF","tag_uid":"A1B2","tray_uuid":"C3"},
                          {"id":"1","tray_type":"ABS"}]},{"id":"1","tray":[{"id":"0","tray_type":"TPU"}]}]}"#;

    #[test]
    fn a_bit_that_clears_takes_filament_and_units_away_for_good() {
        let mut state = full(TWO);
        assert!(state.merge(report(r#""ams":{"tray_exist_bits":"11"}"#)).ams);
        assert_eq!((tray(&state, 0, 1).id, tray(&state, 0, 1).material.as_deref()), (Some(1), None));
        // The slot fills again, and only its state is told: the old filament does not come back.
        state.merge(report(r#""ams":{"tray_exist_bits":"13","ams":[{"id":"0","tray":[{"id":"1","state":3}]}]}"#));
        assert_eq!(tray(&state, 0, 1).material, None);
        state.merge(report(r#""ams":{"ams_exist_bits":"1"}"#));
        let units = |state: &Report| state.ams.group.as_ref().and_then(|g| g.units.as_ref()).map_or(0, |u| u.0.len());
        assert_eq!(units(&state), 1);
        // A list that still names the unit brings no change.
        assert!(!state.merge(report(r#""ams":{"ams":[{"id":"1","tray":[{"id":"0","tray_type":"TPU"}]}]}"#)).ams);
        assert_eq!(units(&state), 1);
    }

    #[test]
    fn a_printer_that_goes_off_keeps_its_picture() {
        let zeros =
            r#""ams":{"ams_exist_bits":"0","tray_exist_bits":"0","tray_read_done_bits":"0","power_on_flag":false}"#;
        let mut state = full(TWO);
        assert!(!state.merge(report(zeros)).ams);
        assert_eq!(tray(&state, 1, 0).material.as_deref(), Some("TPU"));
        // In the middle of a job the same words mean that the AMS is gone.
        state.merge(report(r#""gcode_state":"RUNNING""#));
        assert!(state.merge(report(zeros)).ams);
        assert!(state.ams.group.as_ref().and_then(|g| g.units.as_ref()).is_some_and(|list| list.0.is_empty()));
        // A full report without units means it too.
        let mut state = full(TWO);
        state.merge(full(&zeros.replace(r#""ams":{"#, r#""ams":{"ams":[],"#)));
        assert!(state.ams.group.as_ref().and_then(|g| g.units.as_ref()).is_some_and(|list| list.0.is_empty()));
    }

    #[test]
    fn a_tag_stays_while_the_spool_is_the_same() {
        let delta = |rest: &str| {
            report(&format!(
                r#""ams":{{"ams":[{{"id":"0","tray":[{{"id":"0",{rest},"tag_uid":"0000","tray_uuid":"00"}}]}}]}}"#
            ))
        };
        let mut state = full(TWO);
        assert!(!state.merge(delta(r#""tray_type":"PLA","tray_color":"FF0000FF""#)).ams);
        assert_eq!(tray(&state, 0, 0).tag.as_deref(), Some("A1B2"));
        state.merge(delta(r#""tray_type":"PLA","tray_color":"00FF00FF""#));
        assert_eq!((tray(&state, 0, 0).tag.as_deref(), tray(&state, 0, 0).uuid.as_deref()), (Some("0000"), Some("00")));
    }

    #[test]
    fn bits_of_units_and_slots() {
        assert_eq!((unit_bit(3), unit_bit(16), unit_bit(128), unit_bit(254)), (Some(3), Some(12), Some(4), None));
        assert_eq!(
            (slot_bit(1, 3), slot_bit(16, 2), slot_bit(129, 0), slot_bit(255, 0)),
            (Some(7), Some(26), Some(17), None)
        );
        assert_eq!(
            (activity(768), activity(0x0104), activity(-1)),
            ("feeding with the extruder", "pulling the old filament back", "unknown")
        );
        assert_eq!((dry_obstacle(3).as_ref(), dry_obstacle(77).as_ref()), ("filament is at the outlet", "reason 77"));
    }
}
