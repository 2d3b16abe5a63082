//! The only place that opens a connection.
//!
//! Every printer has a task of its own (`printer::task`), which lives from [`Net::add`] to [`Net::close`]; a watched camera has
//! another one. Effects go in, events come out, and failure is data: no error leaves a task.
//!
//! There is **one event channel**, bounded and filled with `send().await`: a slow loop slows the sockets. A delta is never
//! dropped, for a lost delta is a wrong screen. A task that panics shows as a lost link and starts again.

mod backoff;
mod camera;
mod cloud;
mod error_texts;
mod files;
mod hook;
mod printer;
pub mod rest;
mod supervise;
mod tasks;
mod timing;
mod tls;
mod web;

pub use backoff::Delays;
pub use cloud::Access;
pub use cloud::budget::AttemptCounter;
pub use cloud::worker::{AccountOptions, Keeper, Kept, SignIn};
pub use error_texts::TextOptions;
pub use files::encrypted::Encrypted;
pub use printer::probe::split_port;
pub use timing::Timing;
pub use tls::pins::Pins;
pub use tls::vendor::Authorities;

use crate::{
    config::{Hook, PrinterConfig},
    protocol::command::Seq,
    state::{
        PrinterId,
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::{camera::PictureSize, connection::Refusal, objects::JobFileRequest, transport::Transport},
    },
};
use printer::dial::Target;
use printer::mailbox::{LinkOwner, PublishRequest, TaskMailbox};
use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tasks::Tasks;
use tls::{Herald, Policy};
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, watch},
    task::AbortHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// So many orders may wait for their turn in one session.
const WAITING_ORDERS: usize = 32;
/// So many printers connect at once; the first connects of further ones are spread.
const AT_ONCE: usize = 8;

/// How the network layer behaves.
#[derive(Debug, Clone)]
pub struct NetOptions {
    /// Durations.
    pub timing: Timing,
    /// Known certificates.
    pub pins: Pins,
    /// Who vouches for printers.
    pub authorities: Authorities,
    /// New certificates that nobody vouches for are pinned without a question.
    pub trust_new: bool,
    /// From the ninth printer on, the first connect comes at a random moment within this time.
    pub spread: Duration,
    /// What is done when something happens.
    pub hooks: Vec<Hook>,
    /// The cloud; `None`: it is not used.
    pub account: Option<AccountOptions>,
    /// Where a file may lie while it is read.
    pub scratch: PathBuf,
    /// Whose files come over TLS.
    pub encrypted: Encrypted,
    /// How the vendor's texts for codes are got.
    pub texts: TextOptions,
    /// Where the tasks run; `None`: on the runtime on which this layer is made.
    pub runtime: Option<Handle>,
}

impl Default for NetOptions {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            pins: Pins::default(),
            authorities: Authorities::default(),
            trust_new: false,
            spread: Duration::from_secs(2),
            hooks: Vec::new(),
            account: None,
            scratch: std::env::temp_dir(),
            encrypted: Encrypted::default(),
            texts: TextOptions::default(),
            runtime: None,
        }
    }
}

/// The connections to all printers. Dropping it ends them at once; [`Net::close`] says goodbye.
#[derive(Debug)]
pub struct Net {
    timing: Arc<Timing>,
    pins: Pins,
    policy: Policy,
    spread: Duration,
    events: mpsc::Sender<Event>,
    decoder: camera::picture::Decoder,
    printers: HashMap<PrinterId, PrinterTasks>,
    tasks: Tasks,
    probe: Option<AbortHandle>,
    hooks: hook::Hooks,
    scratch: PathBuf,
    encrypted: Encrypted,
    texts: error_texts::TextSources,
    account: Option<Account>,
    cancel: CancellationToken,
}

/// The way to the account's task.
#[derive(Debug)]
struct Account {
    orders: mpsc::Sender<PublishRequest>,
    reconnect: Arc<Notify>,
    access: watch::Sender<Option<Arc<Access>>>,
    followed: watch::Sender<cloud::Subscriptions>,
    worker: Option<Arc<cloud::worker::CloudWorker>>,
}

