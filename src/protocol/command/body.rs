//! What stands in a command beside its name and number.

use super::{Command, LightMode, LightNode, Switch};
use serde_json::{Value, json};

impl Command {
    /// The body without `command` and `sequence_id`.
    pub(super) fn body(&self) -> Value {
        match self {
            Self::Pause | Self::Resume | Self::Stop => json!({"param": ""}),
            Self::Speed(speed) => json!({"param": (*speed as u8).to_string()}),
            Self::Reply { error, job, .. } => json!({"err": error.to_string(), "param": "reserve", "job_id": job}),
            Self::IgnoreIdle { error } => json!({"err": error.to_string(), "type": 0}),
            Self::ClearError { error, subtask } => json!({"subtask_id": subtask, "print_error": error}),
            Self::CloseDialog { error } => json!({
                "name": "print_error", "action": "close", "source": 1, "type": "dialog", "err": format!("{error:08X}"),
            }),
            // The four times matter for flashing only, but firmware wants them present.
            Self::Light { node, mode } => {
                let pause = if *node == LightNode::Heatbed { 0 } else { 500 };
                let (times, interval) = if *mode == LightMode::Flashing { (1, 1000) } else { (0, 0) };
                json!({
                    "led_node": node.name(), "led_mode": mode.name(),
                    "led_on_time": pause, "led_off_time": pause, "loop_times": times, "interval_time": interval,
                })
            }
            Self::Gcode(lines) => json!({"param": lines}),
            Self::BedTemp(celsius) => json!({"temp": celsius}),
            Self::ChamberTemp(celsius) => json!({"ctt_val": celsius}),
            Self::AirMode(mode) => json!({"modeId": mode, "submode": -1}),
            Self::ChangeFilament { ams, slot, target, celsius } => json!({
                "ams_id": ams, "slot_id": slot, "target": target, "curr_temp": celsius, "tar_temp": celsius,
            }),
            Self::ChangeFilamentFlat { target, celsius } => {
                json!({"target": target, "curr_temp": celsius, "tar_temp": celsius})
            }
            Self::ChangeReply(reply) => json!({"param": reply.name()}),
            Self::SetSlot { ams, slot, tray, setting } => json!({
                "ams_id": ams, "slot_id": slot, "tray_id": tray, "tray_info_idx": setting.code, "setting_id": "",
                "tray_color": setting.color, "nozzle_temp_min": setting.nozzle.0, "nozzle_temp_max": setting.nozzle.1,
                "tray_type": setting.material,
            }),
            Self::ReadTag { ams, slot } => json!({"ams_id": ams, "slot_id": slot}),
            Self::Dry { ams, settings: Some(how) } => json!({
                "ams_id": ams, "mode": 1, "filament": how.material, "temp": how.celsius, "duration": how.hours,
                "humidity": 0, "rotate_tray": how.rotate, "cooling_temp": 45, "close_power_conflict": false,
            }),
            Self::Dry { ams, settings: None } => json!({
                "ams_id": ams, "mode": 0, "filament": "", "temp": 0, "duration": 0, "humidity": 0,
                "rotate_tray": false, "cooling_temp": 0, "close_power_conflict": false,
            }),
            // -1 stands for all units.
            Self::AmsOptions { on_insert, at_start, estimate } => json!({
                "ams_id": -1, "startup_read_option": at_start, "tray_read_option": on_insert,
                "calibrate_remain_flag": estimate,
            }),
            Self::Recording(on) | Self::Timelapse(on) => json!({"control": if *on { "enable" } else { "disable" }}),
            Self::Resolution(resolution) => json!({"resolution": resolution}),
            Self::Detect { detector, on, halts, sensitivity } => {
                let mut body = json!({
                    "module_name": detector.name(), "control": on, "enable": on, "print_halt": halts,
                });
                if let Some(sensitivity) = sensitivity {
                    body["halt_print_sensitivity"] = json!(sensitivity.name());
                }
                body
            }
            // The vendor's slicer says this one twice.
            Self::Switch(Switch::AutoRecovery, on) => json!({"auto_recovery": on, "option": u8::from(*on)}),
            Self::Switch(switch, on) => json!({switch.name(): on}),
            Self::AirPurification(mode) => json!({"air_purification": mode}),
            Self::DoorCheck(mode) => json!({"config": mode}),
            Self::KeepFiles(on) => json!({"config": on}),
            Self::Buzzer(mode) => json!({"mode": mode, "reason": ""}),
            Self::NozzleType { hundredths, kind } => json!({
                "accessory_type": "nozzle", "nozzle_diameter": f64::from(*hundredths) / 100.0, "nozzle_type": kind,
            }),
            Self::Step { axis, forward, large } => {
                json!({"axis": axis.name(), "dir": if *forward { 1 } else { -1 }, "mode": u8::from(*large)})
            }
            Self::SelectHotend(hotend) => json!({"extruder_index": hotend}),
            Self::Calibrate(bits) => json!({"option": bits}),
            Self::SkipObjects(ids) => json!({"obj_list": ids}),
            Self::PushAll => json!({"version": 1, "push_target": 1}),
            Self::Home | Self::PushStart | Self::GetVersion => json!({}),
        }
    }
}
