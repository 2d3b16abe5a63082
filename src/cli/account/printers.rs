//! The account's list of printers for commands: one that came a moment ago does for the next command too.

use super::now;
use crate::{
    cli::{Global, output::Failure},
    net::rest::Cloud,
    protocol::rest::{RestError, devices::Device},
    storage::{Database, ListOwner},
};
use std::path::{Path, PathBuf};

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

/// The kept list of an account. If it cannot be read or kept the cloud is asked once more, that is all.
pub(in crate::cli) struct List {
    folder: PathBuf,
    owner: ListOwner,
}

impl List {
    /// That of an account, by its number.
    pub(in crate::cli) fn of(cloud: &Cloud, uid: &str) -> Option<Self> {
        let owner = ListOwner { region: cloud.region(), api: cloud.api(), uid: uid.to_owned() };
        Some(Self { folder: Global::state_folder().ok()?, owner })
    }

    /// What came in the last minutes.
    pub(in crate::cli) fn load(&self) -> Option<Vec<Device>> {
        let kept = Database::open_existing(&self.folder).and_then(|database| match database {
            Some(mut database) => database.devices(&self.owner, now()),
            None => Ok(None),
        });
        kept.unwrap_or_else(|error| {
            tracing::warn!(%error, "the kept list of printers cannot be read");
            None
        })
    }

    /// Keeps what has just come.
    pub(super) fn save(&self, devices: &[Device]) {
        let kept =
            Database::open(&self.folder).and_then(|mut database| database.keep_devices(&self.owner, devices, now()));
        if let Err(error) = kept {
            tracing::warn!(%error, "the list of printers is not kept");
        }
    }
}

/// The kept list in a folder is no longer true. Where it cannot be forgotten it cannot be read either, or not for long.
pub(super) fn forget(folder: &Path) {
    let forgotten = Database::open_existing(folder)
        .and_then(|database| database.map_or(Ok(()), |database| database.forget_devices()));
    if let Err(error) = forgotten {
        tracing::warn!(%error, "the kept list of printers is not forgotten");
    }
}

/// The same in the person's own folder.
pub(in crate::cli) fn forget_printers() -> Result<(), Failure> {
    forget(&Global::state_folder()?);
    Ok(())
}
