//! What is known of the account and what the cloud remembers.

pub mod account;
pub mod history;
pub mod request;
pub mod resource;
pub mod totals;
