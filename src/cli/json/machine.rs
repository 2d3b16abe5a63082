//! The machine as JSON: what it can do, how it is set, and the rest of what it says.

use crate::{
    protocol::{fans::FanPart, module::Module},
    state::printer::{
        Printer,
        fans::{AirDuct, AirMode, DuctFan, ModeRow},
        machine::{
            Abilities, Boards, BuildPlate, Detections, Detector, DoorCheck, Homed, LanView, Network, PrinterOptions,
            Quality, Sensitivity, Space, Update, UpdateStep, Video,
        },
    },
};
use serde::Serialize;

/// What a printer has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AbilitiesJson {
    /// A sensor for the chamber's temperature.
    chamber_sensor: bool,
    /// A heater of the chamber.
    chamber_heater: bool,
    /// A second chamber light.
    second_light: bool,
    /// Number of hotends.
    hotends: u8,
    /// A rack of hotends.
    rack: bool,
    /// The auxiliary fan on the right.
    aux_fan: bool,
    /// The one on the left.
    second_aux_fan: bool,
    /// A fan of the chamber.
    chamber_fan: bool,
    /// An air duct with modes.
    air_duct: bool,
    /// A sensor at the door.
    door_sensor: bool,
    /// A socket for a network cable.
    wired_network: bool,
    /// A camera.
    camera: bool,
}

impl From<Abilities> for AbilitiesJson {
    fn from(has: Abilities) -> Self {
        Self {
            chamber_sensor: has.chamber_sensor,
            chamber_heater: has.chamber_heater,
            second_light: has.second_light,
            hotends: has.hotends,
            rack: has.rack,
            aux_fan: has.aux_fan,
            second_aux_fan: has.second_aux_fan,
            chamber_fan: has.chamber_fan,
            air_duct: has.air_duct,
            door_sensor: has.door_sensor,
            wired_network: has.wired_network,
            camera: has.camera,
        }
    }
}

/// The air duct.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AirDuctJson {
    /// `cooling`, `heating`, `exhaust`, `full cooling`, `initialising`.
    mode: Option<&'static str>,
    /// While cooling: the air goes through the filter.
    filters: Option<bool>,
    /// The modes that can be chosen.
    modes: Vec<AirModeJson>,
    /// Its fans.
    fans: Vec<DuctFanJson>,
}

/// A mode of the air duct.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AirModeJson {
    /// As `air_duct.mode`.
    mode: Option<&'static str>,
    /// The fans that a person may set in it.
    controls: Vec<&'static str>,
    /// The fans that are off in it.
    off: Vec<&'static str>,
}

/// A fan of the air duct.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DuctFanJson {
    /// As the keys of `fans`; also `board`, `other`.
    name: &'static str,
    /// Percent now.
    percent: Option<u8>,
    /// Percent aimed at.
    target: Option<u8>,
    /// Lowest percent it can be set to.
    min: Option<u8>,
    /// Highest percent it can be set to.
    max: Option<u8>,
}

/// The name of a mode. A number that is not known is no mode.
fn mode_name(mode: AirMode) -> Option<&'static str> {
    (!matches!(mode, AirMode::Other(_))).then(|| mode.name())
}

impl From<&AirDuct> for AirDuctJson {
    fn from(duct: &AirDuct) -> Self {
        Self {
            mode: duct.mode.and_then(mode_name),
            filters: duct.filters,
            modes: duct.modes.iter().map(Into::into).collect(),
            fans: duct.fans.iter().map(Into::into).collect(),
        }
    }
}

impl From<&ModeRow> for AirModeJson {
    fn from(row: &ModeRow) -> Self {
        let names = |parts: &[FanPart]| parts.iter().map(|part| part.name()).collect();
        Self { mode: mode_name(row.mode), controls: names(&row.controls), off: names(&row.off) }
    }
}

impl From<&DuctFan> for DuctFanJson {
    fn from(fan: &DuctFan) -> Self {
        let (min, max) = fan.range.unzip();
        Self { name: fan.part.name(), percent: fan.now, target: fan.target, min, max }
    }
}

/// Build plates, as the printer names them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct BuildPlateJson<'a> {
    /// The one that lies there.
    current: Option<&'a str>,
    /// The one that the job wants.
    wanted: Option<&'a str>,
}

impl<'a> From<BuildPlate<'a>> for BuildPlateJson<'a> {
    fn from(plate: BuildPlate<'a>) -> Self {
        Self { current: plate.current, wanted: plate.wanted }
    }
}

/// How a printer is connected, by its own word.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct NetworkJson {
    /// The cable is in use.
    wired: Option<bool>,
    /// Address of the first interface that is up.
    ip: Option<String>,
    /// Its mask.
    mask: Option<String>,
    /// Wi-Fi signal in dBm; null over a cable.
    wifi_dbm: Option<i32>,
    /// How good the signal is: `excellent`, `good`, `fair`, `poor`.
    quality: Option<&'static str>,
}

