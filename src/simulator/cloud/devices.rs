//! The account's printers: the list, their names, binding, firmware, and what each is doing as far as the cloud knows.

use super::answer::{ApiRequest, ApiResponse};
use super::history::{iso, model_id};
use super::tasks::cover;
use super::{Cloud, Machine};
use crate::simulator::report::{Family, common, version};
use crate::simulator::sim::{Phase, SimPrinter};
use serde_json::{Value, json};

/// Answers below `iot-service/api/user` that are about printers.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["bind"]) => list(cloud, bind_entry),
        ("POST", ["bind"]) => bind(cloud, ask),
        ("DELETE", ["bind"]) => unbind(cloud, ask),
        ("GET", ["device", "info"]) => with(cloud, ask.query("device_id"), |m| ApiResponse::flat(bind_entry(cloud, m))),
        ("PATCH", ["device", "info"]) => with(cloud, Some(&ask.text("dev_id")), |machine| {
            let name = ask.text("name");
            if name.trim().is_empty() {
                return ApiResponse::refusal(400, 400, "field 'name' is not set");
            }
            machine.rename(name);
            ApiResponse::flat(json!({}))
        }),
        ("GET", ["device", "version"]) => {
            with(cloud, ask.query("dev_id"), |m| ApiResponse::flat(json!({"devices": [firmware(m)]})))
        }
        ("GET", ["print"]) => list(cloud, print_entry),
        ("POST", ["print"]) => ApiResponse::empty(405),
        ("POST", ["ttcode"]) => with(cloud, Some(&ask.text("dev_id")), |m| ApiResponse::flat(camera_ticket(m))),
        _ => ApiResponse::not_found(),
    }
}

fn list(cloud: &Cloud, entry: fn(&Cloud, &Machine) -> Value) -> ApiResponse {
    let devices: Vec<_> = cloud.bound().map(|machine| entry(cloud, machine)).collect();
    ApiResponse::flat(json!({"devices": devices}))
}

/// Does it with a printer of the account.
fn with(cloud: &Cloud, serial: Option<&str>, f: impl FnOnce(&Machine) -> ApiResponse) -> ApiResponse {
    match serial.unwrap_or("") {
        "" => ApiResponse::refusal(400, 400, "field 'dev_id' is not set"),
        serial => cloud.bound().find(|m| m.serial() == serial).map_or_else(ApiResponse::forbidden, |m| f(m)),
    }
}

/// Older accounts know less about a printer, and write models as codes.
fn is_new(machine: &Machine) -> bool {
    Family::of(machine.printer.card.model) == Family::New
}

fn model_name(machine: &Machine) -> &'static str {
    let model = machine.printer.card.model;
    if is_new(machine) { model.short() } else { model.code() }
}

/// The access code, as some printers hand it over: with the end of its line.
fn access_code(machine: &Machine) -> String {
    let code = machine.printer.access_code();
    if is_new(machine) { code + "\n" } else { code }
}

fn status(machine: &Machine, sim: &SimPrinter) -> &'static str {
    if !machine.printer.is_online() {
        return "OFFLINE";
    }
    match (sim.phase, is_new(machine)) {
        (Phase::Idle, true) => "IDLE",
        (Phase::Idle, false) | (Phase::Finish, _) => "SUCCESS",
        (Phase::Prepare, _) => "PREPARE",
        (Phase::Running, true) => "RUNNING",
        (Phase::Running, false) => "ACTIVE",
        (Phase::Pause, _) => "PAUSE",
        (Phase::Failed, _) => "FAILED",
    }
}

fn bind_entry(_: &Cloud, machine: &Machine) -> Value {
    let sim = &machine.printer.machine().sim;
    let mut entry = json!({
        "dev_id": machine.serial(), "name": machine.name(), "online": machine.printer.is_online(),
        "print_status": status(machine, sim), "dev_model_name": model_name(machine),
        "dev_product_name": machine.printer.card.model.short(), "dev_access_code": access_code(machine),
    });
    if is_new(machine) {
        entry["nozzle_diameter"] = json!(0.4);
        entry["dev_structure"] = json!(if sim.is_open() { "I3" } else { "CoreXY" });
        entry["print_job"] = if sim.phase.is_active() { json!(common::id(sim, 2)) } else { Value::Null };
    }
    entry
}

