//! The one loop: wait, stamp the time, update, carry out effects, show.
//!
//! A [`Frontend`] is the screen, or for commands without a screen lines of text or JSON from the same [`State`]. No handler
//! here ever waits for a network: clients are tasks that answer with events.
//!
//! The loop waits, biased, for: stop signal, input, frame deadline, deadline of the state, a batch of at most 256 events.
//! Input and frames come before reports, so neither starves under a flood.
//!
//! - **Time** is read once a wake, here, and passed on as [`Now`]. Clients report durations, never instants.
//! - **There is no tick.** `State::next_due` is the earliest moment at which the picture changes by itself (a notice
//!   expires, a link turns stale, a visible minute rolls over). The loop sleeps until then; `None` is for ever.
//! - **Redraw.** [`update`] marks [`Redraw`] `No`, `Soon` or `AtOnce`, and only if something looks different. `AtOnce` (a
//!   person's input): at most one frame in 5 ms. `Soon` (data): at most one in 100 ms; the first after a quiet spell goes
//!   out at once. No mark, no timer, no bytes.
//! - **Threads.** The loop has the main thread and a runtime of its own. Clients (and the simulator) share one other thread.
//!   Large messages, pictures and files are worked on in the blocking pool. A terminal that stalls stalls nothing else.

mod pace;
mod reload;
mod restore;
mod setup;

use crate::{
    config::{self, PrinterConfig, Secret},
    net::{self, Encrypted, Net, Pins, TextOptions},
    protocol::texts::Prefix,
    state::{
        Now, PrinterId, Redraw, State, Tone,
        cloud::session::Account,
        cx::Cx,
        effect::{Effect, NewPrinter},
        event::Event,
        notify::journal::EntryKind,
        printer::{Printer, error_texts::ErrorTexts},
        settings::SLOW_PICTURES,
        update::update,
        wants::Wants,
    },
    storage::{Change, Record, Writer, error_texts::Store},
};
use pace::Pace;
use reload::Reloader;
pub use setup::Setup;
use std::{
    collections::VecDeque,
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};

/// What shows the state and where a person's input comes from.
pub trait Frontend {
    /// Shows the state as it is now.
    fn draw(&mut self, state: &State) -> io::Result<()>;

    /// The next thing the person does, or the command wants; `None` when the input has ended. Must be safe to drop and call
    /// again.
    fn input(&mut self) -> impl Future<Output = Option<Event>>;

    /// Carries out an effect that concerns the terminal.
    fn execute(&mut self, effect: Effect) -> io::Result<()>;
}

/// How the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The person quit, or a signal came.
    Quit,
    /// The person wants the demo.
    StartDemo,
    /// A command is done, with this exit code.
    Exit(u8),
}

/// After a person's input: at most one frame in this time. Shorter than anyone can type.
const AT_ONCE_GAP: Duration = Duration::from_millis(5);
/// After news of printers: at most one frame in this time.
const SOON_GAP: Duration = Duration::from_millis(100);
/// Events taken in one batch, so that neither keys nor drawing starve.
const BATCH: usize = 256;
/// After so long at news the loop looks whether a person did something.
const SLICE: Duration = Duration::from_millis(10);
/// Room in the event channel; a full one slows the sockets down, nothing is dropped.
pub const CHANNEL: usize = 1024;

/// Stamps the time: the only place that reads the clock.
#[expect(clippy::disallowed_methods, reason = "this is the one place where time comes in")]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

/// The moment of a wake.
pub fn now() -> Now {
    let local = chrono::Local::now();
    Now { at: clock().into_std(), unix: local.timestamp(), utc_offset: local.offset().local_minus_utc() }
}

/// The wall clock in milliseconds since 1970, for what is told between processes.
pub fn unix_ms() -> i64 {
    chrono::Local::now().timestamp_millis()
}

/// The program while it runs.
pub struct App<F: Frontend> {
    state: State,
    frontend: F,
    net: Net,
    events: mpsc::Receiver<Event>,
    /// Answers to effects that this module carries out itself.
    answers: mpsc::Sender<Event>,
    /// Keeps what happens.
    writer: Option<Writer>,
    /// Lines of the journal are kept.
    journal: bool,
    /// Where the form writes new printers.
    config_path: Option<PathBuf>,
    /// The same file, read again.
    reloader: Option<Reloader>,
    /// The printer that is being written, and the certificate that was shown for it.
    adding: Option<(PrinterConfig, String)>,
    /// What the start has brought about; carried out when the loop begins.
    first: Vec<Effect>,
    /// Whether the screen is out of date.
    redraw: Redraw,
    /// When the newest frame was drawn; before the first: when the program began.
    last_frame: Instant,
}

