//! The account: who is signed in, its printers, and what the cloud remembers of it.
//!
//! [`CloudRequest`](request::CloudRequest) is all that the cloud can be asked, [`CloudResponse`](request::CloudResponse) all
//! that it can answer. What is asked again and again is a [`Resource`](resource::Resource): its value, why there is none, when
//! it was asked for and when it is next.
//!
//! # To show what a call of the REST API answers
//!
//! Say, of what the account wants to be notified, in the part "Account". It touches these files, and no other; tests stand
//! in them or beside them:
//!
//! | file | what |
//! |---|---|
//! | `protocol/rest/account.rs` | the answer as a type, every field an `Option` |
//! | `net/rest/calls/account.rs` | the call: its path, how long its answer is kept, how often it may be asked |
//! | `state/cloud/request.rs` | a variant of each enum |
//! | `net/cloud/worker.rs` | an arm that makes the call of the request, and the response of its answer |
//! | `state/cloud/history.rs` | a `Resource` with its cadence, and a line each in `ask`, `trouble`, `take` and `ask_anew` |
//! | `state/view/dialogs/history/lines.rs`, or a file of `ui/dialogs/history/` | its rows |
//! | `simulator/cloud/user.rs` | the answer of the simulated cloud, written without a look at `protocol` |
//! | `simulator/cloud/routes.rs` | where no path of the same service is there yet |
//!
//! Nothing else knows of it: `update` hands every answer about the past to [`History::take`](history::History), asks for what
//! `History::ask` says of the part that is looked at, and wakes up when `History::due_at` says so. A part of its own is a
//! variant of [`HistoryTab`](history::HistoryTab) and two files more: its rows are counted in `view/dialogs/history.rs` and
//! drawn by a file that `ui/dialogs/history.rs` names.

pub mod device;
pub mod history;
pub mod request;
pub mod resource;
pub mod session;
pub mod totals;

use crate::state::{PrinterId, printer::connection::ConnectionState};
use device::Devices;
use history::History;
use session::{Identity, Session};
use std::collections::BTreeMap;

/// Everything that is known by way of the account.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// Who is signed in.
    pub session: Session,
    /// The account's printers.
    pub devices: Devices,
    /// What the cloud remembers. Boxed: the loop carries the state.
    pub history: Box<History>,
    /// The account's connection to the broker.
    pub link: ConnectionState,
    /// The printers that are followed over it, by serial.
    pub(in crate::state) followed: BTreeMap<PrinterId, String>,
}

impl Default for Cloud {
    fn default() -> Self {
        Self {
            session: Session::default(),
            devices: Devices::default(),
            history: Box::default(),
            link: ConnectionState::Waiting,
            followed: BTreeMap::new(),
        }
    }
}

impl Cloud {
    /// Who is signed in.
    pub fn identity(&self) -> Option<&Identity> {
        self.session.account.identity()
    }
}
