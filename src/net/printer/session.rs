//! One MQTT session: login, subscription, packets. It ends with its connection and leaves nothing behind.

use crate::net::{
    printer::dial::{Target, dial},
    timing::Timing,
    tls::{self, Peer},
};
use crate::{
    config::Secret,
    protocol::{
        camera::USER,
        command::{Command, Seq},
    },
    state::printer::connection::{ConnectStep, DisconnectReason},
};
use bytes::BytesMut;
use futures_util::{SinkExt, StreamExt};
use rumqttc::{
    Codec, Connect, ConnectReturnCode, Packet, PubAck, Publish, QoS, Subscribe, SubscribeFilter, SubscribeReasonCode,
    Unsubscribe, mqttbytes::Error as PacketError,
};
use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::{net::TcpStream, task::yield_now, time::timeout};
use tokio_rustls::client::TlsStream;
use tokio_util::codec::Framed;

/// Full reports of large machines have been seen with 32 KB; more than this is no report.
const LARGEST_IN: usize = 1 << 20;
const LARGEST_OUT: usize = 1 << 18;
/// Reports that overtake the answer to the subscription have so many bytes in all at most.
const LARGEST_EARLY: usize = 2 << 20;

/// So many packets in a row may mean nothing: neither a report nor an answer to what was sent.
const IDLE_TALK: u32 = 256;

/// After so many bytes of one connection all others have their turn, also if its next packets are there already.
const TURN: usize = 64 << 10;

/// How much was read of a connection since others had their turn.
#[derive(Debug, Default)]
struct Turn(usize);

impl Turn {
    fn used(&mut self, bytes: usize) {
        self.0 += bytes;
    }

    /// Waits until all others have had theirs, if enough was read. May be dropped.
    async fn give(&mut self) {
        if self.0 >= TURN {
            self.0 = 0;
            yield_now().await;
        }
    }
}

/// Numbers of sessions, the same row for all printers and cameras.
static SESSIONS: AtomicU32 = AtomicU32::new(1);

/// A number that no other session of this program has.
pub(in crate::net) fn new_number() -> u32 {
    SESSIONS.fetch_add(1, Ordering::Relaxed)
}

/// Who logs in.
pub(in crate::net) struct Login<'a> {
    pub(in crate::net) user: &'a str,
    pub(in crate::net) password: &'a Secret,
    /// What the broker is told; pings come at least as often.
    pub(in crate::net) keep_alive: Duration,
}

/// Where a printer reports.
pub(in crate::net) fn report_topic(serial: &str) -> String {
    format!("device/{serial}/report")
}

/// A session that is logged in and subscribed.
pub(in crate::net) struct Session {
    /// Its number.
    pub(in crate::net) number: u32,
    /// The printer that answered; `None`: the cloud's broker.
    pub(in crate::net) peer: Option<Peer>,
    framed: Framed<TlsStream<TcpStream>, Codec>,
    /// The topics it is subscribed to.
    topics: Vec<String>,
    pkid: u16,
    /// Reports that overtook the answer to the subscription.
    early_publishes: VecDeque<Publish>,
    /// Packets in a row that meant nothing.
    idle_talk: u32,
    turn: Turn,
    /// A packet may be half written: nothing may follow it.
    write_in_progress: bool,
}

impl Session {
    /// Connects to a printer, logs in and subscribes to its reports.
    pub(in crate::net) async fn open(target: &Target, timing: &Timing) -> Result<Self, DisconnectReason> {
        let (stream, peer) = dial(target, target.mqtt_port, timing).await?;
        Self::enter(target, stream, peer, timing).await
    }

    /// The same over a stream to the printer.
    pub(in crate::net) async fn enter(
        target: &Target,
        stream: TlsStream<TcpStream>,
        peer: Peer,
        timing: &Timing,
    ) -> Result<Self, DisconnectReason> {
        let login = Login { user: USER, password: &target.access_code, keep_alive: timing.keep_alive };
        Self::begin(stream, Some(peer), &login, vec![report_topic(&target.serial)], timing).await
    }

