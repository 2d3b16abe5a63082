//! How a printer is set: options that stay until somebody changes them.

use crate::protocol::{
    flags::{Cfg, Fun, Fun2, HomeFlag},
    report::Report,
};

/// What an open door does to a print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorCheck {
    /// Nothing.
    Off,
    /// It warns.
    Warn,
    /// It pauses.
    Pause,
}

impl DoorCheck {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Pause => "pause",
        }
    }
}

/// Options; `None`: the printer does not have it, or has not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrinterOptions {
    /// Recovers by itself from lost steps.
    pub auto_recovery: Option<bool>,
    /// Sounds a prompt.
    pub sound: Option<bool>,
    /// Looks for a tangled spool.
    pub tangle: Option<bool>,
    /// Looks for a blob on the nozzle.
    pub blob: Option<bool>,
    /// Looks for printing into the air.
    pub air_print: Option<bool>,
    /// Another slot takes over when one runs out.
    pub auto_refill: Option<bool>,
    /// The AMS estimates what is left on its spools.
    pub estimates_remaining: Option<bool>,
    /// The AMS reads the tag of a spool when it is put in.
    pub reads_on_insert: Option<bool>,
    /// The AMS reads all tags when the printer starts.
    pub reads_at_start: Option<bool>,
    /// Files that were sent stay on the storage.
    pub keeps_files: Option<bool>,
    /// What an open door does to a print.
    pub door_check: Option<DoorCheck>,
    /// Protection against heating while idle; 0 is off.
    pub idle_heating_protection: Option<u8>,
    /// Purification of the chamber's air; 0 is off.
    pub air_purification: Option<u8>,
    /// Snapshots while printing; 0 is off.
    pub snapshot: Option<u8>,
}

impl PrinterOptions {
    /// Reads the merged report.
    pub fn read(report: &Report) -> Self {
        let part = &report.machine;
        let home = part.home_flag;
        let new = part.is_new();
        let cfg = part.cfg.filter(|_| new);
        let fun = part.fun.filter(|_| new);
        let fun2 = part.fun2.filter(|_| new);
        let ams = report.ams.group.as_ref();
        let flag = |plain: fn(HomeFlag) -> bool, gap: fn(Cfg) -> bool| home.map(plain).or(cfg.map(gap));
        // An option counts only where the printer has it, by whichever field says so.
        // Where the new flags are there they replace the old ones.
        let has = |plain: fn(HomeFlag) -> bool, new: fn(Fun) -> bool| fun.map_or(home.is_some_and(plain), new);
        let level = |has: bool, bits: fn(Cfg) -> u32| cfg.filter(|_| has).map(|cfg| bits(cfg) as u8);
        Self {
            auto_recovery: flag(HomeFlag::auto_recovery, Cfg::auto_recovery),
            sound: flag(HomeFlag::sound, Cfg::sound).filter(|_| has(HomeFlag::can_sound, Fun::can_sound)),
            tangle: flag(HomeFlag::detects_tangle, Cfg::detects_tangle)
                .filter(|_| has(HomeFlag::can_detect_tangle, Fun::can_detect_tangle)),
            blob: flag(HomeFlag::detects_blob, Cfg::detects_blob)
                .filter(|_| has(HomeFlag::can_detect_blob, Fun::can_detect_blob)),
            air_print: home.filter(|home| home.can_detect_air_print()).map(HomeFlag::detects_air_print),
            auto_refill: flag(HomeFlag::auto_refill, Cfg::auto_refill),
            estimates_remaining: home
                .map(HomeFlag::estimates_remaining)
                .or(ams.and_then(|a| a.estimates))
                .or(cfg.map(Cfg::estimates_remaining)),
            reads_on_insert: ams.and_then(|a| a.reads_on_insert).or(cfg.map(Cfg::reads_on_insert)),
            reads_at_start: ams.and_then(|a| a.reads_at_start).or(cfg.map(Cfg::reads_at_start)),
            keeps_files: flag(HomeFlag::keeps_files, Cfg::keeps_files),
            door_check: cfg.filter(|_| fun.is_some_and(Fun::has_door_check)).and_then(|c| match c.door_check() {
                0 => Some(DoorCheck::Off),
                1 => Some(DoorCheck::Warn),
                2 => Some(DoorCheck::Pause),
                _ => None,
            }),
            idle_heating_protection: level(fun.is_some_and(Fun::idle_heating_protection), Cfg::idle_heating_protection),
            air_purification: level(fun2.is_some_and(Fun2::air_purification), Cfg::air_purification),
            snapshot: level(true, Cfg::snapshot),
        }
    }
}
