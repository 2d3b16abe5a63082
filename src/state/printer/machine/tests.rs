//! What the merged report says of the machine.

use super::*;
use crate::protocol::report::parse;

fn report(fields: &str) -> Report {
    let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
    *parse(json.as_bytes()).expect("JSON").report.expect("a report")
}

fn read(fields: &str, model: Model, firmware: Option<&str>) -> Machine {
    Machine::read(&report(fields), model, firmware)
}

#[test]
fn the_table_counts_before_the_first_full_report_and_proof_after_it() {
    let before = Abilities::read(&Report::default(), Model::H2C);
    assert!(before.chamber_sensor && before.chamber_heater && before.second_light && before.rack && before.air_duct);
    assert!(before.aux_fan && before.chamber_fan && before.door_sensor && !before.wired_network);
    assert_eq!(before.hotends, 2);
    let after = read(r#""bed_temper":20,"lights_report":[{"node":"chamber_light","mode":"on"}]"#, Model::H2C, None);
    assert!(!after.abilities.chamber_sensor && !after.abilities.second_light && !after.abilities.air_duct);
    // Nothing is taken for granted of a model that is not known, but what it proves counts.
    let new = read(
        r#""chamber_temper":5,"net":{"conf":17},"device":{"ctc":{"info":{"temp":40}},"extruder":{"state":2},
           "airduct":{"modeList":[{"modeId":1}],"parts":[{"id":16,"state":1},{"id":32,"state":1},{"id":48,"state":0}]}}"#,
        Model::Unknown,
        None,
    );
    let has = new.abilities;
    assert!(has.chamber_sensor && has.chamber_heater && has.air_duct && has.aux_fan && has.chamber_fan);
    assert!(has.wired_network && !has.rack && !has.door_sensor);
    assert_eq!(has.hotends, 2);
}

