//! A cloud that is not there: the web servers and the broker of an account, on the loopback, with events of their own.
//!
//! Three web servers (API, website, storage) and one broker share a certificate that an authority of this one start
//! vouches for. Behind them is one account: its ways of logging in, its printers (some reachable only from here, one also
//! over the LAN), and what it has printed. The same simulated printers speak on both transports. [`CloudFault`]s make the
//! servers misbehave.

mod account;
mod answer;
mod broker;
mod ca;
mod control;
mod devices;
mod fault;
mod files;
mod history;
mod http;
mod login;
mod makerworld;
mod messages;
mod paging;
mod plan;
mod projects;
mod routes;
mod slicer;
mod storage;
mod tasks;
mod user;
mod web;

pub use control::{Call, CloudControl, CloudPrinter};
pub use fault::{CloudFault, FaultRule};
pub(super) use slicer::OWN_FILAMENT;

pub use plan::{CloudPlan, TokenForm, TokenPlace};

use super::control::listen;
use super::printer::Printer;
use super::{Clock, Plan, SimulationError};
use account::Account;
use answer::ApiRequest;
use chrono::DateTime;
use control::Servers;
use fault::FaultRules;
use files::FileStore;
use history::PrintHistory;
use messages::Inbox;
use rustls::ServerConfig;
use slicer::PresetStore;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the history looks at the printers.
const LOOK: Duration = Duration::from_secs(1);

/// A printer as the cloud knows it.
pub(super) struct Machine {
    printer: Arc<Printer>,
    /// Whether it also has servers of its own.
    lan: bool,
    /// What its screen would show to somebody who wants it in the account.
    bind_code: String,
    entry: Mutex<Entry>,
}

struct Entry {
    name: String,
    bound: bool,
}

impl Machine {
    fn new(printer: Arc<Printer>, lan: bool, bound: bool, seed: u64) -> Self {
        let number = fastrand::Rng::with_seed(seed ^ printer.card.serial.bytes().map(u64::from).sum::<u64>()).u32(..);
        let entry = Mutex::new(Entry { name: printer.card.name.clone(), bound });
        Self { bind_code: format!("{:06}", number % 1_000_000), printer, lan, entry }
    }

    fn serial(&self) -> &str {
        &self.printer.card.serial
    }

    fn name(&self) -> String {
        lock(&self.entry).name.clone()
    }

    fn rename(&self, name: String) {
        lock(&self.entry).name = name;
    }

    fn is_bound(&self) -> bool {
        lock(&self.entry).bound
    }

    fn set_bound(&self, bound: bool) {
        lock(&self.entry).bound = bound;
    }
}

/// Where the web servers are.
struct Origins {
    api: String,
    web: String,
    storage: String,
}

/// What the servers of the cloud share.
pub(super) struct Cloud {
    clock: Clock,
    epoch: i64,
    origins: Origins,
    /// Signs the links of the storage.
    secret: String,
    tfa_token: TokenPlace,
    web_tls: Arc<ServerConfig>,
    broker_tls: Arc<ServerConfig>,
    account: Mutex<Account>,
    history: Mutex<PrintHistory>,
    inbox: Mutex<Inbox>,
    files: Mutex<FileStore>,
    presets: Mutex<PresetStore>,
    machines: Vec<Arc<Machine>>,
    fault_rules: Mutex<FaultRules>,
    calls: Mutex<Vec<Call>>,
    sessions: broker::SessionRegistry,
    stop: CancellationToken,
}

