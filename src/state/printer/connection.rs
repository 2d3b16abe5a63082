//! The connection to a printer: what it is, how it changes, and why there is none.

use crate::state::printer::certificate::Certificate;
use std::time::{Duration, Instant};

/// The way to a printer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ConnectionState {
    /// Not tried yet.
    #[default]
    Waiting,
    /// Being opened.
    Connecting {
        /// Attempts since the last success.
        attempt: u32,
    },
    /// The session is up.
    Up {
        /// Its number.
        session: u32,
        /// Since when.
        since: Instant,
    },
    /// There is no session.
    Down {
        /// Why.
        why: DisconnectReason,
        /// Next attempt; `None`: a person has to act first.
        retry_at: Option<Instant>,
    },
}

impl ConnectionState {
    /// A link after a change at a moment.
    pub(in crate::state) fn after(change: ConnectionEvent, at: Instant) -> Self {
        match change {
            ConnectionEvent::Connecting { attempt } => Self::Connecting { attempt },
            ConnectionEvent::Up { session } => Self::Up { session, since: at },
            ConnectionEvent::Down { why, retry_in } => Self::Down { why, retry_at: retry_in.map(|d| at + d) },
            ConnectionEvent::Closed => Self::Waiting,
        }
    }
}

/// A connection's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// An attempt begins; the first is 1.
    Connecting {
        /// Attempts since the last success.
        attempt: u32,
    },
    /// The session is up and subscribed; for a camera: logged in.
    Up {
        /// Number of the session: an order goes out on the one it was confirmed for, or not at all.
        session: u32,
    },
    /// There is no session.
    Down {
        /// Why.
        why: DisconnectReason,
        /// When the next attempt follows; `None`: only when a person has signed in, or asks for it.
        retry_in: Option<Duration>,
    },
    /// Nobody wants the connection: closed on purpose.
    Closed,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisconnectReason {
    /// The name of the printer's address is unknown.
    #[error("cannot resolve \"{0}\"")]
    UnknownHost(String),
    /// Nothing listens at the port.
    #[error("connection refused; is the printer on, and LAN access allowed?")]
    ConnectionRefused,
    /// Another network error, in the system's words.
    #[error("{0}")]
    Network(String),
    /// A step took too long.
    #[error("no answer ({0})")]
    TimedOut(ConnectStep),
    /// The access code is wrong.
    #[error("the access code is wrong; it changes with LAN-only and developer mode")]
    WrongCode,
    /// The printer does not let us in.
    #[error("the printer refused the login (code {0})")]
    LoginRefused(u8),
    /// The cloud no longer accepts the token.
    #[error("the cloud no longer accepts the sign-in; sign in again")]
    TokenExpired,
    /// The cloud's broker does not let the account in. Only the API's word makes it certain that the token has ended.
    #[error("the cloud's broker does not accept the sign-in; try again, or sign in again")]
    BrokerRefused,
    /// The cloud's broker refuses logins for another reason.
    #[error("the cloud's broker refused the login (code {0})")]
    BrokerLogin(u8),
    /// Nothing listens where the cloud's broker should.
    #[error("the cloud's broker refused the connection; a firewall, or mqtt_host and mqtt_port?")]
    BrokerAway,
    /// The cloud's broker closed the connection.
    #[error("the cloud's broker closed the connection")]
    BrokerClosed,
    /// The account has had the connections to the cloud's broker that it may have. For whoever does not see the countdown to
    /// the next attempt: in how many seconds one is possible.
    #[error("the cloud's broker takes five connections in five minutes{}", in_seconds(*.0))]
    BrokerBudget(Option<u64>),
    /// A step towards the cloud's broker took too long.
    #[error("the cloud's broker gives no answer ({0})")]
    BrokerSilent(ConnectStep),
    /// The name of the cloud's broker is unknown.
    #[error("cannot resolve the cloud's broker, \"{0}\"; check mqtt_host and the internet connection")]
    BrokerUnknown(String),
    /// Another network error on the way to the cloud's broker, in the system's words.
    #[error("the cloud's broker cannot be reached: {0}")]
    BrokerUnreachable(String),
    /// The certificate of what answers is not good for the cloud's broker.
    #[error(
        "what answers does not prove to be the cloud's broker: {0}; if a proxy of your own stands between, name its authority with ca_file"
    )]
    BrokerCertificate(String),
    /// What answers does not speak as the cloud's broker does.
    #[error("what answers does not speak like the cloud's broker ({0}); check mqtt_host and mqtt_port")]
    BrokerStrange(String),
    /// Nobody is signed in to the cloud.
    #[error("signed out of the cloud; sign in to reach this printer")]
    SignedOut,
    /// The cloud says that the printer is not connected to it.
    #[error("the printer is not connected to the cloud; is it on, and in cloud mode?")]
    NotInCloud,
    /// TLS failed.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The certificate names another printer.
    #[error("the certificate belongs to {found}, not to {expected}; check the serial and the address")]
    OtherPrinter {
        /// The configured serial.
        expected: String,
        /// The name in the certificate.
        found: String,
    },
    /// The certificate is not the one that was pinned.
    #[error("{}", changed(*.configured))]
    CertificateChanged {
        /// SHA-256 of the pinned certificate, hexadecimal.
        pinned: String,
        /// The one shown now.
        found: Certificate,
        /// The configuration names the pinned one: nobody can accept another.
        configured: bool,
    },
    /// The form's two looks at a printer found two certificates: here the second.
    #[error("the certificate changed between the two looks, now SHA-256 {}: check whether a proxy intercepts TLS", .0.fingerprint)]
    CertificateSwapped(Certificate),
    /// The certificate has the right name, as anybody can make it, and nothing is pinned yet.
    #[error("the certificate is {0}, on the first connection")]
    SelfMade(Certificate),
    /// The other side closed the connection.
    #[error("the printer closed the connection")]
    Closed,
    /// The session is up, but no data came.
    #[error("connected, but no data came; check the serial")]
    NoData,
    /// Commands were not answered although reports came.
    #[error("the printer answered no commands; reconnecting")]
    HalfDead,
    /// The bytes make no sense.
    #[error("unexpected answer: {0}")]
    Protocol(String),
    /// Reports work, so the access code is right; somebody else watches.
    #[error("the camera sent nothing; another viewer may be using it")]
    CameraBusy,
    /// The camera took the login, and no picture came.
    #[error("no answer from the camera: it is connected, but sends no picture; look whether another viewer holds it")]
    CameraSilent,
    /// A bug of ours.
    #[error("internal error; see the log")]
    Internal,
}

