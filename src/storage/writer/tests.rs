use super::*;
use crate::{
    state::{Tone, notify::journal::EntryKind},
    storage::JournalFilter,
};
use std::{fs, path::Path, sync::Arc, sync::Mutex};

const YEAR: Duration = Duration::from_secs(365 * 86_400);

fn line(unix: i64, printer: &str) -> Change {
    Change::Journal(Record {
        unix,
        printer: printer.into(),
        serial: String::new(),
        kind: EntryKind::Other,
        tone: Tone::Plain,
        text: "x".into(),
    })
}

fn writer(folder: &Path, keep: Duration, now: i64) -> Writer {
    let database = Database::open(folder).expect("opened");
    Writer::start(database, keep, now, |error| panic!("{error}")).expect("started")
}

fn lines(folder: &Path) -> Vec<(String, i64)> {
    let mut lines = Vec::new();
    let database = Database::open(folder).expect("opened");
    database.journal(JournalFilter::default(), |line| lines.push((line.printer, line.unix))).expect("read");
    lines
}

#[test]
fn several_writers_lose_no_line_and_keep_the_order_of_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::thread::scope(|scope| {
        for name in ["a", "b", "c"] {
            scope.spawn(move || {
                let mut writer = writer(path, YEAR, 0);
                for unix in 0..1000 {
                    writer.write(line(unix, name));
                }
                writer.close();
            });
        }
    });
    let lines = lines(path);
    for name in ["a", "b", "c"] {
        let own = lines.iter().filter(|(printer, _)| printer == name).map(|(_, unix)| *unix);
        assert!(own.eq(0..1000), "{name}");
    }
}

#[test]
fn old_lines_go_at_the_start_and_while_new_ones_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let keep = Duration::from_secs(100);
    let mut first = writer(folder.path(), keep, 0);
    (0..10).for_each(|unix| first.write(line(unix, "old")));
    first.close();
    assert_eq!(lines(folder.path()).len(), 10);
    let mut second = writer(folder.path(), keep, 105);
    second.write(line(105, "new"));
    second.close();
    let times: Vec<_> = lines(folder.path()).into_iter().map(|(_, unix)| unix).collect();
    assert_eq!(times, [5, 6, 7, 8, 9, 105]);
    let mut third = writer(folder.path(), keep, 105);
    for n in 0..PRUNE_EVERY as i64 {
        third.write(line(300 + n / 100, "new"));
    }
    third.close();
    assert_eq!(lines(folder.path()).len(), PRUNE_EVERY);
}

#[test]
fn a_disk_that_fails_is_told_once_and_what_waited_is_written_when_it_works_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(crate::storage::FILE);
    let database = Database::open(folder.path()).expect("opened");
    // As if the disk were full: no page may be added.
    let pages = |most: i64| {
        move |database: &Database| {
            let sql = format!("PRAGMA max_page_count = {most}");
            database.connection.query_row(&sql, [], |_| Ok(())).expect("set");
        }
    };
    pages(1)(&database);
    let told = Arc::new(Mutex::new(Vec::new()));
    let complain = {
        let told = told.clone();
        move |error: StorageError| told.lock().expect("no panic").push(error.to_string())
    };
    let mut thread = Thread { database, keep: YEAR, complain, failed: false, lines: 0 };
    let batch: Vec<_> = (0..2000).map(|unix| line(unix, "x")).collect();
    assert!(!thread.written(&batch) && !thread.written(&batch));
    let sentence = told.lock().expect("no panic").join("; ");
    assert!(sentence.contains("make room on the disk") && told.lock().expect("no panic").len() == 1, "{sentence}");
    assert!(sentence.contains(&path.display().to_string()), "{sentence}");
    assert_eq!(lines(folder.path()), [], "all or nothing");
    pages(100_000)(&thread.database);
    let (changes, waiting) = mpsc::sync_channel(1);
    changes.send(line(2000, "x")).expect("sent");
    drop(changes);
    assert!(thread.written(&batch));
    thread.run(0, &waiting);
    assert_eq!(lines(folder.path()).len(), 2001);
    assert!(fs::metadata(&path).is_ok());
}
