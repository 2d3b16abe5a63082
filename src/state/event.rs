//! Everything that can happen. The enum is closed: what is not here cannot reach the state.

use super::PrinterId;
use crate::protocol::{
    command::Seq,
    model::Model,
    report::{Ack, Module, Report},
};
use crate::state::cloud::request::CloudResponse;
use crate::state::command::bulk::Item;
use crate::state::notify::notification::HookFailure;
use crate::state::printer::camera::Picture;
use crate::state::printer::certificate::{Certificate, Known, Met};
use crate::state::printer::connection::{ConnectionEvent, DisconnectReason, Refusal};
use crate::state::printer::error_texts;
use crate::state::printer::objects::JobFileEvent;
use crate::state::printer::reload::{ReloadRequest, ReloadResponse};
use ratatui::layout::Size;
use std::sync::Arc;

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
    /// The screen showed something else until now: the program was in the background, or a picture lay over everything.
    Returned,
    /// The program stays in the foreground: nobody could bring it back.
    NotSuspended,
    /// A printer, or the way to it, has news.
    Printer(PrinterId, PrinterEvent),
    /// Orders of a command line; a person has confirmed them there.
    Order(Vec<Item>),
    /// Look at the state: at the beginning, and when a command line wants to again.
    Look,
    /// A command line is done, with this exit code.
    Exit(u8),
    /// The form's connection test has met a certificate that a person has to see first.
    Met(Met),
    /// The form's connection test has an answer.
    Probed(Result<Probed, DisconnectReason>),
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
    Texts(error_texts::TextEvent),
    /// A moment that `State::next_due` named has come.
    Due,
    /// The program shall end.
    Stop,
}

/// News from the cloud.
#[derive(Debug)]
pub enum CloudEvent {
    /// The account's connection to the broker went up or down.
    Link(ConnectionEvent),
    /// What a printer says over the cloud.
    Printer(PrinterId, PrinterEvent),
    /// It answers.
    Response(CloudResponse),
}

/// News of one printer.
#[derive(Debug)]
pub enum PrinterEvent {
    /// The MQTT session went up or down.
    Link(ConnectionEvent),
    /// It proved to have a certificate that is accepted.
    Certificate(Certificate, Known),
    /// Its certificate could not be written down; why.
    PinNotKept(String),
    /// That its files come over TLS could not be written down; why.
    EncryptedNotKept(String),
    /// A learned certificate is not written yet: another program holds this lock file, or the disk is slow.
    PinWaits(String),
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
    Camera(ConnectionEvent),
    /// News of the file of a job: the job's turn, and what came of it.
    Plate(u32, JobFileEvent),
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
