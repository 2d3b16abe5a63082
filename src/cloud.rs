//! The client of the Bambu cloud's REST API, with everything that its calls take and give.
//!
//! ```no_run
//! use bambu_tui::cloud::{Cloud, LoginStep, RestError, RestOptions, Secret, tasks::TaskQuery};
//!
//! # async fn example() -> Result<(), RestError> {
//! let cloud = Cloud::new(RestOptions::default());
//! // Without a password: a code by e-mail, or by SMS for a phone number.
//! cloud.send_code("somebody@example.org").await?;
//! if let LoginStep::Done(login) = cloud.login_code("somebody@example.org", &Secret::new("123456")).await? {
//!     println!("user {}", login.uid.unwrap_or_default()); // the client has the token now: `Cloud::token`
//! }
//! for device in cloud.devices().await? {
//!     println!("{} {}", device.serial.unwrap_or_default(), device.name.unwrap_or_default());
//! }
//! let page = cloud.tasks(&TaskQuery::default()).await?;
//! println!("{} prints", page.tasks.len());
//! # Ok(())
//! # }
//! ```
//!
//! - A [`Cloud`] is a handle; clones share the connections, the token, the kept answers and the budget. Make one.
//! - Every call answers with typed data or with a [`RestError`], whose `Display` is a sentence for a person and whose
//!   methods say what to do: [`needs_login`](RestError::needs_login), [`wait_s`](RestError::wait_s),
//!   [`is_transient`](RestError::is_transient), [`is_permanent`](RestError::is_permanent).
//! - The service is undocumented and its owner's: the client spares it. Young answers are given again without asking
//!   (each call says for how long; [`Cloud::forget`] makes the next one ask), each kind of call has a budget, at most two
//!   calls are under way, and a server that asks for quiet gets it. What is not allowed yet is an error with the time to
//!   wait, never a silent delay.
//! - Only `GET` is repeated, and only after failures that pass. The token goes to the API's host and nowhere else; a
//!   redirect to another host is an error. Addresses of files are signed and are fetched without it.
//! - Methods say which endpoint they are and whether real clients use it (**C**, confirmed) or whether it is written
//!   down somewhere and nobody has been seen using it (**S**). What is the vendor's own business (signing, unbinding,
//!   starting prints) is not offered.

pub use crate::config::Secret;
pub use crate::net::Delays;
pub use crate::net::rest::{Cloud, HttpTimeouts, Login, LoginStep, RawAnswer, RestOptions, TfaKey, Trust};
pub use crate::protocol::rest::{
    Hidden, Id, Link, Region, RestError, RestErrorKind, Stamp, account, devices, error, makerworld, messages, notes,
    paging, projects, slicer, tasks, token,
};
