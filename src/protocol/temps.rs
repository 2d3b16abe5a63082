//! The temperature and fan part of a report, in both generations: flat fields, and packed ones under `device`.

use super::wire::{ById, HasId, Packed, merge_as_object, wire};

wire! {
    /// Temperatures (°C) and fans of `print`.
    pub struct TempsPart {
        /// The active or only hotend.
        "nozzle_temper" => nozzle: f64,
        /// Its target.
        "nozzle_target_temper" => nozzle_target: f64,
        /// Bed.
        "bed_temper" => bed: f64,
        /// Its target.
        "bed_target_temper" => bed_target: f64,
        /// Chamber; a constant 5 on models without a sensor, packed above 500.
        "chamber_temper" => chamber: f64,
        /// Chamber target on some firmware.
        "ctt" => chamber_target: f64,
        /// Chamber on new firmware.
        "info" => info: TempInfo,
        /// Part cooling fan in steps 0..=15.
        "cooling_fan_speed" => part_fan_step: i64,
        /// Auxiliary fan in steps.
        "big_fan1_speed" => aux_fan_step: i64,
        /// Chamber fan in steps.
        "big_fan2_speed" => chamber_fan_step: i64,
        /// Hotend fan in steps.
        "heatbreak_fan_speed" => hotend_fan_step: i64,
        /// Byte 0 part, byte 1 auxiliary, byte 2 chamber fan; each 0..=255.
        "fan_gear" => fan_gear: i64,
    }
}

wire! {
    /// An object with one packed temperature.
    pub struct TempInfo {
        /// Current and target in °C.
        "temp" => temp: Packed,
    }
}

wire! {
    /// `device.bed`, `device.ctc`: an `info` object around the temperature.
    pub struct Heater {
        /// The temperature.
        "info" => info: TempInfo,
    }
}

wire! {
    /// `device`: the form of X1 (new firmware), P2S, X2D and H2.
    pub struct Device {
        /// Bed.
        "bed" => bed: Heater,
        /// Chamber.
        "ctc" => chamber: Heater,
        /// Hotends.
        "extruder" => extruder: Extruders,
        /// Nozzles, mounted and in the rack.
        "nozzle" => nozzle: Nozzles,
        /// Fans and air-duct mode.
        "airduct" => airduct: Airduct,
    }
}

wire! {
    /// `device.extruder`
    pub struct Extruders {
        /// Bits 0-3 count, 4-7 active id (15 switching), 8-11 target id.
        "state" => state: i64,
        /// One entry a hotend: id 0 right or only, 1 left.
        "info" => info: ById<Extruder>,
    }
}

wire! {
    /// One hotend.
    pub struct Extruder {
        /// 0 right or only, 1 left.
        "id" => id: i64,
        /// Current and target in °C.
        "temp" => temp: Packed,
        /// Filament slot in use, packed as AMS id and slot.
        "snow" => slot_now: i64,
        /// Slot aimed at; differs from `snow` during a change.
        "star" => slot_target: i64,
    }
}

wire! {
    /// `device.nozzle`
    pub struct Nozzles {
        /// Mounted ones have ids 0 and 1; 16..=21 stand in the rack. Not a list on old X1C firmware.
        "info" => info: ById<Nozzle>,
    }
}

wire! {
    /// One nozzle.
    pub struct Nozzle {
        /// See [`Nozzles::info`].
        "id" => id: i64,
        /// In mm.
        "diameter" => diameter: f64,
        /// A code such as `HS01`.
        "type" => kind: String,
    }
}

wire! {
    /// `device.airduct`
    pub struct Airduct {
        /// -1 none, 0 cooling, 1 heating, 2 exhaust, 3 full cooling.
        "modeCur" => mode: i64,
        /// The fans.
        "parts" => parts: Vec<AirPart>,
    }
}

wire! {
    /// One fan of the air duct.
    pub struct AirPart {
        /// 16 × part number, plus a type in the low four bits.
        "id" => id: i64,
        /// Percent in the low eight bits.
        "state" => state: i64,
    }
}

merge_as_object!(TempInfo, Heater, Device, Extruders, Extruder, Nozzles, Nozzle, Airduct);

impl HasId for Extruder {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl HasId for Nozzle {
    fn id(&self) -> Option<i64> {
        self.id
    }
}
