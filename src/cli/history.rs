//! What the cloud remembers of the account's prints: a list, one of them, and what they add up to.

use super::{
    Global,
    account::{failed, signed_in},
    json::hundredths,
    output::{FAILED, Failure, OK, note, print, print_json},
    table::columns,
};
use crate::{
    app,
    net::rest::Cloud,
    protocol::rest::{
        Id, RestError, paging,
        tasks::{Task, TaskFilament, TaskQuery},
    },
    state::{
        cloud::totals::{Sum, sums},
        printer::ams::{Rgba, Slot},
    },
    ui::text,
};
use clap::Args;
use serde::Serialize;
use std::collections::HashSet;

/// The most that one request asks for.
const PAGE: u32 = 50;
/// So many prints are listed if nobody says how many.
const LISTED: u32 = 20;
/// A cursor that leads in circles ends here.
const MOST: u32 = 10_000;

/// Which prints, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct HistoryOptions {
    /// Name or serial [default: all printers]
    #[arg(value_name = "PRINTER")]
    printer: Option<String>,
    /// So many at most [default: 20, with --totals all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST)))]
    limit: Option<u32>,
    /// Go on after this print, that is with older ones; the end of a list names it
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// What they add up to, by printer and by month
    #[arg(long, conflicts_with = "after")]
    totals: bool,
    /// Everything about one print
    #[arg(long, value_name = "ID", conflicts_with_all = ["printer", "limit", "after", "totals"])]
    print: Option<String>,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Prints that were fetched, newest first.
struct Found {
    tasks: Vec<Task>,
    /// How many there are in all, by the cloud's word.
    total: Option<i64>,
    /// The last of them, if older ones follow.
    next: Option<Id>,
    /// Why fewer came than were wanted.
    trouble: Option<RestError>,
    /// Why these are not all that the cloud remembers, although none follow.
    shortfall: Option<String>,
}

impl Found {
    /// Whether prints are missing that were asked for.
    fn is_cut_short(&self) -> bool {
        self.trouble.is_some() || self.shortfall.is_some()
    }
}

pub(super) async fn run(global: &Global, options: &HistoryOptions) -> Result<u8, Failure> {
    let signed_in = signed_in(global)?;
    if let Some(id) = &options.print {
        return one(&signed_in.cloud, &Id::new(id), options.json).await;
    }
    let serial = match &options.printer {
        Some(word) => Some(signed_in.printer(word).await?.0),
        None => None,
    };
    let limit = options.limit.unwrap_or(if options.totals { MOST } else { LISTED });
    let after = options.after.as_deref().map(Id::new);
    let found = fetch(&signed_in.cloud, serial, after, limit).await.map_err(|e| failed(&e))?;
    if let Some(why) = &found.trouble {
        note(&format!("only the newest {}: {why}", found.tasks.len()));
    }
    if let Some(why) = &found.shortfall {
        note(&format!("not all: {why}"));
    }
    match (options.totals, options.json) {
        (false, false) => list(&found, options.after.as_deref())?,
        (false, true) => {
            let prints = found.tasks.iter().map(PrintJson::from).collect();
            print_json(&PrintsJson { prints, total: found.total, next: found.next.as_ref().map(Id::as_str) })?;
        }
        (true, json) => totals(&found, json)?,
    }
    Ok(if found.is_cut_short() { FAILED } else { OK })
}

