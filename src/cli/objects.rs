//! The objects of a running print, without a screen.

use super::{
    Global,
    headless::{self, Command, END_UNREACHABLE, Step},
    json::hundredths,
    output::{FAILED, Failure, OK, note, print, print_json},
    select,
    status::has_reported,
};
use crate::{
    protocol::plate::{Object, Plate},
    state::{
        PrinterId, State,
        printer::{
            Printer,
            objects::{CAME_PLAIN, JobFileState, Need},
        },
        wants::{Wanted, WantedJobFile},
    },
};
use clap::Args;
use serde::Serialize;
use std::{io, time::Duration};

/// Which printer, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct ObjectsOptions {
    /// Name or serial
    #[arg(value_name = "PRINTER")]
    printer: String,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
    /// How many seconds to wait for the printer and for the job's file
    #[arg(long, value_name = "S", default_value = "300", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

pub(super) async fn run(global: &Global, options: ObjectsOptions) -> Result<u8, Failure> {
    let selection = select::one(global.load()?.config, &options.printer).await?;
    let (_keep, wake) = tokio::sync::mpsc::channel(1);
    let job_file = Some(WantedJobFile { who: PrinterId(0), at_once: true });
    let wanted = Wanted { job_file, ..Wanted::default() };
    let command = Box::new(List { json: options.json });
    headless::run(global, selection, Some(Duration::from_secs(options.timeout)), command, wake, wanted).await
}

struct List {
    json: bool,
}

impl Command for List {
    fn on_change(&mut self, state: &State, timed_out: bool) -> io::Result<Step> {
        let Some(printer) = state.printer(PrinterId(0)) else { return Ok(END_UNREACHABLE) };
        let hopeless =
            printer.last_cause.as_ref().is_some_and(crate::state::printer::connection::DisconnectReason::needs_person)
                && !state.cloud_may_come(printer);
        if !has_reported(printer) && !matches!(printer.objects.look, JobFileState::Known(_)) {
            if timed_out || hopeless {
                note(&headless::unreachable(state, 0));
                return Ok(END_UNREACHABLE);
            }
            return Ok(Step::Go);
        }
        if printer.awaits_plate() && !timed_out {
            return Ok(Step::Go);
        }
        match printer.plate() {
            Ok(plate) => {
                if self.json {
                    print_json(&ObjectsJson::new(printer, plate))?;
                } else {
                    print(&to_text(printer, plate))?;
                }
                Ok(Step::End(OK))
            }
            Err(why) => {
                let more = if printer.awaits_plate() { "; wait longer with --timeout" } else { "" };
                note(&format!("{}: {why}{more}", printer.name));
                let posing = printer.impostor().is_some();
                Ok(if posing { END_UNREACHABLE } else { Step::End(FAILED) })
            }
        }
    }
}

fn file(printer: &Printer) -> Option<&str> {
    match &printer.objects.look {
        JobFileState::Known(found) => Some(&found.path),
        _ => None,
    }
}

fn came_plain(printer: &Printer) -> bool {
    matches!(&printer.objects.look, JobFileState::Known(found) if found.plain)
}

/// Why no object can be skipped now.
fn obstacle(printer: &Printer, plate: &Plate) -> Option<String> {
    let sample = plate.objects.iter().find(|object| !printer.skips(object)).map(|object| object.id);
    printer.can_skip(&sample.into_iter().collect::<Vec<_>>()).err()
}

fn to_text(printer: &Printer, plate: &Plate) -> String {
    let unknown = || "—".to_owned();
    let mut out = format!(
        "{}: {}, plate {} of {}\n",
        printer.name,
        printer.job.name.as_deref().unwrap_or("—"),
        plate.index,
        file(printer).unwrap_or_default()
    );
    for object in &plate.objects {
        let place = object.place.map(|place| place.middle());
        let place = place.map_or_else(unknown, |(x, y)| format!("x {x:>3} y {y:>3}"));
        let skipped = if printer.skips(object) { "  skipped" } else { "" };
        out += &format!("  {:>6}  {place:<12}  {}{skipped}\n", object.id, object.name);
    }
    for need in printer.needs() {
        out += &format!("  {}\n", need_words(&need));
    }
    if came_plain(printer) {
        out += &format!("  ! {CAME_PLAIN}\n");
    }
    if let Some(why) = obstacle(printer, plate) {
        out += &format!("  ! none can be skipped: {why}\n");
    }
    out.pop();
    out
}

