//! Reports of X1, P2S and H2: whole degrees with a fraction, packed numbers under `device`, lists in parts.

use super::delta::DeltaWriter;
use super::{Family, ams, common};
use crate::protocol::model::Model;
use crate::simulator::sim::{Phase, SimPrinter, options};
use serde_json::{Value, json};

/// Bit of `fun` that says: commands must be signed.
const SIGNED: u64 = 0x2000_0000;

/// Writes the report.
pub fn write(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let dual = sim.nozzles.len() > 1;
    let x1 = Family::of(sim.model) == Family::X1;
    let p2 = sim.model == Model::P2S;
    let nozzle = &sim.nozzles[sim.active];
    s.num("nozzle_temper", nozzle.shown(sim.seconds).round());
    s.num("nozzle_target_temper", nozzle.target.round());
    s.num("bed_temper", sim.bed.shown(sim.seconds).round());
    s.num("bed_target_temper", sim.bed.target.round());
    s.digits("heatbreak_fan_speed", common::fan_step(sim.fans.heatbreak));
    s.digits("cooling_fan_speed", common::fan_step(sim.fans.part));
    s.digits("big_fan1_speed", common::fan_step(sim.fans.aux));
    s.digits("big_fan2_speed", common::fan_step(sim.fans.chamber));
    s.int("fan_gear", common::fan_gear(sim));
    let chamber = common::packed(sim.chamber.now, sim.chamber.target);
    if x1 || p2 {
        s.object("info", |s| s.int("temp", chamber));
        s.fixed("t_utc", || json!(sim.clock_ms()));
    } else {
        s.num("chamber_temper", sim.chamber.now.round());
        s.num("ctt", sim.chamber.target.round());
        s.fixed("maintain", || json!(3));
    }
    write_job(s, sim);
    if !x1 {
        let (layer, layers) = common::layers(sim);
        s.object("3D", |s| {
            s.int("layer_num", layer);
            s.int("total_layer_num", layers);
        });
    }
    if dual || sim.model == Model::H2S {
        s.fixed("2D", two_d);
    }
    s.int("ams_status", common::ams_status(sim));
    s.int("hw_switch_state", common::filament_in(sim).into());
    s.int("spd_mag", sim.speed.percent().into());
    s.int("spd_lvl", sim.speed as i64);
    s.int("print_error", sim.error.into());
    s.when("mc_print_error_code", sim.error.into(), || json!((sim.error & 0xFFFF).to_string()));
    s.when("err", sim.error.into(), || json!(sim.error.to_string()));
    s.when("wifi_signal", sim.wifi.into(), || json!(format!("{}dBm", sim.wifi)));
    common::hms(s, sim);
    common::lights(s, sim);
    s.when("fun", sim.locked.into(), || json!(format!("{:X}", fun(sim))));
    ams::write_new(s, sim);
    s.object("device", |s| write_device(s, sim, chamber));
    write_external(s, sim);
    write_fixed(s, sim);
}

fn fun(sim: &SimPrinter) -> u64 {
    options::fun(sim.model) | if sim.locked { SIGNED } else { 0 }
}

