//! The cloud's broker: one session for many printers, and only for those of the account.

use super::fault::CloudFault;
use super::{Cloud, Machine, lock};
use crate::simulator::Transport;
use crate::simulator::mqtt::{self, Count};
use crate::simulator::sessions::Sessions;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, PubComp, PubRec, Publish, SubAck, SubscribeReasonCode,
    UnsubAck,
};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The time within which connections are counted.
const WINDOW: Duration = Duration::from_secs(300);

/// What the broker keeps.
pub(super) struct SessionRegistry {
    limit: Option<usize>,
    /// When the connections of the last minutes came.
    recent: Mutex<VecDeque<Duration>>,
    sessions: Sessions,
    cuts: Mutex<CancellationToken>,
    stop: CancellationToken,
    /// Sessions that are up.
    pub(super) connections: AtomicUsize,
    /// Connections that ever introduced themselves.
    pub(super) connects: AtomicUsize,
}

impl SessionRegistry {
    pub(super) fn new(limit: Option<usize>, stop: &CancellationToken) -> Self {
        Self {
            limit,
            recent: Mutex::default(),
            sessions: Sessions::default(),
            cuts: Mutex::new(stop.child_token()),
            stop: stop.clone(),
            connections: AtomicUsize::new(0),
            connects: AtomicUsize::new(0),
        }
    }

    /// Drops every session there is.
    pub(super) fn cut(&self) {
        std::mem::replace(&mut *lock(&self.cuts), self.stop.child_token()).cancel();
    }

    /// Counts a connection; false when there were too many.
    fn count(&self, now: Duration) -> bool {
        self.connects.fetch_add(1, Ordering::Relaxed);
        let mut recent = lock(&self.recent);
        while recent.front().is_some_and(|at| now.saturating_sub(*at) > WINDOW) {
            recent.pop_front();
        }
        let room = self.limit.is_none_or(|limit| recent.len() < limit);
        if room {
            recent.push_back(now);
        }
        room
    }
}

/// Serves one client until it goes, or until its connection is cut.
pub(super) async fn serve(cloud: Arc<Cloud>, tcp: TcpStream) {
    let cut = lock(&cloud.sessions.cuts).clone();
    tokio::select! {
        biased;
        () = cut.cancelled() => {}
        () = welcome(&cloud, tcp) => {}
    }
}

async fn welcome(cloud: &Arc<Cloud>, tcp: TcpStream) {
    let Some((mut wire, connect)) = mqtt::handshake(TlsAcceptor::from(Arc::clone(&cloud.broker_tls)), tcp).await else {
        return;
    };
    if !cloud.sessions.count(cloud.clock.elapsed()) {
        return;
    }
    let code = authenticate(cloud, &connect);
    if wire.send(Packet::ConnAck(ConnAck::new(code, false))).await.is_err() {
        return;
    }
    if code != ConnectReturnCode::Success {
        let _ = SinkExt::<Packet>::close(&mut wire).await;
        return;
    }
    let (number, kicked) = cloud.sessions.sessions.take(&connect.client_id);
    let count = Count::new(&cloud.sessions.connections);
    tokio::select! {
        () = kicked.cancelled() => {}
        () = serve_session(cloud, wire, connect.keep_alive) => {}
    }
    drop(count);
    cloud.sessions.sessions.leave(&connect.client_id, number);
}

fn authenticate(cloud: &Cloud, connect: &Connect) -> ConnectReturnCode {
    if let Some(code) = lock(&cloud.fault_rules).refusal() {
        return mqtt::refusal(code);
    }
    let now = cloud.now();
    let known = connect.login.as_ref().is_some_and(|login| {
        cloud.account(|account| login.username == account.user() && account.holds(&login.password, now))
    });
    if known { ConnectReturnCode::Success } else { ConnectReturnCode::NotAuthorized }
}