fn print_entry(cloud: &Cloud, machine: &Machine) -> Value {
    let newest = cloud.history(|history| history.newest_of(machine.serial()).cloned());
    let sim = &machine.printer.machine().sim;
    let mut entry = json!({
        "dev_id": machine.serial(), "dev_name": machine.name(), "dev_model_name": model_name(machine),
        "dev_product_name": machine.printer.card.model.short(), "dev_online": machine.printer.is_online(),
        "dev_access_code": access_code(machine),
    });
    for key in JOB_FIELDS {
        entry[key] = Value::Null;
    }
    if let Some(task) = newest.filter(|task| !task.is_over()) {
        entry["task_id"] = json!(task.id.to_string());
        entry["task_name"] = json!(task.title);
        entry["task_status"] = json!(status(machine, sim));
        entry["model_id"] = json!(model_id(task.project));
        entry["project_id"] = json!(task.project.to_string());
        entry["profile_id"] = json!(task.profile.to_string());
        entry["start_time"] = json!(iso(task.start));
        entry["prediction"] = json!(task.cost);
        entry["progress"] = json!(common::percent(sim));
        entry["thumbnail"] = json!(cover(cloud, &task));
    }
    entry
}

const JOB_FIELDS: [&str; 10] = [
    "task_id",
    "task_name",
    "task_status",
    "model_id",
    "project_id",
    "profile_id",
    "start_time",
    "prediction",
    "progress",
    "thumbnail",
];

fn firmware(machine: &Machine) -> Value {
    let sim = &machine.printer.machine().sim;
    let offer = |version: &str| {
        json!({
            "version": version, "force_update": false, "description": "Fixes and improvements.", "status": "release",
            "url": format!("https://public-cdn.example/{}/{version}/firmware.bin", machine.printer.card.model.code()),
        })
    };
    let ams: Vec<_> = sim
        .ams
        .iter()
        .map(|unit| json!({"dev_model_name": "BL-A001", "address": unit.id, "device_id": "", "firmware": []}))
        .collect();
    // A printer of the newer kind has the newest already.
    let newer = if is_new(machine) { Vec::new() } else { vec![offer("01.99.00.00")] };
    json!({"dev_id": machine.serial(), "version": version::firmware(sim), "firmware": newer, "ams": ams})
}

fn camera_ticket(machine: &Machine) -> Value {
    let tail = machine.serial().get(8..).unwrap_or("0");
    let kind = machine.printer.machine().sim.cloud_video.unwrap_or("tutk");
    let mut ticket = json!({
        "ttcode": format!("SIM{tail}TTCODE"), "authkey": format!("sim{tail}"), "passwd": format!("sim-{tail}"),
        "region": "us", "type": kind, "streams": null, "peers": null, "stream_key": null, "stream_salt": null,
        "channel_name": null, "app_id": null, "rtm": null,
    });
    if kind == "agora" {
        ticket["channel_name"] = json!(format!("sim-{tail}"));
        ticket["app_id"] = json!("sim-app");
        ticket["stream_key"] = json!(format!("sim-key-{tail}"));
    }
    ticket
}

fn bind(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let (serial, name, code) = (ask.text("device_id"), ask.text("device_name"), ask.text("bind_code"));
    let Some(machine) = cloud.machines.iter().find(|m| m.serial() == serial && !m.is_bound()) else {
        return ApiResponse::forbidden();
    };
    if code != machine.bind_code {
        return ApiResponse::refusal(400, 2, "The bind code is wrong or has expired");
    }
    machine.set_bound(true);
    if !name.trim().is_empty() {
        machine.rename(name);
    }
    ApiResponse::flat(json!({}))
}

fn unbind(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    with(cloud, ask.query("dev_id"), |machine| {
        machine.set_bound(false);
        ApiResponse::flat(json!({}))
    })
}
