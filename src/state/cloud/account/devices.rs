//! The printers of the account: asked for, and taken in among those of the configuration.

use crate::{
    protocol::rest::devices::Device,
    state::printer::{Printer, transport::Transports},
};
use std::time::Duration;

/// How long the list of printers is taken for good.
pub(in crate::state) const DEVICES_EVERY: Duration = Duration::from_secs(300);
/// When it is asked for again after an answer that was none.
pub(in crate::state) const DEVICES_AFTER_TROUBLE: Duration = Duration::from_secs(60);

/// A printer that only the account knows.
pub(in crate::state) fn from_account(device: &Device, serial: &str) -> Printer {
    let name = device.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| serial.to_owned());
    let mut printer = Printer::new(&name, serial, "", None, Vec::new());
    printer.transports = Transports::of_account();
    printer.change_roads(|_| {});
    printer
}
