//! The cloud's MQTT broker: one connection for the whole account, which follows the printers that need this road.
//!
//! Attempts are budgeted ([`attempts`](super::attempts)), whatever the person does. After a refused token they are minutes
//! apart until a person asks or there is a new one. Orders go out as over the LAN: on the session that they were confirmed
//! for, or not at all.

pub(in crate::net) mod budget;
pub(in crate::net) mod worker;

use crate::net::{
    backoff::Retry,
    cloud::budget::Budget,
    printer::dial,
    printer::mailbox::{AFLOAT, Desk, Interrupt, OUTBOX, deliver, taken_in},
    printer::session::{Login, Session, report_topic},
    printer::task::{End, OWN, carry, forward, write},
    timing::Timing,
    tls,
    tls::ca::Trust,
};
use crate::{
    config::Secret,
    protocol::command::Command,
    state::{
        PrinterId,
        event::{CloudEvent, Event, PrinterEvent},
        printer::connection::{Cause, LinkChange, Step},
    },
};
use rumqttc::{Packet, QoS, Subscribe, SubscribeFilter, Unsubscribe};
use rustls::pki_types::ServerName;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    convert::identity,
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;

/// What the account's connection needs.
#[derive(Debug, Clone)]
pub struct Access {
    /// Host of the broker.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Which broker is believed.
    pub trust: Trust,
    /// `u_` and the account's number.
    pub user: String,
    /// The access token.
    pub token: Secret,
}

impl Access {
    /// Whose attempts are counted: an account's at a broker.
    fn whose(&self) -> String {
        format!("{}@{}:{}", self.user, self.host, self.port)
    }
}

/// The printers that are followed over the cloud, with their serials.
pub(in crate::net) type Followed = BTreeMap<PrinterId, String>;

/// What the task is told from outside.
#[derive(Debug, Clone)]
pub(in crate::net) struct Wishes {
    pub(in crate::net) access: watch::Receiver<Option<Arc<Access>>>,
    pub(in crate::net) followed: watch::Receiver<Followed>,
    /// Attempts that are left within the window.
    pub(in crate::net) budget: Arc<Budget>,
    /// Whoever waits for the connection does so for this long; `None`: for as long as it takes.
    pub(in crate::net) patience: Option<Duration>,
}

/// Connecting takes about this long; it must fit into what is left of somebody's patience.
const HANDSHAKES: Duration = Duration::from_secs(2);

/// When printers are asked for full reports: each has a rest between two of them, over all sessions. A printer stalls for
/// a moment when it makes one.
#[derive(Default)]
struct Rests {
    resting: BTreeSet<PrinterId>,
    /// Those that are to be asked as soon as they are rested.
    wanted: BTreeSet<PrinterId>,
    timers: JoinSet<PrinterId>,
}

impl Rests {
    /// Whether a printer may be asked now. If so its rest begins; if not it is remembered.
    fn may_ask(&mut self, id: PrinterId, gap: Duration) -> bool {
        if self.resting.contains(&id) {
            self.wanted.insert(id);
            return false;
        }
        self.resting.insert(id);
        self.timers.spawn(async move {
            sleep(gap).await;
            id
        });
        true
    }

