use super::*;
use proptest::prelude::*;

fn report(json: &str) -> Report {
    *parse(json.as_bytes()).expect("readable").report.expect("a report")
}

#[test]
fn a_delta_keeps_what_it_does_not_name() {
    let mut state = report(
        r#"{"print":{"command":"push_status","msg":0,"gcode_state":"RUNNING","mc_percent":"7","nozzle_temper":219.9}}"#,
    );
    let changed = state.merge(report(r#"{"print":{"command":"push_status","msg":1,"mc_percent":8}}"#));
    assert_eq!(changed, Changed { job: true, ..Changed::default() });
    assert_eq!((state.job.mc_percent, state.temps.nozzle), (Some(8), Some(219.9)));
    let same = report(r#"{"print":{"command":"push_status","msg":1,"mc_percent":8}}"#);
    assert!(!state.merge(same).any());
}

#[test]
fn trays_merge_by_id_and_empty_by_their_id_alone() {
    let mut state = report(
        r#"{"print":{"command":"push_status","msg":0,"ams":{"tray_now":"1","ams":[{"id":"0","temp":"24.0","tray":[
           {"id":"0","tray_type":"PLA","remain":40},{"id":"1","tray_type":"PETG"}]}]}}}"#,
    );
    state.merge(report(r#"{"print":{"command":"push_status","msg":1,"ams":{"tray_now":"0"}}}"#));
    state.merge(report(
        r#"{"print":{"command":"push_status","msg":1,"ams":{"ams":[{"id":"0","tray":[{"id":"1"},{"id":"0","remain":39}]}]}}}"#,
    ));
    let group = state.ams.group.expect("a group");
    let unit = &group.units.expect("units").0[0];
    assert_eq!((group.tray_now, unit.temp), (Some(0), Some(24.0)));
    let trays = &unit.trays.as_ref().expect("trays").0;
    assert_eq!((trays[0].material.as_deref(), trays[0].remain), (Some("PLA"), Some(39)));
    assert_eq!((trays[1].id, trays[1].material.as_deref()), (Some(1), None));
}

#[test]
fn of_two_trays_with_one_id_the_first_counts_in_every_message() {
    let twice = r#"{"print":{"ams":{"ams":[{"id":"0","tray":[{"id":"0","tray_type":"PLA"},{"id":"0"}]}]}}}"#;
    let mut merged = report(twice);
    let once = merged.clone();
    merged.merge(report(twice));
    assert_eq!(merged, once);
    assert_eq!(once.ams.group.unwrap().units.unwrap().0[0].trays.as_ref().unwrap().0.len(), 1);
}

#[test]
fn acknowledgements_are_never_merged() {
    let payload = parse(
        br#"{"print":{"command":"gcode_line","sequence_id":"9","param":"x","result":"FAIL","reason":"mqtt message verify failed","err_code":84033543,"mc_percent":3}}"#,
    )
    .expect("readable");
    let ack = payload.ack.expect("an acknowledgement");
    assert!(payload.report.is_none() && !ack.ok && ack.wants_signature());
    let light = parse(br#"{"system":{"command":"ledctrl","sequence_id":"5","result":"success"}}"#).expect("readable");
    assert!(light.ack.is_some_and(|ack| ack.ok && ack.seq == "5" && ack.reason.is_empty()));
}

#[test]
fn refusals_are_words_whatever_number_they_come_as() {
    let why = |json: &str| {
        let ack = parse(json.as_bytes()).expect("readable").ack.expect("an acknowledgement");
        assert!(!ack.ok, "{json}");
        ack.refusal()
    };
    let hot = why(r#"{"print":{"command":"set_ctt","result":"success","errno":-2}}"#);
    assert!(hot.contains("hot chamber"), "{hot}");
    let cold = r#"{"print":{"command":"ams_change_filament","result":"fail","errno":-2,"soft_temp":220}}"#;
    assert_eq!(why(cold), "the nozzle is too cold for this filament; it should have 220 °C");
    assert!(why(r#"{"print":{"command":"x","result":"FAIL","err_code":83902468}}"#).contains("0500_4004"));
    let led = r#"{"system":{"command":"ledctrl","result":"fail","reason":"did not find the valid led: work_light"}}"#;
    assert_eq!(why(led), "did not find the valid led: work_light");
    assert_eq!(why(r#"{"print":{"command":"x","result":"fail"}}"#), "the printer gave no reason");
}

#[test]
fn a_status_without_command_counts_and_bytes_may_be_no_utf8() {
    assert!(parse(br#"{"print":{"bed_temper":20}}"#).expect("readable").report.is_some());
    assert!(parse(br#"{"print":{"ams_id":0}}"#).expect("readable").report.is_none());
    let named = parse(b"{\"print\":{\"command\":\"push_status\",\"subtask_name\":\"caf\xe9\"}}").expect("readable");
    assert_eq!(named.report.and_then(|r| r.job.subtask_name).as_deref(), Some("caf\u{fffd}"));
}

#[test]
fn a_report_with_every_key_is_full_without_saying_so() {
    let fields = r#""gcode_state":"IDLE","mc_percent":0,"subtask_name":"","stg_cur":-1,"bed_temper":20,"hms":[],
        "home_flag":1,"lights_report":[],"ipcam":{}"#;
    let with = |more: &str| report(&format!(r#"{{"print":{{"command":"push_status",{fields}{more}}}}}"#)).full;
    assert!(with("") && with(r#","msg":0"#) && with(r#","msg":"0""#));
    assert!(!with(r#","msg":1"#), "its own word goes first");
    assert!(!report(r#"{"print":{"command":"push_status","gcode_state":"IDLE","bed_temper":20}}"#).full);
}

#[test]
fn deep_nesting_and_cut_messages_are_no_news() {
    let deep = format!("{{\"print\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    assert!(parse(deep.as_bytes()).is_ok_and(|payload| payload.report.is_none() && payload.ack.is_none()));
    assert!(parse(b"").is_err() && parse(b"{\"print\":").is_err());
    assert!(parse(b"[1]").expect("readable").report.is_none());
}

/// Every list of a report or module list: where it stands, an element with a number, its bound, and how many there are.
type Bound = (&'static str, &'static str, usize, fn(&Payload) -> usize);

fn units(payload: &Payload) -> &[crate::protocol::ams::Unit] {
    let group = payload.report.as_ref().and_then(|report| report.ams.group.as_ref());
    group.and_then(|group| group.units.as_ref()).map_or(&[], |units| &units.0)
}

const BOUNDS: [Bound; 9] = [
    (r#""ams":{"ams":[#]}"#, r#"{"id":"@"}"#, 24, |p| units(p).len()),
    (r#""ams":{"ams":[{"id":"0","tray":[#]}]}"#, r#"{"id":"@"}"#, 8, |p| {
        units(p).first().and_then(|unit| unit.trays.as_ref()).map_or(0, |trays| trays.0.len())
    }),
    (r#""vir_slot":[#]"#, r#"{"id":"@"}"#, 8, |p| {
        p.report.as_ref().and_then(|r| r.ams.externals.as_ref()).map_or(0, |list| list.0.len())
    }),
    (r#""device":{"extruder":{"info":[#]}}"#, r#"{"id":@}"#, 16, |p| {
        let device = p.report.as_ref().and_then(|r| r.device.as_ref());
        device.and_then(|d| d.extruder.as_ref()).and_then(|e| e.info.as_ref()).map_or(0, |list| list.0.len())
    }),
    (r#""device":{"nozzle":{"info":[#]}}"#, r#"{"id":@}"#, 32, |p| {
        let device = p.report.as_ref().and_then(|r| r.device.as_ref());
        device.and_then(|d| d.nozzle.as_ref()).and_then(|e| e.info.as_ref()).map_or(0, |list| list.0.len())
    }),
    (r#""lights_report":[#]"#, r#"{"node":"n@"}"#, 16, |p| {
        p.report.as_ref().and_then(|r| r.machine.lights.as_ref()).map_or(0, Vec::len)
    }),
    (r#""hms":[#]"#, r#"{"attr":@,"code":65537}"#, 256, |p| {
        p.report.as_ref().and_then(|r| r.health.hms.as_ref()).map_or(0, Vec::len)
    }),
    (r#""stg":[#]"#, "@", 256, |p| {
        p.report.as_ref().and_then(|r| r.job.stages.as_ref()).map_or(0, |stages| stages.0.len())
    }),
    (r#""s_obj":[#]"#, "@", 4096, |p| p.report.as_ref().and_then(|r| r.job.skipped.as_ref()).map_or(0, Vec::len)),
];

fn with_list(place: &str, element: &str, from: usize, len: usize) -> String {
    let list: Vec<_> = (from..from + len).map(|n| element.replace('@', &n.to_string())).collect();
    format!(
        r#"{{"print":{{"command":"push_status","msg":1,"gcode_state":"IDLE",{}}}}}"#,
        place.replace('#', &list.join(","))
    )
}

#[test]
fn no_list_is_longer_than_any_printer_has_it_and_what_is_dropped_is_counted() {
    for (place, element, most, count) in BOUNDS {
        let read = |len| parse(with_list(place, element, 0, len).as_bytes()).expect("readable");
        let (fits, over) = (read(most), read(most + 1000));
        assert_eq!((count(&fits), fits.dropped), (most, 0), "{place}");
        assert_eq!((count(&over), over.dropped), (most, 1000), "{place}");
    }
    let modules: Vec<_> = (0..1128).map(|n| format!(r#"{{"name":"ams/{n}"}}"#)).collect();
    let json = format!(r#"{{"info":{{"command":"get_version","module":[{}]}}}}"#, modules.join(","));
    let read = parse(json.as_bytes()).expect("readable");
    assert_eq!((read.modules.expect("modules").len(), read.dropped), (128, 1000));
}

#[test]
fn changes_do_not_grow_a_list_beyond_its_bound() {
    for (place, element, most, count) in BOUNDS {
        let mut merged = Payload::default();
        for turn in 0..8 {
            let more = parse(with_list(place, element, turn * most, most).as_bytes()).expect("readable").report;
            merged.report.get_or_insert_default().merge(*more.expect("a report"));
        }
        assert!(count(&merged) <= most, "{place}: {}", count(&merged));
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn a_report_weighs_no_more_than_a_few_times_its_message(at in 0..BOUNDS.len(), len in 0_usize..3000) {
        let (place, element, most, count) = BOUNDS[at];
        let message = with_list(place, element, 7, len);
        let read = parse(message.as_bytes()).expect("readable");
        prop_assert_eq!((count(&read), read.dropped), (len.min(most), len.saturating_sub(most)));
        prop_assert!(read.weight <= message.len() + (256 << 10), "{}", read.weight);
    }

    #[test]
    fn wrong_types_never_lose_the_neighbour(junk in prop_oneof![
        Just("null".to_owned()), Just("[[1,{}]]".to_owned()), Just("{\"a\":{}}".to_owned()), Just("true".to_owned()),
        Just("\"x\"".to_owned()), Just("-1e300".to_owned()), Just("18446744073709551615".to_owned())],
        key in prop::sample::select(vec!["gcode_state", "ams", "device", "hms", "lights_report", "stg_cur", "vir_slot",
            "mc_percent", "fun", "net", "sdcard", "info", "3D", "print_error", "upgrade_state"])) {
        let json = format!(r#"{{"print":{{"command":"push_status","{key}":{junk},"bed_temper":61.5}}}}"#);
        prop_assert_eq!(report(&json).temps.bed, Some(61.5));
    }
}
