//! Filament of one printer: from its own report where there is a connection, else what the cloud's records carry. The
//! REST API has no resource for it, so that is no report of what is loaded now, and says so.

use super::{
    Global,
    account::failed,
    headless::{self, Command, END_UNREACHABLE, Step},
    history::{FilamentJson, filament_words, format_timestamp, place},
    json::{AmsActivityJson, TransportJson, TrayJson, UnitJson},
    output::{Failure, OK, UNREACHABLE, note, print, print_json},
    select,
    status::has_reported,
};
use crate::{
    app,
    net::rest::Cloud,
    protocol::rest::{
        Id, RestError,
        devices::AmsVersion,
        tasks::{Task, TaskQuery},
    },
    state::{
        PrinterId, State,
        printer::{
            Printer,
            ams::{Content, Tray, Unit},
            connection::DisconnectReason,
            transport::Transport,
        },
        wants::Wanted,
    },
    ui::text,
};
use clap::Args;
use serde::Serialize;
use std::{io, time::Duration};

/// So many of the newest prints are looked through for one that names its filaments.
const LOOKED_AT: u32 = 10;

/// Which printer, and how it is printed.
#[derive(Debug, Clone, Args)]
pub(super) struct AmsOptions {
    /// Name or serial
    #[arg(value_name = "PRINTER")]
    printer: String,
    /// JSON instead of lines
    #[arg(long)]
    json: bool,
    /// How many seconds to wait for the printer's report
    #[arg(long, value_name = "S", default_value = "15", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

pub(super) async fn run(global: &Global, options: AmsOptions) -> Result<u8, Failure> {
    let selection = select::one(global.load()?.config, &options.printer).await?;
    let cloud = selection.account.as_ref().map(|account| Cloud::new(account.rest.clone()));
    let printer = selection.first();
    let (_keep, wake) = tokio::sync::mpsc::channel(1);
    let timeouts = Some(Duration::from_secs(options.timeout));
    let live = Box::new(Live { json: options.json });
    let code = headless::run(global, selection, timeouts, live, wake, Wanted::default()).await?;
    match (code, cloud, printer) {
        (UNREACHABLE, Some(cloud), Some((serial, name))) => {
            let records = Records::fetch(&cloud, &serial).await.map_err(|e| failed(&e))?;
            if options.json {
                print_json(&FilamentReport::recorded(&records, &serial, &name))?;
            } else {
                print(&records.words(&name))?;
            }
            Ok(OK)
        }
        (code, ..) => Ok(code),
    }
}

/// Prints the filament as soon as the printer has reported it.
struct Live {
    json: bool,
}

impl Command for Live {
    fn on_change(&mut self, state: &State, timed_out: bool) -> io::Result<Step> {
        let Some(printer) = state.printer(PrinterId(0)) else { return Ok(END_UNREACHABLE) };
        if has_reported(printer) {
            if self.json {
                print_json(&FilamentReport::live(printer, state))?;
            } else {
                print(&live_words(printer, state))?;
            }
            return Ok(Step::End(OK));
        }
        let cloud = state.cloud_may_come(printer);
        let gone = |why: &DisconnectReason| why.needs_person() || state.cloud.identity().is_some();
        if timed_out || printer.last_cause.as_ref().is_some_and(gone) && !cloud {
            note(&headless::unreachable(state, 0));
            return Ok(END_UNREACHABLE);
        }
        Ok(Step::Go)
    }
}

fn age(printer: &Printer, state: &State) -> Duration {
    printer.told_at().map_or(Duration::ZERO, |then| state.now.at.saturating_duration_since(then))
}

/// The filament of a printer. By its own report `ams`, `ams_status` and `external` are there; without a report only
/// `records` are, which do not say what is loaded now.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct FilamentReport<'a> {
    serial: &'a str,
    /// The printer's name.
    printer: &'a str,
    /// `report`, `cloud records`.
    source: &'static str,
    transport: Option<TransportJson>,
    /// How old the report is.
    age_s: Option<u64>,
    ams: Option<Vec<UnitJson<'a>>>,
    ams_status: Option<AmsActivityJson<'a>>,
    external: Option<Vec<TrayJson<'a>>>,
    records: Option<RecordsJson<'a>>,
}