impl From<Network> for NetworkJson {
    fn from(network: Network) -> Self {
        Self {
            wired: network.wired,
            ip: network.ip.map(|ip| ip.to_string()),
            mask: network.mask.map(|mask| mask.to_string()),
            wifi_dbm: network.wifi_dbm,
            quality: network.quality().map(Quality::name),
        }
    }
}

/// Which axes know where they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct HomedJson {
    /// X does.
    x: bool,
    /// Y does.
    y: bool,
    /// Z does.
    z: bool,
}

impl From<Homed> for HomedJson {
    fn from(Homed { x, y, z }: Homed) -> Self {
        Self { x, y, z }
    }
}

/// Room for the camera's files.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SpaceJson {
    /// Free, in KiB.
    free_kib: Option<u64>,
    /// In all, in KiB.
    total_kib: Option<u64>,
}

impl From<Option<Space>> for SpaceJson {
    fn from(space: Option<Space>) -> Self {
        Self { free_kib: space.map(|space| space.free), total_kib: space.map(|space| space.total) }
    }
}

/// How a camera is set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CameraJson<'a> {
    /// One is fitted, by the printer's word.
    fitted: Option<bool>,
    /// It is recording now.
    recording: Option<bool>,
    /// It records while printing.
    records_prints: Option<bool>,
    /// It makes a time-lapse.
    timelapse: Option<bool>,
    /// The kit for time-lapses is fitted.
    timelapse_kit: Option<bool>,
    /// `720p`, `1080p`.
    resolution: Option<&'a str>,
    /// What the resolution can be set to.
    resolutions: &'a [String],
    /// How the live picture can be had in the LAN: `none`, `disabled`, `local`, `rtsp`, `rtsps`.
    lan_view: Option<&'static str>,
    /// How the vendor's cloud has it, in the printer's word: `none`, `tutk`, `agora`.
    cloud_view: Option<&'a str>,
    /// The vendor's cloud may stream it.
    cloud: Option<bool>,
    /// Room inside.
    internal: SpaceJson,
    /// Room on the storage that was put in.
    external: SpaceJson,
}

impl<'a> From<&'a Video> for CameraJson<'a> {
    fn from(video: &'a Video) -> Self {
        Self {
            fitted: video.fitted,
            recording: video.recording,
            records_prints: video.records,
            timelapse: video.timelapse,
            timelapse_kit: video.timelapse_kit,
            resolution: video.resolution.as_deref(),
            resolutions: &video.resolutions,
            lan_view: video.lan_view.map(LanView::name),
            cloud_view: video.cloud_view.as_deref(),
            cloud: video.cloud,
            internal: video.internal.into(),
            external: video.external.into(),
        }
    }
}

/// A detection.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DetectorJson {
    /// It is on.
    on: Option<bool>,
    /// How readily it stops a print: `never_halt`, `low`, `medium`, `high`.
    sensitivity: Option<&'static str>,
}

impl From<Option<Detector>> for DetectorJson {
    fn from(detector: Option<Detector>) -> Self {
        Self {
            on: detector.map(|detector| detector.on),
            sensitivity: detector.and_then(|detector| detector.sensitivity).map(Sensitivity::name),
        }
    }
}

/// What a camera watches for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct DetectionsJson {
    /// The print as a whole.
    monitor: DetectorJson,
    /// Spaghetti.
    spaghetti: DetectorJson,
    /// A pile of purged filament.
    purge_pile: DetectorJson,
    /// A clump on the nozzle.
    nozzle_clump: DetectorJson,
    /// Printing into the air.
    air_print: DetectorJson,
    /// It inspects the first layer.
    first_layer: Option<bool>,
    /// It reads the marker of the build plate.
    plate_marker: Option<bool>,
    /// It checks how the plate lies.
    plate_alignment: Option<bool>,
    /// The print halts when something is found.
    halts: Option<bool>,
    /// It offers to leave out the part that failed.
    skips_parts: Option<bool>,
}

impl From<Detections> for DetectionsJson {
    fn from(ai: Detections) -> Self {
        Self {
            monitor: ai.monitor.into(),
            spaghetti: ai.spaghetti.into(),
            purge_pile: ai.purge_pile.into(),
            nozzle_clump: ai.nozzle_clump.into(),
            air_print: ai.air_print.into(),
            first_layer: ai.first_layer,
            plate_marker: ai.plate_marker,
            plate_alignment: ai.plate_alignment,
            halts: ai.halts,
            skips_parts: ai.skips_parts,
        }
    }
}

