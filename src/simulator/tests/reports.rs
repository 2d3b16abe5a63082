//! Reports have the keys and types of their family, and deltas add up to the full report.

use crate::protocol::command::{Command, LightMode, LightNode, Request, Seq, Speed};
use crate::protocol::model::Model;
use crate::simulator::plan::{Plan, Scenario};
use crate::simulator::printers;
use crate::simulator::report::Reporter;
use crate::simulator::sim::{SimPrinter, odd::Odd};
use serde_json::Value;
use std::collections::BTreeMap;

fn printing(model: Model) -> SimPrinter {
    let mut sim = SimPrinter::new(model, format!("{}00A000000001", model.serial_prefix()), 11);
    let job = sim.make_job(0);
    sim.put_into(job, 0.3);
    sim
}

/// A line for each object and type: `path type: keys`, in order. Of a list the element with most keys counts.
fn shape(path: &str, object: &Value, lines: &mut Vec<String>) {
    let object = object.as_object().unwrap();
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, value) in object {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "list",
            Value::Object(_) => "object",
        };
        groups.entry(kind).or_default().push(key);
    }
    lines.extend(groups.into_iter().map(|(kind, keys)| format!("{path} {kind}: {}", keys.join(" "))));
    for (key, value) in object {
        let richest = value
            .as_array()
            .and_then(|l| l.iter().filter(|v| v.is_object()).max_by_key(|v| v.as_object().unwrap().len()));
        if let Some(element) = richest {
            shape(&format!("{path}.{key}[]"), element, lines);
        } else if value.is_object() {
            shape(&format!("{path}.{key}"), value, lines);
        }
    }
}

#[test]
fn full_reports_have_the_keys_and_types_of_their_family() {
    for (model, expected) in [
        (Model::P1S, include_str!("shapes/p1s.txt")),
        (Model::A1, include_str!("shapes/a1.txt")),
        (Model::X1C, include_str!("shapes/x1c.txt")),
        (Model::P2S, include_str!("shapes/p2s.txt")),
        (Model::H2D, include_str!("shapes/h2d.txt")),
    ] {
        let mut lines = Vec::new();
        shape("print", &Reporter::default().full(&printing(model))["print"], &mut lines);
        lines.sort();
        let mut expected: Vec<_> = expected.lines().collect();
        expected.sort_unstable();
        assert_eq!(lines, expected, "{model}");
    }
}

#[test]
fn relatives_differ_in_what_their_hardware_lacks() {
    let full = |model| Reporter::default().full(&printing(model))["print"].clone();
    let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&full(Model::P1P)), keys(&full(Model::P1S)));
    assert_eq!(keys(&full(Model::A1Mini)), keys(&full(Model::A1)));
    assert_eq!(full(Model::P1P)["ams"]["ams"], serde_json::json!([]));
    assert_eq!((&full(Model::P1P)["ams"]["tray_now"], &full(Model::P1S)["chamber_temper"]), (&"254".into(), &5.into()));
    assert!(full(Model::A1Mini)["upgrade_state"]["mc_for_ams_firmware"].is_object());
    let h2d = full(Model::H2D);
    assert_eq!(h2d["device"]["extruder"]["info"].as_array().unwrap().len(), 2);
    assert_eq!((&h2d["vir_slot"][0]["id"], &h2d["vir_slot"][1]["id"]), (&"254".into(), &"255".into()));
}

#[test]
fn the_signature_bit_follows_the_lock() {
    for model in [Model::X1C, Model::P2S, Model::H2D] {
        let mut sim = printing(model);
        for locked in [false, true] {
            sim.locked = locked;
            let report = Reporter::default().full(&sim);
            let fun = u64::from_str_radix(report["print"]["fun"].as_str().unwrap(), 16).unwrap();
            assert_eq!(fun >> 29 & 1 == 1, locked, "{model}");
        }
    }
    for model in [Model::P1S, Model::P1P, Model::A1, Model::A1Mini] {
        let mut sim = printing(model);
        for locked in [false, true] {
            sim.locked = locked;
            let version = crate::simulator::report::version::firmware(&sim);
            let parts: Vec<u8> = version.split('.').map(|p| p.parse().unwrap()).collect();
            assert_eq!(model.wants_signature(parts.try_into().unwrap()), Some(locked), "{model}");
        }
    }
}