impl<'a> FilamentReport<'a> {
    fn live(printer: &'a Printer, state: &State) -> Self {
        Self {
            serial: &printer.serial,
            printer: &printer.name,
            source: "report",
            transport: Some(printer.transport.into()),
            age_s: Some(age(printer, state).as_secs()),
            ams: Some(UnitJson::all(printer)),
            ams_status: Some(printer.into()),
            external: Some(TrayJson::external(printer)),
            records: None,
        }
    }

    fn recorded(records: &'a Records, serial: &'a str, name: &'a str) -> Self {
        Self {
            serial,
            printer: name,
            source: "cloud records",
            transport: None,
            age_s: None,
            ams: None,
            ams_status: None,
            external: None,
            records: Some(records.into()),
        }
    }
}

/// What the cloud has on record. Null where it did not answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct RecordsJson<'a> {
    units: Option<UnitRecordsJson<'a>>,
    /// The newest print that names its filaments.
    print: Option<PrintRecordJson<'a>>,
}

/// AMS units of the firmware list.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct UnitRecordsJson<'a> {
    /// Path of the API.
    source: &'static str,
    age_s: i64,
    list: Vec<UnitRecordJson<'a>>,
}

/// An AMS unit of the firmware list.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct UnitRecordJson<'a> {
    /// As the cloud numbers it.
    unit: Option<i64>,
    model: Option<&'a str>,
    serial: Option<&'a str>,
    /// Its version.
    firmware: Option<&'a str>,
}

/// A print that names its filaments.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PrintRecordJson<'a> {
    /// Path of the API.
    source: &'static str,
    /// Since it began.
    age_s: Option<i64>,
    id: Option<&'a str>,
    name: Option<&'a str>,
    /// In seconds since 1970.
    started_unix: Option<i64>,
    filaments: Vec<FilamentJson<'a>>,
}

impl<'a> From<&'a Records> for RecordsJson<'a> {
    fn from(records: &'a Records) -> Self {
        let unit = |unit: &'a AmsVersion| UnitRecordJson {
            unit: unit.address,
            model: unit.model.as_deref(),
            serial: unit.serial.as_deref(),
            firmware: unit.version.as_deref(),
        };
        let print = |task: &'a Task| PrintRecordJson {
            source: "my/tasks",
            age_s: task.started.map(|at| (app::now().unix - at.0).max(0)),
            id: task.id.as_ref().map(Id::as_str),
            name: task.name(),
            started_unix: task.started.map(|at| at.0),
            filaments: FilamentJson::all(task),
        };
        let units = |units: &'a Vec<AmsVersion>| UnitRecordsJson {
            source: "device/version",
            age_s: 0,
            list: units.iter().map(unit).collect(),
        };
        Self {
            units: records.units.as_ref().ok().map(units),
            print: records.print.as_ref().ok().and_then(Option::as_ref).map(print),
        }
    }
}

fn live_words(printer: &Printer, state: &State) -> String {
    let way = match printer.transport {
        Transport::Lan => "over the LAN",
        Transport::Cloud => "over the cloud",
    };
    let mut lines = vec![format!("{}: by its own report {way}, {} old", printer.name, text::age(age(printer, state)))];
    let ams = &printer.ams;
    if ams.units.is_empty() && ams.external.is_empty() {
        lines.push("  it reports no filament".to_owned());
    }
    for unit in &ams.units {
        lines.push(format!("  {}  {}", unit.label, unit_words(unit)));
        lines.extend(unit.trays.iter().map(|tray| format!("    {}", tray_words(tray))));
    }
    lines.extend(ams.external.iter().map(|tray| format!("  {}", tray_words(tray))));
    lines.join("\n")
}

