//! The whole program with a cloud: signing in by keys, printers that appear, failover, expiry. Real servers, real TLS.

use crate::app_harness::{AppHarness, LONG, hasty, until};
use bambu_tui::{
    app::Setup,
    config::Secret,
    net::{AccountOptions, rest},
    protocol::rest::Region,
    simulator::{
        Fault, Plan, RecordedRequest, Scenario, Simulation, Transport,
        cloud::{CloudFault, CloudPlan, FaultRule, TokenForm},
    },
    state::cloud::session::Identity,
};
use std::time::Duration;

/// The services of the simulated cloud.
fn options(demo: &Simulation) -> AccountOptions {
    let cloud = demo.cloud().unwrap();
    AccountOptions {
        rest: rest::RestOptions {
            region: Region::Global,
            api_url: Some(cloud.api_url().to_owned()),
            web_url: Some(cloud.web_url().to_owned()),
            trust: rest::Trust::new(Some(cloud.ca_file().to_owned())),
            pace: rest::HttpTimeouts::fast(),
            ..rest::RestOptions::default()
        },
        mqtt_host: Some(cloud.mqtt_host()),
        mqtt_port: Some(cloud.mqtt_port()),
        ..AccountOptions::default()
    }
}

fn signed_in(demo: &Simulation, setup: &mut Setup) {
    let cloud = demo.cloud().unwrap();
    let mut options = options(demo);
    options.rest.token = Some(Secret::new(cloud.token().to_owned()));
    options.who =
        Some(Identity { account: None, uid: cloud.uid().to_string(), region: Region::Global, ends: None, lasts: None });
    setup.account = Some(options);
}

fn plan() -> Plan {
    Plan { printers: Some(1), scenario: Scenario::Single, cloud: Some(CloudPlan::default()), ..Plan::default() }
}

