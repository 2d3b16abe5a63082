//! Rows about heat, air and light.

use super::{
    Builder, Entry,
    words::{by_label, celsius, one_of, percent, switch},
};
use crate::{
    protocol::command::Fan,
    state::{
        command::action::{Action, Light, ThermalAction},
        key_action::KeyAction,
        printer::{Printer, fans::AirMode},
    },
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "nozzle", args: "[HOTEND] CELSIUS", text: "heat a nozzle; of two, say which", key_action: None, make: Builder::WithArgs(nozzle, |_| Ok(ThermalAction::Nozzle { hotend: 0, label: "", celsius: 0 }.into())) },
    Entry { name: "bed", args: "CELSIUS", text: "heat the bed", key_action: None, make: Builder::WithArgs(|w, _| Ok(ThermalAction::Bed(celsius(w)?).into()), |_| Ok(ThermalAction::Bed(0).into())) },
    Entry { name: "chamber", args: "CELSIUS", text: "heat the chamber", key_action: None, make: Builder::WithArgs(|w, _| Ok(ThermalAction::Chamber(celsius(w)?).into()), |_| Ok(ThermalAction::Chamber(0).into())) },
    Entry { name: "fan-part", args: "PERCENT", text: "part cooling fan", key_action: None, make: Builder::WithArgs(|w, _| Ok(ThermalAction::Fan(Fan::Part, percent(w)?).into()), |_| Ok(ThermalAction::Fan(Fan::Part, 0).into())) },
    Entry { name: "fan-aux", args: "PERCENT", text: "auxiliary fan", key_action: None, make: Builder::WithArgs(|w, _| Ok(ThermalAction::Fan(Fan::Aux, percent(w)?).into()), |_| Ok(ThermalAction::Fan(Fan::Aux, 0).into())) },
    Entry { name: "fan-chamber", args: "PERCENT", text: "chamber fan", key_action: None, make: Builder::WithArgs(|w, _| Ok(ThermalAction::Fan(Fan::Chamber, percent(w)?).into()), |_| Ok(ThermalAction::Fan(Fan::Chamber, 0).into())) },
    Entry { name: "fan-aux2", args: "PERCENT", text: "second auxiliary fan (P2S, X2D)", key_action: None, make: Builder::WithArgs(|w, _| Ok(ThermalAction::Fan(Fan::Aux2, percent(w)?).into()), |_| Ok(ThermalAction::Fan(Fan::Aux2, 0).into())) },
    Entry { name: "air", args: "cooling|heating", text: "what the air duct does", key_action: None, make: Builder::WithArgs(air, |_| Ok(ThermalAction::Air(AirMode::Cooling).into())) },
    Entry { name: "light", args: "on|off|flash", text: "chamber light; a flashing one is easily found", key_action: Some(KeyAction::Light), make: Builder::WithArgs(|w, _| chamber_light(w), light) },
    Entry { name: "work-light", args: "on|off", text: "status light of the tool head (X1)", key_action: None, make: Builder::WithArgs(|w, _| Ok(Light::Work(switch(w)?).into()), |_| Ok(Light::Work(true).into())) },
    Entry { name: "bed-light", args: "on|off", text: "light at the bed (H2); no report shows it", key_action: None, make: Builder::WithArgs(|w, _| Ok(Light::Bed(switch(w)?).into()), |_| Ok(Light::Bed(true).into())) },
];

fn air(words: &[&str], _: &Printer) -> Result<Action, String> {
    let word = one_of(words, &["cooling", "heating"])?;
    Ok(ThermalAction::Air(if word == "heating" { AirMode::Heating } else { AirMode::Cooling }).into())
}

/// A target, and where there are two nozzles which one it is for, by the word that the temperatures use: with one word
/// for both nobody could tell which one gets hot.
fn nozzle(words: &[&str], printer: &Printer) -> Result<Action, String> {
    let nozzles = &printer.temps.nozzles;
    let [.., target] = words else { return Err("missing: a temperature in °C".to_owned()) };
    let target = celsius(&[target])?;
    match *words {
        [_] if nozzles.len() < 2 => Ok(ThermalAction::Nozzle { hotend: 0, label: "", celsius: target }.into()),
        [_] => Err(format!("this printer has two nozzles; write which, such as: nozzle {} {target}", nozzles[0].label)),
        [which, _] => {
            let nozzle = by_label(which, printer)?;
            Ok(ThermalAction::Nozzle { hotend: nozzle.id, label: nozzle.label, celsius: target }.into())
        }
        _ => Err("write the temperature in °C, and before it the nozzle where there are two".to_owned()),
    }
}

fn chamber_light(words: &[&str]) -> Result<Action, String> {
    Ok(match one_of(words, &["on", "off", "flash"])? {
        "flash" => Light::Flash.into(),
        word => Light::Chamber(word == "on").into(),
    })
}

fn light(printer: &Printer) -> Result<Action, String> {
    printer.light().map(|on| Light::Chamber(!on).into()).ok_or_else(|| "this printer has reported no light".to_owned())
}
