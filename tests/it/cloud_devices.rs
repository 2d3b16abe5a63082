//! Commands about the account's list of printers: firmware, names, binding, credentials of the camera.

use crate::process_harness::{Home, Simulator};
use serde_json::Value;

fn start() -> (Home, Simulator) {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single", "--cloud"]);
    home.sign_in(&simulator, true);
    (home, simulator)
}

#[test]
fn firmware_is_what_a_printer_has_and_what_is_on_offer() {
    let (home, simulator) = start();
    let json = home.run(&["firmware", "--json"]);
    let list: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(list.len(), simulator.cloud["printers"].as_array().unwrap().len());
    let (old, new): (Vec<_>, Vec<_>) = list.iter().partition(|p| p["updates"][0]["version"] == "01.99.00.00");
    assert!(!old.is_empty() && !new.is_empty(), "{list:?}");
    assert_eq!(old[0]["updates"][0]["notes"], "Fixes and improvements.");
    assert!(list.iter().all(|p| p["version"].is_string()), "{list:?}");
    let words = home.run(&["firmware", "workshop p1s"]);
    assert!(words.code == 0 && words.out.starts_with("Workshop P1S: "), "{words:?}");
    assert!(words.out.contains("01.99.00.00 is on offer\n    Fixes and improvements."), "{words:?}");
    let unknown = home.run(&["firmware", "Nobody"]);
    assert!(unknown.code == 2 && unknown.err.contains("known are Workshop P1S"), "{unknown:?}");
    assert_eq!(unknown.err.matches("Workshop P1S").count(), 1, "one printer, one name: {unknown:?}");
}

#[test]
fn a_raw_answer_shows_no_secret_even_where_it_ends_in_the_middle() {
    let home = Home::new();
    let simulator = Simulator::start(
        &home,
        &["--scenario", "single", "--cloud", "--cloud-fault", "truncated:/v1/iot-service/api/user/bind"],
    );
    home.sign_in(&simulator, true);
    let raw = home.run(&["api", "GET", "/v1/iot-service/api/user/bind"]);
    assert!(raw.code == 0 && raw.out.contains("dev_access_code") && raw.out.contains("••••"), "{raw:?}");
    assert!(!raw.out.contains(&simulator.text(0, "access_code")), "{raw:?}");
    let nowhere = home.run(&["api", "GET", "/v1/nowhere"]);
    assert!(nowhere.code == 4 && nowhere.err.contains("404") && !nowhere.out.is_empty(), "{nowhere:?}");
    let wrong = home.run(&["api", "GET", "https://example.org/v1"]);
    assert!(wrong.code == 2 && wrong.err.contains("no path of the API"), "{wrong:?}");
}

#[test]
fn a_printer_is_renamed_in_the_account_and_not_in_the_configuration() {
    let (home, simulator) = start();
    let ran = home.run(&["rename", "Workshop P1S", "Cellar"]);
    assert!(ran.code == 0 && ran.out.contains("Cellar now") && ran.err.contains("Workshop P1S"), "{ran:?}");
    assert!(home.run(&["firmware"]).out.contains("Cellar: "));
    // Either name is understood, and the LAN is still the transport.
    for name in ["Cellar", "Workshop P1S"] {
        let status: Vec<Value> = serde_json::from_str(&home.run(&["status", name, "--json"]).out).unwrap();
        assert_eq!((status.len(), status[0]["transport"].as_str()), (1, Some("lan")), "{name}");
    }
    for (args, code) in [
        (&["rename", "Workshop P1S", " "][..], 2),
        (&["--read-only", "rename", "Workshop P1S", "x"], 2),
        (&["rename", "Nobody", "x"], 2),
    ] {
        assert_eq!(home.run(args).code, code, "{args:?}");
    }
    drop(simulator);
    let gone = home.run(&["rename", "Workshop P1S", "x"]);
    assert!(gone.code == 3 && gone.err.contains("cannot be reached"), "{gone:?}");
}

