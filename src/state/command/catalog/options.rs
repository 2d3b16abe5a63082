//! Rows about options.

use super::{
    Builder, Entry,
    words::{number, only, switch},
};
use crate::{
    protocol::command::{Detector, Sensitivity, Switch},
    state::{
        command::action::{Action, AmsOption, Buzzer, Level, Setting},
        printer::{Printer, machine::DoorCheck},
    },
};

/// What follows the name of a detection that can halt a print.
const LEVELS: &str = "off|on|never-halt|low|medium|high";

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "record", args: "on|off", text: "record while printing", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::Recording(switch(w)?).into()), |_| Ok(Setting::Recording(true).into())) },
    Entry { name: "timelapse", args: "on|off", text: "make a time-lapse", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::Timelapse(switch(w)?).into()), |_| Ok(Setting::Timelapse(true).into())) },
    Entry { name: "resolution", args: "720p|1080p", text: "resolution of the camera", key_action: None, make: Builder::WithArgs(resolution, |_| Ok(Setting::Resolution("1080p").into())) },
    Entry { name: "detect-first-layer", args: "on|off", text: "inspect the first layer", key_action: None, make: Builder::WithArgs(|w, _| plain(Detector::FirstLayer, w), |_| Ok(on(Detector::FirstLayer))) },
    Entry { name: "detect-spaghetti", args: LEVELS, text: "look for spaghetti; how soon it halts the print", key_action: None, make: Builder::WithArgs(|w, _| level(Detector::Spaghetti, w), |_| Ok(on(Detector::Spaghetti))) },
    Entry { name: "monitor", args: LEVELS, text: "watch the print with the camera", key_action: None, make: Builder::WithArgs(|w, _| level(Detector::Monitor, w), |_| Ok(on(Detector::Monitor))) },
    Entry { name: "detect-pileup", args: LEVELS, text: "look for a pile of purged filament", key_action: None, make: Builder::WithArgs(|w, _| level(Detector::Pileup, w), |_| Ok(on(Detector::Pileup))) },
    Entry { name: "detect-clump", args: LEVELS, text: "look for a clump on the nozzle", key_action: None, make: Builder::WithArgs(|w, _| level(Detector::Clump, w), |_| Ok(on(Detector::Clump))) },
    Entry { name: "detect-air-print", args: LEVELS, text: "look for printing into the air, with the camera", key_action: None, make: Builder::WithArgs(|w, _| level(Detector::AirPrint, w), |_| Ok(on(Detector::AirPrint))) },
    Entry { name: "detect-plate", args: "on|off", text: "read the marker of the build plate", key_action: None, make: Builder::WithArgs(|w, _| plain(Detector::PlateMarker, w), |_| Ok(on(Detector::PlateMarker))) },
    Entry { name: "detect-alignment", args: "on|off", text: "check how the plate lies", key_action: None, make: Builder::WithArgs(|w, _| plain(Detector::PlateOffset, w), |_| Ok(on(Detector::PlateOffset))) },
    Entry { name: "skip-parts", args: "on|off", text: "offer to leave out parts that failed", key_action: None, make: Builder::WithArgs(|w, _| plain(Detector::SkipParts, w), |_| Ok(on(Detector::SkipParts))) },
    Entry { name: "auto-recovery", args: "on|off", text: "recover from lost steps", key_action: None, make: Builder::WithArgs(|w, _| throw(Switch::AutoRecovery, w), |_| Ok(Setting::Switch(Switch::AutoRecovery, true).into())) },
    Entry { name: "detect-blob", args: "on|off", text: "look for a blob on the nozzle", key_action: None, make: Builder::WithArgs(|w, _| throw(Switch::NozzleBlob, w), |_| Ok(Setting::Switch(Switch::NozzleBlob, true).into())) },
    Entry { name: "detect-tangle", args: "on|off", text: "look for a tangled spool", key_action: None, make: Builder::WithArgs(|w, _| throw(Switch::Tangle, w), |_| Ok(Setting::Switch(Switch::Tangle, true).into())) },
    Entry { name: "air-print", args: "on|off", text: "look for printing into the air, without the camera", key_action: None, make: Builder::WithArgs(|w, _| throw(Switch::AirPrint, w), |_| Ok(Setting::Switch(Switch::AirPrint, true).into())) },
    Entry { name: "sound", args: "on|off", text: "prompt sounds", key_action: None, make: Builder::WithArgs(|w, _| throw(Switch::Sound, w), |_| Ok(Setting::Switch(Switch::Sound, true).into())) },
    Entry { name: "auto-refill", args: "on|off", text: "another slot with the same filament takes over", key_action: None, make: Builder::WithArgs(|w, _| throw(Switch::AutoRefill, w), |_| Ok(Setting::Switch(Switch::AutoRefill, true).into())) },
    Entry { name: "tag-on-insert", args: "on|off", text: "AMS: read the tag when a spool is put in", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::Ams(AmsOption::ReadsOnInsert, switch(w)?).into()), |_| Ok(Setting::Ams(AmsOption::ReadsOnInsert, true).into())) },
    Entry { name: "tag-at-start", args: "on|off", text: "AMS: read all tags when the printer starts", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::Ams(AmsOption::ReadsAtStart, switch(w)?).into()), |_| Ok(Setting::Ams(AmsOption::ReadsAtStart, true).into())) },
    Entry { name: "estimate", args: "on|off", text: "AMS: estimate what is left on spools", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::Ams(AmsOption::EstimatesRemaining, switch(w)?).into()), |_| Ok(Setting::Ams(AmsOption::EstimatesRemaining, true).into())) },
    Entry { name: "door-check", args: "off|warn|pause", text: "what an open door does to a print", key_action: None, make: Builder::WithArgs(door, |_| Ok(Setting::DoorCheck(DoorCheck::Warn).into())) },
    Entry { name: "keep-files", args: "on|off", text: "keep files that were sent to be printed", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::KeepFiles(switch(w)?).into()), |_| Ok(Setting::KeepFiles(true).into())) },
    Entry { name: "air-purification", args: "0|1|2|3", text: "purify the chamber's air; 0 is off", key_action: None, make: Builder::WithArgs(|w, _| Ok(Setting::AirPurification(number(only(w, "a number from 0 to 3")?, "")?).into()), |_| Ok(Setting::AirPurification(0).into())) },
    Entry { name: "buzzer", args: "silent|alarm|beep", text: "buzzer of the fire alarm (H2); no report shows it", key_action: None, make: Builder::WithArgs(buzzer, |_| Ok(Setting::Buzzer(Buzzer::Silent).into())) },
    Entry { name: "nozzle-type", args: "DIAMETER hardened|stainless", text: "say which nozzle is mounted, such as: nozzle-type 0.4 hardened", key_action: None, make: Builder::WithArgs(nozzle, |_| Ok(Setting::Nozzle { hundredths: 40, kind: "hardened_steel" }.into())) },
];