impl<F: Frontend> App<F> {
    /// Puts the parts together and begins to connect. Must be called inside a tokio runtime.
    pub fn new(setup: Setup, frontend: F) -> io::Result<Self> {
        let Setup { config, settings, keymap, mouse, config_path, pins, storage, journal, scratch, .. } = setup;
        let Setup {
            account_hint,
            account_terms,
            account_tip,
            listed,
            mut timing,
            watchdog_timeouts: timeouts,
            wants,
            ..
        } = setup;
        let Setup { warnings, account, texts, trust_new, config_stamp, network, .. } = setup;
        let printers = config
            .printers
            .iter()
            .map(|p| Printer::new(&p.name, &p.serial, &p.host, p.model, p.tags.clone()))
            .collect();
        let now = now();
        let mut state = State::new(printers, settings, keymap, now, fastrand::u32(..));
        state.fleet.watchdog_timeouts = timeouts;
        state.view.mouse = mouse;
        state.wants = wants.map_or_else(Wants::default, Wants::fixed);
        state.cloud.session.hint = account_hint;
        state.cloud.session.tip = account_tip;
        state.cloud.session.constraints = account_terms;
        if let Some(options) = &account {
            state.cloud.session.account = options.who.clone().map_or(Account::SignedOut, Account::SignedIn);
        }
        let mut cx = Cx::new(now);
        state.begin_with(listed, &mut cx);
        // A pipe gives its text only once.
        let is_file = |path: &PathBuf| config_stamp.is_some() || !path.exists();
        let reloader =
            config_path.clone().filter(is_file).map(|path| Reloader::new(path, config_stamp, &config.printers));
        state.fleet.reload.available = reloader.is_some();
        let (answers, events) = mpsc::channel(CHANNEL);
        let keep = config.journal.keep;
        let writer =
            storage.and_then(|storage| restore::restore(storage, journal, keep, &mut state, &mut cx, &answers));
        for warning in warnings {
            state.log_program(EntryKind::Other, warning, Tone::Warning, &mut cx);
        }
        if settings.slow_pictures() {
            timing.picture_gap = SLOW_PICTURES;
        }
        let texts = {
            let kept = config.printers.iter().filter_map(|printer| Prefix::of(&printer.serial));
            let (choice, store) =
                (&config.error_texts, texts.map(|folder| Store::new(folder, &config.error_texts.url)));
            state.error_texts = ErrorTexts::new(choice.language, choice.fetch, kept.filter(|_| store.is_some()));
            let url = if choice.fetch { choice.url.clone() } else { String::new() };
            TextOptions { url, languages: state.error_texts.languages().collect(), store }
        };
        let encrypted = Encrypted::load(pins.as_deref().map(encrypted_files))?;
        let pins = Pins::load(pins)?;
        let hooks = config.hooks;
        let mut options =
            net::NetOptions { timing, pins, trust_new, hooks, account, texts, ..net::NetOptions::default() };
        options.encrypted = encrypted;
        options.runtime = network;
        if let Some(scratch) = scratch {
            options.scratch = scratch;
        }
        let mut net = Net::new(options, answers.clone());
        for (at, printer) in config.printers.into_iter().enumerate() {
            net.add(PrinterId(at as u16), printer);
        }
        let last_frame = clock();
        Ok(Self {
            state,
            frontend,
            net,
            events,
            answers,
            writer,
            journal,
            config_path,
            reloader,
            adding: None,
            first: cx.effects,
            redraw: Redraw::AtOnce,
            last_frame,
        })
    }

    /// Runs until somebody ends it; closes the connections.
    pub async fn run(mut self, mut stop: impl Future<Output = ()> + Unpin) -> io::Result<Outcome> {
        let result = self.turn(&mut stop).await;
        self.net.close().await;
        if let Some(writer) = self.writer.take() {
            writer.close();
        }
        // What could not be kept at the very end is told all the same.
        let left = std::iter::from_fn(|| self.events.try_recv().ok()).take(CHANNEL);
        for event in left.filter(|event| matches!(event, Event::NotKept(_))) {
            for effect in update(&mut self.state, event, now()).effects {
                if matches!(effect, Effect::Witness(_)) && !self.journal {
                    self.frontend.execute(effect)?;
                }
            }
        }
        result
    }

