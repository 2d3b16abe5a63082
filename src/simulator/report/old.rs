//! Reports of P1 and A1: plain numbers in steps of 1/32 °C, step fans as strings, no `device`.

use super::delta::DeltaWriter;
use super::{ams, common};
use crate::protocol::model::Model;
use crate::simulator::sim::{Phase, SimPrinter};
use serde_json::json;

/// Temperatures come in steps of a 32nd of a degree.
fn step(value: f64) -> f64 {
    (value * 32.0).round() / 32.0
}

/// Writes the report.
pub fn write(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let a1 = matches!(sim.model, Model::A1 | Model::A1Mini | Model::A2L);
    let nozzle = &sim.nozzles[0];
    s.plain("nozzle_temper", step(nozzle.shown(sim.seconds)));
    s.plain("nozzle_target_temper", nozzle.target.round());
    s.plain("bed_temper", step(sim.bed.shown(sim.seconds)));
    s.plain("bed_target_temper", sim.bed.target.round());
    s.digits("heatbreak_fan_speed", common::fan_step(sim.fans.heatbreak));
    s.digits("cooling_fan_speed", common::fan_step(sim.fans.part));
    s.digits("big_fan1_speed", common::fan_step(sim.fans.aux));
    s.digits("big_fan2_speed", common::fan_step(sim.fans.chamber));
    s.int("fan_gear", common::fan_gear(sim));
    write_job(s, sim);
    s.int("ams_status", common::ams_status(sim));
    s.int("ams_rfid_status", if common::filament_in(sim) { 6 } else { 0 });
    s.int("hw_switch_state", common::filament_in(sim).into());
    s.int("spd_mag", sim.speed.percent().into());
    s.int("spd_lvl", sim.speed as i64);
    s.int("print_error", sim.error.into());
    s.when("wifi_signal", sim.wifi.into(), || json!(format!("{}dBm", sim.wifi)));
    common::hms(s, sim);
    common::lights(s, sim);
    ams::write_old(s, sim);
    s.when("vt_tray", ams::external_revision(sim), || ams::external(sim, 0, "254"));
    s.fixed_all(|| {
        json!({
            "upload": {"status": "idle", "progress": 0, "message": ""},
            "net": common::net(),
            "chamber_temper": 5,
            "lifecycle": "product",
            "queue_number": 0, "queue_total": 0, "queue_est": 0, "queue_sts": 0,
            "mc_print_sub_stage": 0,
            "force_upgrade": false, "mess_production_state": "active",
            "filam_bak": [],
            "cali_version": 0, "k": "0.0000",
            "flag3": if a1 { 31 } else { 90_767 },
            "online": {"ahb": false, "rfid": false, "version": 1_700_000_001},
        })
    });
    s.flag("sdcard", !sim.no_card);
    s.fixed("upgrade_state", || upgrade_state(sim.model));
    s.int("home_flag", common::home_flag(sim));
    common::nozzle(s, sim);
    let set = &sim.options;
    s.object("ipcam", |s| {
        common::camera(s, sim);
        s.word("resolution", if a1 { common::resolution(sim) } else { "" });
        s.word("tutk_server", common::tutk(sim));
        s.fixed_all(|| json!({"ipcam_dev": "1", "mode_bits": 3}));
    });
    if a1 {
        s.object("xcam", |s| s.flag("buildplate_marker_detector", set.plate_marker));
    }
}

fn write_job(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let active = sim.phase.is_active();
    let (layer, layers) = common::layers(sim);
    s.word("gcode_state", sim.phase.name());
    s.digits("mc_print_stage", common::motion_stage(sim));
    s.int("mc_percent", common::percent(sim));
    s.int("mc_remaining_time", common::minutes_left(sim));
    s.digits("gcode_file_prepare_percent", common::received(sim));
    s.int("layer_num", layer);
    s.int("total_layer_num", layers);
    s.word("print_type", common::print_type(sim, "idle"));
    // While it is idle a 0 means no stage, and 255 means none after a job.
    let none = if sim.phase == Phase::Idle { 0 } else { 255 };
    s.int("stg_cur", sim.stage().map_or(none, i64::from));
    let line = if active { sim.job.as_ref().map_or(0, |j| (j.done * 46.0) as i64) } else { 0 };
    s.digits("mc_print_line_number", line);
    let revision = common::job_revision(sim);
    common::planned(s, sim);
    common::skipped(s, sim);
    s.all_when(revision, || {
        json!({
            "project_id": common::id(sim, 0), "profile_id": common::id(sim, 1),
            "task_id": common::id(sim, 2), "subtask_id": common::id(sim, 3),
            "subtask_name": common::subtask_name(sim),
            "gcode_file": if active { sim.title() } else { "" },
        })
    });
}

fn upgrade_state(model: Model) -> serde_json::Value {
    let mut state = json!({
        "sequence_id": 0, "progress": "", "status": "IDLE", "consistency_request": false, "dis_state": 0,
        "err_code": 0, "force_upgrade": false, "message": "0%, 0B/s", "module": "", "new_version_state": 2,
        "cur_state_code": 0, "idx2": 2_100_000_001_u32, "new_ver_list": [],
    });
    if model == Model::A1Mini {
        state["mc_for_ams_firmware"] = json!({
            "current_firmware_id": 0, "current_run_firmware_id": 0, "status": "IDLE",
            "firmware": [{"id": 0, "name": "AMS Lite"}, {"id": 1, "name": "AMS/AMS 2 Pro/AMS HT"}],
        });
    }
    state
}
