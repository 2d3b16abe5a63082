//! Rows about filament.

use super::{
    Entry, Make,
    words::{drying, only, slot, unit},
};
use crate::state::{
    action::{Action, Feed},
    ams::Content,
    printer::Printer,
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "load", args: "SLOT", text: "load filament from a slot (A1, HT1, ext …)", intent: None, make: Make::With(|w, p| Ok(Feed::Load(slot(w, p)?).into()), some_load) },
    Entry { name: "unload", args: "", text: "unload the filament in use", intent: None, make: Make::Plain(|| Feed::Unload.into()) },
    Entry { name: "retry-filament", args: "", text: "go on with a filament change that waits", intent: None, make: Make::Plain(|| Feed::Retry.into()) },
    Entry { name: "dry", args: "UNIT CELSIUS HOURS", text: "dry the filament of an AMS 2 Pro or AMS HT", intent: None, make: Make::With(|w, p| Ok(drying(w, p)?.into()), some_drying) },
    Entry { name: "dry-stop", args: "UNIT", text: "stop drying", intent: None, make: Make::With(|w, p| Ok(Feed::StopDrying(unit(only(w, "a unit")?, p)?).into()), some_dryer) },
];

fn some_load(printer: &Printer) -> Result<Action, String> {
    let mut trays = printer.ams.units.iter().flat_map(|u| &u.trays).chain(&printer.ams.external);
    let full = trays.find(|tray| tray.slot.unit >= 254 || tray.content != Content::Empty);
    full.map(|tray| Feed::Load(tray.slot).into()).ok_or_else(|| "there is nothing to load".to_owned())
}

/// A unit that can dry, and does or does not.
fn dryer(printer: &Printer, dries: bool) -> Option<i64> {
    let mut units = printer.ams.units.iter();
    units.find(|u| u.kind.drying_max().is_some() && u.drying.is_some() == dries).map(|u| u.id)
}

fn some_drying(printer: &Printer) -> Result<Action, String> {
    let unit = dryer(printer, false).ok_or("no unit that can dry and is not drying")?;
    Ok(Feed::Dry { unit, celsius: 45, hours: 1 }.into())
}

fn some_dryer(printer: &Printer) -> Result<Action, String> {
    dryer(printer, true).map(|unit| Feed::StopDrying(unit).into()).ok_or_else(|| "nothing is drying".to_owned())
}
