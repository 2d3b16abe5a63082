//! What was printed, and what is told about it.

use super::{Browser, room};
use crate::simulator::report::{Reporter, common};
use crate::simulator::sim::SimPrinter;
use serde_json::{Value, json};
use std::collections::HashSet;

const TASKS: &str = "/v1/user-service/my/tasks";

/// A number of the wire, whichever way it is written.
fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("no number: {value}"))
}

async fn all(browser: &Browser, filter: &str) -> Vec<Value> {
    let (mut tasks, mut after) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{TASKS}?limit=25{filter}{after}")).await.json();
        let hits = page["hits"].as_array().unwrap().clone();
        let last = hits.len() < 25;
        tasks.extend(hits);
        if last {
            assert_eq!(page["total"], tasks.len());
            return tasks;
        }
        after = format!("&after={}", number(&tasks.last().unwrap()["id"]));
    }
}

#[tokio::test]
async fn the_history_comes_in_pages_newest_first() {
    let (_demo, browser) = room().await;
    let tasks = all(&browser, "").await;
    let ids: HashSet<_> = tasks.iter().map(|task| number(&task["id"])).collect();
    assert_eq!((tasks.len(), ids.len()), (63, 63), "sixty of the past, three under way");
    assert!(tasks.windows(2).all(|pair| pair[0]["startTime"].as_str() >= pair[1]["startTime"].as_str()));
    assert!(tasks.iter().any(|t| t["id"].is_string()) && tasks.iter().any(|t| t["id"].is_number()));
    for status in [2, 3, 4] {
        assert!(tasks.iter().any(|task| task["status"] == status), "{status}");
    }
    let first = browser.get(TASKS).await.json();
    assert_eq!(first["hits"].as_array().unwrap().len(), 20);
    assert_eq!(browser.get(&format!("{TASKS}?after=1")).await.json()["hits"], json!([]));
    assert_eq!(browser.get(&format!("{TASKS}?limit=many")).await.status, 400);
}

#[tokio::test]
async fn the_history_of_one_printer() {
    let (demo, browser) = room().await;
    let serial = demo.cloud().unwrap().printers()[2].serial.clone();
    let tasks = all(&browser, &format!("&deviceId={serial}")).await;
    assert_eq!(tasks.len(), 21);
    let newest = &tasks[0];
    assert_eq!((&newest["deviceId"], &newest["deviceName"]), (&json!(serial), &json!("School P2S")));
    let slot = &newest["amsDetailMapping"][0];
    assert!(slot["ams"].is_i64() && slot["sourceColor"].as_str().unwrap().len() == 8, "{slot}");
    let hours = newest["length"].as_f64().unwrap() / newest["weight"].as_f64().unwrap();
    assert!((30.0..36.0).contains(&hours), "centimetres a gram: {hours}");
}

#[tokio::test]
async fn what_runs_is_found_by_its_number_or_by_its_name() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let report = |serial: &str| {
        demo.control_of(serial).unwrap().with_printer(|sim| Reporter::default().full(sim)["print"].clone())
    };
    let running: Vec<_> = all(&browser, "").await.into_iter().filter(|task| task["status"] == 4).collect();
    let printers = cloud.printers();
    let of = |serial: &str| running.iter().find(|task| task["deviceId"] == serial).unwrap();
    // Sent through the cloud: by number.
    let (task, said) = (of(&printers[1].serial), report(&printers[1].serial));
    assert_eq!((number(&task["id"]), &task["mode"]), (number(&said["task_id"]), &json!("cloud_file")));
    // Sent over the LAN: the printer does not know the number.
    let (task, said) = (of(&printers[0].serial), report(&printers[0].serial));
    assert_eq!((&said["task_id"], &task["title"]), (&json!("0"), &said["subtask_name"]));
    assert_eq!(task["mode"], "lan_file");
}

#[tokio::test]
async fn a_print_that_ends_is_written_down() {
    let (demo, browser) = room().await;
    let serial = demo.cloud().unwrap().printers()[1].serial.clone();
    let control = demo.control_of(&serial).unwrap();
    let newest = async || browser.get(&format!("{TASKS}?deviceId={serial}")).await.json()["hits"][0].clone();
    let id = control.with_printer(|sim| common::id(sim, 2));
    control.with_printer(SimPrinter::finish);
    let task = newest().await;
    assert_eq!((number(&task["id"]).to_string(), &task["status"]), (id, &json!(2)));
    let one = browser.get(&format!("/v1/user-service/my/task/{}", number(&task["id"]))).await.json();
    assert_eq!(one["title"], task["title"]);
    control.with_printer(SimPrinter::start_next);
    assert_eq!(newest().await["status"], 4);
    assert_eq!(browser.get("/v1/user-service/my/task/5").await.status, 404);
}

#[tokio::test]
async fn what_is_not_for_third_parties_says_so() {
    let (_demo, browser) = room().await;
    let theirs = browser.get("/v1/iot-service/api/user/task/5").await;
    assert_eq!((theirs.status, &theirs.json()["code"]), (403, &json!(8)));
    let start = browser.post("/v1/user-service/my/task", json!({"modelId": "x"})).await;
    assert_eq!((start.status, start.body.len()), (400, 0));
}

#[tokio::test]
async fn messages_of_every_kind_and_how_many_are_new() {
    let (demo, browser) = room().await;
    let messages = async |kind: u32| {
        let answer = browser.get(&format!("/v1/user-service/my/messages?type={kind}&limit=100")).await.json();
        answer["hits"].as_array().unwrap().clone()
    };
    for (kind, count, field) in [(1, 3, "systemMessage"), (2, 4, "comment"), (3, 5, "design"), (4, 3, "from")] {
        let hits = messages(kind).await;
        assert!(hits.len() == count && hits.iter().all(|m| m["type"] == kind && m[field].is_object()), "{kind}");
    }
    let prints = messages(5).await;
    assert_eq!((prints.len(), &prints[0]["type"]), (20, &json!(6)));
    assert!(matches!(prints[0]["taskMessage"]["status"].as_u64(), Some(2 | 3)), "{}", prints[0]);
    let count = async || browser.get("/v1/user-service/my/message/count").await.json();
    let before = count().await;
    let sum: u64 = before["counts"].as_array().unwrap().iter().map(|c| c["count"].as_u64().unwrap()).sum();
    assert!(before["count"] == sum && sum > 0 && before["counts"][4]["count"].as_u64() > Some(0), "{before}");
    // A print that ends is news.
    let serial = demo.cloud().unwrap().printers()[1].serial.clone();
    demo.control_of(&serial).unwrap().with_printer(SimPrinter::finish);
    assert_eq!(count().await["count"], sum + 1);
    let newest = browser.get("/v1/user-service/my/message/latest").await.json();
    assert_eq!(newest["hits"].as_array().unwrap().len(), 5);
    let id = messages(5).await[0]["id"].clone();
    browser.post("/v1/user-service/my/message/read", json!({"ids": [id]})).await;
    assert_eq!(count().await["count"], sum);
    browser.post("/v1/user-service/my/message/read", json!({"type": 5})).await;
    assert_eq!(count().await["counts"][4]["count"], 0);
    browser.post("/v1/user-service/my/message/read", json!({})).await;
    assert_eq!(count().await["count"], 0);
    let page = browser.get("/v1/user-service/my/messages?limit=2").await.json();
    let after = number(&page["hits"][1]["id"]);
    let next = browser.get(&format!("/v1/user-service/my/messages?limit=2&after={after}")).await.json();
    assert!(page["hits"][1]["createTime"].as_str() >= next["hits"][0]["createTime"].as_str());
}
