//! Who is at the other end: the rule for printer certificates.
//!
//! Printers sign their certificates themselves or by a private authority, name the serial and no address, and use X.509
//! version 1. So: a pinned certificate must be exactly the one shown. Without a pin the name must be the serial, which
//! anybody can write into a certificate: one that the vendor signed is pinned once the handshake has proved that the other
//! end holds its key; about any other a person is asked first, unless they said beforehand that new ones are welcome.
//! The proof is never skipped, and no secret leaves before.
//!
//! One rustls provider (ring). Webpki refuses X.509 version 1, so the rule is our own, and the handshake signature is checked
//! with the certificate's own key, always.

pub(in crate::net) mod ca;
pub(in crate::net) mod pins;
pub(in crate::net) mod vendor;
pub(in crate::net) mod x509;

use crate::net::{tls::ca::certificate, tls::pins::Pins, tls::vendor::Authorities, tls::x509::X509};
use crate::{
    protocol::wire::clean,
    state::{
        PrinterId,
        event::{Event, PrinterEvent},
        printer::{
            certificate::{Certificate, Known, Signer},
            connection::DisconnectReason,
        },
    },
};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme, SupportedCipherSuite,
    SupportedProtocolVersion,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, IpAddr, Ipv4Addr, ServerName, SubjectPublicKeyInfoDer, UnixTime},
};
use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, time::timeout};

/// When a pin is still not written after so long, that is told.
const UNTOLD: Duration = Duration::from_secs(3);

/// What a printer proved to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::net) struct Peer {
    /// Name in the certificate, fit for a screen.
    pub(in crate::net) name: String,
    pub(in crate::net) certificate: Certificate,
}

/// What is accepted at first sight.
#[derive(Debug, Clone, Default)]
pub(in crate::net) struct Policy {
    /// Who vouches for printers.
    pub(in crate::net) authorities: Authorities,
    /// Certificates that nobody vouches for are accepted too.
    pub(in crate::net) trust_new: bool,
}

/// Where news of a printer's certificate go.
#[derive(Debug)]
pub(in crate::net) struct Herald {
    pub(in crate::net) who: PrinterId,
    pub(in crate::net) events: mpsc::Sender<Event>,
}

/// Which certificate a printer must show. One for all connections to it.
#[derive(Debug)]
pub(in crate::net) struct Identity {
    serial: String,
    pins: Pins,
    /// From the configuration; goes before what was learned, and nothing else is accepted.
    configured: Option<String>,
    policy: Policy,
    /// `None`: a connection test, which pins nothing.
    herald: Option<Herald>,
    /// What was told last.
    told: Mutex<Option<Certificate>>,
}

impl Identity {
    pub(in crate::net) fn new(serial: &str, pins: Pins, configured: Option<&str>, policy: Policy) -> Self {
        let configured = configured.map(pins::plain);
        Self { serial: serial.to_owned(), pins, configured, policy, herald: None, told: Mutex::default() }
    }

    /// Pins what is accepted, and tells of it.
    pub(in crate::net) fn with_herald(self, herald: Herald) -> Self {
        Self { herald: Some(herald), ..self }
    }

    /// Accepts a certificate from now on, because a person said so in place of the one that was pinned `before`. A
    /// configured one stays the only one, and another program's stays too.
    pub(in crate::net) async fn trust(&self, fingerprint: &str, before: Option<&str>) {
        if self.configured.is_some() {
            return;
        }
        let (fingerprint, before) = (fingerprint.to_owned(), before.map(str::to_owned));
        self.write(move |pins, serial| pins.accept(serial, &fingerprint, before.as_deref())).await;
    }

    /// What is pinned for the printer.
    pub(in crate::net) fn pinned(&self) -> Option<String> {
        self.pins.get(&self.serial)
    }