fn write_job(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let (layer, layers) = common::layers(sim);
    let (percent, minutes, received) = (common::percent(sim), common::minutes_left(sim), common::received(sim));
    s.word("gcode_state", sim.phase.name());
    s.digits("mc_print_stage", common::motion_stage(sim));
    s.int("mc_stage", common::motion_stage(sim));
    s.int("mc_percent", percent);
    s.int("percent", percent);
    s.int("mc_remaining_time", minutes);
    s.int("remain_time", minutes);
    s.digits("gcode_file_prepare_percent", received);
    s.int("prepare_per", received);
    s.int("layer_num", layer);
    s.int("total_layer_num", layers);
    s.word("print_type", common::print_type(sim, ""));
    s.int("stg_cur", sim.stage().map_or(-1, i64::from));
    s.int("mc_action", sim.stage().map_or(255, i64::from));
    s.int("print_gcode_action", sim.stage().map_or(255, i64::from));
    let (state, job_state, attribute) = match sim.phase {
        Phase::Idle => (0, 0, 1),
        Phase::Prepare => (2, 0, 17),
        Phase::Running => (4, 2, 17),
        Phase::Pause => (5, 2, 17),
        Phase::Finish => (6, 0, 3),
        Phase::Failed => (7, 0, 3),
    };
    s.int("state", state);
    s.int("job_attr", attribute);
    s.object("job", |s| {
        s.object("cur_stage", |s| {
            s.fixed("idx", || json!(0));
            s.int("state", job_state);
        });
        s.fixed("stage", || {
            let each = |v: Value| Value::Array(vec![v; sim.nozzles.len()]);
            json!([{"clock_in": false, "color": each(json!("")), "diameter": each(json!(0.400_000_005_960_464_5)),
                "est_time": 0, "heigh": 0.0, "idx": 0, "platform": "", "print_then": false, "proc_list": [],
                "tool": each(json!("HS01")), "type": 2}])
        });
    });
    let revision = common::job_revision(sim);
    common::planned(s, sim);
    common::skipped(s, sim);
    s.when("mapping", revision, || sim.job.iter().flat_map(|j| j.slots.iter().map(|slot| json!(slot.0))).collect());
    s.all_when(revision, || {
        let file = if sim.job.is_some() { "/data/Metadata/plate_1.gcode" } else { "" };
        let plate = i32::from(sim.job.is_some());
        json!({
            "project_id": common::id(sim, 0), "profile_id": common::id(sim, 1), "task_id": common::id(sim, 2),
            "subtask_id": common::id(sim, 3), "job_id": common::id(sim, 4), "design_id": "",
            "subtask_name": common::subtask_name(sim), "gcode_file": file, "file": file,
            "plate_idx": plate, "plate_id": plate, "plate_cnt": plate,
        })
    });
}

/// One nozzle as `device.extruder.info` lists it.
fn write_extruder(s: &mut DeltaWriter<'_>, sim: &SimPrinter, i: usize) {
    let nozzle = &sim.nozzles[i];
    let now = sim.loaded.get(i).map_or(0xFFFF, |slot| i64::from(slot.0));
    let target = if i == sim.active && common::changes(sim) { i64::from(sim.wanted.0) } else { now };
    let loaded = now & 0xFF != 0xFF;
    s.int("temp", common::packed(nozzle.shown(sim.seconds), nozzle.target));
    s.int("snow", now);
    s.int("spre", now);
    s.int("star", target);
    s.int("info", if loaded { 78 } else { 8 });
    s.int("stat", if i == sim.active { common::ams_status(sim) & 0xFF00 } else { 0 });
    s.fixed_all(|| json!({"filam_bak": [], "hnow": i, "hpre": i, "htar": i}));
}

fn write_device(s: &mut DeltaWriter<'_>, sim: &SimPrinter, chamber: i64) {
    let x1 = Family::of(sim.model) == Family::X1;
    let p2 = sim.model == Model::P2S;
    let bed = common::packed(sim.bed.shown(sim.seconds), sim.bed.target);
    s.int("bed_temp", bed);
    s.object("bed", |s| {
        s.object("info", |s| s.int("temp", bed));
        s.int("state", if sim.bed.target > 0.0 { 2 } else { 0 });
    });
    s.object("ctc", |s| {
        s.object("info", |s| s.int("temp", chamber));
        s.fixed("state", || json!(0));
    });
    s.object("extruder", |s| {
        s.list("info", &sim.nozzles, |i, _| json!(i), |s, i, _| write_extruder(s, sim, i));
        // Number of hotends, the active one, the one to become active.
        let active = sim.active as i64;
        let (active, target, switching) = sim.switching.map_or((active, active, 0), |to| (15, to as i64, 2));
        s.int("state", sim.nozzles.len() as i64 | active << 4 | target << 8 | switching << 12);
    });
    if !x1 {
        write_airduct(s, sim);
    }
    if !x1 && !p2 {
        s.int("cham_temp", chamber);
    }
    if p2 {
        s.fixed("holder", || Value::Null);
    } else if sim.model == Model::H2C {
        s.fixed("holder", || json!({"pos": 0, "stat": 0}));
    }
    s.fixed_all(|| {
        let mut ext = json!({"calib": 2, "low_prec": true, "mount": 0, "th_temp": 0, "type": ""});
        let mut cam = json!({"laser": {"cond": 252, "state": 0}});
        if p2 {
            ext["mount_3d"] = json!(0);
            cam["timelapse_path"] = json!("");
        }
        json!({
            "cam": cam, "ext_tool": ext, "fan": 0, "laser": {"power": 0}, "nozzle": nozzles(sim, p2),
            "plate": {"base": 1, "cali2d_id": "", "cur_id": "", "mat": 1, "tar_id": ""}, "type": 1,
        })
    });
}

