//! What `status --json` says of printers that were invented from what is known of each model: for each the keys that its
//! oddities decide, worked out by hand.

use crate::{
    protocol::report::parse,
    state::{
        State,
        event::{Event, PrinterEvent},
        printer::{Printer, connection::ConnectionEvent},
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

mod danger;
mod partial;

/// The object of the one printer that has said all of a file.
pub(super) fn said(file: &str) -> Value {
    let file: Value = serde_json::from_str(file).expect("JSON");
    let serial = file["serial"].as_str().expect("a serial");
    let printer = Printer::new("x", serial, "h", None, Vec::new());
    let now = test_now();
    let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 1);
    let mut tell = |news| {
        update(&mut state, Event::Printer(crate::state::PrinterId(0), news), now);
    };
    tell(PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
    for message in file["messages"].as_array().expect("messages") {
        let payload = parse(message.to_string().as_bytes()).expect("readable");
        if let Some(modules) = payload.modules {
            tell(PrinterEvent::Modules(modules));
        }
        if let Some(report) = payload.report {
            tell(PrinterEvent::Report(report));
        }
    }
    serde_json::to_value(super::PrinterJson::new(&state.fleet.printers[0], &state)).expect("JSON")
}

/// Compares some values; a list of paths and values.
fn check(file: &str, expected: &[(&str, Value)]) {
    let said = said(file);
    for (path, value) in expected {
        assert_eq!(said.pointer(path), Some(value), "{} {path}", said["model"]);
    }
}

#[test]
fn an_x1e_of_old_firmware_on_a_cable_heats_its_chamber() {
    check(
        include_str!("../../../tests/fixtures/models/x1e.json"),
        &[
            ("/model", json!("X1E")),
            ("/model_source", json!("hardware")),
            ("/product", json!(null)),
            ("/state", json!("printing")),
            ("/stage/text", json!("heating the chamber")),
            ("/job/name", json!("case")),
            ("/job/plate", json!(3)),
            ("/job/percent", json!(12)),
            ("/job/remaining_minutes", json!(88)),
            ("/chamber", json!({"current": 45.0, "target": 60.0})),
            ("/nozzles/0/diameter", json!(0.6)),
            ("/nozzles/0/material", json!("hardened_steel")),
            ("/nozzles/0/slot", json!("B1")),
            // fan_gear FF8033: 51, 128 and 255 of 255.
            ("/fans/part", json!(20)),
            ("/fans/aux", json!(50)),
            ("/fans/chamber", json!(100)),
            ("/fans/heatbreak", json!(100)),
            ("/network/wired", json!(true)),
            ("/wifi_dbm", json!(null)),
            ("/door_open", json!(true)),
            ("/ams/0/humidity_index", json!(3)),
            ("/ams/0/humidity_percent", json!(null)),
            ("/ams/0/trays/0/empty", json!(true)),
            ("/ams/1/trays/0/active", json!(true)),
            ("/ams_status/previous", json!("A2")),
        ],
    );
}

#[test]
fn a_p1s_of_old_firmware_writes_everything_as_text() {
    check(
        include_str!("../../../tests/fixtures/models/p1s.json"),
        &[
            ("/model", json!("P1S")),
            ("/model_source", json!("model code")),
            ("/state", json!("needs attention")),
            ("/gcode_state", json!("PAUSE")),
            ("/waits_for_person", json!(true)),
            ("/needs_attention", json!(true)),
            ("/danger", json!(false)),
            ("/stage/id", json!(6)),
            ("/job/percent", json!(45)),
            ("/job/layer", json!(10)),
            // The delta has a minute less.
            ("/job/remaining_minutes", json!(71)),
            ("/job/done_unix", json!(null)),
            ("/job/error/code", json!("0700_8011")),
            ("/job/pause_reason", json!("AMS A: a slot ran out of filament")),
            ("/hms", json!([])),
            ("/nozzles/0/current", json!(219.5)),
            ("/chamber", json!({"current": null, "target": null})),
            ("/fans/part", json!(100)),
            ("/fans/chamber", json!(50)),
            ("/speed", json!({"level": 3, "name": "sport", "percent": 124})),
            ("/lights/chamber", json!("flashing")),
            ("/ams/0/firmware", json!("00.00.06.32")),
            ("/ams/0/model", json!("AMS")),
            ("/ams/0/trays/0/remain_grams", json!(500)),
            ("/ams/0/trays/0/remain_mm", json!(165_000)),
            ("/ams/0/trays/1/active", json!(true)),
            ("/ams/0/trays/1/material", json!("PLA-S")),
            ("/ams/0/trays/1/name", json!("Bambu Support for PLA")),
            ("/ams/0/trays/1/color", json!(null)),
            ("/ams/0/trays/1/translucent", json!(null)),
            ("/ams/0/trays/1/remain_percent", json!(null)),
            ("/ams/0/trays/2/empty", json!(true)),
            ("/ams/0/trays/3/empty", json!(false)),
            ("/ams/0/trays/3/reading", json!(false)),
            ("/ams/0/trays/3/material", json!(null)),
            ("/external/0/color", json!("#FFB00080")),
            ("/external/0/translucent", json!(true)),
            // home_flag -2147483000 = 0x80000288
            ("/storage", json!("abnormal")),
            ("/update/available", json!(true)),
            ("/update/version", json!("01.05.00.00")),
            ("/wifi_dbm", json!(-61)),
            ("/control", json!("open")),
        ],
    );
}

#[test]
fn an_h2s_is_told_from_an_h2d_by_its_one_extruder() {
    check(
        include_str!("../../../tests/fixtures/models/h2s.json"),
        &[
            ("/model", json!("H2S")),
            ("/model_source", json!("telemetry")),
            ("/abilities/hotends", json!(1)),
            // 3932208 = 0x003C0030
            ("/chamber", json!({"current": 48.0, "target": 60.0})),
            ("/nozzles/0/label", json!("nozzle")),
            ("/nozzles/0/flow", json!("high flow")),
            ("/nozzles/0/max", json!(350)),
            ("/nozzles/0/slot", json!("Ext")),
            ("/ams_status/active", json!("Ext")),
            ("/ams_status/previous", json!("A1")),
            ("/external/0/id", json!(255)),
            ("/external/0/active", json!(true)),
            ("/ams/0/model", json!("AMS 2 Pro")),
            ("/ams/0/trays/0/active", json!(false)),
            ("/ams/0/drying/obstacles", json!(["not enough power", "it needs its own power plug"])),
            ("/air_duct/mode", json!("heating")),
            ("/air_duct/modes/1", json!({"mode": "heating", "controls": ["part"], "off": ["chamber"]})),
            ("/fans/part", json!(40)),
            ("/fans/chamber", json!(30)),
            ("/fans/heatbreak", json!(80)),
            ("/lights", json!({"chamber": "on", "chamber2": "off", "work": "flashing"})),
            ("/door_open", json!(false)),
            ("/supports/remote_drying", json!(true)),
            ("/supports/signed_commands_only", json!(false)),
            ("/control", json!("open")),
            ("/build_plate/current", json!(null)),
        ],
    );
}

#[test]
fn an_h2d_pro_on_a_cable_changes_filament_at_its_left_hotend() {
    check(
        include_str!("../../../tests/fixtures/models/h2dpro.json"),
        &[
            ("/model", json!("H2D Pro")),
            ("/network/wired", json!(true)),
            ("/network/ip", json!("192.0.2.10")),
            ("/nozzles/0/label", json!("right")),
            ("/nozzles/0/active", json!(false)),
            ("/nozzles/0/slot", json!("A3")),
            ("/nozzles/1/label", json!("left")),
            ("/nozzles/1/active", json!(true)),
            // 15728880 = 0x00F000F0
            ("/nozzles/1/current", json!(240.0)),
            ("/nozzles/1/slot", json!("HT1")),
            ("/nozzles/1/material", json!("tungsten_carbide")),
            ("/nozzles/1/health", json!("abnormal")),
            ("/nozzles/1/reliable", json!(false)),
            ("/ams_status/activity", json!("pulling the old filament back")),
            ("/ams_status/changing", json!(true)),
            ("/ams_status/active", json!("HT1")),
            ("/ams_status/target", json!("Ext L")),
            ("/ams/0/hotend", json!(0)),
            ("/ams/1/hotend", json!(1)),
            ("/ams/1/humidity_index", json!(null)),
            ("/ams/1/humidity_percent", json!(9)),
            ("/ams/1/is_drying", json!(true)),
            ("/ams/1/drying_minutes", json!(90)),
            ("/ams/1/drying/target", json!(80)),
            ("/ams/1/drying/hours", json!(8)),
            ("/ams/1/trays/0/empty", json!(false)),
            ("/ams/1/trays/0/translucent", json!(true)),
            ("/external/0/label", json!("Ext L")),
            ("/external/1/label", json!("Ext R")),
            ("/abilities/second_light", json!(false)),
        ],
    );
}

#[test]
fn an_x2d_switches_hotends_with_its_door_open() {
    check(
        include_str!("../../../tests/fixtures/models/x2d.json"),
        &[
            ("/model", json!("X2D")),
            ("/state", json!("preparing")),
            ("/job/download_percent", json!(45)),
            ("/nozzles/0/label", json!("aux")),
            ("/nozzles/1/label", json!("main")),
            ("/nozzles/1/target", json!(255.0)),
            ("/nozzles/0/active", json!(false)),
            ("/nozzles/1/active", json!(false)),
            ("/switching", json!({"state": "switching", "active": null, "target": 1, "loading": null})),
            ("/ams_status/active", json!(null)),
            ("/nozzles/1/slot", json!("Ext L")),
            // 4587590 = 0x00460046
            ("/bed", json!({"current": 70.0, "target": 70.0})),
            ("/fans/aux2", json!(25)),
            ("/door_open", json!(true)),
            ("/storage", json!("abnormal")),
            ("/external/1/empty", json!(true)),
        ],
    );
}

#[test]
fn a_p2s_prints_from_its_ams_ht() {
    check(
        include_str!("../../../tests/fixtures/models/p2s.json"),
        &[
            ("/model", json!("P2S")),
            ("/ams_status/active", json!("HT1")),
            ("/ams/0/model", json!("AMS HT")),
            ("/ams/0/trays/0/active", json!(true)),
            ("/ams/0/drying/obstacles", json!(["a job is running"])),
            ("/job/layer", json!(null)),
            ("/job/total_layers", json!(94)),
            ("/chamber", json!({"current": 35.0, "target": null})),
            ("/abilities/chamber_heater", json!(false)),
            ("/abilities/chamber_fan", json!(false)),
            ("/abilities/second_aux_fan", json!(true)),
            ("/fans/part", json!(90)),
            ("/fans/aux2", json!(33)),
            ("/air_duct/filters", json!(false)),
            ("/storage", json!("read-only")),
        ],
    );
}

#[test]
fn an_a2l_has_unit_16() {
    check(
        include_str!("../../../tests/fixtures/models/a2l.json"),
        &[
            ("/model", json!("A2L")),
            ("/ams/0/id", json!(16)),
            ("/ams/0/model", json!("AMS Lite")),
            ("/ams/0/humidity_index", json!(null)),
            ("/ams/0/temperature", json!(null)),
            ("/ams/0/drying", json!(null)),
            ("/ams/0/trays/1/active", json!(true)),
            ("/ams/0/trays/2/empty", json!(true)),
            ("/ams/0/trays/3/empty", json!(false)),
            ("/chamber", json!({"current": null, "target": null})),
            ("/air_duct/mode", json!(null)),
            ("/fans/part", json!(20)),
            ("/fans/aux", json!(null)),
            ("/fans/chamber", json!(null)),
        ],
    );
}

#[test]
fn an_x1_is_known_by_its_serial_and_purifies_its_air_after_the_job() {
    check(
        include_str!("../../../tests/fixtures/models/x1.json"),
        &[
            ("/model", json!("X1")),
            ("/state", json!("finished")),
            ("/job/outcome", json!("finished")),
            ("/job/name", json!("done")),
            ("/stage/id", json!(66)),
            ("/stage/text", json!("purifying the chamber air")),
            ("/chamber", json!({"current": 33.0, "target": null})),
            ("/hms/0/internal", json!(true)),
            ("/hms/1/code", json!("HMS_0500_0400_0003_0057")),
            ("/hms/1/severity", json!("common")),
            ("/hms/1/internal", json!(false)),
            ("/door_open", json!(true)),
        ],
    );
}

#[test]
fn an_unknown_model_shows_what_it_reports() {
    check(
        include_str!("../../../tests/fixtures/models/unknown.json"),
        &[
            ("/model", json!("—")),
            ("/product", json!("Bambu Lab Z1")),
            ("/state", json!("unknown")),
            ("/gcode_state", json!("SOMETHING")),
            ("/chamber/current", json!(28.0)),
            ("/nozzles/0/current", json!(22.0)),
            ("/fans/aux", json!(null)),
            ("/door_open", json!(null)),
        ],
    );
}

#[test]
fn an_h2c_reads_a_hotend_of_its_rack_and_the_tag_of_a_spool() {
    // state 0x220: two are read, and this is the second.
    check(
        r#"{"serial": "31B00A000000001", "messages": [{"print": {"command": "push_status", "msg": 0,
            "gcode_state": "IDLE", "subtask_name": "vase.gcode.3mf", "file": "/data/Metadata/plate_2.gcode",
            "ams": {"tray_exist_bits": "1", "tray_reading_bits": "1", "ams": [{"id": "0", "info": "2003", "tray": [
                {"id": "0", "tray_type": "PLA", "tray_color": "0A2CA5FF"}]}]},
            "device": {"nozzle": {"exist": 65537, "state": 544, "info": [
                {"id": 0, "diameter": 0.4, "type": "HS01"},
                {"id": 16, "diameter": 0.2, "type": "HS00", "color_m": "688197FF", "fila_id": "GFG00"}]}}}}]}"#,
        &[
            ("/abilities/rack", json!(true)),
            ("/rack/reading", json!({"hotend": 2, "of": 2})),
            ("/rack/places/0/hotend/last_color", json!("#688197FF")),
            ("/rack/places/0/hotend/last_filament_id", json!("GFG00")),
            ("/rack/places/1/state", json!("empty")),
            ("/ams/0/trays/0/reading", json!(true)),
            ("/ams/0/trays/0/material", json!("PLA")),
            ("/job/name", json!("vase")),
            ("/job/file", json!("/data/Metadata/plate_2.gcode")),
            ("/job/outcome", json!(null)),
        ],
    );
}

