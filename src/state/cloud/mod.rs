//! What is known of the account and what the cloud remembers.

pub mod account;
pub mod bound;
pub mod history;
pub mod login;
