//! Every action over real sockets: the line that is typed into the palette, the exact JSON that reaches the printer, and
//! the end of the order, which is its effect in the printer's own reports wherever a report can show it.

use crate::app_harness::{AppHarness, LONG};
use bambu_tui::{
    protocol::model::Model,
    simulator::{
        Plan, Scenario, report,
        sim::{SPAGHETTI, SimPrinter, spool::Slot},
    },
    state::command::catalog,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How an order ends well.
const SEEN: &str = "confirmed";
/// The same where no report can show the effect.
const ACCEPTED: &str = "accepted (this printer does not report";

/// One printer of a model, with nothing to do, and the program in front of it.
struct Bench {
    room: AppHarness,
    model: Model,
}

impl Bench {
    async fn open(model: Model) -> Self {
        let plan = Plan { printers: Some(1), scenario: Scenario::Quiet, speed: 20.0, ..Plan::default() };
        let room = AppHarness::with(plan, |demo, setup| {
            let printer = demo.control(0).expect("a printer");
            printer.with_printer(|sim| {
                let pace = sim.pace;
                *sim = SimPrinter::new(model, sim.serial.clone(), 11);
                sim.restarts = false;
                sim.pace = pace;
                sim.lights.chamber = true;
                // Only PLA may not stay in a hot chamber.
                sim.external.iter_mut().for_each(|spool| spool.kind = "ABS".into());
            });
            // A busy machine must not end the session, and with it an order.
            setup.timing.keep_alive = LONG;
            setup.config.printers[0].name = "Bench".into();
            setup.config.printers[0].model = Some(model);
        })
        .await;
        room.resize(140, 40);
        room.shows(&["idle · live"]).await;
        Self { room, model }
    }

    /// Changes the printer, and waits until the screen knows.
    async fn put(&self, change: impl FnOnce(&mut SimPrinter), shows: &[&str]) {
        self.room.handle(0).with_printer(|sim| {
            change(sim);
            sim.mark_dirty();
        });
        self.room.shows(shows).await;
    }

    async fn print(&self) {
        let begin = |sim: &mut SimPrinter| {
            let job = sim.make_job(0);
            sim.put_into(job, 0.3);
        };
        self.put(begin, &["printing · live"]).await;
    }

    /// Commands that reached the printer, without their numbers; requests for reports are none.
    fn commands(&self) -> Vec<Value> {
        let requests = self.room.handle(0).requests();
        let all = requests.iter().map(|request| serde_json::from_slice::<Value>(&request.payload).expect("JSON"));
        let ours = all.filter(|value| value.get("pushing").is_none() && value.get("info").is_none());
        ours.map(|mut value| {
            for body in value.as_object_mut().expect("an object").values_mut() {
                let number = body.as_object_mut().and_then(|body| body.remove("sequence_id"));
                let text = number.as_ref().and_then(Value::as_str).map(str::to_owned);
                assert!(text.is_some_and(|text| text.parse::<u32>().is_ok()), "a number as text: {number:?}");
            }
            value
        })
        .collect()
    }

    /// Types a line until it is taken: the printer's news that make it possible may still be on their way.
    async fn say(&self, line: &str) {
        let limit = Instant::now() + LONG;
        loop {
            self.room.keys(":");
            self.room.paste(line);
            self.room.keys("<enter>");
            for _ in 0..50 {
                tokio::time::sleep(Duration::from_millis(10)).await;
                if !self.room.text().contains(&format!("│ : {line}")) {
                    return;
                }
            }
            assert!(Instant::now() < limit, "{line} on {} does not fit:\n{}", self.model, self.room.text());
            self.room.keys("<esc>");
        }
    }

    /// Types a line, says yes where that is asked for, and follows the order to its end.
    #[track_caller]
    fn try_line<'a>(
        &'a self,
        line: &'a str,
        asks: bool,
        words: &'a str,
        wire: Vec<Value>,
        end: &'a str,
    ) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.commands().len();
            self.say(line).await;
            if asks {
                self.room.shows(&["Esc, n"]).await;
                assert_eq!(self.commands().len(), before, "{caller}: nothing goes out before the yes");
                self.room.keys("y");
            }
            let limit = Instant::now() + LONG;
            let order = format!("{words} → Bench: ");
            loop {
                let screen = self.room.text();
                let mut lines = screen.lines();
                if lines.any(|line| line.contains(&order) && line.contains(end)) {
                    break;
                }
                assert!(
                    Instant::now() < limit,
                    "{caller}: {line} on {}: no \"{order}… {end}\" in:\n{screen}",
                    self.model
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(self.commands()[before..], wire, "{caller}: {line} on {}", self.model);
        }
    }

    /// A line that goes out at once.
    #[track_caller]
    fn order<'a>(&'a self, line: &'a str, words: &'a str, wire: Value) -> impl Future<Output = ()> + 'a {
        self.try_line(line, false, words, vec![wire], SEEN)
    }

    /// A line that asks first.
    #[track_caller]
    fn asks<'a>(&'a self, line: &'a str, words: &'a str, wire: Value) -> impl Future<Output = ()> + 'a {
        self.try_line(line, true, words, vec![wire], SEEN)
    }

    /// A line that asks first, and whose effect no report shows.
    #[track_caller]
    fn blind<'a>(&'a self, line: &'a str, words: &'a str, wire: Value) -> impl Future<Output = ()> + 'a {
        self.try_line(line, true, words, vec![wire], ACCEPTED)
    }
}

