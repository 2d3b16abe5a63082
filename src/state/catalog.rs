//! Every action by its name: one list for the command palette and for `bambu-tui do`.

use super::{
    State,
    action::Action,
    ams::{Content, Slot},
    keymap::Intent,
    printer::Printer,
};
use crate::protocol::command::{Fan, Speed};

/// One row of the list.
#[derive(Debug)]
pub struct Entry {
    /// What is typed.
    pub name: &'static str,
    /// What follows it; empty when nothing does.
    pub args: &'static str,
    /// What it does.
    pub text: &'static str,
    /// The key that does the same.
    pub intent: Option<Intent>,
    /// Reads the words after the name.
    read: fn(&[&str], &Printer) -> Result<Action, String>,
}

/// All rows, most wanted first.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry { name: "pause", args: "", text: "pause the print", intent: Some(Intent::Pause), read: |w, _| none(w, Action::Pause) },
    Entry { name: "resume", args: "", text: "resume the print", intent: Some(Intent::Resume), read: |w, _| none(w, Action::Resume) },
    Entry { name: "stop", args: "", text: "stop the print for good", intent: Some(Intent::Stop), read: |w, _| none(w, Action::Stop) },
    Entry { name: "speed", args: "silent|standard|sport|ludicrous", text: "speed profile", intent: Some(Intent::SpeedUp), read: speed },
    Entry { name: "light", args: "on|off", text: "chamber light", intent: Some(Intent::Light), read: |w, _| Ok(Action::Light(switch(w)?)) },
    Entry { name: "dismiss", args: "", text: "close the error that the printer shows", intent: None, read: |w, _| none(w, Action::Dismiss) },
    Entry { name: "nozzle", args: "CELSIUS", text: "heat the nozzle (on printers with two: the right one)", intent: None, read: |w, _| Ok(Action::Nozzle { hotend: 0, celsius: celsius(w)? }) },
    Entry { name: "nozzle-left", args: "CELSIUS", text: "heat the left nozzle", intent: None, read: |w, _| Ok(Action::Nozzle { hotend: 1, celsius: celsius(w)? }) },
    Entry { name: "bed", args: "CELSIUS", text: "heat the bed", intent: None, read: |w, _| Ok(Action::Bed(celsius(w)?)) },
    Entry { name: "chamber", args: "CELSIUS", text: "heat the chamber", intent: None, read: |w, _| Ok(Action::Chamber(celsius(w)?)) },
    Entry { name: "fan-part", args: "PERCENT", text: "part cooling fan", intent: None, read: |w, _| fan(Fan::Part, w) },
    Entry { name: "fan-aux", args: "PERCENT", text: "auxiliary fan", intent: None, read: |w, _| fan(Fan::Aux, w) },
    Entry { name: "fan-chamber", args: "PERCENT", text: "chamber fan", intent: None, read: |w, _| fan(Fan::Chamber, w) },
    Entry { name: "load", args: "SLOT", text: "load filament from a slot (A1, HT1, ext …)", intent: None, read: |w, p| Ok(Action::Load(slot(w, p)?)) },
    Entry { name: "unload", args: "", text: "unload the filament in use", intent: None, read: |w, _| none(w, Action::Unload) },
    Entry { name: "retry-filament", args: "", text: "go on with a filament change that waits", intent: None, read: |w, _| none(w, Action::RetryFilament) },
    Entry { name: "dry", args: "UNIT CELSIUS HOURS", text: "dry the filament of an AMS 2 Pro or AMS HT", intent: None, read: dry },
    Entry { name: "dry-stop", args: "UNIT", text: "stop drying", intent: None, read: |w, p| Ok(Action::StopDrying(unit(w.first(), p)?)) },
    Entry { name: "home", args: "", text: "home all axes", intent: None, read: |w, _| none(w, Action::Home) },
];

fn none(words: &[&str], action: Action) -> Result<Action, String> {
    if words.is_empty() { Ok(action) } else { Err(format!("{action} takes no value")) }
}