/// Names of the printers that only the cloud reaches.
fn names(room: &AppHarness) -> Vec<String> {
    room.demo.cloud().unwrap().printers().into_iter().filter(|p| !p.lan).map(|p| p.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_by_mail_signs_in_and_the_accounts_printers_appear() {
    let room = AppHarness::with(plan(), |demo, setup| setup.account = Some(options(demo))).await;
    room.shows(&["printing"]).await;
    room.keys("U");
    room.shows(&["Sign in to the Bambu Lab cloud", "e-mail address"]).await;
    let cloud = room.demo.cloud().unwrap();
    room.keys(&format!("{}<enter>", cloud.account()));
    room.shows(&["six digits, from the e-mail"]).await;
    room.keys("000000<enter>");
    room.shows(&["the one-time code is wrong"]).await;
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
    let room = AppHarness::with(plan(), |demo, setup| setup.account = Some(options(demo))).await;
    let cloud = room.demo.cloud().unwrap();
    room.keys("U<tab>");
    room.shows(&["method       password"]).await;
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
    let room = AppHarness::with(plan(), signed_in).await;
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
    let room = AppHarness::with(plan(), |demo, setup| {
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
        let room = AppHarness::with(plan(), |demo, setup| {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_lan_gives_way_to_the_cloud_and_comes_back_by_itself() {
    let room = AppHarness::with(plan(), |demo, setup| {
        signed_in(demo, setup);
        setup.watchdog_timeouts = hasty();
    })
    .await;
    room.shows(&["printing · LAN · live"]).await;
    room.handle(0).lan_off().await;
    room.shows(&["printing · cloud · live"]).await;
    // The LAN takes sessions again, and says nothing on any of them.
    room.handle(0).set_fault(Fault::NoReportsInLan);
    room.handle(0).lan_on().await.unwrap();
    let sessions = || {
        let asked = |r: &&RecordedRequest| {
            r.transport == Transport::Lan && String::from_utf8_lossy(&r.payload).contains("pushall")
        };
        room.handle(0).requests().iter().filter(asked).count()
    };
    let before = sessions();
    until(|| sessions() >= before + 2).await;
    assert!(room.text().contains("printing · cloud · live"), "{}", room.text());
    room.handle(0).clear_faults();
    room.shows(&["printing · LAN · live", "back on the LAN"]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_cloud_remembers_is_looked_through_part_by_part() {
    let room = AppHarness::with(plan(), signed_in).await;
    let names = names(&room);
    room.shows(&[&names[0], "unread"]).await;
    room.keys("H");
    room.shows(&["►Prints", "50 of", "bracket_v4", "now", "▀▀▀"]).await;
    // Older prints follow at the end; then the whole history is there.
    room.keys("G");
    room.shows(&["prints", "!50 of"]).await;
    room.keys("g<enter>");
    room.shows(&["estimate", "sent over"]).await;
    room.keys("<esc>e");
    room.shows(&["prints · "]).await;
    room.keys("eee<tab>");
    room.shows(&["►Totals", "success", "by printer", "by month"]).await;
    room.keys("<tab>");
    room.shows(&["►Printers", "online", "As the cloud had it"]).await;
    room.keys("<tab>");
    room.shows(&["►Messages", "comments (4)", "prints (20)", "unread: "]).await;
    room.keys("<tab>");
    room.shows(&["►Projects", "gridfinity_bin"]).await;
    room.keys("<enter>");
    room.shows(&["plate 1", "objects", "▀▀▀"]).await;
    room.keys("<esc><tab>");
    room.shows(&["►Account", "Maker (@maker)", "broker"]).await;
    assert!(!room.text().contains(room.demo.cloud().unwrap().token()));
    // Every question was asked once: what is known is not asked for again.
    let calls = room.demo.cloud().unwrap().calls();
    for path in ["/my/messages?type=2", "/user/project", "/my/profile", "/user/print?force=true"] {
        assert_eq!(calls.iter().filter(|call| call.target.ends_with(path)).count(), 1, "{path}");
    }
    // Signing out wants the key twice.
    room.keys("xx");
    room.shows(&["signed out of the cloud", "!►Account"]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_shows_the_firmware_on_offer_and_gets_another_name() {
    let room = AppHarness::with(plan(), signed_in).await;
    let names = names(&room);
    room.shows(&[&names[0], "LAN · live"]).await;
    room.keys("i");
    room.shows(&["in the account", "01.99.00.00", "Fixes and improvements"]).await;
    room.keys("<esc>N");
    room.shows(&["Rename "]).await;
    room.keys(" 2<enter>");
    room.shows(&["the account calls it", "!╭ Rename "]).await;
    let renamed =
        room.demo.cloud().unwrap().printers().iter().any(|printer| printer.lan && printer.name.ends_with(" 2"));
    assert!(renamed);
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_while_the_program_runs_asks_to_sign_in_and_the_lan_goes_on() {
    let room = AppHarness::with(plan(), signed_in).await;
    room.shows(&[&names(&room)[0], "LAN · live", "☁"]).await;
    room.demo.cloud().unwrap().expire_tokens();
    // Something is asked, and the answer is 401.
    room.keys("H<tab><tab>");
    room.shows(&["U: SIGN IN"]).await;
    room.keys("<esc>");
    room.shows(&["LAN · live", "no longer accepts the sign-in"]).await;
    let (calls, connects) = (room.demo.cloud().unwrap().calls().len(), room.demo.cloud().unwrap().connects());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let cloud = room.demo.cloud().unwrap();
    assert_eq!((cloud.calls().len(), cloud.connects()), (calls, connects), "nothing is tried with a dead token");
    let token = cloud.new_token(TokenForm::Jwt);
    room.keys(&format!("U<tab><tab>{token}<enter>"));
    room.shows(&["signed in to the cloud", "!U: SIGN IN", &names(&room)[0]]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_code_is_sent_when_its_time_has_come() {
    let room = AppHarness::with(plan(), |demo, setup| {
        let mut options = options(demo);
        options.rest.pace.code_gap = Duration::from_secs(2);
        setup.account = Some(options);
        demo.cloud().unwrap().set_fault(CloudFault::CodesLate);
    })
    .await;
    let cloud = room.demo.cloud().unwrap();
    room.keys(&format!("U{}<enter>", cloud.account()));
    room.shows(&["Another code can be sent in"]).await;
    room.keys(&format!("{}<enter>", cloud.code()));
    room.shows(&["the one-time code has expired", "Ctrl-S sends another code"]).await;
    cloud.clear_faults();
    room.keys("<c-s>");
    room.shows(&["!has expired", "Another code can be sent in"]).await;
    assert_eq!(cloud.calls().iter().filter(|call| call.target.ends_with("/sendemail/code")).count(), 2);
    room.keys(&format!("{}<enter>", cloud.code()));
    room.shows(&["!Sign in to the Bambu", "signed in to the cloud"]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_the_past_that_fails_leaves_the_others_and_comes_when_it_is_asked_for_again() {
    for (fault, words) in [
        (CloudFault::Server(500), "the cloud has a problem of its own"),
        (CloudFault::TooMany(1), "the cloud asks to be left alone"),
        (CloudFault::Html, "a web page instead of data"),
    ] {
        let room = AppHarness::with(plan(), signed_in).await;
        room.shows(&[&names(&room)[0]]).await;
        let cloud = room.demo.cloud().unwrap();
        let later = FaultRule { path: "/v1/user-service/my/tasks?after=".to_owned(), ..FaultRule::always(fault) };
        cloud.add_rule(later);
        room.keys("H");
        room.shows(&["►Prints", "50 of", "bracket_v4"]).await;
        room.keys("G");
        room.shows(&[words, "50 of", "R ask again"]).await;
        room.keys("g");
        room.shows(&[words, "bracket_v4"]).await;
        cloud.clear_faults();
        // A server that wants to be left alone is asked again only when its time is over, however often the key is hit.
        until(|| {
            let text = room.text();
            if text.contains(words) {
                room.keys("R");
            } else if text.contains("50 of") {
                // A key that was hit once too often has begun the list anew; its end asks for the rest.
                room.keys("G");
            }
            text.contains("prints") && !text.contains("50 of") && !text.contains(words)
        })
        .await;
        room.quit().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_refuses_alone_does_not_end_the_sign_in() {
    let room = AppHarness::with(plan(), |demo, setup| {
        signed_in(demo, setup);
        demo.cloud().unwrap().set_fault(CloudFault::BrokerRefuse(5));
    })
    .await;
    let (cloud, name) = (room.demo.cloud().unwrap(), names(&room).remove(0));
    let checks = || cloud.calls().iter().filter(|call| call.target.ends_with("/my/preference")).count();
    room.keys(&format!("/{name}<enter>"));
    room.shows(&["the cloud's broker does not accept the sign-in", "R tries now", "!U: SIGN IN"]).await;
    until(|| checks() == 1).await;
    let connects = cloud.connects();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((cloud.connects(), checks()), (connects, 1), "it is tried again seldom");
    cloud.clear_faults();
    room.keys("R");
    room.shows(&["cloud · live", "!U: SIGN IN"]).await;
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_the_first_to_notice_has_the_api_asked_once() {
    let room = AppHarness::with(plan(), signed_in).await;
    let (cloud, name) = (room.demo.cloud().unwrap(), names(&room).remove(0));
    room.keys(&format!("/{name}<enter>"));
    room.shows(&["cloud · live"]).await;
    cloud.expire_tokens();
    cloud.drop_sessions();
    room.shows(&["U: SIGN IN", "the cloud no longer accepts the sign-in"]).await;
    assert_eq!(cloud.calls().iter().filter(|call| call.target.ends_with("/my/preference")).count(), 1);
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_off_does_not_end_a_sign_in_that_the_cloud_takes() {
    for (expired, words) in [(false, "the cloud takes it; check the clock"), (true, "U: SIGN IN")] {
        let room = AppHarness::with(plan(), |demo, setup| {
            signed_in(demo, setup);
            if expired {
                demo.cloud().unwrap().expire_tokens();
            }
            let who = setup.account.as_mut().and_then(|account| account.who.as_mut());
            who.unwrap().ends = Some(1);
        })
        .await;
        room.shows(&[words]).await;
        let cloud = room.demo.cloud().unwrap();
        assert_eq!(cloud.calls().iter().filter(|call| call.target.ends_with("/my/preference")).count(), 1);
        if expired {
            assert_eq!(cloud.calls().len(), 1, "one question was enough");
        } else {
            room.shows(&[&names(&room)[0], "!U: SIGN IN"]).await;
        }
        room.quit().await;
    }
}