/// A lock is only held for pure work: a panic in one request must not silence the rest.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cloud {
    /// Seconds since 1970.
    fn now(&self) -> i64 {
        self.epoch + self.clock.elapsed().as_secs() as i64
    }

    /// The moment so many seconds from now, as a header has it.
    fn http_date(&self, seconds: i64) -> String {
        let date = DateTime::from_timestamp(self.now() + seconds, 0);
        date.map_or_else(String::new, |date| date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
    }

    /// Reads or changes the account.
    fn account<T>(&self, f: impl FnOnce(&mut Account) -> T) -> T {
        f(&mut lock(&self.account))
    }

    /// The history, with everything the printers have done until now.
    fn history<T>(&self, f: impl FnOnce(&mut PrintHistory) -> T) -> T {
        let mut history = lock(&self.history);
        for machine in self.bound() {
            history.observe(&machine.printer.machine().sim, self.now());
        }
        f(&mut history)
    }

    /// What has been read.
    fn inbox<T>(&self, f: impl FnOnce(&mut Inbox) -> T) -> T {
        f(&mut lock(&self.inbox))
    }

    /// What has been uploaded.
    fn files<T>(&self, f: impl FnOnce(&mut FileStore) -> T) -> T {
        f(&mut lock(&self.files))
    }

    /// Settings of slicers.
    fn presets<T>(&self, f: impl FnOnce(&mut PresetStore) -> T) -> T {
        f(&mut lock(&self.presets))
    }

    /// Keeps the history while nobody asks for it.
    async fn run(self: Arc<Self>) {
        while self.stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            self.history(|_| ());
        }
    }

    /// Whether a question comes with a token that holds.
    fn lets_in(&self, ask: &ApiRequest) -> bool {
        let now = self.now();
        ask.bearer().is_some_and(|token| self.account(|account| account.holds(token, now)))
    }

    /// The printers of the account.
    fn bound(&self) -> impl Iterator<Item = &Arc<Machine>> {
        self.machines.iter().filter(|machine| machine.is_bound())
    }
}

/// A printer that the cloud is to know, and how it is reached besides.
pub(super) struct DeviceSpec {
    pub(super) printer: Arc<Printer>,
    /// It has servers of its own.
    pub(super) lan: bool,
    /// It belongs to the account.
    pub(super) bound: bool,
}

/// Starts the cloud of a simulation; returns when all its servers listen.
pub(super) async fn start(
    plan: &CloudPlan,
    simulation: &Plan,
    devices: Vec<DeviceSpec>,
    (clock, epoch): (Clock, i64),
    stop: CancellationToken,
) -> Result<CloudControl, SimulationError> {
    let (seed, bind) = (simulation.seed, simulation.bind);
    let (broker_tls, pem) = ca::certificates(bind)?;
    let mut web_tls = broker_tls.clone();
    web_tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    let file = ca::CaFile::write(&pem).map_err(|e| SimulationError::Certificate(e.to_string()))?;
    let port = |i: u16| match plan.port {
        0 => Ok(0),
        first => first.checked_add(i).ok_or(SimulationError::Ports(first)),
    };
    let (api, api_port) = listen((bind, port(0)?).into()).await?;
    let (web, web_port) = listen((bind, port(1)?).into()).await?;
    let (storage, storage_port) = listen((bind, port(2)?).into()).await?;
    let (mqtt, mqtt_port) = listen((bind, port(3)?).into()).await?;
    let origin = |port: u16| format!("https://{}", std::net::SocketAddr::from((bind, port)));
    let mut account = Account::new(seed, plan.token, plan.token_lifetime);
    let token = account.grant(epoch).token;
    let mut fault_rules = FaultRules::default();
    plan::scenario_faults(simulation.scenario)
        .into_iter()
        .chain(plan.faults.clone())
        .for_each(|rule| fault_rules.set(rule));
    let machines: Vec<_> =
        devices.into_iter().map(|g| Arc::new(Machine::new(g.printer, g.lan, g.bound, seed))).collect();
    let serials: Vec<_> = machines.iter().filter(|m| m.is_bound()).map(|m| m.serial()).collect();
    let history = PrintHistory::past(&serials, epoch, seed);
    let cloud = Arc::new(Cloud {
        clock,
        epoch,
        origins: Origins { api: origin(api_port), web: origin(web_port), storage: origin(storage_port) },
        secret: fastrand::Rng::with_seed(seed).u128(..).to_string(),
        tfa_token: plan.tfa_token,
        web_tls: Arc::new(web_tls),
        broker_tls: Arc::new(broker_tls),
        account: Mutex::new(account),
        history: Mutex::new(history),
        inbox: Mutex::default(),
        files: Mutex::default(),
        presets: Mutex::new(PresetStore::new(epoch)),
        machines,
        fault_rules: Mutex::new(fault_rules),
        calls: Mutex::default(),
        sessions: broker::SessionRegistry::new(plan.connection_limit, &stop),
        stop,
    });
    tokio::spawn(Arc::clone(&cloud).run());
    let servers = Servers::open(&cloud, [api, web, storage, mqtt], mqtt_port, bind);
    Ok(CloudControl::new(cloud, servers, file, token))
}

#[cfg(test)]
mod tests;
