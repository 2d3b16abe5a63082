use super::*;
use crate::{
    protocol::{
        codes::PrintError,
        rest::{Hidden, Region, devices::Device},
    },
    state::{
        Tone,
        notify::journal::EntryKind,
        printer::job::{JobStart, JobStartChange, Lost},
    },
};
use proptest::prelude::*;
use std::{ffi::OsString, fs};
use tempfile::TempDir;

const WINDOW: Duration = Duration::from_secs(300);
const NOW: i64 = 1_780_000_000_000;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn opened(folder: &TempDir) -> Database {
    Database::open(folder.path()).expect("opened")
}

fn record(unix: i64, text: &str) -> Record {
    Record {
        unix,
        printer: "P1S".into(),
        serial: "01P".into(),
        kind: EntryKind::Print,
        tone: Tone::Good,
        text: text.into(),
    }
}

fn start(serial: &str, unix: i64) -> JobStart {
    JobStart { serial: serial.into(), job: "box\u{1f}\u{1f}7".into(), unix, percent: 4, done: unix + 60, lost: None }
}

fn all(database: &Database) -> Vec<Record> {
    let mut records = Vec::new();
    database.journal(JournalFilter::default(), |record| records.push(record)).expect("read");
    records
}

fn keep(database: &Database, records: &[Record]) {
    for record in records {
        journal::insert(&database.connection, record).expect("kept");
    }
}

fn times(records: &[Record]) -> Vec<i64> {
    records.iter().map(|record| record.unix).collect()
}

/// Names of the files in a folder.
fn names(folder: &TempDir) -> Vec<OsString> {
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    names
}

/// Sets the version of a database, as another program would.
fn set_version(folder: &TempDir, version: i32) {
    let connection = Connection::open(folder.path().join(FILE)).expect("opened");
    connection.pragma_update(None, "user_version", version).expect("set");
}

#[test]
fn lines_come_back_as_they_were_written_and_are_chosen_by_time_and_printer() {
    let folder = folder();
    let database = opened(&folder);
    let other = Record { printer: "X1".into(), serial: "00M".into(), ..record(2, "paused") };
    keep(&database, &[record(3, "a clock that goes back"), other.clone(), record(4, "finished \"cube\"")]);
    drop(database);
    let database = opened(&folder);
    assert_eq!(times(&all(&database)), [3, 2, 4], "in the order they were written");
    assert_eq!(database.newest(2).expect("read"), [other, record(4, "finished \"cube\"")]);
    let chosen = |since: Option<i64>, printer: Option<&str>| {
        let mut times = Vec::new();
        let filter = JournalFilter { since, printer };
        database.journal(filter, |record| times.push(record.unix)).expect("read");
        times
    };
    assert_eq!(chosen(Some(3), None), [3, 4]);
    assert_eq!((chosen(None, Some("p1s")), chosen(None, Some("00m"))), (vec![3, 4], vec![2]));
    assert_eq!(chosen(Some(4), Some("x1")), [] as [i64; 0]);
    let printers = database.journal_printers().expect("read");
    assert_eq!(printers, [("P1S".to_owned(), "01P".to_owned()), ("X1".to_owned(), "00M".to_owned())]);
}

#[test]
fn old_lines_go_and_young_ones_stay() {
    let folder = folder();
    let database = opened(&folder);
    keep(&database, &(0..100).map(|n| record(n, "x")).collect::<Vec<_>>());
    journal::prune(&database.connection, 90).expect("pruned");
    assert_eq!(times(&all(&database)), (90..100).collect::<Vec<_>>());
    journal::prune(&database.connection, i64::MIN).expect("pruned");
    assert_eq!(all(&database).len(), 10);
}

#[test]
fn what_others_wrote_is_shown_without_control_characters_and_not_at_any_length() {
    let folder = folder();
    let database = opened(&folder);
    let insert = "INSERT INTO journal (time, serial, printer, kind, tone, text) VALUES (1, ?1, ?1, ?1, ?1, ?1)";
    database.connection.execute(insert, ["a\u{1b}[2Jb".to_owned() + &"x".repeat(5000)]).expect("written");
    let [read] = &all(&database)[..] else { panic!("one line") };
    assert!(read.text.starts_with("a[2Jbxx") && read.text.len() <= 512, "{}", read.text);
    assert_eq!((read.kind, read.tone), (EntryKind::Other, Tone::Plain));
    let huge = database.connection.execute(insert, ["x".repeat(LONGEST as usize)]);
    assert!(huge.is_err(), "a row of more than a mebibyte is none of ours");
}

