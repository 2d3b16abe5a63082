//! Firmware of the account's printers by the cloud's word: what they have, and what is on offer. Nothing is installed.

use super::{
    Global,
    account::{SignedIn, failed, signed_in},
    output::{Failure, OK, print, print_json},
};
use crate::protocol::rest::devices::{AmsVersion, DeviceVersion, Firmware};
use clap::Args;
use serde::Serialize;

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
        let list: Vec<_> = found.iter().map(|(serial, name, found)| FirmwareJson::new(serial, name, found)).collect();
        print_json(&list)?;
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
        let wanted = if offer.forced == Some(true) { ", required by Bambu Lab" } else { "" };
        out += &format!("\n  {} is on offer{wanted}", offer.version.as_deref().unwrap_or("—"));
        if let Some(notes) = offer.description.as_deref().filter(|notes| !notes.is_empty()) {
            out += &format!("\n    {notes}");
        }
    }
    out
}

/// Firmware of a printer, by the cloud's word.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct FirmwareJson<'a> {
    serial: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    /// What is on offer; null: the cloud does not say.
    updates: Option<Vec<OfferJson<'a>>>,
    /// Its AMS units.
    ams: Vec<UnitFirmwareJson<'a>>,
}

/// Firmware of an AMS unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct UnitFirmwareJson<'a> {
    serial: Option<&'a str>,
    version: Option<&'a str>,
    /// What is on offer; null: the cloud does not say.
    updates: Option<Vec<OfferJson<'a>>>,
}

/// A version that is on offer.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct OfferJson<'a> {
    version: Option<&'a str>,
    /// The vendor wants it installed.
    forced: Option<bool>,
    /// What is new in it.
    notes: Option<&'a str>,
}

impl<'a> OfferJson<'a> {
    /// Those that are newer than what is installed.
    fn newer(list: Option<&'a Vec<Firmware>>, installed: Option<&str>) -> Option<Vec<Self>> {
        let newer = list?.iter().filter(|offer| offer.is_newer_than(installed));
        let offer = |offer: &'a Firmware| Self {
            version: offer.version.as_deref(),
            forced: offer.forced,
            notes: offer.description.as_deref(),
        };
        Some(newer.map(offer).collect())
    }
}

impl<'a> FirmwareJson<'a> {
    fn new(serial: &'a str, name: &'a str, found: &'a DeviceVersion) -> Self {
        let unit = |unit: &'a AmsVersion| UnitFirmwareJson {
            serial: unit.serial.as_deref(),
            version: unit.version.as_deref(),
            updates: OfferJson::newer(unit.firmware.as_ref(), unit.version.as_deref()),
        };
        Self {
            serial,
            name,
            version: found.version.as_deref(),
            updates: OfferJson::newer(found.firmware.as_ref(), found.version.as_deref()),
            ams: found.ams.iter().flatten().map(unit).collect(),
        }
    }
}
