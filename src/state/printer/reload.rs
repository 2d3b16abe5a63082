//! The configuration file, read again while the program runs: what is asked, what comes back, and when it is looked at.

use crate::state::PrinterId;
use std::{
    fmt,
    time::{Duration, Instant},
};

/// Between two looks at the file, while a printer waits for what a person has to put right there.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Why the file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReloadRequest {
    /// A printer waits: only if the file was modified since it was read last.
    IfModified,
    /// A person wants a connection to this printer anew: what the file says of it now, and of no other one.
    For(PrinterId),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReloadResponse {
    /// The file is the one that was read last.
    Unmodified,
    /// The file cannot be used; a sentence with its place and its cure. Nothing of it counts.
    Failed(String),
    /// The file was read.
    Loaded(Changes),
}

/// What the file says otherwise than what the program works with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The printers with other settings.
    pub printers: Vec<PrinterChange>,
    /// Names of printers that are new in the file.
    pub added: Vec<String>,
    /// Names of printers that are no longer in it.
    pub removed: Vec<String>,
}

/// What the file says of one printer now. Secrets stay where the file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterChange {
    /// The printer.
    pub who: PrinterId,
    /// What is other than before; never empty.
    pub settings: Vec<Setting>,
    /// The person's name for it.
    pub name: String,
    /// Address.
    pub host: String,
    /// For filtering.
    pub tags: Vec<String>,
}

/// A setting of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Setting {
    Name,
    Address,
    Port,
    AccessCode,
    Fingerprint,
    Tags,
    Model,
}

impl Setting {
    /// Whether connections are made with it.
    pub fn is_for_connecting(self) -> bool {
        matches!(self, Self::Address | Self::Port | Self::AccessCode | Self::Fingerprint)
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Port => "port",
            Self::AccessCode => "access code",
            Self::Fingerprint => "fingerprint",
            Self::Tags => "tags",
            Self::Model => "model",
        })
    }
}

/// When the file is read, and what was said about it.
#[derive(Debug, Clone, Default)]
pub struct Reload {
    /// There is a file that can be read again.
    pub available: bool,
    /// When it was looked at last.
    looked: Option<Instant>,
    /// A look is under way.
    looking: bool,
    /// Printers that a person wants reconnected, once the file was read for them.
    asked: Vec<PrinterId>,
    /// What only a new start takes over, as it was said last.
    said: (Vec<String>, Vec<String>),
}

impl Reload {
    /// When the file is looked at next; `None`: not at all. `waits`: a printer waits for what may be put right in it.
    pub(in crate::state) fn due(&self, waits: bool, now: Instant) -> Option<Instant> {
        let due = self.looked.map_or(now, |at| at + LOOK_EVERY);
        (self.available && waits && !self.looking).then_some(due)
    }

    /// A look begins.
    pub(in crate::state) fn begin_look(&mut self, now: Instant) {
        self.looked = Some(now);
        self.looking = true;
    }

    /// A person wants a printer reconnected. Tells whether the file is to be read for it first: once at a time.
    pub(in crate::state) fn ask_for(&mut self, who: PrinterId) -> bool {
        let is_new = !self.asked.contains(&who);
        if is_new {
            self.asked.push(who);
        }
        is_new
    }

    /// The file was read, or not.
    pub(in crate::state) fn answered(&mut self, request: ReloadRequest) {
        match request {
            ReloadRequest::IfModified => self.looking = false,
            ReloadRequest::For(who) => self.asked.retain(|asked| *asked != who),
        }
    }

    /// What to say about printers that only a new start takes over or gives up; `None`: nothing that was not said.
    pub(in crate::state) fn needs_start(&mut self, changes: &Changes) -> Option<String> {
        let now = (changes.added.clone(), changes.removed.clone());
        if now == self.said {
            return None;
        }
        self.said = now;
        let part = |names: &[String], what: &str| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
        let parts = [part(&changes.added, "adds"), part(&changes.removed, "no longer has")];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty())
            .then(|| format!("the configuration {}: restart bambu-tui to take that over", parts.join(" and ")))
    }
}
