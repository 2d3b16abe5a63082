//! Rows about motion.

use super::{
    Builder, Entry,
    words::{by_label, number, only, switch},
};
use crate::{
    protocol::{
        command::{Axis, calibration},
        wire::clean,
    },
    state::{
        command::action::{Action, CALIBRATIONS, Motion},
        printer::Printer,
    },
};

/// The longest line of G-code that is sent, in characters.
const LONGEST: usize = 120;

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "home", args: "", text: "home all axes", key_action: None, make: Builder::NoArgs(|| Motion::Home.into()) },
    Entry { name: "move", args: "x|y|z MM", text: "move an axis, such as: move z -10 (positive z: nozzle away from the bed)", key_action: None, make: Builder::WithArgs(step, |_| Ok(Motion::Move { axis: Axis::Z, millimetres: 1 }.into())) },
    Entry { name: "extrude", args: "MM", text: "push filament through the hot nozzle", key_action: None, make: Builder::WithArgs(|w, _| Ok(Motion::Extrude(millimetres(w)?).into()), |_| Ok(Motion::Extrude(1).into())) },
    Entry { name: "retract", args: "MM", text: "pull filament back out of the hot nozzle", key_action: None, make: Builder::WithArgs(|w, _| Ok(Motion::Extrude(-millimetres(w)?).into()), |_| Ok(Motion::Extrude(-1).into())) },
    Entry { name: "hotend", args: "HOTEND", text: "switch to the other hotend: left or right; on an X2D main or aux", key_action: None, make: Builder::WithArgs(hotend, other_hotend) },
    Entry { name: "motors", args: "on|off", text: "hold the axes, or let them be moved by hand", key_action: None, make: Builder::WithArgs(|w, _| Ok(Motion::Motors(switch(w)?).into()), |_| Ok(Motion::Motors(true).into())) },
    Entry { name: "calibrate", args: "WHAT…", text: "calibrate: bed, vibration, motor, lidar, nozzles, hot-bed, clump", key_action: None, make: Builder::WithArgs(calibrate, |_| Ok(Motion::Calibrate(calibration::BED).into())) },
    Entry { name: "gcode", args: "LINE", text: "send one line of G-code, unchecked", key_action: None, make: Builder::WithArgs(gcode, |_| Ok(Motion::Gcode("M115".to_owned()).into())) },
];

/// A length; the direction is in the action's name.
fn millimetres(words: &[&str]) -> Result<i16, String> {
    match number::<i16>(only(words, "a length in mm")?, "mm")? {
        length @ 1.. => Ok(length),
        _ => Err("a length is more than 0 mm".to_owned()),
    }
}

fn step(words: &[&str], _: &Printer) -> Result<Action, String> {
    let [axis, length] = words else {
        return Err("write the axis and the length in mm, such as: move z 10".to_owned());
    };
    let found = Axis::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(axis));
    let axis = found.ok_or_else(|| format!("\"{axis}\" is no axis: x, y, z"))?;
    Ok(Motion::Move { axis, millimetres: number(length, "mm")? }.into())
}

fn hotend(words: &[&str], printer: &Printer) -> Result<Action, String> {
    let nozzle = by_label(only(words, "a hotend")?, printer)?;
    Ok(Motion::Hotend { id: nozzle.id, label: nozzle.label }.into())
}

fn other_hotend(printer: &Printer) -> Result<Action, String> {
    let other = printer.temps.nozzles.iter().find(|nozzle| !nozzle.active);
    other
        .map(|nozzle| Motion::Hotend { id: nozzle.id, label: nozzle.label }.into())
        .ok_or_else(|| "this printer has one hotend".to_owned())
}

fn calibrate(words: &[&str], _: &Printer) -> Result<Action, String> {
    let mut bits = 0;
    for word in words {
        let known = CALIBRATIONS.iter().find(|(name, _)| name == word);
        bits |= known.ok_or_else(|| format!("no calibration \"{word}\"; there are {}", names()))?.1;
    }
    if bits == 0 { Err(format!("choose what to calibrate: {}", names())) } else { Ok(Motion::Calibrate(bits).into()) }
}

fn names() -> String {
    CALIBRATIONS.map(|(name, _)| name).join(", ")
}

/// One line, of a bounded length, without anything that could make it two.
fn gcode(words: &[&str], _: &Printer) -> Result<Action, String> {
    let line = words.join(" ");
    if line.is_empty() {
        return Err("missing: a line of G-code, such as: gcode M115".to_owned());
    }
    if line.len() > LONGEST {
        return Err(format!("a line of G-code has at most {LONGEST} characters"));
    }
    if !line.is_ascii() || clean(&line) != line {
        return Err("a line of G-code has plain characters only".to_owned());
    }
    Ok(Motion::Gcode(line).into())
}
