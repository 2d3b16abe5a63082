//! Everything the state can order. Plain data; whoever carries it out answers later, and only with an `Event`.

use super::PrinterId;
use crate::protocol::command::{Command, Seq};
use crate::state::cloud::request::CloudRequest;
use crate::state::notify::journal::Entry;
use crate::state::notify::notification::Notification;
use crate::state::printer::camera::PictureSize;
use crate::state::printer::danger;
use crate::state::printer::error_texts;
use crate::state::printer::job::JobStartChange;
use crate::state::printer::objects::JobFileRequest;
use crate::state::printer::reload::ReloadRequest;
use crate::state::printer::transport::Transport;
use std::{collections::BTreeMap, sync::Arc};

/// An order to the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Tell a printer something, on the session that is up now or not at all.
    Send {
        /// The printer.
        to: PrinterId,
        /// The transport that session is on.
        transport: Transport,
        /// The session that was up when the person confirmed; on any other it is refused.
        session: u32,
        /// Ties the acknowledgement to the command.
        seq: Seq,
        /// What it is told.
        command: Command,
    },
    /// Close the session and connect anew with a new client id.
    Reconnect(PrinterId),
    /// Take over what the configuration file said of a printer last.
    Reconfigure {
        /// The printer.
        who: PrinterId,
        /// Connections are made otherwise: close the session and connect anew.
        reconnect: bool,
    },
    /// Connect to the account's broker at once instead of waiting for the next attempt.
    ReconnectCloud,
    /// Follow exactly these printers over the cloud: serials by number.
    Follow(BTreeMap<PrinterId, String>),
    /// Accept a certificate and connect.
    Trust {
        /// The printer.
        who: PrinterId,
        /// SHA-256 of the accepted certificate, hexadecimal.
        fingerprint: String,
        /// SHA-256 of the one that was pinned when the person judged, hexadecimal.
        before: Option<String>,
    },
    /// Watch a camera at a picture size, or stop watching it.
    Watch {
        /// The printer.
        who: PrinterId,
        /// `None`: nobody looks any more.
        size: Option<PictureSize>,
    },
    /// Ask the cloud something.
    AskCloud(CloudRequest),
    /// Fetch the file of a running job and read what it says of its plates. Boxed: it is much larger than the others.
    FetchPlate {
        /// The printer.
        who: PrinterId,
        /// Which file.
        wanted: Box<JobFileRequest>,
    },
    /// Test the connection to a printer of the form.
    Probe(NewPrinter),
    /// Write a printer of the form to the configuration and connect to it.
    Add(NewPrinter),
    /// Read the configuration file again.
    Reload(ReloadRequest),
    /// Write a picture to a file, as the camera sent it.
    SavePicture {
        /// Name for the file, without a folder.
        name: String,
        /// The JPEG.
        jpeg: Arc<[u8]>,
    },
    /// Tell somebody who may not be looking: by the terminal and by hooks.
    Tell(Box<Notification>),
    /// Get the vendor's texts for codes.
    Texts(error_texts::TextRequest),
    /// Remember beyond the end of the program when a job began.
    Remember(JobStartChange),
    /// Remember that a printer is in danger, or is so no more.
    RememberDanger(danger::DangerChange),
    /// Keep a line of the journal beyond the end of the program.
    Record(Box<Entry>),
    /// The same for a line about trust, which a command without a journal keeps too; and it says what went wrong.
    Witness(Box<Entry>),
    /// Show a picture in full resolution on the suspended screen.
    ShowPicture(Arc<[u8]>),
    /// Turn mouse reports on or off.
    Mouse(bool),
    /// Go to the background (Ctrl-Z).
    Suspend,
    /// End this dashboard and start the demo.
    StartDemo,
    /// End the program.
    Quit,
    /// End the program with this exit code.
    Exit(u8),
}

/// A printer as the form describes it.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the configuration")]
pub struct NewPrinter {
    pub name: String,
    pub host: String,
    pub serial: String,
    pub access_code: String,
    /// What the connection test saw, to be pinned.
    pub fingerprint: Option<String>,
}

impl std::fmt::Debug for NewPrinter {
    /// Without the access code: effects are logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPrinter").field("name", &self.name).field("host", &self.host).finish_non_exhaustive()
    }
}
