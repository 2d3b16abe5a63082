//! Printers as JSON, for scripts: the interface that `docs/json.md` describes.
//!
//! One type a shape, and the comments of its fields are what the manual says of them (a test holds the manual against
//! them). Every key is always there, `null` when unknown; keys are only ever added. Nothing is read here that a printer
//! sends: what a report means is `state`'s to say.

mod ams;
mod codes;
mod hotend;
mod job;
mod machine;

pub(super) use ams::{AmsActivityJson, TrayJson, UnitJson};
use codes::HmsJson;
use hotend::{NozzleJson, RackJson, SwitchingJson, ToolJson, TrackSwitchJson};
use job::{JobJson, StageJson};
use machine::{
    AbilitiesJson, AirDuctJson, BoardsJson, BuildPlateJson, CameraJson, DetectionsJson, HomedJson, ModuleJson,
    NetworkJson, OptionsJson, UpdateJson,
};

use crate::{
    protocol::{command::LightNode, machine::Storage},
    state::{
        State,
        command::tracker::Permission,
        printer::{
            Freshness, Printer,
            connection::{ConnectionState, DisconnectReason},
            temps::Gauge,
            transport::Transport,
        },
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Grams or metres as they are weighed and measured: what floating point adds to hundredths is no filament.
pub(super) fn hundredths(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

/// Why a printer that reports is not live.
const NOT_WHOLE: &str = "the full report has not come yet";

/// The way by which a printer's values come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum TransportJson {
    Lan,
    Cloud,
}

impl From<Transport> for TransportJson {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::Lan => Self::Lan,
            Transport::Cloud => Self::Cloud,
        }
    }
}

/// How far a printer's values can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum ConnectionJson {
    Connecting,
    Live,
    Stale,
    Offline,
}

/// Whether the printer's firmware takes orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum ControlJson {
    Open,
    Blocked,
    Unknown,
}

/// Everything known of one printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PrinterJson<'a> {
    /// Serial number, as configured or as the account has it.
    serial: &'a str,
    /// The person's name for it, or the account's.
    name: &'a str,
    /// Model, such as `P1S`; `—` if it is not known.
    model: &'static str,
    /// Where the model is known from: `configuration`, `product name`, `model code`, `hardware`, `telemetry`,
    /// `serial number`, `unknown`.
    model_source: &'static str,
    /// What the printer calls itself: its product's name, or its model's code.
    product: Option<&'a str>,
    /// Address, as configured; null for a printer that only the account knows.
    host: Option<&'a str>,
    /// Tags, as configured.
    tags: &'a [String],
    /// The way by which its values come: `lan`, `cloud`.
    transport: TransportJson,
    /// `live`; `stale`: connected, but the values are old; `offline`; `connecting`, also until its first full report.
    connection: ConnectionJson,
    /// Why it is not live, in words; null while it is.
    reason: Option<String>,
    /// The whole picture came on this connection; without it values are old (`updated_unix`) or null, and only some of
    /// them may have been told since.
    full_report: bool,
    /// When the values were true last, in seconds since 1970: the newest report, or on a new connection without its full
    /// report the newest one of before; null before the first one.
    updated_unix: Option<i64>,
    /// What it does, in the word of the dashboard, by its last report: `printing`, `preparing` (also slicing and heating),
    /// `paused` (by a person), `needs attention` (it has stopped by itself and waits for somebody), `finished`,
    /// `cancelled` (by a person), `failed`, `stopped` (ended early; for 15 s at most it is not known why), `idle`,
    /// `unknown`. A job that the printer has lost is `failed` until that error is dismissed or another job begins.
    state: &'static str,
    /// The same in the printer's own word: `IDLE`, `PREPARE`, `RUNNING`, `PAUSE`, `FINISH`, `FAILED` …
    gcode_state: Option<&'a str>,
    /// It has stopped by itself, in a job or in a change of filament.
    waits_for_person: bool,
    /// It needs somebody: what the list marks, the header counts, `by need` puts first and the filter `attention` leaves.
    /// It is in danger, has failed, waits, shows an error or a fatal message, or cannot be reached before a code, a
    /// certificate or a sign-in is set right. A job that a person cancelled needs nobody.
    needs_attention: bool,
    /// The last that it said, also before this program began, was
    /// [fire, smoke, or heat out of control](troubleshooting.md#danger).
    danger: bool,
    /// When it said so last, in seconds since 1970; null: it is not in danger.
    danger_unix: Option<i64>,
    /// What it is doing.
    stage: StageJson<'a>,
    /// The job, or of a printer at rest the last one.
    job: JobJson<'a>,
    /// Active health messages, worst first.
    hms: Vec<HmsJson>,
    /// Hotends, the right or only one first.
    nozzles: Vec<NozzleJson<'a>>,
    /// Bed.
    bed: GaugeJson,
    /// Chamber; both null without a sensor.
    chamber: GaugeJson,
    /// Fans in percent; null also where there is no such fan.
    fans: FansJson,
    /// Speed profile.
    speed: SpeedJson,
    /// Lights: `on`, `off`, `flashing`; null where the printer reports no such light.
    lights: LightsJson<'a>,
    /// AMS units, in the order of their ids.
    ams: Vec<UnitJson<'a>>,
    /// What the AMS does.
    ams_status: AmsActivityJson<'a>,
    /// External spools, one a holder.
    external: Vec<TrayJson<'a>>,
    /// `open`; `blocked`: [the firmware blocks control](getting-started.md#when-the-firmware-blocks-control); `unknown` until
    /// the first order.
    control: ControlJson,
    /// Firmware version of the printer.
    firmware: Option<&'a str>,
    /// Firmware update.
    update: UpdateJson<'a>,
    /// Boards and units that a person knows of.
    modules: Vec<ModuleJson<'a>>,
    /// Which boards inside answer.
    boards: BoardsJson,
    /// What it has.
    abilities: AbilitiesJson,
    /// What its firmware says that it can do, by name, whether it is switched on or not; null where the flags that would
    /// tell are not reported.
    supports: BTreeMap<&'static str, Option<bool>>,
    /// Build plates, as the printer names them, such as `P0102`.
    build_plate: BuildPlateJson<'a>,
    /// The air duct; null where there is none.
    air_duct: Option<AirDuctJson>,
    /// What two hotends that take turns do; null where the printer does not say.
    switching: Option<SwitchingJson>,
    /// The hotend rack; null where there is none.
    rack: Option<RackJson<'a>>,
    /// What the tool head carries besides hotends: a laser, a cutter, a fan; null where there is nothing.
    tool: Option<ToolJson<'a>>,
    /// The filament track switch; null where there is none.
    track_switch: Option<TrackSwitchJson>,
    /// How it is connected, by its own word.
    network: NetworkJson,
    /// Wi-Fi signal in dBm, the same as `network.wifi_dbm`; null over a cable.
    wifi_dbm: Option<i32>,
    /// Storage for files: `ok`, `none`, `abnormal`, `read-only`.
    storage: Option<&'static str>,
    /// A usable card is in.
    sd_card: Option<bool>,
    /// The door is open; null without a sensor.
    door_open: Option<bool>,
    /// Which axes know where they are; null where the printer does not say.
    homed: Option<HomedJson>,
    /// Supply in V: 110 or 220.
    supply_volts: Option<u16>,
    /// The sensor at the extruder sees filament.
    filament_at_extruder: Option<bool>,
    /// A P1P has the upgrade kit; null for every other model.
    upgrade_kit: Option<bool>,
    /// How its camera is set.
    camera: CameraJson<'a>,
    /// What its camera watches for; null where the printer does not have it, or does not say.
    ai: DetectionsJson,
    /// How it is set; null where the printer does not have it, or has not said: `supports` tells which.
    options: OptionsJson,
}

