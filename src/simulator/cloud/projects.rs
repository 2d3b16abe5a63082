//! Projects: what was sliced, plate by plate, with pictures, filaments and objects.

use super::answer::{ApiRequest, ApiResponse};
use super::history::{Task, model_id};
use super::storage::EMPTY_ZIP_MD5;
use super::{Cloud, paging, tasks};
use chrono::DateTime;
use serde_json::{Value, json};
use std::collections::HashSet;

/// A project that a client has made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    id: u64,
    profile: u64,
    name: String,
    at: i64,
    /// Whether the client has said that it is complete.
    done: bool,
}

/// Answers below `iot-service/api/user` that are about projects.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["project"]) => list(cloud, ask),
        ("POST", ["project"]) => create(cloud, ask),
        ("GET", ["project", id]) => detail(cloud, id),
        ("PATCH", ["project", id]) => finish(cloud, ask, id),
        ("GET", ["profile", id]) => profile(cloud, ask, id),
        _ => ApiResponse::not_found(),
    }
}

/// A moment as projects have it.
fn words(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M:%S").to_string())
}

/// The newest print of each project.
fn newest(cloud: &Cloud) -> Vec<Task> {
    let mut seen = HashSet::new();
    cloud.history(|history| {
        let tasks = history.newest_first().into_iter();
        tasks.filter(|task| task.project != 0 && seen.insert(task.project)).cloned().collect()
    })
}

fn head(cloud: &Cloud, id: u64, name: &str, status: &str, at: i64) -> Value {
    json!({
        "project_id": id.to_string(), "user_id": cloud.account(|a| a.uid).to_string(), "model_id": model_id(id),
        "status": status, "name": name, "content": "{}", "create_time": words(at), "update_time": words(at),
    })
}

fn list(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let number = |key: &str, usual: usize| ask.query(key).and_then(|text| text.parse().ok()).unwrap_or(usual).max(1);
    let (page, limit) = (number("page", 1), number("limit", 100));
    let made = cloud.files(|files| files.projects.clone());
    let made = made.iter().rev().map(|p| head(cloud, p.id, &p.name, if p.done { "ACTIVE" } else { "PENDING" }, p.at));
    let printed = newest(cloud);
    let printed = printed.iter().map(|task| head(cloud, task.project, &task.title, "ACTIVE", task.start - 240));
    let all: Vec<_> = made.chain(printed).collect();
    let (part, _) = paging::part(cloud, ask, all.len(), (page - 1).saturating_mul(limit), limit);
    let projects = &all[part];
    ApiResponse::flat(json!({"projects": projects}))
}

fn create(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let name = ask.text("name");
    if name.is_empty() {
        return ApiResponse::refusal(400, 400, "field 'name' is not set");
    }
    let at = cloud.now();
    let (made, ticket) = cloud.files(|files| {
        let number = files.next();
        let made =
            Made { id: 900_000_000 + number, profile: 950_000_000 + number, name: name.clone(), at, done: false };
        files.projects.push(made.clone());
        (made, files.open(name))
    });
    ApiResponse::flat(json!({
        "project_id": made.id.to_string(), "model_id": model_id(made.id), "profile_id": made.profile.to_string(),
        "upload_url": cloud.link("PUT", &format!("/uploads/{ticket}/file")), "upload_ticket": ticket,
    }))
}

fn finish(cloud: &Cloud, ask: &ApiRequest, id: &str) -> ApiResponse {
    cloud.files(|files| match files.projects.iter_mut().find(|made| made.id.to_string() == id) {
        Some(made) => {
            made.done = true;
            let name = ask.text("name");
            if !name.is_empty() {
                made.name = name;
            }
            ApiResponse::flat(json!({}))
        }
        None => ApiResponse::forbidden(),
    })
}