/// A logged-in session. A token that ends meanwhile does not end it.
async fn serve_session(cloud: &Arc<Cloud>, mut wire: mqtt::Wire, keep_alive: u16) {
    let (feed, mut heard) = mpsc::channel(64);
    // Whoever goes is unsubscribed: the guards end the followers.
    let mut followed: HashMap<String, DropGuard> = HashMap::new();
    let timeouts = mqtt::timeouts(keep_alive);
    let silence = tokio::time::sleep(timeouts);
    tokio::pin!(silence);
    loop {
        let answer = tokio::select! {
            packet = wire.next() => {
                let Some(Ok(packet)) = packet else { return };
                silence.set(tokio::time::sleep(timeouts));
                match packet {
                    Packet::Publish(publish) => take_in(cloud, &publish),
                    Packet::Subscribe(subscribe) => {
                        let codes = subscribe.filters.iter().map(|filter| {
                            let Some(machine) = ours(cloud, &filter.path, "report") else {
                                return SubscribeReasonCode::Failure;
                            };
                            let end = CancellationToken::new();
                            tokio::spawn(end.clone().run_until_cancelled_owned(follow(machine, feed.clone())));
                            followed.insert(filter.path.clone(), end.drop_guard());
                            SubscribeReasonCode::Success(mqtt::granted(filter.qos))
                        });
                        let codes = codes.collect();
                        Some(Packet::SubAck(SubAck::new(subscribe.pkid, codes)))
                    }
                    Packet::Unsubscribe(unsubscribe) => {
                        followed.retain(|topic, _| !unsubscribe.topics.contains(topic));
                        Some(Packet::UnsubAck(UnsubAck::new(unsubscribe.pkid)))
                    }
                    Packet::PubRel(release) => Some(Packet::PubComp(PubComp::new(release.pkid))),
                    Packet::PingReq => Some(Packet::PingResp),
                    Packet::Disconnect => return,
                    _ => None,
                }
            }
            // Never the end: this side holds the channel open.
            message = heard.recv() => message.map(Packet::Publish),
            () = &mut silence => return,
        };
        if let Some(packet) = answer
            && !lock(&cloud.fault_rules).has(CloudFault::BrokerSilent)
            && wire.send(packet).await.is_err()
        {
            return;
        }
    }
}

/// The printer of the account that a topic belongs to. A pattern for many belongs to none.
fn ours(cloud: &Cloud, topic: &str, end: &str) -> Option<Arc<Machine>> {
    let serial = topic.strip_prefix("device/")?.strip_suffix(end)?.strip_suffix('/')?;
    cloud.bound().find(|machine| machine.serial() == serial).cloned()
}

/// Hands a request on to its printer, if there is one and it is there. The sender is not told the difference.
fn take_in(cloud: &Cloud, publish: &Publish) -> Option<Packet> {
    if let Some(machine) = ours(cloud, &publish.topic, "request")
        && machine.printer.is_online()
    {
        machine.printer.request(&publish.payload, Transport::Cloud);
    }
    match publish.qos {
        QoS::AtMostOnce => None,
        QoS::AtLeastOnce => Some(Packet::PubAck(PubAck::new(publish.pkid))),
        QoS::ExactlyOnce => Some(Packet::PubRec(PubRec::new(publish.pkid))),
    }
}

/// Passes on what a printer says while it is there, and when it comes and goes.
async fn follow(machine: Arc<Machine>, feed: mpsc::Sender<Publish>) {
    let topic = format!("device/{}/report", machine.serial());
    let mut reports = machine.printer.subscribe();
    let mut online = machine.printer.watch_online();
    loop {
        let payload = tokio::select! {
            biased;
            changed = online.changed() => {
                if changed.is_err() {
                    return;
                }
                let word = if *online.borrow_and_update() { "connected" } else { "disconnected" };
                Bytes::from(serde_json::json!({"event": {"event": format!("client.{word}")}}).to_string())
            }
            report = reports.recv() => match report {
                Ok(report) if *online.borrow() => report,
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        if !machine.is_bound() {
            return;
        }
        if feed.send(Publish::from_bytes(topic.as_str(), QoS::AtMostOnce, payload)).await.is_err() {
            return;
        }
    }
}
