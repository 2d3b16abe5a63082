//! What happened, and who is told.

pub mod attention;
pub mod journal;
pub mod notice;
