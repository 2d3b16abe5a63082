//! A person at a screen, without terminal, network or clock: events and keys in, text out.

use bambu_tui::{
    protocol::{
        command::{Command, Seq},
        report::{Ack, parse},
    },
    state::{
        Now, PrinterId, Redraw, State,
        cx::Cx,
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::{
            Printer,
            connection::{ConnectionEvent, DisconnectReason},
        },
        settings::Settings,
        update::update,
        view::{keymap::Keymap, quiet::QUIET},
    },
    ui,
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, layout::Size};
use std::time::{Duration, Instant};

/// A state, the time, and what was ordered so far.
pub(crate) struct StateHarness {
    pub(crate) state: State,
    pub(crate) now: Now,
    /// Effects since the last look at them.
    pub(crate) effects: Vec<Effect>,
    /// How soon the screen must be drawn, since the last look at that.
    pub(crate) redraw: Redraw,
}

impl StateHarness {
    /// A screen of 120 × 40 on printers whose first connection has not begun.
    pub(crate) fn new(printers: Vec<Printer>, settings: Settings) -> Self {
        let now = Now { at: Instant::now() + Duration::from_secs(100_000), unix: 1_780_000_000, utc_offset: 7200 };
        let state = State::new(printers, settings, Keymap::default(), now, 1);
        let mut desk = Self { state, now, effects: Vec::new(), redraw: Redraw::AtOnce };
        desk.resize(120, 40);
        desk
    }

    pub(crate) fn raw(&mut self, event: Event) -> Vec<Effect> {
        let Cx { effects, redraw, .. } = update(&mut self.state, event, self.now);
        self.redraw = self.redraw.max(redraw);
        self.effects.extend(effects.iter().cloned());
        effects
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.raw(Event::Resize(Size::new(width, height)));
    }

    /// News of the first printer.
    pub(crate) fn event(&mut self, event: PrinterEvent) {
        self.of(0, event);
    }

    pub(crate) fn of(&mut self, printer: u16, event: PrinterEvent) {
        self.raw(Event::Printer(PrinterId(printer), event));
    }

    pub(crate) fn connect(&mut self, printer: u16, session: u32) {
        self.of(printer, PrinterEvent::Link(ConnectionEvent::Connecting { attempt: 1 }));
        self.of(printer, PrinterEvent::Link(ConnectionEvent::Up { session }));
    }

    pub(crate) fn drop_link(&mut self, printer: u16) {
        let down = ConnectionEvent::Down { why: DisconnectReason::Closed, retry_in: Some(Duration::from_secs(5)) };
        self.of(printer, PrinterEvent::Link(down));
    }

    /// Lets a printer report some fields.
    pub(crate) fn report(&mut self, printer: u16, fields: &str) {
        // Without a whole report in the session no job is known, and nothing can be ordered.
        let msg = u8::from(self.state.fleet.printers[usize::from(printer)].whole.came());
        let json = format!(r#"{{"print":{{"command":"push_status","msg":{msg},{fields}}}}}"#);
        let report = parse(json.as_bytes()).unwrap().report.unwrap();
        self.of(printer, PrinterEvent::Report(report));
    }

    /// Time passes, with a wake whenever the state has named one.
    pub(crate) fn wait_ms(&mut self, ms: u64) {
        let end = self.now.at + Duration::from_millis(ms);
        let begin = self.now;
        while let Some(due) = self.state.next_due().filter(|due| *due < end) {
            self.now.at = due.max(self.now.at + Duration::from_millis(1));
            self.now.unix = begin.unix + self.now.at.duration_since(begin.at).as_secs() as i64;
            self.raw(Event::Due);
        }
        self.now = Now { at: end, unix: begin.unix + (ms / 1000) as i64, ..begin };
    }

    /// The same, and a wake at the end.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.wait_ms(seconds * 1000);
        self.raw(Event::Due);
    }

