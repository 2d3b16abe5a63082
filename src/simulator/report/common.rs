//! Values that every family derives in the same way.

use super::delta::DeltaWriter;
use crate::simulator::sim::job::{Until, stage};
use crate::simulator::sim::odd::NASTY_TRAY;
use crate::simulator::sim::spool::{Slot, Spool};
use crate::simulator::sim::{Phase, SimPrinter};
use serde_json::{Value, json};

/// A small number that changes with its input; good enough to see a change.
pub fn revision(parts: impl IntoIterator<Item = i64>) -> i64 {
    parts.into_iter().fold(17, |sum: i64, part| sum.wrapping_mul(1_000_003).wrapping_add(part))
}

/// Revision of a job: another job, other names.
pub fn job_revision(sim: &SimPrinter) -> i64 {
    revision([sim.job.as_ref().map_or(-1, |j| i64::from(j.number)), sim.odd.revision(), sim.phase.is_active().into()])
}

/// The name without the endings of print files.
pub fn subtask_name(sim: &SimPrinter) -> &str {
    bare_title(sim.title())
}

/// A file name without the endings of print files.
pub fn bare_title(name: &str) -> &str {
    let name = name.strip_suffix(".3mf").unwrap_or(name);
    name.strip_suffix(".gcode").unwrap_or(name)
}

/// One of the ids of a job; `0` for local jobs, empty before the first.
pub fn id(sim: &SimPrinter, kind: u32) -> String {
    match &sim.job {
        None => "0".to_owned(),
        Some(job) if !job.cloud => "0".to_owned(),
        Some(job) => (u64::from(job.number) * 7 + 100_000_000 + u64::from(kind) * 31_000_000).to_string(),
    }
}

/// `print_type`.
pub fn print_type(sim: &SimPrinter, none: &'static str) -> &'static str {
    match &sim.job {
        Some(job) if sim.phase.is_active() => {
            if job.system {
                "system"
            } else if job.cloud {
                "cloud"
            } else {
                "local"
            }
        }
        _ => none,
    }
}

/// `mc_print_stage`: 1 idle, 2 printing, 3 paused.
pub fn motion_stage(sim: &SimPrinter) -> i64 {
    match sim.phase {
        Phase::Prepare | Phase::Running => 2,
        Phase::Pause => 3,
        _ => 1,
    }
}

/// Minutes to go; stays where it was after a failure, as printers leave it.
pub fn minutes_left(sim: &SimPrinter) -> i64 {
    match (&sim.job, sim.phase) {
        (Some(job), phase) if phase != Phase::Finish => job.minutes_left(sim.rate()),
        _ => 0,
    }
}

/// Percent of the job.
pub fn percent(sim: &SimPrinter) -> i64 {
    match (&sim.job, sim.phase) {
        (_, Phase::Finish) => 100,
        (Some(job), _) => job.percent(),
        _ => 0,
    }
}

/// Current and last layer.
pub fn layers(sim: &SimPrinter) -> (i64, i64) {
    sim.job.as_ref().map_or((0, 0), |job| (job.layer(), job.layers.into()))
}

/// Percent of the file received.
pub fn received(sim: &SimPrinter) -> i64 {
    sim.job.as_ref().map_or(0, |job| job.received as i64)
}

/// Stages the job was planned with.
pub fn planned(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    s.when("stg", job_revision(sim), || match &sim.job {
        Some(job) if sim.phase.is_active() => json!(job.planned),
        _ => json!([]),
    });
}

/// Skipped objects.
pub fn skipped(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let ids = sim.job.as_ref().map_or(&[][..], |job| &job.skipped[..]);
    s.when("s_obj", revision(ids.iter().map(|id| i64::from(*id))), || json!(ids));
}

/// A fan as a step of fifteen.
pub fn fan_step(percent: u8) -> i64 {
    (i64::from(percent) * 15 + 50) / 100
}

/// The three fans in one number, 255 a fan.
pub fn fan_gear(sim: &SimPrinter) -> i64 {
    let byte = |percent: u8| (i64::from(percent) * 255 + 50) / 100;
    byte(sim.fans.part) | byte(sim.fans.aux) << 8 | byte(sim.fans.chamber) << 16
}

/// Current and target temperature in one number.
pub fn packed(now: f64, target: f64) -> i64 {
    (now.round().max(0.0) as i64 & 0xFFFF) | (target.round().max(0.0) as i64 & 0xFFFF) << 16
}

/// `ams_status`: 768 while printing, 256 and a sub step while filament changes.
pub fn ams_status(sim: &SimPrinter) -> i64 {
    if let Some(change) = &sim.change {
        return 256 + i64::from(change.step());
    }
    if sim.ams.is_empty() || !matches!(sim.phase, Phase::Running | Phase::Pause) {
        return 0;
    }
    let step = sim.job.as_ref().and_then(|job| job.steps.front());
    match step {
        Some(step) if matches!(step.stage, stage::CHANGE_FILAMENT | stage::LOAD | stage::UNLOAD) => {
            let left = if let Until::Seconds(left) = step.until { left } else { 0.0 };
            256 + match left as u32 {
                0..=6 => 7,
                7..=13 => 6,
                14..=22 => 5,
                23..=30 => 4,
                31..=36 => 3,
                _ => 2,
            }
        }
        Some(_) => 0,
        None => 768,
    }
}

/// Whether filament is in the active hotend.
pub fn filament_in(sim: &SimPrinter) -> bool {
    sim.loaded.get(sim.active).is_some_and(|slot| slot.place() != 255)
}

/// Health messages.
pub fn hms(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let revision = revision(sim.hms.iter().flat_map(|h| [i64::from(h.attr), i64::from(h.code)]));
    s.when("hms", revision, || sim.hms.iter().map(|h| json!({"attr": h.attr, "code": h.code})).collect());
}

/// Lights.
pub fn lights(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let bits = [Some(sim.lights.chamber), Some(sim.lights.flashing), sim.lights.work, sim.lights.chamber2];
    s.when("lights_report", revision(bits.map(|b| b.map_or(-1, i64::from))), || {
        let mode = |on: bool| if on { "on" } else { "off" };
        let chamber = if sim.lights.flashing { "flashing" } else { mode(sim.lights.chamber) };
        let mut list = vec![json!({"node": "chamber_light", "mode": chamber})];
        if let Some(on) = sim.lights.work {
            list.push(json!({"node": "work_light", "mode": if on { "flashing" } else { "off" }}));
        }
        if let Some(on) = sim.lights.chamber2 {
            list.push(json!({"node": "chamber_light2", "mode": mode(on)}));
        }
        list.into()
    });
}

/// The name of a filament.
pub fn sub_brand(spool: &Spool, nasty: bool) -> &'static str {
    if nasty { NASTY_TRAY } else { spool.sub_brand }
}