/// When a printer said last that it is in danger; `updated`: when its values were true last.
fn danger_unix(printer: &Printer, updated: Option<i64>) -> Option<i64> {
    printer.danger()?;
    printer.earlier_danger().map(|(_, unix)| unix).or(updated)
}

impl<'a> PrinterJson<'a> {
    pub(super) fn new(printer: &'a Printer, state: &State) -> Self {
        let (connection, reason) = connection(printer, state);
        let (job, machine) = (&printer.job, &printer.machine);
        Self {
            serial: &printer.serial,
            name: &printer.name,
            model: printer.model.short(),
            model_source: printer.model_source.name(),
            product: printer.product(),
            host: Some(printer.host.as_str()).filter(|host| !host.is_empty()),
            tags: &printer.tags,
            transport: printer.transport.into(),
            connection,
            reason,
            full_report: printer.session().is_some() && printer.whole.came(),
            updated_unix: printer.told_unix,
            state: printer.reported_status().word(),
            gcode_state: printer.gcode_state(),
            waits_for_person: printer.waits_for_person(),
            needs_attention: printer.need().is_some(),
            danger: printer.is_in_danger(),
            danger_unix: danger_unix(printer, printer.told_unix),
            stage: job.into(),
            job: printer.into(),
            hms: job.hms.iter().map(|message| HmsJson::new(printer, message.code)).collect(),
            nozzles: NozzleJson::all(printer),
            bed: Some(printer.temps.bed).into(),
            chamber: printer.temps.chamber.into(),
            fans: printer.into(),
            speed: job.into(),
            lights: printer.into(),
            ams: UnitJson::all(printer),
            ams_status: printer.into(),
            external: TrayJson::external(printer),
            control: match printer.permission() {
                Permission::Open => ControlJson::Open,
                Permission::Declared | Permission::Learned => ControlJson::Blocked,
                Permission::Unknown | Permission::Suspected => ControlJson::Unknown,
            },
            firmware: printer.firmware.as_deref(),
            update: (&machine.update).into(),
            modules: ModuleJson::all(printer),
            boards: machine.boards.into(),
            abilities: machine.abilities.into(),
            supports: printer.firmware_supports().collect(),
            build_plate: printer.build_plate().into(),
            air_duct: machine.air_duct.as_ref().map(Into::into),
            switching: machine.switching.map(Into::into),
            rack: machine.rack.as_ref().map(|rack| RackJson::new(rack, printer)),
            tool: machine.tool.as_ref().map(Into::into),
            track_switch: machine.track_switch.as_ref().map(|switch| TrackSwitchJson::new(switch, &printer.ams)),
            network: machine.network.into(),
            wifi_dbm: machine.network.wifi_dbm,
            storage: machine.storage.map(Storage::name),
            sd_card: machine.storage.map(|storage| storage == Storage::Ok),
            door_open: machine.door_open,
            homed: machine.homed.map(Into::into),
            supply_volts: machine.supply_volts,
            filament_at_extruder: machine.filament_at_extruder,
            upgrade_kit: machine.upgrade_kit,
            camera: (&machine.video).into(),
            ai: machine.detections.into(),
            options: machine.options.into(),
        }
    }

