//! Real printers' reports, decoded, against values that were read from the files by hand.
//!
//! The reports are not part of the repository. Where their folder is missing, the tests say so and pass.

use bambu_tui::{
    protocol::report::{Payload, parse},
    state::{
        Now,
        command::tracker::Permission,
        printer::{
            Printer,
            ams::{Content, Tray},
            connection::ConnectionEvent,
            job::Phase,
        },
    },
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, time::Instant};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("BAMBU_TUI_CAPTURES").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/captures"));
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("no captures at {}; nothing was compared", folder.display());
    None
}

/// Messages inside a file, whatever its source wrapped around them.
fn messages(file: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    if let Some(modules) = file.pointer("/data/get_version") {
        out.push(json!({ "info": modules }));
    }
    if let Some(print) = file.pointer("/data/push_all") {
        out.push(json!({ "print": print }));
    }
    for key in ["get_version", "pushall", "message"] {
        out.extend(file.get(key).cloned());
    }
    out.extend(file["deltas"].as_array().into_iter().flatten().map(|delta| match delta.get("print") {
        Some(_) => delta.clone(),
        None => json!({ "print": delta }),
    }));
    if file["print"].is_object() {
        out.push(file.clone());
    }
    out
}

fn read(message: &Value) -> Payload {
    parse(message.to_string().as_bytes()).expect("a capture is readable")
}

/// A printer that has said all of a file.
pub(crate) fn printer(name: &str) -> Option<Printer> {
    let text = fs::read_to_string(folder()?.join(name)).expect("the capture");
    let now = Now { at: Instant::now(), unix: 1_780_000_000, utc_offset: 0 };
    let mut printer = Printer::new("x", "", "h", None, vec![]);
    printer.set_link(ConnectionEvent::Up { session: 1 }, now.at);
    for message in messages(&serde_json::from_str(&text).expect("JSON")) {
        let payload = read(&message);
        if let Some(modules) = payload.modules {
            printer.take_modules(&modules);
        }
        if let Some(report) = payload.report {
            printer.apply_report(*report, now);
        }
    }
    Some(printer)
}

/// Everything that was read by hand, on one line.
fn job(p: &Printer) -> String {
    let job = &p.job;
    let number = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
    format!(
        "{} {:?} {} {}% {}/{} {}min",
        p.model.short(),
        job.phase,
        job.name.as_deref().unwrap_or("-"),
        job.percent.map_or("-".to_owned(), |n| n.to_string()),
        number(job.layer),
        number(job.layers),
        number(job.minutes_left),
    )
}

fn heat(p: &Printer) -> String {
    let gauge = |g: bambu_tui::state::printer::temps::Gauge| {
        let text = |v: Option<f64>| v.map_or("-".to_owned(), |v| format!("{v:.0}"));
        format!("{}>{}", text(g.now), text(g.target))
    };
    let nozzles: Vec<_> = p
        .temps
        .nozzles
        .iter()
        .map(|n| format!("{}{} {}", if n.active { "*" } else { "" }, n.label, gauge(n.gauge)))
        .collect();
    let chamber = p.temps.chamber.map_or("none".to_owned(), |c| c.now.map_or("-".to_owned(), |v| format!("{v:.0}")));
    format!("{} bed {} chamber {chamber}", nozzles.join(" "), gauge(p.temps.bed))
}

fn fans(p: &Printer) -> String {
    let f = p.temps.fans;
    let text = |v: Option<u8>| v.map_or("-".to_owned(), |v| v.to_string());
    format!("{} {} {} {}", text(f.part), text(f.aux), text(f.chamber), text(f.hotend))
}

fn tray(t: &Tray) -> String {
    let content = match &t.content {
        Content::Empty => "empty".to_owned(),
        Content::Reading(_) => "reading".to_owned(),
        Content::Unknown => "?".to_owned(),
        Content::Spool(s) => {
            let colors: String = s.colors.iter().map(|c| c.hex()).collect();
            format!("{}/{}{colors} {}", s.material, s.name, s.remain.map_or("-".to_owned(), |r| r.to_string()))
        }
    };
    format!("{}{} {content}", if t.active { "*" } else { "" }, t.label)
}

