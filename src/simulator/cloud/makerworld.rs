//! A little of MakerWorld: the designs that prints of the history were made from, their profiles, and a list that is empty.

use super::Cloud;
use super::answer::{ApiRequest, ApiResponse};
use super::history::Task;
use super::storage::EMPTY_ZIP_MD5;
use super::tasks::cover;
use serde_json::{Value, json};

/// Answers below `design-service`.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    if ask.method != "GET" {
        return ApiResponse::forbidden();
    }
    match path {
        ["design", id] => with(cloud, id, |task| ApiResponse::bare(200, &design(cloud, task))),
        ["design", id, "instances"] => {
            with(cloud, id, |task| ApiResponse::bare(200, &json!({"total": 1, "hits": [instance(task)]})))
        }
        ["design", _, "remixed"] | ["my", "design", "like"] => ApiResponse::bare(200, &json!({"total": 0, "hits": []})),
        ["instance", id, "f3mf"] => with(cloud, id, |task| match ask.query("type") {
            Some("preview") => ApiResponse::bare(200, &json!({"name": file(task), "md5": EMPTY_ZIP_MD5})),
            Some("download") => {
                let url = cloud.link("GET", &format!("/files/{}/project.3mf", task.profile));
                ApiResponse::bare(200, &json!({"name": file(task), "url": url}))
            }
            _ => ApiResponse::refusal(400, 400, "field 'type' is not valid"),
        }),
        _ => ApiResponse::not_found(),
    }
}

/// Does it with the newest print of a design; here designs and their one profile have the number of the project.
fn with(cloud: &Cloud, id: &str, f: impl FnOnce(&Task) -> ApiResponse) -> ApiResponse {
    let newest = |task: &&Task| task.cloud && task.project.to_string() == id;
    let task = cloud.history(|history| history.newest_first().into_iter().find(newest).cloned());
    task.map_or_else(ApiResponse::not_found, |task| f(&task))
}

fn file(task: &Task) -> String {
    format!("{}.3mf", task.title)
}

fn instance(task: &Task) -> Value {
    json!({"id": task.project, "title": "0.2 mm layer, 15 % infill", "isDefault": true, "plates": []})
}

fn design(cloud: &Cloud, task: &Task) -> Value {
    json!({
        "id": task.project, "title": task.title, "coverUrl": cover(cloud, task), "likeCount": 12, "downloadCount": 340,
        "printCount": 77, "designCreator": {"uid": 1_234_567, "name": "Maker"}, "instances": [instance(task)],
    })
}