#[test]
fn job_starts_are_remembered_until_they_are_forgotten() {
    let folder = folder();
    let database = opened(&folder);
    let change = |change: JobStartChange| job_starts::change(&database.connection, &change).expect("changed");
    for start in [start("01P", 5), start("039", 6), start("01P", 7)] {
        change(JobStartChange::Keep(start));
    }
    assert_eq!(database.job_starts().expect("read"), [start("01P", 7), start("039", 6)]);
    change(JobStartChange::Forget { serial: "01P".into() });
    assert_eq!(database.job_starts().expect("read"), [start("039", 6)]);
    for number in 0..job_starts::MOST + 20 {
        change(JobStartChange::Keep(start(&format!("S{number}"), number)));
    }
    let all = database.job_starts().expect("read");
    assert_eq!((all.len() as i64, all[0].unix), (job_starts::MOST, job_starts::MOST + 19));
    let rows = database.connection.query_row("SELECT count(*) FROM job_start", [], |row| row.get::<_, i64>(0));
    assert_eq!(rows.expect("counted"), job_starts::MOST);
    // What a program leaves that tells nobody: a job that has ended is to be told, one that was lost and told is not.
    let lost =
        |serial, told| JobStart { lost: Some(Lost { error: PrintError::new(0x0300_8007), told }), ..start(serial, 9) };
    let ends = |serial: &str| JobStartChange::Ended { serial: serial.into() };
    for start in [start("A", 9), lost("B", false), lost("C", true)] {
        let serial = start.serial.clone();
        change(JobStartChange::Keep(start.clone()));
        assert_eq!(database.job_starts().expect("read")[0], start);
        change(ends(&serial));
    }
    let ended = JobStart { done: 0, ..start("A", 9) };
    assert_eq!(database.job_starts().expect("read")[..2], [lost("B", false), ended]);
    assert!(database.job_starts().expect("read").iter().all(|start| start.serial != "C"));
    database.connection.execute("UPDATE job_start SET percent = 900", []).expect("changed");
    assert_eq!(database.job_starts().expect("read"), []);
}

fn owner() -> ListOwner {
    ListOwner { region: Region::Global, api: Region::Global.api().to_owned(), uid: "7".to_owned() }
}

fn device(online: bool) -> Device {
    Device {
        serial: Some("01P00A000000000".to_owned()),
        name: Some("Workshop".to_owned()),
        online: Some(online),
        model: Some("C12".to_owned()),
        product: Some("P1S".to_owned()),
        access_code: Some(Hidden::new("s3cr3t00")),
        ..Device::default()
    }
}

#[test]
fn a_list_of_printers_comes_back_without_its_secrets_and_not_for_ever() {
    let folder = folder();
    let mut database = opened(&folder);
    assert_eq!(database.devices(&owner(), 1000).expect("read"), None);
    database.keep_devices(&owner(), &[device(false), device(true)], 1).expect("kept");
    database.keep_devices(&owner(), &[device(true)], 1000).expect("kept instead");
    let back = Device { access_code: None, ..device(true) };
    for now in [1000, 1299] {
        assert_eq!(database.devices(&owner(), now).expect("read"), Some(vec![back.clone()]), "{now}");
    }
    for now in [999, 1300, i64::MIN, i64::MAX] {
        assert_eq!(database.devices(&owner(), now).expect("read"), None, "{now}");
    }
    for other in [
        ListOwner { uid: "8".to_owned(), ..owner() },
        ListOwner { region: Region::China, ..owner() },
        ListOwner { api: "https://127.0.0.1:1".to_owned(), ..owner() },
    ] {
        assert_eq!(database.devices(&other, 1000).expect("read"), None, "{other:?}");
    }
    database.keep_devices(&owner(), &[device(true), device(false)], 1000).expect("kept");
    let kept = |database: &mut Database, now: i64| database.devices(&owner(), now).expect("read").is_some();
    assert!(kept(&mut database, 1059) && !kept(&mut database, 1060), "one is away");
    database.keep_devices(&owner(), &[], 1000).expect("kept");
    assert_eq!(database.devices(&owner(), 1000).expect("read"), Some(Vec::new()));
    database.keep_devices(&owner(), &[device(true)], 1000).expect("kept");
    database.forget_devices().expect("forgotten");
    database.forget_devices().expect("it was already");
    assert!(!kept(&mut database, 1000));
    for name in names(&folder) {
        let bytes = fs::read(folder.path().join(&name)).expect("read");
        assert!(!bytes.windows(8).any(|part| part == b"s3cr3t00"), "{name:?}");
    }
}

