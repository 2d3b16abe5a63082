//! Whether the vendor signed a printer's certificate.
//!
//! A serial number is no secret, so anybody can make a certificate with the right name; only a signature of the vendor's
//! authorities tells a printer from somebody who poses as one before anything is pinned. The names of authorities in a
//! certificate prove nothing and are not read. Nor are dates: printers live longer than their certificates.

use crate::net::tls::x509::X509;
use crate::state::printer::certificate::Signer;
use rustls::{
    crypto::ring,
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer, pem::PemObject},
};
use std::sync::{Arc, LazyLock};

/// So many certificates beside a printer's own are looked at. Printers show one.
const MOST: usize = 4;

static VENDOR: LazyLock<Authorities> = LazyLock::new(|| Authorities::read(include_bytes!("vendor.pem")));

/// Public keys of those who vouch for a printer.
#[derive(Debug, Clone)]
pub struct Authorities(Arc<[SubjectPublicKeyInfoDer<'static>]>);

impl Default for Authorities {
    /// The vendor's.
    fn default() -> Self {
        VENDOR.clone()
    }
}

impl Authorities {
    /// Keys in PEM, each a `PUBLIC KEY`; what cannot be read vouches for nobody.
    pub fn read(pem: &[u8]) -> Self {
        Self(SubjectPublicKeyInfoDer::pem_slice_iter(pem).filter_map(Result::ok).collect())
    }

    /// Who signed a certificate, by what the printer shows: one of the authorities, or an authority that one of them
    /// signed and that is shown beside it (newer models have one a model).
    pub(in crate::net) fn signer(&self, certificate: &[u8], beside: &[CertificateDer<'_>]) -> Signer {
        let Some(certificate) = X509::read(certificate) else { return Signer::Unknown };
        let by_us = |certificate: &X509<'_>| self.0.iter().any(|key| is_signed_by(certificate, key));
        let between = || {
            let shown = beside.iter().take(MOST).filter_map(|other| X509::read(other)).filter(X509::may_sign);
            shown
                .filter_map(|other| Some((other.public_key()?, other)))
                .any(|(key, other)| is_signed_by(&certificate, &SubjectPublicKeyInfoDer::from(key)) && by_us(&other))
        };
        if by_us(&certificate) || between() { Signer::Vendor } else { Signer::Unknown }
    }
}

fn is_signed_by(certificate: &X509<'_>, key: &SubjectPublicKeyInfoDer<'_>) -> bool {
    let (Some(signature), Ok(key)) = (certificate.signature(), webpki::RawPublicKeyEntity::try_from(key)) else {
        return false;
    };
    let algorithms = ring::default_provider().signature_verification_algorithms;
    let named = algorithms.all.iter().filter(|known| known.signature_alg_id().as_ref() == signature.algorithm);
    named.into_iter().any(|known| key.verify_signature(*known, signature.message, signature.value).is_ok())
}

#[cfg(test)]
pub(in crate::net) mod tests;