/// Page by page until there are enough. What came before something went wrong is kept.
async fn fetch(cloud: &Cloud, serial: Option<String>, after: Option<Id>, limit: u32) -> Result<Found, RestError> {
    let mut found = Found { tasks: Vec::new(), total: None, next: None, trouble: None, shortfall: None };
    let mut query = TaskQuery { serial, after: after.clone(), limit: Some(limit.min(PAGE)) };
    let (mut known, mut counted) = (HashSet::new(), after.is_none());
    if let Some(after) = &after {
        let newest = cloud.tasks(&TaskQuery { after: None, limit: Some(PAGE), ..query.clone() }).await.ok();
        found.total = newest.as_ref().and_then(|page| page.total);
        (known, counted) = newer(newest.map_or_else(Vec::new, |page| page.tasks), after);
    }
    // The last page held nothing that was not known.
    let mut again = false;
    loop {
        let page = match cloud.tasks(&query).await {
            Ok(page) => page,
            Err(why) if found.tasks.is_empty() => return Err(why),
            Err(why) => {
                found.trouble = Some(why);
                break;
            }
        };
        // Whoever is told less on a later page does not know more.
        found.total = found.total.max(page.total);
        let came = !page.tasks.is_empty();
        let full = page.next.is_some();
        let new = page.fresh(&query, found.tasks.first(), &mut known);
        again = came && new.is_empty();
        // A page that brings back what is known would never end.
        found.next = new.last().filter(|_| full).and_then(|last| last.id.clone());
        found.tasks.extend(new);
        match &found.next {
            Some(next) if found.tasks.len() < limit as usize => query.after = Some(next.clone()),
            _ => break,
        }
    }
    if found.next.is_none() && found.trouble.is_none() {
        found.shortfall = match &after {
            Some(after) if again => {
                let last = found.tasks.last().and_then(|task| task.id.as_ref()).unwrap_or(after);
                Some(format!("the cloud did not go on after {last}; it gave newer prints again"))
            }
            _ if counted => paging::shortfall(known.len(), found.total, again),
            _ => None,
        };
    }
    if found.tasks.len() > limit as usize {
        found.tasks.truncate(limit as usize);
        found.next = found.tasks.last().and_then(|task| task.id.clone());
    }
    Ok(found)
}

/// What comes before a print, and itself, as far as the newest page tells: a server that ignores `after` sends that again.
/// And whether these are all that are newer: the print is on that page.
fn newer(newest: Vec<Task>, after: &Id) -> (HashSet<Id>, bool) {
    let ids: Vec<_> = newest.into_iter().filter_map(|task| task.id).collect();
    let all = ids.contains(after);
    (ids.into_iter().take_while(|id| id != after).chain([after.clone()]).collect(), all)
}

fn unknown() -> String {
    "—".to_owned()
}

/// Local time with the year: the history goes back for years.
pub(super) fn format_timestamp(unix: Option<i64>) -> String {
    unix.and_then(|unix| chrono::DateTime::from_timestamp(unix, 0))
        .map_or_else(unknown, |time| time.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string())
}

fn minutes(seconds: Option<i64>) -> String {
    seconds.map_or_else(unknown, |s| text::minutes(u32::try_from(s.max(0) / 60).unwrap_or(u32::MAX)))
}

fn device(task: &Task) -> String {
    task.device_name.clone().or(task.serial.clone()).unwrap_or_else(unknown)
}

fn list(found: &Found, after: Option<&str>) -> Result<(), Failure> {
    if found.tasks.is_empty() {
        if found.shortfall.is_none() {
            note(&after.map_or_else(
                || "the cloud remembers no prints".to_owned(),
                |id| format!("the cloud gave no prints before {id}"),
            ));
        }
        return Ok(());
    }
    let head = ["began", "print", "printer", "state", "took", "used", "id"].map(str::to_owned);
    let row = |task: &Task| {
        [
            format_timestamp(task.started.map(|at| at.0)),
            text::clip(task.name().unwrap_or("—"), 40, false),
            device(task),
            task.status.as_ref().map_or_else(unknown, ToString::to_string),
            minutes(task.took_s()),
            task.grams.map_or_else(unknown, |g| format!("{g:.0} g")),
            task.id.as_ref().map_or_else(unknown, ToString::to_string),
        ]
    };
    let rows: Vec<_> = [head].into_iter().chain(found.tasks.iter().map(row)).collect();
    print(&columns(&rows).join("\n"))?;
    let of = found.total.map_or_else(String::new, |total| format!(" of {total}"));
    let more = found.next.as_ref().map_or_else(String::new, |id| format!("; older ones with --after {id}"));
    note(&format!("{}{of} prints{more}", found.tasks.len()));
    Ok(())
}

fn totals(found: &Found, json: bool) -> Result<(), Failure> {
    let tasks: Vec<&Task> = found.tasks.iter().collect();
    let [all, printers, months] = sums(tasks.iter().copied(), app::now().utc_offset);
    if json {
        print_json(&TotalsJson {
            prints: found.tasks.len(),
            total: found.total,
            complete: found.next.is_none() && !found.is_cut_short(),
            all: all.first().map(SumJson::from),
            printers: printers.iter().map(SumJson::from).collect(),
            months: months.iter().map(SumJson::from).collect(),
        })?;
        return Ok(());
    }
    let head = ["", "prints", "finished", "stopped", "success", "hours", "grams", "metres"].map(str::to_owned);
    let mut rows = vec![head];
    for (title, part) in [("", &all), ("by printer", &printers), ("by month", &months)] {
        if !title.is_empty() {
            rows.push([title, "", "", "", "", "", "", ""].map(str::to_owned));
        }
        rows.extend(part.iter().map(sum_row));
    }
    print(&columns(&rows).join("\n"))?;
    if found.next.is_some() || found.is_cut_short() {
        let of = found.total.map_or_else(String::new, |total| format!(" of {total}"));
        note(&format!("of the newest {}{of} prints", found.tasks.len()));
    }
    Ok(())
}