    /// Logs in over a stream and subscribes to topics.
    pub(in crate::net) async fn begin(
        stream: TlsStream<TcpStream>,
        peer: Option<Peer>,
        login: &Login<'_>,
        topics: Vec<String>,
        timing: &Timing,
    ) -> Result<Self, DisconnectReason> {
        let codec = Codec { max_incoming_size: LARGEST_IN, max_outgoing_size: LARGEST_OUT };
        let mut session = Self {
            number: 0,
            peer,
            framed: Framed::new(stream, codec),
            topics: Vec::new(),
            pkid: 0,
            early_publishes: VecDeque::new(),
            idle_talk: 0,
            turn: Turn::default(),
            write_in_progress: false,
        };
        session.log_in(login, timing).await?;
        session.subscribe(topics, timing).await?;
        session.number = new_number();
        // Most sessions send pings from now on, and little else.
        if session.framed.write_buffer().is_empty() {
            *session.framed.write_buffer_mut() = BytesMut::new();
        }
        Ok(session)
    }

    async fn log_in(&mut self, login: &Login<'_>, timing: &Timing) -> Result<(), DisconnectReason> {
        // A printer drops the older session of an id that comes twice, and 23 characters are always allowed.
        let mut connect = Connect::new(format!("bambu-tui-{:012x}", fastrand::u64(..1 << 48)));
        connect.set_login(login.user, login.password.expose_secret());
        connect.clean_session = true;
        connect.keep_alive = login.keep_alive.as_secs().clamp(1, 600) as u16;
        self.send(Packet::Connect(connect), timing.write).await?;
        let answer = timeout(timing.login, self.framed.next())
            .await
            .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Login))?;
        match answer {
            Some(Ok(Packet::ConnAck(ack))) => match ack.code {
                ConnectReturnCode::Success => Ok(()),
                // The user is always the same, so either number means the secret.
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                    Err(DisconnectReason::WrongCode)
                }
                refused => Err(DisconnectReason::LoginRefused(refused as u8)),
            },
            Some(Ok(_)) => {
                Err(DisconnectReason::Protocol("something else came instead of an answer to the login".to_owned()))
            }
            Some(Err(PacketError::InvalidConnectReturnCode(code))) => Err(DisconnectReason::LoginRefused(code)),
            Some(Err(error)) => Err(cause(error)),
            None => Err(DisconnectReason::Closed),
        }
    }

    async fn subscribe(&mut self, topics: Vec<String>, timing: &Timing) -> Result<(), DisconnectReason> {
        let filter = |topic: &String| SubscribeFilter::new(topic.clone(), QoS::AtMostOnce);
        let mut subscribe = Subscribe::new_many(topics.iter().map(filter));
        subscribe.pkid = self.next_pkid();
        self.topics = topics;
        self.send(Packet::Subscribe(subscribe), timing.write).await?;
        let mut early = 0;
        let answer = async {
            loop {
                match self.read().await? {
                    Packet::SubAck(ack) => {
                        let refused = ack.return_codes.contains(&SubscribeReasonCode::Failure);
                        let why = || DisconnectReason::Protocol("the subscription was refused".to_owned());
                        return if refused { Err(why()) } else { Ok(()) };
                    }
                    Packet::Publish(publish) => {
                        early += publish.payload.len() + size_of::<Publish>();
                        if early > LARGEST_EARLY {
                            return Err(DisconnectReason::Protocol(
                                "reports flood in before the subscription".to_owned(),
                            ));
                        }
                        self.early_publishes.push_back(publish);
                    }
                    _ => {}
                }
            }
        };
        timeout(timing.login, answer).await.map_err(|_| DisconnectReason::TimedOut(ConnectStep::Login))?
    }

    /// The next packet. May be dropped and called again without losing anything.
    pub(in crate::net) async fn next(&mut self) -> Result<Packet, DisconnectReason> {
        if let Some(publish) = self.early_publishes.pop_front() {
            return Ok(Packet::Publish(publish));
        }
        self.read().await
    }

    /// Reads a packet. A peer that says nothing for ever, as fast as it can, is none: each packet is work for us, and brings
    /// nobody any news.
    async fn read(&mut self) -> Result<Packet, DisconnectReason> {
        self.turn.give().await;
        let packet = self.framed.next().await.ok_or(DisconnectReason::Closed)?.map_err(cause)?;
        if let Packet::Publish(publish) = &packet
            && !publish.payload.is_empty()
        {
            self.turn.used(publish.payload.len());
            self.idle_talk = 0;
            return Ok(packet);
        }
        self.idle_talk += 1;
        if self.idle_talk > IDLE_TALK {
            return Err(DisconnectReason::Protocol("a flood of packets that mean nothing".to_owned()));
        }
        Ok(packet)
    }

    /// Whether a message came on the printer's report topic.
    pub(in crate::net) fn is_report(&self, publish: &Publish) -> bool {
        self.topics.contains(&publish.topic)
    }

    /// A command to a printer as a packet of this session; `None` if it is too large to be sent.
    pub(in crate::net) fn request(&mut self, serial: &str, command: &Command, seq: Seq) -> Option<Packet> {
        // At QoS 0 a busy printer loses commands.
        let mut publish = Publish::new(format!("device/{serial}/request"), QoS::AtLeastOnce, command.to_json(seq));
        publish.pkid = self.next_pkid();
        let packet = Packet::Publish(publish);
        (packet.size() <= LARGEST_OUT).then_some(packet)
    }

    /// Acknowledges a message that asks for it.
    pub(in crate::net) fn answer_to(publish: &Publish) -> Option<Packet> {
        (publish.qos == QoS::AtLeastOnce).then(|| Packet::PubAck(PubAck::new(publish.pkid)))
    }

    /// Writes a packet. After an error, or when dropped before it is done, the session must end.
    pub(in crate::net) async fn send(&mut self, packet: Packet, limit: Duration) -> Result<(), DisconnectReason> {
        self.write_in_progress = true;
        // It may be answered.
        self.idle_talk = 0;
        timeout(limit, self.framed.send(packet))
            .await
            .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Write))?
            .map_err(cause)?;
        self.write_in_progress = false;
        Ok(())
    }

    /// Ends the session politely, unless a packet is half written: saying goodbye would complete it.
    pub(in crate::net) async fn close(mut self, limit: Duration) {
        if !self.write_in_progress {
            let goodbye = async {
                let _ = self.framed.send(Packet::Disconnect).await;
                let _ = self.framed.close().await;
            };
            let _ = timeout(limit, goodbye).await;
        }
    }

    /// Packets that change what a session that is up is subscribed to.
    pub(in crate::net) fn resubscribe(&mut self, more: Vec<String>, fewer: Vec<String>) -> Vec<Packet> {
        let mut packets = Vec::new();
        if !fewer.is_empty() {
            packets.push(Packet::Unsubscribe(Unsubscribe { pkid: self.next_pkid(), topics: fewer }));
        }
        if !more.is_empty() {
            let filters = more.into_iter().map(|topic| SubscribeFilter::new(topic, QoS::AtMostOnce));
            let mut packet = Subscribe::new_many(filters);
            packet.pkid = self.next_pkid();
            packets.push(Packet::Subscribe(packet));
        }
        packets
    }

    fn next_pkid(&mut self) -> u16 {
        self.pkid = self.pkid.checked_add(1).unwrap_or(1);
        self.pkid
    }
}

/// Why a packet could not be read or written. Packet errors name sizes and numbers, never content.
fn cause(error: PacketError) -> DisconnectReason {
    match error {
        PacketError::PayloadSizeLimitExceeded(size) => {
            DisconnectReason::Protocol(format!("a message of {size} bytes is larger than 1 MiB"))
        }
        PacketError::Io(error) if tls::gone(&error) => DisconnectReason::Closed,
        PacketError::Io(error) => tls::cause(&error),
        other => DisconnectReason::Protocol(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::poll_immediate;

    #[tokio::test]
    async fn one_connection_does_not_keep_the_turn() {
        let mut turn = Turn::default();
        for _ in 0..3 {
            let mut read = 0;
            while poll_immediate(turn.give()).await.is_some() {
                turn.used(1000);
                read += 1000;
                assert!(read <= TURN + 1000, "others have their turn");
            }
            assert!(read >= TURN, "a report by itself keeps nobody waiting, and waits for nobody");
        }
    }
}
