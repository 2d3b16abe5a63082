//! The whole program in front of simulated printers: what a person sees, and what the printers really got.

use crate::app_harness::{AppHarness, CROWD, until};
use bambu_tui::{
    config::Secret,
    simulator::{Plan, Scenario, sim::Phase},
};
use std::time::Duration;

pub(crate) fn one() -> Plan {
    Plan { scenario: Scenario::Single, ..Plan::default() }
}

#[tokio::test]
async fn first_data_comes_by_itself() {
    let room = AppHarness::open(Plan::default()).await;
    room.shows(&["Workshop P1S", "Garage A1", "Office X1C", "Attic H2D", "· live", "4 printers", "!connecting"]).await;
    // The one that needs a person stands first and is selected.
    room.shows(&["1 needs attention", "spaghetti"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_pause_is_seen_and_the_printer_is_really_paused() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "p pause"]).await;
    room.keys("p");
    room.shows(&["sent … acknowledged … confirmed", "paused"]).await;
    assert_eq!(room.handle(0).with_printer(|sim| sim.phase), Phase::Pause);
    room.shows(&["r resume"]).await;
    room.keys("r");
    room.shows(&["resume → Workshop P1S: sent … acknowledged … confirmed"]).await;
    assert_eq!(room.handle(0).with_printer(|sim| sim.phase), Phase::Running);
    assert_eq!((room.count(0, "pause"), room.count(0, "resume")), (1, 1));
    room.quit().await;
}

#[tokio::test]
async fn a_stop_asks_and_happens_once() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "x stop"]).await;
    room.keys("x");
    room.shows(&["Stop this print?"]).await;
    room.keys("n");
    room.shows(&["!Stop this print?"]).await;
    assert_eq!(room.count(0, "stop"), 0);
    room.keys("xy");
    room.shows(&["stop → Workshop P1S: sent … acknowledged … confirmed"]).await;
    assert!(!room.handle(0).with_printer(|sim| sim.phase.is_active()));
    room.shows(&["cancelled"]).await;
    assert_eq!(room.count(0, "stop"), 1);
    room.quit().await;
}

#[tokio::test]
async fn light_and_speed_follow_their_keys() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "light", "L light"]).await;
    let lit = room.handle(0).with_printer(|sim| sim.lights.chamber);
    room.keys("L");
    room.shows(&["light", "acknowledged … confirmed"]).await;
    assert_ne!(room.handle(0).with_printer(|sim| sim.lights.chamber), lit);
    room.keys("+");
    room.shows(&["speed sport → Workshop P1S: sent … acknowledged … confirmed", "124"]).await;
    room.quit().await;
}

/// Works for the person while one printer has no power, and delivers nothing late.
#[tokio::test]
async fn a_printer_without_power_hinders_nobody_and_gets_nothing_later() {
    let room = AppHarness::open(Plan { printers: Some(2), speed: 20.0, ..Plan::default() }).await;
    room.shows(&["Workshop P1S", "· live", "!connecting"]).await;
    room.keys("/workshop<enter>");
    room.shows(&["1/2", "p pause"]).await;
    room.handle(0).power_off().await;
    room.shows(&["1 offline", "next try in"]).await;
    // Orders to it are refused at once; its keys are not even offered.
    room.keys("p");
    room.shows(&["is not connected; nothing is sent"]).await;
    room.keys("xy");
    room.shows(&["stop → Workshop P1S: Workshop P1S is not connected"]).await;
    // The other one lives on and obeys.
    room.keys("<esc>/garage<enter>L");
    room.shows(&["Garage A1: sent … acknowledged … confirmed"]).await;
    room.handle(0).power_on().await.expect("the ports are free");
    room.keys("<esc>/workshop<enter>");
    room.shows(&["p pause", "!1 offline"]).await;
    // A further order goes through, so everything that was to come before it has come.
    room.keys("L");
    room.shows(&["Workshop P1S: sent … acknowledged … confirmed"]).await;
    assert_eq!((room.count(0, "pause"), room.count(0, "stop")), (0, 0), "{:?}", room.handle(0).requests());
    room.quit().await;
}

