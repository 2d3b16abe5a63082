//! What is true now. Pure: time is an argument, nothing here opens, reads or waits.
//!
//! Its rooms stand one upon the other; each knows those before it: [`base`], [`event`] and [`effect`]; [`printer`], what is
//! known of one printer; [`command`], what can be ordered; [`cloud`], the account; [`notify`], what happened and who is told;
//! [`view`], what the person looks at. Only [`screen`], what the screen shows and where, and [`update`] know the whole
//! [`State`], and only `update` changes it.
//!
//! Two hundred printers are one `Vec<Printer>`; a [`PrinterId`] is a place in it. Only visible rows are built; order and filter
//! are worked out again when something they depend on changed, not per frame; a report that does not change its row asks for
//! no frame unless its printer is selected.

pub mod base;
#[cfg(test)]
mod bench;
pub mod cloud;
pub mod command;
pub mod cx;
pub mod datetime;
pub mod effect;
pub mod event;
pub mod fleet;
pub mod key_action;
pub mod notify;
pub mod printer;
pub mod recipes;
pub mod screen;
pub mod settings;
pub mod update;
pub mod view;
pub mod wants;

pub use base::{Now, PrinterId, Redraw, Tone};

use fleet::Fleet;
use notify::journal::Journal;
use printer::error_texts::ErrorTexts;
use printer::{Printer, WatchdogTimeouts};
use settings::Settings;
use view::keymap::{Keymap, Mode};
use view::{View, dialogs::DialogContext};
use wants::Wants;

/// Everything that is true.
#[derive(Debug, Clone)]
pub struct State {
    /// The printers.
    pub fleet: Fleet,
    /// The account, and what the cloud remembers of it.
    pub cloud: cloud::Cloud,
    /// What the person looks at.
    pub view: View,
    /// What happened.
    pub journal: Journal,
    /// How often somebody was notified lately.
    notifications: notify::notification::Pace,
    /// The vendor's texts for codes.
    pub error_texts: ErrorTexts,
    /// What is to be fetched.
    pub wants: Wants,
    /// Choices and abilities of the terminal.
    pub settings: Settings,
    /// The keys.
    pub keymap: Keymap,
    /// The moment of the newest event: what ages and times of day are counted from.
    pub now: Now,
}

impl State {
    /// A state before anything happened. `seed` makes command numbers differ between clients of one printer.
    pub fn new(printers: Vec<Printer>, settings: Settings, keymap: Keymap, now: Now, seed: u32) -> Self {
        // The vendor's clients count from 20000 to 29999.
        let fleet = Fleet { printers, next_seq: 20_000 + seed % 10_000, ..Fleet::default() };
        let mut state = Self {
            fleet,
            cloud: cloud::Cloud::default(),
            view: View::default(),
            journal: Journal::default(),
            notifications: notify::notification::Pace::default(),
            error_texts: ErrorTexts::default(),
            wants: Wants::default(),
            settings,
            keymap,
            now,
        };
        state.arrange_rows();
        state
    }

    /// A printer by its id.
    pub fn printer(&self, id: PrinterId) -> Option<&Printer> {
        self.fleet.printers.get(usize::from(id.0))
    }

    /// Which keys mean what where no dialog is open.
    pub fn mode(&self) -> Mode {
        match () {
            () if self.view.filtering || self.view.searching => Mode::Typing,
            () if self.fleet.printers.is_empty() => Mode::Welcome,
            () => Mode::Normal,
        }
    }

    /// What a dialog looks at.
    pub fn around(&self) -> DialogContext<'_> {
        DialogContext {
            printers: &self.fleet.printers,
            view: &self.view,
            settings: &self.settings,
            keymap: &self.keymap,
            watchdog_timeouts: &self.fleet.watchdog_timeouts,
            now: self.now,
            account: &self.cloud.session.account,
            history: &self.cloud.history,
            cloud_link: &self.cloud.link,
        }
    }
}

/// What a command line orders now, after a person has confirmed it.
#[cfg(test)]
pub(crate) fn test_order(state: &State, who: PrinterId, action: impl Into<command::action::Action>) -> event::Event {
    let printer = state.printer(who).expect("a printer");
    let session = printer.session().unwrap_or_default();
    event::Event::Order(vec![command::bulk::Item::new(who, action.into(), printer, session)])
}

/// A moment to begin a test with.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests need some moment to count from")]
pub(crate) fn test_now() -> Now {
    Now { at: std::time::Instant::now(), unix: 1_780_000_000, utc_offset: 7200 }
}