fn only<'a>(words: &[&'a str], wanted: &str) -> Result<&'a str, String> {
    match words {
        [one] => Ok(one),
        [] => Err(format!("{wanted} is missing")),
        _ => Err(format!("one value is enough: {wanted}")),
    }
}

fn number<T: std::str::FromStr>(word: &str, unit: &str) -> Result<T, String> {
    let plain = word.trim_end_matches(unit).trim_end_matches(['°', ' ']);
    plain.parse().map_err(|_| format!("\"{word}\" is no whole number"))
}

fn celsius(words: &[&str]) -> Result<u16, String> {
    match only(words, "a temperature in °C")? {
        "off" => Ok(0),
        word => number(word, "C"),
    }
}

fn switch(words: &[&str]) -> Result<bool, String> {
    match only(words, "on or off")? {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(format!("\"{other}\" is neither on nor off")),
    }
}

fn speed(words: &[&str], _: &Printer) -> Result<Action, String> {
    let word = only(words, "a profile")?;
    let speed = Speed::ALL.into_iter().find(|s| s.name() == word);
    speed.map(Action::Speed).ok_or_else(|| format!("\"{word}\" is no profile: silent, standard, sport, ludicrous"))
}

fn fan(fan: Fan, words: &[&str]) -> Result<Action, String> {
    match only(words, "a speed in percent")? {
        "off" => Ok(Action::Fan(fan, 0)),
        // Firmware knows steps of ten percent.
        word => number::<u8>(word, "%").map(|percent| Action::Fan(fan, percent.saturating_add(5) / 10 * 10)),
    }
}

fn slot(words: &[&str], printer: &Printer) -> Result<Slot, String> {
    let word = only(words, "a slot")?;
    let trays = || printer.ams.units.iter().flat_map(|u| &u.trays).chain(&printer.ams.external);
    let plain = |text: &str| text.replace(' ', "").to_lowercase();
    trays().find(|tray| plain(&tray.label) == plain(word)).map(|tray| tray.slot).ok_or_else(|| {
        let known: Vec<_> = trays().map(|tray| tray.label.as_str()).collect();
        format!("no slot \"{word}\"; there are {}", known.join(", "))
    })
}

fn unit(word: Option<&&str>, printer: &Printer) -> Result<i64, String> {
    let word = word.ok_or("a unit is missing")?;
    let units = &printer.ams.units;
    let found = units.iter().find(|unit| unit.label.eq_ignore_ascii_case(word));
    found.map(|unit| unit.id).ok_or_else(|| {
        let known: Vec<_> = units.iter().map(|unit| unit.label.as_str()).collect();
        format!("no unit \"{word}\"; there are {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })
    })
}

fn dry(words: &[&str], printer: &Printer) -> Result<Action, String> {
    match words {
        [first, heat, time] => Ok(Action::Dry {
            unit: unit(Some(first), printer)?,
            celsius: number(heat, "C")?,
            hours: number(time, "h")?,
        }),
        _ => Err("write the unit, the temperature in °C and the hours, such as: dry A 55 8".to_owned()),
    }
}

/// Reads a whole line, such as `bed 60`.
pub fn read(line: &str, printer: &Printer) -> Result<Action, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some((name, rest)) = words.split_first() else { return Err("what shall the printer do?".to_owned()) };
    let Some(entry) = ENTRIES.iter().find(|entry| entry.name == *name) else {
        let names: Vec<_> = ENTRIES.iter().map(|entry| entry.name).collect();
        return Err(format!("no action \"{name}\"; there are {}", names.join(", ")));
    };
    (entry.read)(rest, printer)
}

