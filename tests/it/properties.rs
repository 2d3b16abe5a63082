//! Laws of reports: merging typed parts is merging JSON, a change is a difference, and no bytes bring the program down.

use crate::{oracle, state_harness};
use bambu_tui::{
    protocol::report::{Report, parse},
    state::event::{Event, PrinterEvent},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The type of a field, as captures show it.
#[derive(Clone, Copy)]
enum Kind {
    Int,
    Float,
    Text,
    /// A text that is never empty: a tag of nothing keeps the known one, by a derived rule with tests of its own.
    Word,
    /// A bool in any form.
    Bool,
    /// A bool.
    Flag,
    Hex,
    /// A mask in which everything is there: a clear bit takes things away, by a derived rule with tests of its own.
    Mask,
    Texts,
    Object(&'static [(&'static str, Kind)]),
    /// A list that is replaced as a whole.
    List(&'static [(&'static str, Kind)]),
    /// A list that is merged by id; the ids that may come, and a field every element has.
    ById(&'static [i64], &'static str, &'static [(&'static str, Kind)]),
}

use Kind::{Bool, ById, Flag, Float, Hex, Int, List, Mask, Object, Text, Texts, Word};

const TRAY: &[(&str, Kind)] = &[
    ("state", Int),
    ("tray_info_idx", Text),
    ("tray_type", Text),
    ("tray_sub_brands", Text),
    ("tray_color", Text),
    ("cols", Texts),
    ("ctype", Int),
    ("remain", Int),
    ("tray_weight", Int),
    ("total_len", Int),
    ("tray_id_name", Text),
    ("drying_temp", Int),
    ("tray_time", Int),
    ("k", Float),
    ("cali_idx", Int),
    ("nozzle_temp_min", Int),
    ("tag_uid", Word),
    ("nobody_knows", Int),
];
const UNIT: &[(&str, Kind)] = &[
    ("humidity", Int),
    ("humidity_raw", Int),
    ("temp", Float),
    ("dry_time", Int),
    ("dry_setting", Object(&[("dry_filament", Text), ("dry_temperature", Int), ("dry_duration", Int)])),
    ("dry_sf_reason", List(&[])),
    ("info", Hex),
    ("tray", ById(&[0, 1, 2, 3], "tray_uuid", TRAY)),
];
const HEATER: &[(&str, Kind)] = &[("info", Object(&[("temp", Int)]))];
const EXTRUDER: &[(&str, Kind)] =
    &[("temp", Int), ("snow", Int), ("spre", Int), ("star", Int), ("info", Int), ("stat", Int)];
const NOZZLE: &[(&str, Kind)] =
    &[("diameter", Float), ("type", Text), ("stat", Int), ("tm", Int), ("color_m", Text), ("fila_id", Text)];
const AIRDUCT: &[(&str, Kind)] = &[
    ("modeCur", Int),
    ("subMode", Int),
    ("modeList", List(&[("modeId", Int), ("ctrl", List(&[])), ("off", List(&[]))])),
    ("parts", List(&[("id", Int), ("state", Int), ("tar_state", Int), ("range", Int)])),
];
const DEVICE: &[(&str, Kind)] = &[
    ("bed", Object(HEATER)),
    ("bed_temp", Int),
    ("ctc", Object(HEATER)),
    ("cham_temp", Int),
    ("extruder", Object(&[("state", Int), ("info", ById(&[0, 1], "hnow", EXTRUDER))])),
    (
        "nozzle",
        Object(&[
            ("exist", Int),
            ("state", Int),
            ("src_id", Int),
            ("info", ById(&[0, 1, 16], "wear", NOZZLE)),
            ("0", Object(&[("temp", Int)])),
        ]),
    ),
    ("airduct", Object(AIRDUCT)),
    ("holder", Object(&[("pos", Int), ("stat", Int)])),
    ("ext_tool", Object(&[("type", Text), ("mount", Int), ("mount_3d", Int)])),
    ("fila_switch", Object(&[("in", List(&[])), ("out", List(&[])), ("stat", Int)])),
    ("cam", Object(&[("tl_internal_free_kb", Int)])),
    ("plate", Object(&[("cur_id", Text), ("tar_id", Text)])),
];
const CAMERA: &[(&str, Kind)] = &[
    ("ipcam_dev", Bool),
    ("ipcam_record", Bool),
    ("timelapse", Bool),
    ("resolution", Text),
    ("resolution_supported", Texts),
    ("tutk_server", Bool),
    ("rtsp_url", Text),
    ("liveview", Object(&[("local", Text), ("remote", Text)])),
    ("tl_external_total_kb", Int),
];
const XCAM: &[(&str, Kind)] =
    &[("first_layer_inspector", Bool), ("spaghetti_detector", Bool), ("halt_print_sensitivity", Text), ("cfg", Int)];