#[test]
fn five_connections_in_five_minutes_for_each_account_whoever_makes_them() {
    let folder = folder();
    let (mut one, mut two) = (opened(&folder), opened(&folder));
    let mut turn = false;
    let mut take = |account: &str, second: i64| {
        turn = !turn;
        let database = if turn { &mut one } else { &mut two };
        database.take_broker_attempt(account, NOW + second * 1000, 5, WINDOW).expect("counted")
    };
    for second in [0, 10, 20, 30, 40] {
        assert_eq!(take("u_1@h", second), None);
    }
    let s = Duration::from_secs;
    assert_eq!(take("u_1@h", 41), Some(s(259)));
    assert_eq!((take("u_1@h", 299), take("u_2@h", 299)), (Some(s(1)), None), "another account has its own");
    assert_eq!((take("u_1@h", 300), take("u_1@h", 301)), (None, Some(s(9))));
}

#[test]
fn a_clock_that_went_back_neither_forgets_an_attempt_nor_waits_for_ever() {
    let folder = folder();
    let mut database = opened(&folder);
    let mut take = |second: i64| database.take_broker_attempt("u_1", NOW + second * 1000, 5, WINDOW).expect("counted");
    assert_eq!([3600, 3601, 3602, 3603, 3604].map(&mut take), [None; 5]);
    assert_eq!(take(0), Some(WINDOW), "an hour back");
    assert_eq!(take(100), Some(Duration::from_secs(200)));
    assert_eq!(take(300), None);
}

