//! Which printer a word means: its name, its serial number or a tag, in the configuration or in the account.

use super::output::Failure;
use crate::{
    config::{Config, PrinterConfig},
    protocol::rest::devices::Device,
};

/// Whether a word is a printer's name, serial or tag.
pub(super) fn is_called(printer: &PrinterConfig, word: &str) -> bool {
    printer.name.eq_ignore_ascii_case(word)
        || printer.serial.eq_ignore_ascii_case(word)
        || printer.tags.iter().any(|tag| tag == word)
}

/// Whether a word is the name or serial of a printer of the account.
pub(super) fn is_device(device: &Device, word: &str) -> bool {
    [&device.name, &device.serial].into_iter().flatten().any(|text| text.eq_ignore_ascii_case(word))
}

/// The configured printers with the given names, serials or tags; all without names. An unknown name is an error that
/// lists the known ones.
pub(super) fn choose_configured(config: &mut Config, names: &[String]) -> Result<(), Failure> {
    if config.printers.is_empty() {
        return Err(Failure::usage("no printer is configured; see `bambu-tui config example`"));
    }
    if let Some(unknown) = names.iter().find(|name| !config.printers.iter().any(|p| is_called(p, name))) {
        return Err(no_printer(unknown, config.printers.iter().map(|p| p.name.as_str())));
    }
    retain(config, names);
    Ok(())
}

/// Leaves only those with the given names; all without names.
pub(super) fn retain(config: &mut Config, names: &[String]) {
    if !names.is_empty() {
        config.printers.retain(|printer| names.iter().any(|name| is_called(printer, name)));
    }
}

/// Whether a printer of the account is one of the configuration.
pub(super) fn is(printer: &PrinterConfig, device: &Device) -> bool {
    device.serial.as_ref().is_some_and(|serial| serial.eq_ignore_ascii_case(&printer.serial))
}

/// The printers that only the account knows.
pub(super) fn cloud_only<'a>(config: &'a Config, devices: &'a [Device]) -> impl Iterator<Item = &'a Device> {
    devices.iter().filter(|device| !config.printers.iter().any(|printer| is(printer, device)))
}

/// Nothing is called like that.
pub(super) fn no_printer<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let known: Vec<_> = known.collect();
    Failure::usage(format!("no printer \"{name}\"; known are {}", known.join(", ")))
}

/// A word that means too many.
pub(super) fn ambiguous<'a>(name: &str, many: impl Iterator<Item = &'a str>) -> Failure {
    let many: Vec<_> = many.collect();
    Failure::usage(format!("\"{name}\" is several printers: {}; name one", many.join(", ")))
}

/// The one configured printer with a name.
pub(super) fn choose_one_configured(config: &mut Config, name: &str) -> Result<(), Failure> {
    choose_configured(config, &[name.to_owned()])?;
    if config.printers.len() == 1 {
        return Ok(());
    }
    Err(ambiguous(name, config.printers.iter().map(|p| p.name.as_str())))
}

/// Serial number and name of the one printer that a word means in the account, by its name there or its serial number.
pub(super) fn one_of_account(config: &Config, devices: &[Device], word: &str) -> Result<(String, String), Failure> {
    let known = |device: &Device| {
        let serial = device.serial.clone().filter(|serial| !serial.is_empty())?;
        let name = device.name.clone().unwrap_or_else(|| serial.clone());
        Some((serial, name))
    };
    let mut found: Vec<_> = devices.iter().filter(|device| is_device(device, word)).filter_map(known).collect();
    match (found.pop(), found.is_empty()) {
        (Some(printer), true) => Ok(printer),
        (Some(last), false) => Err(ambiguous(word, found.iter().map(|p| p.0.as_str()).chain([last.0.as_str()]))),
        (None, _) => {
            let configured = config.printers.iter().map(|p| p.name.as_str());
            Err(no_printer(word, configured.chain(cloud_only(config, devices).filter_map(|d| d.name.as_deref()))))
        }
    }
}
