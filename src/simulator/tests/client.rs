//! An MQTT client of a few lines.

use crate::protocol::command::{Command, Seq};
use crate::simulator::PrinterInfo;
use futures_util::{SinkExt, StreamExt};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Codec, Connect, ConnectReturnCode, Packet, Publish, Subscribe};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::codec::Framed;

/// Longer than any answer takes, short enough to wait for a failing test.
const LONG: Duration = Duration::from_secs(20);

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

pub(super) fn client_config() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth()
}

pub(in crate::simulator) async fn tls(port: u16) -> TlsStream<TcpStream> {
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    TlsConnector::from(Arc::new(client_config())).connect(ServerName::try_from("printer").unwrap(), tcp).await.unwrap()
}

/// Waits for something that another task brings about.
pub(in crate::simulator) async fn until(mut done: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came");
}

pub(in crate::simulator) struct Client {
    pub(in crate::simulator) wire: Framed<TlsStream<TcpStream>, Codec>,
    pub(in crate::simulator) fingerprint: String,
    pub(in crate::simulator) serial: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    pub(in crate::simulator) async fn login(
        card: &PrinterInfo,
        user: &str,
        id: &str,
    ) -> Result<Self, ConnectReturnCode> {
        Self::enter(tls(card.mqtt_port).await, user, &card.access_code, id, &card.serial).await
    }

    /// Logs in on a connection; `serial` is the printer that requests go to.
    pub(in crate::simulator) async fn enter(
        stream: TlsStream<TcpStream>,
        user: &str,
        password: &str,
        id: &str,
        serial: &str,
    ) -> Result<Self, ConnectReturnCode> {
        let der = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
        let codec = Codec { max_incoming_size: 8 << 20, max_outgoing_size: 1 << 18 };
        let mut wire = Framed::new(stream, codec);
        let mut connect = Connect::new(id);
        connect.set_login(user, password);
        connect.keep_alive = 30;
        wire.send(Packet::Connect(connect)).await.unwrap();
        let Some(Ok(Packet::ConnAck(ack))) = wire.next().await else { panic!("no CONNACK") };
        if ack.code != ConnectReturnCode::Success {
            return Err(ack.code);
        }
        let fingerprint = crate::simulator::tls::fingerprint(&der);
        Ok(Self { wire, fingerprint, serial: serial.to_owned() })
    }

    /// Whether a connection is closed in answer to an introduction.
    pub(in crate::simulator) async fn is_turned_away(stream: TlsStream<TcpStream>) -> bool {
        let mut wire = Framed::new(stream, Codec { max_incoming_size: 1 << 20, max_outgoing_size: 1 << 18 });
        wire.send(Packet::Connect(Connect::new("late"))).await.unwrap();
        !matches!(tokio::time::timeout(LONG, wire.next()).await, Ok(Some(Ok(_))) | Err(_))
    }

    pub(in crate::simulator) async fn subscribed(card: &PrinterInfo) -> Self {
        let mut client = Self::login(card, "bblp", "test").await.unwrap();
        client.subscribe(&format!("device/{}/report", card.serial)).await;
        client.until_packet(|p| matches!(p, Packet::SubAck(_))).await;
        client
    }

    pub(in crate::simulator) async fn packet(&mut self, packet: Packet) {
        self.wire.send(packet).await.unwrap();
    }

    pub(in crate::simulator) async fn subscribe(&mut self, topic: &str) {
        let mut subscribe = Subscribe::new(topic, QoS::AtMostOnce);
        subscribe.pkid = 1;
        self.packet(Packet::Subscribe(subscribe)).await;
    }

    pub(in crate::simulator) async fn send(&mut self, command: &Command, seq: u32) {
        let mut publish =
            Publish::new(format!("device/{}/request", self.serial), QoS::AtLeastOnce, command.to_json(Seq(seq)));
        publish.pkid = 7;
        self.packet(Packet::Publish(publish)).await;
    }

    /// Publishes any bytes as a request, with any quality.
    pub(in crate::simulator) async fn raw(&mut self, payload: &[u8], qos: QoS) {
        let mut publish = Publish::new(format!("device/{}/request", self.serial), qos, payload);
        publish.pkid = 9;
        self.packet(Packet::Publish(publish)).await;
    }

    pub(in crate::simulator) async fn until_packet(&mut self, wanted: impl Fn(&Packet) -> bool) -> Packet {
        let search = async {
            loop {
                let packet = self.wire.next().await.expect("a session").expect("a packet");
                if wanted(&packet) {
                    return packet;
                }
            }
        };
        tokio::time::timeout(LONG, search).await.expect("the packet in time")
    }

    /// The next payload, whatever it is.
    pub(in crate::simulator) async fn payload(&mut self) -> Vec<u8> {
        match self.until_packet(|p| matches!(p, Packet::Publish(_))).await {
            Packet::Publish(publish) => publish.payload.to_vec(),
            _ => unreachable!("asked for a publish"),
        }
    }

    /// The next message of this kind.
    pub(in crate::simulator) async fn message(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Ok(value) = serde_json::from_slice(&self.payload().await)
                && wanted(&value)
            {
                return value;
            }
        }
    }

    /// Whether the other side closed; false if it is still there after a long wait.
    pub(in crate::simulator) async fn is_closed(&mut self) -> bool {
        let search = async { while let Some(Ok(_)) = self.wire.next().await {} };
        tokio::time::timeout(LONG, search).await.is_ok()
    }

    /// Whether nothing at all comes for a moment.
    pub(in crate::simulator) async fn is_silent(&mut self) -> bool {
        // What was under way when the silence began does not count.
        let mut quiet = Duration::ZERO;
        for _ in 0..20 {
            match tokio::time::timeout(Duration::from_millis(300), self.wire.next()).await {
                Err(_) => quiet += Duration::from_millis(300),
                Ok(Some(Ok(_))) => quiet = Duration::ZERO,
                Ok(_) => return false,
            }
            if quiet >= Duration::from_millis(600) {
                return true;
            }
        }
        false
    }
}
