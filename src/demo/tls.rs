//! Certificates as printers have them: self-signed, named after the serial number.

use super::DemoError;
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fmt::Write as _;
use std::sync::Arc;

/// A new certificate for a serial number: the server side of TLS, and the fingerprint.
pub(super) fn certificate(serial: &str) -> Result<(Arc<ServerConfig>, String), DemoError> {
    let key = KeyPair::generate().map_err(|e| DemoError::Certificate(e.to_string()))?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, serial);
    let certificate = params.self_signed(&key).map_err(|e| DemoError::Certificate(e.to_string()))?;
    let der = certificate.der().clone();
    let fingerprint = fingerprint(&der);
    let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12, &rustls::version::TLS13])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![der], key))
        .map_err(|e| DemoError::Certificate(e.to_string()))?;
    // Two hundred printers would each keep a cache of sessions that nobody resumes.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok((Arc::new(config), fingerprint))
}

/// SHA-256 of a certificate, in hexadecimal digits.
pub(super) fn fingerprint(der: &[u8]) -> String {
    let suite = rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
    let hash = suite.tls13().map(|suite| suite.common.hash_provider.hash(der));
    let mut text = String::with_capacity(64);
    for byte in hash.as_ref().map_or(&[][..], AsRef::as_ref) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_certificate_is_another() {
        let (_, one) = super::certificate("01P00A000000001").unwrap();
        let (_, two) = super::certificate("01P00A000000001").unwrap();
        assert_eq!(one.len(), 64);
        assert_ne!(one, two);
        assert_eq!(&super::fingerprint(b"abc")[..8], "ba7816bf");
    }
}
