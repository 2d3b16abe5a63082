//! Two transports to one printer: the LAN, and the cloud of the account it belongs to.

use crate::state::cloud::device::DeviceScope;
use crate::state::cx::Cx;
use crate::state::{
    PrinterId, State,
    effect::Effect,
    printer::{
        Printer,
        connection::{ConnectionState, DisconnectReason},
    },
};
use std::collections::BTreeMap;

impl State {
    /// Whether the cloud has to say which printers are the account's.
    pub(in crate::state) fn needs_devices(&self) -> bool {
        let lost = |printer: &Printer| {
            printer.transports.lan_silent > 0
                || matches!(printer.transports.lan, None | Some(ConnectionState::Down { .. }))
        };
        self.cloud.devices.scope == DeviceScope::All || self.fleet.printers.iter().any(lost)
    }

    /// Whether a printer that has not reported may yet be reached over the cloud, by what is under way now.
    pub fn cloud_may_come(&self, printer: &Printer) -> bool {
        let transports = &printer.transports;
        if self.cloud.identity().is_none() {
            return false;
        }
        if !transports.in_account {
            return self.cloud.devices.list.answer().is_none() && self.needs_devices();
        }
        match &transports.cloud {
            None => transports.wants_cloud(printer.transport),
            Some(ConnectionState::Waiting | ConnectionState::Connecting { attempt: ..=1 }) => true,
            Some(ConnectionState::Up { .. }) => transports.online != Some(false),
            Some(ConnectionState::Connecting { .. } | ConnectionState::Down { .. }) => false,
        }
    }

    /// Why the cloud does not lead to a printer, where it was tried.
    pub fn why_no_cloud(&self, printer: &Printer) -> Option<String> {
        let list = &self.cloud.devices.list;
        if self.cloud.identity().is_some() && list.value().is_none() && list.error().is_some() {
            return list.error().map(str::to_owned);
        }
        match &printer.transports.cloud {
            Some(ConnectionState::Down { why, .. }) => Some(why.to_string()),
            Some(_) if printer.transports.online == Some(false) => Some(DisconnectReason::NotInCloud.to_string()),
            _ => None,
        }
    }

    /// Follows over the cloud exactly the printers that need it.
    pub(in crate::state) fn follow(&mut self, cx: &mut Cx) {
        let ids = (0..).map(PrinterId);
        let needs_it = |(_, printer): &(PrinterId, &Printer)| printer.transports.wants_cloud(printer.transport);
        let wanted = ids.zip(&self.fleet.printers).filter(needs_it).map(|(who, printer)| (who, &printer.serial));
        if wanted.clone().eq(self.cloud.followed.iter().map(|(who, serial)| (*who, serial))) {
            return;
        }
        let wanted: BTreeMap<_, _> = wanted.map(|(who, serial)| (who, serial.clone())).collect();
        self.cloud.followed.clone_from(&wanted);
        // Those that are new take the connection as it is; those that are gone have none.
        for at in 0..self.fleet.printers.len() {
            let who = PrinterId(at as u16);
            let now = wanted.contains_key(&who);
            if now != self.fleet.printers[at].transports.cloud.is_some() {
                let link = now.then(|| match &self.cloud.link {
                    ConnectionState::Up { session, .. } => ConnectionState::Up { session: *session, since: cx.now.at },
                    other => other.clone(),
                });
                self.change_transport(who, |transports| transports.cloud = link, cx);
            }
        }
        cx.effects.push(Effect::Follow(wanted));
    }
}
