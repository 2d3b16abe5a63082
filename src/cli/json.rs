//! Printers as JSON, for scripts: the interface that README describes. Keys are only ever added.

use crate::state::{
    State,
    ams::{Ams, Content, Tray, Unit},
    control::Permission,
    job::Job,
    printer::{Freshness, Link, Printer},
    temps::{Gauge, Temps},
};
use serde_json::{Value, json};

/// Everything known of one printer.
pub(super) fn printer(printer: &Printer, state: &State) -> Value {
    let at = state.now.at;
    let (link, reason, retry) = match &printer.link {
        Link::Waiting | Link::Connecting { .. } => {
            ("connecting", printer.last_cause.as_ref().map(ToString::to_string), None)
        }
        Link::Up { .. } => ("up", None, None),
        Link::Down { why, retry_at } => {
            let retry = retry_at.map(|then| then.saturating_duration_since(at).as_secs());
            ("down", Some(why.to_string()), retry)
        }
    };
    let fresh = match printer.freshness(at, &state.patience) {
        Freshness::Nothing => "none",
        Freshness::Live => "live",
        Freshness::Stale(_) => "stale",
    };
    let age = printer.last_report.map(|then| at.saturating_duration_since(then).as_secs());
    let trouble = printer.trouble();
    json!({
        "name": printer.name,
        "serial": printer.serial,
        "model": printer.model.short(),
        "host": printer.host,
        "tags": printer.tags,
        "firmware": printer.firmware,
        "link": {"state": link, "reason": reason, "retry_in_s": retry},
        "freshness": fresh,
        "age_s": age,
        "status": printer.status().word(),
        "gcode_state": printer.report.job.gcode_state,
        "waits_for_person": printer.job.waits_for_person(),
        "control": match printer.permission() { Permission::Open => "open", _ => "locked" },
        "job": job(&printer.job, state.now.unix),
        "error": printer.job.error.map(|e| json!({"code": e.to_string(), "text": e.text()})),
        "hms": printer.job.hms.iter().map(|h| json!({
            "code": h.to_string(), "severity": format!("{:?}", h.severity()).to_lowercase(), "text": h.text(),
        })).collect::<Vec<_>>(),
        "trouble": trouble.map(|(text, _)| text),
        "temperatures": temperatures(&printer.temps),
        "fans_percent": {
            "part": printer.temps.fans.part, "aux": printer.temps.fans.aux,
            "chamber": printer.temps.fans.chamber, "hotend": printer.temps.fans.hotend,
        },
        "light": printer.light(),
        "network": printer.network(),
        "ams": ams(&printer.ams),
        "external_spools": printer.ams.external.iter().map(tray).collect::<Vec<_>>(),
        "active_tray": printer.ams.active().map(|t| t.label.clone()),
    })
}

fn job(job: &Job, now: i64) -> Value {
    let elapsed = job.started.map(|start| (job.ended.unwrap_or(now) - start).max(0));
    json!({
        "name": job.name,
        "plate": job.plate,
        "origin": job.origin,
        "percent": job.percent,
        "download_percent": job.download,
        "layer": job.layer,
        "layers": job.layers,
        "stage": job.stage,
        "stage_id": job.stage_id,
        "minutes_left": job.minutes_left,
        "done_at": job.done_at,
        "started_at": job.started,
        "elapsed_s": elapsed,
        "speed": job.speed.map(crate::protocol::command::Speed::name),
        "speed_percent": job.speed_percent,
    })
}

fn gauge(gauge: Gauge) -> Value {
    json!({"current": gauge.now, "target": gauge.target})
}

fn temperatures(temps: &Temps) -> Value {
    let nozzles: Vec<_> = temps
        .nozzles
        .iter()
        .map(|n| json!({"name": n.label, "current": n.gauge.now, "target": n.gauge.target, "active": n.active}))
        .collect();
    json!({"nozzles": nozzles, "bed": gauge(temps.bed), "chamber": temps.chamber.map(gauge)})
}

fn ams(ams: &Ams) -> Vec<Value> {
    let unit = |u: &Unit| {
        json!({
            "unit": u.label,
            "kind": u.kind.name(),
            "dryness": u.dryness,
            "humidity_percent": u.humidity,
            "temperature": u.temp,
            "drying_minutes": u.drying,
            "feeds": u.feeds,
            "trays": u.trays.iter().map(tray).collect::<Vec<_>>(),
        })
    };
    ams.units.iter().map(unit).collect()
}

fn tray(tray: &Tray) -> Value {
    let (state, spool) = match &tray.content {
        Content::Empty => ("empty", None),
        Content::Reading => ("reading", None),
        Content::Unknown => ("unknown", None),
        Content::Spool(spool) => ("spool", Some(spool)),
    };
    json!({
        "slot": tray.label,
        "state": state,
        "active": tray.active,
        "material": spool.map(|s| &s.material),
        "name": spool.map(|s| &s.name),
        "colors": spool.map(|s| s.colors.iter().map(|c| c.hex()).collect::<Vec<_>>()),
        "color_name": spool.and_then(|s| s.colors.first()).map(|c| c.name()),
        "remain_percent": spool.and_then(|s| s.remain),
        "remain_grams": spool.and_then(|s| s.grams),
        "nozzle_min": spool.and_then(|s| s.nozzle).map(|n| n.0),
        "nozzle_max": spool.and_then(|s| s.nozzle).map(|n| n.1),
        "tagged": spool.map(|s| s.tagged),
    })
}
