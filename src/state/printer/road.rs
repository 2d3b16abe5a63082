//! Two roads to one printer: the LAN, and the cloud of the account it belongs to.
//!
//! The LAN is preferred. The cloud is followed only where the LAN does not reach, and takes over when the LAN fails; the
//! LAN takes back over once it has not only connected but reported. A change of road is a new session: values are stale
//! until the printer has spoken on it, and orders of the old one are void.

use crate::protocol::rest::devices::Device;
use crate::state::printer::{
    Patience,
    connection::{Cause, Link},
};
use std::time::{Duration, Instant};

/// A silent LAN session is left open no longer than this while the cloud serves.
const LONGEST_SILENCE: Duration = Duration::from_secs(480);

/// A way to a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Road {
    /// Its own broker.
    #[default]
    Lan,
    /// The cloud's broker.
    Cloud,
}

impl Road {
    /// The word for screens and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lan => "LAN",
            Self::Cloud => "cloud",
        }
    }
}

/// Which printers of the account there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceScope {
    /// All of them.
    #[default]
    All,
    /// Those that are there already; the cloud is asked about them only where the LAN does not reach one.
    Known,
}

/// What is known of the account's printers at the start.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum KnownDevices {
    /// Nothing yet: all of them are wanted, whenever they are told.
    #[default]
    Later,
    /// Nothing, and no others are wanted than those of the configuration.
    NotAsked,
    /// The list as far as it is about the wanted ones; those of the configuration that are not in it are not in the account.
    Now(Vec<Device>),
}

/// What is known of both roads to a printer.
#[derive(Debug, Clone, PartialEq)]
pub struct Roads {
    /// The LAN connection; `None`: address or access code are not known.
    pub lan: Option<Link>,
    /// The LAN session that is up has reported.
    pub lan_heard: bool,
    /// So many LAN sessions in a row were closed because nothing came; a report ends the row.
    pub lan_silent: u32,
    /// The printer refused the access code on the LAN, and has not let us in since.
    pub lan_refused: bool,
    /// The cloud connection, while this printer is followed there.
    pub cloud: Option<Link>,
    /// The printer belongs to the account that is signed in.
    pub in_account: bool,
    /// Whether the printer is connected to the cloud, as the cloud says.
    pub online: Option<bool>,
}

impl Default for Roads {
    fn default() -> Self {
        Self {
            lan: Some(Link::Waiting),
            lan_heard: false,
            lan_silent: 0,
            lan_refused: false,
            cloud: None,
            in_account: false,
            online: None,
        }
    }
}

impl Roads {
    /// The roads of a printer that only the account knows.
    pub fn of_account() -> Self {
        Self { lan: None, in_account: true, ..Self::default() }
    }

    /// The road that counts, and how it is.
    pub(in crate::state) fn choose(&self) -> (Road, Link) {
        let cloud = self.cloud.as_ref().filter(|link| matches!(link, Link::Up { .. }) && self.online != Some(false));
        match (&self.lan, cloud) {
            (Some(lan @ Link::Up { .. }), cloud) if self.lan_heard || cloud.is_none() => (Road::Lan, lan.clone()),
            (_, Some(cloud)) => (Road::Cloud, cloud.clone()),
            (Some(lan), None) => (Road::Lan, lan.clone()),
            (None, None) => (Road::Cloud, self.cloud_alone()),
        }
    }

    fn cloud_alone(&self) -> Link {
        match &self.cloud {
            Some(Link::Up { .. }) => Link::Down { why: Cause::NotInCloud, retry_at: None },
            Some(link) => link.clone(),
            None if self.in_account => Link::Waiting,
            None => Link::Down { why: Cause::SignedOut, retry_at: None },
        }
    }

    /// The LAN connection changed.
    pub(in crate::state) fn set_lan(&mut self, link: Link) {
        match &link {
            Link::Down { why, .. } => self.lan_refused |= *why == Cause::WrongCode,
            Link::Up { .. } => self.lan_refused = false,
            Link::Waiting | Link::Connecting { .. } => {}
        }
        (self.lan, self.lan_heard) = (Some(link), false);
    }

    /// Whether the printer refuses the access code, as far as is known.
    pub(in crate::state) fn lan_refuses(&self) -> bool {
        self.lan_refused
    }

    /// The printer has spoken over the LAN.
    pub(in crate::state) fn heard_lan(&mut self) {
        (self.lan_heard, self.lan_silent) = (true, 0);
    }

    /// A LAN session is closed because nothing came; the network's answer comes later.
    pub(in crate::state) fn close_silent_lan(&mut self) {
        self.lan_silent = self.lan_silent.saturating_add(1);
        (self.lan, self.lan_heard) = (Some(Link::Connecting { attempt: 1 }), false);
    }

    /// The LAN road in words.
    pub fn lan_words(&self) -> String {
        match &self.lan {
            None => "address and access code are not configured".to_owned(),
            Some(Link::Up { .. }) if self.lan_heard => "connected".to_owned(),
            Some(Link::Up { .. }) => "connected, but the printer says nothing on it".to_owned(),
            Some(Link::Waiting) => "not tried yet".to_owned(),
            Some(Link::Connecting { .. }) => "connecting".to_owned(),
            Some(Link::Down { why, .. }) => format!("none: {why}"),
        }
    }

