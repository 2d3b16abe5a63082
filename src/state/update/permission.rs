//! Whether a printer lets itself be controlled, and whether an order may be given now.

use crate::state::command::tracker::permission::Permission;
use crate::state::cx::Cx;
use crate::state::{PrinterId, State, Tone, notify::journal::EntryKind};

impl State {
    /// Tells once, and plainly, that a printer's firmware refuses orders; and when it takes them again.
    pub(in crate::state) fn log_permission(&mut self, who: PrinterId, cx: &mut Cx) {
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        let (permission, words) = (printer.permission(), printer.locked_words());
        let told = printer.told_locked;
        if permission.is_locked() && !told {
            printer.told_locked = true;
            self.log(who, EntryKind::Other, words, Tone::Warning, cx);
        } else if permission == Permission::Open && told {
            printer.told_locked = false;
            self.log(who, EntryKind::Other, "the firmware accepts commands now", Tone::Good, cx);
        }
    }
}

#[cfg(test)]
mod tests;
