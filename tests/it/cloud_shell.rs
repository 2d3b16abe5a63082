//! Commands that take printers, over the cloud: those that only the account knows, and those whose LAN does not answer.

use crate::process_harness::{Home, Simulator};
use bambu_tui::simulator::{self, Plan, Scenario, cloud::CloudPlan};
use serde_json::Value;
use std::path::Path;

fn account_only(simulator: &Simulator) -> Vec<String> {
    let printers = simulator.cloud["printers"].as_array().unwrap();
    printers.iter().filter(|p| p["lan"] == false).map(|p| p["name"].as_str().unwrap().to_owned()).collect()
}

fn status(home: &Home, args: &[&str]) -> Vec<Value> {
    let ran = home.run(&[&["status", "--json"], args].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// How the printers of a status were reached, by name.
fn transports(printers: &[Value]) -> Vec<(&str, &str)> {
    printers.iter().map(|p| (p["name"].as_str().unwrap(), p["transport"].as_str().unwrap())).collect()
}

#[test]
fn printers_of_the_account_are_asked_over_the_cloud_and_those_of_the_lan_are_not() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single", "--cloud"]);
    home.sign_in(&simulator, true);
    let others = account_only(&simulator);
    let all = status(&home, &[]);
    assert_eq!(transports(&all), [("Workshop P1S", "lan"), (&*others[0], "cloud"), (&*others[1], "cloud")]);
    assert!(all.iter().all(|p| p["connection"] == "live"), "{all:?}");
    assert_eq!(all[1]["host"], Value::Null);
    let one = status(&home, &[&others[1].to_uppercase()]);
    assert_eq!(transports(&one), [(&*others[1], "cloud")]);
    assert_eq!(transports(&status(&home, &["Workshop P1S"])), [("Workshop P1S", "lan")]);
    let table = home.run(&["status", &others[0]]);
    assert!(
        table.code == 0 && table.out.contains("printing, by cloud") && !table.out.contains("Workshop"),
        "{table:?}"
    );
    let unknown = home.run(&["status", "Nobody"]);
    assert!(unknown.code == 2 && unknown.err.contains("no printer \"Nobody\""), "{unknown:?}");
    assert!(unknown.err.contains("Workshop P1S") && unknown.err.contains(&others[0]), "{unknown:?}");
    let camera = home.run(&["snapshot", &others[0], "-o", "x.jpg"]);
    assert!(camera.code == 1 && camera.err.contains("over the LAN alone"), "{camera:?}");
    let token = simulator.cloud["token"].as_str().unwrap();
    assert!(!home.log().is_empty() && !home.log().contains(token));
    assert!(!home.log().contains("hyper"), "the details of libraries: {}", home.log());
}

#[test]
fn a_printer_whose_lan_does_not_answer_is_reached_and_ordered_over_the_cloud() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single", "--cloud"]);
    let port = format!("mqtt_port = {}", simulator.text(0, "mqtt_port"));
    let config = simulator.config().replace(&port, "mqtt_port = 1");
    assert!(config.contains("mqtt_port = 1\n"));
    home.configure(&config);
    let without = home.run(&["status", "--json"]);
    assert!(without.code == 3 && without.err.contains("refused"), "without a sign-in as ever: {without:?}");
    assert!(!without.err.contains("cloud"), "{without:?}");
    home.sign_in(&simulator, false);
    home.configure(&(config + &simulator.cloud_config()));
    let printers = status(&home, &["Workshop P1S"]);
    assert_eq!(transports(&printers), [("Workshop P1S", "cloud")]);
    assert_eq!(printers[0]["state"], "printing");
    for (args, last) in [
        (&["pause", "Workshop P1S", "--yes"][..], "confirmed"),
        (&["resume", "Workshop P1S", "--yes"], "confirmed"),
        (&["do", "Workshop P1S", "fan-aux", "50"], "confirmed"),
    ] {
        let ran = home.run(args);
        assert!(ran.code == 0 && ran.out.trim_end().ends_with(last), "{args:?}: {ran:?}");
    }
    let other = &account_only(&simulator)[0];
    let json = home.run(&["do", "--printer", other, "light", "off", "--json"]);
    let line: Value = serde_json::from_str(json.out.trim()).expect("JSON");
    assert_eq!((json.code, line["printer"].as_str(), line["result"].as_str()), (0, Some(&**other), Some("confirmed")));
    let several = home.run(&["do", "Workshop P1S", other, "light", "on", "--yes", "--json"]);
    assert!(several.code == 0 && several.out.lines().count() == 2, "{several:?}");
}

#[test]
fn a_printer_that_neither_transport_leads_to_says_both_reasons() {
    let home = Home::new();
    let faults = ["--cloud-fault", "broker-refuse"];
    let simulator = Simulator::start(&home, &[&["--scenario", "single", "--cloud"][..], &faults].concat());
    let port = format!("mqtt_port = {}", simulator.text(0, "mqtt_port"));
    home.sign_in(&simulator, false);
    home.configure(&(simulator.config().replace(&port, "mqtt_port = 1") + &simulator.cloud_config()));
    let ran = home.run(&["pause", "Workshop P1S", "--yes", "--timeout", "3"]);
    assert!(
        ran.code == 3 && ran.err.contains("Over the cloud: the cloud's broker does not accept the sign-in"),
        "{ran:?}"
    );
    assert!(ran.err.contains("nothing was sent"), "{ran:?}");
}

