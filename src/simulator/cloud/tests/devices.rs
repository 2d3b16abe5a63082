//! The account's printers.

use super::room;
use crate::simulator::{Plan, start};
use serde_json::{Value, json};

const BIND: &str = "/v1/iot-service/api/user/bind";

#[tokio::test]
async fn the_account_has_three_printers_and_one_of_them_is_on_the_lan() {
    let (demo, browser) = room().await;
    let answer = browser.get(BIND).await.json();
    assert_eq!(
        (&answer["message"], &answer["code"], &answer["error"]),
        (&json!("success"), &Value::Null, &Value::Null)
    );
    let devices = answer["devices"].as_array().unwrap();
    let serials: Vec<_> = devices.iter().map(|d| d["dev_id"].as_str().unwrap()).collect();
    assert_eq!((devices.len(), serials[0]), (3, demo.printers()[0].serial.as_str()));
    assert_eq!((&devices[0]["dev_model_name"], &devices[0]["dev_product_name"]), (&json!("C12"), &json!("P1S")));
    assert_eq!((&devices[0]["print_status"], &devices[0]["online"]), (&json!("ACTIVE"), &json!(true)));
    assert_eq!(devices[0]["dev_access_code"], demo.printers()[0].access_code);
    assert_eq!(devices[0].get("nozzle_diameter"), None, "unknown to older accounts");
    assert_eq!((&devices[2]["dev_model_name"], &devices[2]["dev_structure"]), (&json!("P2S"), &json!("CoreXY")));
    let code = devices[2]["dev_access_code"].as_str().unwrap();
    assert!(code.ends_with('\n') && code.len() == 9, "{code:?}");
    let lan: Vec<_> = demo.cloud().unwrap().printers().iter().map(|p| p.lan).collect();
    assert_eq!((lan, demo.printers().len()), (vec![true, false, false], 1));
}

#[tokio::test]
async fn what_a_printer_does_shows_in_words_and_while_it_prints_in_fields() {
    let (demo, browser) = room().await;
    let serial = demo.cloud().unwrap().printers()[1].serial.clone();
    let control = demo.control_of(&serial).unwrap();
    let print = async || browser.get("/v1/iot-service/api/user/print?force=true").await.json()["devices"][1].clone();
    let busy = print().await;
    assert_eq!((&busy["task_status"], &busy["dev_online"]), (&json!("ACTIVE"), &json!(true)));
    assert!(busy["task_id"].is_string() && busy["progress"].as_i64().unwrap() >= 61, "{busy}");
    assert!(busy["thumbnail"].as_str().unwrap().contains("Signature="));
    control.with_printer(crate::simulator::sim::SimPrinter::finish);
    let idle = print().await;
    for key in ["task_id", "task_name", "task_status", "progress", "start_time", "thumbnail"] {
        assert_eq!(idle[key], Value::Null, "{key}");
    }
    let status = async || browser.get(BIND).await.json()["devices"][1]["print_status"].clone();
    assert_eq!(status().await, "SUCCESS");
    control.power_off().await;
    assert_eq!(status().await, "OFFLINE");
    control.power_on().await.unwrap();
    assert_eq!(status().await, "SUCCESS");
}

#[tokio::test]
async fn a_name_can_be_changed() {
    let (demo, browser) = room().await;
    let url = format!("{}/v1/iot-service/api/user/device/info", browser.api);
    let serial = demo.printers()[0].serial.clone();
    let answer = browser.send("PATCH", &url, &json!({"dev_id": serial, "name": "Kitchen"})).await;
    assert_eq!((answer.status, &answer.json()["message"]), (200, &json!("success")));
    assert_eq!(browser.get(BIND).await.json()["devices"][0]["name"], "Kitchen");
    let info = browser.get(&format!("/v1/iot-service/api/user/device/info?device_id={serial}")).await.json();
    assert_eq!(info["name"], "Kitchen");
    assert_eq!(browser.send("PATCH", &url, &json!({"dev_id": serial, "name": " "})).await.status, 400);
    let strange = browser.send("PATCH", &url, &json!({"dev_id": "01P00A000000000", "name": "x"})).await;
    assert_eq!((strange.status, &strange.json()["code"]), (403, &json!(8)));
}

#[tokio::test]
async fn a_printer_is_bound_by_the_code_on_its_screen() {
    let plan = Plan { printers: Some(2), cloud: Some(super::CloudPlan::default()), ..Plan::default() };
    let demo = start(&plan).await.unwrap();
    let (cloud, browser) = (demo.cloud().unwrap(), super::Browser::new(demo.cloud().unwrap()));
    let serial = &demo.printers()[1].serial;
    let form = |code: &str| json!({"device_id": serial, "device_name": "New", "bind_code": code});
    assert_eq!(browser.post(BIND, form("wrong")).await.status, 400);
    assert_eq!(cloud.printers().len(), 3);
    assert_eq!(browser.post(BIND, form(&cloud.bind_code(serial).unwrap())).await.status, 200);
    assert_eq!(cloud.printers()[1].name, "New");
    let url = format!("{}{BIND}?dev_id={serial}", browser.api);
    assert_eq!(browser.send("DELETE", &url, &Value::Null).await.status, 200);
    assert_eq!(cloud.printers().len(), 3);
}

#[tokio::test]
async fn firmware_is_offered_to_those_who_do_not_have_it() {
    let (demo, browser) = room().await;
    let version = async |serial: &str| {
        let path = format!("/v1/iot-service/api/user/device/version?dev_id={serial}");
        browser.get(&path).await.json()["devices"][0].clone()
    };
    let old = version(&demo.printers()[0].serial).await;
    assert_eq!((&old["version"], &old["firmware"][0]["version"]), (&json!("01.08.01.00"), &json!("01.99.00.00")));
    assert_eq!(old["ams"].as_array().unwrap().len(), 1);
    let new = version(&demo.cloud().unwrap().printers()[2].serial).await;
    assert_eq!(new["firmware"], json!([]));
    assert_eq!(browser.get("/v1/iot-service/api/user/device/version").await.status, 400);
}

#[tokio::test]
async fn what_third_parties_do_not_get() {
    let (demo, browser) = room().await;
    assert_eq!(browser.post("/v1/iot-service/api/user/print", json!({})).await.status, 405);
    assert_eq!(browser.get("/v1/iot-service/api/user/files").await.status, 404);
    for (at, kind) in [(0, "tutk"), (2, "agora")] {
        let ticket = json!({"dev_id": demo.cloud().unwrap().printers()[at].serial});
        let ticket = browser.post("/v1/iot-service/api/user/ttcode", ticket).await.json();
        assert_eq!((&ticket["type"], &ticket["streams"]), (&json!(kind), &Value::Null));
    }
}
