//! Firmware that refuses orders: explained once, before or after the first order, and nothing else is lost.

use crate::app_harness::{AppHarness, until};
use bambu_tui::simulator::{Plan, Scenario};

fn locked() -> Plan {
    Plan { scenario: Scenario::Locked, ..Plan::default() }
}

#[tokio::test]
async fn a_refusal_is_learned_from_the_first_order_and_lights_still_work() {
    let room = AppHarness::open(Plan { printers: Some(1), ..locked() }).await;
    room.shows(&["· live", "p pause", "!refused:"]).await;
    room.keys("p");
    room.shows(&["pause → Workshop P1S: refused", "developer mode", "HMS_0500_0500_0001_0007"]).await;
    room.keys("p");
    room.shows(&["pause → Workshop P1S: firmware blocks control"]).await;
    assert_eq!(room.count(0, "pause"), 1, "known now: nothing is sent in vain");
    let lit = room.handle(0).with_printer(|sim| sim.lights.chamber);
    room.keys("L");
    until(|| room.handle(0).with_printer(|sim| sim.lights.chamber) != lit).await;
    room.quit().await;
}

#[tokio::test]
async fn a_printer_that_says_so_itself_gets_no_order_at_all() {
    let room = AppHarness::open(locked()).await;
    room.shows(&["4 printers", "Office X1C"]).await;
    room.keys("/office<enter>");
    room.shows(&["refused:", "developer mode"]).await;
    room.keys("xp");
    room.shows(&["!Stop this print?"]).await;
    assert_eq!(room.count(2, "stop") + room.count(2, "pause"), 0);
    // The palette says why; the light of a printer that refuses orders is not among them.
    room.keys(":pau");
    room.shows(&["pause", "blocks control"]).await;
    room.quit().await;
}
