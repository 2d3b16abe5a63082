//! How a printer is set, and the bit fields in which its reports say so.

use crate::protocol::model::Model;
use crate::simulator::report::Family;

/// A detection that halts a print: on, and how soon, from 0 (low) to 2 (high).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct Watch {
    pub on: bool,
    pub sensitivity: u8,
}

impl Watch {
    const MEDIUM: Self = Self { on: true, sensitivity: 1 };
}

/// Options that stay until somebody changes them, named as the commands and reports name them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the options' names")]
pub struct SimulatedOptions {
    pub record: bool,
    pub timelapse: bool,
    pub full_hd: bool,
    pub first_layer: bool,
    pub monitor: bool,
    pub plate_marker: bool,
    pub skip_parts: bool,
    /// `never_halt`, `low`, `medium`, `high`.
    pub halt_sensitivity: &'static str,
    pub spaghetti: Watch,
    pub pileup: Watch,
    pub clump: Watch,
    pub air_print_camera: Watch,
    pub plate_offset: bool,
    pub auto_recovery: bool,
    pub sound: bool,
    pub tangle: bool,
    pub blob: bool,
    pub air_print: bool,
    pub auto_refill: bool,
    pub keep_files: bool,
    pub estimate: bool,
    pub on_insert: bool,
    pub at_start: bool,
    pub door_check: u8,
    pub air_purification: u8,
    /// Hundredths of a millimetre, and the material.
    pub nozzle: (u16, String),
}

/// What a model's reports say beside the options: what it supports, and what never changes.
fn home_base(model: Model) -> u32 {
    match model {
        Model::A1 | Model::A1Mini | Model::A2L => 0x337D_459F,
        Model::P1P | Model::P1S => 0x0063_4598,
        _ => 0xC065_CD90,
    }
}

fn cfg_base(model: Model) -> u64 {
    if Family::of(model) == Family::X1 { 0xF_B299 } else { 0x3C57_DA99 }
}

const XCAM_BASE: u32 = 224_695;

/// `fun`: what the firmware can do, without the bit of signed commands.
pub fn fun(model: Model) -> u64 {
    match model {
        Model::P2S => 0x6002_9FD1_83FF_9CB7,
        Model::H2C => 0x1402_3FF1_8FFF_9CB7,
        Model::X1 | Model::X1C | Model::X1E => 0x11_830F_9CFB,
        _ => 0x41_8FFF_9CFB,
    }
}

/// `fun2`: what newer firmware can do; older firmware has no such field.
pub fn fun2(model: Model) -> Option<u32> {
    match model {
        Model::P2S => Some(0x1),
        // What a real one said, and newer firmware that purifies the chamber's air.
        Model::H2C => Some(0x1E),
        _ => None,
    }
}

/// Looks for printing into the air with its camera.
pub(super) fn sees_air_print(model: Model) -> bool {
    fun(model) >> 45 & 1 == 1
}

/// Checks how the plate lies.
pub(super) fn checks_alignment(model: Model) -> bool {
    fun2(model).is_some_and(|bits| bits >> 2 & 1 == 1)
}

/// Purifies the chamber's air.
pub(super) fn purifies_air(model: Model) -> bool {
    fun2(model).is_some_and(|bits| bits >> 4 & 1 == 1)
}

/// Puts a truth, or a number of several bits, into a bit field.
fn put(field: &mut u64, at: u32, width: u32, value: u64) {
    let mask = ((1 << width) - 1) << at;
    *field = *field & !mask | (value << at & mask);
}

