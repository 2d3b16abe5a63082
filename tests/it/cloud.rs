//! The whole program with a cloud: signing in by keys, printers that appear, failover, expiry. Real servers, real TLS.

use crate::room::{LONG, Room};
use bambu_tui::{
    app::Setup,
    config::Secret,
    demo::{
        Demo, Plan, Scenario,
        cloud::{CloudFault, CloudPlan},
    },
    net::{AccountOptions, rest},
    protocol::rest::Region,
    state::account::Who,
};
use std::time::Duration;

/// The services of the simulated cloud.
fn options(demo: &Demo) -> AccountOptions {
    let cloud = demo.cloud().unwrap();
    AccountOptions {
        rest: rest::Options {
            region: Region::Global,
            api_url: Some(cloud.api_url().to_owned()),
            web_url: Some(cloud.web_url().to_owned()),
            ca_file: Some(cloud.ca_file().to_owned()),
            pace: rest::Pace::fast(),
            ..rest::Options::default()
        },
        mqtt_host: Some(cloud.mqtt_host()),
        mqtt_port: Some(cloud.mqtt_port()),
        ..AccountOptions::default()
    }
}

fn signed_in(demo: &Demo, setup: &mut Setup) {
    let cloud = demo.cloud().unwrap();
    let mut options = options(demo);
    options.rest.token = Some(Secret::new(cloud.token().to_owned()));
    options.who =
        Some(Who { account: None, uid: cloud.uid().to_string(), region: Region::Global, ends: None, lasts: None });
    setup.account = Some(options);
}

fn plan() -> Plan {
    Plan { printers: Some(1), scenario: Scenario::Single, cloud: Some(CloudPlan::default()), ..Plan::default() }
}

/// Names of the printers that only the cloud reaches.
fn names(room: &Room) -> Vec<String> {
    room.demo.cloud().unwrap().printers().into_iter().filter(|p| !p.lan).map(|p| p.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_by_mail_signs_in_and_the_accounts_printers_appear() {
    let room = Room::with(plan(), |demo, setup| setup.account = Some(options(demo))).await;
    room.shows(&["printing"]).await;
    room.keys("U");
    room.shows(&["Sign in to the Bambu Lab cloud", "e-mail address"]).await;
    let cloud = room.demo.cloud().unwrap();
    room.keys(&format!("{}<enter>", cloud.account()));
    room.shows(&["six digits, from the e-mail"]).await;
    room.keys("000000<enter>");
    room.shows(&["the one-time code is wrong"]).await;
    for _ in 0..6 {
        room.keys("<bs>");
    }
    room.keys(&format!("{}<enter>", cloud.code()));
    room.shows(&["!Sign in to the Bambu"]).await;
    let names = names(&room);
    assert_eq!(names.len(), 2);
    room.shows(&[&names[0], &names[1], "signed in to the cloud"]).await;
    assert!(!room.text().contains(cloud.token()));
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_leads_to_the_authenticator() {
    let room = Room::with(plan(), |demo, setup| setup.account = Some(options(demo))).await;
    let cloud = room.demo.cloud().unwrap();
    room.keys("U<tab>");
    room.shows(&["way          password"]).await;
    room.keys(&format!("{}<enter>", cloud.tfa_account()));
    room.shows(&["it is sent once"]).await;
    room.keys(&cloud.password());
    room.shows(&["•••"]).await;
    assert!(!room.text().contains(&cloud.password()));
    room.keys("<enter>");
    room.shows(&["authenticator app"]).await;
    room.keys(&format!("{}<enter>", cloud.tfa_code()));
    let names = names(&room);
    room.shows(&[&names[0], "!Sign in to the Bambu"]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cloud_takes_over_when_the_lan_fails_and_gives_back() {
    let room = Room::with(plan(), signed_in).await;
    room.shows(&["printing", "· live"]).await;
    // Its LAN servers go away; the printer itself stays in the cloud.
    room.handle(0).lan_off().await;
    room.shows(&["connected over the cloud", "· live"]).await;
    assert!(room.demo.cloud().unwrap().connections() == 1);
    room.handle(0).lan_on().await.unwrap();
    room.shows(&["back on the LAN", "· live"]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_asks_to_sign_in_again_and_keeps_the_screen() {
    let room = Room::with(plan(), |demo, setup| {
        signed_in(demo, setup);
        demo.cloud().unwrap().set_fault(CloudFault::Unauthorized);
    })
    .await;
    room.shows(&["printing", "no longer accepts the sign-in"]).await;
    room.demo.cloud().unwrap().clear_faults();
    room.keys("U");
    room.shows(&["Sign in to the Bambu Lab cloud"]).await;
    let cloud = room.demo.cloud().unwrap();
    room.keys(&format!("<tab><tab>{}<enter>", cloud.token()));
    room.shows(&["!Sign in to the Bambu", &names(&room)[0]]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cloud_in_trouble_is_a_line_in_the_journal_and_the_lan_goes_on() {
    for (fault, words) in [
        (CloudFault::Html, "the cloud's list of printers"),
        (CloudFault::Truncated, "the cloud's list of printers"),
        (CloudFault::Cloudflare, "the cloud's list of printers"),
    ] {
        let room = Room::with(plan(), |demo, setup| {
            signed_in(demo, setup);
            demo.cloud().unwrap().set_fault(fault);
        })
        .await;
        room.shows(&[words, "· live"]).await;
        let token = room.demo.cloud().unwrap().token().to_owned();
        assert!(!room.text().contains(&token));
        tokio::time::timeout(LONG, room.quit()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
