//! Commands as bytes, and what a printer reads in them.

use super::*;
use serde_json::Value;

fn body(command: &Command) -> Value {
    serde_json::from_slice(&command.to_json(Seq(7))).expect("JSON")
}

#[test]
fn what_a_simulated_printer_understands_survives_the_wire() {
    let light = Command::Light { node: LightNode::Chamber, mode: LightMode::On };
    let drying = Drying { celsius: 55, hours: 8, rotate: true, material: "PLA".into() };
    for command in [
        Command::Pause,
        Command::Resume,
        Command::Stop,
        Command::Speed(Speed::Ludicrous),
        light,
        Command::Gcode("M140 S60\n".into()),
        Command::ChangeFilament { ams: 0, slot: 2, target: 2, celsius: -1 },
        Command::ChangeReply(ChangeReply::Abort),
        Command::Dry { ams: 128, settings: Some(drying) },
        Command::Dry { ams: 0, settings: None },
        Command::ClearError { error: 0x0300_8003, subtask: "0".into() },
        Command::SkipObjects(vec![125, 136]),
        Command::PushAll,
        Command::PushStart,
        Command::GetVersion,
    ] {
        let request = Request::parse(&command.to_json(Seq(20_011))).expect("a request");
        assert_eq!((request.family.as_str(), request.name.as_str()), command.wire_name());
        assert_eq!(request.seq, "20011");
        assert_eq!(request.command.as_ref(), Some(&command));
    }
}