fn need_words(need: &Need<'_>) -> String {
    let grams = |grams: Option<f64>| grams.map_or_else(|| "—".to_owned(), |g| format!("{g:.1} g"));
    let slot = need.tray.map_or("—", |tray| tray.label.as_str());
    let left = need.left.map_or_else(|| "—".to_owned(), |grams| format!("{grams} g"));
    format!(
        "filament {} ({}, {slot}): needs {}, about {} to go, {left} left on the spool",
        need.filament.id,
        need.filament.material,
        grams(need.filament.grams),
        grams(need.to_go)
    )
}

/// The objects of a running print, and what it needs of each filament.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ObjectsJson<'a> {
    /// The job's name.
    job: Option<&'a str>,
    /// The job's file on the printer.
    file: Option<&'a str>,
    /// The file came encrypted.
    encrypted: bool,
    /// Number of the plate, from 1.
    plate: u32,
    layers: Option<u32>,
    /// The slicer's estimate.
    seconds: Option<u32>,
    grams: Option<f64>,
    /// An object can be skipped now.
    can_skip: bool,
    /// Why none can be.
    obstacle: Option<String>,
    objects: Vec<ObjectJson<'a>>,
    filaments: Vec<NeedJson<'a>>,
    warnings: Vec<WarningJson<'a>>,
}

/// An object on the plate.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ObjectJson<'a> {
    id: u32,
    name: &'a str,
    skipped: bool,
    /// Where it stands; null: the file does not say.
    place: Option<EdgesJson>,
}

/// Edges in mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct EdgesJson {
    left: f64,
    front: f64,
    right: f64,
    back: f64,
}

/// What the print needs of a filament.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct NeedJson<'a> {
    /// Number in the file.
    id: u32,
    /// Code such as `GFA00`.
    filament_id: Option<&'a str>,
    material: &'a str,
    color: &'a str,
    grams: Option<f64>,
    metres: Option<f64>,
    /// About what is still to be printed.
    to_go_grams: Option<f64>,
    /// Label of the slot.
    slot: Option<&'a str>,
    /// What is left on the spool.
    left_grams: Option<u32>,
    /// That is enough.
    enough: Option<bool>,
}

/// A warning of the slicer.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct WarningJson<'a> {
    name: &'a str,
    code: &'a str,
}

impl<'a> ObjectsJson<'a> {
    fn new(printer: &'a Printer, plate: &'a Plate) -> Self {
        let obstacle = obstacle(printer, plate);
        let object = |object: &'a Object| ObjectJson {
            id: object.id,
            name: &object.name,
            skipped: printer.skips(object),
            place: object.place.map(|p| EdgesJson { left: p.left, front: p.front, right: p.right, back: p.back }),
        };
        Self {
            job: printer.job.name.as_deref(),
            file: file(printer),
            encrypted: !came_plain(printer),
            plate: plate.index,
            layers: plate.layers,
            seconds: plate.seconds,
            grams: plate.grams,
            can_skip: obstacle.is_none(),
            obstacle,
            objects: plate.objects.iter().map(object).collect(),
            filaments: printer.needs().iter().map(NeedJson::from).collect(),
            warnings: plate.warnings.iter().map(|w| WarningJson { name: &w.name, code: &w.code }).collect(),
        }
    }
}

impl<'a> From<&Need<'a>> for NeedJson<'a> {
    fn from(need: &Need<'a>) -> Self {
        let filament = need.filament;
        Self {
            id: filament.id,
            filament_id: Some(filament.code.as_str()).filter(|code| !code.is_empty()),
            material: &filament.material,
            color: &filament.color,
            grams: filament.grams,
            metres: filament.metres,
            to_go_grams: need.to_go.map(hundredths),
            slot: need.tray.map(|tray| tray.label.as_str()),
            left_grams: need.left,
            enough: need.is_met(),
        }
    }
}
