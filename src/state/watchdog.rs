//! The watchdog of a printer's link: silence, and reports that tell only changes, are noticed here.

use super::{
    PrinterId, Redraw, State,
    effect::Effect,
    event::Cause,
    journal::Kind,
    notice::Tone,
    printer::{Link, Printer},
    road::{Road, Roads},
    whole,
};
use crate::protocol::command::Command;
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
    /// Silence before a nudge and before a new connection, in a session that has reported or never has.
    fn limits(&self, heard: bool) -> (Duration, Duration) {
        if heard { (self.nudge, self.reconnect) } else { (self.first_nudge(), self.first_report) }
    }

    /// Silence before a session that never reported is asked to, and a person is told.
    pub fn first_nudge(&self) -> Duration {
        self.first_report / 3
    }

    /// Silence over the cloud after which it is asked whether the printer is there at all. One that is answers sooner.
    pub(super) fn silence(&self) -> Duration {
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
        let (nudge, reconnect) = patience.limits(heard.is_some());
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

    fn nudge(&mut self, at: Instant) -> Watchdog {
        self.nudged = Some(at);
        if self.silent_for(at).is_some() {
            self.whole.nudged(at);
        }
        Watchdog::Nudge
    }

    fn ask_again(&mut self, at: Instant, patience: &Patience) -> Option<Watchdog> {
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
        let (nudge, reconnect) = patience.limits(heard.is_some());
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

    /// How long this session has been up without any report.
    pub fn silent_for(&self, at: Instant) -> Option<Duration> {
        let Link::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.is_some_and(|last| last >= since);
        (!heard).then(|| at.saturating_duration_since(since))
    }
}

impl State {
    /// Does what the watchdog of a printer wants done now.
    pub(super) fn guard(&mut self, who: PrinterId, effects: &mut Vec<Effect>) {
        let at = self.now.at;
        let printer = &mut self.printers[usize::from(who.0)];
        let (road, Some(session)) = (printer.road, printer.session()) else { return };
        match printer.watchdog(at, &self.patience) {
            Some(Watchdog::Nudge) => {
                self.mark(Redraw::Soon);
                // A session that never spoke has lost the request for a full report too: deltas alone tell no state.
                let whole = self.printers[usize::from(who.0)].silent_for(at).map(|_| Command::PushAll);
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
                effects.push(Effect::Reconnect(who));
            }
            None => {}
        }
    }
}
