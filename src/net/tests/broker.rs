//! A printer's broker in miniature, on the same packets; it says and does only what a test tells it to.

use crate::net::tls::vendor::tests::Authority;
use futures_util::{SinkExt, StreamExt};
use rumqttc::{Codec, ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, QoS, SubAck, SubscribeReasonCode};
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::sync::Arc;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::{broadcast, mpsc},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::{codec::Framed, sync::CancellationToken};

pub(super) const CODE: &str = "12345678";

/// A certificate, and a key that may or may not be its own.
#[derive(Clone, Debug)]
pub(super) struct Paper {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// What is shown beside it.
    pub(super) beside: Vec<Vec<u8>>,
}

impl Paper {
    /// Version 3, with a fresh key.
    pub(super) fn of(name: &str) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.self_signed(&key).unwrap().der().to_vec();
        Self { certificate, key: key.serialize_der(), beside: Vec::new() }
    }

    /// Version 1, signed by an authority.
    pub(super) fn signed(authority: &Authority, name: &str) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        Self { certificate: authority.version_1(name, &key), key: key.serialize_der(), beside: Vec::new() }
    }

    /// Version 1, RSA, as printers have it.
    pub(super) fn version_1() -> Self {
        Self {
            certificate: include_bytes!("../../../tests/fixtures/tls/v1.cert.der").to_vec(),
            key: include_bytes!("../../../tests/fixtures/tls/v1.key.der").to_vec(),
            beside: Vec::new(),
        }
    }

    pub(super) fn fingerprint(&self) -> String {
        crate::net::tls::fingerprint(&self.certificate)
    }

    pub(super) fn acceptor(&self, versions: &[&'static SupportedProtocolVersion]) -> TlsAcceptor {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.clone()));
        let key = ring::sign::any_supported_type(&key).unwrap();
        let chain = [&[self.certificate.clone()][..], &self.beside].concat();
        let chain = chain.into_iter().map(CertificateDer::from).collect();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Shown(Arc::new(CertifiedKey::new(chain, key)))));
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Shows a certificate without asking whether the key fits.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// How the broker behaves.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) paper: Paper,
    pub(super) versions: &'static [&'static SupportedProtocolVersion],
    pub(super) puback: bool,
    pub(super) pong: bool,
    /// Instead of a good login.
    pub(super) refuse: Option<u8>,
    pub(super) connack: bool,
    pub(super) suback: bool,
    /// Reads nothing after the first so many requests.
    pub(super) deaf_after: usize,
    /// Said at once after the subscription.
    pub(super) greeting: Vec<Vec<u8>>,
}

impl Manner {
    pub(super) fn of(paper: Paper) -> Self {
        Self {
            paper,
            versions: rustls::ALL_VERSIONS,
            puback: true,
            pong: true,
            refuse: None,
            connack: true,
            suback: true,
            deaf_after: usize::MAX,
            greeting: Vec::new(),
        }
    }
}

/// What the broker saw.
#[derive(Debug)]
pub(super) enum Seen {
    Connect(Connect),
    Subscribe(Vec<String>),
    Request(String),
    Ping,
    Disconnect,
    Gone,
}

#[derive(Clone, Debug)]
enum Say {
    Report(Vec<u8>),
    Bytes(Vec<u8>),
    Hang,
}