impl Entry {
    /// An action of this row with a value that would do, to see whether the row applies at all now.
    fn sample(&self, printer: &Printer) -> Result<Action, String> {
        let drying = |wants: bool| {
            let mut units = printer.ams.units.iter();
            let unit = units.find(|u| u.kind.drying_max().is_some() && (u.drying.is_some() == wants));
            unit.map(|u| u.id)
        };
        match self.name {
            "speed" => Ok(Action::Speed(Speed::Standard)),
            "light" => printer.light().map(|on| Action::Light(!on)).ok_or("no light was reported".to_owned()),
            _ if matches!(self.args, "CELSIUS" | "PERCENT") => (self.read)(&["0"], printer),
            "load" => {
                let mut trays = printer.ams.units.iter().flat_map(|u| &u.trays).chain(&printer.ams.external);
                let full = trays.find(|tray| tray.slot.unit >= 254 || tray.content != Content::Empty);
                full.map(|tray| Action::Load(tray.slot)).ok_or("there is nothing to load".to_owned())
            }
            "dry" => drying(false)
                .map(|unit| Action::Dry { unit, celsius: 45, hours: 1 })
                .ok_or("no unit that can dry and is not drying".to_owned()),
            "dry-stop" => drying(true).map(Action::StopDrying).ok_or("nothing is drying".to_owned()),
            _ => (self.read)(&[], printer),
        }
    }

    /// Why it does not apply to a printer now.
    fn obstacle(&self, printer: &Printer, state: &State) -> Option<String> {
        let sample = self.sample(printer);
        sample.and_then(|action| printer.allows(&action, state.now.at, &state.patience)).err()
    }
}

/// A row of the palette as it is shown.
#[derive(Debug)]
pub struct Row {
    /// The row.
    pub entry: &'static Entry,
    /// Why it does not apply now.
    pub obstacle: Option<String>,
}