const UPGRADE: &[(&str, Kind)] = &[
    ("status", Text),
    ("progress", Int),
    ("message", Text),
    ("new_version_state", Int),
    ("ota_new_version_number", Text),
    ("new_ver_list", List(&[("name", Text), ("cur_ver", Text), ("new_ver", Text)])),
    ("err_code", Int),
    ("consistency_request", Bool),
];
const AMS: &[(&str, Kind)] = &[
    ("ams", ById(&[0, 1, 128], "check", UNIT)),
    ("tray_now", Int),
    ("tray_pre", Int),
    ("tray_tar", Int),
    ("tray_exist_bits", Mask),
    ("ams_exist_bits", Mask),
    ("tray_read_done_bits", Hex),
    ("tray_reading_bits", Hex),
    ("tray_hall_out_bits", Hex),
    ("insert_flag", Bool),
    ("power_on_flag", Bool),
    ("calibrate_remain_flag", Bool),
    ("cali_stat", Int),
];
const PRINT: &[(&str, Kind)] = &[
    ("gcode_state", Text),
    ("mc_percent", Int),
    ("mc_remaining_time", Int),
    ("layer_num", Int),
    ("3D", Object(&[("layer_num", Int), ("total_layer_num", Int)])),
    ("subtask_name", Text),
    ("lan_task_id", Text),
    ("file", Text),
    ("plate_id", Int),
    ("project_id", Text),
    ("upload", Object(&[("status", Text), ("progress", Int), ("message", Text)])),
    ("stg", List(&[])),
    ("stg_cur", Int),
    ("stg_cd", Int),
    ("mapping", List(&[])),
    ("stage", Object(&[("_id", Int)])),
    ("s_obj", List(&[])),
    ("job", Object(&[("job_state", Int)])),
    ("nozzle_temper", Float),
    ("bed_target_temper", Float),
    ("info", Object(&[("temp", Int)])),
    ("ctt", Float),
    ("fan_gear", Int),
    ("hms", List(&[("attr", Int), ("code", Int)])),
    ("print_error", Int),
    ("err2", Object(&[("err_code", Int)])),
    ("fail_reason", Int),
    ("mc_print_error_code", Int),
    ("lights_report", List(&[("node", Text), ("mode", Text)])),
    ("net", Object(&[("conf", Int), ("info", List(&[("ip", Int), ("mask", Int)]))])),
    ("ipcam", Object(CAMERA)),
    ("xcam", Object(XCAM)),
    ("upgrade_state", Object(UPGRADE)),
    ("online", Object(&[("ahb", Bool), ("rfid", Bool), ("ext", Bool)])),
    ("fun", Hex),
    ("fun2", Hex),
    ("cfg", Hex),
    ("aux", Hex),
    ("stat", Hex),
    ("flag3", Int),
    ("home_flag", Int),
    ("sdcard", Flag),
    ("aux_part_fan", Bool),
    ("hw_switch_state", Int),
    ("force_upgrade", Bool),
    ("ams_status", Int),
    ("ams_rfid_status", Int),
    ("nobody_knows", Object(&[("x", Int)])),
    ("ams", Object(AMS)),
    ("vt_tray", Object(&[("id", Int), ("tray_uuid", Text), ("tray_type", Text), ("remain", Int)])),
    ("vir_slot", ById(&[254, 255], "tray_uuid", TRAY)),
    ("device", Object(DEVICE)),
];