pub(super) struct Broker {
    pub(super) port: u16,
    pub(super) seen: mpsc::UnboundedReceiver<Seen>,
    say: broadcast::Sender<Say>,
    cancel: CancellationToken,
    done: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Broker {
    pub(super) async fn start(manner: Manner) -> Self {
        Self::at(0, manner).await
    }

    pub(super) async fn at(port: u16, manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, seen) = mpsc::unbounded_channel();
        let (say, _) = broadcast::channel(4096);
        let cancel = CancellationToken::new();
        let (speech, token) = (say.clone(), cancel.clone());
        let done = tokio::spawn(async move {
            let acceptor = manner.paper.acceptor(manner.versions);
            loop {
                let stream = tokio::select! {
                    () = token.cancelled() => return,
                    accepted = listener.accept() => accepted.unwrap().0,
                };
                stream.set_nodelay(true).unwrap();
                let (acceptor, manner, tell) = (acceptor.clone(), manner.clone(), tell.clone());
                let (heard, token) = (speech.subscribe(), token.clone());
                tokio::spawn(async move {
                    let serve = async {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            serve(stream, manner, &tell, heard).await;
                            let _ = tell.send(Seen::Gone);
                        }
                    };
                    tokio::select! {
                        () = token.cancelled() => {}
                        () = serve => {}
                    }
                });
            }
        });
        Self { port, seen, say, cancel, done: Some(done) }
    }

    /// Stops listening and drops every connection.
    pub(super) async fn stop(&mut self) {
        self.cancel.cancel();
        if let Some(done) = self.done.take() {
            done.await.unwrap();
        }
    }

    /// Publishes on the report topic.
    pub(super) fn report(&self, payload: impl Into<Vec<u8>>) {
        self.say.send(Say::Report(payload.into())).unwrap();
    }

    /// Sends bytes that are no packet of ours.
    pub(super) fn bytes(&self, bytes: Vec<u8>) {
        self.say.send(Say::Bytes(bytes)).unwrap();
    }

    /// Neither reads nor writes from now on, like a printer that lost its power.
    pub(super) fn hang(&self) {
        self.say.send(Say::Hang).unwrap();
    }

    /// The next request that is not one of the usual questions.
    pub(super) async fn order(&mut self) -> String {
        loop {
            match self.seen.recv().await.unwrap() {
                Seen::Request(text) if !text.contains("get_version") && !text.contains("pushall") => return text,
                _ => {}
            }
        }
    }

    /// Everything seen so far.
    pub(super) fn so_far(&mut self) -> Vec<Seen> {
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }
}

async fn serve(
    stream: TlsStream<TcpStream>,
    manner: Manner,
    tell: &mpsc::UnboundedSender<Seen>,
    mut heard: broadcast::Receiver<Say>,
) {
    let mut framed = Framed::new(stream, Codec { max_incoming_size: 1 << 20, max_outgoing_size: 4 << 20 });
    let (mut topic, mut requests) = (String::new(), 0);
    loop {
        let packet = tokio::select! {
            said = heard.recv() => {
                match said.unwrap() {
                    Say::Report(payload) => {
                        let publish = Publish::new(topic.clone(), QoS::AtMostOnce, payload);
                        if framed.send(Packet::Publish(publish)).await.is_err() { return }
                    }
                    Say::Bytes(bytes) => {
                        let stream = framed.get_mut();
                        if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() { return }
                    }
                    Say::Hang => std::future::pending().await,
                }
                continue;
            }
            packet = framed.next() => packet,
        };
        let Some(Ok(packet)) = packet else { return };
        let answer = match packet {
            Packet::Connect(connect) => {
                let good = connect.login.as_ref().is_some_and(|l| l.username == "bblp" && l.password == CODE);
                let _ = tell.send(Seen::Connect(connect));
                let code = match manner.refuse {
                    Some(3) => ConnectReturnCode::ServiceUnavailable,
                    Some(_) => ConnectReturnCode::NotAuthorized,
                    None if good => ConnectReturnCode::Success,
                    None => ConnectReturnCode::BadUserNamePassword,
                };
                manner.connack.then(|| Packet::ConnAck(ConnAck::new(code, false)))
            }
            Packet::Subscribe(subscribe) => {
                let topics: Vec<_> = subscribe.filters.iter().map(|f| f.path.clone()).collect();
                topic.clone_from(&topics[0]);
                let _ = tell.send(Seen::Subscribe(topics));
                if manner.suback {
                    for payload in &manner.greeting {
                        let publish = Publish::new(topic.clone(), QoS::AtMostOnce, payload.clone());
                        framed.send(Packet::Publish(publish)).await.unwrap();
                    }
                }
                let codes = vec![SubscribeReasonCode::Success(QoS::AtMostOnce)];
                manner.suback.then(|| Packet::SubAck(SubAck::new(subscribe.pkid, codes)))
            }
            Packet::Publish(publish) => {
                assert!(publish.qos == QoS::AtLeastOnce && publish.pkid != 0 && publish.topic.ends_with("/request"));
                let _ = tell.send(Seen::Request(String::from_utf8(publish.payload.to_vec()).unwrap()));
                requests += 1;
                if requests >= manner.deaf_after {
                    std::future::pending::<()>().await;
                }
                manner.puback.then(|| Packet::PubAck(PubAck::new(publish.pkid)))
            }
            Packet::PingReq => {
                let _ = tell.send(Seen::Ping);
                manner.pong.then_some(Packet::PingResp)
            }
            Packet::Disconnect => {
                let _ = tell.send(Seen::Disconnect);
                return;
            }
            _ => None,
        };
        if let Some(answer) = answer
            && framed.send(answer).await.is_err()
        {
            return;
        }
    }
}
