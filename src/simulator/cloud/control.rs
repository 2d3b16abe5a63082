//! Control of the cloud: where it is, who may log in, and what tests may do to it.

use super::answer::Site;
use super::ca::CaFile;
use super::fault::{CloudFault, FaultRule};
use super::plan::TokenForm;
use super::{Cloud, Machine, broker, http, lock};
use crate::protocol::model::Model;
use crate::simulator::SimulationError;
use crate::simulator::control::{accept, listen_again};
use serde_json::{Value, json};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A request that reached a web server. What it carried is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Time since the start of the simulation.
    pub at: Duration,
    /// `GET`, `POST` …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Status of the answer.
    pub status: u16,
}

/// A printer as the account has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudPrinter {
    /// Its name in the account.
    pub name: String,
    /// Model.
    pub model: Model,
    /// Serial number.
    pub serial: String,
    /// Whether it can also be reached over the LAN.
    pub lan: bool,
}

/// The running servers: the web for as long as the simulation lives, the broker while it is not down.
pub(super) struct Servers {
    bind: IpAddr,
    broker_port: u16,
    broker: Mutex<Option<(CancellationToken, TaskTracker)>>,
}

impl Servers {
    /// Takes connections on the listeners of the API, the website, the storage and the broker.
    pub(super) fn open(cloud: &Arc<Cloud>, listeners: [TcpListener; 4], broker_port: u16, bind: IpAddr) -> Self {
        let [api, web, storage, broker] = listeners;
        let tasks = TaskTracker::new();
        for (listener, site) in [(api, Site::Api), (web, Site::Web), (storage, Site::Storage)] {
            let cloud = Arc::clone(cloud);
            accept(&tasks, &cloud.stop.clone(), listener, move |tcp| http::serve(Arc::clone(&cloud), site, tcp));
        }
        let servers = Self { bind, broker_port, broker: Mutex::default() };
        servers.open_broker(cloud, broker);
        servers
    }

    fn open_broker(&self, cloud: &Arc<Cloud>, listener: TcpListener) {
        let (power, tasks) = (cloud.stop.child_token(), TaskTracker::new());
        let shared = Arc::clone(cloud);
        accept(&tasks, &power, listener, move |tcp| broker::serve(Arc::clone(&shared), tcp));
        tasks.close();
        *lock(&self.broker) = Some((power, tasks));
    }
}

/// Control over the running cloud. What it tells are secrets of nobody: they open a simulation, and end with it.
pub struct CloudControl {
    cloud: Arc<Cloud>,
    servers: Servers,
    ca: CaFile,
    token: String,
}

impl fmt::Debug for CloudControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudControl")
            .field("api_url", &self.api_url())
            .field("web_url", &self.web_url())
            .field("mqtt_port", &self.mqtt_port())
            .finish_non_exhaustive()
    }
}

impl CloudControl {
    pub(super) fn new(cloud: Arc<Cloud>, servers: Servers, ca: CaFile, token: String) -> Self {
        Self { cloud, servers, ca, token }
    }

    /// Address of the API, without a slash at its end.
    pub fn api_url(&self) -> &str {
        &self.cloud.origins.api
    }

    /// Address of the website.
    pub fn web_url(&self) -> &str {
        &self.cloud.origins.web
    }

    /// Address of the storage, which only pre-signed links lead to.
    pub fn storage_url(&self) -> &str {
        &self.cloud.origins.storage
    }

    /// Host of the broker.
    pub fn mqtt_host(&self) -> String {
        self.servers.bind.to_string()
    }

    /// Port of the broker.
    pub fn mqtt_port(&self) -> u16 {
        self.servers.broker_port
    }

    /// The certificate of the authority that vouches for all of them, as PEM. The file goes with the simulation.
    pub fn ca_file(&self) -> &Path {
        self.ca.path()
    }

    /// The account's address: a password brings a one-time code.
    pub fn account(&self) -> String {
        self.cloud.account(|a| a.address.clone())
    }

    /// The same account under an address whose password asks for the authenticator.
    pub fn tfa_account(&self) -> String {
        self.cloud.account(|a| a.tfa_address.clone())
    }

    /// The same account under an address for which the password is enough.
    pub fn plain_account(&self) -> String {
        self.cloud.account(|a| a.plain_address.clone())
    }

    /// The same account under a telephone number.
    pub fn phone(&self) -> String {
        self.cloud.account(|a| a.phone.clone())
    }

    /// The password, whatever the address.
    pub fn password(&self) -> String {
        self.cloud.account(|a| a.password.clone())
    }

