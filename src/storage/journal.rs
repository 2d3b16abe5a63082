//! The journal: what happened, for as long as the person wants to look back.

use super::{Database, StorageError, text};
use crate::{
    protocol::wire::clean,
    state::{
        PrinterId, Tone,
        notify::journal::{Entry, EntryKind},
        printer::Printer,
    },
};
use rusqlite::{Connection, Row, params};
use serde::Serialize;

/// No more lines are kept, however young: some hundred megabytes.
const MOST: i64 = 1_000_000;
/// So many names of printers are told.
const NAMES: i64 = 1000;

/// A line of the journal as it is kept: with the printer's name, which may not be configured any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When, in seconds since 1970.
    pub unix: i64,
    /// The printer's name; empty: the program itself.
    pub printer: String,
    /// The printer's serial number, or nothing.
    pub serial: String,
    /// What it is about.
    pub kind: EntryKind,
    /// How loud.
    pub tone: Tone,
    /// What happened.
    pub text: String,
}

/// A line of the journal as JSON. Keys are only ever added.
#[derive(Debug, Serialize)]
struct RecordJson<'a> {
    /// When, in seconds since 1970.
    time: i64,
    /// The printer's name; empty: the program itself.
    printer: &'a str,
    /// The printer's serial number, or nothing.
    serial: &'a str,
    /// `print`, `health`, `order`, `link`, `other`.
    kind: &'static str,
    /// `plain`, `good`, `warning`, `bad`.
    tone: &'static str,
    /// What happened.
    text: &'a str,
}

/// Names of the tones in the database and in JSON.
const TONES: [(Tone, &str); 4] =
    [(Tone::Plain, "plain"), (Tone::Good, "good"), (Tone::Warning, "warning"), (Tone::Bad, "bad")];

pub(super) fn tone(name: &str) -> Tone {
    TONES.iter().find(|(_, known)| *known == name).map_or(Tone::Plain, |(tone, _)| *tone)
}

impl Record {
    /// What is kept of a line.
    pub fn new(entry: &Entry, printers: &[Printer]) -> Self {
        let printer = entry.printer.and_then(|id| printers.get(usize::from(id.0)));
        Self {
            unix: entry.unix,
            printer: printer.map(|p| p.name.clone()).unwrap_or_default(),
            serial: printer.map(|p| p.serial.clone()).unwrap_or_default(),
            kind: entry.kind,
            tone: entry.tone,
            text: entry.text.clone(),
        }
    }

    /// The line as the journal shows it. Of a printer that is not configured any more only its name is left.
    pub fn entry(self, printers: &[Printer]) -> Entry {
        let place = printers.iter().position(|p| !self.serial.is_empty() && p.serial == self.serial);
        let printer = place.map(|place| PrinterId(place as u16));
        let text = if printer.is_none() && !self.printer.is_empty() {
            format!("{}: {}", self.printer, self.text)
        } else {
            self.text
        };
        Entry { unix: self.unix, printer, kind: self.kind, text, tone: self.tone }
    }

    /// As a line of JSON.
    pub fn json(&self) -> String {
        let Self { unix: time, ref printer, ref serial, kind, ref text, .. } = *self;
        let json = RecordJson { time, printer, serial, kind: kind.name(), tone: self.tone_name(), text };
        // Texts, numbers and names of keys: nothing in it cannot be written.
        serde_json::to_string(&json).unwrap_or_default()
    }

    fn tone_name(&self) -> &'static str {
        TONES.iter().find(|(tone, _)| *tone == self.tone).map_or("plain", |(_, name)| name)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            unix: row.get("time")?,
            printer: text(row, "printer")?,
            serial: text(row, "serial")?,
            kind: EntryKind::from_name(&text(row, "kind")?).unwrap_or(EntryKind::Other),
            tone: tone(&text(row, "tone")?),
            text: text(row, "text")?,
        })
    }
}

/// Which lines of the journal; the default is all.
#[derive(Debug, Clone, Copy, Default)]
pub struct JournalFilter<'a> {
    /// Not before this, in seconds since 1970.
    pub since: Option<i64>,
    /// Of this printer, by its name or serial in any case of letters.
    pub printer: Option<&'a str>,
}

/// Adds a line.
pub(super) fn insert(connection: &Connection, record: &Record) -> rusqlite::Result<()> {
    let Record { unix, printer, serial, kind, text, .. } = record;
    let mut insert = connection
        .prepare("INSERT INTO journal (time, serial, printer, kind, tone, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    insert.execute(params![unix, serial, printer, kind.name(), record.tone_name(), clean(text)]).map(drop)
}

/// Lets go of lines from before a time, in seconds since 1970, and of more than fit.
pub(super) fn prune(connection: &Connection, before: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM journal WHERE time < ?1", [before])?;
    connection.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?1", [MOST])?;
    Ok(())
}

impl Database {
    /// The newest lines, oldest first.
    pub fn newest(&self, count: usize) -> Result<Vec<Record>, StorageError> {
        let read = || {
            let mut select = self.connection.prepare("SELECT * FROM journal ORDER BY id DESC LIMIT ?1")?;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            select.query_map([count], Record::read)?.collect::<Result<Vec<_>, _>>()
        };
        let mut records = self.result(read())?;
        records.reverse();
        Ok(records)
    }

    /// Shows the lines that a filter leaves one after the other, oldest first.
    pub fn journal(&self, filter: JournalFilter<'_>, mut look: impl FnMut(Record)) -> Result<(), StorageError> {
        let mut read = || {
            let mut select = self.connection.prepare(
                "SELECT * FROM journal WHERE time >= ?1
                    AND (?2 IS NULL OR printer = ?2 COLLATE NOCASE OR serial = ?2 COLLATE NOCASE)
                ORDER BY id LIMIT ?3",
            )?;
            let since = filter.since.unwrap_or(i64::MIN);
            for record in select.query_map(params![since, filter.printer, MOST], Record::read)? {
                look(record?);
            }
            Ok(())
        };
        self.result(read())
    }

    /// Names and serials of the printers that the journal tells of, in the order of the names.
    pub fn journal_printers(&self) -> Result<Vec<(String, String)>, StorageError> {
        let read = || {
            let mut select = self.connection.prepare(
                "SELECT DISTINCT printer, serial FROM journal WHERE printer != '' ORDER BY printer, serial LIMIT ?1",
            )?;
            let names = |row: &Row<'_>| Ok((text(row, "printer")?, text(row, "serial")?));
            select.query_map([NAMES], names)?.collect::<Result<Vec<_>, _>>()
        };
        self.result(read())
    }
}
