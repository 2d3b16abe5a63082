//! From an address to a TLS stream with a printer that is the right one.

use crate::net::{
    timing::Timing,
    tls::pins::Pins,
    tls::{self, Herald, Identity, Peer, Policy},
};
use crate::{
    config::{PrinterConfig, Secret},
    state::printer::connection::{ConnectStep, DisconnectReason},
};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    net::{TcpStream, lookup_host},
    sync::Mutex,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// What every connection to one printer needs.
#[derive(Debug)]
pub(in crate::net) struct Target {
    pub(in crate::net) host: String,
    pub(in crate::net) serial: String,
    pub(in crate::net) access_code: Secret,
    pub(in crate::net) mqtt_port: u16,
    pub(in crate::net) camera_port: u16,
    pub(in crate::net) ftps_port: u16,
    pub(in crate::net) identity: Arc<Identity>,
    tls: Result<Arc<rustls::ClientConfig>, rustls::Error>,
    /// The file server gives files over plain data connections only; learned when it refused the others.
    pub(in crate::net) plain_files: AtomicBool,
    /// It has sent something over an encrypted one: from then on nothing less will do.
    pub(in crate::net) encrypted_files: AtomicBool,
    /// Whose turn it is at the file server: it bears one client at a time.
    pub(in crate::net) files_turn: Arc<Mutex<()>>,
    /// The last handshake with the file server failed.
    pub(in crate::net) files_stumbled: AtomicBool,
}

impl Target {
    /// Without a herald nothing is pinned: a connection test.
    pub(in crate::net) fn new(config: PrinterConfig, pins: Pins, policy: Policy, herald: Option<Herald>) -> Self {
        let identity = Identity::new(&config.serial, pins, config.fingerprint.as_deref(), policy);
        let identity = Arc::new(match herald {
            Some(herald) => identity.with_herald(herald),
            None => identity,
        });
        Self {
            tls: identity.client_config(),
            identity,
            host: config.host,
            serial: config.serial,
            access_code: config.access_code,
            mqtt_port: config.mqtt_port,
            camera_port: config.camera_port,
            ftps_port: config.ftps_port,
            plain_files: AtomicBool::new(false),
            encrypted_files: AtomicBool::new(false),
            files_turn: Arc::default(),
            files_stumbled: AtomicBool::new(false),
        }
    }

    /// What the same printer with other settings has proved holds on.
    pub(in crate::net) fn keep_encryption(&self, before: &Self) {
        self.encrypted_files.fetch_or(before.encrypted_files.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// Connects to a port of the printer. When this succeeds, the other end has proved its identity.
pub(in crate::net) async fn dial(
    target: &Target,
    port: u16,
    timing: &Timing,
) -> Result<(TlsStream<TcpStream>, Peer), DisconnectReason> {
    let config = target.tls.as_ref().map_err(|e| DisconnectReason::Tls(e.to_string()))?;
    dial_with(target, config, port, timing).await
}

/// The same with other TLS settings of the printer's identity.
pub(in crate::net) async fn dial_with(
    target: &Target,
    config: &Arc<rustls::ClientConfig>,
    port: u16,
    timing: &Timing,
) -> Result<(TlsStream<TcpStream>, Peer), DisconnectReason> {
    let tcp = timeout(timing.tcp, connect(&target.host, port))
        .await
        .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Tcp))??;
    let connector = TlsConnector::from(Arc::clone(config));
    let stream = timeout(timing.tls, connector.connect(target.identity.server_name(), tcp))
        .await
        .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Tls))?
        .map_err(|e| tls::cause(&e))?;
    let peer = target.identity.peer(stream.get_ref().1.peer_certificates()).ok_or(DisconnectReason::Internal)?;
    target.identity.learn(&peer).await?;
    Ok((stream, peer))
}

/// Tries the addresses of a host one after the other.
pub(in crate::net) async fn connect(host: &str, port: u16) -> Result<TcpStream, DisconnectReason> {
    let unknown = || DisconnectReason::UnknownHost(host.to_owned());
    let mut last = None;
    for address in lookup_host((host, port)).await.map_err(|_| unknown())? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Orders are small and must not wait for more.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(match last {
        None => unknown(),
        Some(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => DisconnectReason::ConnectionRefused,
            io::ErrorKind::TimedOut => DisconnectReason::TimedOut(ConnectStep::Tcp),
            _ => DisconnectReason::Network(error.to_string()),
        },
    })
}