    /// Takes in what a finished handshake has proved: pins it if nothing is pinned yet, and tells of it once.
    pub(in crate::net) async fn learn(&self, peer: &Peer) -> Result<(), DisconnectReason> {
        let Some(herald) = &self.herald else { return Ok(()) };
        let Peer { certificate, .. } = peer;
        let known = if self.configured.is_some() {
            Known::Configured
        } else if self.pins.get(&self.serial).is_some() {
            Known::Pinned
        } else {
            // Two connections may begin at the same time: the first one counts.
            let pinned = self.pins.learn(&self.serial, &certificate.fingerprint);
            if pinned != certificate.fingerprint {
                let found = certificate.clone();
                return Err(DisconnectReason::CertificateChanged { pinned, found, configured: false });
            }
            let new = PrinterEvent::Certificate(certificate.clone(), Known::New);
            let _ = herald.events.send(Event::Printer(herald.who, new)).await;
            // Before anything else is said: a command ends as soon as it has its answer.
            if let Some(pinned) = self.write(Pins::save).await {
                return Err(DisconnectReason::CertificateChanged {
                    pinned,
                    found: certificate.clone(),
                    configured: false,
                });
            }
            self.tell(certificate);
            return Ok(());
        };
        if self.tell(certificate) {
            let news = PrinterEvent::Certificate(certificate.clone(), known);
            let _ = herald.events.send(Event::Printer(herald.who, news)).await;
        }
        Ok(())
    }

    /// Whether this certificate is another one than was told last.
    fn tell(&self, certificate: &Certificate) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).replace(certificate.clone());
        told.as_ref() != Some(certificate)
    }

    /// Makes a pin last, and tells where it could not be. The pin of another program that stands there instead.
    async fn write<F>(&self, work: F) -> Option<String>
    where
        F: FnOnce(&Pins, &str) -> io::Result<Option<String>> + Send + 'static,
    {
        let (pins, serial) = (self.pins.clone(), self.serial.clone());
        let mut written = tokio::task::spawn_blocking(move || work(&pins, &serial));
        let written = match timeout(UNTOLD, &mut written).await {
            Ok(written) => written,
            Err(_) => {
                // A command may end before it is known what becomes of it.
                if let (Some(herald), Some(path)) = (&self.herald, self.pins.lock_path()) {
                    let news = PrinterEvent::PinWaits(path.display().to_string());
                    let _ = herald.events.send(Event::Printer(herald.who, news)).await;
                }
                written.await
            }
        };
        let written = written.unwrap_or(Ok(None));
        let (news, other) = match written {
            Ok(None) => return None,
            Ok(Some(other)) => (PrinterEvent::PinTaken(other.clone()), Some(other)),
            Err(error) => {
                tracing::warn!(printer = crate::net::short(&self.serial), %error, "the certificate could not be remembered");
                (PrinterEvent::PinNotKept(error.to_string()), None)
            }
        };
        if let Some(herald) = &self.herald {
            let _ = herald.events.send(Event::Printer(herald.who, news)).await;
        }
        other
    }

    fn check(&self, certificate: &[u8], beside: &[CertificateDer<'_>]) -> Result<(), DisconnectReason> {
        let pinned = self.configured.clone().or_else(|| self.pins.get(&self.serial));
        let fingerprint = fingerprint(certificate);
        if pinned.as_ref() == Some(&fingerprint) {
            return Ok(());
        }
        match X509::read(certificate).and_then(|read| read.common_name()) {
            Some(name) if name.eq_ignore_ascii_case(&self.serial) => {}
            name => {
                return Err(DisconnectReason::OtherPrinter { expected: self.serial.clone(), found: for_screen(name) });
            }
        }
        let found = Certificate { signer: self.policy.authorities.signer(certificate, beside), fingerprint };
        match pinned {
            Some(pinned) => {
                Err(DisconnectReason::CertificateChanged { pinned, found, configured: self.configured.is_some() })
            }
            None if found.signer == Signer::Vendor || self.policy.trust_new => Ok(()),
            None => Err(DisconnectReason::SelfMade(found)),
        }
    }

    /// What the certificates of a finished handshake say.
    pub(in crate::net) fn peer(&self, certificates: Option<&[CertificateDer<'_>]>) -> Option<Peer> {
        let (leaf, beside) = certificates?.split_first()?;
        let signer = self.policy.authorities.signer(leaf, beside);
        let name = for_screen(X509::read(leaf).and_then(|read| read.common_name()));
        Some(Peer { name, certificate: Certificate { fingerprint: fingerprint(leaf), signer } })
    }

    /// The server name to ask for: the serial. A serial that is no host name is not sent.
    pub(in crate::net) fn server_name(&self) -> ServerName<'static> {
        ServerName::try_from(self.serial.clone())
            .unwrap_or(ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0, 0, 0, 0]))))
    }

    /// TLS settings that hold every server to this identity.
    pub(in crate::net) fn client_config(self: &Arc<Self>) -> Result<Arc<ClientConfig>, Error> {
        // A resumed session shows no certificate, and the rule may have changed since.
        self.config(rustls::DEFAULT_VERSIONS, Resumption::disabled())
    }

    /// TLS settings for one visit to the file server, which ties every data connection to the control connection by
    /// resuming its session. With TLS 1.3 some models cut transfers short, and the others do not speak it.
    pub(in crate::net) fn file_config(self: &Arc<Self>) -> Result<Arc<ClientConfig>, Error> {
        self.config(&[&rustls::version::TLS12], Resumption::in_memory_sessions(4))
    }

    fn config(
        self: &Arc<Self>,
        versions: &[&'static SupportedProtocolVersion],
        resumption: Resumption,
    ) -> Result<Arc<ClientConfig>, Error> {
        let provider = Arc::new(ring::default_provider());
        let verifier =
            Verifier { identity: Arc::clone(self), provider: Arc::clone(&provider), verdicts: Mutex::default() };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.resumption = resumption;
        Ok(Arc::new(config))
    }
}

