//! Bytes that nobody typed: the real program in a terminal that talks, breaks off, or has no size.

use crate::{
    process_harness::{Home, is_stopped, send},
    pty_harness::PtyHarness,
};
use bambu_tui::{
    simulator::{self, Plan, Scenario, Simulation},
    state::view::quiet::QUIET,
};
use std::time::{Duration, Instant};

/// A printer that prints, and the dashboard in a window.
struct StateHarness {
    demo: Simulation,
    window: PtyHarness,
    home: Home,
}

impl StateHarness {
    async fn open(width: u16, height: u16) -> Self {
        let desk = Self::run("", |home, _| PtyHarness::open(home, &[], width, height)).await;
        desk.window.shows(&["· live", "p pause"]);
        desk
    }

    /// Something else in the window; it hears what the printer is called.
    async fn run(ui: &str, window: impl FnOnce(&Home, &str) -> PtyHarness) -> Self {
        let (demo, home) = (
            simulator::start(&Plan { scenario: Scenario::Single, ..Plan::default() }).await.expect("a demo"),
            Home::new(),
        );
        let printer = &demo.printers()[0];
        home.configure(&format!(
            "[ui]\ncamera = 'off'\n{ui}[error_texts]\nurl = \"{}\"\n[[printer]]\nname = \"{}\"\nhost = \"{}\"\nserial = \"{}\"\n\
             access_code = \"{}\"\nmqtt_port = {}\nfingerprint = \"{}\"\n",
            demo.texts_url(),
            printer.name,
            printer.host,
            printer.serial,
            printer.access_code,
            printer.mqtt_port,
            printer.fingerprint,
        ));
        let window = window(&home, &printer.name);
        Self { demo, window, home }
    }

    /// Orders that reached the printer: everything but questions about its state.
    fn orders(&self) -> Vec<String> {
        let requests = self.demo.control(0).expect("a printer").requests();
        let texts = requests.iter().map(|request| String::from_utf8_lossy(&request.payload).into_owned());
        texts.filter(|text| !text.contains("\"pushing\"") && !text.contains("\"info\"")).collect()
    }

    /// Nothing has gone out by what was typed, and nothing comes of it soon.
    #[track_caller]
    fn keys_are_no_orders(&self) {
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(self.orders(), Vec::<String>::new());
    }

    /// A key that a person presses works, and nothing lies above the dashboard that would take it.
    #[track_caller]
    fn keys_work(&mut self) {
        self.window.keys("?");
        self.window.shows(&["Control the printer"]);
        self.window.keys("\x1b");
        self.window.shows(&["!Control the printer", "q quit"]);
    }
}