fn changed(configured: bool) -> &'static str {
    if configured {
        "the certificate is not the one that the configuration names"
    } else {
        "the certificate has changed since it was first seen"
    }
}

fn in_seconds(left: Option<u64>) -> String {
    left.map_or_else(String::new, |seconds| format!("; the next is possible in {seconds} s"))
}

impl DisconnectReason {
    /// The same with the fingerprint of the certificate that was found, whole.
    pub fn with_fingerprint(&self) -> String {
        match self {
            Self::CertificateChanged { found, .. } => format!("{self}; it shows SHA-256 {}", found.fingerprint),
            Self::SelfMade(found) if !self.to_string().contains(&found.fingerprint) => {
                format!("{self}; it shows SHA-256 {}", found.fingerprint)
            }
            _ => self.to_string(),
        }
    }

    /// Whether a code or token was refused: each further attempt shows it again.
    pub fn is_refused_code(&self) -> bool {
        matches!(self, Self::WrongCode | Self::TokenExpired | Self::BrokerRefused)
    }

    /// Whether the other end showed a certificate that is not accepted: then nothing is said to it by any other way either.
    pub fn is_about_certificate(&self) -> bool {
        matches!(
            self,
            Self::OtherPrinter { .. }
                | Self::CertificateChanged { .. }
                | Self::CertificateSwapped(_)
                | Self::SelfMade(_)
        )
    }

    /// Whether a person has to do something, here or at the printer. It is tried again all the same, seldom.
    pub fn needs_person(&self) -> bool {
        matches!(
            self,
            Self::WrongCode
                | Self::TokenExpired
                | Self::BrokerRefused
                | Self::OtherPrinter { .. }
                | Self::CertificateChanged { .. }
                | Self::CertificateSwapped(_)
                | Self::SelfMade(_)
        )
    }
}

/// A step of connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum ConnectStep {
    Tcp,
    Tls,
    Login,
    Write,
    Read,
}

impl std::fmt::Display for ConnectStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tcp => "connecting",
            Self::Tls => "TLS handshake",
            Self::Login => "logging in",
            Self::Write => "sending",
            Self::Read => "waiting for data",
        })
    }
}

/// Why a command was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no session, or it is not the one that was up when the order was confirmed.
    #[error("not connected")]
    NotConnected,
    /// Writing took too long.
    #[error("the connection is stuck")]
    Stuck,
}
