//! States for tests, made from reports as printers send them.

use crate::{
    protocol::report::{Report, parse},
    state::{
        Now, PrinterId, State, Tone,
        notify::journal::EntryKind,
        printer::{
            Printer,
            camera::{Picture, PictureSize, Stream},
            connection::{ConnectStep, ConnectionEvent, DisconnectReason},
        },
        settings::Settings,
        test_now,
        view::keymap::Keymap,
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Rect, Size},
};
use std::{sync::Arc, time::Duration};

/// A state under construction: half an hour passes before the moment that is shown.
pub(super) struct Fixture {
    pub(super) printers: Vec<Printer>,
    pub(super) now: Now,
    pub(super) settings: Settings,
}

pub(super) fn seconds(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// An earlier moment.
pub(super) fn ago(now: Now, s: u64) -> Now {
    Now { at: now.at.checked_sub(seconds(s)).expect("in range"), unix: now.unix - s as i64, ..now }
}

impl Fixture {
    pub(super) fn new() -> Self {
        let mut now = test_now();
        // Some room before the moment, for history.
        now.at += seconds(100_000);
        Self { printers: vec![], now, settings: Settings::default() }
    }

    /// A printer whose session is up for an hour, without any report.
    pub(super) fn connected(&mut self, name: &str, serial: &str) -> &mut Printer {
        let at = ago(self.now, 3600).at;
        let mut printer = Printer::new(name, serial, "192.168.1.20", None, vec![]);
        printer.set_link(ConnectionEvent::Connecting { attempt: 1 }, at);
        printer.set_link(ConnectionEvent::Up { session: 1 }, at);
        self.printers.push(printer);
        self.printers.last_mut().expect("just pushed")
    }

    /// A printer that has reported the fields once, and whose heaters rose to what the fields say.
    pub(super) fn printer(&mut self, name: &str, serial: &str, fields: &str) -> &mut Printer {
        let now = self.now;
        let printer = self.connected(name, serial);
        tell(printer, r#""msg":0,"gcode_state":"IDLE""#, ago(now, 1900));
        let targets = report(fields).temps;
        for step in (0..=180_u64).rev() {
            let then = ago(now, step * 10);
            if step == 175 {
                // The layer that comes with the first report may be that of a job before.
                tell(printer, &format!(r#"{fields},"layer_num":0"#), then);
                tell(printer, fields, then);
            }
            let heat = |aim: f64, pace: f64| 22.0 + (aim - 22.0) * (1.0 - (-((180 - step) as f64) / pace).exp());
            // They are told of with the fields.
            let aim = |target: Option<f64>| target.filter(|t| *t > 0.0 && step <= 175);
            let nozzle = aim(targets.nozzle_target).map_or(24.0, |t| heat(t, 12.0));
            let bed = aim(targets.bed_target).map_or(23.0, |t| heat(t, 25.0));
            let chamber = 24.0 + (180 - step) as f64 / 12.0;
            let line = format!(r#""nozzle_temper":{nozzle:.2},"bed_temper":{bed:.2},"chamber_temper":{chamber:.1}"#);
            tell(printer, &line, then);
        }
        tell(printer, fields, now);
        printer
    }

    pub(super) fn build(self, width: u16, height: u16) -> State {
        let mut state = State::new(self.printers, self.settings, Keymap::default(), self.now, 1);
        resize(&mut state, width, height);
        state
    }
}

pub(super) fn resize(state: &mut State, width: u16, height: u16) {
    state.view.size = Size::new(width, height);
    state.keep_selection_visible();
}

/// Lets a printer report fields.
pub(super) fn tell(printer: &mut Printer, fields: &str, now: Now) {
    printer.apply_report(report(fields), now);
}

fn report(fields: &str) -> Report {
    let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
    *parse(json.as_bytes()).expect("JSON").report.expect("a report")
}

/// The filament of a printer with one AMS and an external spool.
pub(super) const AMS: &str = r#""ams":{"tray_now":"0","tray_exist_bits":"7","ams_exist_bits":"1","ams":[{"id":"0","humidity":"5",
  "humidity_raw":"18","temp":"24.2","info":"1001","tray":[
  {"id":"0","tray_type":"PLA","tray_sub_brands":"PLA Basic","tray_color":"0A2CA5FF","remain":85,"tray_weight":"1000","tag_uid":"A1B2","nozzle_temp_min":"190","nozzle_temp_max":"230"},
  {"id":"1","tray_type":"PETG","tray_sub_brands":"PETG HF","tray_color":"FFFFFFFF","remain":40,"tag_uid":"A1B2","nozzle_temp_min":"230","nozzle_temp_max":"260"},
  {"id":"2","tray_type":"PLA","tray_sub_brands":"PLA Silk Dual","tray_color":"E91E63FF","cols":["E91E63FF","1976D2FF"],"remain":-1,"nozzle_temp_min":"190","nozzle_temp_max":"230"},
  {"id":"3"}]}]},"vt_tray":{"id":"254","tray_type":"TPU","tray_sub_brands":"TPU 95A","tray_color":"FFB00080","nozzle_temp_min":"200","nozzle_temp_max":"250"}"#;

const MACHINE: &str = r#""lights_report":[{"node":"chamber_light","mode":"on"}],"wifi_signal":"-52dBm",
  "cooling_fan_speed":"12","big_fan1_speed":"6","big_fan2_speed":"0","heatbreak_fan_speed":"15","spd_lvl":2,"spd_mag":100"#;

pub(super) fn printing(name: &str, percent: u8, left: u32) -> String {
    format!(
        r#""gcode_state":"RUNNING","subtask_name":"{name}.gcode.3mf","plate_idx":1,"print_type":"cloud","mc_percent":{percent},"mc_remaining_time":{left},
        "layer_num":112,"total_layer_num":250,"stg_cur":0,"nozzle_target_temper":220,"bed_target_temper":60,{AMS},{MACHINE}"#
    )
}

/// The P1S that prints in most tests.
pub(super) fn workshop(f: &mut Fixture) {
    let started = f.now.unix - 58 * 60;
    let fields = printing("bracket_v4", 45, 72) + &format!(r#","gcode_start_time":"{started}""#);
    f.printer("Workshop P1S", "01P00A000000001", &fields).firmware = Some("01.07.00.00".into());
    let came = ago(f.now, 3).at;
    let printer = f.printers.last_mut().expect("a printer");
    printer.camera.link = Stream::Live;
    printer.camera.newest = Some((Arc::new(picture(PictureSize { width: 34, height: 19 })), came));
}

/// A picture: a slope of light with a bright square.
pub(super) fn picture(size: PictureSize) -> Picture {
    let (w, h) = (usize::from(size.width), usize::from(size.height));
    let pixels = (0..w * h)
        .map(|at| {
            let (x, y) = (at % w, at / w);
            let square = x > w / 3 && x < w / 2 && y > h / 3 && y < h * 2 / 3;
            if square { [250, 240, 200] } else { [(x * 200 / w) as u8, (y * 200 / h) as u8, 90] }
        })
        .collect();
    Picture { size, pixels, jpeg: Arc::from([]), source: PictureSize { width: 1280, height: 720 } }
}

/// Seven printers, each in another state.
pub(super) fn seven() -> Fixture {
    let mut f = Fixture::new();
    workshop(&mut f);
    let paused = printing("lamp_shade", 67, 62).replace("RUNNING", "PAUSE") + r#","print_error":50364419"#;
    f.printer("Garage A1", "03900A000000002", &paused);
    f.printer("Office X1C", "00M00A000000003", &printing("gearbox_housing", 12, 400));
    let heating = printing("vase", 0, 135).replace(r#""stg_cur":0"#, r#""stg_cur":7"#).replace("112", "0");
    f.printer("Attic H2D", "09400A000000004", &heating);
    let done = r#""gcode_state":"FINISH","subtask_name":"hook","mc_percent":100,"layer_num":80,"total_layer_num":80"#;
    f.printer("Shelf mini", "03000A000000005", &format!("{done},{MACHINE}"));
    f.printer("Spare P1P", "01S00A000000006", &format!(r#""gcode_state":"IDLE",{MACHINE}"#));
    let at = f.now.at;
    let lab = f.connected("Lab P2S", "22E00A000000007");
    lab.set_link(
        ConnectionEvent::Down { why: DisconnectReason::TimedOut(ConnectStep::Tcp), retry_in: Some(seconds(42)) },
        at,
    );
    f
}

/// Something to read in the journal.
pub(super) fn with_journal(mut state: State) -> State {
    let unix = state.now.unix;
    for (ago, printer, kind, text, tone) in [
        (86_400, None, EntryKind::Other, "started with 7 printers", Tone::Plain),
        (4000, Some(4), EntryKind::Print, "hook is done after 2 h 10 m", Tone::Good),
        (780, Some(0), EntryKind::Order, "light off: sent, acknowledged, confirmed", Tone::Plain),
        (60, Some(1), EntryKind::Print, "paused by the printer: it suspects spaghetti (0300_8003)", Tone::Warning),
        (20, Some(6), EntryKind::Link, "offline: no answer (connecting)", Tone::Bad),
    ] {
        state.journal.add(unix - ago, printer.map(PrinterId), kind, text, tone);
    }
    state
}

/// The printer with this name becomes the selected one.
pub(super) fn select(state: &mut State, name: &str) {
    let at = state.fleet.printers.iter().position(|p| p.name == name).expect("a printer of this name");
    state.view.selected = Some(PrinterId(at as u16));
    state.keep_selection_visible();
}

pub(super) fn seven_at(width: u16, height: u16) -> State {
    let mut state = with_journal(seven().build(width, height));
    select(&mut state, "Workshop P1S");
    state
}

pub(super) fn alone_at(width: u16, height: u16) -> State {
    let mut f = Fixture::new();
    workshop(&mut f);
    let mut state = f.build(width, height);
    let text = "light on: sent, acknowledged, confirmed";
    state.journal.add(state.now.unix - 60, Some(PrinterId(0)), EntryKind::Order, text, Tone::Plain);
    state
}

/// A farm.
pub(super) fn many(count: u16) -> Fixture {
    let mut f = Fixture::new();
    let now = f.now;
    for n in 0..count {
        let name = format!("{}-{:02} A1", char::from(b'A' + (n / 20) as u8), n % 20 + 1);
        let serial = format!("03900A{n:09}");
        let printer = f.connected(&name, &serial);
        let fields = match n % 20 {
            3 => printing("plate_8", 71, 48).replace("RUNNING", "PAUSE") + r#","stg_cur":6"#,
            7 => r#""gcode_state":"FINISH","subtask_name":"clip_x40","mc_percent":100"#.to_owned(),
            11 => r#""gcode_state":"IDLE""#.to_owned(),
            _ => printing("clip_x40", (n * 37 % 100) as u8, u32::from(n * 53 % 700)),
        };
        tell(printer, &format!(r#""msg":0,{fields}"#), now);
        if n % 40 == 15 {
            printer.set_link(
                ConnectionEvent::Down { why: DisconnectReason::ConnectionRefused, retry_in: Some(seconds(17)) },
                now.at,
            );
        }
    }
    f
}

/// What a screen looks like, as text.
pub(super) fn shot(state: &State) -> String {
    text_of(&buffer(state))
}

pub(super) fn buffer(state: &State) -> Buffer {
    let area = Rect::new(0, 0, state.view.size.width, state.view.size.height);
    let mut buf = Buffer::empty(area);
    super::draw(&mut buf, area, state);
    buf
}

pub(super) fn text_of(buf: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buf.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buf.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buf[(x, y)].symbol();
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}
