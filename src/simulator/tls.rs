//! Certificates as printers have them: RSA 2048, self-signed, named after the serial number.
//!
//! The same serial and number always give the same certificate, so that a client that has pinned it finds it again after
//! a restart: the key is part of the source (it protects nothing), the dates are fixed, and this kind of signature has no
//! randomness.

use super::SimulationError;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, SerialNumber, date_time_ymd};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use std::fmt::Write as _;
use std::sync::Arc;

/// The key of every simulated printer: public, and worth nothing.
const KEY: &[u8] = include_bytes!("key.der");

/// The certificate of a serial number: the server side of TLS, and the fingerprint. Another `number` is another
/// certificate, as after a factory reset.
pub(super) fn certificate(serial: &str, number: u64) -> Result<(Arc<ServerConfig>, String), SimulationError> {
    let (mut config, fingerprint) = config(serial, number, &[&rustls::version::TLS12, &rustls::version::TLS13])?;
    // Two hundred printers would each keep a cache of sessions that nobody resumes.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok((Arc::new(config), fingerprint))
}

/// The same certificate for one session of the file server: TLS 1.2, with a cache of its own for the sessions that data
/// connections resume.
pub(super) fn for_files(serial: &str, number: u64) -> Result<Arc<ServerConfig>, SimulationError> {
    let (mut config, _) = config(serial, number, &[&rustls::version::TLS12])?;
    config.session_storage = rustls::server::ServerSessionMemoryCache::new(8);
    Ok(Arc::new(config))
}

fn config(
    serial: &str,
    number: u64,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<(ServerConfig, String), SimulationError> {
    let fail = |e: &dyn std::fmt::Display| SimulationError::Certificate(e.to_string());
    let der = PrivatePkcs8KeyDer::from(KEY);
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).map_err(|e| fail(&e))?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, serial);
    params.serial_number = Some(SerialNumber::from(number + 1));
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    let certificate = params.self_signed(&key).map_err(|e| fail(&e))?.der().clone();
    let fingerprint = fingerprint(&certificate);
    let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(der.clone_key());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(|e| fail(&e))?;
    Ok((config, fingerprint))
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
    use super::*;

    #[test]
    fn a_serial_has_its_certificate_and_a_reset_gives_another() {
        let print = |serial, number| certificate(serial, number).unwrap().1;
        assert_eq!(print("01P00A000000001", 0), print("01P00A000000001", 0));
        assert_ne!(print("01P00A000000001", 0), print("01P00A000000001", 1));
        assert_ne!(print("01P00A000000001", 0), print("01P00A000000002", 0));
        assert_eq!(&fingerprint(b"abc")[..8], "ba7816bf");
    }
}
