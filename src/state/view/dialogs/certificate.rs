//! The question before a printer's certificate is accepted.

use crate::state::{PrinterId, printer::certificate::Certificate};
use std::time::{Duration, Instant};

/// How long a person has to compare two fingerprints.
pub const COMPARE_TIME: Duration = Duration::from_secs(120);
/// The question before a certificate is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateQuestion {
    /// The printer.
    pub who: PrinterId,
    /// The certificate that was pinned before, SHA-256, hexadecimal; `None`: there is none.
    pub pinned: Option<String>,
    /// The one it shows.
    pub found: Certificate,
    /// When the question is void.
    pub until: Instant,
}