/// The way to one printer's tasks.
#[derive(Debug)]
struct PrinterTasks {
    /// What every connection to the printer needs, as it is set now.
    target: watch::Sender<Arc<Target>>,
    orders: mpsc::Sender<PublishRequest>,
    /// Connect anew.
    reconnect: Arc<Notify>,
    /// The camera's counterpart: try again now.
    retry: Arc<Notify>,
    /// The picture size that is wanted; `None` until somebody watches for the first time.
    wanted: Option<watch::Sender<Option<PictureSize>>>,
    /// The file of a job is being fetched.
    job_file: Option<AbortHandle>,
    cancel: CancellationToken,
}

impl Net {
    /// A network layer without printers. Must be called inside a tokio runtime, like everything here.
    pub fn new(options: NetOptions, events: mpsc::Sender<Event>) -> Self {
        let NetOptions {
            timing,
            pins,
            authorities,
            trust_new,
            spread,
            hooks,
            account,
            texts,
            scratch,
            encrypted,
            runtime,
        } = options;
        let (mut tasks, cancel) = (Tasks::on(runtime.unwrap_or_else(Handle::current)), CancellationToken::new());
        let (timing, clients) = (Arc::new(timing), Arc::new(web::Clients::default()));
        let end = (cancel.clone(), timing.goodbye);
        let hooks = hook::Hooks::start(hooks, Arc::clone(&clients), events.clone(), &mut tasks, end);
        let ways = (clients, Arc::clone(&timing), events.clone());
        let texts = error_texts::TextSources::start(texts, ways, &mut tasks, cancel.clone());
        let mut net = Self {
            timing,
            pins,
            policy: Policy { authorities, trust_new },
            spread,
            events,
            decoder: camera::picture::Decoder::default(),
            printers: HashMap::new(),
            tasks,
            probe: None,
            hooks,
            scratch,
            encrypted,
            texts,
            account: None,
            cancel,
        };
        if let Some(account) = account {
            net.use_cloud(account);
        }
        net
    }

    /// Starts to connect to a printer. A printer that was added under the same number before is given up.
    pub fn add(&mut self, id: PrinterId, config: PrinterConfig) {
        self.add_with(id, config, None);
    }

    /// The same, with a certificate that a person has accepted.
    pub fn add_trusted(&mut self, id: PrinterId, config: PrinterConfig, fingerprint: &str) {
        self.add_with(id, config, Some(fingerprint));
    }

    fn add_with(&mut self, id: PrinterId, config: PrinterConfig, accepted: Option<&str>) {
        self.texts.read(&config.serial);
        let cancel = self.cancel.child_token();
        let reconnect = Arc::new(Notify::new());
        let (orders, waiting) = mpsc::channel(WAITING_ORDERS);
        let mailbox = TaskMailbox {
            owner: LinkOwner::Printer(id),
            name: short(&config.serial),
            events: self.events.clone(),
            orders: waiting,
            reconnect: Arc::clone(&reconnect),
            cancel: cancel.clone(),
            outbox: VecDeque::new(),
            afloat: 0,
            in_flight: None,
        };
        let target = self.target(id, config);
        let identity = Arc::clone(&target.identity);
        let target = watch::Sender::new(Arc::new(target));
        let late = self.printers.len() >= AT_ONCE;
        let delay = if late { self.spread.mul_f64(fastrand::f64()) } else { Duration::ZERO };
        let link = supervise::printer(mailbox, id, target.subscribe(), Arc::clone(&self.timing), delay);
        let accepted = accepted.map(str::to_owned);
        self.tasks.spawn(async move {
            if let Some(fingerprint) = accepted {
                let before = identity.pinned();
                identity.trust(&fingerprint, before.as_deref()).await;
            }
            link.await;
        });
        let line =
            PrinterTasks { target, orders, reconnect, retry: Arc::default(), wanted: None, job_file: None, cancel };
        if let Some(before) = self.printers.insert(id, line) {
            before.cancel.cancel();
        }
    }

    fn target(&self, id: PrinterId, config: PrinterConfig) -> Target {
        let herald = Some(Herald { who: id, events: self.events.clone() });
        Target::new(config, self.pins.clone(), self.policy.clone(), herald)
    }