#[tokio::test]
async fn a_broker_cut_in_mid_print_comes_back_by_itself() {
    let room = AppHarness::open(Plan { speed: 20.0, ..one() }).await;
    room.shows(&["· live", "p pause"]).await;
    let fulls = room.count(0, "pushall");
    room.handle(0).cut();
    until(|| room.count(0, "pushall") > fulls).await;
    room.shows(&["· live", "p pause", "the printer closed the connection", "connected"]).await;
    room.keys("p");
    room.shows(&["acknowledged … confirmed"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_session_replaced_between_question_and_answer_voids_the_question() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "x stop"]).await;
    room.keys("x");
    room.shows(&["Stop this print?"]).await;
    let fulls = room.count(0, "pushall");
    room.handle(0).cut();
    room.shows(&["!Stop this print?"]).await;
    room.keys("y");
    until(|| room.count(0, "pushall") > fulls).await;
    room.shows(&["· live", "the connection was lost"]).await;
    room.keys("L");
    room.shows(&["light", "acknowledged … confirmed"]).await;
    assert_eq!(room.count(0, "stop"), 0);
    room.quit().await;
}

#[tokio::test]
async fn a_wrong_access_code_is_said_and_tried_again_seldom() {
    let room = AppHarness::with(Plan { printers: Some(2), ..Plan::default() }, |_, setup| {
        setup.config.printers[0].access_code = Secret::new("00000000");
    })
    .await;
    // It waits for a person, like a printer that has paused itself.
    room.shows(&["2 need attention", "Workshop P1S    offline    —     !", "Garage A1"]).await;
    room.keys("/workshop<enter>");
    room.shows(&["the access code is wrong", "next try in", "R reconnect"]).await;
    assert!(!room.text().contains("00000000"));
    // Its sentence stays: the next attempt is far away.
    tokio::time::sleep(Duration::from_millis(300)).await;
    room.shows(&["the access code is wrong", "next try in"]).await;
    assert!(room.handle(0).requests().is_empty());
    room.keys("<esc>/garage<enter>");
    room.shows(&["· live"]).await;
    room.quit().await;
}

#[tokio::test]
async fn two_hundred_printers_come_up_and_scroll() {
    let _alone = CROWD.lock().await;
    let room = AppHarness::open(Plan { scenario: Scenario::Farm, ..Plan::default() }).await;
    room.shows(&["bambu-tui   200", "!connecting"]).await;
    until(|| (0..200).all(|at| room.handle(at).connections() == 1)).await;
    room.keys("s");
    room.shows(&["by name"]).await;
    room.keys("g");
    room.shows(&["A-01", "more"]).await;
    room.keys("G");
    room.shows(&["J-20", "!A-01"]).await;
    room.keys("z");
    room.shows(&["J-20"]).await;
    room.keys("/d-07<enter>");
    room.shows(&["D-07", "1/200"]).await;
    room.quit().await;
}

#[tokio::test]
async fn every_size_is_drawn_while_data_comes() {
    let room = AppHarness::open(Plan { speed: 50.0, ..Plan::default() }).await;
    room.shows(&["· live"]).await;
    for (width, height) in [(200, 60), (80, 24), (60, 18), (40, 12), (20, 5), (1, 1), (7, 3), (300, 10)] {
        room.resize(width, height);
    }
    room.resize(40, 12);
    room.shows(&["Garage A1", "%"]).await;
    room.resize(120, 40);
    room.shows(&["4 printers", "Journal"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_picture_is_shown_and_the_stream_closes_behind_the_one_who_looked() {
    let room = AppHarness::open(Plan { printers: Some(2), ..Plan::default() }).await;
    room.shows(&["· live", "▀"]).await;
    assert_eq!((0..2).map(|at| room.handle(at).camera_connections()).sum::<usize>(), 1);
    room.keys("/workshop<enter>");
    until(|| room.handle(0).camera_connections() == 1 && room.handle(1).camera_connections() == 0).await;
    room.keys("<tab>z");
    room.shows(&["!▀"]).await;
    until(|| room.handle(0).camera_connections() == 0).await;
    room.quit().await;
}

#[tokio::test]
async fn a_signal_ends_the_program_in_the_middle_of_a_question() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "x stop"]).await;
    room.keys("x");
    room.shows(&["Stop this print?"]).await;
    let room = room.stop().await;
    assert_eq!(room.count(0, "stop"), 0);
}
