//! When the cloud's broker was connected to, by whatever program of this person: the service's limit is on the account.

use super::{Database, StorageError};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::time::Duration;

/// Adds an attempt at a time in milliseconds since 1970.
pub(super) fn insert(connection: &Connection, account: &str, time_ms: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO broker_attempt (account, time_ms) VALUES (?1, ?2)";
    connection.execute(sql, params![account, time_ms]).map(drop)
}

impl Database {
    /// Counts an attempt of an account at `now`, in milliseconds since 1970, if there were fewer than `most` within the window;
    /// or tells how long there is none left.
    pub fn take_broker_attempt(
        &mut self,
        account: &str,
        now: i64,
        most: usize,
        window: Duration,
    ) -> Result<Option<Duration>, StorageError> {
        let taken = take(&mut self.connection, account, now, most, window);
        self.result(taken)
    }
}

fn take(
    connection: &mut Connection,
    account: &str,
    now: i64,
    most: usize,
    window: Duration,
) -> rusqlite::Result<Option<Duration>> {
    let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    // One at a time, so that nobody overlooks the attempt of another program.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // An attempt of the future was written by a clock that went back since: it is taken for one of now, so that it neither
    // counts for longer than the window nor is forgotten.
    transaction.execute("UPDATE broker_attempt SET time_ms = ?1 WHERE time_ms > ?1", [now])?;
    transaction.execute("DELETE FROM broker_attempt WHERE time_ms <= ?1", [now.saturating_sub(window)])?;
    let before = i64::try_from(most).unwrap_or(i64::MAX).saturating_sub(1);
    let sql = "SELECT time_ms FROM broker_attempt WHERE account = ?1 ORDER BY time_ms DESC LIMIT 1 OFFSET ?2";
    let oldest = transaction.query_row(sql, params![account, before], |row| row.get::<_, i64>(0)).optional()?;
    if oldest.is_none() {
        insert(&transaction, account, now)?;
    }
    transaction.commit()?;
    Ok(oldest.map(|at| Duration::from_millis(at.saturating_add(window).saturating_sub(now).unsigned_abs())))
}
