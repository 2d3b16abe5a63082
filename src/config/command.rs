//! Programs that print a secret: all at once, each one once, within ten seconds altogether.

use super::secret::without_secrets;
use crate::protocol::wire::is_hidden;
use std::{
    io::{self, ErrorKind, Read, Write},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// How long all programs together may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// So much may a program print; a token has some 500 bytes, a code has 8.
const PRINTED: usize = 4096;
/// So many bytes of what a program says on standard error are shown.
const SAID: usize = 4096;
/// So many run at the same time.
const AT_ONCE: usize = 16;
/// What a program printed last may still be on its way when it has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);
const STEP: Duration = Duration::from_millis(10);

/// The programs that run now: each has a process group of its own, by the number of the program.
#[derive(Debug)]
struct Running {
    groups: Vec<u32>,
    /// This program ends: no other one begins.
    over: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { groups: Vec::new(), over: false });

/// Ends every program that runs, with everything it has started, and lets none begin any more: this one is about to end.
pub fn end_programs() {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.over = true;
    running.groups.iter().for_each(|group| kill_group(*group));
}

/// A program that runs, as long as this lives.
struct Entry(u32);

impl Entry {
    /// Starts a program. Nobody can say in between that all of them are to end.
    fn start(command: &mut Command) -> Result<(Child, Self), String> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if running.over {
            return Err("was not run, for this program ends".to_owned());
        }
        let child = command.spawn().map_err(|e| format!("cannot be started: {e}"))?;
        running.groups.push(child.id());
        let entry = Self(child.id());
        Ok((child, entry))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).groups.retain(|group| *group != self.0);
    }
}

/// What each program prints, in the same order; equal ones run once. A program is given with its arguments.
pub(super) fn run_all(commands: &[Vec<String>]) -> Vec<Result<String, String>> {
    run_within(commands, PATIENCE)
}

#[expect(clippy::disallowed_methods, reason = "a program outside may never end, and no loop is running yet")]
fn run_within(commands: &[Vec<String>], timeouts: Duration) -> Vec<Result<String, String>> {
    let mut different: Vec<&Vec<String>> = Vec::new();
    for command in commands {
        if !different.contains(&command) {
            different.push(command);
        }
    }
    let (end, next) = (Instant::now() + timeouts, AtomicUsize::new(0));
    let results: Mutex<Vec<Option<Result<String, String>>>> = Mutex::new(vec![None; different.len()]);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(command) = different.get(at) else { break };
            let result = run(command, end, timeouts);
            results.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(result);
        }
    };
    thread::scope(|scope| {
        for _ in 1..different.len().min(AT_ONCE) {
            scope.spawn(work);
        }
        work();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let of = |command: &Vec<String>| {
        let at = different.iter().position(|other| *other == command)?;
        results.get(at)?.clone()
    };
    commands.iter().map(|command| of(command).unwrap_or_else(|| Err("was not run".to_owned()))).collect()
}

#[expect(clippy::disallowed_methods, reason = "a program outside may never end, and no loop is running yet")]
fn run(command: &[String], end: Instant, timeouts: Duration) -> Result<String, String> {
    let late = || format!("took longer than {} s, which is for all such programs together", timeouts.as_secs());
    if Instant::now() >= end {
        return Err(late());
    }
    let Some((program, args)) = command.split_first() else { return Err("is not named".to_owned()) };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own: what the program has started ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    without_secrets(&mut command);
    let (mut child, _running) = Entry::start(&mut command)?;
    let printed = read(&mut child);
    let _said = Said(pass_on(&mut child));
    let mut text = None;
    let status = loop {
        if text.is_none() {
            text = printed.try_recv().ok();
        }
        if matches!(text, Some(Err(_))) {
            kill(&mut child);
            break None;
        }
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < end => thread::sleep(STEP),
            Ok(None) => {
                kill(&mut child);
                return Err(late());
            }
            Err(e) => {
                kill(&mut child);
                return Err(e.to_string());
            }
        }
    };
    if let Some(status) = status.filter(|status| !status.success()) {
        return Err(format!("failed ({status})"));
    }
    match text.map_or_else(|| printed.recv_timeout(LAST_WORDS), Ok) {
        Ok(text) => text,
        // It ended, but left something running that holds its output open: then nobody knows where the secret ends.
        Err(RecvTimeoutError::Timeout) => {
            kill(&mut child);
            Err("ended, but what it started still holds its output open".to_owned())
        }
        Err(RecvTimeoutError::Disconnected) => Err("was not heard to its end".to_owned()),
    }
}

