//! What a dialog may look at and does not own.

use crate::state::{
    Now, PrinterId,
    cloud::{history::History, session::Account},
    printer::{Printer, WatchdogTimeouts, connection::ConnectionState},
    settings::Settings,
    view::{View, filter, keymap::Keymap},
};
use ratatui::layout::Size;

/// What a dialog looks at. All of it is data: a dialog changes nothing but itself.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "named as in the state")]
pub struct DialogContext<'a> {
    pub printers: &'a [Printer],
    pub view: &'a View,
    pub settings: &'a Settings,
    pub keymap: &'a Keymap,
    pub watchdog_timeouts: &'a WatchdogTimeouts,
    pub now: Now,
    pub account: &'a Account,
    pub history: &'a History,
    pub cloud_link: &'a ConnectionState,
}

impl<'a> DialogContext<'a> {
    /// A printer by its id.
    pub fn printer(&self, who: PrinterId) -> Option<&'a Printer> {
        self.printers.get(usize::from(who.0))
    }

    /// The size of the screen.
    pub fn size(&self) -> Size {
        self.view.size
    }

    /// Why there is no selected printer, and what brings one back.
    pub fn nobody(&self) -> String {
        filter::nobody(self.view, self.printers, self.keymap)
    }
}
