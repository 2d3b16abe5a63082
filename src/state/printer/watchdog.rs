//! The watchdog of a printer's link: how long silence may last, and what it wants done.

use crate::state::printer::connection::DisconnectReason;
use crate::state::printer::{Printer, connection::ConnectionState, transport::Transport, whole};
use std::time::{Duration, Instant};

/// Limits of the watchdog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchdogTimeouts {
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

impl Default for WatchdogTimeouts {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self { nudge: s(30), stale: s(60), reconnect: s(75), first_report: s(30), whole: whole::ASK_AGAIN }
    }
}

impl WatchdogTimeouts {
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
    RequestReport,
    /// Ask for the full report again: changes come without it.
    AskAgain,
    /// Connect anew.
    Reconnect,
}

impl Printer {
    /// What the watchdog wants done now.
    pub fn watchdog(&mut self, at: Instant, timeouts: &WatchdogTimeouts) -> Option<Watchdog> {
        let ConnectionState::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.filter(|last| *last >= since);
        let silence = at.saturating_duration_since(heard.unwrap_or(since));
        let (nudge, reconnect) = timeouts.limits(heard.is_some(), self.transports.lan_silent);
        if self.transport == Transport::Cloud {
            // The connection is the whole account's and says itself when it is dead.
            let again = self.nudged.is_none_or(|last| at.saturating_duration_since(last) >= ASK_AGAIN);
            return if silence >= nudge && again { Some(self.nudge(at)) } else { self.ask_again(at, timeouts) };
        }
        if silence >= reconnect {
            return Some(Watchdog::Reconnect);
        }
        if silence >= nudge && self.nudged.is_none() {
            return Some(self.nudge(at));
        }
        self.ask_again(at, timeouts)
    }

    pub(in crate::state) fn nudge(&mut self, at: Instant) -> Watchdog {
        self.nudged = Some(at);
        if self.silent_for(at).is_some() {
            self.whole.nudged(at);
        }
        Watchdog::RequestReport
    }

    pub(in crate::state) fn ask_again(&mut self, at: Instant, timeouts: &WatchdogTimeouts) -> Option<Watchdog> {
        self.whole.due(&timeouts.whole).filter(|due| *due <= at).map(|_| {
            self.whole.ask_again(at);
            Watchdog::AskAgain
        })
    }

    /// When the picture or the link needs attention by itself.
    pub fn next_due(&self, at: Instant, timeouts: &WatchdogTimeouts) -> Option<Instant> {
        let ConnectionState::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.filter(|last| *last >= since);
        let base = heard.unwrap_or(since);
        let (nudge, reconnect) = timeouts.limits(heard.is_some(), self.transports.lan_silent);
        let nudge = self.nudged.is_none().then_some(base + nudge);
        let stale = heard.map(|heard| heard + timeouts.stale);
        let again = match self.transport {
            Transport::Lan => Some(base + reconnect),
            Transport::Cloud => self.nudged.map(|last| last + ASK_AGAIN),
        };
        let whole = self.whole.due(&timeouts.whole);
        let due = [again, nudge, stale, whole, self.transports.lan_silent_until(timeouts)];
        due.into_iter().flatten().filter(|t| *t > at).min().or(Some(at))
    }

    /// Whether it was asked over its own connection, and has said nothing: most likely the serial is another one's.
    pub fn says_nothing(&self) -> bool {
        let asked = |since: Instant| self.nudged.is_some() && self.last_report.is_none_or(|last| last < since);
        self.last_cause == Some(DisconnectReason::NoData)
            || matches!(self.link, ConnectionState::Up { since, .. } if self.transport == Transport::Lan && asked(since))
    }

    /// How long this session has been up without any report.
    pub fn silent_for(&self, at: Instant) -> Option<Duration> {
        let ConnectionState::Up { since, .. } = self.link else { return None };
        let heard = self.last_report.is_some_and(|last| last >= since);
        (!heard).then(|| at.saturating_duration_since(since))
    }
}
