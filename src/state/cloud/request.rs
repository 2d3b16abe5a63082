//! What the cloud is asked, and what it answers: one enum beside the other. Both are plain data, so that one day they can
//! go through a socket to whoever asks on behalf of this program.
//!
//! A request that has an answer shares its name with it. [`CloudRequest::DropToken`] has none, [`CloudRequest::Check`] is
//! answered by [`CloudResponse::Preference`], and everything about signing in and out by [`CloudResponse::Login`].

use super::session::Identity;
use crate::{
    protocol::rest::{
        Hidden, Id, Link, Region, RestError,
        account::{Preference, Profile},
        devices::{Device, DeviceJob, DeviceVersion},
        messages::Message,
        projects::Project,
        tasks::{Task, TaskPage, TaskQuery},
    },
    state::printer::camera::Picture,
};
use std::{sync::Arc, time::Duration};

/// What the cloud is asked. The answer comes as a [`CloudResponse`].
#[derive(Debug, Clone, PartialEq)]
pub enum CloudRequest {
    /// Send a one-time code by e-mail or SMS.
    SendCode {
        /// Where the account lives.
        region: Region,
        /// E-mail address or phone number.
        account: Hidden,
    },
    /// Sign in with a one-time code.
    Code {
        /// Where the account lives.
        region: Region,
        /// E-mail address or phone number.
        account: Hidden,
        /// The code.
        code: Hidden,
    },
    /// Sign in with the password.
    Password {
        /// Where the account lives.
        region: Region,
        /// E-mail address or phone number.
        account: Hidden,
        /// The password; it is sent and not kept.
        password: Hidden,
    },
    /// The code of an authenticator, after a password.
    Authenticator(Hidden),
    /// Sign in with a token that a person has copied.
    Token {
        /// Where the account lives.
        region: Region,
        /// The token.
        token: Hidden,
    },
    /// Forget the token.
    SignOut,
    /// Use the token no more: its time is over.
    DropToken,
    /// Whether the token is still good.
    Check,
    /// The account's printers.
    Devices,
    /// Call a printer something else.
    Rename {
        /// Serial number.
        serial: String,
        /// The new name.
        name: String,
    },
    /// Firmware of a printer, by its serial: what it has, what is on offer.
    Versions(String),
    /// What the account's printers do, as the cloud has it.
    Jobs,
    /// A page of the history.
    Tasks(TaskQuery),
    /// One print of the history.
    Task(Id),
    /// A picture, such as the cover of a print.
    Cover {
        /// What of.
        of: String,
        /// Where it is; signed.
        from: Link,
    },
    /// Messages of a type, by the cloud's number for it.
    Messages(u8),
    /// How many messages are unread.
    MessageCount,
    /// Notifications that are not read.
    Notifications,
    /// Projects of the account.
    Projects,
    /// One project with its plates.
    Project(Id),
    /// The person's profile.
    Profile,
    /// How the person shows up for others.
    Preference,
}

/// What the cloud answers. What was asked for comes back with the answer where there can be more than one.
#[derive(Debug)]
pub enum CloudResponse {
    /// How signing in or out goes.
    Login(LoginEvent),
    /// The account's printers.
    Devices(Result<Vec<Device>, RestError>),
    /// A printer was given another name, or not.
    Rename {
        /// Serial number.
        serial: String,
        /// The new name.
        name: String,
        /// Why not.
        answer: Result<(), RestError>,
    },
    /// Firmware of a printer, by its serial.
    Versions(String, Result<Vec<DeviceVersion>, RestError>),
    /// What the printers do.
    Jobs(Result<Vec<DeviceJob>, RestError>),
    /// A page of the history.
    Tasks(TaskQuery, Result<TaskPage, RestError>),
    /// One print of the history.
    Task(Id, Box<Result<Task, RestError>>),
    /// A picture, by what it is of; `None`: there is none to be had.
    Cover(String, Option<Arc<Picture>>),
    /// Messages of a type.
    Messages(u8, Result<Vec<Message>, RestError>),
    /// Messages that are not read; `None`: the answer could not be understood.
    MessageCount(Result<Option<u64>, RestError>),
    /// Notifications that are not read, as lines.
    Notifications(Result<Vec<String>, RestError>),
    /// Projects.
    Projects(Result<Vec<Project>, RestError>),
    /// One project.
    Project(Box<Result<Project, RestError>>),
    /// The profile.
    Profile(Box<Result<Profile, RestError>>),
    /// How the person shows up for others.
    Preference(Box<Result<Preference, RestError>>),
}

/// How signing in goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginEvent {
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
    SignedIn(Identity),
    /// The sign-in could not be kept for the next start; why.
    NotKept(String),
    /// Nobody is signed in any more.
    SignedOut,
    /// The cloud no longer accepts the token.
    Expired,
}