/// The rows that fit what was typed so far: best match first, those that apply before those that do not.
pub fn rows(state: &State, typed: &str) -> Vec<Row> {
    use nucleo_matcher::{
        Config, Matcher, Utf32Str,
        pattern::{CaseMatching, Normalization, Pattern},
    };
    let printers: Vec<_> = state.addressed().into_iter().filter_map(|who| state.printer(who)).collect();
    let typed = typed.trim_start();
    let word = typed.split_whitespace().next().unwrap_or("");
    // Behind the name stand its values: the row is settled.
    let settled = typed.contains(' ');
    let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<_> = ENTRIES
        .iter()
        .filter_map(|entry| {
            if settled {
                return (entry.name == word).then_some((0, entry));
            }
            let name = pattern.score(Utf32Str::new(entry.name, &mut buffer), &mut matcher).map(|score| score + 1000);
            let text = || pattern.score(Utf32Str::new(entry.text, &mut buffer), &mut matcher);
            name.or_else(text).map(|score| (score, entry))
        })
        .map(|(score, entry)| {
            let obstacle = if state.settings.read_only {
                Some("read-only".to_owned())
            } else {
                let mut obstacles = printers.iter().map(|printer| entry.obstacle(printer, state));
                // For several printers a row applies if it does to one of them.
                let first = obstacles.next().flatten();
                first.filter(|_| obstacles.all(|obstacle| obstacle.is_some()))
            };
            (score, Row { entry, obstacle })
        })
        .collect();
    found.sort_by_key(|(score, row)| (row.obstacle.is_some(), std::cmp::Reverse(*score)));
    found.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{command::Command, model::Model, report::parse};

    fn printer(model: Model, fields: &str) -> Printer {
        let mut printer = Printer::new("P", "01P00A000000000", "h", Some(model), Vec::new());
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        printer.take_in(*report, crate::state::test_now());
        printer
    }

    fn h2d() -> Printer {
        printer(
            Model::H2D,
            r#""gcode_state":"IDLE","fan_gear":0,"ams":{"ams_exist_bits":"11","tray_exist_bits":"10005","ams":[
              {"id":"0","info":"1003","tray":[{"id":"0","tray_type":"PLA"},{"id":"1"},{"id":"2","tray_type":"PETG"}]},
              {"id":"128","info":"2104","dry_time":30,"tray":[{"id":"0","tray_type":"ABS"}]}]},
              "vir_slot":[{"id":"254","tray_type":""},{"id":"255","tray_type":"TPU"}],
              "device":{"extruder":{"state":2,"info":[{"id":0,"temp":25,"snow":65535},{"id":1,"temp":25,"snow":65279}]}}"#,
        )
    }

    #[test]
    fn lines_become_actions_with_the_printers_own_slots() {
        let printer = h2d();
        let ok = |line: &str| read(line, &printer).unwrap_or_else(|why| panic!("{line}: {why}"));
        assert_eq!(ok("bed 60"), Action::Bed(60));
        assert_eq!(ok("bed 60°C"), Action::Bed(60));
        assert_eq!(ok("nozzle-left off"), Action::Nozzle { hotend: 1, celsius: 0 });
        assert_eq!(ok("fan-part 37"), Action::Fan(Fan::Part, 40));
        assert_eq!(ok("load ht1"), Action::Load(Slot { unit: 128, slot: 0 }));
        assert_eq!(ok("load extl"), Action::Load(Slot { unit: 254, slot: 0 }));
        assert_eq!(ok("dry A 55 8"), Action::Dry { unit: 0, celsius: 55, hours: 8 });
        assert_eq!(ok("dry-stop HT1"), Action::StopDrying(128));
        assert_eq!(ok("speed sport"), Action::Speed(Speed::Sport));
    }

    #[test]
    fn mistakes_name_what_is_wrong_and_what_there_is() {
        let printer = h2d();
        for (line, part) in [
            ("dance", "there are pause, resume"),
            ("bed", "is missing"),
            ("bed hot", "\"hot\" is no whole number"),
            ("bed 6 0", "one value"),
            ("pause now", "takes no value"),
            ("load Z9", "there are A1, A2, A3, HT1"),
            ("dry A", "such as: dry A 55 8"),
            ("light maybe", "neither on nor off"),
            ("", "what shall"),
        ] {
            let why = read(line, &printer).expect_err(line);
            assert!(why.contains(part), "{line}: {why}");
        }
    }

    #[test]
    fn limits_of_the_model_hold_before_anything_is_sent() {
        let h2d = h2d();
        let p1s = printer(Model::P1S, r#""gcode_state":"RUNNING","nozzle_temper":20,"bed_temper":20"#);
        for (printer, line, part) in [
            (&h2d, "bed 121", "at most 120"),
            (&h2d, "nozzle 351", "at most 350"),
            (&h2d, "chamber 30", "40 °C and more"),
            (&h2d, "chamber 66", "at most 65"),
            (&h2d, "load A2", "slot A2 is empty"),
            (&h2d, "dry A 80 8", "45 to 65"),
            (&h2d, "dry HT1 55 25", "1 to 24 hours"),
            (&h2d, "dry-stop A", "not drying"),
            (&h2d, "dismiss", "no error"),
            (&p1s, "chamber 40", "does not heat"),
            (&p1s, "nozzle-left 200", "one nozzle"),
            (&p1s, "home", "not while a job"),
            (&p1s, "unload", "only when nothing is printed"),
            (&p1s, "fan-aux 50", "not reported"),
        ] {
            let action = read(line, printer).unwrap_or_else(|why| panic!("{line}: {why}"));
            let why = action.fits(printer).expect_err(line);
            assert!(why.contains(part), "{line}: {why}");
        }
        assert_eq!(read("bed 60", &h2d).expect("read").fits(&h2d), Ok(()));
        assert!(Action::Bed(60).asks_first(&p1s) && !Action::Bed(60).asks_first(&h2d));
    }

    #[test]
    fn commands_are_those_of_the_protocol() {
        let h2d = h2d();
        let command = |line: &str| read(line, &h2d).expect(line).commands(&h2d).remove(0);
        assert_eq!(command("nozzle-left 220"), Command::Gcode("M104 T1 S220\n".into()));
        assert_eq!(command("fan-part 50"), Command::Gcode("M106 P1 S128\n".into()));
        let change = |ams, slot, target, celsius| Command::ChangeFilament { ams, slot, target, celsius };
        assert_eq!(command("load A3"), change(0, 2, 2, -1));
        assert_eq!(command("load HT1"), change(128, 0, 128, -1));
        assert_eq!(command("load extr"), change(255, 0, 255, 180));
        assert_eq!(command("unload"), change(255, 255, 255, 210));
        assert_eq!(command("dry A 55 8"), Command::Dry { ams: 0, settings: Some((55, 8)), material: "PLA".into() });
    }
}
