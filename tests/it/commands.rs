//! The commands, run as a shell runs them: what they print and how they end.

use crate::process_harness::{Home, Simulator, private, send};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

const GOOD: &str = "[[printer]]\nname = \"Shed\"\nhost = \"127.0.0.1\"\nmqtt_port = 1\nserial = \"01P00A000000001\"\naccess_code = \"s3cr3tXY\"\n";

#[test]
fn status_prints_what_the_printers_report() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &[]);
    home.configure(&simulator.config());
    let json = home.run(&["status", "--json"]);
    assert_eq!(json.code, 0, "{json:?}");
    assert_eq!(json.out.lines().count(), 1);
    let status: Value = serde_json::from_str(&json.out).unwrap();
    let printers = status["printers"].as_array().or(status.as_array()).unwrap();
    assert_eq!(printers.len(), 4);
    for (at, printer) in printers.iter().enumerate() {
        assert_eq!(printer["serial"].as_str().unwrap(), simulator.text(at, "serial"));
        assert!(printer["job"].is_object() && printer["ams"].is_array(), "{printer}");
    }
    let table = home.run(&["status", "Workshop P1S"]);
    assert_eq!(table.code, 0);
    assert!(table.out.contains("Workshop P1S") && table.out.contains('%') && !table.out.contains("Garage"));
    // A printer is known by its serial too.
    assert_eq!(home.run(&["status", &simulator.text(1, "serial")]).code, 0);
    for at in 0..4 {
        let code = simulator.text(at, "access_code");
        assert!(!json.out.contains(&code) && !table.out.contains(&code) && !home.log().contains(&code));
    }
    assert!(!home.log().is_empty());
}

#[test]
fn status_goes_on_when_it_is_told_to_watch() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single", "--speed", "60"]);
    home.configure(&simulator.config());
    let mut child = home.command(&["status", "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(6);
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(&line.unwrap()).expect("JSON")).collect();
    assert!(lines.iter().all(|line| line["name"] == "Workshop P1S"));
    assert!(lines.windows(2).all(|two| two[0] != two[1]), "a line is a change");
    send("TERM", child.id());
    assert!(child.wait().unwrap().code().is_some(), "it ends by itself, in order");
}

