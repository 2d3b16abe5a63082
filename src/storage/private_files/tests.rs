use super::*;

#[test]
fn a_scratch_file_has_no_name_and_a_private_folder() {
    use std::io::{Read, Seek};
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("deep/scratch");
    let (mut one, mut two) = (scratch(&place).expect("made"), scratch(&place).expect("made"));
    one.write_all(b"one").expect("written");
    two.write_all(b"two").expect("written");
    let mut text = String::new();
    one.rewind().and_then(|()| one.read_to_string(&mut text)).expect("readable");
    assert_eq!(text, "one");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&place).expect("metadata").permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(&place).expect("a folder").count(), 0);
    }
}

#[cfg(unix)]
#[test]
fn nothing_but_a_file_is_opened_and_nobody_waits_for_a_pipe() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo");
    assert!(made.success());
    let _socket = UnixListener::bind(at("socket")).expect("bound");
    fs::create_dir(at("folder")).expect("made");
    symlink("/dev/zero", at("device")).expect("linked");
    symlink("pipe", at("link")).expect("linked");
    symlink("circle", at("circle")).expect("linked");
    for (name, what) in [
        ("pipe", "a named pipe and not a file; move it away"),
        ("link", "a named pipe"),
        ("socket", "a socket"),
        ("folder", "a directory"),
        ("device", "a device"),
        ("circle", ""),
    ] {
        let tries = [
            read(&at(name), 9).map(drop),
            open(&at(name)).map(drop),
            append(&at(name)).map(drop),
            Rolling::open(&at(name), 9).map(drop),
        ];
        for tried in tries {
            let why = tried.expect_err(name).to_string();
            assert!(why.contains(what), "{name}: {why}");
        }
    }
    fs::create_dir(at("some.lock")).expect("made");
    let why = lock(&at("some.db")).expect_err("no lock").to_string();
    assert!(why.contains("some.lock: it is a directory"), "{why}");
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("metadata").permissions().mode() & 0o777
}

#[test]
fn a_file_of_bounded_size_is_private_and_starts_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/some.log");
    let mut file = Rolling::open(&path, 8).expect("opened");
    let mut other = Rolling::open(&path, 8).expect("opened by another process");
    file.append(b"the first\n").expect("written");
    file.append(b"one\n").expect("written");
    // The other one has the file that was put aside.
    other.append(b"two\n").expect("written");
    let text = |path: &Path| fs::read_to_string(path).expect("readable");
    assert_eq!((text(&path).as_str(), text(&old(&path)).as_str()), ("one\ntwo\n", "the first\n"));
    assert_eq!(old(Path::new("a/b.jsonl")), Path::new("a/b.old.jsonl"));
    #[cfg(unix)]
    assert_eq!((mode(&path), mode(&folder.path().join("new"))), (0o600, 0o700));
}

#[test]
fn several_programs_at_one_file_of_bounded_size_lose_no_line_while_it_is_new() {
    const LINES: usize = 300;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.log");
    let line = |who: usize, n: usize| format!("{who} {n} {}\n", "x".repeat(40));
    // The file begins anew once, somewhere in the middle.
    let max = (line(1, LINES).len() * 4 * LINES / 2) as u64;
    std::thread::scope(|scope| {
        for who in 0..4 {
            let mut file = Rolling::open(&path, max).expect("opened");
            scope.spawn(move || {
                for n in 0..LINES {
                    file.append(line(who, n).as_bytes()).expect("written");
                }
            });
        }
    });
    let text = fs::read_to_string(old(&path)).expect("put aside") + &fs::read_to_string(&path).expect("the new one");
    let mut found: Vec<_> = text.lines().map(str::to_owned).collect();
    let mut all: Vec<_> = (0..4).flat_map(|who| (0..LINES).map(move |n| line(who, n).trim_end().to_owned())).collect();
    found.sort();
    all.sort();
    assert!(found == all, "{} of {} lines", found.len(), all.len());
}

#[test]
fn changes_under_a_lock_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep/numbers");
    let add = |who: usize| {
        for n in 0..25 {
            let _lock = lock(&path).expect("locked");
            let before = read(&path, 1 << 20).unwrap_or_default();
            replace(&path, &[before, format!("{who}-{n}\n").into_bytes()].concat()).expect("replaced");
        }
    };
    std::thread::scope(|scope| {
        for who in 0..8 {
            scope.spawn(move || add(who));
        }
    });
    let text = fs::read_to_string(&path).expect("readable");
    assert_eq!(text.lines().collect::<std::collections::HashSet<_>>().len(), 200);
    #[cfg(unix)]
    assert_eq!((mode(&path), mode(&path.with_extension("lock"))), (0o600, 0o600));
}

