//! The printer's file server: a client for it, the file of a job, and whose files come over TLS.

pub(in crate::net) mod encrypted;
pub(in crate::net) mod ftps;
pub(in crate::net) mod job_file;