    /// The cloud road in words.
    pub fn cloud_words(&self) -> String {
        if !self.in_account {
            return "the printer is in no account that is signed in here".to_owned();
        }
        match &self.cloud {
            _ if self.online == Some(false) => Cause::NotInCloud.to_string(),
            None => "in reserve, while the LAN serves".to_owned(),
            Some(Link::Up { .. }) => "connected".to_owned(),
            Some(Link::Waiting | Link::Connecting { .. }) => "connecting".to_owned(),
            Some(Link::Down { why, .. }) => format!("none: {why}"),
        }
    }

    /// When a LAN session that is up and silent while the cloud serves is to be closed and opened anew. The more of them in
    /// a row, the later: each one asks the printer for everything.
    pub(in crate::state) fn lan_silent_until(&self, patience: &Patience) -> Option<Instant> {
        match self.lan {
            Some(Link::Up { since, .. }) if !self.lan_heard && self.choose().0 == Road::Cloud => {
                let wait = patience.first_report.saturating_mul(1 << self.lan_silent.min(4));
                Some(since + wait.min(LONGEST_SILENCE.max(patience.first_report)))
            }
            _ => None,
        }
    }

    /// Whether the cloud is needed: the LAN does not reach the printer, or has not yet taken over again.
    pub(in crate::state) fn wants_cloud(&self, road: Road) -> bool {
        self.in_account && (self.lan_silent > 0 || self.lan_fails(road))
    }

    fn lan_fails(&self, road: Road) -> bool {
        match &self.lan {
            None | Some(Link::Down { .. }) => true,
            // The first attempt is given the time it needs, and a session the time to report.
            Some(Link::Waiting | Link::Up { .. }) => road == Road::Cloud,
            Some(Link::Connecting { attempt }) => road == Road::Cloud || *attempt > 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn up(session: u32) -> Link {
        Link::Up { session, since: crate::state::test_now().at }
    }

    fn down() -> Link {
        Link::Down { why: Cause::ConnectionRefused, retry_at: None }
    }

    #[test]
    fn the_lan_goes_first_and_takes_over_only_with_a_report() {
        let mut roads = Roads { lan: Some(down()), in_account: true, ..Roads::default() };
        assert!(roads.wants_cloud(Road::Lan));
        assert_eq!(roads.choose().0, Road::Lan, "nothing else is there");
        roads.cloud = Some(up(9));
        assert_eq!(roads.choose().0, Road::Cloud);
        roads.lan = Some(up(10));
        assert_eq!(roads.choose().0, Road::Cloud, "the LAN has not reported yet");
        assert!(roads.wants_cloud(Road::Cloud));
        roads.lan_heard = true;
        assert_eq!(roads.choose().0, Road::Lan);
        assert!(!roads.wants_cloud(Road::Lan));
    }

    #[test]
    fn a_silent_lan_is_closed_while_the_cloud_serves_ever_later() {
        let patience = Patience::default();
        let mut roads = Roads { lan: Some(up(1)), in_account: true, ..Roads::default() };
        let since = crate::state::test_now().at;
        let wait = |roads: &Roads| roads.lan_silent_until(&patience).map(|at| at.saturating_duration_since(since));
        assert_eq!(wait(&roads), None, "without the cloud the watchdog of the printer sees to it");
        assert!(!roads.wants_cloud(Road::Lan));
        roads.close_silent_lan();
        assert!(roads.wants_cloud(Road::Lan), "silence is a failure too");
        (roads.lan, roads.cloud) = (Some(up(2)), Some(up(9)));
        assert_eq!(roads.choose().0, Road::Cloud);
        let near = |found: Option<Duration>, s: u64| found.is_some_and(|d| d.as_secs_f64().round() == s as f64);
        assert!(near(wait(&roads), 60), "{:?}", wait(&roads));
        roads.lan_silent = 30;
        assert!(near(wait(&roads), 480), "{:?}", wait(&roads));
        roads.heard_lan();
        assert_eq!((roads.lan_silent, wait(&roads)), (0, None));
        assert_eq!(roads.choose().0, Road::Lan);
    }

    #[test]
    fn a_printer_that_left_the_cloud_is_offline_there() {
        let mut roads = Roads { cloud: Some(up(1)), online: Some(false), ..Roads::of_account() };
        assert!(matches!(roads.choose(), (Road::Cloud, Link::Down { why: Cause::NotInCloud, .. })));
        roads.online = None;
        assert!(matches!(roads.choose(), (Road::Cloud, Link::Up { .. })));
        roads.in_account = false;
        roads.cloud = None;
        assert!(matches!(roads.choose(), (Road::Cloud, Link::Down { why: Cause::SignedOut, .. })));
    }

    #[test]
    fn the_first_attempt_over_the_lan_has_its_time() {
        let at = |link| Roads { lan: Some(link), in_account: true, ..Roads::default() };
        assert!(!at(Link::Waiting).wants_cloud(Road::Lan));
        assert!(!at(Link::Connecting { attempt: 1 }).wants_cloud(Road::Lan));
        assert!(at(Link::Connecting { attempt: 2 }).wants_cloud(Road::Lan));
        let retry = Some(crate::state::test_now().at + Duration::from_secs(1));
        assert!(at(Link::Down { why: Cause::WrongCode, retry_at: retry }).wants_cloud(Road::Lan));
    }
}