/// Reads what a program prints, off this thread: whoever holds the other end may never let go of it.
fn read(child: &mut Child) -> Receiver<Result<String, String>> {
    let (done, printed) = mpsc::sync_channel(1);
    if let Some(out) = child.stdout.take() {
        let work = move || {
            let mut bytes = Vec::new();
            let read = out.take(PRINTED as u64 + 1).read_to_end(&mut bytes);
            let _ = done.send(match read {
                Err(e) => Err(e.to_string()),
                Ok(len) if len > PRINTED => Err("printed more than 4 KiB; it has to print the secret alone".to_owned()),
                Ok(_) => String::from_utf8(bytes).map_err(|_| "printed something that is not UTF-8 text".to_owned()),
            });
        };
        let _ = thread::Builder::new().name("secret".to_owned()).spawn(work);
    }
    printed
}

/// What a program says on standard error, on its way to ours. What it said last goes before our word about the program.
struct Said(Receiver<()>);

impl Drop for Said {
    fn drop(&mut self) {
        // Something that it has left running may hold the other end open.
        let _ = self.0.recv_timeout(LAST_WORDS);
    }
}

/// Shows what a program says on standard error as it comes: it may be a question. Not the terminal itself is handed on:
/// what a program leaves running would hold it open, and nobody could clean or bound what is written there.
fn pass_on(child: &mut Child) -> Receiver<()> {
    let (done, ended) = mpsc::sync_channel(1);
    if let Some(mut err) = child.stderr.take() {
        let work = move || {
            let (mut words, mut bytes) = (Words { room: SAID, tail: Vec::new() }, [0; 1024]);
            loop {
                match err.read(&mut bytes) {
                    Ok(0) => break,
                    // Nobody may be there to read it; the program must come to its end all the same.
                    Ok(count) => drop(io::stderr().write_all(words.clean(&bytes[..count]).as_bytes())),
                    Err(e) if e.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            let _ = done.send(());
        };
        let _ = thread::Builder::new().name("words".to_owned()).spawn(work);
    }
    ended
}

/// Text that comes in pieces: bounded, and without characters that could steer a terminal.
struct Words {
    /// So many bytes more are shown.
    room: usize,
    /// The beginning of a character whose end has not come yet.
    tail: Vec<u8>,
}

impl Words {
    /// What is to be shown of the next piece.
    fn clean(&mut self, piece: &[u8]) -> String {
        let taken = piece.len().min(self.room);
        self.tail.extend_from_slice(&piece[..taken]);
        let whole = match std::str::from_utf8(&self.tail) {
            Err(e) if e.error_len().is_none() => e.valid_up_to(),
            _ => self.tail.len(),
        };
        let text = String::from_utf8_lossy(&self.tail[..whole]);
        let mut text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_hidden(*c)).collect();
        self.tail.drain(..whole);
        if self.room > 0 && taken < piece.len() {
            text += "\n(what the program says further is not shown)\n";
            self.tail.clear();
            self.room = 0;
        } else {
            self.room -= taken;
        }
        text
    }
}

fn kill_group(number: u32) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let Some(group) = i32::try_from(number).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
    #[cfg(not(unix))]
    let _ = number;
}

