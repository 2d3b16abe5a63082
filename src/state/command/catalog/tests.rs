//! Lines that are read, limits that hold, commands that come of it.

use super::*;
use crate::{
    protocol::{
        command::{Command, Drying, Fan, Speed},
        model::Model,
        report::parse,
    },
    state::{
        command::action::{FilamentAction, PrintAction, ThermalAction},
        printer::ams::Slot,
    },
};

fn printer(model: Model, fields: &str) -> Printer {
    let mut printer = Printer::new("P", "01P00A000000000", "h", Some(model), Vec::new());
    let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
    let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
    printer.apply_report(*report, crate::state::test_now());
    printer
}

fn h2d() -> Printer {
    printer(
        Model::H2D,
        r#""gcode_state":"IDLE","fan_gear":0,"ams":{"ams_exist_bits":"11","tray_exist_bits":"10005","ams":[
          {"id":"0","info":"1003","tray":[{"id":"0","tray_type":"PLA"},{"id":"1"},{"id":"2","tray_type":"PETG"}]},
          {"id":"128","info":"2104","dry_time":30,"tray":[{"id":"0","tray_type":"ABS"}]}]},
          "vir_slot":[{"id":"254","tray_type":""},{"id":"255","tray_type":"TPU"}],
          "device":{"extruder":{"state":2,"info":[{"id":0,"temp":25,"snow":65535},{"id":1,"temp":25,"snow":65279}]}}"#,
    )
}

#[test]
fn lines_become_actions_with_the_printers_own_slots() {
    let printer = h2d();
    let ok = |line: &str| read(line, &printer).unwrap_or_else(|why| panic!("{line}: {why}"));
    assert_eq!(ok("bed 60"), ThermalAction::Bed(60).into());
    assert_eq!(ok("Bed 60"), ThermalAction::Bed(60).into());
    assert_eq!(ok("bed 60°C"), ThermalAction::Bed(60).into());
    assert_eq!(ok("nozzle left off"), ThermalAction::Nozzle { hotend: 1, label: "left", celsius: 0 }.into());
    assert_eq!(ok("fan-part 37"), ThermalAction::Fan(Fan::Part, 40).into());
    assert_eq!(ok("load ht1"), FilamentAction::Load(Slot { unit: 128, slot: 0 }).into());
    assert_eq!(ok("load extl"), FilamentAction::Load(Slot { unit: 254, slot: 0 }).into());
    for name in ["ExtR", "Ext R", "ext r", "\"Ext R\""] {
        let spool = Slot { unit: 255, slot: 0 };
        assert_eq!(ok(&format!("load {name}")), FilamentAction::Load(spool).into());
        assert_eq!(ok(&format!("slot-clear {name}")), FilamentAction::Clear(spool).into());
        for range in ["", " 190-240"] {
            let set = ok(&format!("slot {name} PLA red{range}"));
            assert!(matches!(set, Action::Feed(FilamentAction::Set(slot, _)) if slot == spool), "{name}");
        }
    }
    assert_eq!(ok("read-tag a 1"), FilamentAction::ReadTag(Slot { unit: 0, slot: 0 }).into());
    assert_eq!(ok("dry A 55 8"), FilamentAction::Dry { unit: 0, celsius: 55, hours: 8, rotate: false }.into());
    assert_eq!(ok("dry-stop HT1"), FilamentAction::StopDrying(128).into());
    assert_eq!(ok("speed sport"), PrintAction::Speed(Speed::Sport).into());
}

#[test]
fn mistakes_name_what_is_wrong_and_what_there_is() {
    let printer = h2d();
    for (line, part) in [
        ("dance", "no action \"dance\"; closest: "),
        ("bed", "missing: a temperature"),
        ("nozzle 200", "two nozzles; write which, such as: nozzle left 200"),
        ("nozzle up 200", "there are left, right"),
        ("nozzle", "missing: a temperature"),
        ("fan-part x", "not a number: \"x\""),
        ("bed -5", "-5 is out of range"),
        ("bed hot", "not a number: \"hot\""),
        ("bed 6 0", "one value"),
        ("pause now", "takes no value"),
        ("load", "missing: a slot"),
        ("load Z9", "there are A1, A2, A3, HT1"),
        ("load ext", "\"ext\" may be Ext L or Ext R; write which"),
        ("slot ext PLA red", "\"ext\" may be Ext L or Ext R; write which"),
        ("load A1 A2", "one value is enough: a slot"),
        ("slot Ext L PLA", "such as: slot A2 PLA FF6A13 190-240"),
        ("dry A", "such as: dry A 55 8"),
        ("light maybe", "must be one of on, off, flash"),
        ("", "missing action"),
    ] {
        let why = read(line, &printer).expect_err(line);
        assert!(why.contains(part), "{line}: {why}");
    }
}