/// SHA-256 in lower-case hexadecimal, by the hash that comes with the cipher suites.
pub(in crate::net) fn fingerprint(certificate: &[u8]) -> String {
    let hash = match ring::cipher_suite::TLS13_AES_128_GCM_SHA256 {
        SupportedCipherSuite::Tls12(suite) => suite.common.hash_provider,
        SupportedCipherSuite::Tls13(suite) => suite.common.hash_provider,
    };
    hash.hash(certificate).as_ref().iter().fold(String::with_capacity(64), |text, b| text + &format!("{b:02x}"))
}

/// A name from the network may hold anything.
fn for_screen(name: Option<String>) -> String {
    let name: String = clean(&name.unwrap_or_default()).trim().chars().take(40).collect();
    if name.is_empty() { "an unnamed device".to_owned() } else { name }
}

/// Why a handshake failed. The verifier's own finding travels inside the TLS error.
pub(in crate::net) fn cause(error: &io::Error) -> DisconnectReason {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(CertificateError::Other(OtherError(finding)))) => {
            finding.downcast_ref::<DisconnectReason>().cloned().unwrap_or(DisconnectReason::Internal)
        }
        Some(Error::InvalidCertificate(CertificateError::BadSignature)) => {
            DisconnectReason::Tls("the other end does not hold the key of its certificate".to_owned())
        }
        // Printers are judged by a rule of our own: this is about a server with a public name.
        Some(Error::InvalidCertificate(why)) => DisconnectReason::BrokerCertificate(certificate(why, "mqtt_host")),
        Some(other) => DisconnectReason::Tls(clean(&other.to_string())),
        None if gone(error) => DisconnectReason::Closed,
        None => DisconnectReason::Network(clean(&error.to_string())),
    }
}

