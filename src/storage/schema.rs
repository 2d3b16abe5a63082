//! The tables, and how an older database becomes a newer one.

use super::{error::StorageErrorKind, takeover};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// What makes each version of the schema from the one before. A script that was released is never changed again.
const MIGRATIONS: [&str; 3] = [
    "
    -- What happened. Rows are written in order: a larger id is later, also where a clock was set back.
    CREATE TABLE journal (
        id INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,            -- seconds since 1970
        serial TEXT NOT NULL,             -- empty: the program itself
        printer TEXT NOT NULL,            -- its name then; it may not be configured any more
        kind TEXT NOT NULL,
        tone TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX journal_by_time ON journal (time);

    -- When the running job of a printer began, and how far it was.
    CREATE TABLE job_start (
        id INTEGER PRIMARY KEY,           -- a larger one was written later
        serial TEXT NOT NULL UNIQUE,
        job TEXT NOT NULL,
        started INTEGER NOT NULL,         -- seconds since 1970
        percent INTEGER NOT NULL,         -- when this was written
        done INTEGER NOT NULL             -- when it was to be done, as estimated then
    ) STRICT;

    -- The account's printers, as the cloud last listed them: one list, of one account.
    CREATE TABLE device_list (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        region TEXT NOT NULL,
        api TEXT NOT NULL,
        uid TEXT NOT NULL,
        time INTEGER NOT NULL             -- when it was listed
    ) STRICT;
    CREATE TABLE device (
        id INTEGER PRIMARY KEY,           -- in the cloud's order
        serial TEXT,
        name TEXT,
        online INTEGER,
        model TEXT,
        product TEXT
    ) STRICT;

    -- When the cloud's broker was connected to, by whatever program of this person.
    CREATE TABLE broker_attempt (
        account TEXT NOT NULL,
        time_ms INTEGER NOT NULL          -- milliseconds since 1970
    ) STRICT;

    -- Every print that was seen; written by a later version. NULL: not known, or not over.
    CREATE TABLE print (
        id INTEGER PRIMARY KEY,
        serial TEXT NOT NULL,
        job TEXT NOT NULL,                -- which one, as in job_start
        name TEXT NOT NULL,
        started INTEGER,
        ended INTEGER,
        outcome TEXT                      -- finished, failed, cancelled
    ) STRICT;
    CREATE INDEX print_by_printer ON print (serial, started);

    -- Temperatures of each printer, for the chart; written by a later version. In tenths of a degree Celsius; NULL: not known.
    CREATE TABLE temperature (
        serial TEXT NOT NULL,
        time INTEGER NOT NULL,
        lasts INTEGER NOT NULL,           -- seconds that the means stand for
        nozzle INTEGER,
        second_nozzle INTEGER,
        bed INTEGER,
        chamber INTEGER,
        PRIMARY KEY (serial, time)
    ) STRICT, WITHOUT ROWID;
    ",
    "
    -- Which printers were in danger when they were heard last.
    CREATE TABLE danger (
        serial TEXT PRIMARY KEY,
        code TEXT NOT NULL,               -- as it is shown, such as 0300_8044
        time INTEGER NOT NULL             -- when it was said last, in seconds since 1970
    ) STRICT;
    ",
    "
    -- Which of the jobs the printer has lost, until somebody dismisses that.
    ALTER TABLE job_start ADD COLUMN lost INTEGER; -- the error that it showed with that, 0: none; NULL: not lost
    ALTER TABLE job_start ADD COLUMN told INTEGER NOT NULL DEFAULT 0; -- whether the journal has it
    ",
];

/// The version that this program knows.
pub(super) const NEWEST: i32 = MIGRATIONS.len() as i32;

/// The version of a database; 0: a new one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings a database to the newest version, in one transaction. A new one takes over what an earlier version has left in
/// files of the folder.
pub(super) fn migrate(connection: &mut Connection, folder: &Path) -> Result<(), StorageErrorKind> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another program may have come first.
    let from = version(&transaction)?;
    for script in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(0)) {
        transaction.execute_batch(script)?;
    }
    let taken = if from == 0 { takeover::take_over(&transaction, folder)? } else { Vec::new() };
    transaction.pragma_update(None, "user_version", NEWEST)?;
    transaction.commit()?;
    takeover::put_aside(&taken);
    Ok(())
}