fn sum_row(sum: &Sum) -> [String; 8] {
    [
        sum.label.clone(),
        sum.prints.to_string(),
        sum.finished.to_string(),
        sum.stopped.to_string(),
        sum.success().map_or_else(unknown, |percent| format!("{percent} %")),
        format!("{:.1}", sum.seconds as f64 / 3600.0),
        format!("{:.0}", sum.grams),
        format!("{:.1}", sum.metres),
    ]
}

/// Prints of the cloud's history.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PrintsJson<'a> {
    /// Newest first.
    prints: Vec<PrintJson<'a>>,
    /// How many there are in all, by the cloud's word.
    total: Option<i64>,
    /// Id for `--after`; null: no older ones follow.
    next: Option<&'a str>,
}

/// What the prints of the cloud's history add up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct TotalsJson<'a> {
    /// How many are summed.
    prints: usize,
    /// How many there are in all, by the cloud's word.
    total: Option<i64>,
    /// These are all that the cloud remembers.
    complete: bool,
    /// All of them; null without any.
    all: Option<SumJson<'a>>,
    /// By printer.
    printers: Vec<SumJson<'a>>,
    /// By month.
    months: Vec<SumJson<'a>>,
}

/// What some prints add up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct SumJson<'a> {
    /// Printer, month, or `all`.
    label: &'a str,
    prints: u32,
    finished: u32,
    /// Failed or cancelled: the cloud does not tell which.
    stopped: u32,
    /// Finished ones of those that are over, in percent.
    success_percent: Option<u32>,
    seconds: i64,
    grams: f64,
    metres: f64,
}

impl<'a> From<&'a Sum> for SumJson<'a> {
    fn from(sum: &'a Sum) -> Self {
        Self {
            label: &sum.label,
            prints: sum.prints,
            finished: sum.finished,
            stopped: sum.stopped,
            success_percent: sum.success(),
            seconds: sum.seconds,
            grams: hundredths(sum.grams),
            metres: hundredths(sum.metres),
        }
    }
}

/// Everything about one print.
async fn one(cloud: &Cloud, id: &Id, json: bool) -> Result<u8, Failure> {
    let task = cloud.task(id).await.map_err(|e| failed(&e))?;
    if json {
        print_json(&PrintJson::from(&task))?;
        return Ok(OK);
    }
    let known = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    let used = match (task.grams, task.metres()) {
        (Some(g), Some(m)) => format!("{g:.1} g, {m:.1} m"),
        (Some(g), None) => format!("{g:.1} g"),
        _ => unknown(),
    };
    let facts = [
        ("file", known(&task.title).filter(|title| Some(title.as_str()) != task.name())),
        ("printer", Some(device(&task))),
        ("began", Some(format_timestamp(task.started.map(|at| at.0)))),
        ("ended", task.ended_unix().map(|at| format_timestamp(Some(at)))),
        ("state", Some(task.status.as_ref().map_or_else(unknown, ToString::to_string))),
        ("took", Some(minutes(task.took_s()))),
        ("estimate", Some(minutes(task.estimate_s))),
        ("filament", Some(used)),
        ("plate", known(&task.plate_name).or(task.plate.map(|plate| plate.to_string()))),
        ("bed", known(&task.bed_type)),
        ("mode", known(&task.mode)),
    ];
    let mut lines = vec![task.name().unwrap_or("—").to_owned()];
    lines.extend(facts.into_iter().filter_map(|(label, value)| Some(format!("  {label:<10}{}", value?))));
    for filament in task.filaments.iter().flatten() {
        let slot = place(filament).unwrap_or_else(unknown);
        lines.push(format!("  {slot:<10}{}", filament_words(filament)));
    }
    print(&lines.join("\n"))?;
    Ok(OK)
}

