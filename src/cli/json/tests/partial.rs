//! Reports that leave much out: what was not said is null, and what is said elsewhere fills the gap.

use super::check;
use serde_json::{Value, json};

/// Checks some values of a printer that says one report and then, perhaps, its modules.
fn of(serial: &str, fields: &str, modules: &str, expected: &[(&str, Value)]) {
    let file = format!(
        r#"{{"serial":"{serial}","messages":[{{"print":{{"command":"push_status","msg":0,{fields}}}}},
           {{"info":{{"command":"get_version","sequence_id":"1","module":[{modules}]}}}}]}}"#
    );
    check(&file, expected);
}

#[test]
fn what_a_report_does_not_say_is_null() {
    of(
        "01P00A000000000",
        r#""gcode_state":"IDLE","nozzle_temper":25,"nozzle_type":"hardened_steel""#,
        "",
        &[
            ("/update/state", json!(null)),
            ("/update/forced", json!(null)),
            ("/update/inconsistent", json!(null)),
            ("/nozzles/0/reliable", json!(null)),
            ("/nozzles/0/health", json!(null)),
            ("/supply_volts", json!(null)),
            ("/camera/records_prints", json!(null)),
        ],
    );
}

#[test]
fn bits_of_new_firmware_fill_gaps() {
    // cfg: records, 1080p, time-lapse, no cloud video. fun: 220 V.
    of(
        "09300A000000000",
        r#""gcode_state":"IDLE","cfg":"78","fun":"4","aux":"0","stat":"80","device":{"nozzle":{"info":[{"id":0,"stat":1}]}}"#,
        "",
        &[
            ("/camera/fitted", json!(null)),
            ("/camera/records_prints", json!(true)),
            ("/camera/timelapse", json!(true)),
            ("/camera/resolution", json!("1080p")),
            ("/camera/cloud", json!(false)),
            ("/camera/recording", json!(true)),
            ("/supply_volts", json!(220)),
            ("/update/forced", json!(false)),
            ("/nozzles/0/reliable", json!(false)),
        ],
    );
}

#[test]
fn external_spools_are_told_apart_without_the_extruders() {
    let spools =
        r#""vir_slot":[{"id":"254","tray_type":"PLA"},{"id":"255","tray_type":"TPU"}],"mapping":[65024,65280,65535,1]"#;
    let (left, right) = (json!("Ext L"), json!("Ext R"));
    of(
        "31B00A000000000",
        &format!(r#""gcode_state":"RUNNING",{spools}"#),
        "",
        &[
            ("/external/0/label", left.clone()),
            ("/external/1/label", right.clone()),
            ("/job/slots", json!([left, right, null, "A2"])),
        ],
    );
    // With one hotend both numbers mean the one spool, also where no report describes it.
    of(
        "22E00A000000000",
        r#""gcode_state":"RUNNING","vir_slot":[{"id":"255"}],"mapping":[65024,65280]"#,
        "",
        &[("/external/0/label", json!("Ext")), ("/job/slots", json!(["Ext", "Ext"]))],
    );
    of("01S00A000000000", r#""gcode_state":"RUNNING","mapping":[65024]"#, "", &[("/job/slots", json!(["Ext"]))]);
}

#[test]
fn half_of_what_a_spool_or_a_dryer_says_is_shown() {
    let ams = r#""gcode_state":"IDLE","ams":{"ams_exist_bits":"10","tray_exist_bits":"10000","ams":[{"id":"128","dry_time":30,
        "tray":[{"id":"0","tray_type":"PA","nozzle_temp_max":"300","drying_temp":"80"}]}]}"#;
    of(
        "01P00A000000000",
        ams,
        "",
        &[
            ("/ams/0/model", json!("AMS HT")),
            ("/ams/0/is_drying", json!(true)),
            ("/ams/0/drying/state", json!(null)),
            ("/ams/0/trays/0/nozzle_min", json!(null)),
            ("/ams/0/trays/0/nozzle_max", json!(300)),
            ("/ams/0/trays/0/dry_celsius", json!(80)),
            ("/ams/0/trays/0/dry_hours", json!(null)),
        ],
    );
}

#[test]
fn numbers_that_are_not_known_are_null() {
    of(
        "09300A000000000",
        r#""gcode_state":"IDLE","device":{"airduct":{"modeCur":9,"modeList":[{"modeId":0,"ctrl":[16]},{"modeId":9,"ctrl":[16]}]}},
           "ams":{"ams_exist_bits":"1","ams":[{"id":"0","info":"10F3","tray":[]}]}"#,
        "",
        &[
            ("/air_duct/mode", json!(null)),
            ("/air_duct/modes/0/mode", json!("cooling")),
            ("/air_duct/modes/1/mode", json!(null)),
            ("/ams/0/model", json!("AMS 2 Pro")),
            ("/ams/0/drying/state", json!(null)),
        ],
    );
}

#[test]
fn the_upgrade_kit_is_a_p1ps() {
    let fields = r#""gcode_state":"IDLE","home_flag":201326592,"big_fan1_speed":"0""#;
    of("03900A000000000", fields, "", &[("/abilities/aux_fan", json!(false)), ("/fans/aux", json!(null))]);
    of("01S00A000000000", fields, "", &[("/abilities/aux_fan", json!(true)), ("/fans/aux", json!(0))]);
}

#[test]
fn names_of_nothing_but_blanks_or_endings() {
    let tray = |name: &str| {
        format!(
            r#""gcode_state":"FINISH","subtask_name":"{name}","ams":{{"ams_exist_bits":"1","tray_exist_bits":"1","ams":[{{"id":"0",
               "tray":[{{"id":"0","tray_type":"TPU","tray_info_idx":"GFU02","tray_sub_brands":"  "}}]}}]}}"#
        )
    };
    for (name, shown) in [(" lid .3mf", "lid"), (".3mf", ".3mf"), ("a.gcode.3mf", "a")] {
        let name_shown = json!(shown);
        of(
            "01P00A000000000",
            &tray(name),
            "",
            &[("/job/name", name_shown), ("/ams/0/trays/0/name", json!("Bambu TPU for AMS"))],
        );
    }
}

#[test]
fn the_list_of_offered_versions_is_shown_with_the_boards() {
    of(
        "01P00A000000000",
        r#""gcode_state":"IDLE","upgrade_state":{"status":"IDLE","new_version_state":1,"new_ver_list":[
           {"name":"ota","cur_ver":"01.07.00.00","new_ver":"01.08.00.00"},{"name":"ams/0","new_ver":"00.00.06.75"}]}"#,
        r#"{"name":"ota","sw_ver":"01.07.00.00"},{"name":"ams/0","sw_ver":"00.00.06.40","new_ver":"00.00.06.80"}"#,
        &[
            ("/modules/0/new_version", json!("01.08.00.00")),
            ("/modules/1/new_version", json!("00.00.06.80")),
            ("/update/state", json!("idle")),
            ("/update/version", json!("01.08.00.00")),
        ],
    );
}
