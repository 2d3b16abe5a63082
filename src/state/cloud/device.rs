//! The printers of the account: which there are, their names there, and the firmware that is on offer for them.

use super::resource::{Cadence, Resource};
use crate::{
    protocol::{
        model::version,
        rest::devices::{Device, DeviceVersion, Firmware},
    },
    state::printer::{Printer, transport::Transports},
};
use std::collections::BTreeMap;

/// The list of printers, as long as it is needed.
const LIST: Cadence = Cadence::every(300).after_error(60);
/// Offers change seldom: they are asked for once a day, and only when somebody looks at the device.
const FIRMWARE: Cadence = Cadence::every(86_400).after_error(600);

/// Which printers of the account there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceScope {
    /// All of them.
    #[default]
    All,
    /// Those that are there already; the cloud is asked about them only where the LAN does not reach one.
    Known,
}

/// What is known of the account's printers at the start.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum KnownDevices {
    /// Nothing yet: all of them are wanted, whenever they are told.
    #[default]
    Later,
    /// Nothing, and no others are wanted than those of the configuration.
    NotAsked,
    /// The list as far as it is about the wanted ones; those of the configuration that are not in it are not in the account.
    Now(Vec<Device>),
}

/// The printers of the account, as far as they are not among those of the configuration already.
#[derive(Debug, Clone)]
pub struct Devices {
    /// The list, which is taken in among the printers as soon as it comes.
    pub list: Resource<()>,
    /// Which of them there are.
    pub scope: DeviceScope,
    /// The session at the cloud's broker for whose silent printers the list was asked for once more.
    pub(in crate::state) silent_on: Option<u32>,
    /// What the account says of each, by serial.
    by_serial: BTreeMap<String, CloudDevice>,
}

impl Default for Devices {
    fn default() -> Self {
        Self { list: Resource::new(LIST), scope: DeviceScope::default(), silent_on: None, by_serial: BTreeMap::new() }
    }
}

impl Devices {
    /// What the account says of a printer.
    pub fn get(&self, serial: &str) -> Option<&CloudDevice> {
        self.by_serial.get(serial)
    }

    /// The same, to be changed; there is nothing yet where it was not asked for.
    pub(in crate::state) fn entry(&mut self, serial: &str) -> &mut CloudDevice {
        self.by_serial.entry(serial.to_owned()).or_default()
    }
}

/// What the account says of a printer.
#[derive(Debug, Clone, PartialEq)]
pub struct CloudDevice {
    /// Its name there.
    pub name: Option<String>,
    /// Firmware, as the cloud has it.
    pub firmware: Resource<DeviceVersion>,
}

impl Default for CloudDevice {
    fn default() -> Self {
        Self { name: None, firmware: Resource::new(FIRMWARE) }
    }
}

/// A printer that only the account knows.
pub(in crate::state) fn from_account(device: &Device, serial: &str) -> Printer {
    let name = device.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| serial.to_owned());
    let mut printer = Printer::new(&name, serial, "", None, Vec::new());
    printer.transports = Transports::of_account();
    printer.change_transports(|_| {});
    printer
}

/// The newest of the versions on offer that is newer than the one there is, if that is known.
pub(in crate::state) fn newest<'a>(has: Option<&str>, offered: &'a [Firmware]) -> Option<&'a Firmware> {
    let number = |firmware: &&Firmware| firmware.version.as_deref().and_then(version);
    let has = has.and_then(version);
    offered
        .iter()
        .filter(|firmware| number(firmware).is_some_and(|offered| has.is_none_or(|has| offered > has)))
        .max_by_key(number)
}

impl CloudDevice {
    /// Whether firmware is on offer in the account that is newer than the one there is.
    pub(in crate::state) fn offers_newer(&self, has: Option<&str>) -> bool {
        let Some(Ok(found)) = self.firmware.answer() else { return false };
        newest(has.or(found.version.as_deref()), found.firmware.as_deref().unwrap_or_default()).is_some()
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
        let mut device = CloudDevice::default();
        device.firmware.receive(found, crate::state::test_now());
        assert_eq!(["01.09.00.00", "01.10.00.00"].map(|has| device.offers_newer(Some(has))), [true, false]);
        assert!(!CloudDevice::default().offers_newer(None), "nobody has asked");
    }
}
