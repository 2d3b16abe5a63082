//! Why something could not be kept or read, as a sentence with its cure.

use rusqlite::ErrorCode;
use std::{
    fmt, io,
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

/// Why the database is of no use. Shows itself as a sentence that names the file and a cure.
#[derive(Debug)]
pub struct StorageError {
    path: PathBuf,
    trouble: StorageErrorKind,
}

/// What is wrong.
#[derive(Debug)]
pub(super) enum StorageErrorKind {
    /// A newer version of the program has written it.
    Newer { found: i32, known: i32 },
    /// It does not hold together; what SQLite found.
    Damaged(String),
    /// What SQLite says.
    Sqlite(rusqlite::Error),
    /// What the system says.
    File(io::Error),
}

impl From<rusqlite::Error> for StorageErrorKind {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<io::Error> for StorageErrorKind {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl StorageError {
    pub(super) fn new(path: &Path, trouble: StorageErrorKind) -> Self {
        Self { path: path.to_owned(), trouble }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.trouble {
            StorageErrorKind::Newer { found, known } => write!(
                f,
                "{path} was written by a newer bambu-tui (form {found}, this one knows {known}); use that version, or move the file away"
            ),
            StorageErrorKind::Damaged(found) => {
                write!(f, "{path} is damaged ({found}); move the file away, and a new one is made")
            }
            StorageErrorKind::Sqlite(error) => {
                let cure = match error.sqlite_error_code() {
                    Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::TooBig) => {
                        return write!(f, "{path} is damaged ({error}); move the file away, and a new one is made");
                    }
                    Some(ErrorCode::DiskFull) => "make room on the disk",
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "end the program that holds it",
                    _ => "check the folder's permissions and its disk",
                };
                write!(f, "{path}: {error}; {cure}")
            }
            StorageErrorKind::File(error) => {
                let cure = match error.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
                    _ => "check the folder's permissions",
                };
                write!(f, "{path}: {error}; {cure}")
            }
        }
    }
}

impl std::error::Error for StorageError {}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        Self { path: PathBuf::from(super::FILE), trouble: error.into() }
    }
}

impl From<StorageError> for io::Error {
    fn from(error: StorageError) -> Self {
        Self::other(error)
    }
}

/// Tries again while another program is in the way, for as long as SQLite itself would wait: it does not where waiting could
/// be for ever.
pub(super) fn retry_busy<T>(mut work: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    const PAUSE: Duration = Duration::from_millis(10);
    for _ in 0..super::BUSY.as_millis() / PAUSE.as_millis() {
        match work() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => sleep(PAUSE),
            other => return other,
        }
    }
    work()
}
