//! What the account says of one of its printers: its name there, and the firmware that is on offer for it.

use crate::protocol::{
    model::version,
    rest::devices::{DeviceVersion, Firmware},
};
use crate::state::{State, notify::notice::Tone, printer::Printer, screen::info_table::Section};
use std::time::{Duration, Instant};

/// Offers change seldom: they are asked for once a day, and only when somebody looks at the device.
pub(in crate::state) const OFFER_EVERY: Duration = Duration::from_secs(86_400);
/// After a failure it is tried again after this time.
pub(in crate::state) const OFFER_AGAIN: Duration = Duration::from_secs(600);

/// What the account says of a printer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bound {
    /// Its name there.
    pub name: Option<String>,
    /// Firmware, as the cloud has it; `None`: it did not answer yet.
    pub firmware: Option<Result<DeviceVersion, String>>,
    /// When that is asked for again; `None`: at once.
    pub(in crate::state) ask_at: Option<Instant>,
}

/// The newest of the versions on offer that is newer than the one there is, if that is known.
fn newest<'a>(has: Option<&str>, offered: &'a [Firmware]) -> Option<&'a Firmware> {
    let number = |firmware: &&Firmware| firmware.version.as_deref().and_then(version);
    let has = has.and_then(version);
    offered
        .iter()
        .filter(|firmware| number(firmware).is_some_and(|offered| has.is_none_or(|has| offered > has)))
        .max_by_key(number)
}

impl Bound {
    /// Whether firmware is on offer in the account that is newer than the one there is.
    pub(in crate::state) fn offers_newer(&self, has: Option<&str>) -> bool {
        let Some(Ok(found)) = &self.firmware else { return false };
        newest(has.or(found.version.as_deref()), found.firmware.as_deref().unwrap_or_default()).is_some()
    }
}

/// What the account says of a printer, for the device pane; empty for a printer of no account.
pub(in crate::state) fn section(state: &State, printer: &Printer) -> Section {
    let mut out = Section::new("in the account");
    if !printer.roads.in_account {
        return out;
    }
    out.add("name", printer.bound.name.clone().unwrap_or_default());
    if let Some(who) = state.account.who() {
        out.add("account", who.name());
    }
    let found = match &printer.bound.firmware {
        None => {
            out.add("firmware", if state.account.who().is_some() { "asking the cloud" } else { "" });
            return out;
        }
        Some(Err(why)) => {
            out.add("firmware", why.clone()).tone = Tone::Warning;
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
    let forced = if newest.forced == Some(true) { ", which the vendor wants installed" } else { "" };
    let version = newest.version.as_deref().unwrap_or_default();
    out.add(label, format!("{version}{forced}")).tone = Tone::Warning;
    let notes = newest.description.as_deref().unwrap_or_default();
    for line in notes.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.add("", line);
    }
    if !notes.trim().is_empty() {
        out.add("", "it is installed at the printer's screen or in the vendor's app");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_newer_is_an_offer_and_the_newest_goes_first() {
        let firmware = |text: &str| Firmware { version: Some(text.into()), ..Firmware::default() };
        let list = [firmware("01.08.00.00"), firmware("01.10.00.00"), firmware("01.09.00.00"), firmware("junk")];
        let found = |has| newest(has, &list).and_then(|firmware| firmware.version.as_deref());
        assert_eq!(found(Some("01.08.01.00")), Some("01.10.00.00"));
        assert_eq!((found(Some("01.10.00.00")), found(None)), (None, Some("01.10.00.00")));
        assert_eq!(newest(None, &[]), None);
        let found = DeviceVersion { firmware: Some(list.into()), ..DeviceVersion::default() };
        let bound = Bound { firmware: Some(Ok(found)), ..Bound::default() };
        assert_eq!(["01.09.00.00", "01.10.00.00"].map(|has| bound.offers_newer(Some(has))), [true, false]);
        assert!(!Bound::default().offers_newer(None), "nobody has asked");
    }
}
