//! Every action from the line that is typed to the effect that a simulated printer reports: the simulator reads the bytes
//! by itself, so what is sent, what is obeyed and what is seen are three readings of the protocol.

use bambu_tui::{
    protocol::{
        command::{Request, Seq},
        model::Model,
        report::{Ack, Module, parse},
    },
    simulator::{
        report::Reporter,
        sim::{SimPrinter, spool::Spool},
    },
    state::{
        Now,
        command::{action::Action, catalog, tracker::LOCKED},
        printer::{Printer, Status, WatchdogTimeouts, ams::Content, connection::ConnectionEvent},
    },
};
use serde_json::Value;
use std::time::Instant;

/// A simulated printer, and what the program knows of it.
pub(crate) struct Pair {
    pub(crate) sim: SimPrinter,
    reporter: Reporter,
    pub(crate) printer: Printer,
    now: Now,
}

impl Pair {
    pub(crate) fn new(model: Model) -> Self {
        let serial = format!("{}00A000000001", model.serial_prefix());
        let mut sim = SimPrinter::new(model, serial.clone(), 11);
        sim.restarts = false;
        let now = Now { at: Instant::now(), unix: 1_780_000_000, utc_offset: 0 };
        let mut printer = Printer::new("P", &serial, "h", Some(model), vec![]);
        printer.set_link(ConnectionEvent::Up { session: 1 }, now.at);
        let version = bambu_tui::simulator::report::version::answer(&sim, &Value::from("1"));
        let modules: Vec<Module> = parse(version.to_string().as_bytes()).unwrap().modules.unwrap();
        printer.take_modules(&modules);
        let mut pair = Self { sim, reporter: Reporter::default(), printer, now };
        let full = pair.reporter.full(&pair.sim);
        pair.take(&full);
        pair
    }

    pub(crate) fn printing(model: Model) -> Self {
        let mut pair = Self::new(model);
        let job = pair.sim.make_job(0);
        pair.sim.put_into(job, 0.3);
        pair.report();
        pair
    }

    fn take(&mut self, message: &Value) {
        let payload = parse(message.to_string().as_bytes()).unwrap();
        if let Some(report) = payload.report {
            self.printer.apply_report(*report, self.now);
        }
    }

    fn report(&mut self) {
        if let Some(delta) = self.reporter.delta(&self.sim) {
            self.take(&delta);
        }
    }

    fn wait(&mut self, seconds: f64) {
        self.sim.advance(seconds);
        self.report();
    }

    fn read(&self, line: &str) -> Action {
        catalog::read(line, &self.printer).unwrap_or_else(|why| panic!("{line}: {why}"))
    }

    /// Sends the commands of a line, whether or not it fits; gives the answers.
    fn send(&mut self, line: &str) -> Vec<Ack> {
        let commands = self.read(line).commands(&self.printer);
        let answers = commands.iter().enumerate().map(|(at, command)| {
            let request = Request::parse(&command.to_json(Seq(20_000 + at as u32))).unwrap();
            let answer = self.sim.handle(&request, &mut self.reporter, true).remove(0);
            parse(answer.to_string().as_bytes()).unwrap().ack.expect("an acknowledgement")
        });
        answers.collect()
    }

    /// Orders a line that fits, and looks for its effect.
    #[track_caller]
    fn order(&mut self, line: &str) {
        let action = self.read(line);
        assert_eq!(action.check_ready(&self.printer), Ok(()), "{line}");
        for ack in self.send(line) {
            assert!(ack.ok, "{line}: {}", ack.refusal());
        }
        // Reports come about once a second; what moves needs a moment.
        for _ in 0..30 {
            self.wait(1.0);
            if action.is_seen(&self.printer) || !action.shows_in_reports(&self.printer) {
                return;
            }
        }
        panic!("{line}: no effect");
    }

    #[track_caller]
    fn refuses(&self, line: &str, part: &str) {
        let why = match catalog::read(line, &self.printer) {
            Ok(action) => action.check_ready(&self.printer).expect_err(line),
            Err(why) => why,
        };
        assert!(why.contains(part), "{line}: {why}");
    }
}

