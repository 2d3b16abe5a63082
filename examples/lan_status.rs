//! Asks a printer on the LAN for its state once, and prints what it says.
//!
//! ```sh
//! BAMBU_ACCESS_CODE=… cargo run --example lan_status -- HOST:8883 SERIAL FINGERPRINT
//! ```
//!
//! FINGERPRINT is the SHA-256 of the printer's certificate in hexadecimal digits, as `known_printers` in bambu-tui's state folder
//! has it, or as `bambu-tui simulate` prints it. The library knows what the messages say; how they travel is the business of
//! any MQTT client, here the packets of `rumqttc` on a stream of `tokio-rustls`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example prints and reads its environment")]

use bambu_tui::protocol::{
    command::{Command, Seq},
    report::parse,
};
use futures_util::{SinkExt, StreamExt};
use rumqttc::{Codec, Connect, ConnectReturnCode, Packet, Publish, QoS, Subscribe};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
};
use std::{env, error::Error, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;
use tokio_util::codec::Framed;
use x509_cert::{
    Certificate,
    der::{Decode, Encode},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let usage = "usage: BAMBU_ACCESS_CODE=… lan_status HOST:PORT SERIAL FINGERPRINT";
    let [address, serial, fingerprint]: [String; 3] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| usage)?;
    let access_code = env::var("BAMBU_ACCESS_CODE").map_err(|_| usage)?;

    timeout(Duration::from_secs(20), ask(&address, &serial, fingerprint, &access_code))
        .await
        .map_err(|_| "the printer did not report within 20 s")?
}

async fn ask(address: &str, serial: &str, fingerprint: String, access_code: &str) -> Result<(), Box<dyn Error>> {
    let stream = TcpStream::connect(address).await?;
    let server = ServerName::try_from(serial.to_owned())?;
    let stream = TlsConnector::from(Arc::new(tls(&fingerprint)?)).connect(server, stream).await?;
    // Full reports are larger than most clients take by default.
    let mut mqtt = Framed::new(stream, Codec { max_incoming_size: 1 << 20, max_outgoing_size: 1 << 16 });

    let mut connect = Connect::new("lan_status");
    connect.set_login("bblp", access_code);
    mqtt.send(Packet::Connect(connect)).await?;
    match mqtt.next().await.ok_or("the printer hung up")?? {
        Packet::ConnAck(answer) if answer.code == ConnectReturnCode::Success => {}
        answer => return Err(format!("the printer lets nobody in with this access code: {answer:?}").into()),
    }
    let mut subscribe = Subscribe::new(format!("device/{serial}/report"), QoS::AtMostOnce);
    subscribe.pkid = 1;
    mqtt.send(Packet::Subscribe(subscribe)).await?;
    let question = Command::PushAll.to_json(Seq(1));
    mqtt.send(Packet::Publish(Publish::new(format!("device/{serial}/request"), QoS::AtMostOnce, question))).await?;

    while let Some(packet) = mqtt.next().await {
        let Packet::Publish(message) = packet? else { continue };
        let Some(report) = parse(&message.payload)?.report.filter(|report| report.full) else { continue };
        // Every field may be missing: what a printer does not say is not known.
        let said = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
        println!("state    {}", said(report.job.gcode_state));
        println!("job      {}", said(report.job.subtask_name.map(|name| name.to_string())));
        println!("progress {}", said(report.job.mc_percent.map(|percent| format!("{percent} %"))));
        return Ok(());
    }
    Err("the printer hung up".into())
}

/// TLS that talks to one certificate alone. Printers sign their certificates themselves or by an authority of the vendor's.
fn tls(fingerprint: &str) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Pinned { fingerprint: fingerprint.to_lowercase(), provider: Arc::clone(&provider) };
    Ok(ClientConfig::builder_with_provider(provider)
        // Some printers never answer a hello of TLS 1.3.
        .with_protocol_versions(&[&rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

#[derive(Debug)]
struct Pinned {
    fingerprint: String,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let rustls::SupportedCipherSuite::Tls12(suite) = ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        else {
            return Err(rustls::Error::General("no SHA-256".to_owned()));
        };
        let hash = suite.common.hash_provider.hash(certificate);
        let digits: String = hash.as_ref().iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
        if digits != self.fingerprint {
            return Err(rustls::Error::General(format!("another certificate, with the fingerprint {digits}")));
        }
        Ok(ServerCertVerified::assertion())
    }

    /// Proves that the other end holds the certificate's key. Version 1 of X.509 is nothing that rustls reads by itself.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let bad = |_| rustls::Error::from(CertificateError::BadEncoding);
        let certificate = Certificate::from_der(certificate).map_err(bad)?;
        let key = certificate.tbs_certificate().subject_public_key_info().to_der().map_err(bad)?;
        let key = SubjectPublicKeyInfoDer::from(key);
        let key = webpki::RawPublicKeyEntity::try_from(&key).map_err(|_| CertificateError::BadEncoding)?;
        let known = self.provider.signature_verification_algorithms.mapping;
        let (_, algorithms) =
            known.iter().find(|(scheme, _)| *scheme == signed.scheme).ok_or(CertificateError::BadSignature)?;
        if algorithms.iter().any(|algorithm| key.verify_signature(*algorithm, message, signed.signature()).is_ok()) {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.3 was not offered".to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