#[test]
fn attempts_that_are_made_at_once_do_not_overlook_each_other() {
    let folder = folder();
    let path = folder.path();
    // Each opens the database itself, which does not exist yet: that must not go wrong either.
    let one = || {
        let mut database = Database::open(path).expect("opened");
        database.take_broker_attempt("u_1", NOW, 5, WINDOW).expect("counted").is_none()
    };
    let taken: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|thread| usize::from(thread.join().expect("no panic"))).sum()
    });
    assert_eq!(taken, 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_attempt_of_any_time_stops_anybody_for_longer_than_the_window(times: Vec<i64>, now: i64) {
        let folder = folder();
        let mut database = opened(&folder);
        for at in times {
            broker::insert(&database.connection, "u_1", at).expect("written");
        }
        let wait = database.take_broker_attempt("u_1", now, 5, WINDOW).expect("counted");
        prop_assert!(wait.unwrap_or_default() <= WINDOW);
    }

    #[test]
    fn a_damaged_database_is_said_to_be_and_is_left_alone(bytes in prop::collection::vec(any::<u8>(), 101..300)) {
        prop_assume!(!bytes.starts_with(b"SQLite format 3"));
        let folder = folder();
        let path = folder.path().join(FILE);
        fs::write(&path, &bytes).expect("written");
        let error = Database::open(folder.path()).expect_err("no database").to_string();
        prop_assert!(error.contains("is damaged") && error.contains(FILE) && error.contains("move the file away"), "{}", error);
        prop_assert_eq!(fs::read(&path).expect("there"), bytes);
    }

    #[test]
    fn a_database_with_damaged_pages_never_panics(places in prop::collection::vec((0_usize..60_000, any::<u8>()), 1..40)) {
        let folder = folder();
        let database = opened(&folder);
        keep(&database, &(0..300).map(|n| record(n, "some line that fills a page")).collect::<Vec<_>>());
        drop(database);
        let path = folder.path().join(FILE);
        let mut bytes = fs::read(&path).expect("there");
        for (at, byte) in places {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        fs::write(&path, &bytes).expect("written");
        if let Ok(mut database) = Database::open(folder.path()) {
            let _ = database.newest(500);
            let _ = database.journal(JournalFilter::default(), |_| {});
            let _ = (database.journal_printers(), database.job_starts(), database.devices(&owner(), 0));
            let _ = database.dangers();
            let _ = database.take_broker_attempt("u_1", 0, 5, WINDOW);
        }
    }
}

#[test]
fn nothing_is_made_by_looking_whether_something_is_kept() {
    let folder = folder();
    let deep = folder.path().join("not/there");
    assert!(Database::open_existing(&deep).expect("nothing kept").is_none());
    assert!(Database::open_existing(folder.path()).expect("nothing kept").is_none());
    assert_eq!(names(&folder), [] as [&str; 0]);
    drop(Database::open(&deep).expect("made, with its folder"));
    assert!(Database::open_existing(&deep).expect("opened").is_some());
}

#[test]
fn a_folder_in_which_nothing_can_be_made_is_said_with_its_cure() {
    let folder = folder();
    fs::write(folder.path().join("file"), "").expect("written");
    let error = Database::open(&folder.path().join("file/state")).expect_err("a file is no folder").to_string();
    assert!(error.contains("file/state") && error.ends_with("check the folder's permissions"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_only_be_read_is_said_with_its_cure() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    drop(opened(&folder));
    let mode = |mode: u32| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).expect("set");
    mode(0o500);
    let opened = Database::open(folder.path()).map(drop);
    let is_bound = fs::write(folder.path().join("probe"), "").is_err();
    mode(0o700);
    // Permissions do not bind the system's own user.
    if is_bound {
        let error = opened.expect_err("no log can be made there").to_string();
        assert!(error.ends_with("check the folder's permissions and its disk"), "{error}");
    }
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let folder = folder();
    let database = opened(&folder);
    keep(&database, &[record(1, "old")]);
    drop(database);
    set_version(&folder, schema::NEWEST + 1);
    fs::write(folder.path().join("journal.jsonl"), record(2, "new").json()).expect("written");
    let path = folder.path().join(FILE);
    let before = fs::read(&path).expect("there");
    let error = Database::open(folder.path()).expect_err("newer").to_string();
    assert!(error.contains("newer bambu-tui") && error.contains("move the file away"), "{error}");
    assert!(Database::open_existing(folder.path()).is_err());
    assert_eq!(fs::read(&path).expect("there"), before);
    assert!(folder.path().join("journal.jsonl").exists(), "nothing is taken over into it");
    set_version(&folder, -1);
    assert!(Database::open(folder.path()).is_err());
}

#[cfg(unix)]
#[test]
fn every_file_of_the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join(FILE);
    fs::write(&path, "").expect("written");
    let modes = || {
        let mode =
            |name: &OsString| fs::metadata(folder.path().join(name)).expect("there").permissions().mode() & 0o777;
        names(&folder).iter().map(|name| (name.to_string_lossy().into_owned(), mode(name))).collect::<Vec<_>>()
    };
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
    let database = opened(&folder);
    keep(&database, &[record(1, "x")]);
    let private = ["", "-shm", "-wal"].map(|ending| (format!("{FILE}{ending}"), 0o600));
    assert_eq!(modes(), private);
    // As a program that was killed leaves them, and somebody opens them to everybody.
    for (name, _) in &private {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o666)).expect("set");
    }
    let other = opened(&folder);
    assert_eq!(modes(), private);
    drop((database, other));
    assert_eq!(modes(), [(FILE.to_owned(), 0o600)], "the log goes into the database at the end");
}