#[test]
fn heat_air_and_light_on_every_generation() {
    for model in [Model::P1S, Model::A1, Model::X1C, Model::P2S, Model::H2D, Model::X2D] {
        let mut pair = Pair::new(model);
        for line in ["bed 55", "fan-part 50", "light off", "light flash", "light on", "bed off"] {
            pair.order(line);
        }
    }
    let mut h2d = Pair::new(Model::H2D);
    for line in [
        "nozzle left 210",
        "nozzle right 200",
        "chamber 50",
        "air cooling",
        "air heating",
        "bed-light on",
        "chamber off",
    ] {
        h2d.order(line);
    }
    let mut x2d = Pair::new(Model::X2D);
    x2d.order("fan-aux2 70");
    x2d.order("nozzle main 200");
    assert_eq!(x2d.sim.nozzles[1].target, 200.0);
    x2d.refuses("nozzle 200", "write which, such as: nozzle main 200");
    let mut x1c = Pair::new(Model::X1C);
    x1c.order("work-light off");
    x1c.order("nozzle 200");
    // At 110 V it reaches more than at 220 V.
    x1c.order("bed 120");
    x1c.refuses("bed-light on", "no light at its bed");
    Pair::new(Model::H2D).refuses("work-light on", "no work light");
    Pair::new(Model::P1S).refuses("air heating", "air duct");
    Pair::new(Model::P2S).refuses("fan-aux2 50", "reported no second aux fan");
}

#[test]
fn newer_firmware_is_told_by_command_and_older_by_gcode() {
    let name = |model, line: &str| {
        let pair = Pair::new(model);
        pair.read(line).commands(&pair.printer)[0].wire_name().1
    };
    assert_eq!(name(Model::P2S, "bed 60"), "set_bed_temp");
    assert_eq!(name(Model::P1S, "bed 60"), "gcode_line");
    assert_eq!(name(Model::H2D, "chamber 45"), "set_ctt");
    assert_eq!(name(Model::X1E, "chamber 45"), "gcode_line");
    assert_eq!(name(Model::H2D, "home"), "back_to_center");
    assert_eq!(name(Model::A1, "home"), "gcode_line");
    assert_eq!(name(Model::P2S, "move x 10"), "xyz_ctrl");
    assert_eq!(name(Model::P2S, "move x 50"), "gcode_line");
}

#[test]
fn options_are_set_where_they_are_reported() {
    let everywhere = ["record off", "record on", "timelapse on", "auto-recovery off", "keep-files on", "estimate off"];
    let cameras =
        ["resolution 720p", "detect-first-layer off", "detect-spaghetti high", "monitor never-halt", "skip-parts on"];
    let newest = ["detect-pileup low", "detect-clump off", "door-check pause"];
    for (model, groups) in [
        (Model::P1S, &[&everywhere[..]][..]),
        (
            Model::A1,
            &[
                &everywhere[..],
                &[
                    "resolution 720p",
                    "detect-plate off",
                    "detect-blob off",
                    "detect-tangle off",
                    "air-print off",
                    "sound on",
                ],
            ],
        ),
        (Model::X1C, &[&everywhere[..], &cameras]),
        (Model::P2S, &[&everywhere[..], &cameras, &newest]),
        (Model::H2D, &[&everywhere[..], &cameras[..2]]),
        (Model::H2C, &[&everywhere[..], &["detect-air-print low", "detect-alignment on", "air-purification 3"]]),
    ] {
        let mut pair = Pair::new(model);
        for line in groups.iter().flat_map(|group| *group) {
            pair.order(line);
        }
        // The other two of the AMS's options stay as they were.
        pair.order("tag-at-start on");
        assert!(pair.sim.options.on_insert && !pair.sim.options.estimate, "{model}");
    }
    let p1s = Pair::new(Model::P1S);
    for (line, part) in [
        ("resolution 1080p", "not reported"),
        ("resolution 4k", "must be one of 720p, 1080p"),
        ("detect-spaghetti low", "not reported"),
        ("door-check pause", "not reported"),
        ("buzzer beep", "not reported"),
        ("air-purification 1", "not reported"),
        ("air-purification 4", "0 (off) to 3"),
        ("nozzle-type 0.5 hardened", "must be one of 0.2"),
    ] {
        p1s.refuses(line, part);
    }
    let mut p1s = Pair::new(Model::P1S);
    assert!(p1s.read("nozzle-type 0.6 hardened").risk(&p1s.printer).is_some(), "asks first");
    p1s.order("nozzle-type 0.6 hardened");
    // Its old flags have the bits of these three, its new ones have not, and those count.
    for line in ["sound on", "detect-tangle on", "detect-blob on"] {
        Pair::new(Model::P2S).refuses(line, "does not support");
    }
    Pair::new(Model::P2S).refuses("nozzle-type 0.6 hardened", "not reported");
    let mut h2d = Pair::new(Model::H2D);
    h2d.order("buzzer silent");
    h2d.order("air heating");
    h2d.refuses("fan-aux 50", "does not let the aux fan be set");
}

