//! The calls, one file by what a person knows.
//!
//! Not here, because the vendor keeps it for its own programs or because it does not exist: unbinding a printer, starting
//! a print (`POST my/task`, `POST user/print`), certificates and signatures, `user/files`, `POST user/upload` and
//! `upload/confirm` (nobody knows their bodies), changing the profile or marking notifications as read (likewise), video
//! and snapshots, registering a device for the app's push messages, and liking or answering on MakerWorld.

mod account;
mod devices;
mod makerworld;
mod messages;
mod projects;
mod slicer;
mod tasks;

pub(super) use account::PREFERENCE;

use super::{Cloud, send::Call};
use crate::protocol::{
    rest::{RestError, RestErrorKind, envelope, mask},
    wire::Read,
};
use serde_json::Value;

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

impl Cloud {
    /// One object.
    pub(super) async fn one<T: Read>(&self, call: Call) -> Result<T, RestError> {
        self.typed(call, envelope::one).await
    }

    /// A list, under any of these names.
    pub(super) async fn list<T: Read>(
        &self,
        call: Call,
        names: &[&str],
        what: &'static str,
    ) -> Result<Vec<T>, RestError> {
        self.typed(call, |value| envelope::list(value, names, what)).await
    }

    /// An answer whose form nobody has written down, made fit to be shown.
    async fn untyped(&self, call: Call) -> Result<Value, RestError> {
        self.typed(call, |value| Ok(mask::value(&value))).await
    }

    async fn typed<T>(&self, call: Call, read: impl FnOnce(Value) -> Result<T, RestErrorKind>) -> Result<T, RestError> {
        let endpoint = call.endpoint();
        let value = self.ask(call).await?;
        read(value).map_err(|trouble| RestError::at(endpoint, Some(200), trouble))
    }

    /// A change; afterwards kept answers under `path` are no longer true.
    async fn change(&self, call: Call, path: &str) -> Result<Value, RestError> {
        let done = self.ask(call).await;
        // Even after a failure: it may have been carried out.
        self.0.state().cache.forget(path);
        done
    }
}