fn detail(cloud: &Cloud, id: &str) -> ApiResponse {
    if let Some(made) = cloud.files(|files| files.projects.iter().find(|made| made.id.to_string() == id).cloned()) {
        let mut body = head(cloud, made.id, &made.name, if made.done { "ACTIVE" } else { "PENDING" }, made.at);
        body["profiles"] = json!([]);
        return ApiResponse::flat(body);
    }
    let Some(task) = newest(cloud).into_iter().find(|task| task.project.to_string() == id) else {
        return ApiResponse::refusal(404, 2, "The project does not exist");
    };
    let mut body = head(cloud, task.project, &task.title, "ACTIVE", task.start - 240);
    body["profiles"] = json!([profile_entry(cloud, &task)]);
    ApiResponse::flat(body)
}

fn profile(cloud: &Cloud, ask: &ApiRequest, id: &str) -> ApiResponse {
    let model = ask.query("model_id").unwrap_or("");
    let found = newest(cloud).into_iter().find(|t| t.profile.to_string() == id && model_id(t.project) == model);
    found.map_or_else(ApiResponse::forbidden, |task| ApiResponse::flat(profile_entry(cloud, &task)))
}

fn profile_entry(cloud: &Cloud, task: &Task) -> Value {
    let file = format!("{}.3mf", task.title);
    let machine = cloud.machines.iter().find(|machine| machine.serial() == task.serial);
    let model = machine.map(|machine| machine.printer.card.model);
    let config = |name: &str| {
        let url = cloud.link("GET", &format!("/files/{}/{name}", task.profile));
        json!({"name": name, "dir": "Metadata", "url": url})
    };
    json!({
        "profile_id": task.profile.to_string(), "model_id": model_id(task.project), "status": "ACTIVE", "name": "",
        "content": "{}", "create_time": words(task.start - 200), "update_time": words(task.start - 200),
        "url": cloud.link("GET", &format!("/files/{}/project.3mf", task.profile)), "md5": EMPTY_ZIP_MD5, "keystore_xml": null,
        "filename": file,
        "context": {
            "compatibility": {
                "dev_model_name": model.map_or("", crate::protocol::model::Model::code),
                "dev_product_name": model.map_or("", crate::protocol::model::Model::short), "nozzle_diameter": 0.4,
            },
            "other_compatibility": [], "pictures": null,
            "configs": [config("project_settings.config"), config("model_settings.config")],
            "plates": (1..=task.plate).map(|index| plate(cloud, task, index)).collect::<Vec<_>>(),
            "materials": task.filaments.iter().map(|f| json!({
                "color": f.color.get(..6), "material": f.kind, "filament_id": f.code,
            })).collect::<Vec<_>>(),
            "auxiliary_pictures": [], "auxiliary_bom": [], "auxiliary_guide": [], "auxiliary_other": [],
        },
    })
}

/// Of several plates the last is the one that was printed; the others are like it.
fn plate(cloud: &Cloud, task: &Task, index: u64) -> Value {
    let file = |name: String, url: String| json!({"name": name, "dir": "Metadata", "url": url});
    let picture = cloud.picture("plate", task.color(), tasks::picture_number(task) + index);
    let gcode = cloud.link("GET", &format!("/files/{}/plate_{index}.gcode", task.profile));
    let filaments: Vec<_> = task
        .filaments
        .iter()
        .enumerate()
        .map(|(i, f)| {
            json!({
                "id": (i + 1).to_string(), "type": f.kind, "color": format!("#{}", f.color.get(..6).unwrap_or("808080")),
                "used_g": format!("{:.2}", f.grams), "used_m": format!("{:.2}", f.grams * 0.335),
            })
        })
        .collect();
    let objects: Vec<_> = (0..=task.project % 5).map(|i| json!({"identify_id": (81 + i * 19).to_string()})).collect();
    json!({
        "index": index, "thumbnail": file(format!("plate_{index}.png"), picture),
        "top_picture": null, "pick_picture": null, "gcode": file(format!("plate_{index}.gcode"), gcode),
        "prediction": task.cost, "weight": task.grams, "filaments": filaments, "objects": objects, "warning": [],
    })
}
