//! The whole program with several simulated printers: marks, one question, and what each printer really got.

use crate::app_harness::{AppHarness, CROWD, LONG, until};
use bambu_tui::simulator::{Fault, Plan, Scenario, sim::Phase};
use std::time::{Duration, Instant};

/// Printers in the middle of a long print, so that none ends while a test goes on.
fn printing(printers: usize) -> Plan {
    Plan { scenario: Scenario::Single, printers: Some(printers), ..Plan::default() }
}

fn phase(room: &AppHarness, printer: usize) -> Phase {
    room.handle(printer).with_printer(|sim| sim.phase)
}

#[tokio::test]
async fn a_pause_of_all_leaves_out_the_offline_and_the_locked_one() {
    let room = AppHarness::with(printing(5), |demo, _| demo.control(3).unwrap().set_fault(Fault::Locked)).await;
    room.shows(&["5 printing", "!connecting"]).await;
    room.handle(4).power_off().await;
    room.shows(&["1 offline", "4 printing"]).await;
    room.keys("Ap");
    room.shows(&["Pause 3 of 5 printers?", "developer mode", "not connected"]).await;
    assert!((0..5).all(|printer| room.count(printer, "pause") == 0), "nothing goes out before a yes");
    room.keys("y");
    room.shows(&["Pause 3 printers", "3 confirmed"]).await;
    assert!((0..3).all(|printer| phase(&room, printer) == Phase::Pause));
    assert_eq!([0, 1, 2, 3, 4].map(|printer| room.count(printer, "pause")), [1, 1, 1, 0, 0]);
    // The one that comes back is not ordered afterwards.
    room.handle(4).power_on().await.unwrap();
    room.shows(&["!1 offline"]).await;
    room.keys("<esc>");
    room.shows(&["!Pause 3", "5 marked"]).await;
    assert_eq!((room.count(3, "pause"), room.count(4, "pause")), (0, 0));
    room.quit().await;
}

#[tokio::test]
async fn a_printer_that_is_lost_while_the_question_is_open_is_left_out_alone() {
    let room = AppHarness::open(printing(4)).await;
    room.shows(&["4 printing", "!connecting"]).await;
    room.keys("Ax");
    room.shows(&["Stop 4 printers?", "Type 4, then Enter"]).await;
    room.handle(2).power_off().await;
    room.shows(&["Stop 3 of 4 printers?", "Type 3, then Enter", "the connection was lost"]).await;
    room.keys("4<enter>y");
    room.shows(&["Stop 3 of 4 printers?"]).await;
    assert!((0..4).all(|printer| room.count(printer, "stop") == 0));
    room.keys("<bs>3<enter>");
    room.shows(&["Stop 3 printers", "3 confirmed"]).await;
    assert_eq!([0, 1, 2, 3].map(|printer| room.count(printer, "stop")), [1, 1, 0, 1]);
    room.quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_are_paused_at_once_and_each_of_them_once() {
    let _alone = CROWD.lock().await;
    // A busy machine must not end a session, and with it an order.
    let room = AppHarness::with(printing(200), |_, setup| setup.timing.keep_alive = LONG).await;
    room.shows(&["200 printing", "!connecting"]).await;
    room.keys("A");
    // On a busy machine some may not be live yet: they are left out, so the question is asked again until nobody is.
    until(|| {
        let asked = room.text().contains("Pause 200 printers?");
        if !asked {
            room.keys(if room.text().contains("Pause ") { "n" } else { "p" });
            std::thread::sleep(Duration::from_millis(50));
        }
        asked
    })
    .await;
    room.keys("y");
    // Keys are answered while two hundred orders are under way.
    room.keys("Gg");
    let left = || (0..200).filter(|printer| phase(&room, *printer) != Phase::Pause).count();
    // Nor may all be live at the yes: whoever was left out then is asked about again, once nothing is under way any more.
    let limit = Instant::now() + 10 * LONG;
    while left() > 0 {
        room.shows(&["Pause ", "!under way"]).await;
        let screen = room.text();
        assert!(Instant::now() < limit, "{} are not paused:\n{screen}", left());
        if screen.contains("printers?") {
            room.keys("y");
            room.shows(&["!printers?"]).await;
        } else if left() > 0 {
            room.keys("<esc>");
            room.shows(&["!Pause ", "200 marked"]).await;
            room.keys("p");
        }
    }
    room.shows(&["Pause ", "confirmed", "!under way"]).await;
    room.keys("<esc>");
    room.shows(&["200 paused"]).await;
    assert!((0..200).all(|printer| room.count(printer, "pause") == 1));
    room.quit().await;
}
