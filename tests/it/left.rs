//! What a run leaves that did not come to its end: programs that still run, files that nobody needs.

use crate::process_harness::{Home, LONG, send};
use std::{
    fs,
    os::unix::{fs::symlink, process::ExitStatusExt},
    path::Path,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

/// Whether a process is there and no zombie.
fn lives(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < LONG, "{what}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_signal_ends_the_program_for_the_code_with_everything_it_has_started() {
    for (signal, number, args) in [
        ("INT", 2, &["status"][..]),
        ("TERM", 15, &["config", "check"]),
        ("HUP", 1, &["objects", "P"]),
        ("INT", 2, &["do", "P", "pause"]),
    ] {
        let home = Home::new();
        let pids = home.path("pids");
        let script = home.path("code.sh");
        let text = format!("#!/bin/sh\nsleep 300 &\necho $! $$ > {0}.new\nmv {0}.new {0}\nwait\n", pids.display());
        fs::write(&script, text).unwrap();
        home.configure(&format!(
            "[[printer]]\nname = 'P'\nhost = '127.0.0.1'\nserial = '01P00A000000001'\n\
             access_code_command = ['sh', '{}']\n",
            script.display()
        ));
        let mut child = home.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the program runs", || pids.exists());
        send(signal, child.id());
        assert_eq!(child.wait().unwrap().signal(), Some(number), "{args:?}: as any other program");
        let pids = fs::read_to_string(&pids).unwrap();
        assert_eq!(pids.split_whitespace().count(), 2);
        until("some are left running", || !pids.split_whitespace().any(lives));
    }
}

#[test]
fn a_program_that_leaves_its_group_and_floods_holds_nobody_up() {
    let home = Home::new();
    let (script, pid) = (home.path("code.sh"), home.path("pid"));
    let text = format!(
        "printf 'PIN: \\033[2J' >&2\nhead -c 100000 /dev/zero | tr '\\0' x >&2\n\
         setsid sh -c 'echo $$ > {0}; exec sleep 300' > /dev/null &\nwhile [ ! -s {0} ]; do sleep 0.02; done\n\
         echo 12345678\n",
        pid.display()
    );
    fs::write(&script, text).unwrap();
    home.configure(&format!(
        "[[printer]]\nname = 'P'\nhost = '127.0.0.1'\nserial = '01P00A000000001'\n\
         access_code_command = ['sh', '{}']\n",
        script.display()
    ));
    // Whoever reads what we say comes to its end, although that program lives on.
    let ran = home.run(&["config", "check"]);
    send("KILL", fs::read_to_string(&pid).unwrap().trim().parse().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.starts_with("PIN: [2Jxxx") && ran.err.contains("is not shown"), "{ran:?}");
    assert!(ran.err.len() < 5000, "{}", ran.err.len());
}

#[test]
fn what_a_killed_run_left_goes_with_the_next_command_from_every_folder() {
    let home = Home::new();
    let config = home.configure("");
    fs::create_dir_all(home.path("dotfiles")).unwrap();
    fs::rename(&config, home.path("dotfiles/real")).unwrap();
    symlink(home.path("dotfiles/real"), &config).unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(100);
    let make = |path: &str| {
        let path = home.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(&path).and_then(|file| file.set_modified(long_ago)).unwrap();
        path
    };
    let folders = ["state/bambu-tui", "state/bambu-tui/scratch", "cache/bambu-tui", "config/bambu-tui", "dotfiles"];
    for args in [&["config", "check"][..], &["status"], &["journal"], &["explain", "0300-8003"], &["logout"]] {
        let left: Vec<_> = folders.iter().map(|folder| make(&format!("{folder}/.660d1d4591725050.new"))).collect();
        let own = make("dotfiles/.660d1d4591725050.mine");
        home.run(args);
        assert!(left.iter().all(|path| !path.exists()), "{args:?}: {left:?}");
        assert!(own.exists() && home.path("dotfiles/real").exists());
    }
}
