//! Rows about heat, air and light.

use super::{
    Entry, Make,
    words::{celsius, percent, switch},
};
use crate::{
    protocol::command::Fan,
    state::{
        action::{Action, Heat, Light},
        keymap::Intent,
        printer::Printer,
    },
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "nozzle", args: "CELSIUS", text: "heat the nozzle (on printers with two: the right one)", intent: None, make: Make::With(|w, _| Ok(nozzle(0, celsius(w)?)), |_| Ok(nozzle(0, 0))) },
    Entry { name: "nozzle-left", args: "CELSIUS", text: "heat the left nozzle", intent: None, make: Make::With(|w, _| Ok(nozzle(1, celsius(w)?)), |_| Ok(nozzle(1, 0))) },
    Entry { name: "bed", args: "CELSIUS", text: "heat the bed", intent: None, make: Make::With(|w, _| Ok(Heat::Bed(celsius(w)?).into()), |_| Ok(Heat::Bed(0).into())) },
    Entry { name: "chamber", args: "CELSIUS", text: "heat the chamber", intent: None, make: Make::With(|w, _| Ok(Heat::Chamber(celsius(w)?).into()), |_| Ok(Heat::Chamber(0).into())) },
    Entry { name: "fan-part", args: "PERCENT", text: "part cooling fan", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Part, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Part, 0).into())) },
    Entry { name: "fan-aux", args: "PERCENT", text: "auxiliary fan", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Aux, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Aux, 0).into())) },
    Entry { name: "fan-chamber", args: "PERCENT", text: "chamber fan", intent: None, make: Make::With(|w, _| Ok(Heat::Fan(Fan::Chamber, percent(w)?).into()), |_| Ok(Heat::Fan(Fan::Chamber, 0).into())) },
    Entry { name: "light", args: "on|off", text: "chamber light", intent: Some(Intent::Light), make: Make::With(|w, _| Ok(Light::Chamber(switch(w)?).into()), light) },
];

fn nozzle(hotend: u8, celsius: u16) -> Action {
    Heat::Nozzle { hotend, celsius }.into()
}

fn light(printer: &Printer) -> Result<Action, String> {
    printer.light().map(|on| Light::Chamber(!on).into()).ok_or_else(|| "no light was reported".to_owned())
}
