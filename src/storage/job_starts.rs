//! When jobs began and how far they are: so that it is known after the next start, also of a job that is gone by then.

use super::{Database, StorageError, text};
use crate::{
    protocol::{codes::PrintError, wire::clean},
    state::printer::job::{JobStart, JobStartChange, Lost},
};
use rusqlite::{Connection, Row, params};

/// So many jobs are remembered; the oldest go first.
pub(super) const MOST: i64 = 1024;

/// The parts of a job's name are told apart by a control character, which cleaning takes away.
const SEPARATOR: char = '\u{1f}';

pub(super) fn clean_job(job: &str) -> String {
    job.split(SEPARATOR).take(3).map(clean).collect::<Vec<_>>().join("\u{1f}")
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<JobStart>> {
    let percent: i64 = row.get("percent")?;
    let told = row.get("told")?;
    let lost: Option<i64> = row.get("lost")?;
    Ok(Some(JobStart {
        serial: text(row, "serial")?,
        job: clean_job(row.get_ref("job")?.as_str()?),
        unix: row.get("started")?,
        percent: match u8::try_from(percent) {
            Ok(percent) if percent <= 100 => percent,
            _ => return Ok(None),
        },
        done: row.get("done")?,
        lost: lost.map(|error| Lost { error: PrintError::new(error), told }),
    }))
}

/// Makes one change.
pub(super) fn change(connection: &Connection, change: &JobStartChange) -> rusqlite::Result<()> {
    match change {
        JobStartChange::Keep(JobStart { serial, job, unix, percent, done, lost }) => {
            let error = lost.map(|lost| lost.error.map_or(0, |error| i64::from(error.0)));
            let told = lost.is_some_and(|lost| lost.told);
            // Written anew and not changed, so that the newest has the largest id.
            connection.execute(
                "INSERT OR REPLACE INTO job_start (serial, job, started, percent, done, lost, told)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![serial, job, unix, percent, done, error, told],
            )?;
            let oldest = "SELECT id FROM job_start ORDER BY id DESC LIMIT 1 OFFSET ?1";
            connection.execute(&format!("DELETE FROM job_start WHERE id <= ({oldest})"), [MOST])?;
        }
        JobStartChange::Forget { serial } => {
            connection.execute("DELETE FROM job_start WHERE serial = ?1", [serial])?;
        }
        JobStartChange::Ended { serial } => {
            connection.execute("DELETE FROM job_start WHERE serial = ?1 AND lost IS NOT NULL AND told", [serial])?;
            connection.execute("UPDATE job_start SET done = 0 WHERE serial = ?1 AND lost IS NULL", [serial])?;
        }
    }
    Ok(())
}

impl Database {
    /// What is remembered, the newest first; what makes no sense is left out.
    pub fn job_starts(&self) -> Result<Vec<JobStart>, StorageError> {
        let starts = || {
            let mut select = self.connection.prepare("SELECT * FROM job_start ORDER BY id DESC LIMIT ?1")?;
            let starts = select.query_map([MOST], read)?;
            starts.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()
        };
        self.result(starts())
    }
}
