//! The account's cloud files: what is uploaded, through which doors, and how far its processing is.

use super::Cloud;
use super::answer::{ApiRequest, ApiResponse};
use super::history::iso;
use serde_json::{Value, json};
use std::collections::HashMap;

/// One upload.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) name: String,
    /// Bytes that came.
    pub(super) stored: Option<usize>,
    /// What was said about how many they are.
    pub(super) announced: Option<String>,
    /// How often somebody asked how far it is, since it was said to be complete.
    polls: Option<u32>,
}

/// Everything that clients have put there.
#[derive(Debug, Default)]
pub(super) struct FileStore {
    uploads: HashMap<String, Upload>,
    pub(super) projects: Vec<super::projects::Made>,
    count: u64,
}

impl FileStore {
    /// Another number.
    pub(super) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Opens an upload; gives its ticket.
    pub(super) fn open(&mut self, name: String) -> String {
        let ticket = format!("sim-ticket-{}", self.next());
        self.uploads.insert(ticket.clone(), Upload { name, ..Upload::default() });
        ticket
    }
}

/// Takes in what came through one of an upload's links.
pub(super) fn store(files: &mut FileStore, ticket: &str, part: &str, bytes: &[u8]) {
    let Some(upload) = files.uploads.get_mut(ticket) else { return };
    match part {
        "size" => upload.announced = Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => upload.stored = Some(bytes.len()),
    }
}

/// Answers below `iot-service/api/user` that are about files.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["upload"]) => links(cloud, ask),
        ("PUT", ["notification"]) => {
            let ticket = ask.json()["upload"]["ticket"].as_str().unwrap_or("").to_owned();
            cloud.files(|files| match files.uploads.get_mut(&ticket) {
                Some(upload) if upload.stored.is_some() => {
                    upload.polls = Some(0);
                    ApiResponse::flat(json!({}))
                }
                Some(_) => ApiResponse::refusal(400, 6, "The file has not been uploaded"),
                None => ApiResponse::forbidden(),
            })
        }
        ("GET", ["notification"]) if ask.query("unread") == Some("true") => ApiResponse::flat(notices(cloud)),
        ("GET", ["notification"]) => progress(cloud, ask),
        _ => ApiResponse::not_found(),
    }
}

/// Two links: one for the bytes, one for their number.
fn links(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let (Some(name), Some(size)) = (ask.query("filename"), ask.query("size")) else {
        return ApiResponse::refusal(400, 400, "field 'filename' or 'size' is not set");
    };
    let ticket = cloud.files(|files| files.open(name.to_owned()));
    let link = |part: &str| cloud.link("PUT", &format!("/uploads/{ticket}/{part}"));
    ApiResponse::flat(json!({"urls": [
        {"type": "filename", "file": name, "url": link("file")},
        {"type": "size", "file": size, "url": link("size")},
    ]}))
}

/// What has not been read yet. Nobody has written down how the real cloud says it: a client has to make do with any form.
fn notices(cloud: &Cloud) -> Value {
    json!({"notifications": [
        {"id": 31, "title": "bracket.3mf is ready", "content": "it can be printed now", "createTime": iso(cloud.epoch - 3_600)},
        {"id": 30, "title": "Maintenance on Sunday", "content": "cloud prints start a little later",
            "createTime": iso(cloud.epoch - 90_000)},
    ]})
}

/// The first time somebody asks, it is still being worked on.
fn progress(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    if !matches!(ask.query("action"), Some("upload" | "import_mesh")) {
        return ApiResponse::refusal(400, 400, "field 'action' is not valid");
    }
    cloud.files(|files| match files.uploads.get_mut(ask.query("ticket").unwrap_or("")) {
        Some(Upload { polls: Some(polls), .. }) => {
            *polls += 1;
            let done = *polls > 1;
            let mut body = json!({"message": if done { "success" } else { "running" }});
            body["code"] = Value::Null;
            body["error"] = Value::Null;
            ApiResponse::bare(200, &body)
        }
        Some(_) => ApiResponse::refusal(400, 6, "The file has not been uploaded"),
        None => ApiResponse::forbidden(),
    })
}