/// A command of the family `print`.
fn print(command: &str, rest: Value) -> Value {
    family("print", command, rest)
}

fn family(family: &str, command: &str, mut rest: Value) -> Value {
    rest["command"] = json!(command);
    json!({ family: rest })
}

fn gcode(lines: &str) -> Value {
    print("gcode_line", json!({ "param": lines }))
}

fn light(node: &str, mode: &str) -> Value {
    let pause = if node == "heatbed_light" { 0 } else { 500 };
    let (times, interval) = if mode == "flashing" { (1, 1000) } else { (0, 0) };
    let times = json!({
        "led_node": node, "led_mode": mode, "led_on_time": pause, "led_off_time": pause, "loop_times": times,
        "interval_time": interval,
    });
    family("system", "ledctrl", times)
}

fn change(ams: u8, slot: u8, target: u8, celsius: i16) -> Value {
    let temps = json!({"ams_id": ams, "slot_id": slot, "target": target, "curr_temp": celsius, "tar_temp": celsius});
    print("ams_change_filament", temps)
}

fn xcam(module: &str, on: bool, halts: bool, sensitivity: Option<&str>) -> Value {
    let mut body = json!({"module_name": module, "control": on, "enable": on, "print_halt": halts});
    if let Some(sensitivity) = sensitivity {
        body["halt_print_sensitivity"] = json!(sensitivity);
    }
    family("xcam", "xcam_control_set", body)
}

