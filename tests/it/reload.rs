//! The configuration file is corrected while the dashboard runs.

use crate::{
    process_harness::{Home, Simulator},
    pty_harness::PtyHarness,
};
use std::fs;

#[test]
fn a_new_access_code_is_taken_over_from_the_file_without_a_restart() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--orders"]);
    let before = simulator.config();
    let path = home.configure(&before);
    let code = simulator.text(0, "access_code");
    let mut window = PtyHarness::open(&home, &[], 120, 40);
    window.shows(&["Workshop P1S", "· live"]);
    assert_eq!(simulator.order("access-code 24682468 Workshop P1S")["ok"], true);
    window.shows(&["the access code is wrong", "no restart needed", "!· live"]);
    // A mistake changes nothing, and is named with its line.
    fs::write(&path, before.replace(&code, "24682468") + "\nacces = 1\n").unwrap();
    window.shows(&["config.toml:", "unknown key \"acces\"", "the access code is wrong"]);
    fs::write(&path, before.replace(&code, "24682468")).unwrap();
    window.shows(&["changed in the configuration: access code", "· live", "!next try in"]);
    assert!(!home.log().contains("24682468") && !window.text().contains("24682468"));
    window.keys("q");
    assert_eq!(window.ended(), 0);
}

#[test]
fn the_key_takes_over_what_the_file_says_of_the_selected_printer() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    let right = simulator.config();
    // Somebody else is at this address: no link fails for what the file is watched for.
    let port = format!("mqtt_port = {}", simulator.text(0, "mqtt_port"));
    let path = home.configure(&right.replace(&port, "mqtt_port = 1"));
    let mut window = PtyHarness::open(&home, &[], 120, 40);
    window.shows(&["connection refused"]);
    fs::write(&path, &right).unwrap();
    window.keys("R");
    window.shows(&["changed in the configuration: port", "· live"]);
    window.keys("q");
    assert_eq!(window.ended(), 0);
}