    /// Presses keys: letters as they are, others as `<tab>`, `<esc>`, `<c-c>`, `<pgdn>` …; `<lt>` is `<`.
    pub(crate) fn keys(&mut self, script: &str) {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let key = match rest.strip_prefix('<').and_then(|tail| tail.split_once('>')) {
                Some((name, tail)) => {
                    rest = tail;
                    named(name)
                }
                None => {
                    rest = &rest[c.len_utf8()..];
                    let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
                    KeyEvent::new(KeyCode::Char(c), shift)
                }
            };
            let answers = matches!(key.code, KeyCode::Char('A' | 'y' | '0'..='9') | KeyCode::Enter);
            if answers && self.state.is_asking() {
                // A person reads the question first.
                self.now.at += QUIET;
            }
            self.raw(Event::Key(key));
        }
    }

    /// What the screen shows, as text.
    pub(crate) fn screen(&mut self) -> String {
        let size = self.state.view.size;
        if size.width == 0 || size.height == 0 {
            return String::new();
        }
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal.draw(|frame| ui::render(frame, &self.state)).unwrap();
        text(terminal.backend())
    }

    /// Commands that were sent since the last call: to whom, by which session, what.
    pub(crate) fn sent(&mut self) -> Vec<(u16, u32, Command)> {
        let sends = self.effects.drain(..).filter_map(|effect| match effect {
            Effect::Send { to, session, command, .. } => Some((to.0, session, command)),
            _ => None,
        });
        sends.filter(|(.., command)| !matches!(command, Command::PushStart | Command::PushAll)).collect()
    }

    /// Number of the newest order.
    pub(crate) fn seq(&self, printer: usize) -> Seq {
        self.state.fleet.printers[printer].orders.newest().expect("an order").first.seq
    }

    /// The printer answers the newest order.
    pub(crate) fn acknowledge(&mut self, printer: u16, command: &str, ok: bool, reason: &str) {
        let seq = self.seq(usize::from(printer)).0.to_string();
        let family = if command == "ledctrl" { "system" } else { "print" };
        let ack =
            Ack { family: family.into(), command: command.into(), seq, ok, reason: reason.into(), ..Ack::default() };
        self.of(printer, PrinterEvent::Ack(ack));
    }
}

/// Rows of a screen without the blanks at their ends.
pub(crate) fn text(backend: &TestBackend) -> String {
    let buffer = backend.buffer();
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

pub(crate) fn named(name: &str) -> KeyEvent {
    let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
    match name {
        "esc" => plain(KeyCode::Esc),
        "enter" => plain(KeyCode::Enter),
        "tab" => plain(KeyCode::Tab),
        "s-tab" => KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT),
        "bs" => plain(KeyCode::Backspace),
        "up" => plain(KeyCode::Up),
        "down" => plain(KeyCode::Down),
        "left" => plain(KeyCode::Left),
        "right" => plain(KeyCode::Right),
        "pgup" => plain(KeyCode::PageUp),
        "pgdn" => plain(KeyCode::PageDown),
        "home" => plain(KeyCode::Home),
        "end" => plain(KeyCode::End),
        "f1" => plain(KeyCode::F(1)),
        "lt" => plain(KeyCode::Char('<')),
        other => match other.strip_prefix("c-").and_then(|c| c.chars().next()) {
            Some(c) => KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL),
            None => panic!("no key <{other}>"),
        },
    }
}

/// One printer that is connected and has reported this.
pub(crate) fn with_report(text: &str) -> StateHarness {
    let payload = parse(text.as_bytes()).unwrap();
    let serial = serde_json::from_str::<serde_json::Value>(text).unwrap()["serial"].as_str().unwrap_or("").to_owned();
    let mut desk =
        StateHarness::new(vec![Printer::new("Workshop", &serial, "192.168.1.20", None, vec![])], Settings::default());
    desk.connect(0, 1);
    desk.event(PrinterEvent::Report(payload.report.unwrap()));
    desk.wait(1);
    desk.effects.clear();
    desk
}
