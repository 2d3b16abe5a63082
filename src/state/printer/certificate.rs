//! The certificate of a printer: who signed it, how it came to be known, and the question before another one is accepted.
//!
//! A person accepts exactly the certificate whose fingerprint stood on the screen, whole, and nothing else.

use crate::state::printer::{
    Printer,
    connection::{ConnectionState, DisconnectReason},
};
use ratatui::layout::Size;
use std::fmt;

/// The smallest window that shows both fingerprints in full.
pub const SMALLEST: Size = Size { width: 40, height: 12 };

/// Who signed a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The vendor's authorities; checked, not read off.
    Vendor,
    /// Nobody that is known: anybody can make such a certificate.
    Unknown,
}

impl Signer {
    /// The same in as few words as possible.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vendor => "signed by Bambu Lab",
            Self::Unknown => "self-signed",
        }
    }
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vendor => "signed by Bambu Lab",
            Self::Unknown => "self-signed, not by Bambu Lab",
        })
    }
}

/// A certificate that a printer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256, hexadecimal.
    pub fingerprint: String,
    /// Who signed it.
    pub signer: Signer,
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, SHA-256 {}", self.signer, self.fingerprint)
    }
}

/// A fingerprint in groups of eight, which the eye can compare.
pub fn groups(fingerprint: &str) -> Vec<String> {
    let chars: Vec<char> = fingerprint.chars().collect();
    chars.chunks(8).map(|group| group.iter().collect()).collect()
}

/// Why a certificate is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It was pinned just now, without a question.
    New,
    /// It is the one that was pinned before.
    Pinned,
    /// It is the one that the configuration names.
    Configured,
}

/// What the form's look at a printer found, before the access code is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The certificate; its name is the serial.
    pub certificate: Certificate,
    /// Another certificate that is pinned for the serial, SHA-256, hexadecimal.
    pub pinned: Option<String>,
}

/// What a printer shows and a person has to judge: the certificate that is pinned, and the one that was found.
pub(in crate::state) fn doubt(link: Option<&ConnectionState>) -> Option<(Option<&String>, &Certificate)> {
    match link {
        Some(ConnectionState::Down {
            why: DisconnectReason::CertificateChanged { pinned, found, configured: false },
            ..
        }) => Some((Some(pinned), found)),
        Some(ConnectionState::Down { why: DisconnectReason::SelfMade(found), .. }) => Some((None, found)),
        _ => None,
    }
}

impl Printer {
    /// Whether a person has to judge the certificate that its LAN connection found.
    pub fn is_doubtful(&self) -> bool {
        doubt(self.transports.lan.as_ref()).is_some()
    }
}
