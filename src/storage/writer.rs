//! Changes on their way to the disk: the loop hands them over and never waits; a thread owns the connection.

use super::{Database, Record, StorageError, dangers, job_starts, journal};
use crate::state::printer::{danger, job::JobStartChange};
use rusqlite::TransactionBehavior;
use std::{
    io,
    sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    time::Duration,
};

/// So many changes may wait for the disk; more are lost rather than waited for.
const WAITING: usize = 2048;
/// So many changes go to the disk in one transaction.
const BATCH: usize = 512;
/// The end of the program waits this long for the last changes.
const GOODBYE: Duration = Duration::from_secs(5);
/// After so many lines the journal lets go of what is too old.
const PRUNE_EVERY: usize = 1000;

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A line of the journal.
    Journal(Record),
    /// When a job began, or that it is over.
    JobStart(JobStartChange),
    /// That a printer is in danger, or is so no more.
    Danger(danger::DangerChange),
}

/// Writes changes as they come. Dropped without [`Writer::close`], it loses what is still waiting at the program's end.
#[derive(Debug)]
pub struct Writer {
    changes: SyncSender<Change>,
    done: Receiver<()>,
    is_behind: bool,
}

impl Writer {
    /// Starts to write. Lines older than `keep` go as new ones come; `now` in seconds since 1970. `complain` is told on the
    /// writer's thread when the disk begins to fail, and not again until it has worked.
    pub fn start(
        database: Database,
        keep: Duration,
        now: i64,
        complain: impl Fn(StorageError) + Send + 'static,
    ) -> io::Result<Self> {
        let (changes, waiting) = mpsc::sync_channel::<Change>(WAITING);
        let (ended, done) = mpsc::sync_channel(1);
        std::thread::Builder::new().name("storage".to_owned()).spawn(move || {
            Thread { database, keep, complain, failed: false, lines: 0 }.run(now, &waiting);
            let _ = ended.send(());
        })?;
        Ok(Self { changes, done, is_behind: false })
    }

    /// Hands a change over; never waits.
    pub fn write(&mut self, change: Change) {
        let is_behind = self.changes.try_send(change).is_err();
        if is_behind && !self.is_behind {
            tracing::warn!("the disk is too slow: lines of the journal are lost");
        }
        self.is_behind = is_behind;
    }

    /// Waits a short time until everything is written.
    pub fn close(self) {
        let Self { changes, done, .. } = self;
        drop(changes);
        if matches!(done.recv_timeout(GOODBYE), Err(RecvTimeoutError::Timeout)) {
            tracing::warn!("the journal was not written to its end in time");
        }
    }
}

/// What the thread works with.
struct Thread<F> {
    database: Database,
    keep: Duration,
    complain: F,
    failed: bool,
    /// Lines since the journal last let go of old ones.
    lines: usize,
}

impl<F: Fn(StorageError)> Thread<F> {
    fn run(mut self, now: i64, waiting: &Receiver<Change>) {
        self.prune(now);
        let mut batch = Vec::new();
        while let Ok(change) = waiting.recv() {
            batch.push(change);
            batch.extend(waiting.try_iter().take(BATCH - 1));
            if self.written(&batch) {
                batch.clear();
            } else {
                // It is tried again with the next change: a disk that has room again misses nothing that still fits here.
                let surplus = batch.len().saturating_sub(WAITING);
                batch.drain(..surplus);
            }
        }
        if !batch.is_empty() {
            self.written(&batch);
        }
    }

    fn written(&mut self, batch: &[Change]) -> bool {
        let result = write(&mut self.database, batch);
        let is_written = result.is_ok();
        self.judge(result);
        self.lines += batch.iter().filter(|change| is_written && matches!(change, Change::Journal(_))).count();
        if self.lines >= PRUNE_EVERY
            && let Some(now) = batch.iter().rev().find_map(time)
        {
            self.prune(now);
        }
        is_written
    }

    fn prune(&mut self, now: i64) {
        self.lines = 0;
        let before = now.saturating_sub(i64::try_from(self.keep.as_secs()).unwrap_or(i64::MAX));
        let pruned = journal::prune(&self.database.connection, before);
        let result = self.database.result(pruned);
        self.judge(result);
    }

    /// A full disk is told once, not for each line.
    fn judge(&mut self, result: Result<(), StorageError>) {
        match result {
            Ok(()) => self.failed = false,
            Err(error) if !self.failed => {
                self.failed = true;
                tracing::warn!(%error, "what happens is not kept");
                (self.complain)(error);
            }
            Err(_) => {}
        }
    }
}

fn time(change: &Change) -> Option<i64> {
    match change {
        Change::Journal(record) => Some(record.unix),
        Change::JobStart(_) | Change::Danger(_) => None,
    }
}

/// Makes changes in one transaction: all of them, or none.
fn write(database: &mut Database, batch: &[Change]) -> Result<(), StorageError> {
    let mut all = || {
        let transaction = database.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in batch {
            match change {
                Change::Journal(record) => journal::insert(&transaction, record)?,
                Change::JobStart(memory) => job_starts::change(&transaction, memory)?,
                Change::Danger(memory) => dangers::change(&transaction, memory)?,
            }
        }
        transaction.commit()
    };
    let written = all();
    database.result(written)
}

#[cfg(test)]
mod tests;
