//! Rows about filament.

use super::{
    Builder, Entry,
    words::{drying, number, only, slot, slot_first, unit},
};
use crate::{
    protocol::{
        command::{ChangeReply, SlotSetting},
        materials::{MATERIALS, Material},
    },
    state::{
        command::action::{Action, FilamentAction},
        printer::{
            Printer,
            ams::{Content, Slot},
        },
    },
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "load", args: "SLOT", text: "load filament from a slot (A1, HT1, ext …)", key_action: None, make: Builder::WithArgs(|w, p| Ok(FilamentAction::Load(slot(w, p)?).into()), some_load) },
    Entry { name: "unload", args: "", text: "unload the filament in use", key_action: None, make: Builder::NoArgs(|| FilamentAction::Unload.into()) },
    Entry { name: "retry-filament", args: "", text: "go on with a filament change that waits", key_action: None, make: Builder::FromPrinter(|p| FilamentAction::Answer(ChangeReply::Retry, p.job.error).into()) },
    Entry { name: "filament-out", args: "", text: "confirm that filament comes out of the nozzle", key_action: None, make: Builder::FromPrinter(|p| FilamentAction::Answer(ChangeReply::Done, p.job.error).into()) },
    Entry { name: "hold-filament", args: "", text: "hold a filament change", key_action: None, make: Builder::FromPrinter(|p| FilamentAction::Answer(ChangeReply::Pause, p.job.error).into()) },
    Entry { name: "restart-filament", args: "", text: "restart a filament change", key_action: None, make: Builder::FromPrinter(|p| FilamentAction::Answer(ChangeReply::Reset, p.job.error).into()) },
    Entry { name: "abort-filament", args: "", text: "give up a filament change", key_action: None, make: Builder::FromPrinter(|p| FilamentAction::Answer(ChangeReply::Abort, p.job.error).into()) },
    Entry { name: "slot", args: "SLOT MATERIAL COLOUR [LOW-HIGH]", text: "say what is in a slot without a tag, such as: slot A2 PLA FF6A13 190-240", key_action: None, make: Builder::WithArgs(set_slot, |p| some_slot(p).map(|slot| FilamentAction::Clear(slot).into())) },
    Entry { name: "slot-clear", args: "SLOT", text: "forget what is in a slot without a tag", key_action: None, make: Builder::WithArgs(|w, p| Ok(FilamentAction::Clear(slot(w, p)?).into()), |p| some_slot(p).map(|slot| FilamentAction::Clear(slot).into())) },
    Entry { name: "read-tag", args: "SLOT", text: "read the tag of a spool again; nothing may be loaded", key_action: None, make: Builder::WithArgs(|w, p| Ok(FilamentAction::ReadTag(slot(w, p)?).into()), some_tag) },
    Entry { name: "dry", args: "UNIT CELSIUS HOURS [rotate]", text: "dry the filament of an AMS 2 Pro or AMS HT", key_action: None, make: Builder::WithArgs(|w, p| Ok(drying(w, p)?.into()), some_drying) },
    Entry { name: "dry-stop", args: "UNIT", text: "stop drying", key_action: None, make: Builder::WithArgs(|w, p| Ok(FilamentAction::StopDrying(unit(only(w, "a unit")?, p)?).into()), some_dryer) },
];

fn some_load(printer: &Printer) -> Result<Action, String> {
    let mut trays = printer.ams.units.iter().flat_map(|u| &u.trays).chain(&printer.ams.external);
    let full = trays.find(|tray| tray.slot.is_external() || tray.content != Content::Empty);
    full.map(|tray| FilamentAction::Load(tray.slot.on(printer)).into())
        .ok_or_else(|| "there is nothing to load".to_owned())
}

/// A slot whose spool has no tag.
fn some_slot(printer: &Printer) -> Result<Slot, String> {
    let mut trays = printer.ams.units.iter().flat_map(|u| &u.trays).chain(&printer.ams.external);
    let free = trays.find(|tray| match &tray.content {
        Content::Spool(spool) => !spool.tagged,
        Content::Unknown => true,
        Content::Empty => tray.slot.is_external(),
        Content::Reading(_) => false,
    });
    free.map(|tray| tray.slot.on(printer)).ok_or_else(|| "every spool has a tag that says what it is".to_owned())
}