#[test]
fn a_cloud_that_does_not_answer_leaves_the_lan_as_it_is() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single", "--cloud"]);
    home.sign_in(&simulator, true);
    let kept = home.path("state/bambu-tui/account.json");
    assert!(Path::exists(&kept));
    let elsewhere = simulator.cloud["api_url"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
    // The account's file and the configuration agree on a place where nobody is.
    let text = std::fs::read_to_string(&kept).unwrap().replace(&elsewhere, "1");
    std::fs::write(&kept, text).unwrap();
    home.configure(&(simulator.config() + &simulator.cloud_config().replace(&elsewhere, "1")));
    let ran = home.run(&["status", "--json"]);
    let printers: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert!(ran.code == 0 && ran.err.contains("the cloud's list of printers: the cloud cannot be reached"), "{ran:?}");
    assert_eq!(transports(&printers), [("Workshop P1S", "lan")]);
    assert_eq!(home.run(&["status", "Workshop P1S"]).err, "", "a printer of the LAN needs no cloud");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_printer_that_the_lan_has_lost_is_asked_for_once_too() {
    let plan =
        Plan { printers: Some(1), scenario: Scenario::Single, cloud: Some(CloudPlan::default()), ..Plan::default() };
    let demo = simulator::start(&plan).await.unwrap();
    let (cloud, home, printer) = (demo.cloud().unwrap(), Home::new(), &demo.printers()[0]);
    let config = format!(
        "[[printer]]\nname = \"Here\"\nhost = \"127.0.0.1\"\nserial = \"{}\"\naccess_code = \"{}\"\nmqtt_port = 1\n",
        printer.serial, printer.access_code
    );
    home.sign_in_to(&cloud.to_json(), &config);
    let asked = || cloud.calls().iter().filter(|call| call.target == "/v1/iot-service/api/user/bind").count();
    for _ in 0..3 {
        assert_eq!(transports(&status(&home, &["Here"])), [("Here", "cloud")]);
        assert_eq!(asked(), 1);
    }
    // That one is not in the account is known from the list too.
    home.run(&["logout"]);
    home.sign_in_to(&cloud.to_json(), &config.replace(&printer.serial, "01P00A999999999"));
    for _ in 0..3 {
        let ran = home.run(&["status", "Here"]);
        assert!(ran.code == 3 && ran.err.contains("refused") && asked() == 2, "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_in_a_loop_ask_for_the_accounts_printers_once() {
    let plan =
        Plan { printers: Some(1), scenario: Scenario::Single, cloud: Some(CloudPlan::default()), ..Plan::default() };
    let demo = simulator::start(&plan).await.unwrap();
    let (cloud, home) = (demo.cloud().unwrap(), Home::new());
    home.sign_in_to(&cloud.to_json(), "");
    let asked = || {
        let calls = cloud.calls();
        calls.iter().filter(|call| call.method == "GET" && call.target == "/v1/iot-service/api/user/bind").count()
    };
    let name = cloud.printers().pop().unwrap().name;
    // What is kept of the account's printers; nothing: no list is kept.
    let kept = || {
        let database = home.database();
        let mut select = database.prepare("SELECT concat_ws(' ', serial, name, model, product) FROM device").unwrap();
        let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    };
    for args in [
        &["status", "--json"][..],
        &["status", &name],
        &["do", &cloud.printers()[1].name, "light", "on", "--yes"],
        &["history", &name, "--limit", "1"],
        &["status"],
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, asked()), (0, 1), "{args:?}: {ran:?}");
    }
    assert!(kept().contains(&name), "{}", kept());
    let folder = home.path("state/bambu-tui");
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        use std::os::unix::fs::PermissionsExt;
        if file.file_name().unwrap().to_str().unwrap().starts_with(bambu_tui::storage::FILE) {
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
            bytes.extend(std::fs::read(file).unwrap());
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains(cloud.token()));
    for printer in demo.printers() {
        assert!(!text.contains(&printer.access_code));
    }
    // Whoever asks for the list itself, or for a printer that is not in it, gets what is true now.
    assert_eq!((home.run(&["printers"]).code, asked()), (0, 2));
    let nobody = home.run(&["status", "Nobody"]);
    assert!(nobody.code == 2 && nobody.err.contains(&name) && asked() == 3, "{nobody:?}");
    // One that is away is soon asked about again; nobody waits a minute here.
    demo.control_of(&cloud.printers()[2].serial).unwrap().set_uplink(false);
    assert_eq!((home.run(&["rename", &name, "Shed"]).code, asked()), (0, 4), "its new name was looked for");
    assert_eq!(kept(), "", "and the list is not true any more");
    let away = home.run(&["status", "Shed"]);
    assert!(away.code == 3 && away.err.contains("not connected to the cloud") && asked() == 5, "{away:?}");
    assert_eq!((home.run(&["status", "Shed"]).code, asked()), (3, 5));
    assert_ne!(kept(), "");
    home.run(&["logout"]);
    assert_eq!(kept(), "", "it goes with the sign-in");
}
