//! Rows about heat, air and light.

use super::{
    Entry, Make,
    words::{by_label, celsius, one_of, percent, switch},
};
use crate::{
    protocol::command::Fan,
    state::{
        command::action::{Action, Heat, Light},
        key_action::Intent,
        printer::{Printer, fans::AirMode},
    },
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "nozzle", args: "[HOTEND] CELSIUS", text: "heat a nozzle; of two, say which", intent: None, make: Make::With(nozzle, |_| Ok(Heat::Nozzle { hotend: 0, label: "", celsius: 0 }.into())) },
    Entry { name: "bed", args: "CELSIUS", text: "heat the bed", intent: None, make: Make::With(|w, _| Ok(Heat::Bed(celsius(w)?).into()), |_| Ok(Heat::Bed(0).into())) },
    Entry { name: "chamber", args: "CELSIUS", text: "heat the chamber", intent: None, make: Make::With(|w, _| Ok(Heat::Chamber(celsius(w)?).into()), |_| Ok(Heat::Chamber(0).into())) },
    Entry { name: "fan-part", args: "PERCENT", text: "part cooling fan", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Part, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Part, 0).into())) },
    Entry { name: "fan-aux", args: "PERCENT", text: "auxiliary fan", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Aux, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Aux, 0).into())) },
    Entry { name: "fan-chamber", args: "PERCENT", text: "chamber fan", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Chamber, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Chamber, 0).into())) },
    Entry { name: "fan-aux2", args: "PERCENT", text: "second auxiliary fan (P2S, X2D)", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Aux2, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Aux2, 0).into())) },
    Entry { name: "air", args: "cooling|heating", text: "what the air duct does", intent: None, make: Make::With(air, |_| Ok(Heat::Air(AirMode::Cooling).into())) },
    Entry { name: "light", args: "on|off|flash", text: "chamber light; a flashing one is easily found", intent: Some(Intent::Light), make: Make::With(|w, _| chamber_light(w), light) },
    Entry { name: "work-light", args: "on|off", text: "status light of the tool head (X1)", intent: None, make: Make::With(|w, _| Ok(Light::Work(switch(w)?).into()), |_| Ok(Light::Work(true).into())) },
    Entry { name: "bed-light", args: "on|off", text: "light at the bed (H2); no report shows it", intent: None, make: Make::With(|w, _| Ok(Light::Bed(switch(w)?).into()), |_| Ok(Light::Bed(true).into())) },
];

fn air(words: &[&str], _: &Printer) -> Result<Action, String> {
    let word = one_of(words, &["cooling", "heating"])?;
    Ok(Heat::Air(if word == "heating" { AirMode::Heating } else { AirMode::Cooling }).into())
}

/// A target, and where there are two nozzles which one it is for, by the word that the temperatures use: with one word
/// for both nobody could tell which one gets hot.
fn nozzle(words: &[&str], printer: &Printer) -> Result<Action, String> {
    let nozzles = &printer.temps.nozzles;
    let [.., target] = words else { return Err("missing: a temperature in °C".to_owned()) };
    let target = celsius(&[target])?;
    match *words {
        [_] if nozzles.len() < 2 => Ok(Heat::Nozzle { hotend: 0, label: "", celsius: target }.into()),
        [_] => Err(format!("this printer has two nozzles; write which, such as: nozzle {} {target}", nozzles[0].label)),
        [which, _] => {
            let nozzle = by_label(which, printer)?;
            Ok(Heat::Nozzle { hotend: nozzle.id, label: nozzle.label, celsius: target }.into())
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