#[test]
fn a_hot_chamber_is_refused_for_soft_filament_in_words() {
    let mut pair = Pair::new(Model::H2D);
    pair.sim.external[0].kind = "PLA".into();
    pair.sim.loaded[0] = bambu_tui::simulator::sim::spool::Slot::EXTERNAL;
    pair.report();
    let answer = pair.send("chamber 60").remove(0);
    assert!(!answer.ok && answer.refusal().contains("hot chamber"), "{}", answer.refusal());
}

#[test]
fn an_error_is_answered_as_its_kind_allows() {
    for (line, phase) in [("retry", "Running"), ("ignore", "Running"), ("give-up", "Cancelled"), ("resume", "Running")]
    {
        let mut pair = Pair::printing(Model::P1S);
        pair.sim.pause_with(0, bambu_tui::simulator::sim::SPAGHETTI);
        pair.report();
        assert!(pair.read(line).risk(&pair.printer).is_some(), "{line} asks first");
        pair.order(line);
        assert_eq!(format!("{:?}", pair.printer.job.phase), phase, "{line}");
        assert_ne!(pair.sim.error, bambu_tui::simulator::sim::SPAGHETTI);
    }
    let mut ended = Pair::printing(Model::P1S);
    ended.sim.fail_with(0x0300_4006);
    ended.report();
    ended.refuses("retry", "only be dismissed");
    ended.refuses("ignore", "only be dismissed");
    // Another error in its place is not the one that was meant.
    let meant = ended.read("dismiss");
    ended.sim.set_error(0x0500_C010);
    ended.report();
    assert!(meant.check_ready(&ended.printer).unwrap_err().contains("another error"));
    assert_eq!(ended.read("dismiss").commands(&ended.printer).len(), 2, "a hint has a dialog of its own");
    ended.order("dismiss");
    ended.refuses("dismiss", "no error");
}

#[test]
fn filament_is_changed_and_the_person_does_their_part() {
    let mut pair = Pair::new(Model::P1S);
    pair.order("load A2");
    assert!(pair.printer.ams.changing, "that it has begun is the effect");
    pair.refuses("load A1", "under way");
    pair.refuses("home", "being changed");
    pair.wait(200.0);
    assert_eq!(pair.printer.ams.active().map(|tray| tray.label.as_str()), Some("A2"));
    pair.refuses("read-tag A1", "unload it first");
    pair.order("unload");
    pair.wait(200.0);
    assert!(pair.printer.ams.active().is_none());
    pair.refuses("unload", "nothing is loaded");
    pair.order("read-tag A1");
    pair.wait(20.0);
    pair.refuses("filament-out", "no filament change");
    // The external spool: push it in, then say that it comes out.
    pair.order("load ext");
    pair.wait(120.0);
    assert_eq!(pair.sim.error, 0x07FF_8006);
    let waits = |pair: &Pair| (pair.printer.status(), pair.printer.waits_for_person());
    assert_eq!(waits(&pair), (Status::Waiting, true), "nothing is printed, and it needs somebody all the same");
    let shows = |pair: &Pair, line: &str| pair.read(line).shows_in_reports(&pair.printer);
    assert!(shows(&pair, "retry-filament"));
    pair.order("retry-filament");
    pair.wait(1.0);
    assert_eq!(pair.sim.error, 0x07FF_8007);
    assert!(!shows(&pair, "retry-filament"), "another try ends with the same question");
    assert!(shows(&pair, "filament-out"));
    pair.order("filament-out");
    assert!(!pair.printer.ams.changing && pair.sim.error == 0);
    assert_eq!(waits(&pair), (Status::Idle, false));
    pair.order("load A1");
    pair.order("hold-filament");
    pair.order("abort-filament");
}

#[test]
fn slots_without_a_tag_can_be_set_and_cleared() {
    let mut pair = Pair::new(Model::H2D);
    let tagged = pair.sim.ams[0].trays[0].as_ref().is_some_and(Spool::is_tagged);
    assert!(tagged);
    pair.refuses("slot A1 PETG red", "cannot be changed");
    pair.refuses("slot extr WOOD red", "no material");
    pair.refuses("slot extr PLA reddish", "not a colour");
    pair.refuses("slot extr PLA red 240-190", "the lower one first");
    pair.refuses("slot extr PLA", "such as");
    pair.order("slot extr PETG #1F79E5 230-260");
    assert_eq!((&*pair.sim.external[0].kind, pair.sim.external[0].nozzle_max), ("PETG", 260));
    pair.order("slot-clear extr");
    let mut p1s = Pair::new(Model::P1S);
    p1s.order("slot ext ASA black");
    assert_eq!(p1s.sim.external[0].code, "GFB98");
}