/// The merge that every client does: objects by key, some lists by id, everything else replaced.
fn merge(path: &str, old: &mut Value, new: &Value) {
    const BY_ID: [&str; 4] = [".ams.ams", ".ams.ams.tray", ".vir_slot", ".device.extruder.info"];
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                merge(&format!("{path}.{key}"), old.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(old), Value::Array(new)) if BY_ID.contains(&path) => {
            for element in new {
                match old.iter_mut().find(|o| o["id"] == element["id"]) {
                    Some(old) => merge(path, old, element),
                    None => old.push(element.clone()),
                }
            }
        }
        (old, new) => *old = new.clone(),
    }
}

#[test]
fn deltas_add_up_to_the_full_report() {
    let orders = [
        Command::Light { node: LightNode::Chamber, mode: LightMode::Off },
        Command::Speed(Speed::Ludicrous),
        Command::Gcode("M106 P1 S40\nM140 S70\nM104 S240\n".into()),
        Command::Pause,
        Command::Resume,
        Command::Stop,
        Command::Gcode("M140 S50\n".into()),
    ];
    for simulated in printers::of(&Plan { scenario: Scenario::Default, printers: Some(14), ..Plan::default() }) {
        let (mut sim, mut reporter) = (simulated.sim, Reporter::default());
        let mut merged = reporter.full(&sim)["print"].clone();
        for turn in 0..210 {
            sim.advance(if turn % 7 == 0 { 97.0 } else { 1.0 });
            if turn % 30 == 29 {
                let request = Request::parse(&orders[turn / 30 % orders.len()].to_json(Seq(1))).unwrap();
                sim.handle(&request, &mut Reporter::default(), true);
            }
            if turn == 130 {
                sim.add_hms(0x0300_0100, 0x0001_0007, None);
                sim.set_odd(Odd { nasty: true, ..Odd::default() });
            }
            if let Some(delta) = reporter.delta(&sim) {
                merge("", &mut merged, &delta["print"]);
            }
            let mut full = Reporter::default().full(&sim)["print"].clone();
            for key in ["sequence_id", "msg", "t_utc"] {
                if let Some(value) = merged.get(key) {
                    full[key] = value.clone();
                }
            }
            if sim.model == Model::A1Mini {
                // It lists its AMS in full reports only.
                full["ams"]["ams"] = merged["ams"]["ams"].clone();
            }
            for (key, value) in full.as_object().unwrap() {
                assert_eq!(&merged[key], value, "{key} of {} at turn {turn}", simulated.name);
            }
            assert_eq!(merged.as_object().unwrap().len(), full.as_object().unwrap().len());
        }
    }
}

#[test]
fn deltas_are_small_while_printing_and_rare_while_idle() {
    let mut sim = printing(Model::H2D);
    let mut reporter = Reporter::default();
    reporter.full(&sim);
    let mut bytes = 0;
    for _ in 0..120 {
        sim.advance(1.0);
        bytes += reporter.delta(&sim).map_or(0, |d| d.to_string().len());
    }
    assert!(bytes < 120 * 500, "{bytes}");
    let mut cold = SimPrinter::new(Model::P1S, "01P00A000000001".into(), 2);
    reporter = Reporter::default();
    reporter.full(&cold);
    let said = (0..100)
        .filter(|_| {
            cold.advance(1.0);
            reporter.delta(&cold).is_some()
        })
        .count();
    assert!(said < 60, "{said}");
}