#[tokio::test]
async fn a_p1s_at_rest() {
    let p1s = Bench::open(Model::P1S).await;
    p1s.order("bed 60", "bed 60 °C", gcode("M140 S60\n")).await;
    p1s.order("bed off", "bed off", gcode("M140 S0\n")).await;
    p1s.order("nozzle 220", "nozzle 220 °C", gcode("M104 S220\n")).await;
    p1s.order("fan-part 50", "part fan 50 %", gcode("M106 P1 S128\n")).await;
    p1s.order("fan-aux 33", "aux fan 30 %", gcode("M106 P2 S77\n")).await;
    p1s.order("fan-chamber 100", "chamber fan 100 %", gcode("M106 P3 S255\n")).await;
    p1s.order("light off", "light off", light("chamber_light", "off")).await;
    p1s.order("light flash", "light flashing", light("chamber_light", "flashing")).await;
    p1s.order("light on", "light on", light("chamber_light", "on")).await;
    p1s.order("record off", "recording off", family("camera", "ipcam_record_set", json!({"control": "disable"}))).await;
    p1s.order("timelapse on", "time-lapse on", family("camera", "ipcam_timelapse", json!({"control": "enable"}))).await;
    let recovery = print("print_option", json!({"auto_recovery": false, "option": 0}));
    p1s.order("auto-recovery off", "recovery from lost steps off", recovery).await;
    let refill = |on: bool| print("print_option", json!({ "auto_switch_filament": on }));
    p1s.order("auto-refill on", "auto refill on", refill(true)).await;
    p1s.order("auto-refill off", "auto refill off", refill(false)).await;
    let keeps = family("system", "print_cache_set", json!({"config": true}));
    p1s.order("keep-files on", "keeping sent files on", keeps).await;
    let ams = |start: bool, insert: bool, estimate: bool| {
        let options = json!({
            "ams_id": -1, "startup_read_option": start, "tray_read_option": insert, "calibrate_remain_flag": estimate,
        });
        print("ams_user_setting", options)
    };
    let estimates = p1s.room.handle(0).with_printer(|sim| sim.options.estimate);
    p1s.order("tag-at-start on", "reading tags at the start on", ams(true, true, estimates)).await;
    p1s.order("tag-on-insert off", "reading tags when a spool is put in off", ams(true, false, estimates)).await;
    p1s.order("estimate off", "estimating what is left off", ams(true, false, false)).await;
    let nozzle = json!({"accessory_type": "nozzle", "nozzle_diameter": 0.6, "nozzle_type": "hardened_steel"});
    let nozzle = family("system", "set_accessories", nozzle);
    p1s.asks("nozzle-type 0.6 hardened", "nozzle type 0.6 mm hardened steel", nozzle).await;
    p1s.asks("home", "home", gcode("G28\n")).await;
    let step = |words: &str| {
        gcode(&format!("M211 S\nM211 X1 Y1 Z1\nM1002 push_ref_mode\nG91\nG1 {words}\nM1002 pop_ref_mode\nM211 R\n"))
    };
    p1s.blind("move x -10", "move X -10 mm", step("X-10.0 F3000")).await;
    p1s.blind("move z 5", "nozzle 5 mm away from the bed", step("Z5.0 F900")).await;
    p1s.put(|sim| sim.nozzles[0].settle_at(220.0), &["220 °C"]).await;
    p1s.blind("extrude 10", "extrude 10 mm", gcode("M83\nG0 E10.0 F900\n")).await;
    p1s.blind("retract 5", "retract 5 mm", gcode("M83\nG0 E-5.0 F900\n")).await;
    p1s.blind("motors off", "motors off", gcode("M18\n")).await;
    p1s.blind("motors on", "motors on", gcode("M17\n")).await;
    p1s.blind("gcode M115", "G-code M115", gcode("M115\n")).await;
    let calibration = print("calibration", json!({"option": 6}));
    p1s.asks("calibrate bed vibration", "calibrate bed vibration", calibration).await;
    p1s.room.quit().await;
}

