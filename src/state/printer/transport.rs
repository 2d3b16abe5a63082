//! Two transports to one printer: the LAN, and the cloud of the account it belongs to.
//!
//! The LAN is preferred. The cloud is followed only where the LAN does not reach, and takes over when the LAN fails; the
//! LAN takes back over once it has not only connected but reported. A change of transport is a new session: values are stale
//! until the printer has spoken on it, and orders of the old one are void.

use crate::state::printer::{
    WatchdogTimeouts,
    connection::{ConnectionState, DisconnectReason},
};
use std::time::{Duration, Instant};

/// A silent LAN session is left open no longer than this while the cloud serves.
const LONGEST_SILENCE: Duration = Duration::from_secs(480);

/// A way to a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// Its own broker.
    #[default]
    Lan,
    /// The cloud's broker.
    Cloud,
}

impl Transport {
    /// The word for screens and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lan => "LAN",
            Self::Cloud => "cloud",
        }
    }
}

/// What is known of both transports to a printer.
#[derive(Debug, Clone, PartialEq)]
pub struct Transports {
    /// The LAN connection; `None`: address or access code are not known.
    pub lan: Option<ConnectionState>,
    /// The LAN session that is up has reported.
    pub lan_heard: bool,
    /// So many LAN sessions in a row were closed because nothing came; a report ends the row.
    pub lan_silent: u32,
    /// The printer refused the access code on the LAN, and has not let us in since.
    pub lan_refused: bool,
    /// The cloud connection, while this printer is followed there.
    pub cloud: Option<ConnectionState>,
    /// The printer belongs to the account that is signed in.
    pub in_account: bool,
    /// Whether the printer is connected to the cloud, as the cloud says.
    pub online: Option<bool>,
}

impl Default for Transports {
    fn default() -> Self {
        Self {
            lan: Some(ConnectionState::Waiting),
            lan_heard: false,
            lan_silent: 0,
            lan_refused: false,
            cloud: None,
            in_account: false,
            online: None,
        }
    }
}

impl Transports {
    /// The transports of a printer that only the account knows.
    pub fn of_account() -> Self {
        Self { lan: None, in_account: true, ..Self::default() }
    }

    /// The transport that counts, and how it is.
    pub(in crate::state) fn choose(&self) -> (Transport, ConnectionState) {
        let cloud =
            self.cloud.as_ref().filter(|link| matches!(link, ConnectionState::Up { .. }) && self.online != Some(false));
        match (&self.lan, cloud) {
            (Some(lan @ ConnectionState::Up { .. }), cloud) if self.lan_heard || cloud.is_none() => {
                (Transport::Lan, lan.clone())
            }
            (_, Some(cloud)) => (Transport::Cloud, cloud.clone()),
            (Some(lan), None) => (Transport::Lan, lan.clone()),
            (None, None) => (Transport::Cloud, self.cloud_alone()),
        }
    }

    fn cloud_alone(&self) -> ConnectionState {
        match &self.cloud {
            Some(ConnectionState::Up { .. }) => {
                ConnectionState::Down { why: DisconnectReason::NotInCloud, retry_at: None }
            }
            Some(link) => link.clone(),
            None if self.in_account => ConnectionState::Waiting,
            None => ConnectionState::Down { why: DisconnectReason::SignedOut, retry_at: None },
        }
    }

    /// The LAN connection changed.
    pub(in crate::state) fn set_lan(&mut self, link: ConnectionState) {
        match &link {
            ConnectionState::Down { why, .. } => self.lan_refused |= *why == DisconnectReason::WrongCode,
            ConnectionState::Up { .. } => self.lan_refused = false,
            ConnectionState::Waiting | ConnectionState::Connecting { .. } => {}
        }
        self.lan = Some(link);
        self.lan_heard = false;
    }

    /// Whether the printer refuses the access code, as far as is known.
    pub(in crate::state) fn lan_refuses(&self) -> bool {
        self.lan_refused
    }

    /// The printer has spoken over the LAN.
    pub(in crate::state) fn heard_lan(&mut self) {
        self.lan_heard = true;
        self.lan_silent = 0;
    }

    /// A LAN session is closed because nothing came; the network's answer comes later.
    pub(in crate::state) fn close_silent_lan(&mut self) {
        self.lan_silent = self.lan_silent.saturating_add(1);
        self.lan = Some(ConnectionState::Connecting { attempt: 1 });
        self.lan_heard = false;
    }

    /// The LAN transport in words.
    pub fn lan_words(&self) -> String {
        match &self.lan {
            None => "address and access code are not configured".to_owned(),
            Some(ConnectionState::Up { .. }) if self.lan_heard => "connected".to_owned(),
            Some(ConnectionState::Up { .. }) => "connected, but the printer says nothing on it".to_owned(),
            Some(ConnectionState::Waiting) => "not tried yet".to_owned(),
            Some(ConnectionState::Connecting { .. }) => "connecting".to_owned(),
            Some(ConnectionState::Down { why, .. }) => format!("none: {why}"),
        }
    }

    /// The cloud transport in words.
    pub fn cloud_words(&self) -> String {
        if !self.in_account {
            return "not in the account that is signed in here".to_owned();
        }
        match &self.cloud {
            _ if self.online == Some(false) => DisconnectReason::NotInCloud.to_string(),
            None => "standby (LAN in use)".to_owned(),
            Some(ConnectionState::Up { .. }) => "connected".to_owned(),
            Some(ConnectionState::Waiting | ConnectionState::Connecting { .. }) => "connecting".to_owned(),
            Some(ConnectionState::Down { why, .. }) => format!("none: {why}"),
        }
    }