#[test]
fn what_the_firmware_lacks_is_not_supported_and_what_it_keeps_to_itself_not_reported() {
    // The bit of `fun` or `fun2`, and that of `home_flag` where it has one.
    for (line, fun, fun2, home) in [
        ("sound on", 8, None, Some(18)),
        ("detect-tangle on", 9, None, Some(19)),
        ("detect-blob off", 13, None, Some(25)),
        // It has a flag of its own among the old ones, which the new one does not replace.
        ("air-print on", 45, None, None),
        ("detect-spaghetti on", 42, None, None),
        ("detect-pileup on", 43, None, None),
        ("detect-clump on", 44, None, None),
        ("detect-air-print on", 45, None, Some(29)),
        ("detect-alignment on", 0, Some(2), None),
        ("door-check warn", 12, None, None),
        ("air-purification 1", 0, Some(4), None),
    ] {
        let why = |fields: &str| {
            let printer = printer(Model::H2S, &format!(r#""gcode_state":"IDLE"{fields}"#));
            read(line, &printer).expect(line).check_ready(&printer).expect_err(line)
        };
        assert!(why("").contains("has not reported"), "{line}");
        let new = |fun: u64, fun2: u64, more: &str| {
            format!(r#","cfg":"0","aux":"0","stat":"0","fun":"{fun:x}","fun2":"{fun2:x}"{more}"#)
        };
        let old = home.map(|bit: u32| format!(r#","home_flag":{}"#, 1_i64 << bit)).unwrap_or_default();
        let (all, none) = (u64::MAX, 0);
        assert!(why(&new(none, none, "")).contains("does not support"), "{line}");
        assert!(why(&new(none, none, &old)).contains("does not support"), "{line}: the new flags replace the old ones");
        let only = fun2.map_or((all & !(1 << fun), all), |bit: u32| (all, all & !(1 << bit)));
        assert!(why(&new(only.0, only.1, &old)).contains("does not support"), "{line}: its own bit counts");
        if home.is_some() {
            assert!(why(r#","home_flag":0"#).contains("does not support"), "{line}: old flags tell too");
        }
    }
}

#[test]
fn limits_of_the_model_hold_before_anything_is_sent() {
    let h2d = h2d();
    let p1s = printer(Model::P1S, r#""gcode_state":"RUNNING","nozzle_temper":20,"bed_temper":20"#);
    // A value that the printer never takes is wrong in the line already, whatever the printer does.
    for (printer, line, part) in [
        (&h2d, "bed 121", "at most 120"),
        (&p1s, "bed 600", "at most"),
        (&p1s, "fan-part 101", "0 to 100 %"),
        (&h2d, "nozzle right 351", "at most 350"),
        (&h2d, "chamber 30", "40 °C and more"),
        (&h2d, "chamber 66", "at most 65"),
        (&h2d, "dry A 80 8", "45 to 65"),
        (&h2d, "dry HT1 55 25", "1 to 24 hours"),
        (&h2d, "read-tag ext l", "has no reader"),
        (&h2d, "air-purification 9", "0 (off) to 3"),
        (&p1s, "move x 51", "1 to 50 mm"),
        (&p1s, "calibrate lidar", "no calibration"),
    ] {
        let why = read(line, printer).expect_err(line);
        assert!(why.contains(part), "{line}: {why}");
    }
    // The rest depends on what the printer is or does now.
    for (printer, line, part) in [
        (&h2d, "load A2", "slot A2 is empty"),
        (&h2d, "air-purification 3", "has not reported"),
        (&h2d, "dry-stop A", "not drying"),
        (&h2d, "dismiss", "no error"),
        (&p1s, "chamber 40", "does not heat"),
        (&p1s, "home", "locked while a print"),
        (&p1s, "unload", "only when nothing is printed"),
        (&p1s, "fan-aux 50", "reported no aux fan"),
    ] {
        let action = read(line, printer).unwrap_or_else(|why| panic!("{line}: {why}"));
        let why = action.check_ready(printer).expect_err(line);
        assert!(why.contains(part), "{line}: {why}");
    }
    assert_eq!(read("bed 60", &h2d).expect("read").check_ready(&h2d), Ok(()));
    let bed = Action::from(ThermalAction::Bed(60));
    assert!(bed.risk(&p1s).is_some() && bed.risk(&h2d).is_none());
}

#[test]
fn commands_are_those_of_the_protocol() {
    let h2d = h2d();
    let command = |line: &str| read(line, &h2d).expect(line).commands(&h2d).remove(0);
    assert_eq!(command("nozzle left 220"), Command::Gcode("M104 T1 S220\n".into()));
    assert_eq!(command("fan-part 50"), Command::Gcode("M106 P1 S128\n".into()));
    let change = |ams, slot, target, celsius| Command::ChangeFilament { ams, slot, target, celsius };
    assert_eq!(command("load A3"), change(0, 2, 2, -1));
    assert_eq!(command("load HT1"), change(128, 0, 128, -1));
    assert_eq!(command("load extr"), change(255, 0, 255, 180));
    assert_eq!(command("unload"), change(255, 255, 255, 210));
    let drying = Drying { celsius: 55, hours: 8, rotate: false, material: "PLA".into() };
    assert_eq!(command("dry A 55 8"), Command::Dry { ams: 0, settings: Some(drying) });
}

#[test]
fn an_unknown_action_is_answered_with_the_three_closest() {
    for (typed, first) in
        [("puase", "pause"), ("bedd", "bed"), ("LIGTH", "light"), ("detect", "detect-"), ("laod", "load")]
    {
        let answer = unknown(typed);
        let (_, closest) = answer.split_once("; closest: ").expect("names");
        assert!(closest.starts_with(first), "{answer}");
        assert_eq!(closest.split(", ").count(), OFFERED, "{answer}");
    }
}
