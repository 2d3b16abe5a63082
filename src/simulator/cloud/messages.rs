//! The account's inbox: news, comments, likes, followers, and what became of prints.

use super::answer::{ApiRequest, ApiResponse};
use super::history::{Task, iso, status};
use super::tasks::{self, cover};
use super::{Cloud, paging};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The kinds that can be asked for, and how many of each there were before the scenario begins.
const KINDS: [(u64, u64); 4] = [(1, 3), (2, 4), (3, 5), (4, 3)];
/// The kind of those about prints.
const PRINTS: u64 = 5;
/// How many prints the inbox remembers.
const REMEMBERED: usize = 20;
/// Messages of so many seconds before the start are unread.
const FRESH: i64 = 3 * 86_400;

/// What has been read.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    read: HashSet<u64>,
}

/// A message: number, kind, time, what it is about.
struct Message {
    id: u64,
    kind: u64,
    at: i64,
    task: Option<Task>,
}

/// Answers below `user-service/my` that are about messages.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["messages"]) => list(cloud, ask),
        ("GET", ["message", "count"]) => count(cloud),
        ("GET", ["message", "latest"]) => {
            let all = messages(cloud);
            let newest = |kind| all.iter().find(|m| m.kind == kind).map(|m| entry(cloud, m));
            let hits: Vec<_> = (1..=PRINTS).filter_map(newest).collect();
            ApiResponse::bare(200, &json!({"hits": hits}))
        }
        ("POST", ["message", "read"]) => read(cloud, ask),
        _ => ApiResponse::not_found(),
    }
}

/// All of them, newest first.
fn messages(cloud: &Cloud) -> Vec<Message> {
    let old = KINDS.into_iter().flat_map(|(kind, count)| {
        (0..count).map(move |n| {
            // Each kind at hours of its own, the newest a day or so before the start.
            let at = cloud.epoch - 86_400 * (n as i64 * 9 + kind as i64 / 2) - 3_600 * (kind as i64 * 3 + n as i64);
            Message { id: 7_000_000 + kind * 1000 + n, kind, at, task: None }
        })
    });
    let prints: Vec<_> = cloud.history(|history| {
        let over = history.newest_first().into_iter().filter(|task| task.is_over());
        let message =
            |task: &Task| Message { id: 2_000_000_000 + task.id, kind: PRINTS, at: task.end, task: Some(task.clone()) };
        over.take(REMEMBERED).map(message).collect()
    });
    let mut all: Vec<_> = old.chain(prints).collect();
    all.sort_by_key(|message| std::cmp::Reverse((message.at, message.id)));
    all
}

fn list(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let kind: Option<u64> = ask.query("type").and_then(|text| text.parse().ok());
    let limit = ask.query("limit").and_then(|text| text.parse().ok()).unwrap_or(20_usize).clamp(1, 100);
    let all: Vec<_> = messages(cloud).into_iter().filter(|m| kind.is_none_or(|kind| m.kind == kind)).collect();
    let from = match ask.query("after").filter(|id| *id != "0") {
        None => 0,
        Some(id) => all.iter().position(|m| m.id.to_string() == id).map_or(all.len(), |at| at + 1),
    };
    let (part, _) = paging::part(cloud, ask, all.len(), from, limit);
    let hits: Vec<_> = all[part].iter().map(|message| entry(cloud, message)).collect();
    ApiResponse::bare(200, &json!({"hits": hits}))
}

fn is_unread(cloud: &Cloud, message: &Message) -> bool {
    message.at > cloud.epoch - FRESH && cloud.inbox(|inbox| !inbox.read.contains(&message.id))
}

fn count(cloud: &Cloud) -> ApiResponse {
    let all = messages(cloud);
    let of = |kind| all.iter().filter(|m| m.kind == kind && is_unread(cloud, m)).count();
    let counts: Vec<_> = (1..=PRINTS).map(|kind| json!({"type": kind, "count": of(kind)})).collect();
    ApiResponse::bare(200, &json!({"count": (1..=PRINTS).map(of).sum::<usize>(), "counts": counts}))
}

/// Marks those named as read, or all of a kind, or all.
fn read(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let body = ask.json();
    let ids: Option<Vec<String>> = body["ids"].as_array().map(|ids| ids.iter().map(plain).collect());
    let kind = body["type"].as_u64();
    for message in messages(cloud) {
        let meant = match (&ids, kind) {
            (Some(ids), _) => ids.contains(&message.id.to_string()),
            (None, kind) => kind.is_none_or(|kind| kind == message.kind),
        };
        if meant {
            cloud.inbox(|inbox| inbox.read.insert(message.id));
        }
    }
    ApiResponse::bare(200, &json!({}))
}

/// A number, written as one or as a text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn entry(cloud: &Cloud, message: &Message) -> Value {
    let mut entry = json!({
        "id": tasks::id(message.id), "createTime": iso(message.at), "isread": i32::from(!is_unread(cloud, message)),
        // One about a print calls itself something else than what it is asked for by.
        "type": if message.kind == PRINTS { 6 } else { message.kind },
        "from": null, "design": null, "comment": null, "taskMessage": null,
    });
    let n = message.id % 1000;
    let design = json!({"id": 118_730 + n, "title": "Headphone Stand, no supports", "cover": cloud.picture("cover", "1F79E5", n)});
    if matches!(message.kind, 2..=4) {
        let names = ["Ada", "Grace", "Linus", "Zoë", "陈"];
        entry["from"] = json!({
            "uid": 500_000 + n, "name": names[n as usize % names.len()], "avatar": cloud.picture("avatar", "FF6A13", n),
        });
    }
    match (message.kind, &message.task) {
        (1, _) => entry["systemMessage"] = json!({"title": "News", "content": format!("Firmware notes, number {n}.")}),
        (2, _) => {
            entry["design"] = design;
            entry["comment"] =
                json!({"id": 90_000 + n, "content": "Printed well, thank you!\nAny chance of a larger one?"});
        }
        (3, _) => entry["design"] = design,
        (_, Some(task)) => {
            entry["taskMessage"] = json!({
                "id": tasks::id(task.id), "title": task.title, "cover": cover(cloud, task), "deviceId": task.serial,
                "status": task.status, "failedType": i32::from(task.status == status::ABORTED),
            });
        }
        _ => {}
    }
    entry
}