/// The forms of real clients, word by word.
#[test]
fn the_wire_form_is_the_one_real_clients_send() {
    let print = |rest: Value| json!({ "print": rest });
    let slot =
        SlotSetting { code: "GFL99".into(), material: "PLA".into(), color: "FF6A13FF".into(), nozzle: (190, 240) };
    for (command, wire) in [
        (Command::Pause, print(json!({"command": "pause", "param": ""}))),
        (Command::Speed(Speed::Sport), print(json!({"command": "print_speed", "param": "3"}))),
        (
            Command::Reply { reply: Reply::Retry, error: 117_473_282, job: "0".into() },
            print(json!({"command": "resume", "err": "117473282", "param": "reserve", "job_id": "0"})),
        ),
        (
            Command::Reply { reply: Reply::Ignore, error: 83_918_929, job: "0".into() },
            print(json!({"command": "ignore", "err": "83918929", "param": "reserve", "job_id": "0"})),
        ),
        (
            Command::Reply { reply: Reply::Stop, error: 83_918_929, job: "0".into() },
            print(json!({"command": "stop", "err": "83918929", "param": "reserve", "job_id": "0"})),
        ),
        (
            Command::IgnoreIdle { error: 83_918_929 },
            print(json!({"command": "idle_ignore", "err": "83918929", "type": 0})),
        ),
        (
            Command::ClearError { error: 50_348_044, subtask: "0".into() },
            print(json!({"command": "clean_print_error", "subtask_id": "0", "print_error": 50_348_044})),
        ),
        (
            Command::CloseDialog { error: 0x0500_C010 },
            json!({"system": {"command": "uiop", "name": "print_error", "action": "close", "source": 1, "type": "dialog",
                "err": "0500C010"}}),
        ),
        (
            Command::Light { node: LightNode::Heatbed, mode: LightMode::On },
            json!({"system": {"command": "ledctrl", "led_node": "heatbed_light", "led_mode": "on", "led_on_time": 0,
                "led_off_time": 0, "loop_times": 0, "interval_time": 0}}),
        ),
        (
            Command::Light { node: LightNode::Chamber, mode: LightMode::Flashing },
            json!({"system": {"command": "ledctrl", "led_node": "chamber_light", "led_mode": "flashing",
                "led_on_time": 500, "led_off_time": 500, "loop_times": 1, "interval_time": 1000}}),
        ),
        (Command::BedTemp(60), print(json!({"command": "set_bed_temp", "temp": 60}))),
        (Command::ChamberTemp(45), print(json!({"command": "set_ctt", "ctt_val": 45}))),
        (Command::AirMode(1), print(json!({"command": "set_airduct", "modeId": 1, "submode": -1}))),
        (
            Command::ChangeFilamentFlat { target: 2, celsius: -1 },
            print(json!({"command": "ams_change_filament", "target": 2, "curr_temp": -1, "tar_temp": -1})),
        ),
        (Command::ChangeReply(ChangeReply::Done), print(json!({"command": "ams_control", "param": "done"}))),
        (
            Command::SetSlot { ams: 0, slot: 1, tray: 1, setting: slot },
            print(json!({"command": "ams_filament_setting", "ams_id": 0, "slot_id": 1, "tray_id": 1,
                "tray_info_idx": "GFL99", "setting_id": "", "tray_color": "FF6A13FF", "nozzle_temp_min": 190,
                "nozzle_temp_max": 240, "tray_type": "PLA"})),
        ),
        (Command::ReadTag { ams: 0, slot: 1 }, print(json!({"command": "ams_get_rfid", "ams_id": 0, "slot_id": 1}))),
        (
            Command::Dry {
                ams: 0,
                settings: Some(Drying { celsius: 55, hours: 8, rotate: false, material: "PLA".into() }),
            },
            print(json!({"command": "ams_filament_drying", "ams_id": 0, "mode": 1, "filament": "PLA", "temp": 55,
                "duration": 8, "humidity": 0, "rotate_tray": false, "cooling_temp": 45, "close_power_conflict": false})),
        ),
        (
            Command::AmsOptions { on_insert: true, at_start: false, estimate: true },
            print(json!({"command": "ams_user_setting", "ams_id": -1, "startup_read_option": false,
                "tray_read_option": true, "calibrate_remain_flag": true})),
        ),
        (Command::Timelapse(true), json!({"camera": {"command": "ipcam_timelapse", "control": "enable"}})),
        (Command::Resolution("1080p"), json!({"camera": {"command": "ipcam_resolution_set", "resolution": "1080p"}})),
        (
            Command::Detect {
                detector: Detector::Spaghetti,
                on: true,
                halts: true,
                sensitivity: Some(Sensitivity::Medium),
            },
            json!({"xcam": {"command": "xcam_control_set", "module_name": "spaghetti_detector", "control": true,
                "enable": true, "print_halt": true, "halt_print_sensitivity": "medium"}}),
        ),
        (
            Command::Detect { detector: Detector::FirstLayer, on: true, halts: true, sensitivity: None },
            json!({"xcam": {"command": "xcam_control_set", "module_name": "first_layer_inspector", "control": true,
                "enable": true, "print_halt": true}}),
        ),
        (Command::Switch(Switch::Sound, false), print(json!({"command": "print_option", "sound_enable": false}))),
        (Command::DoorCheck(2), json!({"system": {"command": "set_door_stat", "config": 2}})),
        (Command::KeepFiles(true), json!({"system": {"command": "print_cache_set", "config": true}})),
        (Command::Buzzer(0), print(json!({"command": "buzzer_ctrl", "mode": 0, "reason": ""}))),
        (
            Command::NozzleType { hundredths: 40, kind: "hardened_steel".into() },
            json!({"system": {"command": "set_accessories", "accessory_type": "nozzle", "nozzle_diameter": 0.4,
                "nozzle_type": "hardened_steel"}}),
        ),
        (Command::Home, print(json!({"command": "back_to_center"}))),
        (
            Command::Step { axis: Axis::Z, forward: true, large: false },
            print(json!({"command": "xyz_ctrl", "axis": "Z", "dir": 1, "mode": 0})),
        ),
        (Command::SelectHotend(1), print(json!({"command": "select_extruder", "extruder_index": 1}))),
        (
            Command::Calibrate(calibration::BED | calibration::VIBRATION),
            print(json!({"command": "calibration", "option": 6})),
        ),
    ] {
        let mut wire = wire;
        let (family, _) = command.wire_name();
        wire[family]["sequence_id"] = json!("7");
        assert_eq!(body(&command), wire);
    }
}
