//! When jobs began and how far they are, on disk: so that it is known after the next start, also of a job that is gone by then.
//!
//! One line of JSON for each printer, in a private file of bounded size in the state directory. A thread reads, changes
//! and replaces the file; the loop never waits for a disk.

use crate::{
    files,
    protocol::wire::clean,
    state::job::{Memory, Start},
};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    time::Duration,
};

/// So many jobs are remembered; the oldest go first.
const MOST: usize = 256;
/// No more of the file is read.
const LARGEST: u64 = 256 << 10;
/// So many changes may wait for the disk; more are lost rather than waited for.
const WAITING: usize = 512;
/// The end of the program waits this long for the last change.
const GOODBYE: Duration = Duration::from_secs(1);

/// What is remembered; lines that make no sense are left out. No file is nothing.
pub fn read(path: &Path) -> io::Result<Vec<Start>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    let mut starts: Vec<_> = String::from_utf8_lossy(&bytes).lines().filter_map(parse).collect();
    starts.truncate(MOST);
    Ok(starts)
}

fn parse(line: &str) -> Option<Start> {
    let value: Value = serde_json::from_str(line).ok()?;
    let number = |key: &str| value.get(key).and_then(Value::as_i64);
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(Start {
        serial: text("serial").map(clean).filter(|serial| !serial.is_empty())?,
        // The parts of the name are told apart by a control character.
        job: text("job")?.split('\u{1f}').map(clean).collect::<Vec<_>>().join("\u{1f}"),
        unix: number("started")?,
        percent: u8::try_from(number("percent")?).ok().filter(|percent| *percent <= 100)?,
        done: number("done")?,
    })
}

fn line(start: &Start) -> String {
    let Start { serial, job, unix, percent, done } = start;
    json!({"serial": serial, "job": job, "started": unix, "percent": percent, "done": done}).to_string() + "\n"
}

/// Makes one change. Another process may have changed the file meanwhile, so it is read again, under a lock.
fn change(path: &Path, memory: Memory) -> io::Result<()> {
    let _lock = files::lock(path)?;
    let mut starts = read(path)?;
    let before = starts.clone();
    match memory {
        Memory::Keep(start) => {
            starts.retain(|old| old.serial != start.serial);
            // The newest first.
            starts.insert(0, start);
            starts.truncate(MOST);
        }
        Memory::Forget { serial } => starts.retain(|old| old.serial != serial),
    }
    if starts == before {
        return Ok(());
    }
    files::replace(path, starts.iter().map(line).collect::<String>().as_bytes())
}

/// Changes the file as jobs begin and end.
#[derive(Debug)]
pub struct Keeper {
    changes: SyncSender<Memory>,
    done: Receiver<()>,
}

impl Keeper {
    /// Starts to keep a file.
    pub fn start(path: PathBuf) -> io::Result<Self> {
        let (changes, waiting) = mpsc::sync_channel::<Memory>(WAITING);
        let (ended, done) = mpsc::sync_channel(1);
        std::thread::Builder::new().name("job".to_owned()).spawn(move || {
            let mut failed = false;
            while let Ok(memory) = waiting.recv() {
                match change(&path, memory) {
                    Ok(()) => failed = false,
                    // A full disk is told once, not for each change.
                    Err(error) if !failed => {
                        failed = true;
                        tracing::warn!(%error, "when jobs began could not be written");
                    }
                    Err(_) => {}
                }
            }
            let _ = ended.send(());
        })?;
        Ok(Self { changes, done })
    }

    /// Hands a change over; never waits.
    pub fn write(&self, memory: Memory) {
        if self.changes.try_send(memory).is_err() {
            tracing::warn!("the disk is too slow: when a job began is not remembered");
        }
    }

    /// Waits a short time until everything is written.
    pub fn close(self) {
        let Self { changes, done } = self;
        drop(changes);
        if matches!(done.recv_timeout(GOODBYE), Err(RecvTimeoutError::Timeout)) {
            tracing::warn!("when jobs began was not written to its end in time");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn start(serial: &str, unix: i64) -> Start {
        Start { serial: serial.into(), job: "box\u{1f}\u{1f}7".into(), unix, percent: 4, done: unix + 60 }
    }

    #[test]
    fn what_is_remembered_comes_back_until_it_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state/jobs.jsonl");
        assert_eq!(read(&path).expect("nothing yet"), []);
        let keeper = Keeper::start(path.clone()).expect("started");
        keeper.write(Memory::Keep(start("01P", 5)));
        keeper.write(Memory::Keep(start("039", 6)));
        keeper.write(Memory::Keep(start("01P", 7)));
        keeper.close();
        assert_eq!(read(&path).expect("read"), [start("01P", 7), start("039", 6)]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        }
        let keeper = Keeper::start(path.clone()).expect("started");
        keeper.write(Memory::Forget { serial: "01P".into() });
        keeper.close();
        assert_eq!(read(&path).expect("read"), [start("039", 6)]);
    }

    #[test]
    fn a_file_that_is_damaged_or_too_large_does_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("jobs.jsonl");
        let odd = "\u{1b}[2J\n{\"serial\":\"\"}\n{\"serial\":\"x\",\"job\":\"a\",\"started\":1,\"percent\":900,\"done\":2}\n[]\n";
        fs::write(
            &path,
            [odd.as_bytes(), b"\xff\xfe\n", line(&start("01P", 5)).as_bytes(), b"{\"serial\":\"cut"].concat(),
        )
        .expect("written");
        assert_eq!(read(&path).expect("read"), [start("01P", 5)]);
        for number in 0..MOST as i64 + 20 {
            change(&path, Memory::Keep(start(&format!("S{number}"), number))).expect("changed");
        }
        let all = read(&path).expect("read");
        assert_eq!((all.len(), all[0].unix), (MOST, MOST as i64 + 19));
        fs::write(&path, "x".repeat(1 << 20)).expect("written");
        assert_eq!(read(&path).expect("read"), []);
    }
}
