//! Projects, files and settings.

use super::room;
use crate::simulator::report::common;
use serde_json::{Value, json};

const PROJECT: &str = "/v1/iot-service/api/user/project";
const SETTING: &str = "/v1/iot-service/api/slicer/setting";

#[tokio::test]
async fn projects_have_plates_and_plates_have_all_there_is_to_know() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let list = browser.get(PROJECT).await.json();
    let projects = list["projects"].as_array().unwrap();
    assert!(projects.len() > 10 && projects[0]["create_time"].as_str().unwrap().len() == 19, "{}", projects[0]);
    let page = browser.get(&format!("{PROJECT}?page=2&limit=3")).await.json();
    assert_eq!(page["projects"][0], projects[3]);
    // The running job's project is found by the number in its report.
    let control = demo.control_of(&cloud.printers()[1].serial).unwrap();
    let (id, name) = control.with_printer(|sim| (common::id(sim, 0), common::subtask_name(sim).to_owned()));
    let detail = browser.get(&format!("{PROJECT}/{id}")).await.json();
    assert_eq!((&detail["project_id"], &detail["name"]), (&json!(id), &json!(name)));
    let profile = &detail["profiles"][0];
    let plate = &profile["context"]["plates"][0];
    assert_eq!(profile["context"]["compatibility"]["dev_model_name"], "N1");
    assert!(plate["prediction"].as_i64() > Some(60) && plate["objects"][0]["identify_id"].is_string(), "{plate}");
    let filament = &plate["filaments"][0];
    assert!(filament["color"].as_str().unwrap().starts_with('#') && filament["used_m"].is_string(), "{filament}");
    assert_eq!(profile["context"]["materials"].as_array().unwrap().len(), plate["filaments"].as_array().unwrap().len());
    let path = format!(
        "/v1/iot-service/api/user/profile/{}?model_id={}",
        profile["profile_id"].as_str().unwrap(),
        profile["model_id"].as_str().unwrap()
    );
    let one = browser.get(&path).await.json();
    assert_eq!((&one["filename"], &one["md5"]), (&json!(format!("{name}.3mf")), &profile["md5"]));
    let file = browser.bare("GET", one["url"].as_str().unwrap(), &[], b"").await;
    assert!(file.status == 200 && file.body.starts_with(b"PK"));
    assert_eq!(browser.get(&format!("{PROJECT}/1")).await.status, 404);
    assert_eq!(browser.get("/v1/iot-service/api/user/profile/1?model_id=US1").await.status, 403);
}

#[tokio::test]
async fn a_picture_wants_no_other_permission_than_its_link() {
    let (demo, browser) = room().await;
    let tasks = browser.get("/v1/user-service/my/tasks?limit=1").await.json();
    let cover = tasks["hits"][0]["cover"].as_str().unwrap();
    assert!(cover.starts_with(demo.cloud().unwrap().storage_url()), "{cover}");
    let picture = browser.bare("GET", cover, &[], b"").await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert!(image::load_from_memory(&picture.body).is_ok());
    let twice = browser.send("GET", cover, &Value::Null).await;
    assert!(twice.status == 400 && twice.text().contains("InvalidArgument"), "{}", twice.text());
    for wrong in [cover.replace(".png", "1.png"), cover.replace("Signature=", "Signature=0"), format!("{cover}0")] {
        assert_eq!(browser.bare("GET", &wrong, &[], b"").await.status, 403);
    }
    assert_eq!(browser.bare("PUT", cover, &[], b"x").await.status, 403, "allowed to look, not to change");
}

#[tokio::test]
async fn a_file_goes_up_through_two_links_without_a_header_more() {
    let (_demo, browser) = room().await;
    assert_eq!(browser.get("/v1/iot-service/api/user/upload?filename=a.3mf").await.status, 400);
    let answer = browser.get("/v1/iot-service/api/user/upload?filename=a%20b.3mf&size=5").await.json();
    let urls = answer["urls"].as_array().unwrap();
    let link = |kind: &str| urls.iter().find(|u| u["type"] == kind).unwrap()["url"].as_str().unwrap().to_owned();
    assert_eq!(urls[0]["file"], "a b.3mf");
    let file = link("filename");
    let put = async |headers: &[(&str, &str)]| browser.bare("PUT", &file, headers, b"bytes").await;
    let typed = put(&[("Content-Type", "application/octet-stream")]).await;
    assert!(typed.status == 403 && typed.text().contains("SignatureDoesNotMatch"));
    assert_eq!(put(&[("Authorization", "Bearer x")]).await.status, 400);
    let chunked = browser.bare("PUT", &file, &[("Transfer-Encoding", "chunked")], b"5\r\nbytes\r\n0\r\n\r\n").await;
    assert_eq!(chunked.status, 501);
    assert_eq!(put(&[]).await.status, 200);
    assert_eq!(browser.bare("PUT", &link("size"), &[("Content-Type", "text/plain")], b"5").await.status, 200);
}