    /// The one-time code; good once somebody has asked for it.
    pub fn code(&self) -> String {
        self.cloud.account(|a| a.code.clone())
    }

    /// What the authenticator shows.
    pub fn tfa_code(&self) -> String {
        self.cloud.account(|a| a.tfa_code.clone())
    }

    /// The account's number.
    pub fn uid(&self) -> u64 {
        self.cloud.account(|a| a.uid)
    }

    /// A token that holds from the beginning.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Another token, of any form.
    pub fn new_token(&self, form: TokenForm) -> String {
        let now = self.cloud.now();
        self.cloud.account(|account| {
            account.form = form;
            account.grant(now).token
        })
    }

    /// Ends every token there is. Sessions at the broker go on until they are dropped.
    pub fn expire_tokens(&self) {
        self.cloud.account(super::account::Account::expire_tokens);
    }

    /// Ends one-time codes, and logins that wait for the authenticator.
    pub fn expire_codes(&self) {
        self.cloud.account(super::account::Account::expire_codes);
    }

    /// The printers of the account.
    pub fn printers(&self) -> Vec<CloudPrinter> {
        let printer = |machine: &Arc<Machine>| CloudPrinter {
            name: machine.name(),
            model: machine.printer.card.model,
            serial: machine.serial().to_owned(),
            lan: machine.lan,
        };
        self.cloud.bound().map(printer).collect()
    }

    /// The code that binds a printer to the account, as its screen would show it.
    pub fn bind_code(&self, serial: &str) -> Option<String> {
        self.machine(serial).map(|machine| machine.bind_code.clone())
    }

    fn machine(&self, serial: &str) -> Option<&Arc<Machine>> {
        self.cloud.machines.iter().find(|machine| machine.serial() == serial)
    }

    /// Makes something go wrong everywhere, until it is cleared.
    pub fn set_fault(&self, fault: CloudFault) {
        self.add_rule(FaultRule::always(fault));
    }

    /// Makes something go wrong in one place, or so many times.
    pub fn add_rule(&self, rule: FaultRule) {
        lock(&self.cloud.fault_rules).set(rule);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        lock(&self.cloud.fault_rules).clear();
    }

    /// Closes the broker's port and drops its sessions. Returns when the port is free.
    pub async fn broker_down(&self) {
        let broker = lock(&self.servers.broker).take();
        if let Some((power, tasks)) = broker {
            power.cancel();
            tasks.wait().await;
            self.cloud.sessions.cut();
        }
    }

    /// Opens the broker again, on the same port. Fails when somebody took it meanwhile.
    pub async fn broker_up(&self) -> Result<(), SimulationError> {
        if lock(&self.servers.broker).is_some() {
            return Ok(());
        }
        let listener = listen_again(SocketAddr::from((self.servers.bind, self.servers.broker_port))).await?;
        self.servers.open_broker(&self.cloud, listener);
        Ok(())
    }

    /// Drops all sessions at the broker without a goodbye; new ones are taken at once.
    pub fn drop_sessions(&self) {
        self.cloud.sessions.cut();
    }

    /// Number of sessions at the broker.
    pub fn connections(&self) -> usize {
        self.cloud.sessions.connections.load(Ordering::Relaxed)
    }

    /// Number of connections the broker has ever seen, refused ones too.
    pub fn connects(&self) -> usize {
        self.cloud.sessions.connects.load(Ordering::Relaxed)
    }

    /// Every request that reached a web server, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.cloud.calls).clone()
    }

    /// Everything a client needs to know, as JSON.
    pub fn to_json(&self) -> Value {
        let printers: Vec<_> = self
            .printers()
            .into_iter()
            .map(|p| json!({"name": p.name, "model": p.model.short(), "serial": p.serial, "lan": p.lan}))
            .collect();
        let unbound: Vec<_> = self.cloud.machines.iter().filter(|machine| !machine.is_bound()).collect();
        let unbound: Vec<_> = unbound.iter().map(|m| json!({"serial": m.serial(), "bind_code": m.bind_code})).collect();
        json!({
            "api_url": self.api_url(), "web_url": self.web_url(), "mqtt_host": self.mqtt_host(),
            "mqtt_port": self.mqtt_port(), "ca_file": self.ca_file().to_string_lossy(), "region": "global", "account": self.account(),
            "tfa_account": self.tfa_account(), "plain_account": self.plain_account(), "phone": self.phone(),
            "password": self.password(), "code": self.code(), "tfa_code": self.tfa_code(),
            "uid": self.uid().to_string(), "token": self.token(), "printers": printers, "unbound": unbound,
        })
    }
}
