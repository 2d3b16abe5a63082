//! What the account says of one of its printers: its name there, and the firmware that is on offer for it.

use crate::protocol::{
    model::version,
    rest::devices::{DeviceVersion, Firmware},
};
use std::time::{Duration, Instant};

/// Offers change seldom: they are asked for once a day, and only when somebody looks at the device.
pub(in crate::state) const OFFER_EVERY: Duration = Duration::from_secs(86_400);
/// After a failure it is tried again after this time.
pub(in crate::state) const OFFER_AGAIN: Duration = Duration::from_secs(600);

/// What the account says of a printer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CloudDevice {
    /// Its name there.
    pub name: Option<String>,
    /// Firmware, as the cloud has it; `None`: it did not answer yet.
    pub firmware: Option<Result<DeviceVersion, String>>,
    /// When that is asked for again; `None`: at once.
    pub(in crate::state) ask_at: Option<Instant>,
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
        let Some(Ok(found)) = &self.firmware else { return false };
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
        let bound = CloudDevice { firmware: Some(Ok(found)), ..CloudDevice::default() };
        assert_eq!(["01.09.00.00", "01.10.00.00"].map(|has| bound.offers_newer(Some(has))), [true, false]);
        assert!(!CloudDevice::default().offers_newer(None), "nobody has asked");
    }
}
