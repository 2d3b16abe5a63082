//! The filament part of a report: AMS units, their trays, external spools.
//!
//! Numbers inside are mostly text. Units and trays merge by id; a tray that comes with its id alone has been emptied.

use super::wire::{ById, HasId, Hex, Merge, merge_as_object, wire};

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
        /// The tray in use, a flat number; 254 external, 255 none.
        "tray_now" => tray_now: i64,
        /// The tray aimed at; 255 none.
        "tray_tar" => tray_target: i64,
    }
}

wire! {
    /// One AMS unit.
    pub struct Unit {
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
        /// Bits: kind of unit, drying, which hotend it feeds.
        "info" => info: Hex,
        /// The slots.
        "tray" => trays: ById<Tray>,
    }
}

wire! {
    /// One slot.
    pub struct Tray {
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
        /// Left in percent; -1 unknown.
        "remain" => remain: i64,
        /// Nominal spool weight in g; 0 unknown.
        "tray_weight" => weight: i64,
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

merge_as_object!(AmsGroup, Unit);

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

impl Tray {
    /// Whether this is all that firmware sends for a slot that was emptied: `{"id"}`, or `{"id","state"}` with the
    /// presence bit clear.
    fn says_empty(&self) -> bool {
        let rest = Self { id: None, state: None, ..self.clone() };
        rest == Self::default() && self.state.is_none_or(|state| state & 1 == 0)
    }
}

impl Merge for Tray {
    fn merge(&mut self, newer: Self, full: bool) -> bool {
        if newer.says_empty() {
            let cleared = Self { id: self.id, state: newer.state.or(self.state), ..Self::default() };
            let changed = *self != cleared;
            *self = cleared;
            return changed;
        }
        self.merge_fields(newer, full)
    }
}