#[tokio::test]
async fn a_p1s_with_a_job_and_its_errors() {
    let p1s = Bench::open(Model::P1S).await;
    p1s.print().await;
    p1s.order("speed sport", "speed sport", print("print_speed", json!({"param": "3"}))).await;
    p1s.order("pause", "pause", print("pause", json!({"param": ""}))).await;
    p1s.order("resume", "resume", print("resume", json!({"param": ""}))).await;
    p1s.asks("bed 70", "bed 70 °C", gcode("M140 S70\n")).await;
    let error = SPAGHETTI.to_string();
    let answer = |command: &str| print(command, json!({"err": error, "param": "reserve", "job_id": "0"}));
    let fail = |sim: &mut SimPrinter| sim.pause_with(0, SPAGHETTI);
    // The code alone stands in the journal too, from the time before.
    let shown = ["look at the print", "0300_8003"];
    p1s.put(fail, &shown).await;
    p1s.asks("resume", "resume", answer("resume")).await;
    p1s.put(fail, &shown).await;
    p1s.asks("retry", "retry after error 0300_8003", answer("resume")).await;
    p1s.put(fail, &shown).await;
    p1s.asks("ignore", "ignore error 0300_8003", answer("ignore")).await;
    p1s.put(fail, &shown).await;
    let subtask = p1s.room.handle(0).with_printer(|sim| report::common::id(sim, 3));
    let closed = print("clean_print_error", json!({"subtask_id": subtask, "print_error": SPAGHETTI}));
    p1s.order("dismiss", "dismiss error 0300_8003", closed).await;
    p1s.put(fail, &shown).await;
    p1s.asks("give-up", "stop because of error 0300_8003", answer("stop")).await;
    p1s.print().await;
    p1s.asks("stop", "stop", print("stop", json!({"param": ""}))).await;
    p1s.room.quit().await;
    // A hint while nothing is printed has a dialog of its own.
    let p1s = Bench::open(Model::P1S).await;
    p1s.put(|sim| sim.set_error(0x0500_C010), &["0500_C010"]).await;
    let idle = print("idle_ignore", json!({"err": "83935248", "type": 0}));
    p1s.asks("ignore", "ignore error 0500_C010", idle).await;
    p1s.put(|sim| sim.set_error(0x0500_C010), &["0500_C010"]).await;
    let dialog = json!({"name": "print_error", "action": "close", "source": 1, "type": "dialog", "err": "0500C010"});
    let both = vec![
        print("clean_print_error", json!({"subtask_id": "0", "print_error": 0x0500_C010})),
        family("system", "uiop", dialog),
    ];
    p1s.try_line("dismiss", false, "dismiss error 0500_C010", both, SEEN).await;
    p1s.room.quit().await;
}

#[tokio::test]
async fn filament_in_and_out() {
    let p1s = Bench::open(Model::P1S).await;
    let word = |param: &str| print("ams_control", json!({ "param": param }));
    p1s.order("read-tag A1", "read the tag of A1", print("ams_get_rfid", json!({"ams_id": 0, "slot_id": 0}))).await;
    p1s.put(|sim| sim.ams[0].reading = None, &["idle · live"]).await;
    p1s.order("load A2", "load A2", change(0, 1, 1, -1)).await;
    p1s.try_line("hold-filament", false, "hold the filament change", vec![word("pause")], ACCEPTED).await;
    p1s.try_line("retry-filament", false, "retry the filament change", vec![word("resume")], ACCEPTED).await;
    p1s.try_line("restart-filament", false, "restart the filament change", vec![word("reset")], ACCEPTED).await;
    p1s.order("abort-filament", "give up the filament change", word("abort")).await;
    p1s.order("load ext", "load the external spool", change(255, 254, 254, -1)).await;
    p1s.room.shows(&["07FF_8006"]).await;
    p1s.order("retry-filament", "retry the filament change", word("resume")).await;
    p1s.room.shows(&["07FF_8007"]).await;
    p1s.order("filament-out", "filament comes out", word("done")).await;
    let setting = |code: &str, color: &str, temps: [u16; 2], kind: &str| {
        let slot = json!({
            "ams_id": 255, "slot_id": 0, "tray_id": 254, "tray_info_idx": code, "setting_id": "", "tray_color": color,
            "nozzle_temp_min": temps[0], "nozzle_temp_max": temps[1], "tray_type": kind,
        });
        print("ams_filament_setting", slot)
    };
    let petg = setting("GFG99", "1F79E5FF", [230, 260], "PETG");
    p1s.order("slot ext PETG #1f79e5 230-260", "the external spool: PETG #1F79E5 230–260 °C", petg).await;
    p1s.order("slot-clear ext", "clear the external spool", setting("", "00000000", [0, 0], "")).await;
    p1s.room.quit().await;
}

