//! What happened, and who is told.

pub mod journal;
pub mod notice;
pub mod notification;