fn some_tag(printer: &Printer) -> Result<Action, String> {
    let mut trays = printer.ams.units.iter().flat_map(|u| &u.trays);
    let full = trays.find(|tray| tray.content != Content::Empty);
    full.map(|tray| FilamentAction::ReadTag(tray.slot).into())
        .ok_or_else(|| "there is no spool with a reader".to_owned())
}

/// Reads `A2 PLA FF6A13 190-240`; the colour may be a name, the temperatures may be left out.
fn set_slot(words: &[&str], printer: &Printer) -> Result<Action, String> {
    let place = slot_first(words, printer);
    let (material, color, range) = match place.as_ref().map_or_else(|_| words.get(1..).unwrap_or(&[]), |(_, rest)| rest)
    {
        [material, color] => (material, color, None),
        [material, color, range] => (material, color, Some(range)),
        _ => return Err("write slot, material and colour, such as: slot A2 PLA FF6A13 190-240".to_owned()),
    };
    let material = Material::find(material).ok_or_else(|| {
        let known = MATERIALS.map(|material| material.name).join(", ");
        format!("no material \"{material}\"; there are {known}")
    })?;
    let color = color_of(color).ok_or_else(|| {
        format!(
            "\"{color}\" is not a colour: write six hexadecimal digits such as FF6A13, or {}",
            COLORS.map(|c| c.0).join(", ")
        )
    })?;
    let nozzle = match range {
        None => material.nozzle,
        Some(range) => temperatures(range, printer)?,
    };
    let setting = SlotSetting { code: material.code.to_owned(), material: material.name.to_owned(), color, nozzle };
    Ok(FilamentAction::Set(place?.0, setting).into())
}

fn temperatures(range: &str, printer: &Printer) -> Result<(u16, u16), String> {
    let (low, high) = range.split_once(['-', '–']).ok_or_else(|| format!("\"{range}\" is no range such as 190-240"))?;
    let (low, high) = (number::<u16>(low, "C")?, number::<u16>(high, "C")?);
    let most = printer.model.nozzle_max();
    if low < 100 || low > high || high > most {
        return Err(format!("nozzle temperatures go from 100 to {most} °C on this model, the lower one first"));
    }
    Ok((low, high))
}

/// Colours by name, for spools that are typed in.
const COLORS: [(&str, &str); 14] = [
    ("white", "FFFFFF"),
    ("black", "000000"),
    ("grey", "808080"),
    ("silver", "C0C0C0"),
    ("red", "DC1E1E"),
    ("orange", "FA6E14"),
    ("yellow", "FAE132"),
    ("green", "14963C"),
    ("teal", "14A096"),
    ("blue", "0F2DAA"),
    ("purple", "6E32A0"),
    ("pink", "FF82BE"),
    ("brown", "784623"),
    ("gold", "C8A03C"),
];

/// `RRGGBBAA` of a name or of six digits: what is typed is opaque.
fn color_of(word: &str) -> Option<String> {
    let named = COLORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, hex)| *hex);
    let hex = named.unwrap_or(word.strip_prefix('#').unwrap_or(word));
    let is_hex = hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| format!("{}FF", hex.to_ascii_uppercase()))
}

/// A unit that can dry, and does or does not.
fn dryer(printer: &Printer, dries: bool) -> Option<i64> {
    let mut units = printer.ams.units.iter();
    units.find(|u| u.kind.drying_max().is_some() && u.drying.is_some() == dries).map(|u| u.id)
}

fn some_drying(printer: &Printer) -> Result<Action, String> {
    let unit = dryer(printer, false).ok_or("no unit that can dry and is not drying")?;
    Ok(FilamentAction::Dry { unit, celsius: 45, hours: 1, rotate: false }.into())
}

fn some_dryer(printer: &Printer) -> Result<Action, String> {
    dryer(printer, true)
        .map(|unit| FilamentAction::StopDrying(unit).into())
        .ok_or_else(|| "nothing is drying".to_owned())
}