    /// Connects anew to a printer whose settings are other ones now. Its serial number is the same.
    pub fn reconfigure(&mut self, id: PrinterId, config: PrinterConfig) {
        let target = self.target(id, config);
        let Some(line) = self.line(id) else { return };
        target.keep_encryption(&line.target.borrow());
        line.target.send_replace(Arc::new(target));
        line.connect();
    }

    /// Connects to the cloud as somebody, or ends that connection. Its task starts with the first account.
    #[cfg(any(test, feature = "internals"))]
    pub fn sign_in(&mut self, access: Option<Access>) {
        if access.is_some() || self.account.is_some() {
            self.account(None, None).access.send_replace(access.map(Arc::new));
        }
    }

    /// Uses the cloud: its questions are answered from now on, and its broker is followed for whoever is signed in.
    fn use_cloud(&mut self, options: AccountOptions) {
        let (events, decoder) = (self.events.clone(), self.decoder.clone());
        let account = self.account(options.counter.clone(), options.timeouts);
        let worker = cloud::worker::CloudWorker::new(options, account.access.clone(), events, decoder);
        account.worker = Some(Arc::new(worker));
    }

    /// The account's task, which starts with the first question.
    fn account(&mut self, counter: Option<AttemptCounter>, timeouts: Option<Duration>) -> &mut Account {
        let Self { account, events, tasks, timing, cancel, .. } = self;
        account.get_or_insert_with(|| {
            let (orders, waiting) = mpsc::channel(WAITING_ORDERS);
            let reconnect = Arc::new(Notify::new());
            let (access, new_access) = watch::channel(None);
            let (followed, new_followed) = watch::channel(cloud::Subscriptions::new());
            let budget = Arc::new(cloud::budget::BrokerBudget::new(counter));
            let mailbox = TaskMailbox {
                owner: LinkOwner::Account,
                name: "account".to_owned(),
                events: events.clone(),
                orders: waiting,
                reconnect: Arc::clone(&reconnect),
                cancel: cancel.child_token(),
                outbox: VecDeque::new(),
                afloat: 0,
                in_flight: None,
            };
            let inputs = cloud::BrokerInputs { access: new_access, followed: new_followed, budget, timeouts };
            tasks.spawn(supervise::account(mailbox, inputs, Arc::clone(timing)));
            Account { orders, reconnect, access, followed, worker: None }
        })
    }

    /// Carries out what concerns the network and ignores the rest. Never blocks; answers come as events.
    pub fn carry_out(&mut self, effect: Effect) {
        // Tasks that have ended, such as connection tests, leave their results behind.
        self.tasks.forget_ended();
        match effect {
            Effect::Send { to, transport, session, seq, command } => {
                self.send(transport, PublishRequest { to, session, seq, command });
            }
            Effect::Follow(printers) => {
                if let Some(account) = &self.account {
                    account.followed.send_replace(printers);
                }
            }
            Effect::AskCloud(request) => {
                if let Some(worker) = self.account.as_ref().and_then(|account| account.worker.clone()) {
                    self.tasks.spawn(worker.answer(request));
                }
            }
            Effect::ReconnectCloud => {
                if let Some(account) = &self.account {
                    account.reconnect.notify_one();
                }
            }
            Effect::Reconnect(who) => {
                if let Some(line) = self.line(who) {
                    line.connect();
                }
            }
            Effect::Trust { who, fingerprint, before } => {
                if let Some(line) = self.line(who) {
                    let (target, reconnect, retry) =
                        (Arc::clone(&line.target.borrow()), Arc::clone(&line.reconnect), Arc::clone(&line.retry));
                    self.tasks.spawn(async move {
                        target.identity.trust(&fingerprint, before.as_deref()).await;
                        reconnect.notify_one();
                        retry.notify_one();
                    });
                }
            }
            Effect::Watch { who, size } => self.watch(who, size),
            Effect::FetchPlate { who, wanted } => self.fetch(who, *wanted),
            Effect::Probe(printer) => {
                if let Some(before) = self.probe.take() {
                    before.abort();
                }
                let known = (self.pins.clone(), self.policy.clone());
                let test = printer::probe::run(printer, known, Arc::clone(&self.timing), self.events.clone());
                self.probe = Some(self.tasks.spawn(test));
            }
            Effect::Tell(news) => self.hooks.tell(news),
            Effect::Texts(ask) => self.texts.fetch(ask),
            _ => tracing::debug!("an effect that is no business of the network"),
        }
    }

