//! When the cloud's broker was connected to, by whatever process of this person: the service's limit is on the account.
//! A file of times, which is as good as none if it cannot be read.

use crate::files;
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Read},
    path::Path,
    time::Duration,
};

/// The version of the file's form.
const VERSION: i64 = 1;
/// A file that is larger is not ours.
const LARGEST: u64 = 64 * 1024;

/// Counts an attempt of somebody at `now`, in milliseconds since 1970, if there were fewer than `most` within the window; or
/// tells how long there is none left. Blocks.
pub(super) fn take(path: &Path, whose: &str, now: i64, most: usize, window: Duration) -> io::Result<Option<Duration>> {
    // One that stands still with the file does not stop everybody else.
    let _lock = files::lock(path).ok();
    let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    let kept = read(path);
    let was = kept.clone();
    // An attempt of the future was written by a clock that went back since: it is taken for one of now, so that it neither
    // counts for longer than the window nor is forgotten.
    let mut kept: Vec<_> = kept.into_iter().map(|(who, at)| (who, at.min(now))).collect();
    kept.retain(|(_, at)| now.saturating_sub(*at) < window);
    let mut own: Vec<_> = kept.iter().filter(|(who, _)| who == whose).map(|(_, at)| *at).collect();
    own.sort_unstable();
    let oldest = own.len().checked_sub(most).and_then(|at| own.get(at));
    let wait = oldest.map(|at| Duration::from_millis(at.saturating_add(window).saturating_sub(now).unsigned_abs()));
    if wait.is_none() {
        kept.push((whose.to_owned(), now));
    }
    if kept != was {
        write(path, &kept)?;
    }
    Ok(wait)
}

fn read(path: &Path) -> Vec<(String, i64)> {
    let mut bytes = Vec::new();
    if fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes)).is_err() {
        return Vec::new();
    }
    let json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if json.get("version").and_then(Value::as_i64) != Some(VERSION) {
        return Vec::new();
    }
    let attempt = |entry: &Value| Some((entry.get("of")?.as_str()?.to_owned(), entry.get("at")?.as_i64()?));
    json.get("attempts").and_then(Value::as_array).into_iter().flatten().filter_map(attempt).collect()
}

fn write(path: &Path, kept: &[(String, i64)]) -> io::Result<()> {
    let attempts: Vec<_> = kept.iter().map(|(who, at)| json!({"of": who, "at": at})).collect();
    files::replace(path, format!("{}\n", json!({"version": VERSION, "attempts": attempts})).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WINDOW: Duration = Duration::from_secs(300);
    const NOW: i64 = 1_780_000_000_000;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn five_in_five_minutes_for_each_account_whoever_makes_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/broker.json");
        let take = |whose: &str, second: i64| take(&path, whose, NOW + second * 1000, 5, WINDOW).expect("counted");
        for second in [0, 10, 20, 30, 40] {
            assert_eq!(take("u_1@h", second), None);
        }
        assert_eq!(take("u_1@h", 41), Some(s(259)));
        assert_eq!((take("u_1@h", 299), take("u_2@h", 299)), (Some(s(1)), None), "another account has its own");
        assert_eq!((take("u_1@h", 300), take("u_1@h", 301)), (None, Some(s(9))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("metadata").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_clock_that_went_back_neither_forgets_nor_waits_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("broker.json");
        let take = |second: i64| take(&path, "u_1", NOW + second * 1000, 5, WINDOW).expect("counted");
        assert_eq!([3600, 3601, 3602, 3603, 3604].map(take), [None; 5]);
        assert_eq!(take(0), Some(WINDOW), "an hour back");
        assert_eq!(take(100), Some(s(200)));
        assert_eq!(take(300), None);
    }

    #[test]
    fn processes_that_come_at_once_do_not_overlook_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("broker.json");
        let one = || take(&path, "u_1", NOW, 5, WINDOW).expect("counted").is_none();
        let taken: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..20).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|thread| usize::from(thread.join().expect("no panic"))).sum()
        });
        assert_eq!(taken, 5);
    }

    proptest! {
        #[test]
        fn no_file_panics_or_stops_anybody_for_longer_than_the_window(bytes: Vec<u8>, times: Vec<i64>, now: i64) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("broker.json");
            fs::write(&path, &bytes).expect("written");
            prop_assert_eq!(take(&path, "u_1", now, 5, WINDOW).expect("counted"), None);
            let times: Vec<_> = times.into_iter().map(|at| ("u_1".to_owned(), at)).collect();
            write(&path, &times).expect("written");
            let wait = take(&path, "u_1", now, 5, WINDOW).expect("counted");
            prop_assert!(wait.unwrap_or_default() <= WINDOW);
        }
    }
}
