//! What the program keeps: several programs with one database, what an earlier version left, and a database of no use.

use crate::{
    process_harness::{Home, Simulator},
    pty_harness::PtyHarness,
};
use bambu_tui::storage::{Database, FILE};
use rusqlite::Connection;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    process::Stdio,
    time::{SystemTime, UNIX_EPOCH},
};

#[test]
fn two_dashboards_and_commands_with_one_state_directory_lose_no_line() {
    const PRINTERS: usize = 12;
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--printers", "12"]);
    home.configure(&simulator.config());
    let folder = home.path("state/bambu-tui");
    fs::create_dir_all(&folder).unwrap();
    let hour_ago = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - 3600;
    let left = format!(
        r#"{{"kind":"print","printer":"Shed","serial":"01P","text":"finished lamp","time":{hour_ago},"tone":"good"}}"#
    );
    fs::write(folder.join("journal.jsonl"), format!("{left}\n")).unwrap();
    // Both make the database, and both find the older file.
    let mut windows = [(), ()].map(|()| PtyHarness::open(&home, &[], 120, 40));
    let mut command = home.command(&["status", "--json"]).stdout(Stdio::null()).spawn().unwrap();
    for window in &mut windows {
        window.shows(&["12 printers", "!connecting"]);
        window.keys("J");
        window.shows(&["Shed: finished lamp"]);
        window.keys("q");
    }
    for window in &mut windows {
        assert_eq!(window.ended(), 0);
    }
    assert!(command.wait().unwrap().success());
    let ran = home.run(&["journal", "--json"]);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut connected = BTreeMap::new();
    for line in lines.iter().filter(|line| line["text"] == "connected") {
        *connected.entry(line["serial"].as_str().unwrap()).or_insert(0) += 1;
    }
    assert!(connected.len() == PRINTERS && connected.values().all(|count| *count >= 2), "{connected:?}");
    assert_eq!(ran.out.lines().filter(|line| line.contains("finished lamp")).count(), 1, "it was taken over once");
    let first: Value = serde_json::from_str(&left).expect("JSON");
    assert_eq!(lines.first(), Some(&first), "the same JSON as ever, the oldest first");
    assert!(!folder.join("journal.jsonl").exists() && folder.join("journal.jsonl.taken-over").exists());
}

#[test]
fn a_database_of_no_use_is_told_and_left_alone_and_everything_else_works() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--printers", "1"]);
    home.configure(&simulator.config());
    let path = home.path("state/bambu-tui").join(FILE);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let damaged: fn(&std::path::Path) = |path| fs::write(path, "no database ".repeat(20)).unwrap();
    // Its first page is whole.
    let inside: fn(&std::path::Path) = |path| {
        drop(Database::open(path.parent().unwrap()).unwrap());
        let mut bytes = fs::read(path).unwrap();
        bytes.iter_mut().skip(4096).step_by(7).for_each(|byte| *byte ^= 0xFF);
        fs::write(path, bytes).unwrap();
    };
    let newer: fn(&std::path::Path) = |path| {
        let database = Connection::open(path).unwrap();
        database.execute_batch("CREATE TABLE later (x); PRAGMA user_version = 1000").unwrap();
    };
    let in_the_way: fn(&std::path::Path) = |path| fs::create_dir(path).unwrap();
    for (make, why, cure) in [
        (damaged, "is damaged", "move the file away"),
        (inside, "is damaged", "move the file away"),
        (newer, "was written by a newer bambu-tui", "use that version"),
        (in_the_way, "directory", "check the folder's permissions"),
    ] {
        make(&path);
        let before = fs::read(&path).ok();
        let mut window = PtyHarness::open(&home, &[], 120, 40);
        window.shows(&["nothing is kept: ", "· live"]);
        window.keys("J");
        window.shows(&["nothing is kept: ", why]);
        window.keys("q");
        assert_eq!(window.ended(), 0);
        let told = |text: &str| [FILE, why, cure].iter().all(|part| text.contains(part));
        let status = home.run_on(&["status", "--json"]);
        assert!(status.code == 0 && status.out.contains("serial") && told(&status.err), "{status:?}");
        let journal = home.run_on(&["journal"]);
        assert!(journal.code == 1 && told(&journal.err), "{journal:?}");
        let check = home.run_on(&["config", "check"]);
        assert!(check.code == 1 && check.err.contains("nothing can be kept: ") && told(&check.err), "{check:?}");
        assert_eq!(fs::read(&path).ok(), before, "{why}");
        if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) }.unwrap();
    }
    assert_eq!(home.run_on(&["config", "check"]).out.lines().count(), 1, "once it is out of the way a new one is made");
    assert!(path.is_file());
}

#[test]
fn a_printer_that_burned_when_it_was_heard_last_does_so_for_the_next_command() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--orders"]);
    home.configure(&simulator.config());
    let name = "Workshop P1S";
    let status = |home: &Home| {
        let ran = home.run(&["status", "--json", "--timeout", "3"]);
        let said: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
        let printer = said.as_array().map_or(said.clone(), |all| all[0].clone());
        (printer["danger"].as_bool(), printer["danger_unix"].is_i64(), printer["full_report"].as_bool())
    };
    assert_eq!(simulator.order(&format!("fault fire {name}"))["ok"], true);
    assert_eq!(status(&home), (Some(true), true, Some(true)));
    assert_eq!(simulator.order(&format!("off {name}"))["ok"], true);
    for _ in 0..2 {
        assert_eq!(status(&home), (Some(true), true, Some(false)), "nobody has said that it is over");
    }
    let table = home.run(&["status", "--timeout", "1"]);
    assert!(table.out.contains("DANGER (said ") && table.out.contains("offline"), "{table:?}");
    assert_eq!(simulator.order(&format!("on {name}"))["ok"], true);
    assert_eq!(simulator.order(&format!("mend {name}"))["ok"], true);
    assert_eq!(status(&home), (Some(false), false, Some(true)));
    assert_eq!(simulator.order(&format!("off {name}"))["ok"], true);
    assert_eq!(status(&home), (Some(false), false, Some(false)));
}