/// The slot that a filament came from: by its flat number, or else by unit and slot.
pub(super) fn place(filament: &TaskFilament) -> Option<String> {
    let slot = match (filament.slot, filament.unit, filament.unit_slot) {
        (Some(flat @ 0..=103), ..) => Slot { unit: flat / 4, slot: flat % 4 },
        (Some(Slot::EXTERNAL_LEFT | Slot::EXTERNAL), ..) => return Some("Ext".to_owned()),
        (Some(flat @ Slot::FIRST_HT..=153), ..) => Slot { unit: flat, slot: 0 },
        (_, Some(unit @ 0..=135), Some(slot @ 0..=3)) => Slot { unit, slot },
        _ => return None,
    };
    Some(slot.label())
}

/// Kind, colour and weight of a filament.
pub(super) fn filament_words(filament: &TaskFilament) -> String {
    let known = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let kind = known(&filament.target_kind).or(known(&filament.kind)).unwrap_or_else(unknown);
    let color = known(&filament.target_color).or(known(&filament.source_color));
    let color = color.as_deref().and_then(Rgba::parse).map(|c| format!(", {} {}", c.name(), c.hex()));
    let grams = filament.grams.map(|grams| format!(", {grams:.1} g"));
    [Some(kind), color, grams].into_iter().flatten().collect()
}

/// A filament of a print, by the cloud's word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct FilamentJson<'a> {
    /// Label of the slot it came from.
    slot: Option<String>,
    /// Code such as `GFA00`.
    filament_id: Option<&'a str>,
    /// What was used.
    material: Option<&'a str>,
    /// What the file was sliced for.
    file_material: Option<&'a str>,
    /// As `RRGGBBAA`.
    color: Option<&'a str>,
    file_color: Option<&'a str>,
    grams: Option<f64>,
    /// The hotend, as the printer numbers it.
    nozzle: Option<i64>,
}

impl<'a> FilamentJson<'a> {
    pub(super) fn all(task: &'a Task) -> Vec<Self> {
        task.filaments.iter().flatten().map(Self::from).collect()
    }
}

impl<'a> From<&'a TaskFilament> for FilamentJson<'a> {
    fn from(filament: &'a TaskFilament) -> Self {
        Self {
            slot: place(filament),
            filament_id: filament.code.as_deref(),
            material: filament.target_kind.as_deref(),
            file_material: filament.kind.as_deref(),
            color: filament.target_color.as_deref(),
            file_color: filament.source_color.as_deref(),
            grams: filament.grams,
            nozzle: filament.nozzle,
        }
    }
}

/// A print, by the cloud's word. Null where it does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct PrintJson<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    /// The file's.
    title: Option<&'a str>,
    serial: Option<&'a str>,
    /// The printer's name at that time.
    printer: Option<&'a str>,
    model: Option<&'a str>,
    status: Option<String>,
    /// In seconds since 1970.
    started_unix: Option<i64>,
    /// In seconds since 1970; null while it runs.
    ended_unix: Option<i64>,
    /// What it really took.
    seconds: Option<i64>,
    estimate_seconds: Option<i64>,
    grams: Option<f64>,
    metres: Option<f64>,
    plate: Option<i64>,
    plate_name: Option<&'a str>,
    bed: Option<&'a str>,
    mode: Option<&'a str>,
    repetitions: Option<i64>,
    /// Filament came from an AMS.
    ams: Option<bool>,
    /// Id on the vendor's model site.
    design: Option<&'a str>,
    model_id: Option<&'a str>,
    profile: Option<&'a str>,
    filaments: Vec<FilamentJson<'a>>,
}

impl<'a> From<&'a Task> for PrintJson<'a> {
    fn from(task: &'a Task) -> Self {
        Self {
            id: task.id.as_ref().map(Id::as_str),
            name: task.name(),
            title: task.title.as_deref(),
            serial: task.serial.as_deref(),
            printer: task.device_name.as_deref(),
            model: task.device_model.as_deref(),
            status: task.status.as_ref().map(ToString::to_string),
            started_unix: task.started.map(|at| at.0),
            ended_unix: task.ended_unix(),
            seconds: task.took_s(),
            estimate_seconds: task.estimate_s,
            grams: task.grams,
            metres: task.metres(),
            plate: task.plate,
            plate_name: task.plate_name.as_deref(),
            bed: task.bed_type.as_deref(),
            mode: task.mode.as_deref(),
            repetitions: task.repetitions,
            ams: task.use_ams,
            design: task.design.as_ref().map(Id::as_str),
            model_id: task.model.as_ref().map(Id::as_str),
            profile: task.profile.as_ref().map(Id::as_str),
            filaments: FilamentJson::all(task),
        }
    }
}