#[test]
fn drying_starts_and_stops() {
    let mut pair = Pair::new(Model::H2C);
    pair.order("dry A 60 6");
    assert_eq!(pair.sim.ams[0].dry_target, 60.0);
    pair.order("dry-stop A");
    pair.refuses("dry HT1 90 4", "45 to 85");
    pair.order("dry A 55 4 rotate");
    pair.refuses("dry A 55 4", "is drying already");
    // Hotter than a spool says asks first, naming it.
    let warns = |line: &str| pair.read(line).risk(&pair.printer).map(|risk| risk.warning);
    let soft = pair.printer.ams.units[0].trays.iter().filter_map(|tray| match &tray.content {
        Content::Spool(spool) => spool.drying().map(|(most, _)| (tray.label.clone(), most)),
        _ => None,
    });
    let (label, most) = soft.min_by_key(|(_, most)| *most).expect("a spool that says it");
    assert!(warns("dry A 65 4").is_some_and(|why| why.contains(&format!("{label} holds")) && most < 65));
    assert_eq!(warns("dry A 45 4"), None);
    // The unit's own reasons, in words.
    let mut loaded = Pair::new(Model::H2C);
    loaded.order("load A1");
    loaded.wait(300.0);
    loaded.refuses("dry A 55 4", "cannot start");
    let printing = Pair::printing(Model::H2C);
    printing.refuses("dry A 55 4", "cannot start");
}

#[test]
fn nothing_moves_that_should_not() {
    let mut pair = Pair::new(Model::P1S);
    pair.refuses("move z 10", "home first");
    assert!(pair.read("home").shows_in_reports(&pair.printer));
    pair.order("home");
    assert_eq!(pair.printer.is_homed(), Some(true), "the effect of homing is that the axes know where they are");
    assert!(!pair.read("home").shows_in_reports(&pair.printer), "they know it already");
    for line in ["move z 10", "move x -1", "move y 50"] {
        pair.order(line);
        assert!(pair.read(line).risk(&pair.printer).is_some(), "{line} asks first");
    }
    pair.refuses("move z 51", "at a time");
    pair.refuses("move z -32768", "at a time");
    pair.refuses("move q 1", "no axis");
    pair.refuses("extrude 10", "too cold");
    pair.refuses("extrude -5", "more than 0");
    pair.refuses("hotend left", "one hotend");
    pair.order("nozzle 220");
    pair.wait(120.0);
    pair.order("extrude 10");
    pair.order("retract 5");
    assert_eq!(pair.read("move z 10").to_string(), "nozzle 10 mm away from the bed");
    pair.order("motors off");
    pair.wait(1.0);
    pair.refuses("move z 10", "home first");
    pair.order("motors on");
    let printing = Pair::printing(Model::P1S);
    for line in ["home", "motors off", "move x 1", "extrude 1", "calibrate bed", "gcode M115"] {
        printing.refuses(line, "locked while a print is running");
    }
}

#[test]
fn hotends_calibrations_and_raw_lines() {
    let mut h2d = Pair::new(Model::H2D);
    h2d.refuses("hotend right", "in use already");
    assert_eq!(h2d.read("hotend left").to_string(), "switch to the left hotend");
    h2d.order("hotend left");
    h2d.refuses("calibrate lidar", "no calibration \"lidar\"");
    h2d.order("calibrate bed nozzles");
    assert_eq!(h2d.printer.job.origin, Some("calibration"));
    let mut p2s = Pair::new(Model::P2S);
    p2s.refuses("calibrate vibration", "no calibration");
    p2s.order("gcode M115");
    assert!(p2s.read("gcode M115").risk(&p2s.printer).is_some(), "always asked about");
    p2s.refuses("gcode M115\nG28", "control characters");
    p2s.refuses(&format!("gcode {}", "M".repeat(200)), "at most 120");
    p2s.refuses("gcode M117 größe", "plain characters");
    p2s.refuses("gcode", "missing: a line");
}

