//! What the program starts with.

use crate::{
    config::{self, Config},
    net::{self, Timing},
    state::{
        cloud::{device::KnownDevices, session::AccountConstraints},
        printer::WatchdogTimeouts,
        settings::Settings,
        view::keymap::Keymap,
        wants::Wanted,
    },
    storage::{Database, StorageError},
};
use std::path::PathBuf;
use tokio::runtime::Handle;

/// What the program starts with.
#[derive(Debug, Default)]
pub struct Setup {
    /// Printers and choices.
    pub config: Config,
    /// What rendering depends on.
    pub settings: Settings,
    /// The keys.
    pub keymap: Keymap,
    /// The mouse is used.
    pub mouse: bool,
    /// Where the form writes new printers; `None`: they are forgotten with the program.
    pub config_path: Option<PathBuf>,
    /// Which file the printers were read from; it is read again where its path is known.
    pub config_stamp: Option<config::Stamp>,
    /// Where learned certificates are kept; `None`: in memory.
    pub pins: Option<PathBuf>,
    /// New certificates that nobody vouches for are pinned without a question.
    pub trust_new: bool,
    /// Where a file may lie while it is read; `None`: where the system keeps such files.
    pub scratch: Option<PathBuf>,
    /// Where what happens is kept; `None`: in memory. An error is told.
    pub storage: Option<Result<Database, StorageError>>,
    /// The journal is shown: its lines are kept, and those of earlier runs are brought back.
    pub journal: bool,
    /// The folder in which the vendor's texts for codes are kept; `None`: in memory.
    pub texts: Option<PathBuf>,
    /// Durations of the network.
    pub timing: Timing,
    /// Where its tasks run: not where the loop runs, which must not wait for them. `None`: there all the same, in tests.
    pub network: Option<Handle>,
    /// The cloud; `None`: it is not used.
    pub account: Option<net::AccountOptions>,
    /// The printers of the account that are wanted.
    pub listed: KnownDevices,
    /// The account that the configuration names.
    pub account_hint: Option<String>,
    /// What the configuration says about signing in.
    pub account_terms: AccountConstraints,
    /// What the form that signs in says besides.
    pub account_tip: Option<String>,
    /// Limits of the watchdog.
    pub watchdog_timeouts: WatchdogTimeouts,
    /// What is fetched, said outright; `None`: what the screen shows.
    pub wants: Option<Wanted>,
    /// Sentences for the journal, such as warnings about the configuration.
    pub warnings: Vec<String>,
}