/// Wrong types and numbers out of range are nothing, and take nothing with them.
#[test]
fn rubbish_is_nothing() {
    let rubbish = r#"{"serial": "ZZY00A000000001", "messages": [{"print": {"command": "push_status", "msg": 0,
        "gcode_state": 7, "mc_percent": "abc", "mc_remaining_time": -5, "layer_num": -3, "total_layer_num": "x",
        "stg_cur": 999, "nozzle_temper": 99999, "nozzle_target_temper": "hot", "bed_temper": null,
        "bed_target_temper": -400, "chamber_temper": [1], "cooling_fan_speed": "77", "big_fan1_speed": -2, "fan_gear": -1,
        "spd_lvl": 9, "spd_mag": -3, "print_error": "zzz", "hms": [1, {"attr": "x", "code": null}, {}],
        "lights_report": {"node": 1}, "home_flag": "abc", "net": 5, "wifi_signal": "strong", "sdcard": "weird",
        "ipcam": "x", "xcam": [], "vt_tray": [], "vir_slot": {}, "job_attr": "x", "stg": [[1, ["x", 2]], null],
        "ams": {"ams_exist_bits": "zz", "tray_now": "999", "ams": [{"id": "0", "humidity": "9", "humidity_raw": "300",
            "temp": "x", "info": "", "tray": [{"id": "9", "tray_type": "PLA"}, {"id": "1", "tray_type": "PLA",
            "remain": 300, "tag_uid": "A1", "tray_color": "no"}, 5, null]}, {"id": null}, "x"]},
        "device": {"extruder": {"state": "x", "info": [{"id": "0", "temp": -5, "snow": -1}]}, "bed": 7, "nozzle":
            {"info": 5}, "airduct": {"parts": [{"id": 16, "state": 999}, {"id": -16}], "modeCur": "x"}}}}]}"#;
    let nothing: Vec<_> = [
        "/job/percent",
        "/job/remaining_minutes",
        "/job/layer",
        "/job/total_layers",
        "/job/error/code",
        "/stage/id",
        "/nozzles/0/current",
        "/nozzles/0/target",
        "/nozzles/0/slot",
        "/bed/current",
        "/bed/target",
        "/chamber/current",
        "/fans/part",
        "/fans/aux",
        "/fans/chamber",
        "/speed/level",
        "/speed/percent",
        "/lights/chamber",
        "/wifi_dbm",
        "/storage",
        "/network/wired",
        "/camera/fitted",
        "/ams/0/humidity_index",
        "/ams/0/humidity_percent",
        "/ams/0/temperature",
        "/ams/0/trays/0/remain_percent",
        "/ams/0/trays/0/color",
        "/ams/1",
        "/ams_status/active",
    ]
    .into_iter()
    .filter(|path| !said(rubbish).pointer(path).is_none_or(Value::is_null))
    .collect();
    assert_eq!(nothing, Vec::<&str>::new());
    check(
        rubbish,
        &[
            ("/gcode_state", json!("7")),
            ("/state", json!("unknown")),
            ("/hms", json!([])),
            ("/external", json!([])),
            ("/ams/0/trays/0/id", json!(1)),
            ("/ams/0/trays/0/material", json!("PLA")),
        ],
    );
}

