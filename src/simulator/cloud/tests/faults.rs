//! What goes wrong, on order.

use super::{Browser, room, room_of};
use crate::simulator::cloud::{CloudFault, CloudPlan, FaultRule};
use crate::simulator::{Plan, Scenario, start};
use serde_json::{Value, json};

const BIND: &str = "/v1/iot-service/api/user/bind";
const PREFERENCE: &str = "/v1/design-user-service/my/preference";

#[tokio::test]
async fn every_fault_has_its_face() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let with = async |fault| {
        cloud.clear_faults();
        cloud.set_fault(fault);
        browser.get(BIND).await
    };
    assert_eq!(with(CloudFault::Unauthorized).await.json()["error"], "Please login.");
    let transient = with(CloudFault::Transient).await;
    assert!(transient.status == 401 && !transient.text().contains("Please login"));
    let page = with(CloudFault::Cloudflare).await;
    assert_eq!((page.status, page.header("cf-mitigated")), (403, Some("challenge")));
    assert!(page.text().contains("Just a moment") && page.header("content-type").unwrap().starts_with("text/html"));
    let forbidden = with(CloudFault::Forbidden).await;
    assert_eq!((forbidden.status, &forbidden.json()["code"]), (403, &json!(8)));
    let later = with(CloudFault::TooMany(7)).await;
    assert_eq!((later.status, later.header("retry-after")), (429, Some("7")));
    let date = with(CloudFault::TooManyUntil(7)).await;
    assert!(date.header("retry-after").unwrap().ends_with(" GMT"));
    assert_eq!(with(CloudFault::TooManyBare).await.header("retry-after"), None);
    assert_eq!(with(CloudFault::Server(503)).await.status, 503);
    let html = with(CloudFault::Html).await;
    assert!(html.status == 200 && html.text().starts_with("<html>"));
    let truncated = with(CloudFault::Truncated).await;
    assert!(truncated.whole && serde_json::from_slice::<Value>(&truncated.body).is_err());
    let cut = with(CloudFault::Cut).await;
    assert!(cut.status == 200 && !cut.whole && !cut.body.is_empty());
    assert_eq!(with(CloudFault::Slow(1)).await.status, 200);
    cloud.clear_faults();
    assert_eq!(browser.get(BIND).await.status, 200);
}

#[tokio::test]
async fn a_fault_may_be_of_one_place_and_go_by_itself() {
    let order = FaultRule { fault: CloudFault::Transient, path: BIND.into(), times: Some(1) };
    let (_demo, browser) = room_of(CloudPlan { faults: vec![order], ..CloudPlan::default() }).await;
    assert_eq!(browser.get(PREFERENCE).await.status, 200);
    assert_eq!(browser.get(BIND).await.status, 401);
    assert_eq!(browser.get(BIND).await.status, 200);
}

#[tokio::test]
async fn the_story_of_faults_has_some_in_the_cloud_too() {
    let plan = Plan { scenario: Scenario::Faults, cloud: Some(CloudPlan::default()), ..Plan::default() };
    let demo = start(&plan).await.unwrap();
    let browser = Browser::new(demo.cloud().unwrap());
    let status = async |path: &str| browser.get(path).await.status;
    assert_eq!((status(BIND).await, status(BIND).await), (401, 200));
    let tasks = "/v1/user-service/my/tasks";
    assert_eq!((status(tasks).await, status(tasks).await), (429, 200));
    assert_eq!(status("/v1/iot-service/api/user/project").await, 403);
    // The printer whose LAN never answers can be reached this way.
    let silent = &demo.printers()[4].serial;
    assert!(demo.cloud().unwrap().printers().iter().any(|p| &p.serial == silent && p.lan));
}

#[tokio::test]
async fn a_captcha_stands_before_the_login() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    cloud.set_fault(CloudFault::Captcha);
    let login = json!({"account": cloud.plain_account(), "password": cloud.password()});
    let answer = browser.post("/v1/user-service/user/login", login).await;
    assert!(answer.status == 403 && answer.json()["captchaId"] != "");
    assert_eq!(browser.get(BIND).await.status, 200);
}

#[tokio::test]
async fn clients_without_a_name_meet_the_doorkeeper() {
    let (demo, browser) = room().await;
    let bearer = format!("Bearer {}", demo.cloud().unwrap().token());
    let url = format!("{}{BIND}", browser.api);
    let answer = browser.bare("GET", &url, &[("Authorization", &bearer)], b"").await;
    assert_eq!((answer.status, answer.header("cf-mitigated")), (403, Some("challenge")));
}

#[tokio::test]
async fn calls_are_remembered_without_what_they_carried() {
    let (demo, browser) = room().await;
    browser.get(&format!("{BIND}?x=1")).await;
    browser.get("/v1/nowhere").await;
    let calls = demo.cloud().unwrap().calls();
    let seen: Vec<_> = calls.iter().map(|c| (c.method.as_str(), c.target.as_str(), c.status)).collect();
    assert_eq!(seen, [("GET", "/v1/iot-service/api/user/bind?x=1", 200), ("GET", "/v1/nowhere", 404)]);
    let debug = format!("{demo:?}");
    assert!(!debug.contains(demo.cloud().unwrap().token()) && !debug.contains(&demo.cloud().unwrap().password()));
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_cloud() {
    let (demo, browser) = room().await;
    let (file, api) = (demo.cloud().unwrap().ca_file().to_owned(), browser.api.clone());
    drop(demo);
    assert!(!file.exists());
    let address = api.strip_prefix("https://").unwrap().to_owned();
    crate::simulator::tests::client::until(|| std::net::TcpStream::connect(&address).is_err()).await;
}
