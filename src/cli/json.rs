//! Printers as JSON, for scripts: the interface that the manual describes (`docs/json.md`). Every key is always there, `null` when unknown;
//! keys are only ever added.

mod ams;
mod machine;

use crate::{
    protocol::{
        codes::{Code, HmsCode},
        job::JobPart,
        machine::Storage,
    },
    state::{
        State,
        command::{catalog, control::Permission},
        event::Cause,
        printer::{
            Freshness, Link, Printer,
            hotend::Spec,
            job::{Job, Phase, Turn, plain_name, real_id},
            road::Road,
            temps::{Gauge, Nozzle},
        },
    },
};
use serde_json::{Map, Value, json};

/// Grams or metres as they are weighed and measured: what floating point adds to hundredths is no filament.
pub(super) fn hundredths(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

/// Why a printer that reports is not live.
const NOT_WHOLE: &str = "the full report has not come yet";

/// Everything known of one printer.
pub(super) fn printer(printer: &Printer, state: &State) -> Value {
    let at = state.now.at;
    let (connection, reason) = match (&printer.link, printer.freshness(at, &state.patience)) {
        (Link::Up { .. }, Freshness::Live) => ("live", None),
        (Link::Up { .. }, Freshness::Stale(_)) if printer.awaits_whole() => ("stale", Some(NOT_WHOLE.to_owned())),
        (Link::Up { .. }, Freshness::Stale(_)) => ("stale", Some("no report for a while".to_owned())),
        (Link::Up { .. }, Freshness::Partial) => ("connecting", Some(NOT_WHOLE.to_owned())),
        (Link::Up { .. }, Freshness::Nothing) => {
            ("connecting", printer.says_nothing().then(|| Cause::NoData.to_string()))
        }
        (Link::Down { why, .. }, _) => ("offline", Some(why.to_string())),
        (Link::Waiting | Link::Connecting { .. }, _) => match &printer.last_cause {
            Some(why) => ("offline", Some(why.to_string())),
            None => ("connecting", None),
        },
    };
    let age = printer.told_at().map(|then| at.saturating_duration_since(then).as_secs() as i64);
    let job = &printer.job;
    let mut out = json!({
        "serial": printer.serial,
        "name": printer.name,
        "model": printer.model.short(),
        "product": product(printer),
        "host": Some(&printer.host).filter(|host| !host.is_empty()),
        "tags": printer.tags,
        "connection": connection,
        "reason": reason,
        "full_report": printer.session().is_some() && printer.whole.came(),
        "road": match printer.road {
            Road::Lan => "lan",
            Road::Cloud => "cloud",
        },
        "state": phase(job),
        "gcode_state": filled(printer.report.job.gcode_state.as_ref()),
        "waits_for_person": printer.waits_for_person(),
        "needs_attention": printer.need().is_some(),
        "danger": printer.is_in_danger(),
        "stage": {
            "id": job.stage.as_ref().and(job.stage_id), "text": job.stage, "seconds": job.stage_seconds,
            "planned": job.stages,
        },
        "job": self::job(printer),
        "nozzles": nozzles(printer),
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
            "chamber": printer.light_word(), "chamber2": printer.light_mode("chamber_light2"),
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

fn phase(job: &Job) -> &'static str {
    match job.phase {
        _ if job.is_lost() => "failed",
        Phase::Unknown => "unknown",
        Phase::Idle => "idle",
        Phase::Slicing => "slicing",
        Phase::Preparing => "preparing",
        Phase::Running => "printing",
        Phase::Paused => "paused",
        Phase::Finished => "finished",
        Phase::Stopped | Phase::Failed | Phase::Cancelled => "failed",
    }
}

/// A text that is not empty.
fn filled(text: Option<&impl std::ops::Deref<Target = str>>) -> Option<&str> {
    text.map(|text| &**text).filter(|text| !text.is_empty())
}

/// What the printer calls itself: its product's name, or its model's code.
fn product(printer: &Printer) -> Option<&str> {
    let ota = printer.modules.iter().find(|module| module.name.as_deref() == Some("ota"))?;
    filled(ota.product.as_ref()).or_else(|| filled(ota.project.as_ref()))
}

/// How the last job ended; `None` while one is under way.
fn outcome(job: &Job) -> Option<&'static str> {
    match job.phase {
        Phase::Finished => Some("finished"),
        Phase::Failed => Some("failed"),
        Phase::Cancelled => Some("cancelled"),
        _ if job.is_lost() => Some("failed"),
        _ => None,
    }
}

fn ids(raw: &JobPart) -> Value {
    let id = |id: &Option<String>| real_id(id.as_ref());
    json!({
        "task": id(&raw.task_id), "subtask": id(&raw.subtask_id), "job": id(&raw.job_id), "lan": id(&raw.lan_task_id),
        "project": id(&raw.project_id), "profile": id(&raw.profile_id), "design": id(&raw.design_id),
        "model": id(&raw.model_id),
    })
}

fn upload(raw: &JobPart) -> Value {
    let upload = raw.upload.as_ref();
    let busy = upload.filter(|upload| filled(upload.status.as_ref()).is_some_and(|status| status != "idle"));
    json!({
        "status": upload.and_then(|upload| filled(upload.status.as_ref())),
        "percent": busy.and_then(|upload| upload.progress).map(|percent| percent.clamp(0, 100)),
        "message": busy.and_then(|upload| filled(upload.message.as_ref())),
    })
}

fn job(printer: &Printer) -> Value {
    let job = &printer.job;
    let raw = &printer.report.job;
    // A printer at rest reports numbers too: 0 % is a fact, the old estimate of a failed job is not.
    let at_rest = job.phase != Phase::Unknown && !job.phase.is_active();
    let reported = || raw.mc_percent.or(raw.percent).map(|p| p.clamp(0, 100)).filter(|_| !job.phase.is_active());
    let lost = job.gone.as_ref().filter(|_| job.is_lost());
    let percent = job.percent.or(lost.and_then(|gone| gone.percent)).map(i64::from).or_else(reported);
    // A name, too, is told of the last job until the next one.
    let next = job.phase.is_active() || job.next_is_named();
    let last = || filled(raw.subtask_name.as_ref()).map(plain_name).filter(|_| !next);
    let paused = (job.phase == Phase::Paused).then(|| printer.pause_reason()).filter(|why| why != "paused");
    let remaining = job.minutes_left.or((at_rest && raw.mc_remaining_time == Some(0)).then_some(0));
    json!({
        "name": job.name.as_deref().or(lost.and_then(|gone| gone.name.as_deref())).or_else(last),
        "file": filled(raw.gcode_file.as_ref()).or_else(|| filled(raw.file.as_ref())),
        "ids": ids(raw),
        "plate": job.plate,
        "plates": job.plates,
        "origin": job.origin,
        "percent": percent,
        "download_percent": job.download,
        "turn": job.turn.map(Turn::name),
        "remaining_minutes": remaining,
        "done_unix": job.done_at,
        "started_unix": job.started,
        "ended_unix": job.ended,
        "outcome": outcome(job),
        "pause_reason": paused,
        "upload": upload(raw),
        "layer": job.layer,
        "total_layers": job.layers,
        "skipped_objects": raw.skipped,
        "slots": job.filaments.iter().map(|slot| slot.map(|slot| printer.ams.label(slot))).collect::<Vec<_>>(),
        "resume_at_printer": job.resume_at_printer,
        "never_began": job.never_began,
        "failure": job.failure.map(|error| error.to_string()),
        "error": error(job.error.map(|error| meaning(printer, Code::Error(error)))),
    })
}

fn gauge(gauge: Option<Gauge>) -> Value {
    json!({"current": gauge.and_then(|g| g.now), "target": gauge.and_then(|g| g.target)})
}

fn nozzles(printer: &Printer) -> Vec<Value> {
    let mut nozzles: Vec<_> = printer.temps.nozzles.iter().collect();
    nozzles.sort_by_key(|n| n.id);
    let nozzle = |n: &Nozzle| {
        let Nozzle { diameter, material, flow, max, reliable, health, .. } = *n;
        let mut keys = machine::spec(Spec { diameter, material, flow, max, reliable, health });
        let pairs = [
            ("id", json!(n.id)),
            ("current", json!(n.gauge.now)),
            ("target", json!(n.gauge.target)),
            ("active", json!(n.active)),
            ("label", json!(n.label)),
            ("filament", json!(n.filament)),
            ("buffer", json!(n.buffer)),
            ("fitted", json!(n.fitted)),
            ("slot", json!(printer.ams.loaded_in(n.id.into()).map(|slot| printer.ams.label(slot)))),
        ];
        keys.extend(machine::last_filament(printer, n.id.into()));
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
        ("danger", json!(code.is_danger())),
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
        ["code", "danger", "text", "text_source", "wiki", "advice"]
            .map(|key| (key.to_owned(), Value::Null))
            .into_iter()
            .collect()
    };
    Value::Object(meaning.unwrap_or_else(none))
}

fn hms(printer: &Printer, hms: HmsCode) -> Value {
    let mut out = meaning(printer, Code::Hms(hms));
    out.insert("severity".to_owned(), hms.severity().name().into());
    out.insert("module".to_owned(), hms.module().into());
    out.insert("internal".to_owned(), printer.is_internal(hms).into());
    Value::Object(out)
}

#[cfg(test)]
mod tests;