#[tokio::test]
async fn a_project_is_made_filled_announced_and_finished() {
    let (_demo, browser) = room().await;
    assert_eq!(browser.post(PROJECT, json!({})).await.status, 400);
    let made = browser.post(PROJECT, json!({"name": "part.3mf"})).await.json();
    let (id, ticket) = (made["project_id"].as_str().unwrap(), made["upload_ticket"].as_str().unwrap());
    let notification = "/v1/iot-service/api/user/notification";
    let announce = async || {
        let body = json!({"upload": {"ticket": ticket, "origin_file_name": "part.3mf"}});
        browser.send("PUT", &format!("{}{notification}", browser.api), &body).await.status
    };
    assert_eq!(announce().await, 400, "nothing is there yet");
    assert_eq!(browser.bare("PUT", made["upload_url"].as_str().unwrap(), &[], b"3mf").await.status, 200);
    assert_eq!(announce().await, 200);
    let poll = async |query: &str| browser.get(&format!("{notification}?{query}")).await;
    let query = format!("action=upload&ticket={ticket}");
    assert_eq!(poll(&query).await.json()["message"], "running");
    assert_eq!(poll(&query).await.json()["message"], "success");
    assert_eq!(poll("action=upload&ticket=x").await.status, 403);
    assert_eq!(poll("action=dance").await.status, 400);
    assert!(poll("unread=true").await.json()["notifications"].is_array());
    let status = async || browser.get(&format!("{PROJECT}/{id}")).await.json()["status"].clone();
    assert_eq!(status().await, "PENDING");
    let body = json!({"name": "part", "profile_id": made["profile_id"]});
    assert_eq!(browser.send("PATCH", &format!("{}{PROJECT}/{id}", browser.api), &body).await.status, 200);
    assert_eq!(status().await, "ACTIVE");
    assert_eq!(browser.get(PROJECT).await.json()["projects"][0]["name"], "part");
}

#[tokio::test]
async fn settings_want_a_version_and_name_the_filament_of_a_tray() {
    let (demo, browser) = room().await;
    let none = browser.get(SETTING).await;
    assert_eq!((none.status, &none.json()["message"]), (400, &json!("field 'version' is not set")));
    assert_eq!(browser.get(&format!("{SETTING}?version=2.4")).await.status, 422);
    let all = browser.get(&format!("{SETTING}?version=02.04.00.70")).await.json();
    for kind in ["print", "printer", "filament"] {
        assert!(!all[kind]["public"].as_array().unwrap().is_empty(), "{kind}");
    }
    let own = browser.get(&format!("{SETTING}?version=02.04.00.70&public=false")).await.json();
    assert_eq!(own["filament"]["public"], json!([]));
    let serial = demo.cloud().unwrap().printers()[1].serial.clone();
    let code =
        demo.control_of(&serial).unwrap().with_printer(|sim| sim.ams[0].trays[3].as_ref().unwrap().code.to_string());
    let entries = own["filament"]["private"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["filament_id"] == code).expect("the tray's filament");
    assert_eq!(entry["name"].as_str().unwrap().split(" @").next(), Some("Harbour PLA Teal"));
}

#[tokio::test]
async fn a_setting_is_made_read_and_removed_but_never_changed() {
    let (_demo, browser) = room().await;
    let form =
        json!({"type": "filament", "name": "Mine", "version": "02.00.00.00", "base_id": "", "setting": {"a": "1"}});
    let made = browser.post(SETTING, form).await.json();
    let id = made["setting_id"].as_str().unwrap();
    assert!(id.starts_with("PFUS") && made["update_time"].is_string());
    let one = browser.get(&format!("{SETTING}/{id}")).await.json();
    assert_eq!((&one["name"], &one["setting"]["a"]), (&json!("Mine"), &json!("1")));
    let url = format!("{}{SETTING}/{id}", browser.api);
    assert_eq!(browser.send("PUT", &url, &json!({})).await.status, 405);
    assert_eq!(browser.send("PATCH", &url, &json!({})).await.status, 500);
    assert_eq!(browser.send("DELETE", &url, &Value::Null).await.status, 200);
    assert_eq!(browser.get(&format!("{SETTING}/{id}")).await.status, 400);
    assert_eq!(browser.post(SETTING, json!({"type": "hat"})).await.status, 400);
    assert_eq!(browser.post(SETTING, json!({"type": "print", "name": "x"})).await.status, 422);
}