#[test]
fn orders_end_with_what_the_printer_made_of_them() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    home.configure(&simulator.config());
    let refused = home.run(&["resume", "workshop p1s", "--yes"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.err.contains("the print is running"), "{refused:?}");
    for (order, last) in [("pause", "confirmed"), ("resume", "confirmed"), ("stop", "confirmed")] {
        let ran = home.run(&[order, "Workshop P1S", "--yes"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.trim_end().ends_with(last), "{ran:?}");
    }
    let late = home.run(&["stop", "Workshop P1S", "--yes"]);
    assert_eq!(late.code, 4, "{late:?}");
    assert!(late.err.contains("nothing was sent"));
}

#[test]
fn what_an_a1_mini_has_in_a_slot_is_seen_too() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "models"]);
    home.configure(&simulator.config());
    let ran = home.run(&["do", "Office A1 mini", "slot", "A2", "PLA", "red", "--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.trim_end().ends_with("confirmed"), "{ran:?}");
}

#[test]
fn orders_need_a_yes_a_name_and_permission() {
    let home = Home::new();
    home.configure(GOOD);
    for order in ["pause", "resume", "stop"] {
        let unasked = home.run(&[order, "Shed"]);
        assert_eq!(unasked.code, 2, "{unasked:?}");
        assert!(unasked.err.contains("--yes"));
        assert_eq!(home.run(&["--read-only", order, "Shed", "--yes"]).code, 2);
        let unknown = home.run(&[order, "Garden", "--yes"]);
        assert_eq!(unknown.code, 2);
        assert!(unknown.err.contains("Garden") && unknown.err.contains("Shed"), "{unknown:?}");
        assert_eq!(home.run(&[order]).code, 2);
    }
}

#[test]
fn locked_firmware_refuses_with_its_reason() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "locked", "--printers", "1"]);
    home.configure(&simulator.config());
    let ran = home.run(&["pause", "Workshop P1S", "--yes"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!((ran.err + &ran.out).contains("developer mode"));
}

#[test]
fn what_cannot_be_reached_is_said() {
    let home = Home::new();
    home.configure(GOOD);
    let status = home.run(&["status", "--json"]);
    assert_eq!(status.code, 3, "{status:?}");
    assert!(status.err.contains("Shed") && status.err.contains("refused"));
    assert!(serde_json::from_str::<Value>(&status.out).is_ok(), "JSON also then");
    let pause = home.run(&["pause", "Shed", "--yes", "--timeout", "1"]);
    assert_eq!(pause.code, 3, "{pause:?}");
    assert!(pause.err.contains("allowed? Nothing was sent"));
    assert_eq!(home.run(&["snapshot", "Shed", "-o", "x.jpg", "--timeout", "1"]).code, 3);
    assert!(!home.path("x.jpg").exists());
    for text in [&status.out, &status.err, &pause.err, &home.log()] {
        assert!(!text.contains("s3cr3tXY"));
    }
}

#[test]
fn a_snapshot_is_the_cameras_own_picture() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    home.configure(&simulator.config());
    let ran = home.run(&["snapshot", "Workshop P1S", "-o", "picture.jpg"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bytes = fs::read(home.path("picture.jpg")).unwrap();
    assert!(bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]));
    // An existing file is never replaced, and a terminal that is none is no place for a picture.
    let again = home.run(&["snapshot", "Workshop P1S", "-o", "picture.jpg"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("picture.jpg"));
    assert_eq!(home.run(&["snapshot", "Workshop P1S"]).code, 2);
}

#[test]
fn the_configuration_is_checked_found_and_explained() {
    let home = Home::new();
    let path = home.run(&["config", "path"]);
    assert_eq!((path.code, path.out.trim()), (0, home.path("config/bambu-tui/config.toml").to_str().unwrap()));
    let none = home.run(&["config", "check"]);
    assert_eq!(none.code, 0);
    assert!(none.out.contains("there is no file"));
    let example = home.run(&["config", "example"]);
    assert_eq!(example.code, 0);
    let file = home.configure(&example.out);
    let good = home.run(&["config", "check"]);
    assert_eq!(good.code, 0, "{good:?}");
    assert!(good.out.contains("good, 1 printer"));
    home.configure("[[printer]]\nnam = \"x\"\nhost = \"h\"\naccess_code = \"s3cr3tXY\"\n[keys]\npause = [\"x\"]\n");
    let bad = home.run(&["config", "check"]);
    assert_eq!(bad.code, 2, "{bad:?}");
    assert!(bad.err.contains(":2:") && bad.err.contains("name"), "place and cure: {bad:?}");
    assert!(bad.err.contains("serial") && bad.err.contains(":6:"), "every problem at once, keys too: {bad:?}");
    assert!(!bad.err.contains("s3cr3tXY"));
    assert_eq!(home.run(&["status"]).code, 2, "no command runs on a wrong file");
    fs::write(&file, GOOD).unwrap();
    std::process::Command::new("chmod").arg("644").arg(&file).status().unwrap();
    let open = home.run(&["config", "check"]);
    assert!(open.code == 0 && open.out.contains("warning") && open.out.contains("600"), "{open:?}");
    private(&file);
    assert!(!home.run(&["config", "check"]).out.contains("warning"));
    // What is wrong with a hook is no business of those who carry none out.
    let hook = "[[hook]]\non = [\"*\"]\nurl = \"http://127.0.0.1:1/\"\nheader_env = { Authorization = \"UNSET\" }\n";
    home.configure(&(GOOD.to_owned() + hook));
    assert!(home.run(&["config", "check"]).err.contains("the variable UNSET"));
    assert_eq!(home.run(&["explain", "0300_8003"]).code, 0);
    let missing = home.run(&["--config", "nowhere.toml", "status"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("nowhere.toml"));
}

#[test]
fn the_simulator_says_where_it_is_and_ends_in_order() {
    let home = Home::new();
    for signal in ["TERM", "INT"] {
        let simulator = Simulator::start(&home, &["--printers", "3", "--seed", "7"]);
        assert_eq!(simulator.printers.len(), 3);
        for printer in &simulator.printers {
            for key in ["name", "model", "serial", "access_code", "host", "fingerprint"] {
                assert!(printer[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {printer}");
            }
            assert!(printer["mqtt_port"].as_u64() > Some(0) && printer["camera_port"].as_u64() > Some(0));
        }
        assert_eq!(simulator.end(signal), Some(0));
    }
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    let taken = home.run(&["simulate", "--mqtt-port", &port]);
    assert_eq!(taken.code, 1, "{taken:?}");
    assert!(taken.err.contains(&port));
}

#[test]
fn the_simulated_cloud_says_where_it_is_and_takes_its_certificate_along() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single", "--cloud", "--cloud-fault", "slow:/v1/nowhere"]);
    let text = |key: &str| simulator.cloud[key].as_str().unwrap_or_else(|| panic!("{key}")).to_owned();
    for key in ["account", "password", "code", "tfa_code", "uid", "token", "region", "mqtt_host"] {
        assert!(!text(key).is_empty(), "{key}");
    }
    assert!(text("api_url").starts_with("https://127.0.0.1:") && text("web_url").starts_with("https://127.0.0.1:"));
    let file = std::path::PathBuf::from(text("ca_file"));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(simulator.end("TERM"), Some(0));
    assert!(!file.exists());
    assert_eq!(home.run(&["simulate", "--cloud", "--cloud-fault", "rain"]).code, 2);
    assert_eq!(home.run(&["simulate", "--cloud-port", "5"]).code, 2, "without the cloud");
}

#[test]
fn a_dashboard_without_a_terminal_says_what_to_use() {
    let home = Home::new();
    for args in [&[][..], &["demo"]] {
        let ran = home.run(args);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("status --json"));
    }
}

#[test]
fn every_help_reads_and_the_first_one_tells_the_exit_codes() {
    let home = Home::new();
    let main = home.run(&["--help"]);
    assert!(main.out.contains("Exit codes"));
    for command in ["demo", "simulate", "status", "pause", "resume", "stop", "snapshot", "config"] {
        assert!(main.out.contains(command));
        let help = home.run(&[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains("Usage:") && help.out.contains("Exit codes"), "{command}:\n{}", help.out);
    }
    assert_eq!(home.run(&["dance"]).code, 2);
    assert_eq!(home.run(&["demo", "--scenario", "party"]).code, 2);
    assert_eq!(home.run(&["--version"]).code, 0);
}

#[test]
fn any_action_can_be_ordered_by_its_name() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--speed", "20"]);
    home.configure(&simulator.config());
    let light = home.run(&["do", "Workshop P1S", "fan-aux", "50"]);
    assert_eq!((light.code, light.out.contains("aux fan 50 % → Workshop P1S: confirmed")), (0, true), "{light:?}");
    // What would be asked about in the dashboard needs --yes where nobody can be asked.
    let bed = home.run(&["do", "Workshop P1S", "bed", "70"]);
    assert!(bed.code == 2 && bed.err.contains("--yes"), "{bed:?}");
    assert_eq!(home.run(&["do", "Workshop P1S", "bed", "70", "--yes"]).code, 0);
    let hot = home.run(&["do", "Workshop P1S", "bed", "500", "--yes"]);
    assert!(hot.code == 2 && hot.err.contains("at most 100"), "{hot:?}");
    let odd = home.run(&["do", "Workshop P1S", "dance"]);
    assert!(odd.code == 2 && odd.err.contains("no action \"dance\"; closest: "), "{odd:?}");
}

#[test]
fn the_kept_journal_is_chosen_from_and_written() {
    let home = Home::new();
    let folder = home.path("state/bambu-tui");
    fs::create_dir_all(&folder).unwrap();
    let lines = [
        r#"{"time":1,"printer":"Shed","serial":"01P","kind":"link","tone":"good","text":"connected"}"#,
        r#"{"time":2,"printer":"Shed","serial":"01P","kind":"health","tone":"bad","text":"the Nozzle is clogged (0300_4006)"}"#,
        r#"{"time":3,"printer":"Attic","serial":"09P","kind":"order","tone":"plain","text":"pause ordered"}"#,
    ];
    fs::write(folder.join("journal.jsonl"), lines.join("\n")).unwrap();
    let table = home.run(&["journal", "--search", "nozzle shed"]);
    assert!(table.code == 0 && table.out.contains("clogged") && table.out.lines().count() == 1, "{table:?}");
    let json = home.run(&["journal", "--kind", "health,order", "--json"]);
    let kinds: Vec<Value> = json.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(kinds.iter().map(|line| line["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["health", "order"]);
    let wrong = home.run(&["journal", "--kind", "party"]);
    assert!(wrong.code == 2 && wrong.err.contains("must be one of print, health, order, link, other"), "{wrong:?}");
    let written = home.run(&["journal", "--json", "-o", "out.jsonl"]);
    assert!(written.code == 0 && written.out.contains("3 lines"), "{written:?}");
    assert_eq!(fs::read_to_string(home.path("out.jsonl")).unwrap().lines().count(), 3);
    let again = home.run(&["journal", "-o", "out.jsonl"]);
    assert_eq!(again.code, 1, "{again:?}");
}

#[test]
fn texts_that_a_long_watch_has_fetched_are_there_for_every_command() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &[]);
    home.configure(&simulator.config());
    let error = |line: &Value| line["job"]["error"].clone();
    let before = home.run(&["status", "Garage A1", "--json"]);
    let before: Value = serde_json::from_str(&before.out).unwrap();
    assert_eq!(error(&before[0])["text_source"], "built-in", "a command that is over in a moment fetches nothing");
    assert_eq!(before[0]["job"]["error"]["wiki"], "https://wiki.bambulab.com/en/hms/home");
    let advice = serde_json::json!({"text": "look at the print", "actions": ["resume", "stop", "dismiss"]});
    assert_eq!(before[0]["job"]["error"]["advice"], advice);
    let mut child = home.command(&["status", "Garage A1", "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let fetched = lines.find_map(|line| {
        let line: Value = serde_json::from_str(&line.unwrap()).expect("JSON");
        (error(&line)["text_source"] == "vendor").then(|| error(&line))
    });
    send("TERM", child.id());
    child.wait().unwrap();
    let fetched = fetched.expect("Bambu Lab's text");
    assert!(fetched["text"].as_str().unwrap().starts_with("Loose strands"), "{fetched}");
    let kept = fs::read_dir(home.path("cache/bambu-tui")).unwrap().map(|file| file.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.extension().is_none_or(|extension| extension != "lock")).collect();
    assert!(kept.len() == 1 && kept[0].ends_with("texts-039-en"), "{kept:?}");
    let after = home.run(&["status", "Garage A1", "--json"]);
    let after: Value = serde_json::from_str(&after.out).unwrap();
    assert_eq!(error(&after[0]), fetched, "read from where it was kept");
    assert!(home.log().matches("texts for codes").count() == 1, "{}", home.log());
    drop(simulator);
    // The printers are gone; what they say can still be explained, in every form of the code.
    for code in ["0300_8003", "50364419"] {
        let told = home.run(&["explain", code, "--printer", "garage a1"]);
        assert_eq!(told.code, 0, "{told:?}");
        assert!(told.out.contains("Loose strands") && told.out.contains("Bambu Lab's text (en)"), "{told:?}");
    }
    let told = home.run(&["explain", "0C00030000030007", "--prefix", "01P", "--json"]);
    let told: Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!((&told["text_source"], &told["prefix"]), (&"built-in".into(), &"01P".into()));
    for wrong in [&["explain", "spaghetti"][..], &["explain", "0300_8003", "--printer", "nobody"]] {
        assert_eq!(home.run(wrong).code, 2, "{wrong:?}");
    }
}
