//! Going to the background, where somebody can bring the program back.

#[cfg(not(target_os = "linux"))]
use rustix::process::Pid;
use rustix::process::{self, Signal};
use std::{
    io,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// Set by the signal handler itself: a signal that comes as an event may be overtaken by bytes of the terminal.
static STOOD_STILL: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on it is known whether the program stood still, whoever stopped it.
pub fn watch_for_standstill() -> io::Result<()> {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if !WATCHED.swap(true, Ordering::Relaxed) {
        signal_hook::flag::register(Signal::CONT.as_raw(), Arc::clone(&STOOD_STILL))?;
    }
    Ok(())
}

/// Whether the program stood still since typed bytes were dropped last: what is typed now may be from before, and is not
/// for it.
pub fn stood_still() -> bool {
    STOOD_STILL.load(Ordering::SeqCst)
}

/// What is typed from now on is for the program.
pub(super) fn goes_on() {
    STOOD_STILL.store(false, Ordering::SeqCst);
}

/// Goes to the background, and comes back when the shell says so. The whole process group stops, as it does when the
/// terminal handles Ctrl-Z: a wrapper such as `cargo run` must stop too, or the shell does not get its prompt.
pub fn stop_until_continued() -> io::Result<()> {
    process::kill_current_process_group(Signal::STOP).map_err(io::Error::from)
}

/// Whether somebody can bring this program back from the background.
pub fn can_come_back() -> bool {
    is_watched(process::getpid().as_raw_nonzero().get(), &Place::of)
}

/// Where a process stands among the others. Processes by number: 0 is one that cannot be seen from here, as from a container
/// those outside. It is no `Pid`: rustix takes for granted that the system never answers so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    group: i32,
    session: i32,
    /// `None`: not known, or cannot be seen.
    parent: Option<i32>,
    /// Whether it minds being stopped from the terminal, as shells with job control do; `None`: not known.
    minds_stops: Option<bool>,
}

