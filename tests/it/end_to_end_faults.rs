//! Printers that misbehave: each fault has an outcome that a person can see, and hinders no other printer.

use crate::{
    app_harness::{AppHarness, hasty, until},
    end_to_end::one,
};
use bambu_tui::simulator::{Fault, Plan, Scenario};
use std::time::Duration;

/// A room whose first printer has a fault from the beginning; the second one is sound.
async fn faulty(fault: Fault) -> AppHarness {
    let plan = Plan { printers: Some(2), ..Plan::default() };
    let room = AppHarness::with(plan, |demo, setup| {
        demo.control(0).unwrap().set_fault(fault);
        setup.watchdog_timeouts = hasty();
    })
    .await;
    room.keys("/workshop<enter>");
    room
}

/// The other printer and the keys work as if nothing had happened.
async fn others_work(room: &AppHarness) {
    room.keys("<esc><esc>/garage<enter>");
    room.shows(&["1/2", "· live"]).await;
    room.keys("L");
    room.shows(&["Garage A1: sent … acknowledged … confirmed"]).await;
}

#[tokio::test]
async fn a_silent_printer_is_offline_with_the_step_that_failed() {
    let room = faulty(Fault::Silent).await;
    room.shows(&["no answer (TLS handshake)"]).await;
    others_work(&room).await;
    room.handle(0).clear_faults();
    room.keys("<esc>/workshop<enter>");
    room.shows(&["· live"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_half_open_session_does_not_stay() {
    let room = AppHarness::with(one(), |_, setup| setup.watchdog_timeouts = hasty()).await;
    room.shows(&["· live", "p pause"]).await;
    room.handle(0).set_fault(Fault::HalfOpen);
    room.shows(&["no answer"]).await;
    room.handle(0).clear_faults();
    room.shows(&["· live", "p pause"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_session_without_reports_is_asked_to_begin() {
    let room = faulty(Fault::NoReports).await;
    room.shows(&["· live", "p pause"]).await;
    assert!(room.count(0, "start") > 0, "{:?}", room.handle(0).requests());
    room.quit().await;
}

#[tokio::test]
async fn a_broker_that_never_confirms_receipt_still_gets_orders() {
    let room = faulty(Fault::NoPubAck).await;
    room.shows(&["· live", "p pause"]).await;
    for keys in ["p", "r", "p"] {
        room.keys(keys);
        let word = if keys == "p" { "pause → " } else { "resume → " };
        room.shows(&[word, "acknowledged … confirmed"]).await;
    }
    others_work(&room).await;
    room.quit().await;
}

#[tokio::test]
async fn an_order_without_an_answer_counts_when_its_effect_is_seen() {
    let room = faulty(Fault::NoAck).await;
    room.shows(&["· live", "p pause"]).await;
    room.keys("p");
    room.shows(&["pause → Workshop P1S", "confirmed"]).await;
    room.quit().await;
}

#[tokio::test]
async fn an_accepted_order_without_effect_does_not_count() {
    let room = faulty(Fault::IgnoreCommands).await;
    room.shows(&["· live", "p pause"]).await;
    room.keys("p");
    room.shows(&["sent … acknowledged …"]).await;
    // Until its time is up it stays under way, and the same key orders no second time.
    room.keys("p");
    room.keys("L");
    room.shows(&["light off → Workshop P1S: sent"]).await;
    assert_eq!(room.count(0, "pause"), 1);
    assert!(!room.text().contains("confirmed"));
    others_work(&room).await;
    room.quit().await;
}

#[tokio::test]
async fn garbage_is_told_and_changes_nothing() {
    let room = faulty(Fault::Garbage).await;
    room.shows(&["a message that cannot be read"]).await;
    others_work(&room).await;
    room.handle(0).clear_faults();
    room.keys("<esc>/workshop<enter>");
    room.shows(&["· live", "p pause", "!could not be read"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_huge_message_ends_the_session_and_not_the_program() {
    let room = faulty(Fault::Huge).await;
    room.shows(&["offline"]).await;
    others_work(&room).await;
    room.handle(0).clear_faults();
    room.keys("<esc>/workshop<enter>");
    room.shows(&["· live", "p pause"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_flood_of_reports_leaves_room_for_keys() {
    let room = faulty(Fault::FloodPerSecond(1000)).await;
    room.shows(&["· live", "p pause"]).await;
    others_work(&room).await;
    room.keys("?");
    room.shows(&["Control the printer"]).await;
    room.keys("<esc>");
    room.quit().await;
}

#[tokio::test]
async fn control_characters_do_not_reach_the_screen() {
    let room = faulty(Fault::ControlChars).await;
    room.shows(&["· live", "plate"]).await;
    let screen = room.text();
    assert!(!screen.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200b}')));
    // The text between the codes stays, in its own order.
    assert!(screen.contains("fdp.exe"), "{screen}");
    others_work(&room).await;
    room.quit().await;
}

#[tokio::test]
async fn a_connection_cut_inside_a_packet_comes_back() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live"]).await;
    let fulls = room.count(0, "pushall");
    room.handle(0).set_fault(Fault::CutMidFrame);
    until(|| room.count(0, "pushall") > fulls).await;
    room.shows(&["· live", "offline: ", "p pause"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_broker_that_closes_after_the_login_is_tried_again_and_again() {
    let room = faulty(Fault::CloseAfterConnect).await;
    room.shows(&["closed the connection"]).await;
    others_work(&room).await;
    room.quit().await;
}

#[tokio::test]
async fn a_refused_login_names_its_code() {
    let room = faulty(Fault::RefuseLogin(3)).await;
    room.shows(&["refused the login (code 3)"]).await;
    others_work(&room).await;
    room.quit().await;
}

#[tokio::test]
async fn locked_firmware_is_explained_and_gets_no_orders() {
    let room = AppHarness::open(Plan { scenario: Scenario::Locked, printers: Some(1), ..Plan::default() }).await;
    room.shows(&["· live"]).await;
    room.keys("p");
    room.shows(&["developer mode"]).await;
    // Old firmware does not tell; then the first refusal does, and it is the last order.
    room.shows(&["!sent …"]).await;
    let sent = room.count(0, "pause");
    room.keys("p");
    room.shows(&["developer mode"]).await;
    assert!(sent <= 1 && room.count(0, "pause") == sent);
    room.quit().await;
}

#[tokio::test]
async fn a_camera_that_misbehaves_is_a_sentence_in_its_pane() {
    for (fault, words) in [
        (Fault::CameraGarbage, "next try"),
        (Fault::CameraHugeHeader, "next try"),
        (Fault::CameraStall, "no answer"),
        (Fault::CameraRefuse, "the printer closed the connection"),
        (Fault::CameraTruncatedJpeg, "next try"),
        (Fault::CameraGiantPicture, "next try"),
    ] {
        let room = AppHarness::with(one(), |demo, setup| {
            demo.control(0).unwrap().set_fault(fault);
            setup.timing.camera_retry = Duration::from_secs(5);
            setup.timing.camera_retry_slow = Duration::from_secs(5);
        })
        .await;
        room.shows(&["· live", "Camera", words]).await;
        // Reports and orders know nothing of it.
        room.keys("p");
        room.shows(&["acknowledged … confirmed"]).await;
        room.handle(0).clear_faults();
        room.keys("R");
        room.shows(&["▀"]).await;
        room.quit().await;
    }
}

#[tokio::test]
async fn a_full_report_that_is_lost_at_the_start_is_asked_for_again_and_orders_wait_for_it() {
    let room = faulty(Fault::LoseFullReports(1000)).await;
    room.shows(&["· incomplete", "the full report has not come yet"]).await;
    room.keys("p");
    room.shows(&["not possible yet: the job is not known"]).await;
    until(|| room.count(0, "pushall") >= 3).await;
    assert_eq!(room.count(0, "pause"), 0);
    room.handle(0).clear_faults();
    room.shows(&["· live", "p pause"]).await;
    others_work(&room).await;
    room.quit().await;
}

#[tokio::test]
async fn what_was_known_before_a_reconnect_stays_old_until_the_full_report() {
    let room = AppHarness::with(one(), |_, setup| setup.watchdog_timeouts = hasty()).await;
    room.shows(&["· live", "p pause"]).await;
    room.handle(0).set_fault(Fault::LoseFullReports(1000));
    room.handle(0).cut();
    room.shows(&["the full report has not come yet; what you see is", " stale "]).await;
    room.keys("p");
    room.shows(&["not possible yet: the job is not known"]).await;
    until(|| room.count(0, "pushall") >= 4).await;
    room.handle(0).set_fault(Fault::LoseFullReports(1));
    room.shows(&["· live", "p pause"]).await;
    assert!(room.count(0, "pushall") >= 5, "at each connect, and again: {:?}", room.handle(0).requests());
    room.quit().await;
}

#[tokio::test]
async fn lists_that_no_printer_has_are_cut_and_told_once() {
    let room = faulty(Fault::Swollen).await;
    room.shows(&["a message held"]).await;
    others_work(&room).await;
    room.quit().await;
}
