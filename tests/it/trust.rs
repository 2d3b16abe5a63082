//! Certificates: who is let in at first sight, who is asked about, and what a script is told.

use crate::{
    app_harness::{AppHarness, until},
    end_to_end::one,
    process_harness::{Home, Simulator},
};
use std::fs;

/// A configuration that names no certificate.
fn without_fingerprint(simulator: &Simulator) -> String {
    let config = simulator.config();
    config.split_inclusive('\n').filter(|line| !line.starts_with("fingerprint")).collect()
}

#[test]
fn a_script_is_told_of_a_new_certificate_and_sends_nothing() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    home.configure(&without_fingerprint(&simulator));
    let (print, pins) = (simulator.text(0, "fingerprint"), home.path("state/bambu-tui/known_printers"));
    let name = "Workshop P1S";
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["status", "--watch"],
        &["pause", name, "--yes"],
        &["do", name, "light", "on", "--yes"],
        &["objects", name],
        &["ams", name],
        &["snapshot", name, "-o", "picture.jpg"],
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, 3, "{args:?}: {ran:?}");
        let said = ran.err.clone() + &ran.out;
        assert!(
            said.contains(&print) && said.contains("--trust-new") && said.contains("self-signed"),
            "{args:?}: {ran:?}"
        );
        assert!(!pins.exists(), "{args:?}: nothing is pinned");
    }
    assert!(!home.path("picture.jpg").exists());
    // Whoever says beforehand that it is welcome pins it, and is not asked again.
    let ran = home.run(&["status", "--trust-new"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(fs::read_to_string(&pins).unwrap().contains(&print));
    assert_eq!(home.run(&["status"]).code, 0);
    // The welcome is for new ones, not for changed ones.
    fs::write(&pins, format!("{} {}\n", simulator.text(0, "serial"), "ab".repeat(32))).unwrap();
    let changed = home.run(&["status", "--trust-new"]);
    assert_eq!(changed.code, 3, "{changed:?}");
    assert!(changed.err.contains(&"ab".repeat(32)) && changed.err.contains(&print), "{changed:?}");
}

#[test]
fn a_damaged_file_of_known_printers_is_named_and_trusts_nobody() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    home.configure(&without_fingerprint(&simulator));
    let pins = home.path("state/bambu-tui/known_printers");
    fs::create_dir_all(pins.parent().unwrap()).unwrap();
    let damaged = format!("{} ab12\n", simulator.text(0, "serial"));
    fs::write(&pins, &damaged).unwrap();
    for args in [&["status", "--trust-new"][..], &["config", "check"]] {
        let ran = home.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {ran:?}");
        assert!(ran.err.contains("known_printers:1:") && ran.err.contains("or delete it"), "{args:?}: {ran:?}");
    }
    assert_eq!(fs::read_to_string(&pins).unwrap(), damaged);
    fs::remove_file(&pins).unwrap();
    // The memory of who sends files over TLS, likewise.
    let encrypted = pins.with_file_name("encrypted_files");
    fs::write(&encrypted, "").unwrap();
    for args in [&["status", "--trust-new"][..], &["config", "check"]] {
        let ran = home.run(args);
        assert!(
            ran.code == 1 && ran.err.contains("encrypted_files has lost its lines; correct it, or move"),
            "{ran:?}"
        );
    }
    fs::remove_file(&encrypted).unwrap();
    assert_eq!(home.run(&["config", "check"]).code, 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_place_where_no_pin_can_be_written_fails_the_check() {
    let home = Home::new();
    home.configure("");
    let ran = home.tell_with(&["config", "check"], "", &[("XDG_STATE_HOME", "/proc/none")]);
    assert!(ran.code == 1 && ran.err.contains("known_printers cannot be written"), "{ran:?}");
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_pin_that_cannot_be_written_is_told_on_the_screen_and_in_the_journal() {
    let room = AppHarness::with(one(), |_, setup| {
        setup.config.printers[0].fingerprint = None;
        setup.trust_new = true;
        setup.pins = Some("/proc/none/known_printers".into());
    })
    .await;
    room.shows(&["could not be remembered", "· live"]).await;
    room.keys("J");
    room.shows(&["its certificate could not be remembered: /proc/none/known_printers cannot be written"]).await;
    room.quit().await;
}

/// A fingerprint as the question shows it.
fn halves(fingerprint: &str) -> [String; 2] {
    let groups: Vec<_> = (0..8).map(|at| fingerprint[at * 8..at * 8 + 8].to_owned()).collect();
    [groups[..4].join(" "), groups[4..].join(" ")]
}

#[tokio::test]
async fn a_configured_printer_with_a_self_made_certificate_waits_for_a_yes() {
    let room = AppHarness::with(one(), |_, setup| setup.config.printers[0].fingerprint = None).await;
    room.shows(&["first connection: the certificate is self-signed", "T accept"]).await;
    let found = room.demo.printers()[0].fingerprint.clone();
    let [first, second] = halves(&found);
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        room.resize(width, height);
        room.keys("T");
        room.shows(&["Accept this certificate?", &first, &second]).await;
        // Whatever is no yes accepts nothing.
        room.keys("<enter> x");
        room.shows(&["Accept this certificate?"]).await;
        room.keys("n");
        room.shows(&["!Accept this certificate?"]).await;
    }
    room.resize(30, 9);
    room.keys("Ty");
    room.shows(&["!Accept"]).await;
    room.resize(120, 40);
    assert_eq!((room.handle(0).connections(), room.handle(0).requests().len()), (0, 0));
    room.keys("Ty");
    room.shows(&["· live"]).await;
    room.keys("J");
    room.shows(&["the certificate was accepted: self-signed"]).await;
    room.keys("Ji");
    room.shows(&["self-signed; pinned before", &found[..8]]).await;
    room.quit().await;
}

#[tokio::test]
async fn a_changed_certificate_blocks_the_login_until_it_is_compared_and_accepted() {
    let room = AppHarness::with(one(), |_, setup| {
        setup.config.printers[0].fingerprint = None;
        setup.trust_new = true;
    })
    .await;
    room.shows(&["· live"]).await;
    let fulls = room.count(0, "pushall");
    let old = room.demo.printers()[0].fingerprint.clone();
    let found = room.handle(0).new_certificate().expect("a certificate");
    room.handle(0).cut();
    room.shows(&["the certificate has changed", "T accept"]).await;
    assert_eq!((room.handle(0).connections(), room.count(0, "pushall")), (0, fulls), "blocked before the login");
    room.keys("p");
    room.shows(&["is not connected"]).await;
    let ([a, b], [c, d]) = (halves(&old), halves(&found));
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        room.resize(width, height);
        room.keys("T");
        room.shows(&["Accept another certificate?", &a, &b, &c, &d]).await;
        room.keys("<esc>");
        room.shows(&["!Accept another certificate?"]).await;
    }
    assert_eq!(room.count(0, "pushall"), fulls, "a no sends nothing");
    // The certificate changes while the question is open: the yes is for the one that was seen, and lets no other in.
    room.keys("T");
    room.shows(&["Accept another certificate?"]).await;
    let third = room.handle(0).new_certificate().expect("a certificate");
    room.keys("y");
    room.shows(&["the certificate has changed", &third[..16], "!Accept another"]).await;
    assert_eq!((room.handle(0).connections(), room.count(0, "pushall")), (0, fulls), "nothing was sent to the third");
    room.keys("Ty");
    room.shows(&["· live", "!the certificate has changed since"]).await;
    until(|| room.count(0, "pushall") > fulls).await;
    assert_eq!(room.count(0, "pause"), 0);
    // The journal has both, whole.
    room.keys("J");
    let journal = |room: &AppHarness| room.text().replace(|c: char| c.is_whitespace() || "│╭╮╰╯─".contains(c), "");
    until(|| [&found, &third].iter().all(|print| journal(&room).contains(print.as_str()))).await;
    room.quit().await;
}

#[tokio::test]
async fn nobody_accepts_another_certificate_than_the_configuration_names() {
    let room = AppHarness::open(one()).await;
    room.shows(&["· live"]).await;
    room.handle(0).new_certificate().expect("a certificate");
    room.handle(0).cut();
    room.shows(&["the certificate is not the one that the configuration names", "!T accept"]).await;
    room.keys("Ty");
    room.shows(&["correct its fingerprint there"]).await;
    assert_eq!(room.handle(0).connections(), 0);
    room.quit().await;
}

#[test]
fn who_poses_as_a_printer_or_a_part_of_it_gets_no_code() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--orders"]);
    home.configure(&simulator.config());
    let name = "Workshop P1S";
    let (picture, objects) = (&["snapshot", name, "-o", "picture.jpg", "--timeout", "3"][..], &["objects", name][..]);
    let status = &["status", "--timeout", "3"][..];
    for (fault, args, says) in [
        ("other-certificate", status, "not the one that the configuration names"),
        ("changing-certificate", status, "not the one that the configuration names"),
        ("other-name", status, "belongs to"),
        ("camera-certificate", picture, "not the one that the configuration names"),
        ("file-certificate", objects, "not the one that the configuration names"),
    ] {
        assert_eq!(simulator.order(&format!("fault {fault} {name}"))["ok"], true);
        let ran = home.run(args);
        assert!(ran.code != 0 && (ran.err.clone() + &ran.out).contains(says), "{fault}: {ran:?}");
        simulator.order(&format!("mend {name}"));
    }
    assert_eq!(home.run(status).code, 0);
}