/// Whether the error means that the other end has gone.
pub(in crate::net) fn gone(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

#[derive(Debug)]
struct Verifier {
    identity: Arc<Identity>,
    provider: Arc<CryptoProvider>,
    /// What is to be said of certificates, by fingerprint, once the other end has proved that it holds their keys: nobody
    /// is asked about one that it does not hold. The newest last.
    verdicts: Mutex<VecDeque<(String, Option<DisconnectReason>)>>,
}

/// No printer has so many handshakes under way.
const HANDSHAKES: usize = 16;

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        beside: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let doubt = match self.identity.check(leaf, beside) {
            Ok(()) => None,
            Err(cause @ DisconnectReason::OtherPrinter { .. }) => return Err(refused(cause)),
            Err(cause) => Some(cause),
        };
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = fingerprint(leaf);
        verdicts.retain(|(other, _)| *other != fingerprint);
        if verdicts.len() >= HANDSHAKES {
            verdicts.pop_front();
        }
        verdicts.push_back((fingerprint, doubt));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, leaf, signed, false)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, leaf, signed, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl Verifier {
    /// Checks the signature with the certificate's own key, which webpki would refuse to take out of version 1.
    fn verify(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        tls13: bool,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = X509::read(leaf).and_then(|read| read.public_key()).ok_or(CertificateError::BadEncoding)?;
        let info = SubjectPublicKeyInfoDer::from(key);
        let key = webpki::RawPublicKeyEntity::try_from(&info).map_err(|_| CertificateError::BadEncoding)?;
        let (_, algorithms) = self
            .provider
            .signature_verification_algorithms
            .mapping
            .iter()
            .find(|(scheme, _)| *scheme == signed.scheme && !(tls13 && tls12_only(*scheme)))
            .ok_or(CertificateError::BadSignature)?;
        // TLS 1.3 ties a scheme to one curve, the first of the list.
        let algorithms = if tls13 { algorithms.get(..1).unwrap_or_default() } else { algorithms };
        if algorithms.iter().any(|algorithm| key.verify_signature(*algorithm, message, signed.signature()).is_ok()) {
            return self.verdict(leaf);
        }
        Err(CertificateError::BadSignature.into())
    }

    /// What was found about a certificate whose key the other end has proved to hold. One that nobody has looked at is none.
    fn verdict(&self, leaf: &CertificateDer<'_>) -> Result<HandshakeSignatureValid, Error> {
        let fingerprint = fingerprint(leaf);
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        match verdicts.iter().find(|(known, _)| *known == fingerprint) {
            Some((_, None)) => Ok(HandshakeSignatureValid::assertion()),
            Some((_, Some(cause))) => Err(refused(cause.clone())),
            None => Err(CertificateError::BadSignature.into()),
        }
    }
}

fn refused(cause: DisconnectReason) -> Error {
    CertificateError::Other(OtherError(Arc::new(cause))).into()
}

/// PKCS#1 v1.5 signatures, which TLS 1.3 forbids in handshakes.
fn tls12_only(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::RSA_PKCS1_SHA256 | SignatureScheme::RSA_PKCS1_SHA384 | SignatureScheme::RSA_PKCS1_SHA512
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_sha_256() {
        assert_eq!(fingerprint(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn names_from_the_network_are_made_fit_for_a_screen() {
        assert_eq!(for_screen(Some("a\u{1b}[31mb\n".into())), "a[31mb");
        assert_eq!(for_screen(Some("\u{202e}a\u{ad}\u{2028}b\u{e0041} ".into())), "a b");
        assert_eq!(for_screen(Some("x".repeat(100))).len(), 40);
        assert_eq!(for_screen(None), "an unnamed device");
    }

    #[test]
    fn a_serial_is_the_server_name_if_it_can_be_one() {
        let name = |serial| Identity::new(serial, Pins::default(), None, Policy::default()).server_name();
        assert!(matches!(name("01P00A000000001"), ServerName::DnsName(_)));
        assert!(matches!(name("not a name"), ServerName::IpAddress(_)));
    }
}