#[test]
fn every_action_is_refused_where_it_does_not_fit() {
    let (idle, busy) = (Pair::new(Model::P1S), Pair::printing(Model::P1S));
    let table = [
        (&idle, "pause", "nothing is being printed"),
        (&busy, "resume", "the print is running"),
        (&idle, "stop", "nothing is being printed"),
        (&idle, "speed sport", "only while printing"),
        (&busy, "retry", "no error"),
        (&busy, "ignore", "no error"),
        (&busy, "give-up", "no error"),
        (&idle, "dismiss", "no error"),
        (&idle, "skip 1", "nothing is being printed"),
        (&idle, "nozzle 301", "at most 300"),
        (&idle, "bed 101", "at most 100"),
        (&idle, "chamber 45", "does not heat its chamber"),
        (&idle, "fan-part 101", "0 to 100 %"),
        (&idle, "fan-aux 300", "out of range"),
        (&idle, "fan-chamber 101", "0 to 100 %"),
        (&idle, "fan-aux2 50", "reported no second aux fan"),
        (&idle, "air heating", "air duct"),
        (&idle, "light dim", "must be one of on, off, flash"),
        (&idle, "work-light on", "no work light"),
        (&idle, "bed-light on", "no light at its bed"),
        (&busy, "load A1", "only when nothing is printed, or in a pause"),
        (&busy, "unload", "only when nothing is printed, or in a pause"),
        (&idle, "retry-filament", "no filament change"),
        (&idle, "filament-out", "no filament change"),
        (&idle, "hold-filament", "no filament change"),
        (&idle, "restart-filament", "no filament change"),
        (&idle, "abort-filament", "no filament change"),
        (&idle, "slot A1 PLA red", "has a tag"),
        (&idle, "slot-clear A1", "has a tag"),
        (&busy, "read-tag A1", "locked while a print is running"),
        (&idle, "dry A 55 8", "cannot dry"),
        (&idle, "dry-stop A", "not drying"),
        (&idle, "record yes", "must be one of on, off"),
        (&idle, "timelapse yes", "must be one of on, off"),
        (&idle, "resolution 1080p", "not reported"),
        (&idle, "detect-first-layer on", "not reported"),
        (&idle, "detect-spaghetti on", "not reported"),
        (&idle, "monitor on", "not reported"),
        (&idle, "detect-pileup on", "not reported"),
        (&idle, "detect-clump on", "not reported"),
        (&idle, "detect-air-print on", "does not support"),
        (&idle, "detect-plate on", "not reported"),
        (&idle, "detect-alignment on", "not reported"),
        (&idle, "skip-parts on", "not reported"),
        (&idle, "auto-recovery maybe", "must be one of on, off"),
        (&idle, "detect-blob on", "does not support"),
        (&idle, "detect-tangle on", "does not support"),
        (&idle, "air-print on", "does not support"),
        (&idle, "sound on", "does not support"),
        (&idle, "auto-refill", "choose on or off"),
        (&idle, "tag-on-insert 1", "must be one of on, off"),
        (&idle, "tag-at-start 1", "must be one of on, off"),
        (&idle, "estimate 1", "must be one of on, off"),
        (&idle, "door-check warn", "not reported"),
        (&idle, "keep-files 1", "must be one of on, off"),
        (&idle, "air-purification 1", "not reported"),
        (&idle, "buzzer beep", "not reported"),
        (&busy, "nozzle-type 0.4 hardened", "locked while a print is running"),
        (&busy, "home", "locked while a print is running"),
        (&idle, "move z 1", "home first"),
        (&idle, "extrude 1", "too cold"),
        (&idle, "retract 1", "too cold"),
        (&idle, "hotend left", "one hotend"),
        (&busy, "motors off", "locked while a print is running"),
        (&idle, "calibrate lidar", "no calibration"),
        (&busy, "gcode M115", "locked while a print is running"),
    ];
    for (pair, line, part) in table {
        pair.refuses(line, part);
    }
    let names: Vec<_> = catalog::entries().map(|entry| entry.name).collect();
    let tried: Vec<_> = table.iter().filter_map(|(_, line, _)| line.split(' ').next()).collect();
    assert_eq!(tried, names, "every action, in the order of the list");
}

#[test]
fn locked_firmware_refuses_what_is_protected() {
    let mut pair = Pair::new(Model::H2D);
    pair.sim.locked = true;
    pair.report();
    let allows = |line: &str| pair.printer.allows(&pair.read(line), pair.now.at, &WatchdogTimeouts::default());
    assert_eq!(allows("bed 60"), Err(LOCKED.to_owned()));
    assert_eq!(allows("light on"), Ok(1));
}