impl SimulatedOptions {
    /// The options of a new printer: as its bit fields have them.
    pub fn new(model: Model) -> Self {
        let (home, cfg) = (home_base(model), cfg_base(model));
        let home = |bit: u32| home >> bit & 1 == 1;
        let plain = matches!(Family::of(model), Family::Old);
        let steel = if plain { "stainless_steel" } else { "hardened_steel" };
        Self {
            record: true,
            timelapse: false,
            full_hd: true,
            first_layer: true,
            monitor: true,
            plate_marker: true,
            skip_parts: false,
            halt_sensitivity: "medium",
            spaghetti: Watch::MEDIUM,
            pileup: Watch::MEDIUM,
            clump: Watch::MEDIUM,
            air_print_camera: Watch::MEDIUM,
            plate_offset: false,
            auto_recovery: home(4),
            sound: home(17),
            tangle: home(20),
            blob: home(24),
            air_print: home(28),
            auto_refill: home(10),
            keep_files: home(11),
            estimate: home(7),
            on_insert: true,
            at_start: false,
            door_check: (cfg >> 20 & 3) as u8,
            air_purification: 0,
            nozzle: (40, if model == Model::P2S { "HS01".to_owned() } else { steel.to_owned() }),
        }
    }

    /// `home_flag`: the options, which axes are homed, whether the camera records now.
    pub fn home_flag(&self, model: Model, homed: [bool; 3], recording: bool) -> i64 {
        let mut field = u64::from(home_base(model));
        for (at, homed) in homed.into_iter().enumerate() {
            put(&mut field, at as u32, 1, homed.into());
        }
        for (bit, value) in [
            (4, self.auto_recovery),
            (5, recording),
            (7, self.estimate),
            (10, self.auto_refill),
            (11, self.keep_files),
            (17, self.sound),
            (20, self.tangle),
            (24, self.blob),
            (28, self.air_print),
        ] {
            put(&mut field, bit, 1, value.into());
        }
        // Firmware prints 32 unsigned bits as a signed number.
        i64::from((field as u32).cast_signed())
    }

    /// `cfg`: the options of new firmware, the chamber light, the speed profile.
    pub fn cfg(&self, model: Model, light: bool, speed: u8) -> u64 {
        let mut field = cfg_base(model);
        let sensitivity = ["never_halt", "low", "medium", "high"].iter().position(|s| *s == self.halt_sensitivity);
        for (bit, width, value) in [
            (0, 1, self.on_insert.into()),
            (1, 1, self.at_start.into()),
            (3, 1, self.record.into()),
            (4, 1, self.full_hd.into()),
            (5, 1, self.timelapse.into()),
            (7, 1, light.into()),
            (8, 3, speed.into()),
            (12, 1, self.first_layer.into()),
            (13, 2, sensitivity.unwrap_or(2) as u64),
            (15, 1, self.monitor.into()),
            (16, 1, self.auto_recovery.into()),
            (17, 1, self.estimate.into()),
            (18, 1, self.auto_refill.into()),
            (19, 1, self.keep_files.into()),
            (20, 2, self.door_check.into()),
            (22, 1, self.sound.into()),
            (23, 1, self.tangle.into()),
            (24, 1, self.blob.into()),
            (36, 2, self.air_purification.into()),
        ] {
            put(&mut field, bit, width, value);
        }
        field
    }

    /// `xcam.cfg`: the detections of new firmware, each with its sensitivity in the two bits above.
    pub fn xcam_cfg(&self) -> i64 {
        let mut field = u64::from(XCAM_BASE);
        for (bit, watch) in [(7, self.spaghetti), (10, self.pileup), (13, self.clump), (16, self.air_print_camera)] {
            put(&mut field, bit, 1, watch.on.into());
            put(&mut field, bit + 1, 2, watch.sensitivity.into());
        }
        put(&mut field, 20, 1, self.plate_offset.into());
        field as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_printer_says_what_real_ones_said() {
        let home = |model, homed| SimulatedOptions::new(model).home_flag(model, homed, false);
        assert_eq!(home(Model::A1, [true; 3]), 863_847_839);
        assert_eq!(home(Model::P1S, [false; 3]), 6_505_880);
        assert_eq!(home(Model::X1C, [false; 3]), -1_067_070_064);
        assert_eq!(SimulatedOptions::new(Model::H2D).xcam_cfg(), 224_695);
        let cfg = SimulatedOptions::new(Model::H2D).cfg(Model::H2D, true, 2);
        assert_eq!((cfg >> 7 & 1, cfg >> 8 & 7, cfg >> 20 & 3), (1, 2, 1));
    }
}