fn units(p: &Printer) -> Vec<String> {
    let text = |v: Option<u8>| v.map_or("-".to_owned(), |v| v.to_string());
    let unit = |u: &bambu_tui::state::printer::ams::Unit| {
        format!(
            "{} {} dry {} {}% {} {} {}",
            u.label,
            u.kind.name(),
            text(u.dryness),
            text(u.humidity),
            u.temp.map_or("-".to_owned(), |t| t.to_string()),
            u.drying.map_or("-".to_owned(), |m| format!("{m}min")),
            u.feeds.unwrap_or("-"),
        )
    };
    p.ams.units.iter().map(unit).collect()
}

fn trays(p: &Printer) -> Vec<String> {
    p.ams.units.iter().flat_map(|u| &u.trays).chain(&p.ams.external).map(tray).collect()
}

#[test]
fn every_capture_can_be_read() {
    let Some(folder) = folder() else { return };
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        files += 1;
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let found = messages(&file);
        assert!(!found.is_empty(), "{}", path.display());
        for message in found {
            let payload = read(&message);
            let command = message.pointer("/print/command").and_then(Value::as_str);
            let is_report = message["print"].is_object() && command.is_none_or(|c| c == "push_status");
            assert_eq!(payload.report.is_some(), is_report, "{}", path.display());
            assert_eq!(payload.modules.is_some(), message["info"].is_object(), "{}", path.display());
        }
    }
    assert!(files > 0);
}

/// Two of them do not say that they are.
#[test]
fn full_reports_are_known_as_such() {
    let Some(folder) = folder() else { return };
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_full = !["INDEX", "version", "delta", "project_file"].iter().any(|no| name.contains(no));
        if let Some(p) = is_full.then(|| printer(&name)).flatten() {
            assert!(p.whole.came(), "{name}");
        }
    }
}