/// The hotends in the rack of an H2C: id, diameter, type. The fifth place is empty, the last one's hotend is mounted.
const RACK: [(i64, f64, &str); 4] = [(16, 0.2, "HS00"), (17, 0.4, "HS01"), (18, 0.6, "HH01"), (19, 0.4, "HX05")];

fn nozzles(sim: &SimPrinter, p2: bool) -> Value {
    let mut info: Vec<Value> = (0..sim.nozzles.len())
        .map(|i| {
            let mut nozzle = json!({"diameter": 0.4, "id": i, "tm": 0, "type": "HS01", "wear": 0});
            if p2 {
                let more =
                    [("color_m", json!("00000000")), ("fila_id", json!("")), ("sn", json!("N/A")), ("stat", json!(0))];
                for (key, value) in more {
                    nozzle[key] = value;
                }
                nozzle["wear"] = json!(0.0);
            }
            nozzle
        })
        .collect();
    let mut exist = (1_i64 << info.len()) - 1;
    if sim.model == Model::H2C {
        for (id, diameter, kind) in RACK {
            exist |= 1 << id;
            info.push(json!({"diameter": diameter, "id": id, "stat": 0, "tm": 350, "type": kind, "wear": 0}));
        }
    }
    let mut all = json!({"exist": exist, "info": info, "state": 0});
    if p2 {
        all["src_id"] = json!(0);
        all["tar_id"] = json!(0);
    }
    all
}

/// The air duct. Its list has no merge rule, so a change sends it whole.
fn write_airduct(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let p2 = sim.model == Model::P2S;
    let (part, aux, chamber, second) = (sim.fans.part, sim.fans.aux, sim.fans.chamber, sim.fans.aux2);
    let heats = i64::from(sim.chamber.target > 0.0);
    s.object("airduct", |s| {
        s.int("modeCur", sim.air_mode.into());
        s.when("parts", common::revision([part.into(), aux.into(), chamber.into(), second.into(), heats]), || {
            let fan = |func: u8, id: u8, state: i64| json!({"func": func, "id": id, "range": 6_553_600, "state": state});
            let mut parts = vec![fan(0, 16, part.into()), fan(if p2 { 6 } else { 1 }, 32, aux.into())];
            if !p2 {
                parts.push(fan(2, 48, chamber.into()));
                parts.push(fan(3, 96, heats * 60));
            }
            if sim.has_second_aux() {
                parts.push(fan(6, 160, second.into()));
            }
            parts.into()
        });
        s.fixed_all(|| {
            if sim.has_second_aux() {
                json!({"modeList": [{"ctrl": [16, 32, 48, 160], "modeId": 0, "off": [96]},
                    {"ctrl": [16], "modeId": 1, "off": [32, 48, 160]}]})
            } else if p2 {
                json!({"modeFunc": 0, "modeVisable": 7, "subFunc": 0, "subMode": 0, "subVisable": 7, "version": 1,
                    "modeList": [{"ctrl": [16, 32, 160], "modeId": 0, "off": []}, {"ctrl": [16, 32], "modeId": 1, "off": [160]}]})
            } else {
                json!({"modeList": [{"ctrl": [16, 32, 48], "modeId": 0, "off": [96]},
                    {"ctrl": [16], "modeId": 1, "off": [32, 48]}, {"ctrl": [48], "modeId": 2, "off": []}]})
            }
        });
    });
}

fn write_external(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    if sim.model != Model::P2S {
        s.when("vt_tray", ams::external_revision(sim), || ams::external(sim, 0, "255"));
    }
    s.when("vir_slot", ams::external_revision(sim), || {
        if sim.nozzles.len() > 1 {
            json!([ams::external(sim, 1, "254"), ams::external(sim, 0, "255")])
        } else {
            json!([ams::external(sim, 0, "255")])
        }
    });
}

fn two_d() -> Value {
    json!({
        "bs": {"bi": [{"clock_in": false, "est_time": 0, "idx": 0, "print_then": false, "proc_list": [], "step_type": 1,
            "tool_info": {"color": "", "diameter": 0.400_000_005_960_464_5, "id": 8_978_432}, "type": 137}], "total_time": 0},
        "cond": 14, "cur_stage": {"clock_in_time": 0, "idx": 0, "left_time": 0, "process": 0, "state": 0},
        "first_confirm": false, "makeable": false,
        "material": {"cur_id_list": [], "state": 0, "tar_id": "", "tar_name": ""},
    })
}

