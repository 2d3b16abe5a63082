//! A state in which things happen: one printer, a clock, and what came of it all. For the tests of this layer.

use super::{
    Now, PrinterId, State,
    effect::Effect,
    event::{Event, PrinterEvent},
    notify::notification::Notification,
    printer::{Printer, job::Job},
    settings::Settings,
    test_now,
    update::update,
    view::keymap::Keymap,
};
use crate::protocol::report::parse;
use crate::state::printer::connection::{ConnectionEvent, DisconnectReason};
use std::time::Duration;

/// The printer.
pub(in crate::state) const ID: PrinterId = PrinterId(0);

/// What a test drives.
pub(in crate::state) struct Bench {
    pub(in crate::state) state: State,
    pub(in crate::state) now: Now,
    /// The names of what was told.
    pub(in crate::state) told: Vec<String>,
    /// The same, in full.
    pub(in crate::state) news: Vec<Notification>,
    /// Lines of the journal.
    pub(in crate::state) written: Vec<String>,
    session: u32,
}

impl Bench {
    /// A printer that is connected, has sent a full report with these fields, and has been followed for a while.
    pub(in crate::state) fn new(first: &str) -> Self {
        let mut bench = Self::unheard();
        bench.send(&format!(r#""msg":0,{first}"#));
        bench.wait(10_000);
        bench.forget();
        bench
    }

    /// A printer that is connected, and has said nothing.
    pub(in crate::state) fn unheard() -> Self {
        let now = test_now();
        let printer = Printer::new("P", "01P00A000000000", "h", None, vec![]);
        let state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 1);
        let mut bench = Self { state, now, told: vec![], news: vec![], written: vec![], session: 0 };
        bench.connect();
        bench
    }

    /// A new session.
    pub(in crate::state) fn connect(&mut self) {
        self.session += 1;
        let change = ConnectionEvent::Up { session: self.session };
        self.event(Event::Printer(ID, PrinterEvent::Link(change)));
    }

    /// The session ends.
    pub(in crate::state) fn cut(&mut self) {
        let change = ConnectionEvent::Down { why: DisconnectReason::Closed, retry_in: None };
        self.event(Event::Printer(ID, PrinterEvent::Link(change)));
    }

    pub(in crate::state) fn event(&mut self, event: Event) {
        for effect in update(&mut self.state, event, self.now).effects {
            match effect {
                Effect::Tell(one) => {
                    self.told.push(one.event_kind.name().to_owned());
                    self.news.push(*one);
                }
                Effect::Record(entry) => self.written.push(entry.text),
                _ => {}
            }
        }
    }

    /// A report.
    pub(in crate::state) fn send(&mut self, fields: &str) {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        self.event(Event::Printer(ID, PrinterEvent::Report(report)));
    }

    /// Lets time pass, and wakes the state whenever it wants to be woken.
    pub(in crate::state) fn wait(&mut self, ms: u64) {
        let end = self.now.at + Duration::from_millis(ms);
        let start = self.now;
        for _ in 0..200 {
            let due = self.state.next_due().filter(|due| *due < end);
            let Some(due) = due else { break };
            self.now.at = due.max(self.now.at + Duration::from_millis(1));
            self.now.unix = start.unix + self.now.at.saturating_duration_since(start.at).as_secs() as i64;
            self.event(Event::Due);
        }
        self.now.at = end;
        self.now.unix = start.unix + ms as i64 / 1000;
        self.event(Event::Due);
    }

    /// What was told until now is not looked at.
    pub(in crate::state) fn forget(&mut self) {
        self.told.clear();
        self.news.clear();
        self.written.clear();
    }

    pub(in crate::state) fn printer(&self) -> &Printer {
        &self.state.fleet.printers[0]
    }

    pub(in crate::state) fn job(&self) -> &Job {
        &self.printer().job
    }
}
