//! The account's printers between two runs, so that a command in a loop does not ask the cloud every time: serial number,
//! name and model of each, and whether it was connected. Never access codes, never the token.

use super::{Database, StorageError, optional_text, text};
use crate::protocol::{
    rest::{Region, devices::Device},
    wire::clean,
};
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

/// No account has more printers.
const MOST: i64 = 1000;
/// A list is taken for good for so many seconds.
const LIFE: i64 = 300;
/// That a printer is not connected keeps a command from waiting for it, so it is believed for less long.
const LIFE_AWAY: i64 = 60;

/// Whose printers a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOwner {
    /// Where the account lives.
    pub region: Region,
    /// Base of the API that gave the list.
    pub api: String,
    /// The account's number.
    pub uid: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        serial: optional_text(row, "serial")?,
        name: optional_text(row, "name")?,
        online: row.get("online")?,
        model: optional_text(row, "model")?,
        product: optional_text(row, "product")?,
        ..Device::default()
    })
}

impl Database {
    /// Keeps a list that has just come, instead of the one before. `now` in seconds since 1970.
    pub fn keep_devices(&mut self, owner: &ListOwner, devices: &[Device], now: i64) -> Result<(), StorageError> {
        let write = |connection: &mut rusqlite::Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("DELETE FROM device", [])?;
            transaction.execute(
                "INSERT OR REPLACE INTO device_list (id, region, api, uid, time) VALUES (1, ?1, ?2, ?3, ?4)",
                params![owner.region.name(), owner.api, owner.uid, now],
            )?;
            let mut insert = transaction
                .prepare("INSERT INTO device (serial, name, online, model, product) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for device in devices.iter().take(MOST as usize) {
                let Device { serial, name, online, model, product, .. } = device;
                insert.execute(params![serial, name, online, model, product])?;
            }
            drop(insert);
            transaction.commit()
        };
        let written = write(&mut self.connection);
        self.result(written)
    }

    /// The kept list, if it is this account's and young enough.
    pub fn devices(&mut self, owner: &ListOwner, now: i64) -> Result<Option<Vec<Device>>, StorageError> {
        let load = |connection: &mut rusqlite::Connection| {
            // Both tables as they were at one moment.
            let transaction = connection.transaction()?;
            let list = transaction.query_row("SELECT * FROM device_list", [], |row| {
                Ok(((text(row, "region")?, text(row, "api")?, text(row, "uid")?), row.get::<_, i64>("time")?))
            });
            let Some(((region, api, uid), time)) = list.optional()? else { return Ok(None) };
            if region != owner.region.name() || api != clean(&owner.api) || uid != clean(&owner.uid) {
                return Ok(None);
            }
            let mut select = transaction.prepare("SELECT * FROM device ORDER BY id LIMIT ?1")?;
            let devices = select.query_map([MOST], read)?.collect::<Result<Vec<_>, _>>()?;
            let life = if devices.iter().any(|device| device.online == Some(false)) { LIFE_AWAY } else { LIFE };
            // A list of the future was written by another clock.
            let is_young = now.checked_sub(time).is_some_and(|age| (0..life).contains(&age));
            Ok(is_young.then_some(devices))
        };
        let loaded = load(&mut self.connection);
        self.result(loaded)
    }

    /// Forgets the kept list: it is no longer true, or nobody's any more.
    pub fn forget_devices(&self) -> Result<(), StorageError> {
        self.result(
            self.connection.execute_batch("BEGIN IMMEDIATE; DELETE FROM device; DELETE FROM device_list; COMMIT"),
        )
    }
}
