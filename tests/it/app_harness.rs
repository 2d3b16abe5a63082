//! A room of simulated printers with the whole program in front of them: real loop, real network, a screen of cells.

use crate::state_harness;
use bambu_tui::{
    app::{App, Outcome, Setup},
    config::{Config, PrinterConfig, Secret},
    net::Timing,
    simulator::{self, Plan, PrinterControl, Simulation},
    state::{printer::WatchdogTimeouts, view::quiet::QUIET},
    terminal::{self, screen::Screen},
};
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{Stream, StreamExt, stream};
use ratatui::{
    Terminal,
    backend::{Backend, ClearType, TestBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use std::{
    convert::Infallible,
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// Long enough for a machine with other work to do; nothing waits so long unless it fails.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Held by a test with hundreds of printers: two at once would be a load test of the machine.
pub(crate) static CROWD: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A backend that others may look at.
#[derive(Clone)]
struct Seen(Arc<Mutex<TestBackend>>);

impl Seen {
    fn with<T>(&self, f: impl FnOnce(&mut TestBackend) -> T) -> T {
        f(&mut self.0.lock().unwrap())
    }
}

impl Backend for Seen {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), Infallible> {
        self.with(|b| b.draw(content))
    }
    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.with(TestBackend::hide_cursor)
    }
    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.with(TestBackend::show_cursor)
    }
    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        self.with(TestBackend::get_cursor_position)
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.with(|b| b.set_cursor_position(position))
    }
    fn clear(&mut self) -> Result<(), Infallible> {
        self.with(TestBackend::clear)
    }
    fn clear_region(&mut self, region: ClearType) -> Result<(), Infallible> {
        self.with(|b| b.clear_region(region))
    }
    fn size(&self) -> Result<Size, Infallible> {
        self.with(|b| b.size())
    }
    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.with(TestBackend::window_size)
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Limits of the watchdog that a test can reach, but a busy machine does not.
pub(crate) fn hasty() -> WatchdogTimeouts {
    let ms = Duration::from_millis;
    WatchdogTimeouts {
        nudge: ms(1500),
        stale: ms(2500),
        reconnect: ms(4000),
        first_report: ms(3000),
        whole: [ms(300), ms(600), ms(900)],
    }
}

/// The program, its printers, and a person.
pub(crate) struct AppHarness {
    pub(crate) demo: Simulation,
    keys: mpsc::UnboundedSender<TermEvent>,
    screen: Seen,
    program: JoinHandle<io::Result<Outcome>>,
    stop: Option<oneshot::Sender<()>>,
}

impl AppHarness {
    pub(crate) async fn open(plan: Plan) -> Self {
        Self::with(plan, |_, _| {}).await
    }

    /// A room in which something was changed before the program began: at the printers, or in its setup.
    pub(crate) async fn with(plan: Plan, change: impl FnOnce(&Simulation, &mut Setup)) -> Self {
        let demo = simulator::start(&plan).await.expect("a demo");
        let printers = demo.printers().iter().map(|p| PrinterConfig {
            name: p.name.clone(),
            host: p.host.clone(),
            serial: p.serial.clone(),
            access_code: Secret::new(p.access_code.clone()),
            mqtt_port: p.mqtt_port,
            camera_port: p.camera_port,
            ftps_port: p.ftps_port,
            model: None,
            fingerprint: Some(p.fingerprint.clone()),
            tags: Vec::new(),
        });
        let mut config = Config { printers: printers.collect(), ..Config::default() };
        config.error_texts.url = demo.texts_url();
        let mut setup = Setup { config, timing: Timing::fast(), ..Setup::default() };
        change(&demo, &mut setup);
        let screen = Seen(Arc::new(Mutex::new(TestBackend::new(120, 40))));
        let (keys, typed) = mpsc::unbounded_channel();
        let abilities = terminal::abilities(&|_| None);
        let front = Screen::new(Terminal::new(screen.clone()).unwrap(), input(typed), abilities, false).unwrap();
        let app = App::new(setup, front).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let program = tokio::spawn(app.run(Box::pin(async {
            let _ = stopped.await;
        })));
        Self { demo, keys, screen, program, stop: Some(stop) }
    }

    pub(crate) fn handle(&self, printer: usize) -> &PrinterControl {
        self.demo.control(printer).expect("a printer")
    }

    /// Types keys, as in scripts.
    pub(crate) fn keys(&self, script: &str) {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let key = match rest.strip_prefix('<').and_then(|tail| tail.split_once('>')) {
                Some((name, tail)) => {
                    rest = tail;
                    state_harness::named(name)
                }
                None => {
                    rest = &rest[c.len_utf8()..];
                    KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
                }
            };
            self.keys.send(TermEvent::Key(key)).expect("the program reads keys");
        }
    }

    /// Pastes a text: many keys at once, and one frame.
    pub(crate) fn paste(&self, text: &str) {
        self.keys.send(TermEvent::Paste(text.to_owned())).expect("the program reads events");
    }

    pub(crate) fn resize(&self, width: u16, height: u16) {
        self.screen.with(|b| b.resize(width, height));
        self.keys.send(TermEvent::Resize(width, height)).expect("the program reads events");
    }

    pub(crate) fn text(&self) -> String {
        self.screen.with(|b| state_harness::text(b))
    }

    /// Waits until the screen shows all of these; `!` before a text: until it is gone.
    #[track_caller]
    pub(crate) fn shows<'a>(&'a self, texts: &'a [&'a str]) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let end = Instant::now() + LONG;
            loop {
                let screen = self.text();
                let missing: Vec<_> = texts
                    .iter()
                    .filter(|text| match text.strip_prefix('!') {
                        Some(text) => screen.contains(text),
                        None => !screen.contains(**text),
                    })
                    .collect();
                if missing.is_empty() {
                    return;
                }
                assert!(!self.program.is_finished(), "{caller}: the program ended");
                assert!(Instant::now() < end, "{caller}: {missing:?} in:\n{screen}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// How many commands of a name reached a printer so far.
    pub(crate) fn count(&self, printer: usize, command: &str) -> usize {
        let name = format!("\"{command}\"");
        let requests = self.handle(printer).requests();
        requests.iter().filter(|r| String::from_utf8_lossy(&r.payload).contains(&name)).count()
    }

    /// Ends the program as a signal does; it must end, and the printers are still there.
    pub(crate) async fn stop(mut self) -> Self {
        drop(self.stop.take());
        let ended = tokio::time::timeout(LONG, &mut self.program).await.expect("in time").expect("no panic");
        assert_eq!(ended.expect("no error"), Outcome::Quit);
        self
    }

    /// Ends the program by its key; it must end.
    pub(crate) async fn quit(self) {
        self.keys("<c-c>");
        let ended = tokio::time::timeout(LONG, self.program).await.expect("in time").expect("no panic");
        assert_eq!(ended.expect("no error"), Outcome::Quit);
    }
}

/// Waits until something is true.
#[track_caller]
pub(crate) fn until<F: FnMut() -> bool>(mut test: F) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let end = Instant::now() + LONG;
        while !test() {
            assert!(Instant::now() < end, "{caller}: it never came true");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn input(typed: mpsc::UnboundedReceiver<TermEvent>) -> Pin<Box<dyn Stream<Item = io::Result<TermEvent>> + Send>> {
    stream::unfold(typed, |mut typed| async {
        let event = typed.recv().await?;
        if matches!(&event, TermEvent::Key(key) if key.code == KeyCode::Char('y')) {
            // A person reads the question first.
            tokio::time::sleep(QUIET + Duration::from_millis(50)).await;
        }
        Some((Ok(event), typed))
    })
    .boxed()
}
