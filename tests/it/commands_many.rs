//! Orders to several printers from a shell: who is ordered, what is printed for each, and how it ends.

use crate::process_harness::{Home, Ran, Simulator};
use serde_json::Value;

/// A printer whose address answers nothing.
const GONE: &str = "[[printer]]\nname = \"Gone\"\nhost = \"127.0.0.1\"\nmqtt_port = 1\nserial = \"01P00A000000099\"\naccess_code = \"s3cr3tXY\"\n";

/// The default printers: a P1S and an H2D that print, an A1 that waits for a person, an X1C that prepares.
fn room(more: &str) -> (Home, Simulator) {
    let home = Home::new();
    let simulator = Simulator::start(&home, &[]);
    let config = simulator.config().replace("[error_texts]", &format!("{more}[error_texts]"));
    home.configure(&config);
    (home, simulator)
}

/// The objects of `--json`, by printer.
fn objects(ran: &Ran) -> Vec<(String, Value)> {
    let object = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["action", "code", "printer", "reason", "result", "serial"], "every key is always there");
        (value["printer"].as_str().unwrap().to_owned(), value)
    };
    ran.out.lines().map(object).collect()
}

fn result(ran: &Ran, printer: &str) -> String {
    let found = objects(ran).into_iter().find(|(name, _)| name == printer);
    found.unwrap_or_else(|| panic!("{printer} in {ran:?}")).1["result"].as_str().unwrap().to_owned()
}

#[test]
fn each_printer_has_its_line_and_the_worst_is_the_exit_code() {
    let (home, _simulator) = room("");
    let two = home.run(&["pause", "Workshop P1S", "attic h2d", "--yes"]);
    assert_eq!(two.code, 0, "{two:?}");
    for line in ["pause → Workshop P1S: confirmed", "pause → Attic H2D: confirmed"] {
        assert!(two.out.lines().any(|said| said == line), "{two:?}");
    }
    assert_eq!(two.out.lines().count(), 2, "a line each: {two:?}");
    // One is paused already: said, left out, and the other is ordered all the same.
    let mixed = home.run(&["resume", "Workshop P1S", "Office X1C", "--yes"]);
    assert_eq!(mixed.code, 4, "{mixed:?}");
    assert!(mixed.out.contains("resume → Workshop P1S: confirmed"), "{mixed:?}");
    assert!(mixed.err.contains("resume → Office X1C: ") && mixed.err.contains("nothing was sent"), "{mixed:?}");
}

#[test]
fn json_is_one_object_for_each_printer_also_for_one_that_is_offline() {
    let (home, simulator) = room(GONE);
    let ran = home.run(&["do", "--all", "light", "off", "--yes", "--json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(objects(&ran).len(), 5);
    assert_eq!(result(&ran, "Gone"), "unreachable");
    for (at, name) in ["Workshop P1S", "Garage A1"].into_iter().enumerate() {
        assert_eq!(result(&ran, name), "confirmed", "{ran:?}");
        let (_, object) = objects(&ran).into_iter().find(|(printer, _)| printer == name).unwrap();
        assert_eq!((&object["action"], &object["reason"]), (&"light off".into(), &Value::Null));
        assert_eq!(object["serial"].as_str(), Some(simulator.text(at, "serial").as_str()));
    }
    let paused = home.run(&["pause", "Workshop P1S", "Garage A1", "--yes", "--json"]);
    assert_eq!(paused.code, 4, "{paused:?}");
    assert_eq!(
        (result(&paused, "Workshop P1S"), result(&paused, "Garage A1")),
        ("confirmed".into(), "not_applicable".into())
    );
    // One printer alone says it in the same words.
    let one = home.run(&["pause", "Workshop P1S", "--yes", "--json"]);
    assert_eq!((one.code, result(&one, "Workshop P1S")), (4, "not_applicable".into()), "{one:?}");
    // A value that the model never takes is as wrong as one that is none.
    for (order, result_, code) in [
        (&["bed", "600"][..], "wrong_value", 2),
        (&["bed", "hot"], "wrong_value", 2),
        (&["fan-part", "101"], "wrong_value", 2),
        (&["slot", "A9", "PLA", "red"], "wrong_value", 2),
        (&["skip", "9999"], "wrong_value", 2),
        (&["chamber", "45"], "not_applicable", 4),
        (&["move", "x", "10"], "not_applicable", 4),
    ] {
        let args = [&["do", "Workshop P1S"], order, &["--yes", "--json"]].concat();
        let ran = home.run(&args);
        assert_eq!((result(&ran, "Workshop P1S").as_str(), ran.code), (result_, code), "{ran:?}");
    }
    for text in [&ran.out, &ran.err, &paused.out, &home.log()] {
        assert!(!text.contains("s3cr3tXY"));
    }
}

#[test]
fn a_locked_printer_and_one_that_lets_nobody_in_do_not_hold_up_the_healthy_one() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "faults", "--printers", "3"]);
    home.configure(&simulator.config());
    let names: Vec<_> = (0..3).map(|at| simulator.text(at, "name")).collect();
    let ran = home.run(&["pause", "--all", "--yes", "--json"]);
    assert_eq!(result(&ran, &names[0]), "confirmed", "{ran:?}");
    assert_eq!(result(&ran, &names[1]), "unreachable", "{ran:?}");
    assert!(matches!(result(&ran, &names[2]).as_str(), "not_applicable" | "refused"), "{ran:?}");
    assert!(ran.out.contains("developer mode"), "{ran:?}");
    assert_eq!(ran.code, 4, "{ran:?}");
}

#[test]
fn several_are_never_ordered_without_a_yes() {
    let home = Home::new();
    home.configure(&format!(
        "{GONE}tags = [\"cellar\"]\n{}tags = [\"cellar\"]\n",
        GONE.replace("Gone", "light").replace("099", "098")
    ));
    for args in [
        &["do", "Gone", "light", "light", "on"][..],
        &["do", "cellar", "light", "on"],
        &["do", "--all", "fan-part", "50"],
        &["stop", "cellar"],
        &["pause", "Gone", "light"],
    ] {
        let ran = home.run(args);
        // `do Gone light light on` is the printer Gone and a line that no printer can read.
        if args[1] == "Gone" && args[0] == "do" {
            assert_ne!(ran.code, 0, "{ran:?}");
            continue;
        }
        assert_eq!(ran.code, 2, "{args:?} {ran:?}");
        assert!(ran.err.contains("--yes"), "{args:?} {ran:?}");
    }
    for (args, part) in [
        (&["do", "light", "on", "--yes"][..], "--printer"),
        (&["do", "Gone", "dance", "--yes"], "no action \"dance\""),
        (&["do", "Garden", "pause", "--yes"], "no printer \"Garden\""),
        (&["stop", "--yes"], "--all"),
        (&["stop", "Gone", "--all", "--yes"], "drop \"Gone\" or --all"),
        (&["--read-only", "stop", "--all", "--yes"], "--read-only"),
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, 2, "{args:?} {ran:?}");
        assert!(ran.err.contains(part), "{args:?} {ran:?}");
    }
    // A printer that is called like an action is found by the option, and by its serial number.
    for args in [
        &["do", "--printer", "light", "light", "on", "--timeout", "1"][..],
        &["do", "01P00A000000098", "light", "on", "--timeout", "1"],
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("light: ") && ran.err.contains("Nothing was sent"), "{ran:?}");
    }
}
