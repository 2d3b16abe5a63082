//! Objects of a print, from the printer's storage to the printer's report.

use crate::{
    app_harness::AppHarness,
    process_harness::{Home, Simulator},
};
use bambu_tui::simulator::{Fault, Plan, Scenario};
use serde_json::Value;

fn one() -> Plan {
    Plan { scenario: Scenario::Single, ..Plan::default() }
}

#[tokio::test]
async fn an_object_is_chosen_asked_about_and_really_skipped() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "bracket_v4"]).await;
    room.keys("o");
    room.shows(&["objects", "bracket", "#97", "washer", "6 objects"]).await;
    room.keys("jj <enter>");
    room.shows(&["Skip this object?", "#125 washer"]).await;
    room.keys("n");
    room.shows(&["!Skip this object?", "1 chosen"]).await;
    assert_eq!(room.count(0, "skip_objects"), 0);
    room.keys("<enter>y");
    room.shows(&["skip object 125 → Workshop P1S: sent … acknowledged … confirmed", "1 skipped"]).await;
    assert_eq!(room.handle(0).with_printer(|sim| sim.job.clone().unwrap().skipped), [125]);
    assert_eq!(room.count(0, "skip_objects"), 1);
    // The file was fetched once, and is not fetched again for the next look.
    room.keys("<esc>o");
    room.shows(&["6 objects", "1 skipped"]).await;
    assert_eq!(room.handle(0).fetched(), 1);
    room.quit().await;
}

#[tokio::test]
async fn the_zoomed_job_tells_what_is_needed_and_why_it_cannot() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "bracket_v4"]).await;
    assert_eq!(room.handle(0).fetched(), 0, "nobody has looked");
    room.keys("<tab>z");
    room.shows(&["to go", "left", "6 objects (o)"]).await;
    room.quit().await;
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "bracket_v4"]).await;
    room.handle(0).set_fault(Fault::FileMissing);
    room.keys("<tab>z");
    room.shows(&["the file of this job is not on the printer's storage"]).await;
    room.handle(0).clear_faults();
    room.keys("o");
    room.shows(&["6 objects"]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_file_is_found_whose_name_ends_with_a_blank_and_is_written_otherwise() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live", "bracket_v4"]).await;
    room.handle(0).with_printer(|sim| {
        let job = sim.make_job(5);
        sim.put_into(job, 0.3);
    });
    room.shows(&["Lampenschirm_grün"]).await;
    room.keys("o");
    room.shows(&["Schirm", "#97", "2 objects"]).await;
    room.quit().await;
}

#[test]
fn scripts_list_objects_and_skip_them() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    home.configure(&simulator.config());
    let name = simulator.text(0, "name");
    let text = home.run(&["objects", &name]);
    assert_eq!(text.code, 0, "{text:?}");
    assert!(text.out.contains("97  x") && text.out.contains("washer") && text.out.contains("needs"), "{}", text.out);
    let asks = home.run(&["do", &name, "skip", "97"]);
    assert!(asks.code == 2 && asks.err.contains("add --yes"), "{asks:?}");
    let many = home.run(&["do", &name, "skip", "washer", "--yes"]);
    assert!(many.code == 2 && many.err.contains("fits 4 objects") && many.err.contains("139 washer"), "{many:?}");
    let done = home.run(&["do", &name, "skip", "97", "139", "--yes"]);
    assert!(
        done.code == 0 && done.out.contains("skip objects 97 and 139") && done.out.contains("confirmed"),
        "{done:?}"
    );
    let json = home.run(&["objects", &name, "--json"]);
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    let skipped: Vec<_> = json["objects"].as_array().unwrap().iter().filter(|o| o["skipped"] == true).collect();
    assert_eq!(skipped.iter().map(|o| o["id"].as_u64().unwrap()).collect::<Vec<_>>(), [97, 139]);
    assert_eq!((&json["can_skip"], &json["obstacle"], &json["plate"]), (&true.into(), &Value::Null, &1.into()));
    assert!(json["filaments"][0]["grams"].as_f64() > Some(0.0) && json["objects"][0]["place"]["left"].is_number());
    let grams: Vec<_> =
        json["filaments"].as_array().unwrap().iter().map(|one| one["to_go_grams"].to_string()).collect();
    let fits = |grams: &String| grams.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 2);
    assert!(grams.iter().all(fits), "{grams:?}");
    let again = home.run(&["do", &name, "skip", "97", "--yes"]);
    assert!(again.code == 4 && again.err.contains("skipped already"), "{again:?}");
    // Nothing of the file stays behind.
    let left = std::fs::read_dir(home.path("state/bambu-tui/scratch")).expect("a folder").count();
    assert_eq!(left, 0);
}
