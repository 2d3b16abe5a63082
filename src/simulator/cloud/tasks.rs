//! The history on the wire.

use super::answer::{ApiRequest, ApiResponse};
use super::history::{Filament, Task, iso, model_id};
use super::{Cloud, paging};
use serde_json::{Value, json};

/// Answers below `user-service/my` that are about prints.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["tasks"]) => list(cloud, ask),
        // To start a print is not for third parties, and there is no word about it either.
        ("POST", ["task"]) => ApiResponse::empty(400),
        ("GET", ["task", id]) => {
            let found = id.parse().ok().and_then(|id| cloud.history(|history| history.find(id).cloned()));
            found.map_or_else(ApiResponse::not_found, |task| ApiResponse::bare(200, &entry(cloud, &task)))
        }
        _ => ApiResponse::not_found(),
    }
}

/// A page, newest first, of all printers or of one.
fn list(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let limit = ask.query("limit").map_or(Some(20), |text| text.parse().ok());
    let Some(limit @ 1..=500) = limit else { return ApiResponse::refusal(400, 400, "field 'limit' is not valid") };
    let after = ask.query("after").filter(|id| *id != "0");
    let tasks: Vec<Task> = cloud.history(|history| {
        let newest = history.newest_first().into_iter();
        newest.filter(|task| ask.query("deviceId").is_none_or(|serial| task.serial == serial)).cloned().collect()
    });
    let from = match after {
        None => 0,
        Some(id) => tasks.iter().position(|task| task.id.to_string() == id).map_or(tasks.len(), |at| at + 1),
    };
    let (part, total) = paging::part(cloud, ask, tasks.len(), from, limit);
    let hits: Vec<_> = tasks[part].iter().map(|task| entry(cloud, task)).collect();
    ApiResponse::bare(200, &json!({"total": total, "hits": hits}))
}

/// Every seventh number comes as a text: both were seen, and a client must take both.
pub(super) fn id(number: u64) -> Value {
    if number.is_multiple_of(7) { json!(number.to_string()) } else { json!(number) }
}

fn entry(cloud: &Cloud, task: &Task) -> Value {
    let machine = cloud.machines.iter().find(|machine| machine.serial() == task.serial);
    let (design, design_title) = task.design.unwrap_or((0, ""));
    json!({
        "id": id(task.id), "designId": design, "designTitle": design_title, "instanceId": design * 3,
        "modelId": model_id(task.project), "title": task.title, "cover": cover(cloud, task), "status": task.status,
        "failedType": 0, "feedbackStatus": 0, "pauseType": 0, "startTime": iso(task.start), "endTime": iso(task.end),
        "weight": task.grams, "length": (task.grams * 33.5) as i64, "costTime": task.cost, "profileId": task.profile,
        "plateIndex": task.plate, "plateName": "", "deviceId": task.serial,
        "deviceModel": machine.map_or("", |m| m.printer.card.model.short()),
        "deviceName": machine.map_or_else(String::new, |m| m.name()),
        "amsDetailMapping": task.filaments.iter().map(mapping).collect::<Vec<_>>(),
        "mode": if task.cloud { "cloud_file" } else { "lan_file" }, "isPublicProfile": task.design.is_some(),
        "isPrintable": true, "bedType": "textured_plate", "useAms": true, "repetitions": 1, "material": {"id": "", "name": ""},
        "snapShot": "", "extention": {}, "sliceCfg": {}, "skipObjects": [], "filamentSettingIds": [], "nozzleInfos": [],
        "stepSummary": [],
    })
}

/// A link to the picture of what was printed.
pub(super) fn cover(cloud: &Cloud, task: &Task) -> String {
    cloud.picture("cover", task.color(), picture_number(task))
}

/// The same thing looks the same every time it is printed.
pub(super) fn picture_number(task: &Task) -> u64 {
    task.title.bytes().fold(0, |sum: u64, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007)
}

fn mapping(filament: &Filament) -> Value {
    let slot = filament.slot;
    json!({
        "ams": slot.flat(), "amsId": slot.unit(), "slotId": slot.place(), "nozzleId": 0,
        "sourceColor": filament.color, "targetColor": filament.color, "filamentId": filament.code,
        "filamentType": filament.kind, "targetFilamentType": "", "weight": filament.grams,
    })
}
