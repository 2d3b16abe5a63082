//! The cloud's MQTT broker: one connection for the whole account, which follows the printers that need this transport.
//!
//! Attempts are budgeted ([`budget`]), whatever the person does. After a refused token they are minutes
//! apart until a person asks or there is a new one. Orders go out as over the LAN: on the session that they were confirmed
//! for, or not at all.

pub(in crate::net) mod budget;
pub(in crate::net) mod worker;

use crate::net::{
    backoff::Delays,
    printer::{
        dial,
        mailbox::Interrupt,
        policy::{Change, NotYet, Policy},
        session::{Login, Session, report_topic},
        task::{End, dispatch},
    },
    timing::Timing,
    tls::{self, ca::Trust},
};
use crate::{
    config::Secret,
    protocol::command::Command,
    state::{
        PrinterId,
        event::{CloudEvent, Event, PrinterEvent},
        printer::connection::{ConnectStep, DisconnectReason},
    },
};
use budget::BrokerBudget;
use rumqttc::Publish;
use rustls::pki_types::ServerName;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
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
pub(in crate::net) type Subscriptions = BTreeMap<PrinterId, String>;

/// What the task is told from outside.
#[derive(Debug, Clone)]
pub(in crate::net) struct BrokerInputs {
    pub(in crate::net) access: watch::Receiver<Option<Arc<Access>>>,
    pub(in crate::net) followed: watch::Receiver<Subscriptions>,
    /// Attempts that are left within the window.
    pub(in crate::net) budget: Arc<BrokerBudget>,
    /// Whoever waits for the connection does so for this long; `None`: for as long as it takes.
    pub(in crate::net) timeouts: Option<Duration>,
}

/// Connecting takes about this long; it must fit into what is left of somebody's timeouts.
const HANDSHAKES: Duration = Duration::from_secs(2);

/// When printers are asked for full reports: each has a rest between two of them, over all sessions. A printer stalls for
/// a moment when it makes one.
#[derive(Default)]
struct ReportThrottle {
    resting: BTreeSet<PrinterId>,
    /// Those that are to be asked as soon as they are rested.
    wanted: BTreeSet<PrinterId>,
    timers: JoinSet<PrinterId>,
}

impl ReportThrottle {
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

/// The cloud's broker, as a policy of the task that keeps the link.
pub(in crate::net) struct Broker {
    inputs: BrokerInputs,
    timing: Arc<Timing>,
    throttle: ReportThrottle,
    /// Whom the next attempt is for.
    access: Option<Arc<Access>>,
    /// The printers that the session follows.
    followed: Subscriptions,
    to_ask: VecDeque<(PrinterId, Command)>,
}

impl Broker {
    pub(in crate::net) fn new(inputs: BrokerInputs, timing: Arc<Timing>) -> Self {
        let (throttle, followed, to_ask) = (ReportThrottle::default(), Subscriptions::new(), VecDeque::new());
        Self { inputs, timing, throttle, access: None, followed, to_ask }
    }

    /// Other printers are followed from now on.
    fn follow(&mut self, now: Subscriptions) -> Change {
        let (more, fewer) = difference(&self.followed, &now);
        self.to_ask.retain(|(id, _)| now.contains_key(id));
        self.to_ask.extend(more.keys().flat_map(|id| questions(*id)));
        self.followed = now;
        let topics = |of: &Subscriptions| of.values().map(|serial| report_topic(serial)).collect();
        Change::Topics { more: topics(&more), fewer: topics(&fewer) }
    }
}

impl Policy for Broker {
    #[expect(clippy::misnamed_getters, reason = "the broker has times of its own")]
    fn backoff(&self) -> Delays {
        self.timing.cloud_backoff
    }

    #[expect(clippy::misnamed_getters, reason = "the broker has times of its own")]
    fn keep_alive(&self) -> Duration {
        self.timing.cloud_keep_alive
    }

    /// One request for the versions and one for a full report a printer, apart from each other.
    fn question_gap(&self) -> Duration {
        self.timing.order_gap
    }