fn value(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        // Numbers come as numbers and as text; small ranges, so that equal values come too.
        Int => prop_oneof![
            4 => (-2_i64..120).prop_map(Value::from),
            2 => (-2_i64..120).prop_map(|n| n.to_string().into()),
            1 => Just(Value::Null),
        ]
        .boxed(),
        Float => prop_oneof![
            4 => (0_i64..400).prop_map(|n| json!(n as f64 / 4.0)),
            1 => (0_i64..40).prop_map(|n| format!("{n}.5").into()),
            1 => Just(Value::Null),
        ]
        .boxed(),
        Text => prop_oneof![4 => "[A-C]{0,2}".prop_map(Value::from), 1 => Just(Value::Null)].boxed(),
        Word => prop_oneof![4 => "[A-C]{1,2}".prop_map(Value::from), 1 => Just(Value::Null)].boxed(),
        Bool => prop_oneof![
            3 => any::<bool>().prop_map(Value::from),
            1 => prop::sample::select(vec!["enable", "disable", "1", "0"]).prop_map(Value::from),
            1 => Just(Value::Null),
        ]
        .boxed(),
        Flag => any::<bool>().prop_map(Value::from).boxed(),
        Mask => prop_oneof![4 => Just(Value::from("fffffffff")), 1 => Just(Value::Null)].boxed(),
        Hex => prop_oneof![4 => "[0-9a-f]{1,4}".prop_map(Value::from), 1 => Just(Value::Null)].boxed(),
        Texts => prop::collection::vec("[A-C]{8}", 0..3).prop_map(|list| json!(list)).boxed(),
        Object(fields) => object(fields).prop_map(Value::Object).boxed(),
        List([]) => prop::collection::vec(0_i64..9, 0..3).prop_map(|list| json!(list)).boxed(),
        List(fields) => prop::collection::vec(object(fields), 0..3).prop_map(|list| json!(list)).boxed(),
        ById(ids, always, fields) => {
            let element = |id: i64| {
                (object(fields), any::<bool>(), "[A-C]{1,2}").prop_map(move |(mut map, text, known)| {
                    map.insert("id".into(), if text { id.to_string().into() } else { id.into() });
                    // A slot that comes with its id alone was emptied: a derived rule, with tests of its own.
                    map.insert(always.into(), known.into());
                    map
                })
            };
            let all: Vec<_> = ids.iter().map(|id| prop::option::weighted(0.5, element(*id))).collect();
            all.prop_map(|list| Value::Array(list.into_iter().flatten().map(Value::Object).collect())).boxed()
        }
    }
}

fn object(fields: &'static [(&'static str, Kind)]) -> BoxedStrategy<Map<String, Value>> {
    let all: Vec<_> = fields.iter().map(|(_, kind)| prop::option::weighted(0.3, value(*kind))).collect();
    all.prop_map(|values| {
        let named = fields.iter().zip(values);
        named.filter_map(|((name, _), value)| Some(((*name).to_owned(), value?))).collect()
    })
    .boxed()
}

/// A message: some fields, full or a delta.
fn message() -> impl Strategy<Value = Value> {
    (object(PRINT), prop::bool::weighted(0.2)).prop_map(|(mut print, full)| {
        print.insert("command".into(), "push_status".into());
        print.insert("msg".into(), i64::from(!full).into());
        // `vt_tray` is one tray: with its id alone it would be an emptied one.
        if let Some(Value::Object(spool)) = print.get_mut("vt_tray") {
            spool.insert("tray_uuid".into(), "A".into());
        }
        Value::Object(print)
    })
}

fn read(print: &Value) -> Report {
    *parse(json!({ "print": print }).to_string().as_bytes()).unwrap().report.expect("a report")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Merging what was read is reading what was merged.
    #[test]
    fn typed_merging_is_generic_merging(messages in prop::collection::vec(message(), 1..6)) {
        let mut typed = Report::default();
        let mut generic = json!({});
        for message in &messages {
            typed.merge(read(message));
            oracle::merge(&mut generic, message);
        }
        let mut once = read(&generic);
        // Whether a full report ever came is no field of a report.
        once.full = typed.full;
        prop_assert_eq!(typed, once);
    }

    /// A merge tells of a change exactly when there is a difference.
    #[test]
    fn changed_means_different(messages in prop::collection::vec(message(), 2..6)) {
        let mut typed = Report::default();
        for message in &messages {
            let before = typed.clone();
            let changed = typed.merge(read(message)).any();
            let different = Report { full: before.full, clock: before.clock, ..typed.clone() } != before;
            prop_assert_eq!(changed, different);
        }
        let last = messages.last().expect("one at least");
        prop_assert!(!typed.merge(read(last)).any(), "the same again is no change");
    }
}

/// A report of each kind, written in the shape of real ones.
const REPORTS: [&str; 3] = [
    include_str!("../fixtures/reports/p1s.json"),
    include_str!("../fixtures/reports/a1.json"),
    include_str!("../fixtures/reports/h2d.json"),
];

