//! Reading messages, and merging what was read.

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
    assert!(parse(deep.as_bytes()).is_ok_and(|payload| payload == Payload::default()));
    assert!(parse(b"").is_err() && parse(b"{\"print\":").is_err());
    assert_eq!(parse(b"[1]").expect("readable"), Payload::default());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
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

#[test]
fn modules_have_the_names_that_people_know() {
    let title = |name: &str| Module { name: Some(name.into()), ..Module::default() }.title();
    for (name, told) in [
        ("ams/0", "AMS 1"),
        ("ams_f1/1", "AMS Lite 2"),
        ("n3f/0", "AMS 2 Pro 1"),
        ("n3s/128", "AMS HT 1"),
        ("wtm/17", "hotend 2"),
        ("ahb", "AMS hub"),
        ("mc", "mc"),
        ("n3s/4", "n3s/4"),
        ("ams/x", "ams/x"),
    ] {
        assert_eq!(title(name).as_deref(), Some(told));
    }
    assert_eq!((title("ota"), Module::default().title()), (None, None));
}
