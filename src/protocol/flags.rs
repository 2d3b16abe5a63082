//! Bit fields of a report, each bit by its name. Bit 0 is the lowest.
//!
//! `home_flag` is on every printer. `cfg`, `fun`, `fun2`, `aux` and `stat` came with newer firmware as hexadecimal text;
//! the new fields are in effect only where `cfg`, `fun`, `aux` and `stat` are all there
//! (see [`MachinePart::is_new`](super::machine::MachinePart::is_new)).

use super::wire::{Hex, Merge, Read};

/// Writes a bit field with a method for each bit. `hex`: hexadecimal text; `number`: a JSON number that may come as
/// decimal text, and negative, because firmware prints 32 unsigned bits as signed ones.
macro_rules! flags {
    ($(#[$meta:meta])* $form:ident $name:ident { $( $(#[$bit_meta:meta])* $bit:ident = $at:literal ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name(pub Hex);

        impl $name {
            $( $(#[$bit_meta])* pub fn $bit(self) -> bool { self.0.bit($at) } )*
        }

        impl Read for $name {
            fn from_int(v: i64) -> Option<Self> {
                $form::from_int(v).map(Self)
            }
            fn from_float(v: f64) -> Option<Self> {
                i64::from_float(v).and_then(Self::from_int)
            }
            fn from_text(v: &str) -> Option<Self> {
                $form::from_text(v).map(Self)
            }
        }
        impl Merge for $name {}
    };
}

/// How [`Hex`] reads: digits are hexadecimal, with or without quotes.
mod hex {
    pub(super) use super::{Hex, Read};

    pub(super) fn from_int(v: i64) -> Option<Hex> {
        Hex::from_int(v)
    }
    pub(super) fn from_text(v: &str) -> Option<Hex> {
        Hex::from_text(v)
    }
}

/// 32 bits as a decimal number with or without a sign.
mod number {
    pub(super) use super::{Hex, Read};

    pub(super) fn from_int(v: i64) -> Option<Hex> {
        let bits = u32::try_from(v).ok().or_else(|| i32::try_from(v).ok().map(i32::cast_unsigned))?;
        Some(Hex(u128::from(bits)))
    }
    pub(super) fn from_text(v: &str) -> Option<Hex> {
        i64::from_text(v).and_then(from_int)
    }
}

flags! {
    /// `home_flag`: what every printer says of itself.
    number HomeFlag {
        /// Bit 0: the X axis knows where it is.
        x_homed = 0,
        /// Bit 1: the Y axis knows where it is.
        y_homed = 1,
        /// Bit 2: the Z axis knows where it is.
        z_homed = 2,
        /// Bit 3: supplied with 220 V; else 110 V.
        supply_220_v = 3,
        /// Bit 4: recovers by itself from lost steps.
        auto_recovery = 4,
        /// Bit 5: the camera is recording now.
        recording = 5,
        /// Bit 7: the AMS estimates what is left on its spools.
        estimates_remaining = 7,
        /// Bit 10: another slot with the same filament takes over when one runs out.
        auto_refill = 10,
        /// Bit 11: files that were sent stay on the storage.
        keeps_files = 11,
        /// Bit 15: can calibrate the flow.
        can_calibrate_flow = 15,
        /// Bit 16: can calibrate pressure advance.
        can_calibrate_pressure_advance = 16,
        /// Bit 17: sounds a prompt.
        sound = 17,
        /// Bit 18: can sound a prompt. (Not "wired network", as is told elsewhere: it is set on printers without a socket.)
        can_sound = 18,
        /// Bit 19: can notice a tangled spool.
        can_detect_tangle = 19,
        /// Bit 20: looks for a tangled spool.
        detects_tangle = 20,
        /// Bit 21: can calibrate the noise of its motors.
        can_calibrate_motor_noise = 21,
        /// Bit 22: knows presets of its user.
        has_user_presets = 22,
        /// Bit 23: the door is open. X1 family only; other models use [`Stat::door_open`].
        door_open = 23,
        /// Bit 24: looks for a blob on the nozzle.
        detects_blob = 24,
        /// Bit 25: can look for a blob on the nozzle.
        can_detect_blob = 25,
        /// Bit 26: a P1P has the upgrade kit of a P1S.
        upgrade_kit = 26,
        /// Bit 27: takes the upgrade kit.
        takes_upgrade_kit = 27,
        /// Bit 28: looks for printing into the air.
        detects_air_print = 28,
        /// Bit 29: can look for printing into the air.
        can_detect_air_print = 29,
        /// Bit 30: can stream its camera by the service Agora.
        agora = 30,
    }
}

impl HomeFlag {
    /// Bits 8-9: the storage, as in [`Storage::from_bits`](super::machine::Storage::from_bits).
    pub fn storage(self) -> u32 {
        self.0.bits(8, 2)
    }
}

flags! {
    /// `cfg`: how the options of new firmware are set. Where a plain field says the same, that one counts.
    hex Cfg {
        /// Bit 0: the AMS reads the tag of a spool when it is put in.
        reads_on_insert = 0,
        /// Bit 1: the AMS reads all tags when the printer starts.
        reads_at_start = 1,
        /// Bit 2: an update is forced.
        forces_update = 2,
        /// Bit 3: the camera records while printing.
        records = 3,
        /// Bit 4: in 1080p; else 720p.
        full_hd = 4,
        /// Bit 5: makes a time-lapse.
        timelapse = 5,
        /// Bit 6: the vendor's cloud may not stream the camera.
        no_cloud_video = 6,
        /// Bit 7: the chamber light is on.
        chamber_light = 7,
        /// Bit 12: inspects the first layer.
        first_layer = 12,
        /// Bit 15: the camera watches the print.
        monitoring = 15,
        /// Bit 16: recovers by itself from lost steps.
        auto_recovery = 16,
        /// Bit 17: the AMS estimates what is left on its spools.
        estimates_remaining = 17,
        /// Bit 18: another slot takes over when one runs out.
        auto_refill = 18,
        /// Bit 19: files that were sent stay on the storage.
        keeps_files = 19,
        /// Bit 22: sounds a prompt.
        sound = 22,
        /// Bit 23: looks for a tangled spool.
        detects_tangle = 23,
        /// Bit 24: looks for a blob on the nozzle.
        detects_blob = 24,
        /// Bit 25: has the upgrade kit.
        upgrade_kit = 25,
    }
}

impl Cfg {
    /// Bits 8-10: the speed profile, 1..=4.
    pub fn speed_level(self) -> i64 {
        i64::from(self.0.bits(8, 3))
    }

    /// Bits 13-14: what watching the print leads to: 0 never halt, 1 low, 2 medium, 3 high.
    pub fn sensitivity(self) -> u32 {
        self.0.bits(13, 2)
    }

    /// Bits 20-21: what an open door does to a print: 0 nothing, 1 a warning, 2 a pause.
    pub fn door_check(self) -> u32 {
        self.0.bits(20, 2)
    }

    /// Bits 32-33: protection against heating while idle.
    pub fn idle_heating_protection(self) -> u32 {
        self.0.bits(32, 2)
    }

    /// Bits 36-37: purification of the chamber's air.
    pub fn air_purification(self) -> u32 {
        self.0.bits(36, 2)
    }

    /// Bits 38-39: snapshots.
    pub fn snapshot(self) -> u32 {
        self.0.bits(38, 2)
    }
}

flags! {
    /// `fun`: what the firmware can do. Absent on P1, A1 and old X1.
    hex Fun {
        /// Bit 1: can stream its camera by the service Agora.
        agora = 1,
        /// Bit 2: supplied with 220 V; else 110 V.
        supply_220_v = 2,
        /// Bit 6: can calibrate the flow.
        can_calibrate_flow = 6,
        /// Bit 7: can calibrate pressure advance.
        can_calibrate_pressure_advance = 7,
        /// Bit 8: can sound a prompt.
        can_sound = 8,
        /// Bit 9: can notice a tangled spool.
        can_detect_tangle = 9,
        /// Bit 10: can calibrate the noise of its motors.
        can_calibrate_motor_noise = 10,
        /// Bit 11: knows presets of its user.
        has_user_presets = 11,
        /// Bit 12: has an option for an open door.
        has_door_check = 12,
        /// Bit 13: can look for a blob on the nozzle.
        can_detect_blob = 13,
        /// Bit 14: takes the upgrade kit.
        takes_upgrade_kit = 14,
        /// Bit 28: keeps time-lapses in internal storage.
        internal_timelapse = 28,
        /// Bit 29: commands must be signed, so developer mode is off.
        signed_commands = 29,
        /// Bit 31: can stream its camera by the service brtc.
        brtc = 31,
        /// Bit 32: homes by a command of its own.
        homes_by_command = 32,
        /// Bit 38: moves axes by a command of its own.
        moves_by_command = 38,
        /// Bit 39: heats the bed by a command of its own.
        heats_bed_by_command = 39,
        /// Bit 40: has the new automatic calibration.
        new_calibration = 40,
        /// Bit 42: the new spaghetti detection.
        spaghetti = 42,
        /// Bit 43: detection of a pile of purged filament.
        purge_pile = 43,
        /// Bit 44: detection of a clump on the nozzle.
        nozzle_clump = 44,
        /// Bit 45: detection of printing into the air.
        air_print = 45,
        /// Bit 46: filters air while cooling.
        cooling_filter = 46,
        /// Bit 48: helps to change the external spool.
        helps_external_change = 48,
        /// Bit 49: skips objects.
        skips_objects = 49,
        /// Bit 60: has a hotend rack.
        hotend_rack = 60,
        /// Bit 62: has protection against heating while idle.
        idle_heating_protection = 62,
    }
}

flags! {
    /// `fun2`: more of what the firmware can do. Some firmware writes it without letters; it is hexadecimal all the same.
    hex Fun2 {
        /// Bit 0: prints from internal storage.
        internal_storage = 0,
        /// Bit 2: checks how the plate lies.
        plate_alignment = 2,
        /// Bit 3: has a mode for pressure advance.
        pressure_advance_mode = 3,
        /// Bit 4: purifies the chamber's air.
        air_purification = 4,
        /// Bit 5: dries filament by command.
        remote_drying = 5,
        /// Bit 6: shall not show how much filament is left.
        hides_remaining = 6,
        /// Bit 7: takes TPU in the left hotend.
        tpu_left = 7,
    }
}

flags! {
    /// `aux`: storage and accessories.
    hex Aux {
        /// Bit 26: the time-lapse kit is fitted.
        timelapse_kit = 26,
        /// Bit 29: the filament track switch is fitted.
        track_switch = 29,
    }
}

impl Aux {
    /// Bits 12-13: the storage, as in [`Storage::from_bits`](super::machine::Storage::from_bits).
    pub fn storage(self) -> u32 {
        self.0.bits(12, 2)
    }
}

flags! {
    /// `stat`: what new firmware does now.
    hex Stat {
        /// Bit 7: the camera is recording now.
        recording = 7,
        /// Bit 23: the door is open. H2, P2S and X2D; the X1 family has another use for this bit.
        door_open = 23,
    }
}

flags! {
    /// `flag3`: P1 and A1.
    number Flag3 {
        /// Bit 3: the filament of a slot can be edited while printing.
        edits_while_printing = 3,
        /// Bit 9: AMS units carry `info`.
        new_ams = 9,
        /// Bit 13: a change of filament can be broken off.
        aborts_change = 13,
    }
}

flags! {
    /// `xcam.cfg`: detections of new firmware. A bit means something only where [`Fun`] or [`Fun2`] has the detection.
    number XcamCfg {
        /// Bit 20: a plate that lies askew.
        plate_alignment = 20,
    }
}

/// A detection of [`XcamCfg`] with a sensitivity of its own, by its bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XcamDetection {
    /// Spaghetti.
    Spaghetti = 7,
    /// A pile of purged filament.
    PurgePile = 10,
    /// A clump on the nozzle.
    NozzleClump = 13,
    /// Printing into the air.
    AirPrint = 16,
}

impl XcamCfg {
    /// Whether something is watched for.
    pub fn detects(self, what: XcamDetection) -> bool {
        self.0.bit(what as u32)
    }

    /// How readily, in the two bits above: 0 low, 1 medium, 2 high.
    pub fn sensitivity(self, what: XcamDetection) -> u32 {
        self.0.bits(what as u32 + 1, 2)
    }
}

flags! {
    /// `info` of an AMS unit.
    hex UnitInfo {}
}

impl UnitInfo {
    /// Bits 0-3: 1 AMS, 2 AMS Lite, 3 AMS 2 Pro, 4 AMS HT, 5 the A2L's AMS Lite.
    pub fn kind(self) -> u32 {
        self.0.bits(0, 4)
    }

    /// Bits 4-7: drying: 0 off, 1 checking, 2 drying, 3 cooling, 4 stopping, 5 error, 6 the heater does not stop,
    /// 7 testing.
    pub fn drying(self) -> u32 {
        self.0.bits(4, 4)
    }

    /// Bits 8-11: the hotend that it feeds: 0 right or only, 1 left, 14 not initialised or behind a track switch.
    pub fn hotend(self) -> u32 {
        self.0.bits(8, 4)
    }

    /// Bits 18-19 and 20-21: the two drying fans; 0 is off.
    pub fn dry_fans(self) -> [u32; 2] {
        [self.0.bits(18, 2), self.0.bits(20, 2)]
    }

    /// Bits 22-25: 0 idle, 1 heating, 2 dehumidifying.
    pub fn dry_phase(self) -> u32 {
        self.0.bits(22, 4)
    }
}

flags! {
    /// `device.extruder.state`.
    number ExtruderState {
        /// Bit 19: filament is being loaded.
        is_loading = 19,
    }
}

impl ExtruderState {
    /// Bits 0-3: how many hotends there are.
    pub fn count(self) -> u32 {
        self.0.bits(0, 4)
    }

    /// Bits 4-7: the hotend in use; `None` while it is being switched.
    pub fn active(self) -> Option<i64> {
        Some(i64::from(self.0.bits(4, 4))).filter(|id| *id != 15)
    }

    /// Bits 8-11: the hotend aimed at.
    pub fn target(self) -> Option<i64> {
        Some(i64::from(self.0.bits(8, 4))).filter(|id| *id != 15)
    }

    /// Bits 12-14: 0 idle, 1 busy, 2 switching, 3 failed.
    pub fn switching(self) -> u32 {
        self.0.bits(12, 3)
    }

    /// Bits 15-18: the hotend that filament is loaded into, while [`Self::is_loading`].
    pub fn loads_into(self) -> Option<i64> {
        self.is_loading().then(|| i64::from(self.0.bits(15, 4)))
    }
}

flags! {
    /// `info` of a hotend.
    number ExtruderInfo {
        /// Bit 1: filament is in the hotend.
        has_filament = 1,
        /// Bit 2: filament is in the buffer before it.
        buffer_has_filament = 2,
        /// Bit 3: a nozzle is mounted.
        has_nozzle = 3,
    }
}

flags! {
    /// `stat` of a nozzle.
    number NozzleStat {
        /// Bit 0: what was read of it cannot be relied on.
        is_unreliable = 0,
    }
}

impl NozzleStat {
    /// Bits 1-2: 0 normal, 1 abnormal, 2 unknown.
    pub fn health(self) -> u32 {
        self.0.bits(1, 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::wire::Maybe;

    fn read<T: Read>(json: &str) -> T {
        serde_json::from_str::<Maybe<T>>(json).expect("JSON").0.expect("readable")
    }

    #[test]
    fn numbers_are_decimal_and_may_be_negative() {
        // Two printers: an A1, and an H2C whose number has its highest bit set.
        let a1: HomeFlag = read("863847839");
        assert!(a1.x_homed() && a1.supply_220_v() && a1.can_sound() && a1.detects_blob() && !a1.door_open());
        let h2c: HomeFlag = read("\"-1066969954\"");
        assert_eq!(h2c.0, Hex(0xC067_549E));
        assert_eq!((h2c.storage(), h2c.auto_recovery(), h2c.x_homed()), (0, true, false));
        assert_eq!(number::from_int(-3_000_000_000), None);
        assert_eq!(read::<XcamCfg>("1797559").sensitivity(XcamDetection::Spaghetti), 1);
    }

    #[test]
    fn hexadecimal_text_reads_with_and_without_letters() {
        let fun: Fun = read("\"1AFFF9CFF\"");
        assert!(fun.signed_commands() && !fun.0.bit(34));
        assert!(!read::<Fun>("\"4027FF18FFF9CB3\"").signed_commands());
        assert_eq!(read::<Fun2>("10").0, Hex(0x10));
        assert!(read::<Stat>("\"46A58008\"").door_open() && !read::<Stat>("\"46258008\"").door_open());
        let info: UnitInfo = read("\"142023\"");
        assert_eq!((info.kind(), info.drying(), info.dry_fans(), info.hotend()), (3, 2, [1, 1], 0));
    }

    #[test]
    fn the_state_of_two_hotends() {
        let state: ExtruderState = read("274");
        assert_eq!((state.count(), state.active(), state.target(), state.switching()), (2, Some(1), Some(1), 0));
        let state: ExtruderState = read("8690");
        assert_eq!((state.active(), state.target(), state.switching()), (None, Some(1), 2));
        assert_eq!(state.loads_into(), None);
    }
}