#[tokio::test]
async fn two_hotends_a_hot_chamber_and_dryers() {
    let h2d = Bench::open(Model::H2D).await;
    // The nozzle that the spool feeds counts; cold filament is not moved.
    h2d.order("load extl", "load the left external spool", change(254, 0, 254, 180)).await;
    let give_up = || print("ams_control", json!({"param": "abort"}));
    h2d.order("abort-filament", "give up the filament change", give_up()).await;
    h2d.order("nozzle left 220", "left nozzle 220 °C", gcode("M104 T1 S220\n")).await;
    h2d.order("nozzle right 210", "right nozzle 210 °C", gcode("M104 T0 S210\n")).await;
    h2d.order("chamber 50", "chamber 50 °C", print("set_ctt", json!({"ctt_val": 50}))).await;
    h2d.order("air cooling", "air cooling", print("set_airduct", json!({"modeId": 0, "submode": -1}))).await;
    h2d.order("air heating", "air heating", print("set_airduct", json!({"modeId": 1, "submode": -1}))).await;
    let lights = ["chamber_light", "chamber_light2"].map(|node| light(node, "off"));
    h2d.try_line("light off", false, "light off", lights.to_vec(), SEEN).await;
    let bed = vec![light("heatbed_light", "on")];
    h2d.try_line("bed-light on", false, "bed light on", bed, ACCEPTED).await;
    let beep = vec![print("buzzer_ctrl", json!({"mode": 2, "reason": ""}))];
    h2d.try_line("buzzer beep", false, "buzzer beep", beep, ACCEPTED).await;
    h2d.asks("home", "home", print("back_to_center", json!({}))).await;
    h2d.blind(
        "move z -1",
        "nozzle 1 mm towards the bed",
        print("xyz_ctrl", json!({"axis": "Z", "dir": -1, "mode": 0})),
    )
    .await;
    h2d.blind("move y 10", "move Y +10 mm", print("xyz_ctrl", json!({"axis": "Y", "dir": 1, "mode": 1}))).await;
    h2d.asks("hotend right", "switch to the right hotend", print("select_extruder", json!({"extruder_index": 0})))
        .await;
    h2d.order("load HT1", "load HT1", change(128, 0, 128, -1)).await;
    let drying = |mode: u8, filament: &str, temp: u16, hours: u8, rotate: bool, cooling: u16| {
        let body = json!({
            "ams_id": 0, "mode": mode, "filament": filament, "temp": temp, "duration": hours, "humidity": 0,
            "rotate_tray": rotate, "cooling_temp": cooling, "close_power_conflict": false,
        });
        print("ams_filament_drying", body)
    };
    h2d.order("abort-filament", "give up the filament change", give_up()).await;
    let kind = h2d.room.handle(0).with_printer(|sim| sim.ams[0].trays[0].as_ref().expect("a spool").kind.to_string());
    h2d.order("dry A 45 6 rotate", "dry A 45 °C 6 h, spools turning", drying(1, &kind, 45, 6, true, 45)).await;
    h2d.order("dry-stop A", "stop drying A", drying(0, "", 0, 0, false, 0)).await;
    h2d.room.quit().await;
}