fn on(detector: Detector) -> Action {
    Setting::Detect(detector, Level::On).into()
}

fn plain(detector: Detector, words: &[&str]) -> Result<Action, String> {
    Ok(Setting::Detect(detector, if switch(words)? { Level::On } else { Level::Off }).into())
}

fn level(detector: Detector, words: &[&str]) -> Result<Action, String> {
    let level = match only(words, LEVELS)? {
        "off" => Level::Off,
        "on" => Level::On,
        "never-halt" => Level::NeverHalt,
        word => {
            let found = Sensitivity::ALL.into_iter().find(|sensitivity| sensitivity.name() == word);
            Level::At(found.ok_or_else(|| format!("\"{word}\": must be one of {LEVELS}"))?)
        }
    };
    Ok(Setting::Detect(detector, level).into())
}

fn throw(which: Switch, words: &[&str]) -> Result<Action, String> {
    Ok(Setting::Switch(which, switch(words)?).into())
}

fn resolution(words: &[&str], _: &Printer) -> Result<Action, String> {
    let word = only(words, "720p or 1080p")?;
    let known = ["720p", "1080p"].into_iter().find(|known| *known == word);
    known
        .map(|known| Setting::Resolution(known).into())
        .ok_or_else(|| format!("\"{word}\": must be one of 720p, 1080p"))
}

fn door(words: &[&str], _: &Printer) -> Result<Action, String> {
    let word = only(words, "off, warn or pause")?;
    let known = [DoorCheck::Off, DoorCheck::Warn, DoorCheck::Pause].into_iter().find(|check| check.name() == word);
    known
        .map(|check| Setting::DoorCheck(check).into())
        .ok_or_else(|| format!("\"{word}\": must be one of off, warn, pause"))
}

fn buzzer(words: &[&str], _: &Printer) -> Result<Action, String> {
    let mode = match only(words, "silent, alarm or beep")? {
        "silent" => Buzzer::Silent,
        "alarm" => Buzzer::Alarm,
        "beep" => Buzzer::Beep,
        other => return Err(format!("\"{other}\": must be one of silent, alarm, beep")),
    };
    Ok(Setting::Buzzer(mode).into())
}

fn nozzle(words: &[&str], _: &Printer) -> Result<Action, String> {
    let [diameter, kind] = words else {
        return Err("write diameter and material, such as: nozzle-type 0.4 hardened".to_owned());
    };
    let hundredths = match *diameter {
        "0.2" => 20,
        "0.4" => 40,
        "0.6" => 60,
        "0.8" => 80,
        other => return Err(format!("\"{other}\": must be one of 0.2, 0.4, 0.6, 0.8")),
    };
    let kind = match *kind {
        "hardened" => "hardened_steel",
        "stainless" => "stainless_steel",
        other => return Err(format!("\"{other}\": must be one of hardened, stainless")),
    };
    Ok(Setting::Nozzle { hundredths, kind }.into())
}