/// Flat number of what is loaded, as `tray_now` of the model has it.
pub fn tray_now(sim: &SimPrinter, slot: Slot) -> i64 {
    // With two hotends the field is too small for the truth, and printers put the local slot there.
    if sim.nozzles.len() > 1 {
        return if slot.unit() >= 128 || slot.place() == 255 { 0 } else { slot.place().into() };
    }
    slot.flat()
}

/// What every model says of its camera's switches.
pub fn camera(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let word = |on: bool| if on { "enable" } else { "disable" };
    s.word("ipcam_record", word(sim.options.record));
    s.word("timelapse", word(sim.options.timelapse));
}

/// Whether its video may go through the cloud. The switch is named after the service that came first.
pub fn tutk(sim: &SimPrinter) -> &'static str {
    if sim.cloud_video.is_some() { "enable" } else { "disable" }
}

/// Resolution of the camera.
pub fn resolution(sim: &SimPrinter) -> &'static str {
    if sim.options.full_hd { "1080p" } else { "720p" }
}

/// The nozzle, flat form.
pub fn nozzle(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let (hundredths, kind) = &sim.options.nozzle;
    let revision = revision(kind.bytes().map(i64::from).chain([i64::from(*hundredths)]));
    s.all_when(
        revision,
        || json!({"nozzle_diameter": (f64::from(*hundredths) / 100.0).to_string(), "nozzle_type": kind}),
    );
}

/// Whether a filament change is under way, and the slot aimed at stands beside the one in use.
pub fn changes(sim: &SimPrinter) -> bool {
    sim.phase.is_active() || sim.change.is_some()
}

/// `home_flag`, which says that the camera records while it does so in a job.
pub fn home_flag(sim: &SimPrinter) -> i64 {
    let recording = sim.options.record && sim.phase == Phase::Running;
    let field = sim.options.home_flag(sim.model, sim.homed, recording);
    // Storage: 0 none, 1 good.
    if sim.no_card { field & !0x300 } else { field }
}

/// The network: loopback, little-endian.
pub fn net() -> Value {
    json!({"conf": 16, "info": [{"ip": 16_777_343, "mask": 255}, {"ip": 0, "mask": 0}]})
}
