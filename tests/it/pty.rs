//! The binary in a terminal: what a person sees, and in what state the terminal is afterwards.

use crate::{
    process_harness::{Home, Simulator, is_stopped, send},
    pty_harness::PtyHarness,
};
use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

#[test]
fn the_demo_comes_up_with_live_data_and_obeys_keys() {
    let home = Home::new();
    let mut window = PtyHarness::open(&home, &["demo"], 120, 40);
    window.shows(&["DEMO", "4 printers", "Workshop P1S", "· live", "spaghetti"]);
    window.keys("?");
    window.shows(&["Control the printer"]);
    window.keys("\x1b");
    window.shows(&["!Control the printer"]);
    window.keys("/workshop\r");
    window.shows(&["1/4", "p pause"]);
    window.keys("p");
    window.shows(&["acknowledged … confirmed"]);
    window.keys("\x1b[B\x1b[A\t");
    window.keys("x");
    window.shows(&["Stop this print?"]);
    let from = window.written();
    window.keys("\x03");
    assert_eq!(window.ended(), 0);
    window.is_restored(from);
}

#[test]
fn the_demo_with_a_cloud_says_what_to_type_to_sign_in() {
    let home = Home::new();
    let mut window = PtyHarness::open(&home, &["demo", "--scenario", "single", "--cloud"], 120, 40);
    window.shows(&["DEMO", "Workshop P1S", "· live", "!School P2S"]);
    window.keys("U");
    // With the first seed the code is always the same one.
    window.shows(&["Sign in to the Bambu Lab cloud", "maker@example.com", "Simulated: code 959207"]);
    window.keys("\r");
    window.shows(&["six digits"]);
    window.keys("959207\r");
    window.shows(&["!Sign in to the Bambu", "Cabin A1 mini", "School P2S"]);
    window.keys("\x03");
    assert_eq!(window.ended(), 0);
}

#[test]
fn every_size_is_drawn_and_none_ends_the_program() {
    let home = Home::new();
    let mut window = PtyHarness::open(&home, &["demo"], 120, 40);
    window.shows(&["4 printers", "· live"]);
    for (width, height, text) in
        [(200, 60, "Journal"), (80, 24, "Garage A1"), (40, 12, "Garage A1"), (30, 5, "%"), (20, 5, "Works")]
    {
        window.resize(width, height);
        window.shows(&[text]);
    }
    window.resize(1, 1);
    window.resize(120, 40);
    window.shows(&["4 printers", "Temperatures", "Journal"]);
    window.keys("q");
    assert_eq!(window.ended(), 0);
}

#[test]
fn signals_give_the_terminal_back() {
    for signal in ["TERM", "HUP", "INT"] {
        let home = Home::new();
        let mut window = PtyHarness::open(&home, &["demo", "--printers", "1"], 100, 30);
        window.shows(&["· live"]);
        // The wheel is no arrow key: that may move a printer.
        assert!(window.wrote(0, "\x1b[?1007s\x1b[?1007l"), "{signal}");
        let from = window.written();
        send(signal, window.pid());
        assert_eq!(window.ended(), 0, "{signal}");
        window.is_restored(from);
    }
}

#[test]
fn the_background_and_back() {
    let home = Home::new();
    // A shell with job control, in which somebody types `fg` twice: here by Enter.
    let shell = r#"set -m; sh -c 'echo $$ > pid; exec "$@"' - "$@"; for n in 1 2; do read line; fg; done"#;
    let program = env!("CARGO_BIN_EXE_bambu-tui");
    let args = ["-c", shell, "-", program, "demo", "--printers", "1"];
    let mut window = PtyHarness::run(&home, "/bin/sh", &args, 100, 30);
    window.shows(&["· live"]);
    let pid = fs::read_to_string(home.path("pid")).unwrap().trim().parse().unwrap();
    for by_key in [true, false] {
        let from = window.written();
        if by_key {
            window.keys("\x1a");
        } else {
            send("TSTP", pid);
        }
        window.is_restored(from);
        if cfg!(target_os = "linux") {
            window.until(|_| is_stopped(pid));
        }
        let from = window.written();
        window.keys("\r");
        window.until(|window| window.wrote(from, "\x1b[?1049h"));
        window.shows(&["bracket_v4", "· live"]);
        assert!(window.wrote(from, "\x1b[?1007l"));
    }
    window.keys("q");
    assert_eq!(window.ended(), 0);
}

#[test]
fn what_nobody_could_bring_back_stays_in_the_foreground() {
    let home = Home::new();
    let program = env!("CARGO_BIN_EXE_bambu-tui");
    // The terminal's own program, and a script's.
    let script = r#""$@"; exit $?"#;
    let shells: [&[&str]; 2] = [&[program], &["/bin/sh", "-c", script, "-", program]];
    for words in shells {
        let args = [&words[1..], &["demo", "--printers", "1"]].concat();
        let mut window = PtyHarness::run(&home, words[0], &args, 100, 30);
        window.shows(&["· live"]);
        // Amid other bytes it is noise.
        window.bytes(b"\x1b[1\x1a\xff\x1a\x1b[A");
        window.keys("?");
        window.shows(&["Control the printer", "!in the background: no shell"]);
        window.keys("\x1b");
        window.shows(&["!Control the printer"]);
        window.keys("\x1a");
        window.shows(&["in the background: no shell"]);
        window.keys("q");
        assert_eq!(window.ended(), 0, "{words:?}");
    }
}