/// What an earlier version has left: the older journal, the newer one, jobs, attempts, the list and their locks.
fn leave_files(folder: &TempDir) {
    let line = |record: &Record| format!("{}\n", record.json());
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("journal.old.jsonl", &line(&record(1, "oldest")));
    let junk = "half a li\n{\"time\":3}\n[]\n{\"time\":1,\"text\":\"a\\u001b[2Jb\"}\n";
    write("journal.jsonl", &(line(&record(2, "older")) + junk + &line(&record(4, "newest"))));
    let job = |serial: &str, started: i64| {
        let json = serde_json::json!({
            "serial": serial, "job": "box\u{1f}\u{1f}7", "started": started, "percent": 4, "done": started + 60,
        });
        format!("{json}\n")
    };
    let odd = "{\"serial\":\"\"}\n{\"serial\":\"x\",\"job\":\"a\",\"started\":1,\"percent\":900,\"done\":2}\n";
    write("jobs.jsonl", &(job("01P", 7) + odd + &job("039", 6) + "{\"serial\":\"cut"));
    write("broker.json", &format!(r#"{{"version":1,"attempts":[{{"of":"u_1","at":{NOW}}},{{"of":3}},7]}}"#));
    write("printers.json", "{}");
    for lock in ["journal.lock", "jobs.lock", "broker.lock", "printers.lock"] {
        write(lock, "");
    }
    write("account.json", "{}");
    write("known_printers", "");
}

#[test]
fn what_an_earlier_version_left_is_taken_over_once() {
    let folder = folder();
    leave_files(&folder);
    let mut database = Database::open_existing(folder.path()).expect("opened").expect("something is kept");
    let texts: Vec<_> = all(&database).into_iter().map(|record| record.text).collect();
    assert_eq!(texts, ["oldest", "older", "a[2Jb", "newest"]);
    assert_eq!(all(&database)[0], record(1, "oldest"));
    assert_eq!(database.job_starts().expect("read"), [start("01P", 7), start("039", 6)]);
    let wait = database.take_broker_attempt("u_1", NOW + 1000, 1, WINDOW).expect("counted");
    assert_eq!(wait, Some(Duration::from_secs(299)));
    drop(database);
    let aside = ["account.json", FILE, "journal.jsonl.taken-over", "journal.old.jsonl.taken-over", "known_printers"];
    assert_eq!(names(&folder), aside);
    // An older version that ran again leaves another file: it is not the same journal any more.
    fs::write(folder.path().join("journal.jsonl"), format!("{}\n", record(9, "again").json())).expect("written");
    assert_eq!(all(&opened(&folder)).len(), 4);
    assert!(folder.path().join("journal.jsonl").exists());
}

#[test]
fn programs_that_start_at_once_take_over_once_and_lose_nothing() {
    let folder = folder();
    leave_files(&folder);
    let path = folder.path();
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || keep(&Database::open(path).expect("opened"), &[record(100 + number, "own")]));
        }
    });
    let mut times = times(&all(&opened(&folder)));
    times.sort_unstable();
    assert_eq!(times, [1, 1, 2, 4, 100, 101, 102, 103, 104, 105, 106, 107]);
}

#[test]
fn a_takeover_that_fails_leaves_the_old_files_where_they_are() {
    let folder = folder();
    leave_files(&folder);
    let before = names(&folder);
    let mut connection = Connection::open(folder.path().join(FILE)).expect("opened");
    // Half of a database that is none of ours: a table is there already.
    connection.execute_batch("CREATE TABLE job_start (x)").expect("made");
    assert!(schema::migrate(&mut connection, folder.path()).is_err());
    drop(connection);
    assert!(Database::open(folder.path()).is_err());
    fs::remove_file(folder.path().join(FILE)).expect("removed");
    assert_eq!(names(&folder), before);
    // What cannot be read does not stop the rest.
    fs::remove_file(folder.path().join("journal.jsonl")).expect("removed");
    fs::create_dir(folder.path().join("journal.jsonl")).expect("made");
    assert_eq!(times(&all(&opened(&folder))), [1]);
    assert!(folder.path().join("journal.jsonl").is_dir());
}

#[test]
fn tables_for_later_are_there() {
    let folder = folder();
    let database = opened(&folder);
    let sql = "INSERT INTO print (serial, job, name, started) VALUES ('01P', 'j', 'cube', 1);
        INSERT INTO temperature (serial, time, lasts, nozzle, bed) VALUES ('01P', 1, 10, 2205, 600);";
    database.connection.execute_batch(sql).expect("written");
    assert!(database.connection.execute_batch("INSERT INTO print (serial) VALUES (1)").is_err());
}