    /// A new token ends the wait; a failure alone does not.
    async fn pause(&mut self, wait: Option<Duration>) -> bool {
        let mut access = self.inputs.access.clone();
        access.mark_unchanged();
        tokio::select! {
            () = sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => false,
            changed = access.changed() => changed.is_ok() || std::future::pending().await,
        }
    }

    async fn admit(&mut self) -> Result<(), NotYet> {
        let access = wanted(&mut self.inputs).await;
        let window = self.timing.cloud_window;
        let taken = self.inputs.budget.take(&access.whose(), window).await;
        self.access = Some(access);
        taken.map_err(|left| none_left(left, self.inputs.timeouts))
    }

    async fn open(&mut self) -> Result<Session, DisconnectReason> {
        let access = self.access.take().ok_or(DisconnectReason::Internal)?;
        self.followed = self.inputs.followed.borrow_and_update().clone();
        open(&access, &self.followed, &self.timing).await
    }

    fn explain(&mut self, why: DisconnectReason) -> DisconnectReason {
        of_the_broker(why)
    }

    /// The next attempt is told of where it is really possible.
    fn soonest(&self) -> Duration {
        self.inputs.budget.wait(self.timing.cloud_window)
    }

    fn begin(&mut self) {
        self.to_ask = self.followed.keys().flat_map(|id| questions(*id)).collect();
    }

    fn serial(&self, who: PrinterId) -> Option<&str> {
        self.followed.get(&who).map(String::as_str)
    }

    fn has_questions(&self) -> bool {
        !self.to_ask.is_empty()
    }

    fn question(&mut self) -> Option<(String, Command)> {
        let (id, command) = self.to_ask.pop_front()?;
        let serial = self.followed.get(&id)?.clone();
        let may = command != Command::PushAll || self.throttle.may_ask(id, self.timing.cloud_full_gap);
        may.then_some((serial, command))
    }

    async fn changed(&mut self) -> Change {
        tokio::select! {
            biased;
            // Another account, or none: this session is no longer anybody's.
            changed = self.inputs.access.changed() => {
                Change::End(if changed.is_ok() { End::Idle } else { End::Interrupted(Interrupt::Close) })
            }
            Ok(()) = self.inputs.followed.changed() => {
                let now = self.inputs.followed.borrow_and_update().clone();
                if now.is_empty() { Change::End(End::Idle) } else { self.follow(now) }
            }
            id = self.throttle.rested() => {
                self.to_ask.push_back((id, Command::PushAll));
                Change::Questions
            }
        }
    }