#[test]
fn an_idle_screen_writes_nothing() {
    let home = Home::new();
    let mut window = PtyHarness::open(&home, &["demo", "--scenario", "quiet"], 120, 40);
    window.shows(&["4 printers", "· live", "4 idle"]);
    // Without the camera: its clock goes on.
    window.keys("\t\tz");
    window.shows(&["Esc back", "Temperatures", "!Journal"]);
    // It settles, and then some seconds pass without a byte.
    let mut silent = 0;
    let mut before = window.written();
    for _ in 0..60 {
        std::thread::sleep(Duration::from_millis(500));
        let now = window.written();
        silent = if now == before { silent + 1 } else { 0 };
        before = now;
        if silent == 6 {
            break;
        }
    }
    assert_eq!(silent, 6, "never silent for three seconds:\n{}", window.text());
    window.keys("q");
    assert_eq!(window.ended(), 0);
}

#[test]
fn the_first_screen_starts_the_demo() {
    let home = Home::new();
    let mut window = PtyHarness::open(&home, &[], 120, 40);
    window.shows(&["printer is configured yet", "start the demo"]);
    window.keys("d");
    window.shows(&["DEMO", "4 printers", "· live"]);
    let from = window.written();
    window.keys("q");
    assert_eq!(window.ended(), 0);
    window.is_restored(from);
    assert!(!home.path("config/bambu-tui/config.toml").exists(), "the demo writes no configuration");
}

#[test]
fn the_form_tests_shows_and_saves_a_printer() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    let (code, serial) = (simulator.text(0, "access_code"), simulator.text(0, "serial"));
    let mut window = PtyHarness::open(&home, &[], 120, 40);
    window.shows(&["add a printer"]);
    window.keys("a");
    window.shows(&["Add a printer on your network"]);
    let address = format!("127.0.0.1:{}", simulator.text(0, "mqtt_port"));
    window.keys(&format!("Shed\t{address}\t{serial}\t{code}"));
    window.shows(&["••••••••", &serial]);
    window.keys("\r");
    // First the certificate, whole; only then the access code goes out.
    let print = simulator.text(0, "fingerprint");
    window.shows(&["self-signed, not by Bambu Lab", &print[..8], &print[56..], "Enter sends the access code"]);
    window.answer("\r");
    window.shows(&["connected: P1S", "certificate", "Enter saves it"]);
    let file = home.path("config/bambu-tui/config.toml");
    assert!(!file.exists(), "nothing is saved until it works");
    window.answer("\r");
    window.shows(&["Shed", "· live", "bracket_v4"]);
    assert!(!window.wrote(0, &code), "the access code was on the screen");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&serial) && text.contains(&code));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let pins = home.path("state/bambu-tui/known_printers");
    assert!(fs::read_to_string(&pins).unwrap().contains(&serial));
    assert_eq!(fs::metadata(&pins).unwrap().permissions().mode() & 0o777, 0o600);
    if cfg!(target_os = "linux") {
        let argv = fs::read(format!("/proc/{}/cmdline", window.pid())).unwrap();
        assert!(!String::from_utf8_lossy(&argv).contains(&code));
    }
    window.keys("q");
    assert_eq!(window.ended(), 0);
    let log = home.log();
    assert!(!log.is_empty() && !log.contains(&code) && !log.contains(&serial), "serials are shortened in the log");
    let journal = home.run(&["journal"]).out;
    assert!(journal.contains("its certificate was pinned: self-signed") && journal.contains(&print), "{journal}");
    // What was saved is what the next start finds.
    let status = home.run(&["status", "Shed"]);
    assert_eq!(status.code, 0, "{status:?}");
}

#[test]
fn a_wrong_code_in_the_form_saves_nothing() {
    let home = Home::new();
    let simulator = Simulator::start(&home, &["--scenario", "single"]);
    let mut window = PtyHarness::open(&home, &[], 120, 40);
    window.shows(&["add a printer"]);
    window.keys("a");
    let address = format!("127.0.0.1:{}", simulator.text(0, "mqtt_port"));
    window.keys(&format!("Shed\t{address}\t{}\twr0ngXYZ\r", simulator.text(0, "serial")));
    window.shows(&["Enter sends the access code"]);
    window.answer("\r");
    window.shows(&["the access code is wrong", "press Enter to try again"]);
    window.keys("\x1b");
    window.shows(&["printer is configured yet", "!press Enter to try again"]);
    assert!(!window.wrote(0, "wr0ngXYZ") && !home.log().contains("wr0ngXYZ"));
    assert!(!home.path("config/bambu-tui/config.toml").exists());
    window.keys("q");
    assert_eq!(window.ended(), 0);
}

#[test]
fn what_ends_or_waits_rings_the_bell_and_notifies_the_desktop() {
    let home = Home::new();
    home.configure("[notifications]\ncode = 'osc9'\n");
    let mut window =
        PtyHarness::open(&home, &["demo", "--scenario", "busy", "--printers", "1", "--speed", "20"], 80, 24);
    // A job of two simulated minutes ends.
    window.until(|window| window.wrote(0, "\x1b]9;Workshop P1S: finished "));
    window.until(|window| window.wrote(0, "\x07"));
    window.keys("q");
    assert_eq!(window.ended(), 0);
}
