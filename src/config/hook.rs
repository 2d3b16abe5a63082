//! What shall be done when something happens: `[[hook]]`.

use super::Secret;
use crate::state::notify::notification::{EventKind, EventKinds};
use std::{fmt, time::Duration};

/// One `[[hook]]`.
#[derive(Debug, Clone)]
pub struct Hook {
    /// When.
    pub on: EventKinds,
    /// How.
    pub carrier: Carrier,
    /// Serials of the printers it is about; empty: all.
    pub serials: Vec<String>,
    /// How long a program or an answer may take.
    pub timeout: Duration,
    /// Attempts after the first one.
    pub retries: u32,
}

/// How a hook is carried out.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// A program gets the JSON on its standard input. No shell.
    Run {
        /// The program.
        program: String,
        /// Its arguments.
        args: Vec<String>,
    },
    /// The JSON is posted.
    Post {
        /// Where; it may hold a token.
        url: Secret,
        /// The url's host: what may be shown.
        host: String,
        /// Headers and their values.
        headers: Vec<(String, Secret)>,
    },
}

impl Hook {
    /// Whether a kind of event at a printer is this hook's business.
    pub fn wants(&self, event_kind: EventKind, serial: &str) -> bool {
        self.on.contains(event_kind) && (self.serials.is_empty() || self.serials.iter().any(|one| one == serial))
    }
}

impl fmt::Display for Hook {
    /// The program's name or the host: arguments and addresses may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.carrier {
            Carrier::Run { program, .. } => program.rsplit('/').next().unwrap_or(program),
            Carrier::Post { host, .. } => host,
        })
    }
}
