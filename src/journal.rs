//! The journal on disk: one line of JSON for each line of the journal, in a file of bounded size in the state directory.
//!
//! A thread writes; the loop hands lines over and never waits for a disk.

use crate::{
    files::{Rolling, old},
    protocol::wire::clean,
    state::{
        PrinterId,
        journal::{Entry, Kind},
        notice::Tone,
        printer::Printer,
    },
};
use serde_json::{Value, json};
use std::{
    fs, io,
    path::Path,
    sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    time::Duration,
};

/// The file starts anew at this size; the one before it is kept beside it.
const MAX_SIZE: u64 = 1 << 20;
/// So many lines may wait for the disk; more are lost rather than waited for.
const WAITING: usize = 1024;
/// The end of the program waits this long for the last lines.
const GOODBYE: Duration = Duration::from_secs(1);

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
    pub kind: Kind,
    /// How loud.
    pub tone: Tone,
    /// What happened.
    pub text: String,
}

/// Names of the tones in the file.
const TONES: [(Tone, &str); 4] =
    [(Tone::Plain, "plain"), (Tone::Good, "good"), (Tone::Warning, "warning"), (Tone::Bad, "bad")];

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

    /// As JSON. Keys are only ever added.
    pub fn json(&self) -> Value {
        let tone = TONES.iter().find(|(tone, _)| *tone == self.tone).map_or("plain", |(_, name)| name);
        json!({
            "time": self.unix, "printer": self.printer, "serial": self.serial,
            "kind": self.kind.name(), "tone": tone, "text": self.text,
        })
    }

    /// From a line of the file; whatever is no such line is nothing.
    fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(clean);
        let word = |key: &str| value.get(key).and_then(Value::as_str);
        let tone = word("tone");
        Some(Self {
            unix: value.get("time")?.as_i64()?,
            printer: text("printer").unwrap_or_default(),
            serial: text("serial").unwrap_or_default(),
            kind: word("kind").and_then(Kind::from_name).unwrap_or(Kind::Other),
            tone: TONES.iter().find(|(_, name)| Some(*name) == tone).map_or(Tone::Plain, |(tone, _)| *tone),
            text: text("text")?,
        })
    }
}

/// Everything that is kept, oldest first. No file is an empty journal.
pub fn read(path: &Path) -> io::Result<Vec<Record>> {
    let mut records = Vec::new();
    for path in [old(path), path.to_owned()] {
        match fs::read(&path) {
            Ok(bytes) => records.extend(String::from_utf8_lossy(&bytes).lines().filter_map(Record::parse)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok(records)
}

/// The newest lines, oldest first. Only what is wanted is read and parsed: this runs before the first frame.
pub fn newest(path: &Path, count: usize) -> io::Result<Vec<Record>> {
    let mut records = Vec::new();
    for path in [path.to_owned(), old(path)] {
        if records.len() >= count {
            break;
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e),
        };
        let text = String::from_utf8_lossy(&bytes);
        let room = count - records.len();
        records.extend(text.lines().rev().filter_map(Record::parse).take(room));
    }
    records.reverse();
    Ok(records)
}

/// Writes lines as they come. Dropped without [`Keeper::close`], it loses what is still waiting at the program's end.
#[derive(Debug)]
pub struct Keeper {
    lines: SyncSender<Record>,
    done: Receiver<()>,
    lost: bool,
}

impl Keeper {
    /// Starts to write to a file.
    pub fn start(path: &Path) -> io::Result<Self> {
        let mut file = Rolling::open(path, MAX_SIZE)?;
        let (lines, waiting) = mpsc::sync_channel::<Record>(WAITING);
        let (ended, done) = mpsc::sync_channel(1);
        std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let mut failed = false;
            while let Ok(record) = waiting.recv() {
                let line = format!("{}\n", record.json());
                match file.append(line.as_bytes()) {
                    Ok(()) => failed = false,
                    // A full disk is told once, not for each line.
                    Err(error) if !failed => {
                        failed = true;
                        tracing::warn!(%error, "the journal could not be written");
                    }
                    Err(_) => {}
                }
            }
            let _ = ended.send(());
        })?;
        Ok(Self { lines, done, lost: false })
    }

    /// Hands a line over; never waits.
    pub fn write(&mut self, record: Record) {
        let lost = self.lines.try_send(record).is_err();
        if lost && !self.lost {
            tracing::warn!("the disk is too slow: lines of the journal are lost");
        }
        self.lost = lost;
    }

    /// Waits a short time until everything is written.
    pub fn close(self) {
        let Self { lines, done, .. } = self;
        drop(lines);
        if matches!(done.recv_timeout(GOODBYE), Err(RecvTimeoutError::Timeout)) {
            tracing::warn!("the journal was not written to its end in time");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(unix: i64, text: &str) -> Record {
        Record {
            unix,
            printer: "P1S".into(),
            serial: "01P".into(),
            kind: Kind::Print,
            tone: Tone::Good,
            text: text.into(),
        }
    }

    #[test]
    fn lines_come_back_as_they_were_written_and_junk_is_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state/journal.jsonl");
        assert_eq!(read(&path).expect("nothing yet"), []);
        let mut keeper = Keeper::start(&path).expect("started");
        keeper.write(record(1, "started \"cube\""));
        keeper.close();
        fs::write(&path, [fs::read(&path).expect("read"), b"half a li\n{\"time\":3}\n\xff\n".to_vec()].concat())
            .expect("written");
        let mut keeper = Keeper::start(&path).expect("started");
        keeper.write(record(2, "finished"));
        keeper.close();
        assert_eq!(read(&path).expect("read"), [record(1, "started \"cube\""), record(2, "finished")]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_large_file_is_put_aside_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.jsonl");
        let mut file = Rolling::open(&path, MAX_SIZE).expect("opened");
        let line = |n: i64| format!("{}\n", record(n, &"x".repeat(1000)).json()).into_bytes();
        let count = MAX_SIZE / line(1).len() as u64 + 10;
        for n in 0..count as i64 {
            file.append(&line(n)).expect("written");
        }
        file.append(&line(9999)).expect("written");
        assert!(fs::metadata(&path).expect("metadata").len() < 20_000);
        assert!(fs::metadata(old(&path)).expect("metadata").len() < MAX_SIZE + 2000);
        let all = read(&path).expect("read");
        assert_eq!((all.len() as u64, all[0].unix, all[all.len() - 1].unix), (count + 1, 0, 9999));
        let newest: Vec<_> = newest(&path, 500).expect("read").iter().map(|record| record.unix).collect();
        assert_eq!((newest.len(), newest[499], newest[498]), (500, 9999, count as i64 - 1));
        assert!(newest.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(old(&path).file_name().and_then(|n| n.to_str()), Some("journal.old.jsonl"));
    }

    #[test]
    fn printers_are_found_again_by_their_serial() {
        let printers = [Printer::new("Renamed", "01P", "h", None, vec![])];
        let entry = record(1, "hello").entry(&printers);
        assert_eq!((entry.printer, entry.text.as_str()), (Some(PrinterId(0)), "hello"));
        assert_eq!(Record::new(&entry, &printers).printer, "Renamed");
        assert_eq!(record(1, "hello").entry(&[]).text, "P1S: hello");
        let escape = Record::parse(r#"{"time":1,"text":"a\u001b[2Jb"}"#).expect("a record");
        assert_eq!((escape.text.as_str(), escape.tone), ("a[2Jb", Tone::Plain));
    }
}
