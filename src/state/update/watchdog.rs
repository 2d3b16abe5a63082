//! The watchdog of a printer's link: silence, and reports that tell only changes, are noticed here.

use crate::protocol::command::Command;
use crate::state::cx::Cx;
use crate::state::printer::watchdog::Watchdog;
use crate::state::{
    PrinterId, Redraw, State, Tone,
    effect::Effect,
    notify::journal::EntryKind,
    printer::{
        connection::DisconnectReason,
        transport::{Transport, Transports},
    },
};

impl State {
    /// Does what the watchdog of a printer wants done now.
    pub(in crate::state) fn guard(&mut self, who: PrinterId, cx: &mut Cx) {
        let at = cx.now.at;
        let printer = &mut self.fleet.printers[usize::from(who.0)];
        let (transport, Some(session)) = (printer.transport, printer.session()) else { return };
        match printer.watchdog(at, &self.fleet.watchdog_timeouts) {
            Some(Watchdog::RequestReport) => {
                self.arrange_rows();
                cx.mark(Redraw::Soon);
                // A session that never spoke has lost the request for a full report too: deltas alone tell no state. The
                // next such session has just asked for it itself.
                let printer = &self.fleet.printers[usize::from(who.0)];
                let first = transport == Transport::Cloud || printer.transports.lan_silent == 0;
                let whole = printer.silent_for(at).filter(|_| first).map(|_| Command::PushAll);
                for command in [Command::PushStart].into_iter().chain(whole) {
                    let seq = self.take_seq();
                    cx.effects.push(Effect::Send { to: who, transport, session, seq, command });
                }
            }
            Some(Watchdog::AskAgain) => {
                // Told once, however often it is asked.
                if self.fleet.printers[usize::from(who.0)].whole.is_first_request() {
                    let text = "the full report has not come; asked for it again";
                    self.log(who, EntryKind::Link, text, Tone::Warning, cx);
                }
                let (seq, command) = (self.take_seq(), Command::PushAll);
                cx.effects.push(Effect::Send { to: who, transport, session, seq, command });
                cx.mark(Redraw::Soon);
            }
            Some(Watchdog::Reconnect) => {
                let never = self.fleet.printers[usize::from(who.0)].silent_for(at).is_some();
                let text = if never {
                    "connected, but no data came: check the serial; reconnecting"
                } else {
                    "no more reports: reconnecting"
                };
                self.log(who, EntryKind::Link, text, Tone::Warning, cx);
                if never {
                    self.fleet.printers[usize::from(who.0)].last_cause = Some(DisconnectReason::NoData);
                }
                // The network's answer comes later; until then the watchdog must not ask again.
                self.change_transport(who, Transports::close_silent_lan, cx);
                self.arrange_rows();
                cx.effects.push(Effect::Reconnect(who));
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Printer;
    use crate::{
        protocol::report::parse,
        state::{
            event::{Event, PrinterEvent},
            printer::{connection::ConnectionEvent, need::Need},
            settings::Settings,
            test_now,
            update::update,
            view::keymap::Keymap,
        },
    };
    use std::time::Duration;

    struct Bench {
        state: State,
        session: u32,
        /// Seconds at which it was asked for everything, and at which a session began.
        asked: Vec<u64>,
        sessions: Vec<u64>,
        seconds: u64,
    }

    impl Bench {
        fn new() -> Self {
            let printer = Printer::new("P", "01P00A000000000", "h", None, vec![]);
            let state = State::new(vec![printer], Settings::default(), Keymap::default(), test_now(), 1);
            let mut bench = Self { state, session: 0, asked: vec![], sessions: vec![], seconds: 0 };
            bench.connect();
            bench
        }

        /// As the network does: each session asks for everything.
        fn connect(&mut self) {
            self.session += 1;
            self.sessions.push(self.seconds);
            self.asked.push(self.seconds);
            self.event(Event::Printer(PrinterId(0), PrinterEvent::Link(ConnectionEvent::Up { session: self.session })));
        }

        fn event(&mut self, event: Event) {
            let mut now = test_now();
            now.at += Duration::from_secs(self.seconds);
            now.unix += self.seconds as i64;
            for effect in update(&mut self.state, event, now).effects {
                match effect {
                    Effect::Send { command: Command::PushAll, .. } => self.asked.push(self.seconds),
                    Effect::Reconnect(_) => self.connect(),
                    _ => {}
                }
            }
        }

        fn wait(&mut self, seconds: u64) {
            for _ in 0..seconds {
                self.seconds += 1;
                self.event(Event::Due);
            }
        }

        fn report(&mut self) {
            let json = br#"{"print":{"command":"push_status","msg":0,"gcode_state":"IDLE"}}"#;
            let report = parse(json).expect("JSON").report.expect("a report");
            self.event(Event::Printer(PrinterId(0), PrinterEvent::Report(report)));
        }

        fn need(&self) -> Option<Need> {
            self.state.fleet.printers[0].need()
        }
    }

    #[test]
    fn a_printer_that_says_nothing_is_asked_ever_less_and_needs_somebody() {
        let mut b = Bench::new();
        b.wait(9);
        assert_eq!(b.need(), None);
        b.wait(2);
        for _ in 0..2000 {
            assert_eq!(b.need(), Some(Need::Barred), "after {} s", b.seconds);
            assert_eq!(
                b.state.fleet.printers[0].complaint().as_deref(),
                Some("connected, but no data came; check the serial")
            );
            b.wait(1);
        }
        assert_eq!(b.sessions, [0, 30, 90, 390, 690, 990, 1290, 1590, 1890]);
        assert_eq!(b.asked, [0, 10, 30, 90, 390, 690, 990, 1290, 1590, 1890]);
        // With its first word all is well, and the next silence is the first one again.
        b.report();
        assert_eq!((b.need(), b.state.fleet.printers[0].transports.lan_silent), (None, 0));
        assert_eq!(b.state.fleet.printers[0].last_cause, None);
    }
}