    async fn forward(&mut self, publish: &Publish, outbox: &mut VecDeque<Event>) -> usize {
        let from = self.followed.iter().find(|(_, serial)| report_topic(serial) == publish.topic);
        let Some(id) = from.map(|(id, _)| *id) else { return 0 };
        let to_ask = &mut self.to_ask;
        let dispatched = dispatch(publish.payload.clone(), |news| {
            // A printer that came back knows nothing of earlier questions.
            if matches!(news, PrinterEvent::Online(true)) {
                to_ask.extend(questions(id));
            }
            outbox.push_back(Event::Cloud(CloudEvent::Printer(id, news)));
        })
        .await;
        dispatched.weight
    }
}

/// All attempts are used up for a while: when the next one follows. Whoever has the timeouts waits without a word; somebody
/// who has not is told that there will be none.
fn none_left(left: Duration, timeouts: Option<Duration>) -> NotYet {
    if timeouts.is_some_and(|timeouts| left + HANDSHAKES <= timeouts) {
        return NotYet { why: None, retry_in: Some(left) };
    }
    let seconds = timeouts.map(|_| left.as_millis().div_ceil(1000) as u64);
    NotYet { why: Some(DisconnectReason::BrokerBudget(seconds)), retry_in: timeouts.is_none().then_some(left) }
}

/// The same cause where it is the broker's and not a printer's.
fn of_the_broker(why: DisconnectReason) -> DisconnectReason {
    match why {
        DisconnectReason::WrongCode => DisconnectReason::BrokerRefused,
        DisconnectReason::LoginRefused(code) => DisconnectReason::BrokerLogin(code),
        DisconnectReason::ConnectionRefused => DisconnectReason::BrokerAway,
        DisconnectReason::Closed => DisconnectReason::BrokerClosed,
        DisconnectReason::TimedOut(step) => DisconnectReason::BrokerSilent(step),
        DisconnectReason::UnknownHost(host) => DisconnectReason::BrokerUnknown(host),
        DisconnectReason::Network(why) => DisconnectReason::BrokerUnreachable(why),
        DisconnectReason::Tls(why) | DisconnectReason::Protocol(why) => DisconnectReason::BrokerStrange(why),
        other => other,
    }
}

/// Waits until there is a token and at least one printer to follow.
async fn wanted(inputs: &mut BrokerInputs) -> Arc<Access> {
    loop {
        let access = inputs.access.borrow_and_update().clone();
        let anybody = !inputs.followed.borrow_and_update().is_empty();
        if let Some(access) = access.filter(|_| anybody) {
            return access;
        }
        let changed = tokio::select! {
            changed = inputs.access.changed() => changed,
            changed = inputs.followed.changed() => changed,
        };
        if changed.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn open(access: &Access, followed: &Subscriptions, timing: &Timing) -> Result<Session, DisconnectReason> {
    let tcp = timeout(timing.tcp, dial::connect(&access.host, access.port))
        .await
        .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Tcp))??;
    let config = access.trust.config().await.map_err(|e| DisconnectReason::Network(format!("no TLS: {e}")))?;
    let name =
        ServerName::try_from(access.host.clone()).map_err(|_| DisconnectReason::UnknownHost(access.host.clone()))?;
    let stream = timeout(timing.tls, TlsConnector::from(Arc::new(config)).connect(name, tcp))
        .await
        .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Tls))?
        .map_err(|e| tls::cause(&e))?;
    let login = Login { user: &access.user, password: &access.token, keep_alive: timing.cloud_keep_alive };
    let topics = followed.values().map(|serial| report_topic(serial)).collect();
    Session::begin(stream, None, &login, topics, timing).await
}

fn questions(id: PrinterId) -> [(PrinterId, Command); 2] {
    [(id, Command::GetVersion), (id, Command::PushAll)]
}

/// Printers that are new among the followed, and those that no longer are.
fn difference(before: &Subscriptions, now: &Subscriptions) -> (Subscriptions, Subscriptions) {
    let only = |of: &Subscriptions, other: &Subscriptions| {
        of.iter().filter(|(id, serial)| other.get(id) != Some(serial)).map(|(id, s)| (*id, s.clone())).collect()
    };
    (only(now, before), only(before, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_subscribed_anew() {
        let list = |pairs: &[(u16, &str)]| pairs.iter().map(|(id, s)| (PrinterId(*id), (*s).to_owned())).collect();
        let (before, now): (Subscriptions, Subscriptions) = (list(&[(0, "A"), (1, "B")]), list(&[(1, "B"), (2, "C")]));
        assert_eq!(difference(&before, &now), (list(&[(2, "C")]), list(&[(0, "A")])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_printer_is_asked_for_everything_once_and_then_rests() {
        let (mut rests, gap, one) = (ReportThrottle::default(), Duration::from_secs(60), PrinterId(1));
        assert!(rests.may_ask(one, gap) && rests.may_ask(PrinterId(2), gap), "each for itself");
        assert!(!rests.may_ask(one, gap) && !rests.may_ask(one, gap));
        assert!(timeout(gap / 2, rests.rested()).await.is_err(), "it rests");
        assert_eq!(timeout(gap, rests.rested()).await, Ok(one));
        assert!(rests.may_ask(one, gap), "asked once for many wishes");
        assert!(timeout(gap * 2, rests.rested()).await.is_err(), "nobody wants more");
    }
}
