//! Printers as JSON, for scripts: the interface that README describes. Every key is always there, `null` when unknown;
//! keys are only ever added.

mod ams;
mod machine;

use crate::{
    protocol::{
        codes::{Code, HmsCode},
        machine::Storage,
    },
    state::{
        State, catalog,
        control::Permission,
        hotend::Spec,
        job::{Phase, Turn},
        printer::{Freshness, Link, Printer},
        road::Road,
        temps::{Gauge, Nozzle},
    },
};
use serde_json::{Map, Value, json};

/// Everything known of one printer.
pub(super) fn printer(printer: &Printer, state: &State) -> Value {
    let at = state.now.at;
    let (connection, reason) = match (&printer.link, printer.freshness(at, &state.patience)) {
        (Link::Up { .. }, Freshness::Live) => ("live", None),
        (Link::Up { .. }, Freshness::Stale(_)) => ("stale", Some("no report for a while".to_owned())),
        (Link::Up { .. }, Freshness::Nothing) => ("connecting", None),
        (Link::Down { why, .. }, _) => ("offline", Some(why.to_string())),
        (Link::Waiting | Link::Connecting { .. }, _) => match &printer.last_cause {
            Some(why) => ("offline", Some(why.to_string())),
            None => ("connecting", None),
        },
    };
    let age = printer.last_report.map(|then| at.saturating_duration_since(then).as_secs() as i64);
    let job = &printer.job;
    let mut out = json!({
        "serial": printer.serial,
        "name": printer.name,
        "model": printer.model.short(),
        "host": Some(&printer.host).filter(|host| !host.is_empty()),
        "tags": printer.tags,
        "connection": connection,
        "reason": reason,
        "road": match printer.road {
            Road::Lan => "lan",
            Road::Cloud => "cloud",
        },
        "state": phase(job.phase),
        "waits_for_person": job.waits_for_person(),
        "stage": {
            "id": job.stage.as_ref().and(job.stage_id), "text": job.stage, "seconds": job.stage_seconds,
            "planned": job.stages,
        },
        "job": self::job(printer),
        "nozzles": nozzles(&printer.temps.nozzles),
        "bed": gauge(Some(printer.temps.bed)),
        "chamber": gauge(printer.temps.chamber),
        "fans": {
            "part": printer.temps.fans.part, "aux": printer.temps.fans.aux,
            "chamber": printer.temps.fans.chamber, "heatbreak": printer.temps.fans.hotend,
            "aux2": printer.temps.fans.second_aux, "heatbreak2": printer.temps.fans.second_hotend,
            "filter": printer.temps.fans.filter,
        },
        "speed": {
            "level": job.speed.map(|s| s as u8),
            "name": job.speed.map(crate::protocol::command::Speed::name),
            "percent": job.speed_percent,
        },
        "lights": {
            "chamber": printer.light_mode("chamber_light"), "chamber2": printer.light_mode("chamber_light2"),
            "work": printer.light_mode("work_light"),
        },
        "wifi_dbm": printer.machine.network.wifi_dbm,
        "hms": job.hms.iter().map(|message| hms(printer, message.code)).collect::<Vec<_>>(),
        "control": match printer.permission() {
            Permission::Open => "open",
            Permission::Declared | Permission::Learned => "blocked",
            Permission::Unknown | Permission::Suspected => "unknown",
        },
        "firmware": printer.firmware,
        "sd_card": printer.machine.storage.map(|storage| storage == Storage::Ok),
        "updated_unix": age.map(|age| state.now.unix - age),
    });
    if let Value::Object(keys) = &mut out {
        keys.extend(filament(printer).map(|(key, value)| (key.to_owned(), value)));
        keys.extend(machine::keys(printer));
    }
    out
}

/// The keys that are about filament.
pub(super) fn filament(printer: &Printer) -> [(&'static str, Value); 3] {
    [
        ("ams", ams::units(&printer.ams).into()),
        ("ams_status", ams::activity(printer)),
        ("external", printer.ams.external.iter().map(ams::tray).collect()),
    ]
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Unknown => "unknown",
        Phase::Idle => "idle",
        Phase::Slicing => "slicing",
        Phase::Preparing => "preparing",
        Phase::Running => "printing",
        Phase::Paused => "paused",
        Phase::Finished => "finished",
        Phase::Failed | Phase::Cancelled => "failed",
    }
}