    async fn turn(&mut self, stop: &mut (impl Future<Output = ()> + Unpin)) -> io::Result<Outcome> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut waiting = VecDeque::with_capacity(BATCH);
        // What the start knows has consequences, such as a printer that only the cloud leads to: nothing else may come.
        waiting.push_back(Event::Look);
        let mut input_open = true;
        let mut pace = Pace::new(clock());
        for effect in std::mem::take(&mut self.first) {
            if let Some(outcome) = self.carry_out(effect)? {
                return Ok(outcome);
            }
        }
        loop {
            self.draw_if_due()?;
            let frame = self.frame_time();
            let due = self.state.next_due().map(Instant::from_std);
            let ordered = self.state.fleet.printers.iter().any(|p| p.orders.newest().is_some());
            let wait = if ordered { None } else { pace.next(clock()) };
            // Input and frames come before news of printers: neither starves under a flood.
            tokio::select! {
                biased;
                () = &mut *stop => batch.push(Event::Stop),
                event = self.frontend.input(), if input_open => match event {
                    Some(event) => batch.push(event),
                    None => input_open = false,
                },
                () = sleep_until(frame) => continue,
                () = sleep_until(due) => batch.push(Event::Due),
                () = std::future::ready(()), if !waiting.is_empty() => {}
                _ = news(&mut self.events, &mut batch, wait), if waiting.is_empty() => pace.taken(),
            }
            let now = now();
            // What the person did goes before news that still wait for their turn.
            for event in batch.drain(..).rev() {
                waiting.push_front(event);
            }
            while let Some(event) = waiting.pop_front() {
                let added = matches!(event, Event::Added(Ok(())));
                let Cx { effects, redraw, .. } = update(&mut self.state, event, now);
                self.redraw = self.redraw.max(redraw);
                if added && let Some((config, fingerprint)) = self.adding.take() {
                    // What the person saw in the connection test is what is trusted from now on.
                    if let Some(place) = self.state.fleet.printers.iter().position(|p| p.serial == config.serial) {
                        let who = PrinterId(place as u16);
                        if let Some(reloader) = &self.reloader {
                            reloader.added(who, config.clone());
                        }
                        self.net.add_trusted(who, config, &fingerprint);
                    }
                }
                for effect in effects {
                    if let Some(outcome) = self.carry_out(effect)? {
                        return Ok(outcome);
                    }
                }
                // News that are much work must not keep a key waiting.
                if clock().duration_since(Instant::from_std(now.at)) >= SLICE {
                    break;
                }
            }
            // The runtime looks at the terminal and at signals only while this task rests, and news that are always there
            // already would never let it.
            tokio::task::yield_now().await;
        }
    }

    /// When the next frame may be drawn; `None` when nothing looks different.
    fn frame_time(&self) -> Option<Instant> {
        let gap = match self.redraw {
            Redraw::No => return None,
            Redraw::Soon => SOON_GAP,
            Redraw::AtOnce => AT_ONCE_GAP,
        };
        Some(self.last_frame + gap)
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let now = clock();
        if self.frame_time().is_none_or(|at| at > now) {
            return Ok(());
        }
        self.redraw = Redraw::No;
        self.last_frame = now;
        self.frontend.draw(&self.state)
    }

    fn carry_out(&mut self, effect: Effect) -> io::Result<Option<Outcome>> {
        match effect {
            Effect::Quit => return Ok(Some(Outcome::Quit)),
            Effect::Exit(code) => return Ok(Some(Outcome::Exit(code))),
            Effect::StartDemo => return Ok(Some(Outcome::StartDemo)),
            Effect::SavePicture { name, jpeg } => {
                self.answer_later(move || Event::Saved(save_picture(Path::new(&name), &jpeg)));
            }
            Effect::Add(printer) => self.add(&printer),
            Effect::Reload(request) => {
                if let Some(reloader) = self.reloader.clone() {
                    self.answer_later(move || Event::Reloaded(request, reloader.read(request)));
                }
            }
            Effect::Reconfigure { who, reconnect } => {
                if let Some(config) = self.reloader.as_ref().and_then(|reloader| reloader.take(who))
                    && reconnect
                {
                    self.net.reconfigure(who, config);
                }
            }
            // A command that hears how a job ended tells nobody: the dashboard, which does, has still to know of it.
            Effect::Remember(memory) => self.keep(Change::JobStart(memory.made_by(self.journal))),
            // Also a command does: it has heard the printer last.
            Effect::RememberDanger(memory) => self.keep(Change::Danger(memory)),
            Effect::Record(entry) if self.journal => {
                self.keep(Change::Journal(Record::new(&entry, &self.state.fleet.printers)));
            }
            Effect::Record(_) => {}
            Effect::Witness(entry) => {
                self.keep(Change::Journal(Record::new(&entry, &self.state.fleet.printers)));
                if !self.journal {
                    self.frontend.execute(Effect::Witness(entry))?;
                }
            }
            Effect::Tell(news) => {
                self.net.carry_out(Effect::Tell(news.clone()));
                self.frontend.execute(Effect::Tell(news))?;
            }
            Effect::ShowPicture(_) | Effect::Suspend | Effect::Mouse(_) => self.frontend.execute(effect)?,
            Effect::Send { .. }
            | Effect::Reconnect(_)
            | Effect::ReconnectCloud
            | Effect::AskCloud(_)
            | Effect::Follow(_)
            | Effect::Trust { .. }
            | Effect::Watch { .. }
            | Effect::FetchPlate { .. }
            | Effect::Probe(_)
            | Effect::Texts(_) => self.net.carry_out(effect),
        }
        Ok(None)
    }

    fn keep(&mut self, change: Change) {
        if let Some(writer) = &mut self.writer {
            writer.write(change);
        }
    }

    /// Writes a printer of the form to the configuration, off the loop.
    fn add(&mut self, printer: &NewPrinter) {
        let (host, mqtt_port) = net::split_port(&printer.host, config::MQTT_PORT);
        let config = PrinterConfig {
            name: printer.name.clone(),
            host: host.to_owned(),
            serial: printer.serial.clone(),
            access_code: Secret::new(printer.access_code.clone()),
            mqtt_port,
            camera_port: config::CAMERA_PORT,
            ftps_port: config::FTPS_PORT,
            model: None,
            fingerprint: None,
            tags: Vec::new(),
        };
        self.adding = Some((config.clone(), printer.fingerprint.clone().unwrap_or_default()));
        let path = self.config_path.clone();
        self.answer_later(move || {
            Event::Added(match path {
                Some(path) => config::add_printer(&path, &config).map_err(|e| {
                    // What is said in words of our own has its cure.
                    let cure = if e.get_ref().is_some() { "" } else { "; check the folder's permissions" };
                    format!("{} could not be written: {e}{cure}", path.display())
                }),
                // The demo and tests have no file: the printer is there until the program ends.
                None => Ok(()),
            })
        });
    }

    fn answer_later(&self, work: impl FnOnce() -> Event + Send + 'static) {
        let answers = self.answers.clone();
        tokio::task::spawn_blocking(move || {
            let _ = answers.blocking_send(work());
        });
    }
}

