//! A camera or file server that shows another certificate than the printer: somebody may be between.
//!
//! The printer's own connection decides which certificate is its own; about that one a person is asked. There is nothing to
//! accept where only a part of it shows another.

use crate::state::printer::{
    Printer,
    connection::{ConnectionState, DisconnectReason},
};
use std::fmt;

/// A server of the printer beside its own connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideServer {
    /// Its camera.
    Camera,
    /// Its file server.
    Files,
}

impl fmt::Display for SideServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Camera => "camera",
            Self::Files => "file server",
        })
    }
}

impl SideServer {
    /// Why the part is not spoken to, with what it shows.
    pub fn words(self, cause: &DisconnectReason) -> String {
        if let DisconnectReason::SelfMade(_) = cause {
            format!("the {self}: {}", cause.with_fingerprint())
        } else if cause.is_about_certificate() {
            format!("the {self}: {}; check whether a proxy intercepts TLS", cause.with_fingerprint())
        } else {
            cause.to_string()
        }
    }
}

/// Which part, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impostor {
    /// The part.
    pub part: SideServer,
    /// What is wrong with its certificate.
    pub cause: DisconnectReason,
}

impl fmt::Display for Impostor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part.words(&self.cause))
    }
}

impl Printer {
    /// The part that shows another certificate, unless the printer itself does: then that one is judged.
    pub fn impostor(&self) -> Option<&Impostor> {
        let itself = match &self.transports.lan {
            Some(ConnectionState::Down { why, .. }) => why.is_about_certificate(),
            _ => false,
        };
        self.impostor.as_deref().filter(|_| !itself)
    }
}
