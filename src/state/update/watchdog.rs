//! The watchdog of a printer's link: silence, and reports that tell only changes, are noticed here.

use crate::protocol::command::Command;
use crate::state::{
    PrinterId, Redraw, State,
    effect::Effect,
    event::Cause,
    notify::{journal::Kind, notice::Tone},
    printer::{
        Link, Printer,
        road::{Road, Roads},
        whole,
    },
};
use std::time::{Duration, Instant};

/// Limits of the watchdog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Silence after which the printer is asked to report (old firmware stops when it believes nobody listens).
    pub nudge: Duration,
    /// Silence after which values are stale.
    pub stale: Duration,
    /// Silence after which the session is closed and opened anew.
    pub reconnect: Duration,
    /// A session without any report is closed after this time.
    pub first_report: Duration,
    /// Pauses before a full report that was lost is asked for again.
    pub whole: [Duration; 3],
}

impl Default for Patience {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self { nudge: s(30), stale: s(60), reconnect: s(75), first_report: s(30), whole: whole::ASK_AGAIN }
    }
}

impl Patience {
    /// Silence before a nudge and before a new connection, in a session that has reported or never has. After sessions
    /// (`silent` of them) without a word the next one is left open longer: each one asks for everything, and a printer
    /// should not be asked for that more than once in five minutes.
    pub(in crate::state) fn limits(&self, heard: bool, silent: u32) -> (Duration, Duration) {
        let times = match silent {
            0 => 1,
            1 => 2,
            _ => 10,
        };
        if heard { (self.nudge, self.reconnect) } else { (self.first_nudge(), self.first_report * times) }
    }

    /// Silence before a session that never reported is asked to, and a person is told.
    pub fn first_nudge(&self) -> Duration {
        self.first_report / 3
    }

    /// Silence over the cloud after which it is asked whether the printer is there at all. One that is answers sooner.
    pub(in crate::state) fn silence(&self) -> Duration {
        self.first_nudge() / 3
    }
}

/// A silent printer is asked again over the cloud after this time.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// What the watchdog wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watchdog {
    /// Send `pushing.start`.
    Nudge,
    /// Ask for the full report again: changes come without it.
    AskAgain,
    /// Connect anew.
    Reconnect,
}

impl Printer {
    /// What the watchdog wants done now.
    pub fn watchdog(&mut self, at: Instant, patience: &Patience) -> Option<Watchdog> {
        let Link::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.filter(|last| *last >= since);
        let silence = at.saturating_duration_since(heard.unwrap_or(since));
        let (nudge, reconnect) = patience.limits(heard.is_some(), self.roads.lan_silent);
        if self.road == Road::Cloud {
            // The connection is the whole account's and says itself when it is dead.
            let again = self.nudged.is_none_or(|last| at.saturating_duration_since(last) >= ASK_AGAIN);
            return if silence >= nudge && again { Some(self.nudge(at)) } else { self.ask_again(at, patience) };
        }
        if silence >= reconnect {
            return Some(Watchdog::Reconnect);
        }
        if silence >= nudge && self.nudged.is_none() {
            return Some(self.nudge(at));
        }
        self.ask_again(at, patience)
    }

    pub(in crate::state) fn nudge(&mut self, at: Instant) -> Watchdog {
        self.nudged = Some(at);
        if self.silent_for(at).is_some() {
            self.whole.nudged(at);
        }
        Watchdog::Nudge
    }

    pub(in crate::state) fn ask_again(&mut self, at: Instant, patience: &Patience) -> Option<Watchdog> {
        self.whole.due(&patience.whole).filter(|due| *due <= at).map(|_| {
            self.whole.ask_again(at);
            Watchdog::AskAgain
        })
    }

    /// When the picture or the link needs attention by itself.
    pub fn next_due(&self, at: Instant, patience: &Patience) -> Option<Instant> {
        let Link::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.filter(|last| *last >= since);
        let base = heard.unwrap_or(since);
        let (nudge, reconnect) = patience.limits(heard.is_some(), self.roads.lan_silent);
        let nudge = self.nudged.is_none().then_some(base + nudge);
        let stale = heard.map(|heard| heard + patience.stale);
        let again = match self.road {
            Road::Lan => Some(base + reconnect),
            Road::Cloud => self.nudged.map(|last| last + ASK_AGAIN),
        };
        let whole = self.whole.due(&patience.whole);
        let due = [again, nudge, stale, whole, self.roads.lan_silent_until(patience)];
        due.into_iter().flatten().filter(|t| *t > at).min().or(Some(at))
    }

