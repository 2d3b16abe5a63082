//! What an earlier version kept in files of its own is taken over once, when the database is made.

use super::{broker, job_starts, journal};
use crate::{
    protocol::wire::clean,
    state::{
        notify::journal::EntryKind,
        printer::job::{JobStart, JobStartChange},
    },
    storage::private_files,
};
use journal::Record;
use rusqlite::Transaction;
use serde_json::Value;
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// No more of a file is read; none of ours was larger.
const LARGEST: u64 = 4 << 20;
/// What becomes of the journal's files: a person may want them still.
const ASIDE: &str = "taken-over";

/// A file that is taken over, or is of no use any more.
enum Left {
    /// Lines of the journal; stays beside the database under another name.
    Journal,
    /// When running jobs began.
    JobStarts,
    /// When the broker was connected to.
    BrokerAttempts,
    /// Old within minutes, or never more than a lock: nothing of it is needed.
    Nothing,
}

/// The older of two journals comes first.
const FILES: [(&str, Left); 9] = [
    ("journal.old.jsonl", Left::Journal),
    ("journal.jsonl", Left::Journal),
    ("jobs.jsonl", Left::JobStarts),
    ("broker.json", Left::BrokerAttempts),
    ("journal.lock", Left::Nothing),
    ("jobs.lock", Left::Nothing),
    ("broker.lock", Left::Nothing),
    ("printers.lock", Left::Nothing),
    ("printers.json", Left::Nothing),
];

/// Whether there is anything to take over.
pub(super) fn is_needed(folder: &Path) -> bool {
    FILES.iter().any(|(name, left)| !matches!(left, Left::Nothing) && folder.join(name).exists())
}

/// Takes everything over; the files themselves are for [`put_aside`] once this is committed. What cannot be read stays where
/// it is.
pub(super) fn take_over(transaction: &Transaction<'_>, folder: &Path) -> rusqlite::Result<Vec<PathBuf>> {
    let mut taken = Vec::new();
    for (name, left) in &FILES {
        let path = folder.join(name);
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, path = %path.display(), "what an earlier version kept cannot be read");
                }
                continue;
            }
        };
        match left {
            Left::Journal => {
                for record in text.lines().filter_map(record) {
                    journal::insert(transaction, &record)?;
                }
            }
            // The newest was the first of its file.
            Left::JobStarts => {
                let starts: Vec<_> = text.lines().filter_map(start).take(job_starts::MOST as usize).collect();
                for start in starts.into_iter().rev() {
                    job_starts::change(transaction, &JobStartChange::Keep(start))?;
                }
            }
            Left::BrokerAttempts => {
                for (account, time_ms) in attempts(&text) {
                    broker::insert(transaction, &account, time_ms)?;
                }
            }
            Left::Nothing => {}
        }
        taken.push(path);
    }
    Ok(taken)
}

/// Takes the files that were taken over out of the way. If that fails they lie there unread.
pub(super) fn put_aside(taken: &[PathBuf]) {
    for path in taken {
        let name = path.file_name().unwrap_or_default();
        let is_journal = FILES.iter().any(|(known, left)| name == *known && matches!(left, Left::Journal));
        let done = if is_journal {
            let mut aside = path.as_os_str().to_owned();
            aside.push(".");
            aside.push(ASIDE);
            fs::rename(path, aside)
        } else {
            fs::remove_file(path)
        };
        if let Err(error) = done {
            tracing::warn!(%error, path = %path.display(), "what was taken over could not be put aside");
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    private_files::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A line of the journal; whatever is no such line is nothing.
fn record(line: &str) -> Option<Record> {
    let value: Value = serde_json::from_str(line).ok()?;
    let word = |key: &str| value.get(key).and_then(Value::as_str);
    let text = |key: &str| word(key).map(clean);
    Some(Record {
        unix: value.get("time")?.as_i64()?,
        printer: text("printer").unwrap_or_default(),
        serial: text("serial").unwrap_or_default(),
        kind: word("kind").and_then(EntryKind::from_name).unwrap_or(EntryKind::Other),
        tone: journal::tone(word("tone").unwrap_or_default()),
        text: text("text")?,
    })
}

/// When a job began; whatever makes no sense is nothing.
fn start(line: &str) -> Option<JobStart> {
    let value: Value = serde_json::from_str(line).ok()?;
    let number = |key: &str| value.get(key).and_then(Value::as_i64);
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(JobStart {
        serial: text("serial").map(clean).filter(|serial| !serial.is_empty())?,
        job: job_starts::clean_job(text("job")?),
        unix: number("started")?,
        percent: u8::try_from(number("percent")?).ok().filter(|percent| *percent <= 100)?,
        done: number("done")?,
        lost: None,
    })
}

/// Attempts to connect to the broker: whose, and when.
fn attempts(text: &str) -> Vec<(String, i64)> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let attempt = |entry: &Value| Some((clean(entry.get("of")?.as_str()?), entry.get("at")?.as_i64()?));
    value.get("attempts").and_then(Value::as_array).into_iter().flatten().filter_map(attempt).collect()
}