/// Ends a program with everything it has started.
fn kill(child: &mut Child) {
    kill_group(child.id());
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    fn sh(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    fn words(result: &Result<String, String>) -> &str {
        result.as_ref().map_or_else(String::as_str, String::as_str)
    }

    #[test]
    fn each_program_is_answered_and_equal_ones_run_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let count = folder.path().join("count");
        let counted = sh(&format!("echo x >> {}; echo 12345678", count.display()));
        let mut commands = vec![counted.clone(); 30];
        commands.push(sh("echo 87654321"));
        let results = run_all(&commands);
        assert!(results[..30].iter().all(|result| words(result) == "12345678\n"));
        assert_eq!(words(&results[30]), "87654321\n");
        assert_eq!(fs::read_to_string(&count).expect("counted"), "x\n");
        assert!(run_all(&[]).is_empty());
    }

    #[test]
    fn a_program_gets_no_variable_that_holds_a_secret() {
        use crate::config::{Outside, System};
        let ask = sh("echo ${CARGO_PKG_HOMEPAGE-nothing} ${CARGO_PKG_NAME-nothing}");
        assert_eq!(words(&run_all(std::slice::from_ref(&ask))[0]), "bambu-tui\n");
        System.withhold("CARGO_PKG_HOMEPAGE");
        assert_eq!(words(&run_all(&[ask])[0]), "nothing bambu-tui\n");
    }

    #[test]
    fn programs_run_side_by_side() {
        // Each waits for the other's file: one after the other, none would ever end.
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let meet = |own: &str, other: &str| {
            sh(&format!("touch {}; while [ ! -e {} ]; do sleep 0.02; done; echo {own}", at(own), at(other)))
        };
        let results = run_all(&[meet("a", "b"), meet("b", "a")]);
        assert_eq!((words(&results[0]), words(&results[1])), ("a\n", "b\n"));
    }

    #[test]
    fn what_goes_wrong_is_named() {
        for (command, why) in [
            (sh("exit 3"), "failed (exit status: 3)"),
            (vec!["/nonexistent/program".to_owned()], "cannot be started: "),
            (Vec::new(), "is not named"),
            (sh("yes"), "printed more than 4 KiB"),
            (sh("head -c 4097 /dev/zero | tr '\\0' x"), "printed more than 4 KiB"),
            (sh("printf '\\377'"), "printed something that is not UTF-8 text"),
            (sh("echo secret; sleep 300 &"), "still holds its output open"),
        ] {
            let result = run_all(std::slice::from_ref(&command)).remove(0);
            let words = result.expect_err("nothing of use");
            assert!(words.contains(why) && !words.contains("secret;"), "{command:?}: {words}");
        }
        let just = run_all(&[sh("head -c 4096 /dev/zero | tr '\\0' x")]).remove(0);
        assert_eq!(just.map(|text| text.len()), Ok(PRINTED));
    }

    #[test]
    fn what_a_program_says_is_shown_clean_and_not_for_ever() {
        let shown = |pieces: &[&[u8]]| {
            let mut words = Words { room: SAID, tail: Vec::new() };
            pieces.iter().map(|piece| words.clean(piece)).collect::<Vec<_>>()
        };
        // A question shows before its line ends.
        assert_eq!(shown(&[b"PIN: "]), ["PIN: "]);
        assert_eq!(shown(&[b"a\x1b[2Jb\tc\r\n", "\u{202E}d\u{9b}e".as_bytes()]), ["a[2Jb\tc\n", "de"]);
        let letter = "\u{fc}".as_bytes();
        assert_eq!(shown(&[&letter[..1], &letter[1..], b"\xff!"]), ["", "\u{fc}", "\u{fffd}!"]);
        let flood = shown(&vec![[b'y'; 1000].as_slice(); 1000]).concat();
        assert!(flood.starts_with(&"y".repeat(SAID)) && flood.ends_with("not shown)\n"), "{}", flood.len());
        assert!(flood.len() < SAID + 100 && flood.matches("not shown").count() == 1);
        assert_eq!(shown(&[&[b'y'; SAID]]).concat().len(), SAID, "nothing is missing");
    }

    /// Whether a process is there and no zombie.
    fn lives(pid: &str) -> bool {
        let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
    }

    #[test]
    fn the_time_is_for_all_together_and_nothing_is_left_running() {
        let folder = tempfile::tempdir().expect("a folder");
        let pids = folder.path().join("pids");
        // More than run at once, and each with a child and a grandchild.
        let slow = |n: usize| sh(&format!("sh -c 'sleep 300 & echo $! >> {}; wait' & wait # {n}", pids.display()));
        let mut commands: Vec<_> = (0..AT_ONCE + 3).map(slow).collect();
        commands.insert(0, sh("echo 12345678"));
        let results = run_within(&commands, Duration::from_secs(2));
        assert_eq!(words(&results[0]), "12345678\n");
        assert!(results[1..].iter().all(|result| words(result).starts_with("took longer than 2 s")), "{results:?}");
        let pids = fs::read_to_string(&pids).expect("they ran");
        assert!(pids.lines().count() >= 2, "{pids}");
        for _ in 0..200 {
            if !pids.lines().any(lives) {
                return;
            }
            thread::sleep(STEP);
        }
        panic!("some are left running");
    }
}