/// What terminals say, with letters in it that would be orders.
const REPLIES: &[&[u8]] = &[
    b"\x1b]11;rgb:1414/1f1f/1f1f\x1b\\",
    b"\x1b]11;rgb:1414/1f1f/1f1f\x07",
    b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    b"\x1b]lpIaPrusprrypi: ~\x1b\\",
    b"\x1b]52;c;cHArLXh5\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1bP>|xterm(390)\x1b\\",
    b"\x1bP>|kitty(0.35.2)\x1b\\",
    b"\x1bP1+r544e=787465726d2d6b69747479\x1b\\",
    b"\x1bP1$r0 q\x1b\\",
    b"\x1b^p-x+\x1b\\",
    b"\x1bXp-x+\x1b\\",
    b"\x9d11;rgb:1414/1f1f/1f1f\x9c",
    b"\x90>|xterm(390)\x9c",
    b"\x1b[?62;1;6;9c",
    b"\x1b[>41;390;0c",
    b"\x1b[12;40R",
    b"\x1b[0n",
    b"\x1b[?1u",
    b"\x1b[?2026;2$y",
    b"\x1b[8;24;80t",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_terminal_says_orders_nothing_and_opens_nothing() {
    let mut desk = StateHarness::open(120, 40).await;
    for reply in REPLIES {
        desk.window.bytes(reply);
        desk.keys_work();
    }
    // In pieces, also behind the escape character alone.
    for reply in [REPLIES[0], REPLIES[3], REPLIES[5], REPLIES[6], REPLIES[14]] {
        for at in [1, 2, reply.len() / 2, reply.len() - 1] {
            desk.window.bytes(&reply[..at]);
            std::thread::sleep(Duration::from_millis(120));
            desk.window.bytes(&reply[at..]);
        }
        desk.keys_work();
    }
    assert_eq!(desk.orders(), Vec::<String>::new());
    // While a question is open, nothing answers it.
    desk.window.keys("x");
    desk.window.shows(&["Stop this print?"]);
    for reply in REPLIES {
        desk.window.bytes(reply);
    }
    desk.window.keys("p");
    std::thread::sleep(Duration::from_millis(300));
    desk.window.shows(&["Stop this print?"]);
    desk.window.keys("n");
    desk.window.shows(&["!Stop this print?"]);
    // A pause of a person stays one until a person ends it.
    desk.window.keys("p");
    desk.window.shows(&["r resume"]);
    for reply in REPLIES {
        desk.window.bytes(reply);
    }
    desk.keys_work();
    assert_eq!(desk.orders().len(), 1, "{:?}", desk.orders());
    desk.window.keys("r");
    desk.window.shows(&["p pause"]);
    desk.window.keys("\x1b[99;5u");
    assert_eq!(desk.window.ended(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_terminal_never_ends_gives_the_keyboard_back() {
    let mut desk = StateHarness::open(120, 40).await;
    let cut: &[&[u8]] = &[
        b"\x1b[200~abcpx",
        b"\x1b]11;rgb:p+x",
        b"\x1bP>|xterm(p",
        b"\x1b_Gi=p",
        b"\x1b[<35;7",
        b"\x1b[M",
        b"\x1b[M ",
        b"\x1b[",
        b"\x1bO",
        b"\xe2\x80",
    ];
    for bytes in cut {
        desk.window.bytes(bytes);
        std::thread::sleep(Duration::from_millis(1600));
        desk.keys_work();
    }
    // More than anybody pastes or says.
    for begin in ["\x1b[200~", "\x1b]52;c;"] {
        desk.window.keys(begin);
        desk.window.keys(&"pxy+-".repeat(50_000));
        std::thread::sleep(Duration::from_millis(1600));
        desk.keys_work();
    }
    assert_eq!(desk.orders(), Vec::<String>::new());
    desk.window.keys("\x1b[200~abc\x03");
    assert_eq!(desk.window.ended(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_without_a_size_is_drawn_for_the_usual_one() {
    for (width, height) in [(0, 0), (80, 0), (0, 24)] {
        let mut desk = StateHarness::open(width, height).await;
        desk.keys_work();
        desk.window.keys("q");
        assert_eq!(desk.window.ended(), 0, "{width}x{height}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_in_the_background_answers_nothing() {
    let mut desk = StateHarness::open(120, 40).await;
    let pid = desk.window.pid();
    // Stopped by somebody else, and gone on with keys waiting.
    for (open, shows) in [("x", "Stop this print?"), ("", "p pause")] {
        desk.window.keys(open);
        desk.window.shows(&[shows]);
        std::thread::sleep(QUIET);
        send("STOP", pid);
        desk.window.until(|_| is_stopped(pid));
        desk.window.keys("yL");
        let from = desk.window.written();
        send("CONT", pid);
        desk.window.until(|window| window.wrote(from, "\x1b[?1049h"));
        desk.window.shows(&[shows]);
        desk.keys_are_no_orders();
        desk.window.keys("n");
        desk.window.shows(&["p pause"]);
    }
    desk.window.keys("x");
    desk.window.shows(&["Stop this print?"]);
    desk.window.answer("y");
    desk.window.shows(&["!Stop this print?", "stop →"]);
    // It is shown when it is sent, and arrives a moment later.
    let deadline = Instant::now() + Duration::from_secs(5);
    while desk.orders().is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(desk.orders().len(), 1, "{:?}", desk.orders());
    desk.window.keys("q");
    assert_eq!(desk.window.ended(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_together_with_fg_answers_nothing() {
    let shell = r#"set -m; sh -c 'echo $$ > pid; exec "$@"' - "$@"; read line; fg"#;
    let args = ["-c", shell, "-", env!("CARGO_BIN_EXE_bambu-tui")];
    let mut desk = StateHarness::run("", |home, _| PtyHarness::run(home, "/bin/sh", &args, 120, 40)).await;
    desk.window.shows(&["· live", "p pause"]);
    let pid = std::fs::read_to_string(desk.home.path("pid")).unwrap().trim().parse().unwrap();
    desk.window.keys("x");
    desk.window.shows(&["Stop this print?"]);
    std::thread::sleep(QUIET);
    desk.window.keys("\x1a");
    desk.window.until(|_| is_stopped(pid));
    let from = desk.window.written();
    desk.window.keys("\ryL");
    desk.window.until(|window| window.wrote(from, "\x1b[?1049h"));
    desk.window.shows(&["Stop this print?"]);
    desk.keys_are_no_orders();
    desk.window.keys("n");
    desk.window.shows(&["!Stop this print?"]);
    desk.window.keys("q");
    assert_eq!(desk.window.ended(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_before_the_question_is_none() {
    for (args, early) in [(&["stop"][..], "y\n"), (&["pause"], "yes\ny\n")] {
        let open = |home: &Home, name: &str| PtyHarness::open(home, &[args, &[name]].concat(), 100, 30);
        let mut desk = StateHarness::run("", open).await;
        desk.window.keys(early);
        desk.window.shows(&["[y/N]"]);
        desk.keys_are_no_orders();
        desk.window.keys("n\n");
        assert_eq!(desk.window.ended(), 4);
        desk.keys_are_no_orders();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_the_shell_asks_where_that_is_wanted() {
    let open = |home: &Home, name: &str| PtyHarness::open(home, &["do", name, "light", "off"], 100, 30);
    let mut desk = StateHarness::run("confirm = 'all'\n", open).await;
    desk.window.shows(&["light off", "[y/N]"]);
    desk.window.keys("n\n");
    assert_eq!(desk.window.ended(), 4);
    let name = desk.demo.printers()[0].name.clone();
    for line in [&["light", "off"][..], &["fan-part", "50"], &["speed", "sport"], &["record", "on"]] {
        // Nobody is there to be asked.
        let ran = desk.home.run(&[&["do", &name], line].concat());
        assert!(ran.code == 2 && ran.err.contains("--yes"), "{line:?}: {} {}", ran.code, ran.err);
    }
    desk.keys_are_no_orders();
    let ran = desk.home.run(&["do", &name, "light", "off", "--yes"]);
    assert_eq!((ran.code, desk.orders().len()), (0, 1), "{}", ran.err);
}
