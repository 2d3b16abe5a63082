//! Everything that can happen. The enum is closed: what is not here cannot reach the state.

use super::PrinterId;
use crate::protocol::{
    command::Seq,
    model::Model,
    report::{Ack, Module, Report},
    rest::{
        RestError,
        devices::{Device, DeviceVersion},
    },
};
use crate::state::cloud::account::Who;
use crate::state::cloud::history::Memory;
use crate::state::command::control::Action;
use crate::state::notify::attention::HookFailure;
use crate::state::printer::camera::Picture;
use crate::state::printer::certificate::{Certificate, Known, Met};
use crate::state::printer::objects::News;
use crate::state::printer::reload::{ReloadRequest, ReloadResponse};
use crate::state::printer::texts;
use ratatui::layout::Size;
use std::{sync::Arc, time::Duration};

/// Something happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed or repeated.
    Key(crossterm::event::KeyEvent),
    /// The mouse was clicked or its wheel turned.
    Mouse(crossterm::event::MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has a new size, or the program came back to the foreground.
    Resize(Size),
    /// The program stays in the foreground: nobody could bring it back.
    NotSuspended,
    /// A printer, or the way to it, has news.
    Printer(PrinterId, PrinterEvent),
    /// A command line orders an action; the person has confirmed it there.
    Order(PrinterId, Action),
    /// The form's connection test has met a certificate that a person has to see first.
    Met(Met),
    /// The form's connection test has an answer.
    Probed(Result<Probed, Cause>),
    /// The printer of the form was written to the configuration, or not (why).
    Added(Result<(), String>),
    /// The configuration file was read again, or could not be.
    Reloaded(ReloadRequest, ReloadResponse),
    /// A file was written (its path), or not (why): a saved picture.
    Saved(Result<String, String>),
    /// What happens can no longer be kept, and why.
    NotKept(String),
    /// The account, or a printer by way of it, has news.
    Cloud(CloudEvent),
    /// A hook did not do its work.
    Hook(Box<HookFailure>),
    /// The vendor's texts for codes came, or did not.
    Texts(texts::News),
    /// A moment that `State::next_due` named has come.
    Due,
    /// The program shall end.
    Stop,
}

/// News from the cloud.
#[derive(Debug)]
pub enum CloudEvent {
    /// The account's connection to the broker went up or down.
    Link(LinkChange),
    /// What a printer says over the cloud.
    Printer(PrinterId, PrinterEvent),
    /// Somebody signs in or out.
    Login(LoginNews),
    /// The account's printers.
    Devices(Result<Vec<Device>, RestError>),
    /// What it remembers.
    Memory(Memory),
    /// A printer was given another name: its serial and the name, or why not.
    Renamed(Result<(String, String), RestError>),
    /// Firmware of a printer, by its serial.
    Versions(String, Result<Vec<DeviceVersion>, RestError>),
}

/// How signing in goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginNews {
    /// A one-time code is on its way.
    CodeSent {
        /// Another one can be sent after this time.
        again_in: Duration,
    },
    /// The code of an authenticator is needed.
    WantsAuthenticator,
    /// It did not work; why, in a sentence.
    Failed(String),
    /// It has to be begun again; why, in a sentence.
    TooLate(String),
    /// Somebody is signed in.
    SignedIn(Who),
    /// The sign-in could not be kept for the next start; why.
    NotKept(String),
    /// Nobody is signed in any more.
    SignedOut,
    /// The cloud no longer accepts the token.
    Expired,
}

/// News of one printer.
#[derive(Debug)]
pub enum PrinterEvent {
    /// The MQTT session went up or down.
    Link(LinkChange),
    /// It proved to have a certificate that is accepted.
    Certificate(Certificate, Known),
    /// Its certificate could not be written down; why.
    PinNotKept(String),
    /// Another program has pinned another certificate meanwhile (its SHA-256, hexadecimal): that one counts.
    PinTaken(String),
    /// A full report or a delta.
    Report(Box<Report>),
    /// A message that could not be read, and why.
    Unreadable(String),
    /// A message held so many elements more than any printer has; they were dropped.
    Excess(usize),
    /// The answer to `get_version`.
    Modules(Vec<Module>),
    /// An acknowledgement, of ours or of another client's command.
    Ack(Ack),
    /// The printer came to the cloud, or left it. Only the cloud's broker says so.
    Online(bool),
    /// A command was written to the session.
    Sent(Seq),
    /// A command was not written; it never will be.
    Refused(Seq, Refusal),
    /// A new camera picture.
    Picture(Arc<Picture>),
    /// The camera stream went up or down.
    Camera(LinkChange),
    /// News of the file of a job: the job's turn, and what came of it.
    Plate(u32, News),
}

/// A connection's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkChange {
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
        why: Cause,
        /// When the next attempt follows; `None`: only when a person has signed in, or asks for it.
        retry_in: Option<Duration>,
    },
    /// Nobody wants the connection: closed on purpose.
    Closed,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The name of the printer's address is unknown.
    #[error("the address {0} is not known")]
    UnknownHost(String),
    /// Nothing listens at the port.
    #[error("connection refused; is the printer on, and LAN access allowed?")]
    ConnectionRefused,
    /// Another network error, in the system's words.
    #[error("{0}")]
    Network(String),
    /// A step took too long.
    #[error("no answer ({0})")]
    TimedOut(Step),
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
    #[error("the cloud's broker does not accept the sign-in; try again, or sign in anew")]
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
    BrokerSilent(Step),
    /// The name of the cloud's broker is unknown.
    #[error(
        "the address of the cloud's broker, {0}, is not known; check mqtt_host, and the connection to the internet"
    )]
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
    #[error("the certificate changed between the two looks, now SHA-256 {}: look who is between", .0.fingerprint)]
    CertificateSwapped(Certificate),
    /// The certificate has the right name, as anybody can make it, and nothing is pinned yet.
    #[error("the certificate is {0}; it is seen for the first time")]
    SelfMade(Certificate),
    /// The other side closed the connection.
    #[error("the printer closed the connection")]
    Closed,
    /// The session is up, but no data came.
    #[error("connected, but no data came; check the serial")]
    NoData,
    /// Commands were not answered although reports came.
    #[error("the printer answered no commands; connecting anew")]
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

impl Cause {
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
pub enum Step {
    Tcp,
    Tls,
    Login,
    Write,
    Read,
}

impl std::fmt::Display for Step {
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

/// What a connection test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The model, from the printer's own words or its serial.
    pub model: Model,
    /// Firmware version, if it said so.
    pub firmware: Option<String>,
    /// Name in the certificate.
    pub certificate_name: String,
    /// The certificate.
    pub certificate: Certificate,
    /// Whether a report came.
    pub reported: bool,
}
