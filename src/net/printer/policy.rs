//! What differs between the two brokers, and the printer's own one: every attempt with the settings as they are then, and no
//! code shown again soon after a refusal.

use crate::net::{
    backoff::{Backoff, Delays},
    printer::{
        dial::{Target, dial},
        session::{Session, report_topic},
        task::{End, dispatch},
    },
    timing::Timing,
};
use crate::{
    protocol::command::Command,
    state::{PrinterId, event::Event, printer::connection::DisconnectReason},
};
use rumqttc::Publish;
use std::{collections::VecDeque, future::pending, net::IpAddr, pin::Pin, sync::Arc, time::Duration};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Sleep, sleep},
};
use tokio_rustls::client::TlsStream;

/// How a broker is connected to, and what is done in its sessions. Whatever waits here may be dropped and called again
/// without losing anything.
pub(in crate::net) trait Policy: Send {
    /// Delays between attempts that fail for no reason that needs a person.
    fn backoff(&self) -> Delays;

    /// Between two pings.
    fn keep_alive(&self) -> Duration;

    /// At least this much after each of our own questions.
    fn question_gap(&self) -> Duration;

    /// Waits for the next attempt; `None`: until something changes. Tells whether something did, so that the delays begin
    /// anew.
    fn pause(&mut self, wait: Option<Duration>) -> impl Future<Output = bool> + Send;

    /// Waits until a connection is wanted, and tells whether one may be tried now.
    fn admit(&mut self) -> impl Future<Output = Result<(), NotYet>> + Send {
        std::future::ready(Ok(()))
    }

    /// Connects, logs in and subscribes.
    fn open(&mut self) -> impl Future<Output = Result<Session, DisconnectReason>> + Send;

    /// The cause in the words for this broker.
    fn explain(&mut self, why: DisconnectReason) -> DisconnectReason {
        why
    }

    /// No attempt is possible sooner.
    fn soonest(&self) -> Duration {
        Duration::ZERO
    }

    /// A session is up.
    fn begin(&mut self);

    /// The serial of a printer that this session reaches.
    fn serial(&self, who: PrinterId) -> Option<&str>;

    /// Whether somebody is to be asked something.
    fn has_questions(&self) -> bool;

    /// Whom to ask what; `None`: it has to wait.
    fn question(&mut self) -> Option<(String, Command)>;

    /// What the session is about changes.
    fn changed(&mut self) -> impl Future<Output = Change> + Send;

    /// Turns a message into events; tells about how many bytes they take.
    fn forward(&mut self, publish: &Publish, outbox: &mut VecDeque<Event>) -> impl Future<Output = usize> + Send;
}

/// Why no attempt may be made now.
pub(in crate::net) struct NotYet {
    /// What is told of it; `None`: nothing, it is only waited.
    pub(in crate::net) why: Option<DisconnectReason>,
    /// When it may be tried; `None`: only when something changes.
    pub(in crate::net) retry_in: Option<Duration>,
}

/// What changed for a session.
pub(in crate::net) enum Change {
    /// There is more to ask.
    Questions,
    /// Other topics are followed.
    Topics { more: Vec<String>, fewer: Vec<String> },
    /// It is over.
    End(End),
}

/// The printer's own broker.
pub(in crate::net) struct Lan {
    id: PrinterId,
    target: watch::Receiver<Arc<Target>>,
    timing: Arc<Timing>,
    /// Whom the newest attempt was for.
    serial: String,
    topic: String,
    to_ask: VecDeque<Command>,
    /// How often the modules were asked for in this session, and whether they are known.
    versions: u32,
    know_version: bool,
    version_due: Pin<Box<Sleep>>,
    /// Who was there at the newest attempt: address and certificate.
    met: Option<(IpAddr, String)>,
    /// They refused the access code.
    refused: bool,
}