    /// Ends all connections politely, within a short time.
    pub async fn close(mut self) {
        self.cancel.cancel();
        if let Some(probe) = self.probe.take() {
            probe.abort();
        }
        let all = async { while self.tasks.ended().await.is_some() {} };
        if timeout(self.timing.goodbye * 2, all).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }

    fn line(&self, who: PrinterId) -> Option<&PrinterTasks> {
        let line = self.printers.get(&who);
        if line.is_none() {
            tracing::debug!(printer = who.0, "unknown printer");
        }
        line
    }

    fn send(&mut self, transport: Transport, order: PublishRequest) {
        use mpsc::error::TrySendError::{Closed, Full};
        let (to, seq) = (order.to, order.seq);
        let orders = match transport {
            Transport::Lan => self.printers.get(&to).map(|line| &line.orders),
            Transport::Cloud => self.account.as_ref().map(|account| &account.orders),
        };
        let why = match orders.map(|orders| orders.try_send(order)) {
            Some(Ok(())) => return,
            Some(Err(Full(_))) => Refusal::Stuck,
            Some(Err(Closed(_))) | None => Refusal::NotConnected,
        };
        self.refuse(to, seq, why);
    }

    /// Answers an order that no task has taken.
    fn refuse(&mut self, to: PrinterId, seq: Seq, why: Refusal) {
        use mpsc::error::TrySendError::Full;
        if let Err(Full(event)) = self.events.try_send(Event::Printer(to, PrinterEvent::Refused(seq, why))) {
            let (events, cancel) = (self.events.clone(), self.cancel.clone());
            self.tasks.spawn(async move {
                tokio::select! {
                    () = cancel.cancelled() => {}
                    _ = events.send(event) => {}
                }
            });
        }
    }

    /// One fetch a printer: its server takes one connection at a time, and the newest job is the one that counts.
    fn fetch(&mut self, who: PrinterId, wanted: JobFileRequest) {
        let Some(line) = self.printers.get_mut(&who) else { return };
        if let Some(before) = line.job_file.take() {
            before.abort();
        }
        let (cancel, fetch) = (
            line.cancel.clone(),
            files::job_file::JobFileFetch {
                id: who,
                target: Arc::clone(&line.target.borrow()),
                timing: Arc::clone(&self.timing),
                events: self.events.clone(),
                folder: self.scratch.clone(),
                encrypted: self.encrypted.clone(),
                wanted,
            },
        );
        line.job_file = Some(self.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                () = files::job_file::run(fetch) => {}
            }
        }));
    }

    fn watch(&mut self, who: PrinterId, size: Option<PictureSize>) {
        let Some(line) = self.printers.get_mut(&who) else { return };
        if let Some(wanted) = &line.wanted {
            wanted.send_if_modified(|now| std::mem::replace(now, size) != size);
        } else if size.is_some() {
            let (sender, wanted) = watch::channel(size);
            line.wanted = Some(sender);
            let task = camera::CameraTask {
                id: who,
                name: short(&line.target.borrow().serial),
                target: line.target.subscribe(),
                timing: Arc::clone(&self.timing),
                decoder: self.decoder.clone(),
                events: self.events.clone(),
                wanted,
                retry: Arc::clone(&line.retry),
                cancel: line.cancel.clone(),
            };
            self.tasks.spawn(supervise::camera(task));
        }
    }
}

impl PrinterTasks {
    fn connect(&self) {
        self.reconnect.notify_one();
        self.retry.notify_one();
    }
}

/// A serial for the log: its first three and last four characters.
fn short(serial: &str) -> String {
    let all: Vec<char> = serial.chars().collect();
    let start: String = all.iter().take(3).collect();
    let end: String = if all.len() > 9 { all[all.len() - 4..].iter().collect() } else { String::new() };
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests;