pub(super) const FILES: [&str; 9] = [
    include_str!("../../../tests/fixtures/models/x1e.json"),
    include_str!("../../../tests/fixtures/models/p1s.json"),
    include_str!("../../../tests/fixtures/models/h2s.json"),
    include_str!("../../../tests/fixtures/models/h2dpro.json"),
    include_str!("../../../tests/fixtures/models/x2d.json"),
    include_str!("../../../tests/fixtures/models/p2s.json"),
    include_str!("../../../tests/fixtures/models/a2l.json"),
    include_str!("../../../tests/fixtures/models/x1.json"),
    include_str!("../../../tests/fixtures/models/unknown.json"),
];

/// Puts junk in the place of values, the more the smaller the number.
fn spoil(value: &mut Value, dice: &mut impl FnMut() -> u64) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|inner| spoil(inner, dice)),
        Value::Array(list) => list.iter_mut().for_each(|inner| spoil(inner, dice)),
        _ => {}
    }
    if dice().is_multiple_of(20) {
        let junk = [
            json!(null),
            json!(true),
            json!(-1),
            json!(255),
            json!(65_535),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(1e300),
            json!(""),
            json!("x"),
            json!("-7"),
            json!("ffffffffffffffffffffffffffffffffffff"),
            json!([]),
            json!([null, {}]),
            json!({}),
            json!({"id": 0, "info": [1]}),
        ];
        *value = junk[dice() as usize % junk.len()].clone();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a report holds, all keys are there, and saying it again changes nothing.
    #[test]
    fn spoiled_reports_bring_nothing_down(which in 0..FILES.len(), seed in any::<u64>()) {
        let mut file: Value = serde_json::from_str(FILES[which]).expect("JSON");
        let mut state = seed | 1;
        let mut dice = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for message in file["messages"].as_array_mut().expect("messages") {
            for (_, body) in message.as_object_mut().expect("an object") {
                let command = body["command"].clone();
                for (_, value) in body.as_object_mut().expect("an object") {
                    spoil(value, &mut dice);
                }
                body["command"] = command;
            }
        }
        let once = said(&file.to_string());
        let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        prop_assert_eq!(keys(&once), keys(&said(FILES[0])));
        let last = file["messages"].as_array().expect("messages").last().expect("a message").clone();
        file["messages"].as_array_mut().expect("messages").push(last);
        prop_assert_eq!(said(&file.to_string()), once);
    }
}
