//! Firmware of the account's printers by the cloud's word: what they have, and what is on offer. Nothing is installed.

use super::{
    Global,
    account::{SignedIn, failed, signed_in},
    output::{Failure, OK, print},
};
use crate::protocol::rest::devices::{DeviceVersion, Firmware};
use clap::Args;
use serde_json::{Value, json};

/// Which printer, and how it is printed.
#[derive(Debug, Clone, Args)]
pub(super) struct FirmwareOptions {
    /// Name or serial [default: every printer of the account]
    #[arg(value_name = "PRINTER")]
    printer: Option<String>,
    /// JSON instead of text: an array, one object a printer
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(global: &Global, options: &FirmwareOptions) -> Result<u8, Failure> {
    let signed_in = signed_in(global)?;
    let printers = match &options.printer {
        Some(word) => vec![signed_in.printer(word).await?],
        None => all(&signed_in).await?,
    };
    let mut found = Vec::new();
    for (serial, name) in printers {
        let versions = signed_in.cloud.device_version(&serial).await.map_err(|e| failed(&e))?;
        let of = |version: &DeviceVersion| version.serial.as_ref().is_none_or(|s| s.eq_ignore_ascii_case(&serial));
        let version = versions.into_iter().find(of).unwrap_or_default();
        found.push((serial, name, version));
    }
    if options.json {
        let list: Vec<_> = found.iter().map(|(serial, name, version)| to_json(serial, name, version)).collect();
        print(&Value::from(list).to_string())?;
    } else {
        for (_, name, version) in &found {
            print(&words(name, version))?;
        }
    }
    Ok(OK)
}

/// Serial number and name of every printer of the account.
async fn all(signed_in: &SignedIn) -> Result<Vec<(String, String)>, Failure> {
    let devices = signed_in.cloud.devices().await.map_err(|e| failed(&e))?;
    let known = devices.into_iter().filter_map(|device| {
        let serial = device.serial.filter(|serial| !serial.is_empty())?;
        Some((serial.clone(), device.name.unwrap_or(serial)))
    });
    Ok(known.collect())
}

fn words(name: &str, version: &DeviceVersion) -> String {
    let has = |version: &Option<String>| version.clone().unwrap_or_else(|| "—".to_owned());
    let mut out = format!("{name}: {}", has(&version.version));
    out += &offers(version.firmware.as_deref(), version.version.as_deref());
    for unit in version.ams.iter().flatten() {
        if unit.version.is_none() && unit.firmware.as_ref().is_none_or(Vec::is_empty) {
            continue;
        }
        out += &format!("\n  AMS {}: {}", has(&unit.serial), has(&unit.version));
        out += &offers(unit.firmware.as_deref(), unit.version.as_deref());
    }
    out
}

fn offers(list: Option<&[Firmware]>, has: Option<&str>) -> String {
    let Some(list) = list else { return ", and the cloud does not say what is on offer".to_owned() };
    let newer: Vec<_> = list.iter().filter(|offer| offer.is_newer_than(has)).collect();
    if newer.is_empty() {
        return ", nothing newer is on offer".to_owned();
    }
    let mut out = String::new();
    for offer in newer {
        let wanted = if offer.forced == Some(true) { ", and the vendor wants it installed" } else { "" };
        out += &format!("\n  {} is on offer{wanted}", offer.version.as_deref().unwrap_or("—"));
        if let Some(notes) = offer.description.as_deref().filter(|notes| !notes.is_empty()) {
            out += &format!("\n    {notes}");
        }
    }
    out
}

fn to_json(serial: &str, name: &str, version: &DeviceVersion) -> Value {
    let offers = |list: &Option<Vec<Firmware>>, has: &Option<String>| {
        list.as_ref().map(|list| {
            let newer = list.iter().filter(|offer| offer.is_newer_than(has.as_deref()));
            let offer = |o: &Firmware| json!({"version": o.version, "forced": o.forced, "notes": o.description});
            newer.map(offer).collect::<Vec<_>>()
        })
    };
    let unit = |unit: &crate::protocol::rest::devices::AmsVersion| json!({"serial": unit.serial, "version": unit.version, "updates": offers(&unit.firmware, &unit.version)});
    json!({
        "serial": serial, "name": name, "version": version.version,
        "updates": offers(&version.firmware, &version.version),
        "ams": version.ams.iter().flatten().map(unit).collect::<Vec<_>>(),
    })
}