impl Place {
    #[cfg(target_os = "linux")]
    fn of(pid: i32) -> Option<Self> {
        read_stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// A program knows its own parent and no other.
    #[cfg(not(target_os = "linux"))]
    fn of(pid: i32) -> Option<Self> {
        let asked = Pid::from_raw(pid)?;
        let (group, session) = (process::getpgid(Some(asked)).ok()?, process::getsid(Some(asked)).ok()?);
        let parent = if asked == process::getpid() { process::getppid() } else { None };
        let number = |pid: Pid| pid.as_raw_nonzero().get();
        Some(Self { group: number(group), session: number(session), parent: parent.map(number), minds_stops: None })
    }
}

/// The place of a process from `/proc/PID/stat`. Source: the manual page of that file, fields 4 to 6, 33 and 34.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux has this file"))]
fn read_stat(text: &str) -> Option<Place> {
    // The name before it may hold anything. Field 3 is the first behind it.
    let fields: Vec<_> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let process = |field: usize| fields.get(field - 3)?.parse::<i32>().ok();
    let signals = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let parent = process(4)?;
    let minds_stops = (signals(33)? | signals(34)?) & 1 << (Signal::TSTP.as_raw() - 1) != 0;
    Some(Place {
        parent: (parent > 0).then_some(parent),
        group: process(5)?,
        session: process(6)?,
        minds_stops: Some(minds_stops),
    })
}

/// Whether a shell with job control watches the process group of a process: the nearest process above that is not of the
/// group is of the same session, and minds being stopped. Otherwise the group is an orphan (the program is the terminal's
/// only one, or a shell's without job control), and who stops it has lost it. Source: POSIX.1, "orphaned process group".
fn is_watched(own: i32, of: &dyn Fn(i32) -> Option<Place>) -> bool {
    /// More wrappers than anybody puts around a program.
    const DEPTH: usize = 64;
    let Some(me) = of(own) else { return false };
    let mut place = me;
    for _ in 0..DEPTH {
        let Some(parent) = place.parent else {
            // A wrapper of the same group whose parent is not known. Shells with job control give each job a group.
            return place.minds_stops.is_none() && me.group != me.session;
        };
        let Some(above) = of(parent).filter(|above| above.session == me.session) else { return false };
        if above.group != me.group {
            return above.minds_stops.unwrap_or(true);
        }
        place = above;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Processes by number, each with parent, group, session, and whether it minds being stopped.
    type Row = (i32, i32, i32, i32, Option<bool>);

    fn watched(rows: &[Row]) -> bool {
        is_watched(9, &|asked| {
            let row = rows.iter().find(|row| row.0 == asked)?;
            let parent = (row.1 > 0).then_some(row.1);
            Some(Place { parent, group: row.2, session: row.3, minds_stops: row.4 })
        })
    }

    #[test]
    fn who_can_be_brought_back_goes_to_the_background_and_nobody_else() {
        let (shell, other) = (Some(true), Some(false));
        let cases: &[(&str, bool, &[Row])] = &[
            ("a job of a shell", true, &[(9, 5, 9, 5, other), (5, 1, 5, 5, shell)]),
            ("a job of a shell in a shell", true, &[(9, 7, 9, 5, other), (7, 5, 7, 5, shell), (5, 1, 5, 5, shell)]),
            ("with a wrapper", true, &[(9, 8, 8, 5, other), (8, 5, 8, 5, other), (5, 1, 5, 5, shell)]),
            ("a shell where nothing more is known", true, &[(9, 5, 9, 5, None), (5, 0, 5, 5, None)]),
            ("a wrapper where nothing more is known", true, &[(9, 8, 8, 5, None), (8, 0, 8, 5, None)]),
            ("a script where nothing more is known", false, &[(9, 5, 5, 5, None), (5, 0, 5, 5, None)]),
            ("the terminal's own program", false, &[(9, 4, 9, 9, other), (4, 1, 4, 4, shell)]),
            (
                "a script is the terminal's program",
                false,
                &[(9, 5, 5, 5, other), (5, 4, 5, 5, other), (4, 1, 4, 4, shell)],
            ),
            ("the shell is gone", false, &[(9, 1, 9, 5, other), (1, 0, 1, 1, other)]),
            ("nobody is above", false, &[(9, 0, 9, 9, other)]),
            ("an init of a container", false, &[(9, 1, 9, 1, other), (1, 0, 1, 1, other)]),
            ("a shell that is a container's init", true, &[(9, 1, 9, 1, other), (1, 0, 1, 1, shell)]),
            ("a program that gives groups and is no shell", false, &[(9, 5, 9, 5, other), (5, 1, 5, 5, other)]),
            ("what is above cannot be seen", false, &[(9, 5, 9, 5, other)]),
            ("a job of a shell, all of a session outside", true, &[(9, 5, 9, 0, other), (5, 0, 5, 0, shell)]),
            ("a program in a container", false, &[(9, 5, 9, 9, other), (5, 1, 0, 0, shell), (1, 0, 0, 0, shell)]),
            ("a script in a container", false, &[(9, 5, 0, 0, other), (5, 0, 0, 0, other)]),
            ("a ring that cannot be", false, &[(9, 8, 8, 5, other), (8, 9, 8, 5, other)]),
        ];
        for (name, wanted, rows) in cases {
            assert_eq!(watched(rows), *wanted, "{name}");
        }
    }

    #[test]
    fn a_process_is_read_from_its_line_whatever_its_name() {
        let line = |ignored: u64, caught: u64| {
            let zeros = "0 ".repeat(26);
            format!("42 (a) S 7 b) S 17 42 17 {zeros}{ignored} {caught} 0 0")
        };
        for (ignored, caught, minds) in
            [(0, 0, false), (1 << 19, 0, true), (0, 1 << 19, true), (1 << 18, 1 << 20, false)]
        {
            let place = Place { group: 42, session: 17, parent: Some(17), minds_stops: Some(minds) };
            assert_eq!(read_stat(&line(ignored, caught)), Some(place), "{ignored} {caught}");
        }
        // Parent, group and session are outside.
        let outside = line(0, 0).replace("S 17 42 17", "S 0 0 0");
        let place = Place { group: 0, session: 0, parent: None, minds_stops: Some(false) };
        assert_eq!(read_stat(&outside), Some(place));
        for bad in ["", "42 (a", "42 (a) S", "42 (a) S x", "42 (a) S 99999999999 1 1"] {
            assert_eq!(read_stat(bad), None, "{bad:?}");
        }
    }
}
