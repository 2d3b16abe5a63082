//! What the account says of a printer, as a section of the device pane.

use crate::protocol::rest::devices::Firmware;
use crate::state::{State, Tone, cloud::device::newest, printer::Printer, screen::info_table::Section};

/// What the account says of a printer, for the device pane; empty for a printer of no account.
pub(in crate::state) fn section(state: &State, printer: &Printer) -> Section {
    let mut out = Section::new("in the account");
    if !printer.transports.in_account {
        return out;
    }
    let device = state.cloud.devices.get(&printer.serial);
    out.add("name", device.and_then(|device| device.name.clone()).unwrap_or_default());
    if let Some(who) = state.cloud.identity() {
        out.add("account", who.name());
    }
    let found = match device.and_then(|device| device.firmware.answer()) {
        None => {
            out.add("firmware", if state.cloud.identity().is_some() { "asking the cloud" } else { "" });
            return out;
        }
        Some(Err(why)) => {
            out.add("firmware", why).tone = Tone::Warning;
            return out;
        }
        Some(Ok(found)) => found,
    };
    out.add("firmware", found.version.clone().unwrap_or_default());
    let has = printer.firmware.as_deref().or(found.version.as_deref());
    offers(&mut out, "offered", has, found.firmware.as_deref());
    for (at, unit) in found.ams.iter().flatten().enumerate() {
        let label = format!("AMS {}", at + 1);
        if unit.firmware.as_ref().is_some_and(|list| !list.is_empty()) {
            offers(&mut out, &label, unit.version.as_deref(), unit.firmware.as_deref());
        }
    }
    out
}

fn offers(out: &mut Section, label: &str, has: Option<&str>, offered: Option<&[Firmware]>) {
    let Some(newest) = newest(has, offered.unwrap_or_default()) else {
        out.add(label, "nothing newer");
        return;
    };
    let forced = if newest.forced == Some(true) { ", required by Bambu Lab" } else { "" };
    let version = newest.version.as_deref().unwrap_or_default();
    out.add(label, format!("{version}{forced}")).tone = Tone::Warning;
    let notes = newest.description.as_deref().unwrap_or_default();
    for line in notes.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.add("", line);
    }
    if !notes.trim().is_empty() {
        out.add("", "it is installed at the printer's screen or in Bambu Lab's app");
    }
}