#[tokio::test]
async fn cameras_detections_doors() {
    let p2s = Bench::open(Model::P2S).await;
    p2s.order("bed 60", "bed 60 °C", print("set_bed_temp", json!({"temp": 60}))).await;
    let resolution = family("camera", "ipcam_resolution_set", json!({"resolution": "720p"}));
    p2s.order("resolution 720p", "camera resolution 720p", resolution).await;
    let layer = xcam("first_layer_inspector", false, false, None);
    p2s.order("detect-first-layer off", "first-layer inspection off", layer).await;
    let spaghetti = xcam("spaghetti_detector", true, true, Some("high"));
    p2s.order("detect-spaghetti high", "spaghetti detection high", spaghetti).await;
    let monitor = xcam("printing_monitor", true, false, None);
    p2s.order("monitor never-halt", "print monitoring on, never halts", monitor).await;
    p2s.order("detect-pileup low", "purge pile detection low", xcam("pileup_detector", true, true, Some("low"))).await;
    p2s.order("detect-clump off", "nozzle clump detection off", xcam("clump_detector", false, false, None)).await;
    p2s.order("skip-parts on", "skipping failed parts on", xcam("allow_skip_parts", true, true, None)).await;
    p2s.order("door-check pause", "door check pause", family("system", "set_door_stat", json!({"config": 2}))).await;
    p2s.room.quit().await;
    let a1 = Bench::open(Model::A1).await;
    a1.order("detect-plate off", "plate marker check off", xcam("buildplate_marker_detector", false, false, None))
        .await;
    a1.order(
        "detect-blob off",
        "nozzle blob detection off",
        print("print_option", json!({"nozzle_blob_detect": false})),
    )
    .await;
    let tangle = print("print_option", json!({"filament_tangle_detect": false}));
    a1.order("detect-tangle off", "tangle detection off", tangle).await;
    a1.order("sound on", "prompt sound on", print("print_option", json!({"sound_enable": true}))).await;
    a1.order("air-print off", "air-print check off", print("print_option", json!({"air_print_detect": false}))).await;
    a1.room.quit().await;
}

#[tokio::test]
async fn what_only_some_models_have() {
    let x1e = Bench::open(Model::X1E).await;
    x1e.order("chamber 45", "chamber 45 °C", gcode("M141 S45\n")).await;
    x1e.order("work-light off", "work light off", light("work_light", "off")).await;
    x1e.room.quit().await;
    let x2d = Bench::open(Model::X2D).await;
    x2d.order("fan-aux2 70", "second aux fan 70 %", gcode("M106 P10 S179\n")).await;
    x2d.order("nozzle main 200", "main nozzle 200 °C", gcode("M104 T1 S200\n")).await;
    x2d.room.quit().await;
    let h2c = Bench::open(Model::H2C).await;
    let air = xcam("airprint_detector", true, true, Some("high"));
    h2c.order("detect-air-print high", "air-print detection high", air).await;
    // Two bits say how soon it halts the print, and none that it never does.
    let never = vec![xcam("airprint_detector", true, false, None)];
    h2c.try_line("detect-air-print never-halt", false, "air-print detection on, never halts", never, ACCEPTED).await;
    let plate = |on: bool| xcam("plate_offset_switch", on, on, None);
    h2c.order("detect-alignment on", "plate alignment check on", plate(true)).await;
    h2c.order("detect-alignment off", "plate alignment check off", plate(false)).await;
    let purify = print("print_option", json!({"air_purification": 2}));
    h2c.order("air-purification 2", "air purification 2", purify).await;
    h2c.room.quit().await;
    // A bed slinger moves by G-code, and the bed is what moves in Y.
    let a1 = Bench::open(Model::A1).await;
    a1.put(|sim| sim.loaded[0] = Slot::ams(0, 0), &["► A1"]).await;
    a1.order("unload", "unload", change(0, 255, 255, 210)).await;
    a1.room.quit().await;
    let a1 = Bench::open(Model::A1).await;
    let hot = |sim: &mut SimPrinter| {
        sim.loaded[0] = Slot::EXTERNAL;
        sim.nozzles[0].settle_at(240.0);
    };
    a1.put(hot, &["► Ext"]).await;
    a1.order("unload", "unload", change(255, 255, 255, 240)).await;
    a1.room.quit().await;
}

/// Objects need the job's file, and are tried with it in `objects.rs`.
const ELSEWHERE: &str = "skip";

#[test]
fn no_action_is_left_out() {
    let here = include_str!("wire.rs");
    for entry in catalog::entries().filter(|entry| entry.name != ELSEWHERE) {
        let name = entry.name;
        let is_sent = here.contains(&format!("\"{name} ")) || here.contains(&format!("\"{name}\","));
        assert!(is_sent, "{name}");
    }
}
