//! What happened, as the dashboard has written it down.

use super::{
    Global,
    output::{FAILED, Failure, OK, note, print},
};
use crate::{
    protocol::wire::clean,
    state::notify::journal::EntryKind,
    storage::{Database, JournalFilter, Record, StorageError, private_files},
};
use clap::Args;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

/// Which lines, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct JournalOptions {
    /// Only this printer: its name or serial
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// Only what happened in this time: 90s, 30m, 24h, 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    since: Option<Duration>,
    /// Only what is about this: print, health, order, link, other; several with commas
    #[arg(long, value_name = "KIND", value_parser = kind, value_delimiter = ',')]
    kind: Vec<EntryKind>,
    /// Only lines that hold all of these words, in any case of letters
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// Write it into this file; an existing one is not replaced [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A span of time with its unit.
fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number with s, m, h or d, such as 24h".to_owned();
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].trim().parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

fn kind(text: &str) -> Result<EntryKind, String> {
    EntryKind::from_name(text)
        .ok_or_else(|| format!("must be one of {}", EntryKind::ALL.map(EntryKind::name).join(", ")))
}

pub(super) fn run(global: &Global, options: &JournalOptions) -> Result<u8, Failure> {
    let failed = |error: StorageError| Failure::new(FAILED, error.to_string());
    let database = Database::open_existing(&Global::state_folder()?).map_err(failed)?;
    if let Some(name) = &options.printer {
        let kept = database.as_ref().map_or(Ok(Vec::new()), Database::journal_printers).map_err(failed)?;
        known(global, name, &kept)?;
    }
    let now = crate::app::now();
    let since = options.since.map(|since| now.unix.saturating_sub(since.as_secs() as i64));
    let filter = JournalFilter { since, printer: options.printer.as_deref() };
    let words: Vec<String> =
        options.search.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let mut chosen = Vec::new();
    if let Some(database) = &database {
        let look = |record: Record| {
            if (options.kind.is_empty() || options.kind.contains(&record.kind)) && holds(&record, &words) {
                chosen.push(record);
            }
        };
        database.journal(filter, look).map_err(failed)?;
    }
    let lines = if options.json {
        chosen.iter().map(Record::json).collect::<Vec<_>>().join("\n")
    } else {
        table(&chosen, &|unix| {
            chrono::DateTime::from_timestamp(unix, 0)
                .map(|time| time.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S").to_string())
                .unwrap_or_default()
        })
    };
    match &options.output {
        Some(path) => {
            write(path, &lines).map_err(|e| Failure::new(FAILED, format!("{}: {e}", path.display())))?;
            print(&format!("{}: {} lines", path.display(), chosen.len()))?;
        }
        None if lines.is_empty() && !options.json => {
            note("nothing found");
        }
        None if lines.is_empty() => {}
        None => print(&lines)?,
    }
    Ok(OK)
}

/// Whether every word stands in the text or in the printer's name.
fn holds(record: &Record, words: &[String]) -> bool {
    let (text, name) = (record.text.to_lowercase(), record.printer.to_lowercase());
    words.iter().all(|word| text.contains(word) || name.contains(word))
}

/// A new file that only its owner may read, as the journal itself.
fn write(path: &Path, lines: &str) -> io::Result<()> {
    let mut file = private_files::private().write(true).create_new(true).open(path)?;
    file.write_all(lines.as_bytes())?;
    if lines.is_empty() { Ok(()) } else { file.write_all(b"\n") }
}

/// A printer may be configured although nothing happened to it yet; any other name is a mistake. `kept`: names and serials
/// in the journal.
fn known(global: &Global, name: &str, kept: &[(String, String)]) -> Result<(), Failure> {
    let is_meant = |known: &str| known.eq_ignore_ascii_case(name);
    if kept.iter().any(|(printer, serial)| is_meant(printer) || is_meant(serial)) {
        return Ok(());
    }
    let config = global.load().map(|loaded| loaded.config).unwrap_or_default();
    if config.printers.iter().any(|p| is_meant(&p.name) || is_meant(&p.serial)) {
        return Ok(());
    }
    let configured = config.printers.iter().map(|p| p.name.as_str());
    let mut names: Vec<&str> = kept.iter().map(|(printer, _)| printer.as_str()).chain(configured).collect();
    names.sort_unstable();
    names.dedup();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(Failure::usage(format!("no printer \"{}\" in the journal; known are {names}", clean(name))))
}

/// Time, printer, what happened; oldest first, as in a log.
fn table(records: &[Record], time: &dyn Fn(i64) -> String) -> String {
    use crate::ui::text::width;
    let name = |record: &Record| if record.printer.is_empty() { "—".to_owned() } else { record.printer.clone() };
    let widest = records.iter().map(|record| width(&name(record))).max().unwrap_or(0);
    let line = |record: &Record| {
        let name = name(record);
        let gap = " ".repeat(widest - width(&name) + 2);
        format!("{}  {name}{gap}{}", time(record.unix), record.text)
    };
    records.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Tone;

    #[test]
    fn spans_of_time_have_a_unit() {
        assert_eq!(span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(span(" 7d"), Ok(Duration::from_secs(604_800)));
        for wrong in ["", "24", "h", "-1h", "1w", "1.5h", "é"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    fn record(printer: &str, text: &str) -> Record {
        Record {
            unix: 1,
            printer: printer.into(),
            serial: String::new(),
            kind: EntryKind::Other,
            tone: Tone::Plain,
            text: text.into(),
        }
    }

    #[test]
    fn kinds_and_words_choose_lines() {
        assert_eq!(kind("order"), Ok(EntryKind::Order));
        assert!(kind("orders").is_err_and(|why| why.contains("print, health, order, link, other")));
        let line = record("Workshop", "paused: the camera suspects Spaghetti");
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(holds(&line, &words(&["spaghetti", "workshop"])) && holds(&line, &[]));
        assert!(!holds(&line, &words(&["spaghetti", "garage"])));
    }

    #[test]
    fn a_written_file_is_private_and_never_replaces_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.jsonl");
        write(&path, "{}").expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "{}\n");
        assert!(write(&path, "other").is_err());
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "{}\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn the_table_lines_up() {
        let (one, two) = (record("P1S", "started"), record("", "hello"));
        assert_eq!(table(&[one, two], &|_| "T".to_owned()), "T  P1S  started\nT  —    hello");
    }
}
