//! The broker of one printer: MQTT 3.1.1 over TLS, two topics, any number of clients.

use super::Transport;
use super::fault::Fault;
use super::printer::Printer;
use crate::protocol::camera::USER;
use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use rumqttc::mqttbytes::v4::{
    Codec, ConnAck, Connect, ConnectReturnCode, Packet, PubAck, PubComp, PubRec, Publish, SubAck, SubscribeReasonCode,
    UnsubAck,
};
use rumqttc::mqttbytes::{QoS, matches};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast::error::RecvError;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::codec::Framed;

/// Largest packet a client may send.
const MAX_IN: usize = 1 << 20;
/// Largest packet that is sent: room for a report that no client should take.
const MAX_OUT: usize = 8 << 20;
/// How long a client may take to introduce itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client's connection, as packets.
pub(super) type Wire = Framed<TlsStream<TcpStream>, Codec>;

/// Counts something for as long as it lives.
pub(super) struct Count<'a>(&'a AtomicUsize);

impl<'a> Count<'a> {
    pub(super) fn new(counter: &'a AtomicUsize) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Reads and drops what comes until the other side goes.
pub(super) async fn drain(mut stream: impl tokio::io::AsyncRead + Unpin) {
    let mut bytes = [0; 1024];
    while stream.read(&mut bytes).await.is_ok_and(|n| n > 0) {}
}

/// Serves one client until it goes.
pub(super) async fn serve(printer: Arc<Printer>, tcp: TcpStream) {
    let printer = &*printer;
    if printer.has(Fault::Silent) {
        return drain(tcp).await;
    }
    let Some((mut wire, connect)) = handshake(TlsAcceptor::from(printer.tls(false)), tcp).await else { return };
    let code = authenticate(printer, &connect);
    if wire.send(Packet::ConnAck(ConnAck::new(code, false))).await.is_err() {
        return;
    }
    if code != ConnectReturnCode::Success || printer.has(Fault::CloseAfterConnect) {
        let _ = SinkExt::<Packet>::close(&mut wire).await;
        return;
    }
    let (number, kicked) = printer.sessions.take(&connect.client_id);
    let count = Count::new(&printer.connections);
    tokio::select! {
        () = kicked.cancelled() => {}
        () = serve_session(printer, wire, connect.keep_alive) => {}
    }
    drop(count);
    printer.sessions.leave(&connect.client_id, number);
}

/// The handshake and the first packet; nothing for those who take too long over it or begin in another way.
pub(super) async fn handshake(acceptor: TlsAcceptor, tcp: TcpStream) -> Option<(Wire, Connect)> {
    let _ = tcp.set_nodelay(true);
    let stream = tokio::time::timeout(PATIENCE, acceptor.accept(tcp)).await.ok()?.ok()?;
    let mut wire = Framed::new(stream, Codec { max_incoming_size: MAX_IN, max_outgoing_size: MAX_OUT });
    match tokio::time::timeout(PATIENCE, wire.next()).await {
        Ok(Some(Ok(Packet::Connect(connect)))) => Some((wire, connect)),
        _ => None,
    }
}

/// A CONNACK code by its number.
pub(super) fn refusal(code: u8) -> ConnectReturnCode {
    match code {
        1 => ConnectReturnCode::RefusedProtocolVersion,
        2 => ConnectReturnCode::BadClientId,
        3 => ConnectReturnCode::ServiceUnavailable,
        4 => ConnectReturnCode::BadUserNamePassword,
        _ => ConnectReturnCode::NotAuthorized,
    }
}

fn authenticate(printer: &Printer, connect: &Connect) -> ConnectReturnCode {
    if let Some(code) = printer.faults(|f| f.refusal()) {
        return refusal(code);
    }
    match &connect.login {
        Some(login) if login.username == USER && login.password == printer.access_code() => ConnectReturnCode::Success,
        // Printers do not tell a wrong user from a wrong code.
        _ => ConnectReturnCode::NotAuthorized,
    }
}

/// Reports have quality 0; a subscription is granted at most 1, as printers do.
pub(super) fn granted(asked: QoS) -> QoS {
    if asked == QoS::AtMostOnce { QoS::AtMostOnce } else { QoS::AtLeastOnce }
}

/// Brokers end a session after one and a half keep-alives without a word; 0 is for ever.
pub(super) fn timeouts(keep_alive: u16) -> Duration {
    if keep_alive == 0 { Duration::from_secs(86_400) } else { Duration::from_millis(u64::from(keep_alive) * 1500) }
}

/// A logged-in session.
async fn serve_session(printer: &Printer, mut wire: Wire, keep_alive: u16) {
    let (report, request) =
        (format!("device/{}/report", printer.card.serial), format!("device/{}/request", printer.card.serial));
    let mut reports = printer.subscribe();
    let mut filters: Vec<String> = Vec::new();
    let timeouts = timeouts(keep_alive);
    let silence = tokio::time::sleep(timeouts);
    tokio::pin!(silence);
    loop {
        let answer = tokio::select! {
            packet = wire.next() => {
                let Some(Ok(packet)) = packet else { return };
                silence.set(tokio::time::sleep(timeouts));
                match packet {
                    Packet::Publish(publish) => {
                        if publish.topic == request {
                            printer.request(&publish.payload, Transport::Lan);
                        }
                        match publish.qos {
                            _ if printer.has(Fault::NoPubAck) => None,
                            QoS::AtMostOnce => None,
                            QoS::AtLeastOnce => Some(Packet::PubAck(PubAck::new(publish.pkid))),
                            QoS::ExactlyOnce => Some(Packet::PubRec(PubRec::new(publish.pkid))),
                        }
                    }
                    Packet::Subscribe(subscribe) => {
                        if subscribe.filters.iter().any(|f| f.path == request) {
                            return;
                        }
                        let codes = subscribe.filters.iter().map(|f| SubscribeReasonCode::Success(granted(f.qos))).collect();
                        filters.extend(subscribe.filters.into_iter().map(|f| f.path));
                        Some(Packet::SubAck(SubAck::new(subscribe.pkid, codes)))
                    }
                    Packet::Unsubscribe(unsubscribe) => {
                        filters.retain(|f| !unsubscribe.topics.contains(f));
                        Some(Packet::UnsubAck(UnsubAck::new(unsubscribe.pkid)))
                    }
                    Packet::PubRel(release) => Some(Packet::PubComp(PubComp::new(release.pkid))),
                    Packet::PingReq => Some(Packet::PingResp),
                    Packet::Disconnect => return,
                    _ => None,
                }
            }
            payload = reports.recv() => match payload {
                Ok(_) if printer.has(Fault::NoReportsInLan) => None,
                Ok(payload) if filters.iter().any(|f| matches(&report, f)) => {
                    if printer.has(Fault::CutMidFrame) {
                        return cut_in_the_middle(printer, wire, &report, payload).await;
                    }
                    Some(Packet::Publish(Publish::from_bytes(report.as_str(), QoS::AtMostOnce, payload)))
                }
                // A client too slow for the reports misses some, as over a weak radio link.
                Ok(_) | Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return,
            },
            () = &mut silence => return,
            () = printer.drop_time() => return,
        };
        if let Some(packet) = answer
            && !printer.has(Fault::HalfOpen)
            && wire.send(packet).await.is_err()
        {
            return;
        }
    }
}

/// Sends the first half of a report, then resets the connection.
async fn cut_in_the_middle(printer: &Printer, wire: Wire, topic: &str, payload: Bytes) {
    printer.faults(|f| f.remove(Fault::CutMidFrame));
    let mut bytes = BytesMut::new();
    if Publish::from_bytes(topic, QoS::AtMostOnce, payload).write(&mut bytes).is_err() {
        return;
    }
    let mut stream = wire.into_inner();
    let _ = stream.write_all(&bytes[..bytes.len() / 2]).await;
    let _ = stream.flush().await;
    // A reset overtakes what is still on its way: give the half a moment to arrive.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let _ = stream.get_ref().0.set_zero_linger();
}