    /// The next printer that is rested and is to be asked.
    async fn rested(&mut self) -> PrinterId {
        loop {
            match self.timers.join_next().await {
                Some(Ok(id)) => {
                    self.resting.remove(&id);
                    if self.wanted.remove(&id) {
                        return id;
                    }
                }
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }
}

/// Keeps the account connected while there is a token and somebody to follow.
pub(in crate::net) async fn run(desk: &mut Desk, wishes: &mut Wishes, timing: &Timing) {
    let mut backoff = Retry::new(timing.cloud_backoff, timing);
    let mut attempt = 0;
    let mut wait = Some(Duration::ZERO);
    let mut rests = Rests::default();
    loop {
        // A new token or another wish of the person ends the wait; a failure alone does not.
        let mut access = wishes.access.clone();
        access.mark_unchanged();
        let pause = async {
            tokio::select! {
                () = sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => false,
                changed = access.changed() => changed.is_ok() || std::future::pending().await,
            }
        };
        match desk.meanwhile(pause).await {
            Ok(false) => {}
            Ok(true) | Err(Interrupt::Again) => (attempt, backoff) = (0, Retry::new(timing.cloud_backoff, timing)),
            Err(Interrupt::Close) => return,
        }
        let ready = desk.meanwhile(wanted(wishes)).await;
        let access = match ready {
            Ok(access) => access,
            Err(Interrupt::Again) => continue,
            Err(Interrupt::Close) => return,
        };
        match desk.meanwhile(wishes.budget.take(&access.whose(), timing.cloud_window)).await {
            Ok(Ok(())) => {}
            Ok(Err(left)) => {
                wait = none_left(desk, left, wishes.patience);
                continue;
            }
            Err(Interrupt::Again) => continue,
            Err(Interrupt::Close) => return,
        }
        attempt += 1;
        desk.link(LinkChange::Connecting { attempt });
        let followed = wishes.followed.borrow_and_update().clone();
        let end = match desk.meanwhile(open(&access, &followed, timing)).await {
            Ok(Ok(mut session)) => {
                attempt = 0;
                let end = hold(desk, &mut session, followed, wishes, timing, (&mut backoff, &mut rests)).await;
                if !matches!(end, End::Lost(_)) {
                    session.close(timing.goodbye).await;
                }
                end
            }
            Ok(Err(cause)) => End::Lost(cause),
            Err(interrupt) => End::Torn(interrupt),
        };
        wait = match end {
            End::Torn(Interrupt::Close) => return,
            End::Torn(Interrupt::Again) => Some(Duration::ZERO),
            End::Idle => {
                desk.link(LinkChange::Closed);
                Some(Duration::ZERO)
            }
            End::Lost(why) => {
                let why = of_the_broker(why);
                // The next attempt is told of where it is really possible.
                let soonest = wishes.budget.wait(timing.cloud_window);
                let retry_in = Some(backoff.step(&why, fastrand::f64()).max(soonest));
                desk.link(LinkChange::Down { why, retry_in });
                retry_in
            }
        };
    }
}

/// All attempts are used up for a while: when the next one follows. Whoever has the patience waits without a word; somebody
/// who has not is told that there will be none.
fn none_left(desk: &mut Desk, left: Duration, patience: Option<Duration>) -> Option<Duration> {
    if patience.is_some_and(|patience| left + HANDSHAKES <= patience) {
        return Some(left);
    }
    let retry_in = patience.is_none().then_some(left);
    let seconds = patience.map(|_| left.as_millis().div_ceil(1000) as u64);
    desk.link(LinkChange::Down { why: Cause::BrokerBudget(seconds), retry_in });
    retry_in
}

/// The same cause where it is the broker's and not a printer's.
fn of_the_broker(why: Cause) -> Cause {
    match why {
        Cause::WrongCode => Cause::BrokerRefused,
        Cause::LoginRefused(code) => Cause::BrokerLogin(code),
        Cause::ConnectionRefused => Cause::BrokerAway,
        Cause::Closed => Cause::BrokerClosed,
        Cause::TimedOut(step) => Cause::BrokerSilent(step),
        Cause::UnknownHost(host) => Cause::BrokerUnknown(host),
        Cause::Network(why) => Cause::BrokerUnreachable(why),
        Cause::Tls(why) | Cause::Protocol(why) => Cause::BrokerStrange(why),
        other => other,
    }
}

/// Waits until there is a token and at least one printer to follow.
async fn wanted(wishes: &mut Wishes) -> Arc<Access> {
    loop {
        let access = wishes.access.borrow_and_update().clone();
        let anybody = !wishes.followed.borrow_and_update().is_empty();
        if let Some(access) = access.filter(|_| anybody) {
            return access;
        }
        let changed = tokio::select! {
            changed = wishes.access.changed() => changed,
            changed = wishes.followed.changed() => changed,
        };
        if changed.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn open(access: &Access, followed: &Followed, timing: &Timing) -> Result<Session, Cause> {
    let tcp = timeout(timing.tcp, dial::connect(&access.host, access.port))
        .await
        .map_err(|_| Cause::TimedOut(Step::Tcp))??;
    let config = access.trust.config().await.map_err(|e| Cause::Network(format!("no TLS: {e}")))?;
    let name = ServerName::try_from(access.host.clone()).map_err(|_| Cause::UnknownHost(access.host.clone()))?;
    let stream = timeout(timing.tls, TlsConnector::from(Arc::new(config)).connect(name, tcp))
        .await
        .map_err(|_| Cause::TimedOut(Step::Tls))?
        .map_err(|e| tls::cause(&e))?;
    let login = Login { user: &access.user, password: &access.token, keep_alive: timing.cloud_keep_alive };
    let topics = followed.values().map(|serial| report_topic(serial)).collect();
    Session::begin(stream, None, &login, topics, timing).await
}

/// Lives through one session.
async fn hold(
    desk: &mut Desk,
    session: &mut Session,
    mut followed: Followed,
    wishes: &mut Wishes,
    timing: &Timing,
    (backoff, rests): (&mut Retry, &mut Rests),
) -> End {
    desk.link(LinkChange::Up { session: session.number });
    // One request for the versions and one for a full report per printer, apart from each other.
    let mut to_ask: VecDeque<(PrinterId, Command)> = followed.keys().flat_map(|id| questions(*id)).collect();
    let mut ping = pin!(sleep(timing.cloud_keep_alive));
    let mut dead = pin!(sleep(timing.cloud_keep_alive * 2));
    let mut stable = pin!(sleep(timing.stable));
    let mut gap = pin!(sleep(Duration::ZERO));
    let (mut young, mut free) = (true, true);
    loop {
        let (sent, calm) = (desk.outbox.is_empty(), desk.afloat < AFLOAT);
        let read = sent && calm;
        let Desk { events, orders, again, cancel, outbox, .. } = &mut *desk;
        tokio::select! {
            biased;
            () = cancel.cancelled() => return End::Torn(Interrupt::Close),
            () = again.notified() => return End::Torn(Interrupt::Again),
            open = deliver(events, outbox, identity), if !sent => {
                if !open {
                    return End::Torn(Interrupt::Close);
                }
                if desk.outbox.is_empty() {
                    dead.set(sleep(timing.cloud_keep_alive * 2));
                }
            }
            open = taken_in(events), if sent && !calm => {
                if !open {
                    return End::Torn(Interrupt::Close);
                }
                desk.afloat = 0;
                dead.set(sleep(timing.cloud_keep_alive * 2));
            }
            order = orders.recv(), if free && outbox.len() < OUTBOX => {
                let Some(order) = order else { return End::Torn(Interrupt::Close) };
                let serial = followed.get(&order.to).cloned();
                match carry(desk, session, serial.as_deref(), order, timing).await {
                    Ok(None) => {}
                    Ok(Some(pause)) => {
                        free = false;
                        gap.set(sleep(pause));
                    }
                    Err(end) => return end,
                }
            }
            () = &mut gap, if !free => free = true,
            changed = wishes.access.changed() => {
                // Another account, or none: this session is no longer anybody's.
                return if changed.is_ok() { End::Idle } else { End::Torn(Interrupt::Close) };
            }
            Ok(()) = wishes.followed.changed() => {
                let now = wishes.followed.borrow_and_update().clone();
                if now.is_empty() {
                    return End::Idle;
                }
                let (more, fewer) = difference(&followed, &now);
                to_ask.retain(|(id, _)| now.contains_key(id));
                to_ask.extend(more.keys().flat_map(|id| questions(*id)));
                followed = now;
                for packet in session.follow(&more, &fewer) {
                    if let Err(end) = write(desk, session, packet, timing).await {
                        return end;
                    }
                }
            }
            () = std::future::ready(()), if free && !to_ask.is_empty() => {
                let Some((id, command)) = to_ask.pop_front() else { continue };
                let Some(serial) = followed.get(&id) else { continue };
                if command == Command::PushAll && !rests.may_ask(id, timing.cloud_full_gap) {
                    continue;
                }
                if let Some(packet) = session.request(serial, &command, OWN)
                    && let Err(end) = write(desk, session, packet, timing).await
                {
                    return end;
                }
                free = false;
                gap.set(sleep(timing.order_gap));
            }
            id = rests.rested() => to_ask.push_back((id, Command::PushAll)),
            () = &mut ping => {
                if let Err(end) = write(desk, session, Packet::PingReq, timing).await {
                    return end;
                }
                ping.set(sleep(timing.cloud_keep_alive));
            }
            () = &mut stable, if young => {
                young = false;
                backoff.reset();
            }
            packet = session.next(), if read => {
                dead.set(sleep(timing.cloud_keep_alive * 2));
                let publish = match packet {
                    Ok(Packet::Publish(publish)) => publish,
                    Ok(_) => continue,
                    Err(cause) => return End::Lost(cause),
                };
                let from = followed.iter().find(|(_, serial)| report_topic(serial) == publish.topic).map(|(id, _)| *id);
                if let Some(id) = from {
                    let read = forward(&publish.payload, |news| {
                        // A printer that came back knows nothing of earlier questions.
                        if matches!(news, PrinterEvent::Online(true)) {
                            to_ask.extend(questions(id));
                        }
                        desk.outbox.push_back(Event::Cloud(CloudEvent::Printer(id, news)));
                    });
                    desk.afloat += read.weight;
                }
                if let Some(packet) = Session::answer_to(&publish)
                    && let Err(end) = write(desk, session, packet, timing).await
                {
                    return end;
                }
            }
            () = &mut dead, if read => return End::Lost(Cause::TimedOut(Step::Read)),
        }
    }
}

fn questions(id: PrinterId) -> [(PrinterId, Command); 2] {
    [(id, Command::GetVersion), (id, Command::PushAll)]
}

/// Printers that are new among the followed, and those that no longer are.
fn difference(before: &Followed, now: &Followed) -> (Followed, Followed) {
    let only = |of: &Followed, other: &Followed| {
        of.iter().filter(|(id, serial)| other.get(id) != Some(serial)).map(|(id, s)| (*id, s.clone())).collect()
    };
    (only(now, before), only(before, now))
}

impl Session {
    /// Packets that change the subscriptions of a session that is up.
    fn follow(&mut self, more: &Followed, fewer: &Followed) -> Vec<Packet> {
        let topics = |of: &Followed| of.values().map(|serial| report_topic(serial)).collect::<Vec<_>>();
        let mut packets = Vec::new();
        if !fewer.is_empty() {
            let mut packet = Unsubscribe { pkid: 0, topics: topics(fewer) };
            packet.pkid = self.next_pkid();
            packets.push(Packet::Unsubscribe(packet));
        }
        if !more.is_empty() {
            let filters = topics(more).into_iter().map(|topic| SubscribeFilter::new(topic, QoS::AtMostOnce));
            let mut packet = Subscribe::new_many(filters);
            packet.pkid = self.next_pkid();
            packets.push(Packet::Subscribe(packet));
        }
        packets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_subscribed_anew() {
        let list = |pairs: &[(u16, &str)]| pairs.iter().map(|(id, s)| (PrinterId(*id), (*s).to_owned())).collect();
        let (before, now): (Followed, Followed) = (list(&[(0, "A"), (1, "B")]), list(&[(1, "B"), (2, "C")]));
        assert_eq!(difference(&before, &now), (list(&[(2, "C")]), list(&[(0, "A")])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_printer_is_asked_for_everything_once_and_then_rests() {
        let (mut rests, gap, one) = (Rests::default(), Duration::from_secs(60), PrinterId(1));
        assert!(rests.may_ask(one, gap) && rests.may_ask(PrinterId(2), gap), "each for itself");
        assert!(!rests.may_ask(one, gap) && !rests.may_ask(one, gap));
        assert!(timeout(gap / 2, rests.rested()).await.is_err(), "it rests");
        assert_eq!(timeout(gap, rests.rested()).await, Ok(one));
        assert!(rests.may_ask(one, gap), "asked once for many wishes");
        assert!(timeout(gap * 2, rests.rested()).await.is_err(), "nobody wants more");
    }
}
