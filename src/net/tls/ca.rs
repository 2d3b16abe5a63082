//! Which servers with public names are believed: the system's authorities, and those of a file.
//!
//! Reading the system's list takes a while and room, so that it is read when the first connection needs it, and once for
//! all of them: API, broker, hooks and texts.

use crate::protocol::{rest::RestErrorKind, wire::clean};
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, OtherError, RootCertStore, WantsVerifier,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::OnceCell;

/// A file of authorities is not larger than this.
const LARGEST_FILE: u64 = 1024 * 1024;

/// The system's authorities alone.
static SYSTEM: OnceCell<Arc<Verifier>> = OnceCell::const_new();

/// Why nobody can be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::net) enum CaError {
    /// The file.
    #[error("{0}")]
    File(String),
    /// The system.
    #[error("{0}; is the package ca-certificates installed?")]
    System(String),
}

impl From<CaError> for RestErrorKind {
    fn from(why: CaError) -> Self {
        match why {
            CaError::File(why) => Self::Setup(why),
            CaError::System(why) => Self::NoAuthorities(why),
        }
    }
}

/// Whom to believe. A clone shares what has been read.
#[derive(Debug, Clone, Default)]
pub struct Trust(Option<Arc<Own>>);

#[derive(Debug)]
struct Own {
    file: PathBuf,
    verifier: OnceCell<Arc<Verifier>>,
}

impl Trust {
    /// The system's authorities, and beside them those of a file of PEM certificates. Nothing is read yet.
    pub fn new(file: Option<PathBuf>) -> Self {
        Self(file.map(|file| Arc::new(Own { file, verifier: OnceCell::new() })))
    }

    /// TLS settings for a connection.
    pub(in crate::net) async fn config(&self) -> Result<ClientConfig, CaError> {
        let cell = self.0.as_ref().map_or(&SYSTEM, |own| &own.verifier);
        let file = self.0.as_ref().map(|own| own.file.clone());
        // Milliseconds, once, and not on the thread of the screen. A thread for it alone would keep a third of a megabyte for
        // good: what it has allocated on the way stays with it.
        let read = || async move { verifier(file.as_deref()) };
        let verifier = Arc::clone(cell.get_or_try_init(read).await?);
        Ok(settings()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }
}

/// Settings that trust nobody: for addresses without TLS, whose redirects stay with their scheme.
pub(in crate::net) fn nobody() -> Result<ClientConfig, CaError> {
    Ok(settings()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn settings() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, CaError> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| CaError::System(clean(&e.to_string())))
}

fn verifier(file: Option<&Path>) -> Result<Arc<Verifier>, CaError> {
    let own = file.map_or_else(|| Ok(Vec::new()), read)?;
    let provider = Arc::new(ring::default_provider());
    let made = Verifier::new_with_extra_roots(own, provider);
    made.map(Arc::new).map_err(|e| CaError::System(clean(&e.to_string())))
}

fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, CaError> {
    let fail = |why: String| {
        CaError::File(format!(
            "ca_file {}: {why}; it must be a file of PEM certificates",
            clean(&file.display().to_string())
        ))
    };
    let text = crate::storage::private_files::read(file, LARGEST_FILE).map_err(|e| fail(e.to_string()))?;
    let list: Vec<_> =
        CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().map_err(|e| fail(e.to_string()))?;
    if list.is_empty() { Err(fail("it holds no certificate".to_owned())) } else { Ok(list) }
}

/// What is wrong with the certificate of a server with a public name; `address` is the setting that leads there.
pub(in crate::net) fn certificate(why: &CertificateError, address: &str) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, UnknownIssuer,
    };
    match why {
        // A wrong signature: an authority that only bears the name of a known one.
        UnknownIssuer | BadSignature => {
            "its certificate is from an authority that this machine does not know".to_owned()
        }
        Expired | ExpiredContext { .. } => {
            "its certificate has expired, or the clock of this machine is wrong".to_owned()
        }
        NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; the clock of this machine may be wrong".to_owned()
        }
        NotValidForName | NotValidForNameContext { .. } => {
            format!("its certificate is for another name; check {address}, or whether a proxy intercepts TLS")
        }
        CertificateError::Other(OtherError(other)) => match other.downcast_ref() {
            Some(webpki::Error::CaUsedAsEndEntity) => {
                "its certificate is that of an authority and not of a server".to_owned()
            }
            _ => clean(&format!("its certificate is of no use: {other}")),
        },
        other => clean(&other.to_string()),
    }
}