fn job(printer: &Printer) -> Value {
    let job = &printer.job;
    let raw = &printer.report.job;
    // A printer at rest reports numbers too: 0 % is a fact, the old estimate of a failed job is not.
    let percent = job.percent.map(i64::from).or(raw.mc_percent.or(raw.percent).map(|p| p.clamp(0, 100)));
    let at_rest = job.phase != Phase::Unknown && !job.phase.is_active();
    let remaining = job.minutes_left.or((at_rest && raw.mc_remaining_time == Some(0)).then_some(0));
    json!({
        "name": job.name,
        "file": raw.gcode_file.as_deref().filter(|file| !file.is_empty()),
        "plate": job.plate,
        "plates": job.plates,
        "origin": job.origin,
        "percent": percent,
        "download_percent": job.download,
        "turn": job.turn.map(Turn::name),
        "remaining_minutes": remaining,
        "done_unix": job.done_at,
        "started_unix": job.started,
        "layer": job.layer,
        "total_layers": job.layers,
        "skipped_objects": raw.skipped,
        "slots": job.filaments.iter().map(|slot| slot.map(|slot| machine::label(slot, &printer.ams))).collect::<Vec<_>>(),
        "resume_at_printer": job.resume_at_printer,
        "never_began": job.never_began,
        "failure": job.failure.map(|error| error.to_string()),
        "error": error(job.error.map(|error| meaning(printer, Code::Error(error)))),
    })
}

fn gauge(gauge: Option<Gauge>) -> Value {
    json!({"current": gauge.and_then(|g| g.now), "target": gauge.and_then(|g| g.target)})
}

fn nozzles(nozzles: &[Nozzle]) -> Vec<Value> {
    let mut nozzles: Vec<_> = nozzles.iter().collect();
    nozzles.sort_by_key(|n| n.id);
    let nozzle = |n: &Nozzle| {
        let Nozzle { diameter, material, flow, max, unreliable, health, .. } = *n;
        let mut keys = machine::spec(Spec { diameter, material, flow, max, unreliable, health });
        let pairs = [
            ("id", json!(n.id)),
            ("current", json!(n.gauge.now)),
            ("target", json!(n.gauge.target)),
            ("active", json!(n.active)),
            ("label", json!(n.label)),
            ("filament", json!(n.filament)),
            ("buffer", json!(n.buffer)),
            ("fitted", json!(n.fitted)),
        ];
        keys.extend(pairs.map(|(key, value)| (key.to_owned(), value)));
        Value::Object(keys)
    };
    nozzles.into_iter().map(nozzle).collect()
}

/// What there is to say about a code, with all its keys.
fn meaning(printer: &Printer, code: Code) -> Map<String, Value> {
    let (text, advice) = (printer.text(code), printer.advice(code));
    let actions: Vec<_> =
        advice.actions.iter().filter_map(|action| catalog::entry_of(action, printer)).map(|entry| entry.name).collect();
    let pairs = [
        ("code", json!(code.to_string())),
        ("text", json!(text.words)),
        ("text_source", json!(text.source.name())),
        ("wiki", json!(code.wiki())),
        ("advice", json!({"text": advice.step, "actions": actions})),
    ];
    pairs.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

/// The error that is shown; without one every key is null.
fn error(meaning: Option<Map<String, Value>>) -> Value {
    let none = || {
        ["code", "text", "text_source", "wiki", "advice"].map(|key| (key.to_owned(), Value::Null)).into_iter().collect()
    };
    Value::Object(meaning.unwrap_or_else(none))
}

fn hms(printer: &Printer, hms: HmsCode) -> Value {
    let mut out = meaning(printer, Code::Hms(hms));
    out.insert("severity".to_owned(), hms.severity().name().into());
    out.insert("module".to_owned(), hms.module().into());
    Value::Object(out)
}
