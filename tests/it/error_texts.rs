//! The vendor's texts, from a real socket to the screen.

use crate::{app_harness::AppHarness, end_to_end::one};
use bambu_tui::{
    protocol::texts::Language,
    simulator::{Plan, Scenario},
};

#[tokio::test]
async fn an_error_is_told_in_the_vendors_words_once_they_have_come() {
    let room = AppHarness::open(Plan::default()).await;
    room.shows(&["1 needs attention"]).await;
    room.keys("1");
    room.shows(&["Garage A1", "Loose strands were noticed", "0300_8003"]).await;
    let of_a1 = || room.demo.texts_asked().into_iter().filter(|path| path.contains("d=039")).collect::<Vec<_>>();
    assert_eq!(of_a1(), ["/query.php?lang=en&d=039"]);
    room.quit().await;
}

#[tokio::test]
async fn nobody_is_asked_while_no_printer_shows_a_code() {
    let room = AppHarness::open(Plan { scenario: Scenario::Quiet, ..Plan::default() }).await;
    room.shows(&["4 printers", "· live"]).await;
    assert!(room.demo.texts_asked().is_empty());
    room.handle(0).with_printer(|sim| sim.add_hms(0x0700_2100, 0x0002_0001, None));
    room.shows(&["there is no filament left in slot 2"]).await;
    assert_eq!(room.demo.texts_asked(), ["/query.php?lang=en&d=01P"]);
    room.quit().await;
}

#[tokio::test]
async fn a_language_without_the_text_falls_back_to_english() {
    let room = AppHarness::with(one(), |_, setup| setup.config.error_texts.language = Language::German).await;
    room.shows(&["· live"]).await;
    room.handle(0).with_printer(|sim| sim.pause_with(0, 0x0300_8005));
    room.shows(&["Die vordere Abdeckung"]).await;
    room.handle(0).with_printer(|sim| sim.pause_with(0, 0x0700_8010));
    room.shows(&["The motor of the AMS works too hard"]).await;
    assert_eq!(room.demo.texts_asked(), ["/query.php?lang=de&d=01P", "/query.php?lang=en&d=01P"]);
    room.quit().await;
}

#[tokio::test]
async fn without_a_server_the_built_in_words_stay() {
    let room =
        AppHarness::with(Plan::default(), |_, setup| setup.config.error_texts.url = "http://127.0.0.1:1".to_owned())
            .await;
    room.shows(&["1 needs attention"]).await;
    room.keys("1");
    room.shows(&["the camera suspects spaghetti", "0300_8003"]).await;
    room.quit().await;
    let room = AppHarness::with(Plan::default(), |_, setup| setup.config.error_texts.fetch = false).await;
    room.shows(&["the camera suspects spaghetti"]).await;
    assert!(room.demo.texts_asked().is_empty());
    room.quit().await;
}
