//! Which printers a command is about, and how they are reached: those of the configuration, and with a sign-in those of
//! the account, over the LAN or the cloud by the same rules as in the dashboard.

use super::{
    account,
    outcome::{Failure, note},
};
use crate::{
    config::{Config, PrinterConfig},
    net::{AccountOptions, rest::Cloud},
    protocol::rest::{RestError, devices::Device},
    state::road::Listed,
};
use std::{future::Future, time::Duration};

/// A command does not wait longer for the cloud's list of printers.
const PATIENCE: Duration = Duration::from_secs(10);

/// The printers of a command.
pub(super) struct Chosen {
    /// With those that the configuration knows, and no others.
    pub(super) config: Config,
    /// The cloud, if somebody is signed in.
    pub(super) account: Option<AccountOptions>,
    /// Those of the account.
    pub(super) listed: Listed,
}

impl Chosen {
    /// The printers that only the account knows, as `(serial, name)`.
    fn strangers(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = |serial: &str| self.config.printers.iter().any(|p| p.serial.eq_ignore_ascii_case(serial));
        let devices = if let Listed::Now(devices) = &self.listed { &devices[..] } else { &[] };
        devices.iter().filter_map(move |device| {
            let serial = device.serial.as_deref().filter(|serial| !known(serial))?;
            Some((serial, device.name.as_deref().unwrap_or(serial)))
        })
    }

    /// Their serial numbers.
    pub(super) fn serials(&self) -> impl Iterator<Item = &str> {
        let configured = self.config.printers.iter().map(|printer| printer.serial.as_str());
        configured.chain(self.strangers().map(|(serial, _)| serial))
    }

    /// Serial number and name of the first one.
    pub(super) fn first(&self) -> Option<(String, String)> {
        let configured = self.config.printers.first().map(|printer| (printer.serial.clone(), printer.name.clone()));
        configured.or_else(|| self.strangers().next().map(|(serial, name)| (serial.to_owned(), name.to_owned())))
    }

    /// How many printers there are.
    pub(super) fn len(&self) -> usize {
        self.config.printers.len() + self.strangers().count()
    }
}

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

fn retain(config: &mut Config, names: &[String]) {
    if !names.is_empty() {
        config.printers.retain(|printer| names.iter().any(|name| is_called(printer, name)));
    }
}

/// Whether a printer of the account is one of the configuration.
fn is(printer: &PrinterConfig, device: &Device) -> bool {
    device.serial.as_ref().is_some_and(|serial| serial.eq_ignore_ascii_case(&printer.serial))
}

/// The printers that only the account knows.
fn strangers<'a>(config: &'a Config, devices: &'a [Device]) -> impl Iterator<Item = &'a Device> {
    devices.iter().filter(|device| !config.printers.iter().any(|printer| is(printer, device)))
}

fn no_printer<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let known: Vec<_> = known.collect();
    Failure::usage(format!("no printer \"{name}\"; known are {}", known.join(", ")))
}

fn several<'a>(name: &str, many: impl Iterator<Item = &'a str>) -> Failure {
    let many: Vec<_> = many.collect();
    Failure::usage(format!("\"{name}\" is several printers: {}; name one", many.join(", ")))
}

/// The one configured printer with a name.
pub(super) fn choose_one_configured(config: &mut Config, name: &str) -> Result<(), Failure> {
    choose_configured(config, &[name.to_owned()])?;
    if config.printers.len() == 1 {
        return Ok(());
    }
    Err(several(name, config.printers.iter().map(|p| p.name.as_str())))
}

/// The printers with the given names, serials or tags, also those that only the account knows; all without names. Without
/// a sign-in those of the configuration.
pub(super) async fn choose(mut config: Config, names: &[String]) -> Result<Chosen, Failure> {
    let Some(account) = account::for_command(&config.cloud).await? else {
        choose_configured(&mut config, names)?;
        return Ok(Chosen { config, account: None, listed: Listed::Later });
    };
    let cloud = Cloud::new(account.rest.clone());
    let uid = account.who.as_ref().map(|who| who.uid.as_str());
    // A printer that was called by its name in the account may have another one in the configuration.
    let knows = |name: &String| config.printers.iter().any(|printer| is_called(printer, name));
    if !names.is_empty() && names.iter().all(knows) {
        // The cloud is asked only where the LAN does not lead to them, and not if somebody has asked just now.
        retain(&mut config, names);
        let devices = uid.and_then(|uid| account::List::of(&cloud, uid)?.load());
        let listed = devices.map_or(Listed::NotAsked, |mut devices| {
            devices.retain(|device| config.printers.iter().any(|printer| is(printer, device)));
            Listed::Now(devices)
        });
        return Ok(Chosen { config, account: Some(account), listed });
    }
    let known = |devices: &[Device]| {
        names.iter().all(|name| knows(name) || devices.iter().any(|device| is_device(device, name)))
    };
    let devices = match in_time(account::printers(&cloud, uid, known)).await {
        Ok(devices) => devices,
        Err(why) => {
            note(&format!("the cloud's list of printers: {why}"));
            choose_configured(&mut config, names)?;
            return Ok(Chosen { config, account: Some(account), listed: Listed::NotAsked });
        }
    };
    if let Some(unknown) = names.iter().find(|name| !knows(name) && !devices.iter().any(|d| is_device(d, name))) {
        let configured = config.printers.iter().map(|p| p.name.as_str());
        let others = strangers(&config, &devices).filter_map(|device| device.name.as_deref());
        return Err(no_printer(unknown, configured.chain(others)));
    }
    let named = |device: &Device| names.is_empty() || names.iter().any(|name| is_device(device, name));
    config.printers.retain(|printer| {
        names.is_empty()
            || names.iter().any(|name| is_called(printer, name))
            || devices.iter().any(|device| named(device) && is(printer, device))
    });
    let devices: Vec<_> = devices
        .into_iter()
        .filter(|device| device.serial.as_ref().is_some_and(|serial| !serial.is_empty()))
        .filter(|device| named(device) || config.printers.iter().any(|printer| is(printer, device)))
        .collect();
    let chosen = Chosen { config, account: Some(account), listed: Listed::Now(devices) };
    if chosen.len() == 0 {
        return Err(Failure::usage(
            "no printer is configured, and the account has none; see `bambu-tui config example`",
        ));
    }
    Ok(chosen)
}

/// The one printer with a name.
pub(super) async fn choose_one(config: Config, name: &str) -> Result<Chosen, Failure> {
    let chosen = choose(config, &[name.to_owned()]).await?;
    if chosen.len() == 1 {
        return Ok(chosen);
    }
    let configured = chosen.config.printers.iter().map(|p| p.name.as_str());
    Err(several(name, configured.chain(chosen.strangers().map(|(_, name)| name))))
}

/// An answer of the cloud, or why there is none in time.
pub(super) async fn in_time<T>(answer: impl Future<Output = Result<T, RestError>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|why| why.to_string()),
        Err(_) => Err("the cloud did not answer in time; check the connection to the internet".to_owned()),
    }
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
        (Some(last), false) => Err(several(word, found.iter().map(|p| p.0.as_str()).chain([last.0.as_str()]))),
        (None, _) => {
            let configured = config.printers.iter().map(|p| p.name.as_str());
            Err(no_printer(word, configured.chain(strangers(config, devices).filter_map(|d| d.name.as_deref()))))
        }
    }
}
