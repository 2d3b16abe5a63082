//! Which printers a command is about, and how they are reached: those of the configuration, and with a sign-in those of
//! the account, over the LAN or the cloud by the same rules as in the dashboard.

use super::{
    account::{self, in_time},
    output::{Failure, note},
    resolve::{ambiguous, choose_configured, cloud_only, is, is_called, is_device, no_printer, retain},
};
use crate::{
    config::Config,
    net::{AccountOptions, rest::Cloud},
    protocol::rest::devices::Device,
    state::cloud::device::KnownDevices,
};

/// The printers of a command.
pub(super) struct Selection {
    /// With those that the configuration knows, and no others.
    pub(super) config: Config,
    /// The cloud, if somebody is signed in.
    pub(super) account: Option<AccountOptions>,
    /// Those of the account.
    pub(super) listed: KnownDevices,
}

impl Selection {
    /// The printers that only the account knows, as `(serial, name)`.
    fn cloud_only(&self) -> impl Iterator<Item = (&str, &str)> {
        let devices = if let KnownDevices::Now(devices) = &self.listed { &devices[..] } else { &[] };
        cloud_only(&self.config, devices).filter_map(|device| {
            let serial = device.serial.as_deref()?;
            Some((serial, device.name.as_deref().unwrap_or(serial)))
        })
    }

    /// Their serial numbers.
    pub(super) fn serials(&self) -> impl Iterator<Item = &str> {
        let configured = self.config.printers.iter().map(|printer| printer.serial.as_str());
        configured.chain(self.cloud_only().map(|(serial, _)| serial))
    }

    /// Serial number and name of the first one.
    pub(super) fn first(&self) -> Option<(String, String)> {
        let configured = self.config.printers.first().map(|printer| (printer.serial.clone(), printer.name.clone()));
        configured.or_else(|| self.cloud_only().next().map(|(serial, name)| (serial.to_owned(), name.to_owned())))
    }

    /// How many printers there are.
    pub(super) fn len(&self) -> usize {
        self.config.printers.len() + self.cloud_only().count()
    }
}

/// The printers with the given names, serials or tags, also those that only the account knows; all without names. Without
/// a sign-in those of the configuration.
pub(super) async fn printers(mut config: Config, names: &[String]) -> Result<Selection, Failure> {
    let account = match account::for_command(&config.cloud).await {
        Ok(Some(account)) => account,
        Ok(None) => {
            choose_configured(&mut config, names)?;
            return Ok(Selection { config, account: None, listed: KnownDevices::Later });
        }
        Err(why) => {
            without_cloud(&mut config, names, why)?;
            return Ok(Selection { config, account: None, listed: KnownDevices::Later });
        }
    };
    let cloud = Cloud::new(account.rest.clone());
    let uid = account.who.as_ref().map(|who| who.uid.as_str());
    // A printer that was called by its name in the account may have another one in the configuration.
    let knows = |name: &String| config.printers.iter().any(|printer| is_called(printer, name));
    if !names.is_empty() && names.iter().all(knows) {
        // The cloud is asked only where the LAN does not lead to them, and not if somebody has asked just now.
        retain(&mut config, names);
        let devices = uid.and_then(|uid| account::List::of(&cloud, uid)?.load());
        let listed = devices.map_or(KnownDevices::NotAsked, |mut devices| {
            devices.retain(|device| config.printers.iter().any(|printer| is(printer, device)));
            KnownDevices::Now(devices)
        });
        return Ok(Selection { config, account: Some(account), listed });
    }
    let known = |devices: &[Device]| {
        names.iter().all(|name| knows(name) || devices.iter().any(|device| is_device(device, name)))
    };
    let devices = match in_time(account::printers(&cloud, uid, known)).await {
        Ok(devices) => devices,
        Err(why) => {
            without_cloud(&mut config, names, why.of("the cloud's list of printers"))?;
            return Ok(Selection { config, account: Some(account), listed: KnownDevices::NotAsked });
        }
    };
    if let Some(unknown) = names.iter().find(|name| !knows(name) && !devices.iter().any(|d| is_device(d, name))) {
        let configured = config.printers.iter().map(|p| p.name.as_str());
        let others = cloud_only(&config, &devices).filter_map(|device| device.name.as_deref());
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
    let selection = Selection { config, account: Some(account), listed: KnownDevices::Now(devices) };
    if selection.len() == 0 {
        return Err(Failure::usage(
            "no printer is configured, and the account has none; see `bambu-tui config example`",
        ));
    }
    Ok(selection)
}

/// Goes on over the LAN if the configuration has all that is meant, and says why the cloud is no part of it. Otherwise that
/// is the end: whether the account has them is not known.
fn without_cloud(config: &mut Config, names: &[String], why: Failure) -> Result<(), Failure> {
    let mut named = names.iter();
    if config.printers.is_empty() || !named.all(|name| config.printers.iter().any(|p| is_called(p, name))) {
        return Err(why);
    }
    note(&why.to_string());
    retain(config, names);
    Ok(())
}

/// The one printer with a name.
pub(super) async fn one(config: Config, name: &str) -> Result<Selection, Failure> {
    let selection = printers(config, &[name.to_owned()]).await?;
    if selection.len() == 1 {
        return Ok(selection);
    }
    let configured = selection.config.printers.iter().map(|p| p.name.as_str());
    Err(ambiguous(name, configured.chain(selection.cloud_only().map(|(_, name)| name))))
}