#[test]
fn fans_that_are_not_there_are_not_shown() {
    let fans = r#""big_fan1_speed":"0","big_fan2_speed":"0""#;
    for (more, model, aux, chamber) in [
        ("", Model::A1, false, false),
        ("", Model::P1S, true, true),
        ("", Model::P1P, false, false),
        (r#","home_flag":67108864"#, Model::P1P, true, true),
        (r#","aux_part_fan":false"#, Model::X1C, false, true),
        (r#","aux_part_fan":false"#, Model::X2D, true, true),
        (r#","aux_part_fan":true"#, Model::P1P, true, false),
        (r#","fan_gear":65280"#, Model::P1P, true, false),
        (r#","device":{"airduct":{"parts":[{"id":16,"state":0},{"id":32,"state":0}]}}"#, Model::H2D, true, false),
    ] {
        let has = read(&format!("{fans}{more}"), model, None).abilities;
        assert_eq!((has.aux_fan, has.chamber_fan), (aux, chamber), "{model} {more}");
    }
}

#[test]
fn the_door_is_in_two_places() {
    // Bit 23 of home_flag is 8388608.
    for (fields, model, firmware, open) in [
        (r#""home_flag":8388608"#, Model::X1C, Some("01.07.00.00"), Some(true)),
        (r#""home_flag":8388608"#, Model::X1C, Some("01.06.06.00"), None),
        (r#""home_flag":8388608"#, Model::X1C, None, None),
        (r#""home_flag":0"#, Model::X1E, Some("01.01.02.00"), Some(false)),
        (r#""home_flag":8388608,"cfg":"0","fun":"0","aux":"0","stat":"0""#, Model::X1C, None, Some(true)),
        (r#""stat":"46258008","home_flag":8388608"#, Model::H2D, None, Some(false)),
        (r#""stat":"46A58008""#, Model::P2S, None, Some(true)),
        (r#""stat":"46A58008","home_flag":8388608"#, Model::A1, None, None),
    ] {
        assert_eq!(read(fields, model, firmware).door_open, open, "{model} {fields}");
    }
}

#[test]
fn the_storage_has_four_states() {
    for (fields, state) in [
        (r#""sdcard":true"#, Some(Storage::Ok)),
        (r#""sdcard":true,"home_flag":768"#, Some(Storage::ReadOnly)),
        (r#""sdcard":true,"home_flag":0"#, Some(Storage::Ok)),
        (r#""sdcard":false,"home_flag":256"#, Some(Storage::None)),
        (r#""sdcard":"HAS_SDCARD_ABNORMAL","home_flag":256"#, Some(Storage::Abnormal)),
        (r#""home_flag":512"#, Some(Storage::Abnormal)),
        (r#""aux":"1000","cfg":"0","fun":"0","stat":"0""#, Some(Storage::Ok)),
        (r#""aux":"1000""#, None),
    ] {
        assert_eq!(read(fields, Model::P1S, None).storage, state, "{fields}");
    }
}

#[test]
fn options_count_only_where_the_printer_has_them() {
    // Recovery, refill and sound on; sound is not supported until its bit says so.
    let flags = (1 << 4) | (1 << 10) | (1 << 17);
    let options = read(&format!(r#""home_flag":{flags}"#), Model::P1S, None).options;
    assert_eq!((options.auto_recovery, options.auto_refill, options.sound), (Some(true), Some(true), None));
    let options = read(&format!(r#""home_flag":{}"#, flags | 1 << 18), Model::P1S, None).options;
    assert_eq!((options.sound, options.tangle, options.door_check), (Some(true), None, None));
    // Without home_flag the new bits fill the gaps, but only all four together.
    let new = r#""fun":"1100","aux":"0","stat":"80","cfg":"600000""#;
    let machine = read(new, Model::H2D, None);
    assert_eq!((machine.options.sound, machine.options.door_check), (Some(true), Some(DoorCheck::Pause)));
    assert_eq!((machine.options.auto_recovery, machine.video.recording), (Some(false), Some(true)));
    assert_eq!(read(r#""fun":"1100","cfg":"600000""#, Model::H2D, None).options, PrinterOptions::default());
    // A plain field counts more than a bit.
    let plain = read(r#""fun":"0","aux":"0","stat":"0","cfg":"1","ams":{"insert_flag":false}"#, Model::H2D, None);
    assert_eq!((plain.options.reads_on_insert, plain.options.reads_at_start), (Some(false), Some(false)));
}

#[test]
fn detections_need_the_bit_of_the_firmware() {
    // 1797559: everything on, medium everywhere.
    let xcam =
        r#""xcam":{"cfg":1797559,"spaghetti_detector":true,"printing_monitor":true,"halt_print_sensitivity":"low"}"#;
    let old = read(xcam, Model::H2D, None).detections;
    let low = Detector { on: true, sensitivity: Some(Sensitivity::Low), tells_never: true };
    assert_eq!((old.spaghetti, old.purge_pile, old.monitor), (Some(low), None, Some(low)));
    // Bits 42 and 44 of fun, bit 2 of fun2.
    let new = read(&format!(r#""fun":"140000000000","fun2":"4",{xcam}"#), Model::H2D, None).detections;
    let medium = Detector { on: true, sensitivity: Some(Sensitivity::Medium), tells_never: false };
    assert_eq!((new.spaghetti, new.nozzle_clump, new.purge_pile), (Some(medium), Some(medium), None));
    assert_eq!((new.plate_alignment, new.first_layer), (Some(true), None));
}

#[test]
fn the_network_is_a_cable_or_a_signal() {
    let wired =
        r#""wifi_signal":"-90dBm","net":{"conf":17,"info":[{"ip":0,"mask":0},{"ip":167903424,"mask":16777215}]}"#;
    let wired = read(wired, Model::H2DPro, None).network;
    assert_eq!((wired.wired, wired.wifi_dbm, wired.quality()), (Some(true), None, None));
    assert_eq!(wired.ip.map(|ip| ip.to_string()).as_deref(), Some("192.0.2.10"));
    assert_eq!(wired.mask.map(|ip| ip.to_string()).as_deref(), Some("255.255.255.0"));
    for (signal, quality) in
        [(-50, Quality::Excellent), (-51, Quality::Good), (-61, Quality::Fair), (-90, Quality::Poor)]
    {
        let network = read(&format!(r#""wifi_signal":"{signal}dBm""#), Model::P1S, None).network;
        assert_eq!((network.wifi_dbm, network.quality()), (Some(signal), Some(quality)));
    }
    assert_eq!(read(r#""wifi_signal":"hidden""#, Model::P1S, None).network, Network::default());
}

#[test]
fn updates_of_two_generations() {
    let old = r#""upgrade_state":{"status":"DOWNLOADING","progress":"42","message":"0%, 0B/s","new_version_state":1,
        "new_ver_list":[{"name":"ams/0","new_ver":"00.00.06.75"},{"name":"ota","new_ver":"01.09.00.00"}]}"#;
    let update = read(old, Model::P1S, None).update;
    assert_eq!(
        (update.step.as_ref().map(UpdateStep::name), update.percent, update.available),
        (Some("downloading"), Some(42), Some(true))
    );
    assert_eq!((update.version.as_deref(), update.ams_version.as_deref()), (Some("01.09.00.00"), Some("00.00.06.75")));
    let new = r#""upgrade_state":{"status":"UPGRADE_FAIL","progress":"100","new_version_state":2,"err_code":-2,
        "ota_new_version_number":"01.10.00.00","consistency_request":true},"force_upgrade":true"#;
    let update = read(new, Model::X1C, None).update;
    assert_eq!((update.step, update.percent, update.version), (Some(UpdateStep::Failed), None, None));
    assert_eq!(
        (update.error, update.forced, update.inconsistent),
        (Some("the file is damaged"), Some(true), Some(true))
    );
    assert_eq!(read(r#""upgrade_state":{"progress":""}"#, Model::A1, None).update, Update::default());
}

#[test]
fn the_camera_of_two_generations() {
    let old = r#""ipcam":{"ipcam_dev":"1","ipcam_record":"enable","timelapse":"disable","resolution":"1080p",
        "rtsp_url":"rtsps://192.0.2.10:322/streaming/live/1","tutk_server":"enable"},"home_flag":32"#;
    let video = read(old, Model::X1C, None).video;
    assert_eq!((video.fitted, video.records, video.timelapse), (Some(true), Some(true), Some(false)));
    assert_eq!((video.recording, video.lan_view, video.cloud), (Some(true), Some(LanView::SafeStream), Some(true)));
    let new = r#""ipcam":{"resolution":"","resolution_supported":["720p","1080p"],"rtsp_url":"","liveview":
        {"local":"local","remote":"agora"}},"device":{"cam":{"tl_external_free_kb":1000,"tl_external_total_kb":4000}},
        "cfg":"30","fun":"0","aux":"0","stat":"0""#;
    let video = read(new, Model::H2D, None).video;
    assert_eq!((video.resolution.as_deref(), video.resolutions.len()), (Some("1080p"), 2));
    assert_eq!((video.lan_view, video.cloud_view.as_deref()), (Some(LanView::Pictures), Some("agora")));
    assert_eq!((video.external, video.internal), (Some(Space { free: 1000, total: 4000 }), None));
    assert_eq!((video.timelapse, video.records), (Some(true), Some(false)));
    for (url, view) in [("disable", Some(LanView::Off)), ("", Some(LanView::Off)), ("**", None)] {
        let json = format!(r#""ipcam":{{"rtsp_url":"{url}"}}"#);
        assert_eq!(read(&json, Model::X1C, None).video.lan_view, view);
    }
}