#[test]
fn a_picture_needs_the_camera_alone_and_what_forbids_it_is_said_at_once() {
    let home = Home::new();
    let mut simulator = Simulator::start(&home, &["--scenario", "single", "--orders"]);
    let (config, found) = (simulator.config(), simulator.text(0, "fingerprint"));
    let picture = |home: &Home, file: &str, more: &[&str]| {
        // Longer than a test may take: nothing waits for it.
        home.run(&[more, &["snapshot", "Workshop P1S", "-o", file, "--timeout", "600"]].concat())
    };
    home.configure(&config);
    assert_eq!(simulator.order("fault refuse-login Workshop P1S")["ok"], true);
    let ran = picture(&home, "refused.jpg", &[]);
    assert!(ran.code == 3 && ran.err.contains("the access code is wrong"), "{ran:?}");
    simulator.order("mend Workshop P1S");
    // Nothing listens where its reports should come from.
    let mqtt = format!("mqtt_port = {}", simulator.text(0, "mqtt_port"));
    assert!(config.contains(&mqtt), "{config}");
    let closed = config.replace(&mqtt, "mqtt_port = 1");
    home.configure(&closed);
    let ran = picture(&home, "pinned.jpg", &[]);
    assert!(ran.code == 0 && ran.out.contains("1280x720"), "{ran:?}");
    let unpinned: Vec<_> = closed.lines().filter(|line| !line.starts_with("fingerprint")).collect();
    home.configure(&unpinned.join("\n"));
    let ran = picture(&home, "unpinned.jpg", &[]);
    assert!(ran.code == 3 && ran.err.contains(&found) && ran.err.contains("--trust-new"), "{ran:?}");
    assert!(!ran.err.contains("proxy"), "nobody poses as anything: {ran:?}");
    assert_eq!(picture(&home, "new.jpg", &["--trust-new"]).code, 0);
}