#[test]
fn binding_says_what_the_cloud_answered_and_claims_nothing() {
    let (home, simulator) = start();
    let serial = simulator.text(0, "serial");
    let there = home.run(&["bind", "123456", "--serial", &serial, "--yes"]);
    assert!(there.code == 4 && there.err.contains("in the account already; nothing was sent"), "{there:?}");
    assert!(there.err.contains("unconfirmed"), "{there:?}");
    let stranger = ["bind", "123456", "--serial", "01P00A999999999"];
    let unasked = home.run(&stranger);
    assert!(unasked.code == 2 && unasked.err.contains("--yes"), "{unasked:?}");
    let refused = home.run(&[&stranger[..], &["--yes"]].concat());
    assert!(refused.code == 4 && refused.err.contains("is not given to this account"), "{refused:?}");
    assert_eq!(refused.out, "");
}

#[test]
fn a_printer_that_the_cloud_takes_is_in_the_account_and_reached_there() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--printers", "2", "--cloud"]);
    home.sign_in(&simulator, false);
    let stranger = &simulator.cloud["unbound"][0];
    let (serial, code) = (stranger["serial"].as_str().unwrap(), stranger["bind_code"].as_str().unwrap());
    assert!(!home.run(&["printers"]).out.contains(serial));
    let bind = |code: &str| home.run(&["bind", code, "--serial", serial, "--name", "Newcomer", "--yes"]);
    let wrong = bind("no-code");
    assert!(wrong.code == 4 && wrong.err.contains("The bind code is wrong or has expired"), "{wrong:?}");
    assert!(wrong.out.is_empty() && !home.run(&["printers"]).out.contains(serial), "{wrong:?}");
    let done = bind(code);
    assert!(done.code == 0 && done.err.contains("unconfirmed"), "{done:?}");
    let lines: Vec<_> = done.out.lines().collect();
    assert!(lines[0].starts_with("the cloud answered: {"), "{done:?}");
    assert_eq!(lines[1], format!("the account lists {serial} now, as Newcomer"));
    assert!(!done.out.contains(code), "{done:?}");
    let list: Vec<Value> = serde_json::from_str(&home.run(&["printers", "--json"]).out).unwrap();
    assert!(list.iter().any(|p| p["serial"] == serial && p["name"] == "Newcomer"), "{list:?}");
    // The configuration knows it not: the cloud is its transport.
    let status: Vec<Value> = serde_json::from_str(&home.run(&["status", "Newcomer", "--json"]).out).unwrap();
    assert_eq!((status[0]["serial"].as_str(), status[0]["transport"].as_str()), (Some(serial), Some("cloud")));
    let again = bind(code);
    assert!(again.code == 4 && again.err.contains("in the account already; nothing was sent"), "{again:?}");
}

#[test]
fn credentials_of_the_camera_are_shown_here_and_nowhere_else() {
    let (home, simulator) = start();
    let serial = simulator.text(0, "serial");
    let json = home.run(&["camera-credentials", "Workshop P1S", "--json"]);
    let access: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((access["serial"].as_str(), access["type"].as_str()), (Some(&*serial), Some("tutk")));
    let secret = access["ttcode"].as_str().unwrap();
    assert!(secret.len() > 5 && access["stream_key"].is_null());
    let words = home.run(&["camera-credentials", "Workshop P1S"]);
    assert!(
        words.out.contains(secret) && words.out.contains("TUTK") && words.err.contains("over the LAN"),
        "{words:?}"
    );
    assert!(!home.log().contains(secret));
    assert!(!home.run(&["api", "GET", "/v1/iot-service/api/user/bind"]).out.contains(secret));
}

#[test]
fn without_a_sign_in_the_cloud_commands_say_how_to_sign_in() {
    let home = Home::new();
    home.configure("");
    for args in [&["firmware"][..], &["rename", "a", "b"], &["camera-credentials", "a"], &["whoami"]] {
        let ran = home.run(args);
        assert!(ran.code == 4 && ran.err.contains("`bambu-tui login` signs in"), "{args:?}: {ran:?}");
    }
}