/// Options.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OptionsJson {
    /// It recovers by itself from lost steps.
    auto_recovery: Option<bool>,
    /// It sounds a prompt.
    sound: Option<bool>,
    /// It looks for a tangled spool.
    tangle: Option<bool>,
    /// It looks for a blob on the nozzle.
    blob: Option<bool>,
    /// It looks for printing into the air.
    air_print: Option<bool>,
    /// Another slot takes over when one runs out.
    auto_refill: Option<bool>,
    /// The AMS estimates what is left on its spools.
    estimates_remaining: Option<bool>,
    /// The AMS reads the tag of a spool when it is put in.
    reads_on_insert: Option<bool>,
    /// The AMS reads all tags when the printer starts.
    reads_at_start: Option<bool>,
    /// Files that were sent stay on the storage.
    keeps_files: Option<bool>,
    /// What an open door does to a print: `off`, `warn`, `pause`.
    door_check: Option<&'static str>,
    /// Level of the protection against heating while idle; 0 is off.
    idle_heating_protection: Option<u8>,
    /// Level of the purification of the chamber's air; 0 is off.
    air_purification: Option<u8>,
    /// Snapshots while printing; 0 is off.
    snapshot: Option<u8>,
}

impl From<PrinterOptions> for OptionsJson {
    fn from(options: PrinterOptions) -> Self {
        Self {
            auto_recovery: options.auto_recovery,
            sound: options.sound,
            tangle: options.tangle,
            blob: options.blob,
            air_print: options.air_print,
            auto_refill: options.auto_refill,
            estimates_remaining: options.estimates_remaining,
            reads_on_insert: options.reads_on_insert,
            reads_at_start: options.reads_at_start,
            keeps_files: options.keeps_files,
            door_check: options.door_check.map(DoorCheck::name),
            idle_heating_protection: options.idle_heating_protection,
            air_purification: options.air_purification,
            snapshot: options.snapshot,
        }
    }
}

/// A firmware update.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct UpdateJson<'a> {
    /// `idle`, `requested`, `preparing`, `downloading`, `writing`, `done`, `failed`; any other word is the printer's own.
    state: Option<&'a str>,
    /// 0 to 100; null where none is under way.
    percent: Option<u8>,
    /// What it does, in the printer's words; null where none is under way.
    message: Option<&'a str>,
    /// The board that is being written; null where none is under way.
    module: Option<&'a str>,
    /// One is offered; null: the printer does not know.
    available: Option<bool>,
    /// The version that is offered for the printer.
    version: Option<&'a str>,
    /// The version that is offered for its AMS.
    ams_version: Option<&'a str>,
    /// The vendor insists on it.
    forced: Option<bool>,
    /// Boards and units do not match each other.
    inconsistent: Option<bool>,
    /// What went wrong, in words.
    error: Option<&'static str>,
}

impl<'a> From<&'a Update> for UpdateJson<'a> {
    fn from(update: &'a Update) -> Self {
        Self {
            state: update.step.as_ref().map(UpdateStep::name),
            percent: update.percent,
            message: update.message.as_deref(),
            module: update.module.as_deref(),
            available: update.available,
            version: update.version.as_deref(),
            ams_version: update.ams_version.as_deref(),
            forced: update.forced,
            inconsistent: update.inconsistent,
            error: update.error,
        }
    }
}

/// Which boards inside answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct BoardsJson {
    /// The AMS hub.
    ams_hub: Option<bool>,
    /// The reader of spool tags.
    tag_reader: Option<bool>,
    /// The extension board.
    extension: Option<bool>,
}

impl From<Boards> for BoardsJson {
    fn from(boards: Boards) -> Self {
        let Boards { ams_hub, tag_reader, extension } = boards;
        Self { ams_hub, tag_reader, extension }
    }
}

/// A board or unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ModuleJson<'a> {
    /// As the printer names it: `ota` is the printer as a whole, `ams/0` an AMS.
    name: Option<&'a str>,
    /// The product's name.
    product: Option<&'a str>,
    /// Firmware version.
    version: Option<&'a str>,
    /// Revision of the board.
    hardware: Option<&'a str>,
    /// The version that is offered for it; null: none.
    new_version: Option<&'a str>,
}

impl<'a> ModuleJson<'a> {
    pub(super) fn all(printer: &'a Printer) -> Vec<Self> {
        let filled = |text: &'a Option<String>| text.as_deref().filter(|text| !matches!(*text, "" | "N/A"));
        let module = |module: &'a Module| {
            let Module { name, product, version, hardware, .. } = module;
            Self {
                name: name.as_deref(),
                product: filled(product),
                version: filled(version),
                hardware: filled(hardware),
                new_version: printer.offered_version(module),
            }
        };
        printer.visible_modules().map(module).collect()
    }
}
