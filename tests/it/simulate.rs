//! Orders to a running simulator, over its standard input.

use crate::process_harness::{Home, Simulator};
use serde_json::Value;
use std::{fs, net::TcpStream};

fn reachable(simulator: &Simulator) -> bool {
    TcpStream::connect(format!("127.0.0.1:{}", simulator.text(0, "mqtt_port"))).is_ok()
}

#[test]
fn a_printer_is_unplugged_and_plugged_in_again() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--orders"]);
    home.configure(&simulator.config());
    assert!(reachable(&simulator));
    let off = simulator.order("off workshop p1s");
    assert_eq!(off, serde_json::json!({"order": "off workshop p1s", "ok": true}));
    assert!(!reachable(&simulator));
    assert_eq!(home.run(&["status", "--timeout", "2"]).code, 3);
    let serial = simulator.text(0, "serial");
    assert_eq!(simulator.order(&format!("on {serial}"))["ok"], true);
    assert_eq!(home.run(&["status"]).code, 0);
    // What goes wrong can be ordered, and mended.
    assert_eq!(simulator.order("fault refuse-login Workshop P1S")["ok"], true);
    assert_eq!(home.run(&["status"]).code, 3);
    assert_eq!(simulator.order("mend Workshop P1S")["ok"], true);
    assert_eq!(home.run(&["status"]).code, 0);
    let renewed = simulator.order("certificate Workshop P1S");
    assert_eq!(renewed["fingerprint"].as_str().unwrap().len(), 64, "{renewed}");
    assert_eq!(simulator.order("cut Workshop P1S")["ok"], true);
    for (line, says) in [
        ("off Nobody", "known are Workshop P1S"),
        ("fault rain Workshop P1S", "choose from refuse-login"),
        ("expire-tokens", "start with --cloud"),
        ("dance", "choose from: off PRINTER"),
        (&"x".repeat(9000), "at most 4096 bytes"),
    ] {
        let answer = simulator.order(line);
        assert!(answer["ok"] == false && answer["error"].as_str().unwrap().contains(says), "{answer}");
    }
    let raw = simulator.order_bytes(b"off \xFF\xFE");
    assert!(raw["error"].as_str().unwrap().contains("UTF-8"), "{raw}");
    assert_eq!(simulator.order("lan-off Workshop P1S")["ok"], true, "an odd line ends nothing");
    assert_eq!(simulator.close(), Some(0), "it ends with its orders");
}

#[test]
fn the_cloud_obeys_too() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--cloud", "--orders"]);
    home.sign_in(&simulator, true);
    let cloud = |home: &Home| home.run(&["printers", "--json"]);
    assert!(cloud(&home).out.contains("\"online\":true"));
    let away = simulator.cloud["printers"][1]["name"].as_str().unwrap().to_owned();
    assert_eq!(simulator.order(&format!("cloud-off {away}"))["ok"], true);
    assert!(cloud(&home).out.contains("\"online\":false"));
    assert_eq!(simulator.order(&format!("cloud-on {away}"))["ok"], true);
    assert!(!cloud(&home).out.contains("\"online\":false"));
    assert_eq!(simulator.order("broker-off")["ok"], true);
    assert_eq!(home.run(&["status", &away, "--timeout", "2"]).code, 3);
    assert_eq!(simulator.order("broker-on")["ok"], true);
    assert_eq!(home.run(&["status", &away]).code, 0);
    assert_eq!(simulator.order("cloud-fault html:/v1/iot-service")["ok"], true);
    assert_ne!(cloud(&home).code, 0);
    assert_eq!(simulator.order("cloud-mend")["ok"], true);
    assert_eq!(cloud(&home).code, 0);
    assert_eq!((simulator.order("expire-codes")["ok"].clone(), cloud(&home).code), (true.into(), 0));
    assert_eq!(simulator.order("expire-tokens")["ok"], true);
    let expired = cloud(&home);
    assert!(expired.code != 0 && expired.err.contains("log in again"), "{expired:?}");
    let folder = simulator.cloud["ca_file"].as_str().unwrap().to_owned();
    assert!(fs::exists(&folder).unwrap());
    assert_eq!((simulator.close(), fs::exists(&folder).unwrap()), (Some(0), false), "nothing is left behind");
}

#[test]
fn one_that_takes_no_orders_does_not_mind_the_end_of_its_input() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single"]);
    drop(simulator.child.stdin.take());
    home.configure(&simulator.config());
    assert_eq!(home.run(&["status"]).code, 0);
    assert_eq!(simulator.end("TERM"), Some(0));
}

#[test]
fn odd_answers_of_the_cloud_are_read_or_said_to_be_odd() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--cloud", "--orders"]);
    home.sign_in(&simulator, true);
    let ask = |home: &Home| home.run(&["printers", "--json"]);
    let names = |text: &str| {
        let list: Vec<Value> = serde_json::from_str(text).unwrap();
        list.iter().map(|p| (p["name"].clone(), p["serial"].clone(), p["job"]["percent"].clone())).collect::<Vec<_>>()
    };
    let good = names(&ask(&home).out);
    assert_eq!(good.len(), 3);
    let token = simulator.cloud["token"].as_str().unwrap().to_owned();
    for (fault, code, says) in [
        ("strange", 0, ""),
        ("nulls", 0, ""),
        ("redirect", 3, "elsewhere.invalid"),
        ("inside", 4, "code 1003: there is no such device"),
    ] {
        assert_eq!(simulator.order(&format!("cloud-fault {fault}:/v1/iot-service"))["ok"], true);
        let ran = ask(&home);
        assert!(ran.code == code && ran.err.contains(says) && !ran.err.contains(&token), "{fault}: {ran:?}");
        if fault == "strange" {
            assert_eq!(names(&ran.out), good, "the same by other types");
        }
        simulator.order("cloud-mend");
    }
}
