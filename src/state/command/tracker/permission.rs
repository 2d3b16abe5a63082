//! Whether a printer lets itself be controlled, and whether an order may be given now.

use crate::protocol::model::{Model, version};
use crate::state::{
    command::action::Action,
    printer::{Freshness, Printer, WatchdogTimeouts, transport::Transport},
};
use std::time::Instant;

/// What is known about the printer's permission to control it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permission {
    /// Nothing tells; the first command will.
    #[default]
    Unknown,
    /// Nothing tells, but an order got no answer, and the firmware is of an age at which some drop orders silently.
    Suspected,
    /// The firmware accepts commands: its report or its age says so.
    Open,
    /// The firmware's report says that commands must be signed by the vendor's software.
    Declared,
    /// A command was refused for that reason: ours, or, by the printer's own message, another client's.
    Learned,
}

impl Permission {
    /// Whether control is known to be refused.
    pub fn is_locked(self) -> bool {
        matches!(self, Self::Declared | Self::Learned)
    }
}

/// The sentence for firmware that refuses control, with its cure: two lines of the job pane at 80x24, three at 40x12 …
pub const LOCKED: &str =
    "firmware blocks control: enable LAN-only + developer mode on the printer (changes the access code)";
/// … for a P1 of an age that refuses orders over the LAN only while it is bound to the vendor's cloud …
pub(in crate::state) const HYBRID: &str =
    "a P1 bound to the cloud blocks LAN control: enable LAN-only mode on the printer (changes the access code)";
/// … and for the transport over the cloud, where there is none.
pub(in crate::state) const CLOUD: &str =
    "over the cloud only Bambu Lab's apps have control; enable LAN-only + developer mode to control over LAN";
/// What may be so, and is not known.
pub const SUSPECTED: &str =
    "no answer: the firmware may block control; enable LAN-only + developer mode on the printer";

/// Firmware of P1 models from which a printer that is bound to the cloud refuses orders over the LAN.
pub(in crate::state) const HYBRID_FROM: [u8; 4] = [1, 7, 0, 0];

impl Printer {
    /// Its firmware version as four numbers.
    pub fn firmware_version(&self) -> Option<[u8; 4]> {
        self.firmware.as_deref().and_then(version)
    }

    /// Whether the printer lets itself be controlled, as far as its reports or earlier answers tell. Bit 29 of `fun`
    /// is the printer's word; without `fun` a refused command is.
    pub fn permission(&self) -> Permission {
        match self.report.machine.fun {
            Some(fun) if fun.signed_commands() => Permission::Declared,
            Some(_) => Permission::Open,
            None if self.orders.learned => Permission::Learned,
            None => match self.firmware_version().and_then(|v| self.model.wants_signature(v)) {
                Some(false) => Permission::Open,
                Some(true) if self.orders.dropped => Permission::Suspected,
                _ => Permission::Unknown,
            },
        }
    }

    /// Why the firmware refuses orders, and what opens it.
    pub fn locked_words(&self) -> &'static str {
        let firmware = self.firmware.as_deref().and_then(version);
        // A printer that says itself what it wants is no riddle.
        let is_hybrid = self.report.machine.fun.is_none()
            && matches!(self.model, Model::P1P | Model::P1S)
            && firmware.is_some_and(|v| v >= HYBRID_FROM && self.model.wants_signature(v) == Some(false));
        match self.transport {
            Transport::Cloud => CLOUD,
            Transport::Lan if is_hybrid => HYBRID,
            Transport::Lan => LOCKED,
        }
    }

    /// Whether an action may be ordered now, and on which session; the sentence says why not, and what to do.
    pub fn allows(&self, action: &Action, at: Instant, timeouts: &WatchdogTimeouts) -> Result<u32, String> {
        let session = self.is_able(action, at, timeouts)?;
        self.is_free_for(action).map(|()| session)
    }

    /// Whether no order of the same kind is under way; the sentence names the one that is.
    pub(in crate::state) fn is_free_for(&self, action: &Action) -> Result<(), String> {
        let busy = self.orders.under_way(action);
        busy.map_or(Ok(()), |order| Err(format!("{} is still under way", order.action)))
    }

    /// The same, whatever is under way.
    pub(in crate::state) fn is_able(
        &self,
        action: &Action,
        at: Instant,
        timeouts: &WatchdogTimeouts,
    ) -> Result<u32, String> {
        let Some(session) = self.session() else {
            return Err(format!("{} is not connected; nothing is sent", self.name));
        };
        match self.freshness(at, timeouts) {
            Freshness::Live => {}
            Freshness::Nothing => return Err("no report came yet; wait for the first one".to_owned()),
            Freshness::Partial | Freshness::Stale(_) if self.awaits_whole() => {
                let what = if action.is_about_job() { "the job is not known" } else { "its state is not known" };
                return Err(format!(
                    "not possible yet: {what}; the printer's full report has not come, and is asked for again"
                ));
            }
            Freshness::Partial => return Err("no full report came yet; wait for it".to_owned()),
            Freshness::Stale(_) => return Err("the printer's data is old; wait until it is live again".to_owned()),
        }
        if self.permission().is_locked() && action.is_protected() {
            return Err(self.locked_words().to_owned());
        }
        // A board that is being written must not be disturbed; a print that needs a hand all the same can have it.
        if self.machine.update.under_way().is_some() && !matches!(action, Action::Print(_)) {
            return Err("its firmware is being updated; wait until that is over".to_owned());
        }
        action.check_ready(self)?;
        Ok(session)
    }
}
