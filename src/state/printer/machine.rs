//! What one printer can do, how it is set, and what it says of its body: door, storage, network, camera, firmware.
//!
//! Derived from the merged report like everything else. Where a plain field and a bit of new firmware say the same, the
//! plain one counts; the bits fill gaps.

mod abilities;
mod detections;
mod network;
mod options;
mod plate;
mod supports;
mod update;
mod video;

pub use abilities::{Abilities, hotends};
pub use detections::{Detections, Detector, Sensitivity};
pub use network::{Network, Quality};
pub use options::{DoorCheck, PrinterOptions};
pub use plate::BuildPlate;
pub(in crate::state) use supports::supports;
pub use update::{Update, UpdateStep};
pub use video::{LanView, Space, Video};

use crate::protocol::{
    flags::{Aux, Cfg, Fun, HomeFlag, Stat},
    machine::Storage,
    model::{DoorSensor, Model, version},
    report::Report,
};
use crate::state::printer::{
    fans::AirDuct,
    hotend::{Rack, Switching, Tool, TrackSwitch},
};

/// Which axes know where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the axes")]
pub struct Homed {
    pub x: bool,
    pub y: bool,
    pub z: bool,
}

impl Homed {
    /// Whether all do.
    pub fn all(self) -> bool {
        self.x && self.y && self.z
    }
}

/// Which boards inside answer; `None`: not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are the boards' names")]
pub struct Boards {
    pub ams_hub: Option<bool>,
    pub tag_reader: Option<bool>,
    pub extension: Option<bool>,
}

/// The machine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Machine {
    /// What it can do and show.
    pub abilities: Abilities,
    /// How it is set.
    pub options: PrinterOptions,
    /// The door; `None`: no sensor, or not said.
    pub door_open: Option<bool>,
    /// The storage for files.
    pub storage: Option<Storage>,
    /// Which axes know where they are.
    pub homed: Option<Homed>,
    /// Supply: 110 or 220 V.
    pub supply_volts: Option<u16>,
    /// How it is connected, by its own word.
    pub network: Network,
    /// How its camera is set.
    pub video: Video,
    /// What the camera watches.
    pub detections: Detections,
    /// Firmware updates.
    pub update: Update,
    /// Which boards inside answer.
    pub boards: Boards,
    /// The sensor at the extruder sees filament.
    pub filament_at_extruder: Option<bool>,
    /// A P1P has the upgrade kit of a P1S.
    pub upgrade_kit: Option<bool>,
    /// The air duct; `None`: it has none.
    pub air_duct: Option<AirDuct>,
    /// Two hotends taking turns; `None`: not said.
    pub switching: Option<Switching>,
    /// The hotend rack; `None`: it has none.
    pub rack: Option<Rack>,
    /// What the tool head carries besides hotends.
    pub tool: Option<Tool>,
    /// The filament track switch; `None`: it has none.
    pub track_switch: Option<TrackSwitch>,
}

impl Machine {
    /// Reads the merged report. `firmware`: its version, if it is known.
    pub fn read(report: &Report, model: Model, firmware: Option<&str>) -> Self {
        let part = &report.machine;
        let home = part.home_flag;
        let stat = part.stat.filter(|_| part.is_new());
        Self {
            abilities: Abilities::read(report, model),
            options: PrinterOptions::read(report),
            door_open: door_open(report, model, firmware),
            storage: storage(report),
            homed: home.map(|flags| Homed { x: flags.x_homed(), y: flags.y_homed(), z: flags.z_homed() }),
            supply_volts: home
                .map(HomeFlag::supply_220_v)
                .or(part.fun.filter(|_| part.is_new()).map(Fun::supply_220_v))
                .map(|high| if high { 220 } else { 110 }),
            network: Network::read(part, model),
            video: Video::read(report, home.map(HomeFlag::recording).or(stat.map(Stat::recording))),
            detections: Detections::read(part),
            update: Update::read(part),
            boards: part.online.as_ref().map_or_else(Boards::default, |online| Boards {
                ams_hub: online.hub,
                tag_reader: online.tag_reader,
                extension: online.extension,
            }),
            filament_at_extruder: part.filament_switch.map(|state| state != 0),
            upgrade_kit: home
                .map(HomeFlag::upgrade_kit)
                .or(part.cfg.filter(|_| part.is_new()).map(Cfg::upgrade_kit))
                .filter(|_| matches!(model, Model::P1P | Model::Unknown)),
            air_duct: AirDuct::read(report),
            switching: Switching::read(report),
            rack: Rack::read(report, model),
            tool: Tool::read(report),
            track_switch: TrackSwitch::read(report),
        }
    }
}

/// The X1 family has the door in `home_flag`, from a firmware on; newer models in `stat`.
fn door_open(report: &Report, model: Model, firmware: Option<&str>) -> Option<bool> {
    let part = &report.machine;
    match model.door_sensor()? {
        // Firmware with the new bit fields is newer than the one that began with the door.
        DoorSensor::HomeFlag { from } => {
            let known = part.is_new() || firmware.and_then(version).is_some_and(|version| version >= from);
            part.home_flag.filter(|_| known).map(HomeFlag::door_open)
        }
        DoorSensor::Stat => part.stat.map(Stat::door_open),
    }
}

/// The plain field says whether there is a storage, the bits also in what state it is.
fn storage(report: &Report) -> Option<Storage> {
    let part = &report.machine;
    let bits = part
        .home_flag
        .map(HomeFlag::storage)
        .or(part.aux.filter(|_| part.is_new()).map(Aux::storage))
        .map(Storage::from_bits);
    match (part.storage, bits) {
        (Some(Storage::Ok), Some(bits @ (Storage::Abnormal | Storage::ReadOnly))) => Some(bits),
        (plain, bits) => plain.or(bits),
    }
}

#[cfg(test)]
mod tests;