    /// When a LAN session that is up and silent while the cloud serves is to be closed and opened anew. The more of them in
    /// a row, the later: each one asks the printer for everything.
    pub(in crate::state) fn lan_silent_until(&self, timeouts: &WatchdogTimeouts) -> Option<Instant> {
        match self.lan {
            Some(ConnectionState::Up { since, .. }) if !self.lan_heard && self.choose().0 == Transport::Cloud => {
                let wait = timeouts.first_report.saturating_mul(1 << self.lan_silent.min(4));
                Some(since + wait.min(LONGEST_SILENCE.max(timeouts.first_report)))
            }
            _ => None,
        }
    }

    /// Whether the cloud is needed: the LAN does not reach the printer, or has not yet taken over again.
    pub(in crate::state) fn wants_cloud(&self, transport: Transport) -> bool {
        self.in_account && (self.lan_silent > 0 || self.lan_fails(transport))
    }

    fn lan_fails(&self, transport: Transport) -> bool {
        match &self.lan {
            None | Some(ConnectionState::Down { .. }) => true,
            // The first attempt is given the time it needs, and a session the time to report.
            Some(ConnectionState::Waiting | ConnectionState::Up { .. }) => transport == Transport::Cloud,
            Some(ConnectionState::Connecting { attempt }) => transport == Transport::Cloud || *attempt > 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn up(session: u32) -> ConnectionState {
        ConnectionState::Up { session, since: crate::state::test_now().at }
    }

    fn down() -> ConnectionState {
        ConnectionState::Down { why: DisconnectReason::ConnectionRefused, retry_at: None }
    }

    #[test]
    fn the_lan_goes_first_and_takes_over_only_with_a_report() {
        let mut transports = Transports { lan: Some(down()), in_account: true, ..Transports::default() };
        assert!(transports.wants_cloud(Transport::Lan));
        assert_eq!(transports.choose().0, Transport::Lan, "nothing else is there");
        transports.cloud = Some(up(9));
        assert_eq!(transports.choose().0, Transport::Cloud);
        transports.lan = Some(up(10));
        assert_eq!(transports.choose().0, Transport::Cloud, "the LAN has not reported yet");
        assert!(transports.wants_cloud(Transport::Cloud));
        transports.lan_heard = true;
        assert_eq!(transports.choose().0, Transport::Lan);
        assert!(!transports.wants_cloud(Transport::Lan));
    }

    #[test]
    fn a_silent_lan_is_closed_while_the_cloud_serves_ever_later() {
        let timeouts = WatchdogTimeouts::default();
        let mut transports = Transports { lan: Some(up(1)), in_account: true, ..Transports::default() };
        let since = crate::state::test_now().at;
        let wait = |transports: &Transports| {
            transports.lan_silent_until(&timeouts).map(|at| at.saturating_duration_since(since))
        };
        assert_eq!(wait(&transports), None, "without the cloud the watchdog of the printer sees to it");
        assert!(!transports.wants_cloud(Transport::Lan));
        transports.close_silent_lan();
        assert!(transports.wants_cloud(Transport::Lan), "silence is a failure too");
        transports.lan = Some(up(2));
        transports.cloud = Some(up(9));
        assert_eq!(transports.choose().0, Transport::Cloud);
        let near = |found: Option<Duration>, s: u64| found.is_some_and(|d| d.as_secs_f64().round() == s as f64);
        assert!(near(wait(&transports), 60), "{:?}", wait(&transports));
        transports.lan_silent = 30;
        assert!(near(wait(&transports), 480), "{:?}", wait(&transports));
        transports.heard_lan();
        assert_eq!((transports.lan_silent, wait(&transports)), (0, None));
        assert_eq!(transports.choose().0, Transport::Lan);
    }

    #[test]
    fn a_printer_that_left_the_cloud_is_offline_there() {
        let mut transports = Transports { cloud: Some(up(1)), online: Some(false), ..Transports::of_account() };
        assert!(matches!(
            transports.choose(),
            (Transport::Cloud, ConnectionState::Down { why: DisconnectReason::NotInCloud, .. })
        ));
        transports.online = None;
        assert!(matches!(transports.choose(), (Transport::Cloud, ConnectionState::Up { .. })));
        transports.in_account = false;
        transports.cloud = None;
        assert!(matches!(
            transports.choose(),
            (Transport::Cloud, ConnectionState::Down { why: DisconnectReason::SignedOut, .. })
        ));
    }

    #[test]
    fn the_first_attempt_over_the_lan_has_its_time() {
        let at = |link| Transports { lan: Some(link), in_account: true, ..Transports::default() };
        assert!(!at(ConnectionState::Waiting).wants_cloud(Transport::Lan));
        assert!(!at(ConnectionState::Connecting { attempt: 1 }).wants_cloud(Transport::Lan));
        assert!(at(ConnectionState::Connecting { attempt: 2 }).wants_cloud(Transport::Lan));
        let retry = Some(crate::state::test_now().at + Duration::from_secs(1));
        assert!(
            at(ConnectionState::Down { why: DisconnectReason::WrongCode, retry_at: retry }).wants_cloud(Transport::Lan)
        );
    }
}
