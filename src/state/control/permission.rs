//! Whether a printer lets itself be controlled, and whether an order may be given now.

use crate::protocol::model::version;
use crate::state::{
    action::Action,
    printer::{Freshness, Patience, Printer},
};
use std::time::Instant;

/// What is known about the printer's permission to control it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permission {
    /// Nothing tells; the first command will.
    #[default]
    Unknown,
    /// The firmware accepts commands: its report or its age says so.
    Open,
    /// The firmware's report says that commands must be signed by the vendor's software.
    Declared,
    /// A command was refused for that reason.
    Learned,
}

impl Permission {
    /// Whether control is known to be refused.
    pub fn is_locked(self) -> bool {
        matches!(self, Self::Declared | Self::Learned)
    }
}

/// The sentence for firmware that refuses control, with its cure.
pub const LOCKED: &str = "this printer's firmware only accepts commands from the vendor's apps; to control it here, \
     switch on LAN-only mode and developer mode on the printer (the access code changes)";

impl Printer {
    /// Whether the printer lets itself be controlled, as far as its reports or earlier answers tell. Bit 29 of `fun`
    /// is the printer's word; without `fun` a refused command is.
    pub fn permission(&self) -> Permission {
        match self.report.machine.fun {
            Some(fun) if fun.signed_commands() => Permission::Declared,
            Some(_) => Permission::Open,
            None if self.orders.learned => Permission::Learned,
            None => match self.firmware.as_deref().and_then(version).map(|v| self.model.wants_signature(v)) {
                Some(Some(false)) => Permission::Open,
                _ => Permission::Unknown,
            },
        }
    }

    /// Whether an action may be ordered now; the sentence says why not, and what to do.
    pub fn allows(&self, action: &Action, at: Instant, patience: &Patience) -> Result<u32, String> {
        let Some(session) = self.session() else {
            return Err(format!("{} is not connected; nothing is sent", self.name));
        };
        match self.freshness(at, patience) {
            Freshness::Live => {}
            Freshness::Nothing => return Err("no report came yet; wait for the first one".to_owned()),
            Freshness::Stale(_) => return Err("the printer's data is old; wait until it is live again".to_owned()),
        }
        if self.permission().is_locked() && action.is_protected() {
            return Err(LOCKED.to_owned());
        }
        action.fits(self)?;
        if self.orders.is_under_way(action) {
            return Err(format!("{action} is still under way"));
        }
        Ok(session)
    }
}