#[test]
fn an_a1_with_nothing_to_do() {
    let Some(p) = printer("A1-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "A1 Idle - -% -/- -min");
    assert_eq!(heat(&p), "*nozzle 28>0 bed 30>0 chamber none");
    assert_eq!((fans(&p).as_str(), p.light(), p.network().as_deref()), ("0 - - 0", Some(false), Some("-48 dBm")));
    assert_eq!((p.firmware.as_deref(), p.job.stage.as_deref()), (Some("01.05.00.00"), None));
    assert_eq!(units(&p), ["A AMS Lite dry - -% - - -"]);
    assert_eq!(
        trays(&p),
        [
            "A1 PLA/PLA#76D9F4 -",
            "A2 PLA/PLA#FFF144 -",
            "A3 PLA/PLA#FF80FF -",
            "A4 PLA/PLA#0ACC38 -",
            "Ext PLA/Bambu PLA Basic#FFFFFF -"
        ]
    );
}

#[test]
fn an_a1_mini_without_a_camera() {
    let Some(p) = printer("A1mini-pushall-bambu-rs.json") else { return };
    assert_eq!((p.job.phase, p.has_camera(), p.network()), (Phase::Idle, false, None));
    assert_eq!(units(&p), ["A AMS Lite dry - -% - - -"]);
    assert_eq!(
        trays(&p),
        [
            "A1 PLA/PLA Matte#DE4343 0",
            "A2 PLA/PLA Wood#918669 0",
            "A3 PETG/PETG Translucent#D6ABFF 0",
            "A4 PLA/PLA Matte#000000 0",
            "Ext PLA/Bambu PLA Basic#161616 -"
        ]
    );
}

#[test]
fn an_h2c_whose_job_failed() {
    let Some(p) = printer("H2C-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "H2C Cancelled ► HEAVY - 55mm With Logo 100% infill 0% -/332 -min");
    assert_eq!(heat(&p), "left 40>0 *right 44>0 bed 53>0 chamber 35");
    assert_eq!((fans(&p).as_str(), p.light()), ("0 0 0 0", Some(false)));
    assert_eq!(units(&p), ["A AMS 2 Pro dry 1 29% 44 716min right"]);
    assert_eq!(trays(&p), ["A1 empty", "A2 empty", "A3 empty", "A4 empty", "Ext L empty", "Ext R empty"]);
    // `fun` 14023FF1AFFF9CB7 has bit 29 set: commands must be signed.
    assert_eq!(p.permission(), Permission::Declared);
}

#[test]
fn an_h2d_that_dries() {
    let Some(p) = printer("H2D-drying-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "H2D Idle - -% -/- -min");
    assert_eq!(heat(&p), "left 24>0 *right 24>0 bed 24>0 chamber 24");
    assert_eq!(
        units(&p),
        [
            "A AMS dry 4 23% 24.7 - right",
            "B AMS 2 Pro dry 5 8% 55.9 692min left",
            "HT1 AMS HT dry - 8% 81 450min right"
        ]
    );
    assert_eq!(
        trays(&p)[..5],
        [
            "A1 PLA/PLA Matte#FFFFFF 100",
            "A2 PLA/PLA Basic#000000 35",
            "A3 PLA/PLA Matte#DE4343 82",
            "A4 PLA/PLA Matte#0078BF 15",
            "B1 empty"
        ]
    );
}

#[test]
fn an_h2d_that_prints_from_its_right_external_spool() {
    let Some(p) = printer("H2D-extspool-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "H2D Running Air Slides – Lightweight, Breathable, Summer-Ready 58% 983/1525 1620min");
    // 15073510 = 230 now and 230 aimed at; 2621480 = 40 and 40.
    assert_eq!(heat(&p), "left 40>40 *right 230>230 bed 35>35 chamber 27");
    assert_eq!((fans(&p).as_str(), p.light(), p.job.speed_percent), ("100 100 30 90", Some(true), Some(100)));
    assert_eq!(
        units(&p),
        [
            "A AMS 2 Pro dry 5 14% 29.5 - left",
            "B AMS dry 4 21% 27.5 - left",
            "C AMS dry 5 14% 27.1 - left",
            "D AMS 2 Pro dry 5 13% 27.2 - left",
            "HT1 AMS HT dry - 31% 28.5 - right",
            "HT2 AMS HT dry - 24% 27.2 - right"
        ]
    );
    let trays = trays(&p);
    assert_eq!(trays[1], "A2 empty");
    assert_eq!(trays[5], "B2 PLA/PLA Basic#FF6A13 93");
    assert_eq!(trays[6], "B3 PLA/Generic PLA#7C4B00 -");
    assert_eq!(trays[12], "D1 PETG/PETG Basic 32", "a colour of zeros is none");
    assert_eq!(trays[18..], ["Ext L PLA/Bambu PLA Matte#76D9F4 -", "*Ext R TPU/Bambu TPU 95A HF#9B9EA0 -"]);
    assert_eq!(p.ams.active().map(|t| t.label.as_str()), Some("Ext R"), "although tray_now says 0");
}

#[test]
fn a_p1p_without_ams() {
    let Some(p) = printer("P1P-noams-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "P1P Finished sensor_altanlås_v2_v3 100% 124/124 -min");
    assert_eq!(heat(&p), "*nozzle 26>0 bed 23>0 chamber none");
    assert_eq!((p.light(), p.network().as_deref(), p.job.stage.as_deref()), (Some(true), Some("-42 dBm"), None));
    assert!(p.ams.units.is_empty());
    assert_eq!(trays(&p), ["*Ext PETG/PETG#BCBCBC -"]);
}

#[test]
fn a_p1s_and_its_delta() {
    let Some(p) = printer("P1S-ams-spoolman-filamentstatus.json") else { return };
    assert_eq!((p.job.phase, heat(&p).as_str()), (Phase::Idle, "*nozzle 29>0 bed 30>0 chamber none"));
    // The delta has newer air than the full report: 12 % at 32.9 °C.
    assert_eq!(units(&p), ["A AMS dry 5 12% 32.9 - -"]);
    assert_eq!(
        trays(&p),
        [
            "A1 PLA/PLA Basic#9D432C 13",
            "A2 PLA/PLA Basic#545454 72",
            "A3 PLA/PLA Basic#FFFFFF 100",
            "A4 ABS/ABS#FFFFFF 77",
            "Ext TPU-AMS/Generic TPU for AMS#FFFFFF -"
        ]
    );
    let Some(delta) = printer("P1-delta-bambu-farm.json") else { return };
    assert_eq!(heat(&delta), "*nozzle 230>- bed 65>- chamber none");
    assert_eq!(delta.job.phase, Phase::Unknown);
}

#[test]
fn a_p2s_that_prints() {
    let Some(p) = printer("P2S-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "P2S Running Rear Dry Pod AMS 2 PRO 64% 170/305 62min");
    // 16711934 = 255 aimed at, 254 now.
    assert_eq!(heat(&p), "*nozzle 254>255 bed 70>70 chamber 47");
    assert_eq!((fans(&p).as_str(), p.network().as_deref()), ("90 0 - 100", Some("-68 dBm")));
    assert_eq!(units(&p), ["A AMS 2 Pro dry 5 16% 38.4 - -"]);
    assert_eq!(
        trays(&p),
        [
            "A1 PLA/PLA Matte#FFFFFF 41",
            "A2 PLA/PLA Matte#000000 39",
            "A3 PLA/Generic PLA#000000 -",
            "*A4 PETG/Generic PETG#FFFFFF -",
            "Ext empty"
        ]
    );
    assert_eq!(p.permission(), Permission::Declared, "bit 29 of 60029FD1A3FF9CB7");
}

#[test]
fn an_x1c_with_four_units() {
    let Some(p) = printer("X1C-multiams-ha-bambulab.json") else { return };
    assert_eq!(job(&p), "X1C Finished Garden Hose Healer: Male fitting 100% 480/480 -min");
    assert_eq!(heat(&p), "*nozzle 26>0 bed 23>0 chamber 25");
    assert_eq!(
        units(&p),
        [
            "A AMS dry 5 8% 26.2 - -",
            "B AMS dry 5 4% 25.4 - -",
            "C AMS 2 Pro dry 4 9% 65 583min -",
            "HT1 AMS HT dry 5 8% 45.2 - -"
        ]
    );
    let trays = trays(&p);
    assert_eq!(trays[0], "A1 PLA/PLA Matte#000000 93");
    assert_eq!(
        trays[8..],
        [
            "C1 empty",
            "C2 ABS/ABS#FF6A13 100",
            "C3 ABS/ABS#789D4A 62",
            "C4 ABS/ABS#000000 100",
            "HT1 PA-CF/PAHT-CF#000000 100",
            "Ext empty"
        ]
    );
    assert!(p.ams.active().is_none());
}

#[test]
fn two_old_x1c_that_print() {
    let Some(p) = printer("X1C-mercury-BambuBoard.json") else { return };
    assert_eq!(
        (p.job.percent, p.job.layer, p.job.layers, p.job.minutes_left),
        (Some(21), Some(13), Some(156), Some(108))
    );
    assert_eq!((p.job.name.as_deref(), p.job.plate), (Some("SENTINEL 2 UTILITY_plate_10"), Some(10)));
    // fan_gear 11796492 = 0xB4000C: 12, 0 and 180 of 255.
    assert_eq!((fans(&p).as_str(), p.network().as_deref()), ("5 0 71 90", Some("-29 dBm")));
    // 83886336 = 0x05000100 with 196612 = 0x00030004; 201326848 = 0x0C000100 with 65540 = 0x00010004.
    let mut hms: Vec<_> = p.job.hms.iter().map(|message| message.code.to_string()).collect();
    hms.sort();
    assert_eq!(hms, ["HMS_0500_0100_0003_0004", "HMS_0C00_0100_0001_0004"]);
    // Its estimate is off (bit 7 of home_flag): the zeros are no measurement.
    assert_eq!(
        trays(&p)[..4],
        [
            "*A1 PETG-CF/PETG-CF#000000 -",
            "A2 PETG-CF/PETG-CF#000000 -",
            "A3 PETG/PETG HF#ADB1B2 -",
            "A4 PETG/PETG HF#ADB1B2 -"
        ]
    );
    let Some(p) = printer("X1C-printer2-BambuBoard.json") else { return };
    assert_eq!((p.job.percent, p.job.layer, p.job.minutes_left), (Some(38), Some(90), Some(271)));
    assert_eq!((p.job.name.as_deref(), p.job.plate), (Some("SENTINEL 2 UTILITY_plate_1"), Some(1)));
    assert_eq!(p.ams.active().map(|t| t.label.as_str()), Some("A3"));
    assert_eq!(units(&p), ["A AMS dry 4 -% 22.1 - -"]);
}