fn unit_words(unit: &Unit) -> String {
    let level = unit.dryness.map(|level| match level {
        1 => "level 1 of 5, wettest".to_owned(),
        5 => "level 5 of 5, driest".to_owned(),
        level => format!("level {level} of 5"),
    });
    let humidity = match (unit.humidity, level) {
        (Some(percent), Some(level)) => Some(format!("humidity {percent} % ({level})")),
        (Some(percent), None) => Some(format!("humidity {percent} %")),
        (None, level) => level.map(|level| format!("humidity {level}")),
    };
    let parts = [
        Some(unit.kind.name().to_owned()),
        humidity,
        unit.temp.map(|celsius| format!("{celsius:.0} °C")),
        unit.drying.map(|minutes| format!("drying for {}", text::minutes(minutes))),
        unit.firmware.as_ref().map(|version| format!("firmware {version}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn tray_words(tray: &Tray) -> String {
    let label = text::fit(&tray.label, 6, false);
    let used = if tray.active { ", in use" } else { "" };
    let spool = match &tray.content {
        Content::Spool(spool) => spool,
        Content::Empty => return format!("{label}empty"),
        Content::Reading(_) => return format!("{label}being read"),
        Content::Unknown => return format!("{label}—{used}"),
    };
    let parts = [
        Some(spool.name.clone()),
        spool.colors.first().map(|color| format!("{} {}", color.name(), color.hex())),
        spool.remain.map(|percent| format!("{percent} % left")),
        spool.grams.map(|grams| format!("{grams} g left")),
        spool.nozzle().map(|(low, high)| format!("{low}-{high} °C")),
        Some(if spool.tagged { "RFID" } else { "set by hand" }.to_owned()),
    ];
    format!("{label}{}{used}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// What the cloud has on record: units with their firmware, and the filaments of the newest print that names them.
struct Records {
    units: Result<Vec<AmsVersion>, String>,
    print: Result<Option<Task>, String>,
}

impl Records {
    /// Asks for both; an error only if neither comes.
    async fn fetch(cloud: &Cloud, serial: &str) -> Result<Self, RestError> {
        let units = cloud.device_version(serial).await.map(|list| {
            let of = |version: &crate::protocol::rest::devices::DeviceVersion| {
                version.serial.as_ref().is_none_or(|s| s.eq_ignore_ascii_case(serial))
            };
            list.into_iter().filter(of).filter_map(|version| version.ams).flatten().collect()
        });
        let query = TaskQuery { serial: Some(serial.to_owned()), after: None, limit: Some(LOOKED_AT) };
        let names = |task: &Task| task.filaments.as_ref().is_some_and(|list| !list.is_empty());
        let print = cloud.tasks(&query).await.map(|page| page.tasks.into_iter().find(names));
        match (units, print) {
            (Err(why), Err(_)) => Err(why),
            (units, print) => {
                Ok(Self { units: units.map_err(|e: RestError| e.to_string()), print: print.map_err(|e| e.to_string()) })
            }
        }
    }

    fn words(&self, name: &str) -> String {
        let mut lines = vec![format!("{name}: no report; by the cloud's records, which do not say what is loaded now")];
        match &self.units {
            Ok(units) if units.is_empty() => lines.push("  its firmware list names no AMS".to_owned()),
            Ok(units) => lines.push(format!("  AMS units by its firmware list, asked just now: {}", units.len())),
            Err(why) => lines.push(format!("  its firmware list: {why}")),
        }
        for unit in self.units.iter().flatten() {
            let facts = [
                unit.address.map(|address| format!("unit {address}")),
                unit.model.clone(),
                unit.serial.clone().filter(|serial| !serial.is_empty()),
                unit.version.as_ref().map(|version| format!("firmware {version}")),
            ];
            lines.push(format!("    {}", facts.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        }
        match &self.print {
            Ok(Some(task)) => {
                let title = task.name().unwrap_or("—");
                lines.push(format!("  filament of its print {title}, which began {}:", began(task)));
                for filament in task.filaments.iter().flatten() {
                    let slot = place(filament).unwrap_or_else(|| "—".to_owned());
                    lines.push(format!("    {}{}", text::fit(&slot, 6, false), filament_words(filament)));
                }
            }
            Ok(None) => lines.push("  none of its newest prints names its filament".to_owned()),
            Err(why) => lines.push(format!("  its prints: {why}")),
        }
        lines.join("\n")
    }
}

/// When a print began, with how long that is ago.
fn began(task: &Task) -> String {
    let Some(at) = task.started else { return "at an unknown time".to_owned() };
    let ago = Duration::from_secs(u64::try_from(app::now().unix - at.0).unwrap_or_default());
    format!("{}, {} ago", format_timestamp(Some(at.0)), text::age(ago))
}