    /// Without the age of its values: a printer that only goes on reporting the same has not changed.
    pub(super) fn without_age(self) -> Self {
        Self { updated_unix: None, ..self }
    }
}

/// How far its values can be trusted, and why no further.
fn connection(printer: &Printer, state: &State) -> (ConnectionJson, Option<String>) {
    use ConnectionJson::{Connecting, Live, Offline, Stale};
    match (&printer.link, printer.freshness(state.now.at, &state.fleet.watchdog_timeouts)) {
        (ConnectionState::Up { .. }, Freshness::Live) => (Live, None),
        (ConnectionState::Up { .. }, Freshness::Stale(_)) if printer.awaits_whole() => {
            (Stale, Some(NOT_WHOLE.to_owned()))
        }
        (ConnectionState::Up { .. }, Freshness::Stale(_)) => (Stale, Some("no report for a while".to_owned())),
        (ConnectionState::Up { .. }, Freshness::Partial) => (Connecting, Some(NOT_WHOLE.to_owned())),
        (ConnectionState::Up { .. }, Freshness::Nothing) => {
            (Connecting, printer.says_nothing().then(|| DisconnectReason::NoData.to_string()))
        }
        (ConnectionState::Down { why, .. }, _) => (Offline, Some(why.to_string())),
        (ConnectionState::Waiting | ConnectionState::Connecting { .. }, _) => match &printer.last_cause {
            Some(why) => (Offline, Some(why.to_string())),
            None => (Connecting, None),
        },
    }
}

/// A temperature and its target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GaugeJson {
    /// In °C.
    current: Option<f64>,
    /// In °C; 0 is off, null where there is no heater or the printer does not say.
    target: Option<f64>,
}

impl From<Option<Gauge>> for GaugeJson {
    fn from(gauge: Option<Gauge>) -> Self {
        Self { current: gauge.and_then(|gauge| gauge.now), target: gauge.and_then(|gauge| gauge.target) }
    }
}

/// Fans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FansJson {
    /// Cools the print.
    part: Option<u8>,
    /// Auxiliary, on the right.
    aux: Option<u8>,
    /// Chamber.
    chamber: Option<u8>,
    /// Heat break of the right or only hotend.
    heatbreak: Option<u8>,
    /// Second auxiliary, on the left.
    aux2: Option<u8>,
    /// Heat break of the left hotend.
    heatbreak2: Option<u8>,
    /// Filter of the inner loop.
    filter: Option<u8>,
}

impl From<&Printer> for FansJson {
    fn from(printer: &Printer) -> Self {
        let fans = &printer.temps.fans;
        Self {
            part: fans.part,
            aux: fans.aux,
            chamber: fans.chamber,
            heatbreak: fans.hotend,
            aux2: fans.second_aux,
            heatbreak2: fans.second_hotend,
            filter: fans.filter,
        }
    }
}

/// Speed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SpeedJson {
    /// 1 to 4.
    level: Option<u8>,
    /// `silent`, `standard`, `sport`, `ludicrous`.
    name: Option<&'static str>,
    /// Real speed in percent.
    percent: Option<u16>,
}

impl From<&crate::state::printer::job::Job> for SpeedJson {
    fn from(job: &crate::state::printer::job::Job) -> Self {
        Self {
            level: job.speed.map(|speed| speed as u8),
            name: job.speed.map(crate::protocol::command::Speed::name),
            percent: job.speed_percent,
        }
    }
}

/// Lights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct LightsJson<'a> {
    /// Chamber.
    chamber: Option<&'a str>,
    /// Second one of the chamber.
    chamber2: Option<&'a str>,
    /// Tool head.
    work: Option<&'a str>,
}

impl<'a> From<&'a Printer> for LightsJson<'a> {
    fn from(printer: &'a Printer) -> Self {
        Self {
            chamber: printer.light_word(),
            chamber2: printer.light_mode(LightNode::Chamber2),
            work: printer.light_mode(LightNode::Work),
        }
    }
}

#[cfg(test)]
mod manual;
#[cfg(test)]
mod tests;