    /// Whether it was asked over its own connection, and has said nothing: most likely the serial is another one's.
    pub fn says_nothing(&self) -> bool {
        let asked = |since: Instant| self.nudged.is_some() && self.last_report.is_none_or(|last| last < since);
        self.last_cause == Some(Cause::NoData)
            || matches!(self.link, Link::Up { since, .. } if self.road == Road::Lan && asked(since))
    }

    /// How long this session has been up without any report.
    pub fn silent_for(&self, at: Instant) -> Option<Duration> {
        let Link::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.is_some_and(|last| last >= since);
        (!heard).then(|| at.saturating_duration_since(since))
    }
}

impl State {
    /// Does what the watchdog of a printer wants done now.
    pub(in crate::state) fn guard(&mut self, who: PrinterId, effects: &mut Vec<Effect>) {
        let at = self.now.at;
        let printer = &mut self.printers[usize::from(who.0)];
        let (road, Some(session)) = (printer.road, printer.session()) else { return };
        match printer.watchdog(at, &self.patience) {
            Some(Watchdog::Nudge) => {
                self.arrange_rows();
                self.mark(Redraw::Soon);
                // A session that never spoke has lost the request for a full report too: deltas alone tell no state. The
                // next such session has just asked for it itself.
                let printer = &self.printers[usize::from(who.0)];
                let first = road == Road::Cloud || printer.roads.lan_silent == 0;
                let whole = printer.silent_for(at).filter(|_| first).map(|_| Command::PushAll);
                for command in [Command::PushStart].into_iter().chain(whole) {
                    let seq = self.take_seq();
                    effects.push(Effect::Send { to: who, road, session, seq, command });
                }
            }
            Some(Watchdog::AskAgain) => {
                // Told once, however often it is asked.
                if self.printers[usize::from(who.0)].whole.is_first_request() {
                    let text = "the full report has not come; asked for it again";
                    self.log(who, Kind::Link, text, Tone::Warning);
                }
                let (seq, command) = (self.take_seq(), Command::PushAll);
                effects.push(Effect::Send { to: who, road, session, seq, command });
                self.mark(Redraw::Soon);
            }
            Some(Watchdog::Reconnect) => {
                let never = self.printers[usize::from(who.0)].silent_for(at).is_some();
                let text = if never {
                    "connected, but no data came: check the serial; connecting anew"
                } else {
                    "no reports any more: connecting anew"
                };
                self.log(who, Kind::Link, text, Tone::Warning);
                if never {
                    self.printers[usize::from(who.0)].last_cause = Some(Cause::NoData);
                }
                // The network's answer comes later; until then the watchdog must not ask again.
                self.change_road(who, Roads::close_silent_lan);
                self.arrange_rows();
                effects.push(Effect::Reconnect(who));
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::report::parse,
        state::{
            event::{Event, LinkChange, PrinterEvent},
            printer::need::Need,
            settings::Settings,
            test_now,
            update::update,
            view::keymap::Keymap,
        },
    };

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
            self.event(Event::Printer(PrinterId(0), PrinterEvent::Link(LinkChange::Up { session: self.session })));
        }

        fn event(&mut self, event: Event) {
            let mut now = test_now();
            now.at += Duration::from_secs(self.seconds);
            now.unix += self.seconds as i64;
            for effect in update(&mut self.state, event, now) {
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
            self.state.printers[0].need()
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
                b.state.printers[0].complaint().as_deref(),
                Some("connected, but no data came; check the serial")
            );
            b.wait(1);
        }
        assert_eq!(b.sessions, [0, 30, 90, 390, 690, 990, 1290, 1590, 1890]);
        assert_eq!(b.asked, [0, 10, 30, 90, 390, 690, 990, 1290, 1590, 1890]);
        // With its first word all is well, and the next silence is the first one again.
        b.report();
        assert_eq!((b.need(), b.state.printers[0].roads.lan_silent), (None, 0));
        assert_eq!(b.state.printers[0].last_cause, None);
    }
}
