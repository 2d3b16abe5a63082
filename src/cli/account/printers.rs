//! The account's list of printers for commands: one that came a moment ago does for the next command too.

use super::now;
use crate::{
    account::printers::{self, Whose},
    cli::{
        Global,
        outcome::{FAILED, Failure},
    },
    net::rest::Cloud,
    protocol::rest::{RestError, devices::Device},
};
use std::path::PathBuf;

pub(super) fn file() -> Result<PathBuf, Failure> {
    Global::state_file("printers.json")
}

/// The account's printers: as they were listed in the last minutes if everything that is wanted is found there, or else as
/// the cloud lists them now.
pub(in crate::cli) async fn printers(
    cloud: &Cloud,
    uid: Option<&str>,
    is_enough: impl FnOnce(&[Device]) -> bool,
) -> Result<Vec<Device>, RestError> {
    let list = uid.and_then(|uid| List::of(cloud, uid));
    let found = list.as_ref().and_then(List::load);
    if let Some(found) = found.filter(|devices| is_enough(devices)) {
        return Ok(found);
    }
    let devices = cloud.devices().await?;
    list.inspect(|list| list.save(&devices));
    Ok(devices)
}

/// The list of an account, on disk.
pub(in crate::cli) struct List {
    file: PathBuf,
    whose: Whose,
}

impl List {
    /// That of an account, by its number.
    pub(in crate::cli) fn of(cloud: &Cloud, uid: &str) -> Option<Self> {
        Some(Self {
            file: file().ok()?,
            whose: Whose { region: cloud.region(), api: cloud.api(), uid: uid.to_owned() },
        })
    }

    /// What came in the last minutes.
    pub(in crate::cli) fn load(&self) -> Option<Vec<Device>> {
        printers::load(&self.file, &self.whose, now())
    }

    /// Keeps what has just come. If that fails the next command asks again, that is all.
    pub(super) fn save(&self, devices: &[Device]) {
        if let Err(error) = printers::save(&self.file, &self.whose, devices, now()) {
            tracing::warn!(%error, "the list of printers is not kept");
        }
    }
}

/// The kept list is no longer true.
pub(in crate::cli) fn forget_printers() -> Result<(), Failure> {
    let file = file()?;
    printers::forget(&file).map_err(|e| Failure::new(FAILED, format!("{} cannot be removed: {e}", file.display())))
}