#[test]
fn the_written_reports_hold_what_they_say() {
    for (text, model) in REPORTS.into_iter().zip(["P1S", "A1", "H2D"]) {
        let mut desk = state_harness::with_report(text);
        let screen = desk.screen();
        assert!(screen.contains(model), "{screen}");
        assert!(
            desk.state.fleet.printers[0].job.percent.is_some() && !desk.state.fleet.printers[0].ams.units.is_empty()
        );
    }
}

/// Bytes that are nearly a report: some replaced, some cut off, some put twice.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let which = prop::sample::select(REPORTS.to_vec());
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 0..12);
    (which, edits, prop::option::weighted(0.2, any::<prop::sample::Index>())).prop_map(|(text, edits, cut)| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                // A digit more makes numbers that are too large, and stays JSON.
                1 if bytes[at].is_ascii_digit() => bytes.insert(at, b'9'),
                2 if bytes[at].is_ascii_digit() => bytes[at] = b'-',
                _ => bytes.insert(at, bytes[at]),
            }
        }
        if let Some(cut) = cut {
            let end = cut.index(bytes.len());
            bytes.truncate(end);
        }
        bytes
    })
}

/// Any JSON where a value of a known key should be.
fn junk() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{1,30}".prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(3, 24, 5, |inner| {
        let key = prop::sample::select(vec!["id", "ams", "tray", "info", "temp", "tray_color", "attr", "x"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|list| list.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    });
    let keys: Vec<_> = PRINT.iter().map(|(name, _)| *name).collect();
    prop::collection::vec((prop::sample::select(keys), tree), 0..8).prop_map(|fields| {
        let mut print: Map<_, _> = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        print.insert("command".into(), "push_status".into());
        json!({ "print": print }).to_string().into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_the_program_down(messages in prop::collection::vec(prop_oneof![mangled(), junk()], 1..4)) {
        let mut desk = state_harness::with_report(REPORTS[0]);
        for bytes in messages {
            match parse(&bytes) {
                Ok(payload) => {
                    if let Some(report) = payload.report {
                        desk.event(PrinterEvent::Report(report));
                    }
                    if let Some(modules) = payload.modules {
                        desk.event(PrinterEvent::Modules(modules));
                    }
                    if let Some(ack) = payload.ack {
                        desk.event(PrinterEvent::Ack(ack));
                    }
                }
                Err(why) => desk.event(PrinterEvent::Unreadable(why.to_string())),
            }
            for (width, height) in [(120, 40), (40, 12), (20, 3), (1, 1)] {
                desk.resize(width, height);
                let screen = desk.screen();
                prop_assert!(!screen.chars().any(|c| c.is_control() && c != '\n'), "a control character on the screen");
            }
            // The next moment is never before this one: the loop would spin.
            let due = desk.state.next_due();
            prop_assert!(due.is_none_or(|due| due >= desk.now.at), "{due:?}");
        }
    }

    #[test]
    fn keys_in_any_order_bring_nothing_down(keys in "[a-zA-Z0-9?/+=-]{0,24}", extra in prop::collection::vec(0_usize..6, 0..8)) {
        let mut desk = state_harness::with_report(REPORTS[2]);
        let specials = ["<esc>", "<enter>", "<tab>", "<up>", "<pgdn>", "<bs>"];
        let mut script = keys.replace('<', "");
        for at in extra {
            script.push_str(specials[at]);
        }
        desk.keys(&script);
        for (width, height) in [(200, 60), (80, 24), (40, 12), (10, 2)] {
            desk.resize(width, height);
            desk.screen();
        }
    }
}

/// A report that brings nothing new asks for no frame; and it says so without comparing screens.
#[test]
fn the_same_report_again_asks_for_no_frame() {
    for text in REPORTS {
        let mut desk = state_harness::with_report(text);
        let before = desk.screen();
        let report = parse(text.as_bytes()).unwrap().report.unwrap();
        desk.wait_ms(200);
        desk.redraw = bambu_tui::state::Redraw::No;
        desk.event(PrinterEvent::Report(report));
        assert_eq!(desk.redraw, bambu_tui::state::Redraw::No);
        assert_eq!(desk.screen(), before);
    }
}

#[test]
fn a_report_of_a_printer_that_does_not_exist_is_nobodys() {
    let mut desk = state_harness::with_report(REPORTS[1]);
    let before = desk.screen();
    let report = parse(REPORTS[0].as_bytes()).unwrap().report.unwrap();
    let ghost = bambu_tui::state::PrinterId(99);
    let effects = desk.raw(Event::Printer(ghost, PrinterEvent::Report(report)));
    assert!(effects.is_empty());
    assert_eq!(desk.screen(), before);
}