#[cfg(unix)]
#[test]
fn a_command_tells_what_it_pinned_and_what_it_could_not() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    let (config, found) = (simulator.config(), simulator.text(0, "fingerprint"));
    let unpinned: Vec<_> = config.lines().filter(|line| !line.starts_with("fingerprint")).collect();
    home.configure(&unpinned.join("\n"));
    let pins = home.path("state/bambu-tui/known_printers");
    let status = &["--trust-new", "status"][..];
    // Something is in the way: the command works all the same, and says so.
    std::fs::create_dir_all(pins.with_extension("lock")).unwrap();
    let ran = home.run(status);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("could not be remembered") && ran.err.contains("known_printers.lock"), "{ran:?}");
    assert!(home.run(&["journal"]).out.contains("could not be remembered"));
    std::fs::remove_dir(pins.with_extension("lock")).unwrap();
    let before = home.run(&["journal"]).out.matches("its certificate was pinned").count();
    let ran = home.run(status);
    assert!(ran.code == 0 && ran.err.is_empty() && pins.is_file(), "{ran:?}");
    let journal = home.run(&["journal"]).out;
    assert!(
        journal.matches("its certificate was pinned").count() == before + 1 && journal.contains(&found),
        "{journal}"
    );
    // A file that is none holds nobody up.
    std::fs::remove_file(&pins).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pins).status().unwrap().success());
    for args in [&["status"][..], &["config", "check"]] {
        let ran = home.run(args);
        assert!(ran.code != 0 && ran.err.contains("a named pipe and not a file; move it away"), "{ran:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn config_check_finds_a_disk_that_takes_no_more() {
    let home = Home::new();
    home.configure("");
    let limited = "trap '' XFSZ; ulimit -f 0; exec \"$0\" config check";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_bambu-tui")]).env_clear().envs(home.env());
    let ran = command.output().unwrap();
    let says = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(1), "{says}");
    assert!(says.contains("known_printers cannot be written"), "{says}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_file_tells_an_access_code() {
    use std::io::BufRead;
    let home = Home::new();
    let wanted = "ulimit -c unlimited 2>/dev/null || ulimit -c \"$(ulimit -H -c)\"; exec \"$0\" simulate --orders";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", wanted, env!("CARGO_BIN_EXE_bambu-tui")]).env_clear().envs(home.env());
    let piped = std::process::Stdio::piped;
    let mut child = command.stdin(piped()).stdout(piped()).spawn().unwrap();
    let mut ready = String::new();
    std::io::BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).expect("a limit");
    assert_eq!(core.split_whitespace().next(), Some("0"), "{limits}");
}