/// The next batch of news, not before `wait`.
async fn news(events: &mut mpsc::Receiver<Event>, batch: &mut Vec<Event>, wait: Option<Instant>) -> usize {
    if let Some(at) = wait {
        tokio::time::sleep_until(at).await;
    }
    events.recv_many(batch, BATCH).await
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Whether the file of known printers and the one beside it can be read and written; why not. Blocks.
pub fn check_pins(path: &Path) -> Vec<io::Error> {
    [Pins::check(path), Encrypted::check(&encrypted_files(path))].into_iter().filter_map(Result::err).collect()
}

/// Where it is kept which printers send their files over TLS: beside the known printers.
fn encrypted_files(pins: &Path) -> PathBuf {
    pins.with_file_name("encrypted_files")
}

/// Writes a picture; an existing file is never replaced.
fn save_picture(name: &Path, jpeg: &Arc<[u8]>) -> Result<String, String> {
    use std::io::Write;
    let shown = std::path::absolute(name).unwrap_or_else(|_| name.to_owned());
    let written =
        std::fs::OpenOptions::new().write(true).create_new(true).open(name).and_then(|mut file| file.write_all(jpeg));
    written.map(|()| shown.display().to_string()).map_err(|e| format!("{}: {e}", shown.display()))
}

#[cfg(test)]
mod tests;