fn write_fixed(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let x1 = Family::of(sim.model) == Family::X1;
    let p2 = sim.model == Model::P2S;
    s.fixed_all(|| {
        let rtsp = if x1 { "rtsps://127.0.0.1:322/streaming/live/1" } else { "disable" };
        json!({
            "ams_rfid_status": 0, "ap_err": 0, "aux_part_fan": x1, "batch_id": 0, "cali_version": 0,
            "canvas_id": 0, "care": [{"id": "cr", "info": "1864"}, {"id": "ls", "info": "1864"}],
            "fail_reason": "0", "force_upgrade": false,
            "mc_err": 0, "mc_print_sub_stage": 0, "model_id": "", "net": common::net(),
            "ipcam": {"agora_service": "disable", "brtc_service": "enable", "bs_state": 0, "ipcam_dev": "1",
                "laser_preview_res": 7, "mode_bits": 2, "rtsp_url": rtsp,
                "tl_store_hpd_type": 2, "tl_store_path_type": 2, "tutk_server": common::tutk(sim)}
        })
    });
    if let Some(remote) = sim.cloud_video.filter(|_| !x1) {
        s.object("ipcam", |s| s.fixed("liveview", || json!({"local": "disabled", "remote": remote})));
    }
    // Three objects, because one that large is more than the macro takes in one go.
    s.fixed_all(|| {
        let mut online = json!({"ahb": true, "version": 10});
        if !p2 {
            online["ext"] = json!(!x1);
        }
        json!({
            "online": online, "print_real_action": 0,
            "queue": 0, "queue_est": 0, "queue_number": 0, "queue_sts": 0, "queue_total": 0
        })
    });
    s.flag("sdcard", !sim.no_card);
    s.word("aux", if sim.no_card { "280000C" } else { "280100C" });
    s.fixed_all(|| {
        json!({
            "upgrade_state": {"ahb_new_version_number": "", "ams_new_version_number": "", "consistency_request": false,
                "dis_state": 0, "err_code": 0, "ext_new_version_number": "", "force_upgrade": false, "idx": 10,
                "idx2": 510_000_007, "lower_limit": "00.00.00.00", "message": "", "module": "", "new_version_state": 2,
                "ota_new_version_number": "", "progress": "0", "sequence_id": 0, "sn": sim.serial, "status": "IDLE"},
            "upload": {"file_size": 0, "finish_size": 0, "message": "Good", "oss_url": "", "progress": 0,
                "sequence_id": "0903", "speed": 0, "status": "idle", "task_id": "", "time_remaining": 0, "trouble_id": ""},
            "ver": "20010", "xcam_status": "0",
        })
    });
    s.fixed_all(|| {
        let mut rest = json!({"stat": if x1 { "7A58000" } else { "46258008" }});
        if !x1 {
            rest["lan_task_id"] = json!("0");
        }
        if p2 {
            rest["stg_cd"] = json!(0);
        }
        if let Some(bits) = options::fun2(sim.model) {
            rest["fun2"] = json!(format!("{bits:X}"));
        }
        rest
    });
    write_options(s, sim, x1);
    if p2 {
        s.object("ipcam", |s| s.fixed("cap_pic_enable", || json!("enable")));
    }
}

/// What a person can set.
fn write_options(s: &mut DeltaWriter<'_>, sim: &SimPrinter, x1: bool) {
    let set = &sim.options;
    s.int("home_flag", common::home_flag(sim));
    let cfg = set.cfg(sim.model, sim.lights.chamber, sim.speed as u8);
    s.when("cfg", cfg as i64, || json!(format!("{cfg:X}")));
    common::nozzle(s, sim);
    s.object("ipcam", |s| {
        common::camera(s, sim);
        s.word("resolution", common::resolution(sim));
    });
    s.object("xcam", |s| {
        s.flag("allow_skip_parts", set.skip_parts);
        s.flag("buildplate_marker_detector", set.plate_marker);
        s.flag("first_layer_inspector", set.first_layer);
        s.word("halt_print_sensitivity", set.halt_sensitivity);
        s.flag("print_halt", set.halt_sensitivity != "never_halt");
        s.flag("printing_monitor", set.monitor);
        s.flag("spaghetti_detector", set.spaghetti.on);
        if !x1 {
            s.int("cfg", set.xcam_cfg());
        }
    });
}