impl Lan {
    pub(in crate::net) fn new(id: PrinterId, target: watch::Receiver<Arc<Target>>, timing: Arc<Timing>) -> Self {
        let version_due = Box::pin(sleep(timing.version_every));
        Self {
            id,
            target,
            timing,
            serial: String::new(),
            topic: String::new(),
            to_ask: VecDeque::new(),
            versions: 0,
            know_version: false,
            version_due,
            met: None,
            refused: false,
        }
    }

    /// After a refused code: looks now and then who is there, as far as the handshake, which shows no code. Ends when it is
    /// somebody else, or the same at another address.
    async fn somebody_else(&self) {
        let Some(met) = self.met.as_ref().filter(|_| self.refused) else { return pending().await };
        let target = Arc::clone(&self.target.borrow());
        let mut pauses = Backoff::new(self.timing.certificate);
        loop {
            sleep(pauses.step(fastrand::f64())).await;
            match dial(&target, target.mqtt_port, &self.timing).await {
                Ok((stream, peer))
                    if address(&stream).is_some_and(|ip| (ip, &peer.certificate.fingerprint) == (met.0, &met.1)) => {}
                Ok(_) => return,
                Err(why) if why.is_about_certificate() => return,
                // The printer may be off.
                Err(_) => {}
            }
        }
    }
}

fn address(stream: &TlsStream<TcpStream>) -> Option<IpAddr> {
    stream.get_ref().0.peer_addr().ok().map(|address| address.ip())
}

impl Policy for Lan {
    fn backoff(&self) -> Delays {
        self.timing.backoff
    }

    fn keep_alive(&self) -> Duration {
        self.timing.keep_alive
    }

    fn question_gap(&self) -> Duration {
        Duration::ZERO
    }

    async fn pause(&mut self, wait: Option<Duration>) -> bool {
        let over = async {
            match wait {
                Some(delay) if delay.is_zero() => {}
                Some(delay) => sleep(delay).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            () = over => false,
            () = self.somebody_else() => true,
        }
    }

    async fn open(&mut self) -> Result<Session, DisconnectReason> {
        self.met = None;
        self.refused = false;
        let target = Arc::clone(&self.target.borrow());
        self.serial.clone_from(&target.serial);
        self.topic = report_topic(&target.serial);
        let (stream, peer) = dial(&target, target.mqtt_port, &self.timing).await?;
        self.met = address(&stream).map(|ip| (ip, peer.certificate.fingerprint.clone()));
        Session::enter(&target, stream, peer, &self.timing).await
    }

    fn explain(&mut self, why: DisconnectReason) -> DisconnectReason {
        self.refused = why.is_refused_code();
        why
    }

    fn begin(&mut self) {
        self.to_ask = VecDeque::from([Command::GetVersion, Command::PushAll]);
        self.versions = 1;
        self.know_version = false;
        self.version_due = Box::pin(sleep(self.timing.version_every));
    }

    fn serial(&self, who: PrinterId) -> Option<&str> {
        (who == self.id).then_some(self.serial.as_str())
    }

    fn has_questions(&self) -> bool {
        !self.to_ask.is_empty()
    }

    fn question(&mut self) -> Option<(String, Command)> {
        self.to_ask.pop_front().map(|command| (self.serial.clone(), command))
    }

    /// The modules are asked for until the printer's own one is among them.
    async fn changed(&mut self) -> Change {
        if self.know_version || self.versions >= self.timing.version_tries {
            return pending().await;
        }
        self.version_due.as_mut().await;
        self.versions += 1;
        self.to_ask.push_back(Command::GetVersion);
        self.version_due = Box::pin(sleep(self.timing.version_every));
        Change::Questions
    }

    async fn forward(&mut self, publish: &Publish, outbox: &mut VecDeque<Event>) -> usize {
        if publish.topic != self.topic {
            return 0;
        }
        let dispatched =
            dispatch(publish.payload.clone(), |news| outbox.push_back(Event::Printer(self.id, news))).await;
        self.know_version |= dispatched.complete;
        dispatched.weight
    }
}