#[test]
fn a_lock_that_passes_leaves_nothing_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("numbers.toml");
    let add = |who: usize| {
        for n in 0..25 {
            let _lock = lock_and_leave_nothing(&path).expect("locked");
            let before = read(&path, 1 << 20).unwrap_or_default();
            replace(&path, &[before, format!("{who}-{n}\n").into_bytes()].concat()).expect("replaced");
        }
    };
    std::thread::scope(|scope| {
        for who in 0..4 {
            scope.spawn(move || add(who));
        }
    });
    let text = fs::read_to_string(&path).expect("readable");
    assert_eq!(text.lines().collect::<std::collections::HashSet<_>>().len(), 100);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_scratch_folder_that_is_a_link_is_refused_and_its_target_left_as_it_is() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("own")).expect("made");
    fs::set_permissions(at("own"), fs::Permissions::from_mode(0o755)).expect("opened to all");
    symlink("own", at("scratch")).expect("linked");
    symlink("nowhere", at("dead")).expect("linked");
    for link in ["scratch", "dead"] {
        let why = scratch(&at(link)).expect_err("refused").to_string();
        assert!(why.contains(link) && why.contains("is a link"), "{why}");
    }
    assert_eq!(mode(&at("own")), 0o755);
    assert!(!at("nowhere").exists());
}

#[test]
fn what_a_killed_run_left_goes_and_nothing_else_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let left = [".0123456789abcdef.new", ".00000000000000ff.scratch"];
    let stays = [
        "known_printers",
        ".new",
        ".0123456789abcdeg.new",
        ".0123456789ABCDEF.new",
        ".0123.new",
        "0123456789abcdef.new",
    ];
    let (held, young) = (".1123456789abcdef.new", ".2123456789abcdef.new");
    let long_ago = fs::metadata(folder.path()).expect("metadata").modified().expect("a time") - LEFT_OVER * 2;
    for name in left.iter().chain(&stays).chain([&held]) {
        File::create(at(name)).and_then(|file| file.set_modified(long_ago)).expect("made");
    }
    fs::write(at(young), "").expect("made");
    fs::create_dir(at(".3123456789abcdef.new")).expect("made");
    let holder = File::open(at(held)).expect("opened");
    holder.try_lock().expect("locked");
    tidy(folder.path());
    assert!(left.iter().all(|name| !at(name).exists()));
    assert!(stays.iter().chain([&held, &young, &".3123456789abcdef.new"]).all(|name| at(name).exists()));
    drop(holder);
    tidy(folder.path());
    assert!(!at(held).exists(), "its owner is gone");
    #[cfg(unix)]
    assert_eq!(mode(folder.path()), 0o700);
    tidy(&at("nowhere"));
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced_and_closed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("dotfiles")).expect("made");
    fs::write(at("dotfiles/real"), "old").expect("made");
    fs::set_permissions(at("dotfiles/real"), fs::Permissions::from_mode(0o644)).expect("opened to all");
    symlink("second", at("first")).expect("linked");
    symlink("dotfiles/real", at("second")).expect("linked");
    let replace_through = |name: &str| target(&at(name)).and_then(|path| replace(&path, b"new"));
    replace_through("first").expect("replaced");
    assert_eq!(fs::read_to_string(at("dotfiles/real")).expect("readable"), "new");
    assert!(at("first").is_symlink() && at("second").is_symlink());
    assert_eq!(mode(&at("dotfiles/real")), 0o600);
    // To a file that is not there yet, and in a circle.
    symlink("dotfiles/later", at("third")).expect("linked");
    replace_through("third").expect("made");
    assert!(at("third").is_symlink() && at("dotfiles/later").exists());
    symlink("fourth", at("fourth")).expect("linked");
    assert!(replace_through("fourth").is_err());
}

/// There is room in the folder, and the file can be read: only whoever tries finds that nothing can take its place.
#[cfg(target_os = "linux")]
#[test]
fn a_file_in_whose_place_nothing_can_be_put_is_found_by_trying() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pins");
    try_replace(&path, 100, 10).unwrap();
    assert!(!path.exists(), "none is made");
    fs::write(&path, "mine").unwrap();
    try_replace(&path, 100, 10).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/proc/self/comm", &path).unwrap();
    try_replace(&path, 100, 10).unwrap_err();
    assert!(path.is_symlink());
}
