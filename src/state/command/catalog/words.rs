//! Reading the words behind an action's name.

use crate::{
    protocol::command::Speed,
    state::{
        command::action::FilamentAction,
        printer::{Printer, ams::Slot, temps::Nozzle},
    },
};

pub(super) fn only<'a>(words: &[&'a str], wanted: &str) -> Result<&'a str, String> {
    match words {
        [one] => Ok(one),
        [] => Err(format!("missing: {wanted}")),
        _ => Err(format!("one value is enough: {wanted}")),
    }
}

/// The one word, which must be one of some.
pub(super) fn one_of<'a>(words: &[&str], known: &[&'a str]) -> Result<&'a str, String> {
    let Some((last, others)) = known.split_last() else { return Err("nothing to choose".to_owned()) };
    match words {
        [] => Err(format!("choose {} or {last}", others.join(", "))),
        [word] => known
            .iter()
            .find(|known| *known == word)
            .copied()
            .ok_or_else(|| format!("\"{word}\": must be one of {}", known.join(", "))),
        _ => Err(format!("choose one of {}", known.join(", "))),
    }
}

pub(super) fn number<T: std::str::FromStr>(word: &str, unit: &str) -> Result<T, String> {
    let plain = word.trim_end_matches(unit).trim_end_matches(['°', ' ']);
    plain.parse().map_err(|_| match plain.parse::<i64>() {
        Ok(_) => format!("{word} is out of range"),
        Err(_) if plain.parse::<f64>().is_ok() => format!("not a whole number: \"{word}\""),
        Err(_) => format!("not a number: \"{word}\""),
    })
}

pub(super) fn celsius(words: &[&str]) -> Result<u16, String> {
    match only(words, "a temperature in °C")? {
        "off" => Ok(0),
        word => number(word, "C"),
    }
}

pub(super) fn switch(words: &[&str]) -> Result<bool, String> {
    one_of(words, &["on", "off"]).map(|word| word == "on")
}

pub(super) fn speed(words: &[&str]) -> Result<Speed, String> {
    let word = one_of(words, &Speed::ALL.map(Speed::name))?;
    Speed::ALL.into_iter().find(|speed| speed.name() == word).ok_or_else(|| format!("no profile \"{word}\""))
}

/// Percent in the steps of ten that firmware knows; what is no speed stays what it is.
pub(super) fn percent(words: &[&str]) -> Result<u8, String> {
    match only(words, "a speed in percent")? {
        "off" => Ok(0),
        word => number(word, "%").map(|percent: u8| if percent <= 100 { (percent + 5) / 10 * 10 } else { percent }),
    }
}

/// A hotend by the word that the temperatures use for it, on a printer that has two.
pub(super) fn by_label<'a>(word: &str, printer: &'a Printer) -> Result<&'a Nozzle, String> {
    let nozzles = &printer.temps.nozzles;
    if nozzles.len() < 2 {
        return Err("this printer has one hotend".to_owned());
    }
    nozzles.iter().find(|nozzle| nozzle.label.eq_ignore_ascii_case(word)).ok_or_else(|| {
        let known: Vec<_> = nozzles.iter().map(|nozzle| nozzle.label).collect();
        format!("no hotend \"{word}\"; there are {}", known.join(", "))
    })
}

/// A slot by the label that the AMS pane shows, which may have a blank in it.
pub(super) fn slot(words: &[&str], printer: &Printer) -> Result<Slot, String> {
    match slot_first(words, printer)? {
        (slot, []) => Ok(slot),
        _ => Err("one value is enough: a slot".to_owned()),
    }
}

/// A slot, and the words behind it.
pub(super) fn slot_first<'a, 'b>(words: &'a [&'b str], printer: &Printer) -> Result<(Slot, &'a [&'b str]), String> {
    let plain = |text: &str| text.replace([' ', '"', '\''], "").to_lowercase();
    // With its blank first: half of "Ext L" names no slot.
    for length in [2, 1].into_iter().filter(|length| *length <= words.len()) {
        let (name, rest) = words.split_at(length);
        let name = plain(&name.concat());
        if let Some(tray) = printer.ams.trays().find(|tray| plain(&tray.label) == name) {
            return Ok((tray.slot.on(printer), rest));
        }
    }
    let word = words.first().ok_or("missing: a slot")?;
    let labels = || printer.ams.trays().map(|tray| tray.label.as_str());
    let begun: Vec<_> = labels().filter(|label| plain(label).starts_with(&plain(word))).collect();
    Err(match begun[..] {
        [.., _, _] => format!("\"{word}\" may be {}; write which", begun.join(" or ")),
        _ => format!("no slot \"{word}\"; there are {}", labels().collect::<Vec<_>>().join(", ")),
    })
}

pub(super) fn unit(word: &str, printer: &Printer) -> Result<i64, String> {
    let units = &printer.ams.units;
    let found = units.iter().find(|unit| unit.label.eq_ignore_ascii_case(word));
    found.map(|unit| unit.id).ok_or_else(|| {
        let known: Vec<_> = units.iter().map(|unit| unit.label.as_str()).collect();
        format!("no unit \"{word}\"; there are {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })
    })
}

pub(super) fn drying(words: &[&str], printer: &Printer) -> Result<FilamentAction, String> {
    match words {
        [first, heat, time, turn @ ..] if matches!(turn, [] | ["rotate"]) => Ok(FilamentAction::Dry {
            unit: unit(first, printer)?,
            celsius: number(heat, "C")?,
            hours: number(time, "h")?,
            rotate: !turn.is_empty(),
        }),
        _ => Err("write the unit, the temperature in °C and the hours, such as: dry A 55 8".to_owned()),
    }
}
