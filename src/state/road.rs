//! Two roads to one printer: the LAN, and the cloud of the account it belongs to.
//!
//! The LAN is preferred. The cloud is followed only where the LAN does not reach, and takes over when the LAN fails; the
//! LAN takes back over once it has not only connected but reported. A change of road is a new session: values are stale
//! until the printer has spoken on it, and orders of the old one are void.

use super::{
    PrinterId, State,
    effect::Effect,
    event::Cause,
    printer::{Link, Printer},
};
use std::collections::BTreeMap;

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
pub enum Listing {
    /// All of them.
    #[default]
    All,
    /// Those that are there already; the cloud is asked about them only where the LAN does not reach one.
    Known,
}

/// What is known of both roads to a printer.
#[derive(Debug, Clone, PartialEq)]
pub struct Roads {
    /// The LAN connection; `None`: address or access code are not known.
    pub lan: Option<Link>,
    /// The LAN session that is up has reported.
    pub lan_heard: bool,
    /// The cloud connection, while this printer is followed there.
    pub cloud: Option<Link>,
    /// The printer belongs to the account that is signed in.
    pub in_account: bool,
    /// Whether the printer is connected to the cloud, as the cloud says.
    pub online: Option<bool>,
}

impl Default for Roads {
    fn default() -> Self {
        Self { lan: Some(Link::Waiting), lan_heard: false, cloud: None, in_account: false, online: None }
    }
}

impl Roads {
    /// The roads of a printer that only the account knows.
    pub fn of_account() -> Self {
        Self { lan: None, in_account: true, ..Self::default() }
    }

    /// The road that counts, and how it is.
    pub(super) fn choose(&self) -> (Road, Link) {
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

    /// Whether the cloud is needed: the LAN does not reach the printer, or has not yet taken over again.
    fn wants_cloud(&self, road: Road) -> bool {
        self.in_account
            && match &self.lan {
                None | Some(Link::Down { .. }) => true,
                // The first attempt is given the time it needs, and a session the time to report.
                Some(Link::Waiting | Link::Up { .. }) => road == Road::Cloud,
                Some(Link::Connecting { attempt }) => road == Road::Cloud || *attempt > 1,
            }
    }
}

impl State {
    /// Whether the cloud has to say which printers are the account's.
    pub(super) fn needs_devices(&self) -> bool {
        let lost = |printer: &Printer| matches!(printer.roads.lan, None | Some(Link::Down { .. }));
        self.listing == Listing::All || self.printers.iter().any(lost)
    }

    /// Whether a printer that has not reported may yet be reached over the cloud, by what is under way now.
    pub fn cloud_may_come(&self, printer: &Printer) -> bool {
        let roads = &printer.roads;
        if self.account.who().is_none() {
            return false;
        }
        if !roads.in_account {
            return !self.devices_known && self.cloud_trouble.is_none() && self.needs_devices();
        }
        match &roads.cloud {
            None => roads.wants_cloud(printer.road),
            Some(Link::Waiting | Link::Connecting { attempt: ..=1 }) => true,
            Some(Link::Up { .. }) => roads.online != Some(false),
            Some(Link::Connecting { .. } | Link::Down { .. }) => false,
        }
    }

    /// Why the cloud does not lead to a printer, where it was tried.
    pub fn why_no_cloud(&self, printer: &Printer) -> Option<String> {
        if let (Some(_), false, Some(trouble)) = (self.account.who(), self.devices_known, &self.cloud_trouble) {
            return Some(trouble.clone());
        }
        match &printer.roads.cloud {
            Some(Link::Down { why, .. }) => Some(why.to_string()),
            Some(_) if printer.roads.online == Some(false) => Some(Cause::NotInCloud.to_string()),
            _ => None,
        }
    }

    /// Follows over the cloud exactly the printers that need it.
    pub(super) fn follow(&mut self, effects: &mut Vec<Effect>) {
        let mut wanted = BTreeMap::new();
        for (at, printer) in self.printers.iter().enumerate() {
            if printer.roads.wants_cloud(printer.road) {
                wanted.insert(PrinterId(at as u16), printer.serial.clone());
            }
        }
        if wanted == self.followed {
            return;
        }
        self.followed.clone_from(&wanted);
        // Those that are new take the connection as it is; those that are gone have none.
        for at in 0..self.printers.len() {
            let who = PrinterId(at as u16);
            let now = wanted.contains_key(&who);
            if now != self.printers[at].roads.cloud.is_some() {
                let link = now.then(|| match &self.cloud_link {
                    Link::Up { session, .. } => Link::Up { session: *session, since: self.now.at },
                    other => other.clone(),
                });
                self.change_road(who, |roads| roads.cloud = link);
            }
        }
        effects.push(Effect::Follow(wanted));
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
