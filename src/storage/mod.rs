//! What the program keeps between two runs: one SQLite database in the state directory, for several programs at once.
//!
//! The journal, when jobs began, who was in danger, the account's list of printers, and when the cloud's broker was connected to. Never access
//! codes, never a token. A [`Database`] is one connection, and every call on it waits for the disk: what runs beside the loop
//! hands its changes to a [`Writer`], whose thread owns the connection.

pub mod account;
mod broker;
mod dangers;
mod devices;
mod error;
pub mod error_texts;
mod job_starts;
mod journal;
pub mod private_files;
mod schema;
mod takeover;
mod writer;

pub use devices::ListOwner;
pub use error::StorageError;
pub use journal::{JournalFilter, Record};
pub use writer::{Change, Writer};

use crate::protocol::wire::clean;
use error::{StorageErrorKind, retry_busy};
use rusqlite::{Connection, OpenFlags, Row, config::DbConfig, limits::Limit};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// The database's name in the state directory.
pub const FILE: &str = "bambu-tui.db";
/// So long somebody who wants to write waits for another program that does. Each writes for moments only.
const BUSY: Duration = Duration::from_secs(5);
/// Pages in memory, in KiB: what is read often is small, and what is large is read once.
const CACHE_KIB: i64 = 256;
/// Pages in the write-ahead log before they go into the database: a quarter of what SQLite does by itself.
const CHECKPOINT: i64 = 256;
/// No text or row of ours is longer, in bytes; SQLite refuses to read one that is.
const LONGEST: i32 = 1 << 20;

/// A connection to the database. Every call blocks.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    path: PathBuf,
}

impl Database {
    /// Opens the database of a folder. Where there is none it is made, and takes over what an earlier version has left in
    /// files.
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        let path = folder.join(FILE);
        let opened = open(&path, folder);
        match opened {
            Ok(connection) => Ok(Self { connection, path }),
            Err(trouble) => Err(StorageError::new(&path, trouble)),
        }
    }

    /// Opens the database of a folder if anything is kept there, and makes nothing otherwise.
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, StorageError> {
        let path = folder.join(FILE);
        match path.try_exists() {
            Ok(true) => Self::open(folder).map(Some),
            Ok(false) if takeover::is_needed(folder) => Self::open(folder).map(Some),
            Ok(false) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(None),
            Err(error) => Err(StorageError::new(&path, error.into())),
        }
    }

    /// Whether all of it holds together and can be written; nothing is changed. Takes longer the more there is.
    pub fn check(&self) -> Result<(), StorageError> {
        let writable = || {
            self.connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
            look_over(&self.connection, "")
        };
        writable().map_err(|trouble| StorageError::new(&self.path, trouble))
    }

    fn result<T>(&self, result: rusqlite::Result<T>) -> Result<T, StorageError> {
        result.map_err(|error| StorageError::new(&self.path, error.into()))
    }
}

fn open(path: &Path, folder: &Path) -> Result<Connection, StorageErrorKind> {
    // SQLite would make the file with everybody's rights; the two beside it take theirs from this one.
    drop(private_files::append(path)?);
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match private_files::close(Path::new(&file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    let found = retry_busy(|| schema::version(&connection))?;
    if !(0..=schema::NEWEST).contains(&found) {
        // Not even the pages go into the file that its own program has left in the log.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        return Err(StorageErrorKind::Newer { found, known: schema::NEWEST });
    }
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // One that waits here has another program before it that makes the same change, which no time-out of SQLite covers.
    retry_busy(|| connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())))?;
    connection.query_row(&format!("PRAGMA wal_autocheckpoint = {CHECKPOINT}"), [], |_| Ok(()))?;
    if found < schema::NEWEST {
        schema::migrate(&mut connection, folder)?;
    }
    // What is read at the start must not be nothing because its pages are broken. The journal, which may be long, tells of
    // itself when it is read.
    for table in ["job_start", "danger", "device_list", "device", "broker_attempt"] {
        look_over(&connection, &format!("('{table}')"))?;
    }
    // A commit is safe from the program's end as it is; from a power failure once it is in the database itself.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

/// An error if a table, or where none is named any of them, does not hold together.
fn look_over(connection: &Connection, table: &str) -> Result<(), StorageErrorKind> {
    let found: String = connection.query_row(&format!("PRAGMA quick_check{table}"), [], |row| row.get(0))?;
    // A heading, then one line for each page or cell: one is enough to tell.
    let first = found.lines().find(|line| !line.starts_with("***")).unwrap_or(&found);
    if found == "ok" { Ok(()) } else { Err(StorageErrorKind::Damaged(clean(first))) }
}

/// A column of text as it may be shown: whoever wrote it, it has no control characters and a bounded length.
fn text(row: &Row<'_>, column: &str) -> rusqlite::Result<String> {
    optional_text(row, column).map(Option::unwrap_or_default)
}

/// The same for one that may be absent.
fn optional_text(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<String>> {
    Ok(row.get_ref(column)?.as_str_or_null()?.map(clean))
}

#[cfg(test)]
mod tests;
