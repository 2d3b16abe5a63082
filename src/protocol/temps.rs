//! The temperature and fan part of a report, in both generations: flat fields, and packed ones under `device`.

use super::{
    fans::Airduct,
    hotend::{ExtTool, Extruders, Holder, Nozzles, TrackSwitch},
    wire::{Packed, merge_as_object, wire},
};

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
        "ctt" | "mc_target_cham" => chamber_target: f64,
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
        /// Bed again, without an object around it.
        "bed_temp" => bed_temp: Packed,
        /// Chamber.
        "ctc" => chamber: Heater,
        /// Chamber again, early H2D firmware.
        "cham_temp" => chamber_temp: Packed,
        /// Hotends.
        "extruder" => extruder: Extruders,
        /// Nozzles, mounted and in the rack.
        "nozzle" => nozzle: Nozzles,
        /// Fans and air-duct mode.
        "airduct" => airduct: Airduct,
        /// The hotend rack.
        "holder" => holder: Holder,
        /// Laser, cutter or fan on the tool head.
        "ext_tool" => tool: ExtTool,
        /// The filament track switch.
        "fila_switch" => track_switch: TrackSwitch,
        /// Storage of the camera's files.
        "cam" => camera: DeviceCamera,
        /// The build plate.
        "plate" => plate: Plate,
    }
}

wire! {
    /// `device.cam`: where some firmware puts what others have in `ipcam`.
    pub struct DeviceCamera {
        /// Free internal storage in KiB.
        "tl_internal_free_kb" => internal_free: i64,
        /// All internal storage in KiB.
        "tl_internal_total_kb" => internal_total: i64,
        /// Free external storage in KiB.
        "tl_external_free_kb" => external_free: i64,
        /// All external storage in KiB.
        "tl_external_total_kb" => external_total: i64,
    }
}

wire! {
    /// `device.plate`
    pub struct Plate {
        /// The plate that lies there, such as `P0102`; empty: not known.
        "cur_id" => current: String,
        /// The plate that the job wants.
        "tar_id" => wanted: String,
    }
}

merge_as_object!(Plate, DeviceCamera, TempInfo, Heater, Device);
