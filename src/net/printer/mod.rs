//! The link to one printer: address → TLS stream, MQTT session, and the task that lives through many of them. The link to the
//! cloud's broker is kept by the same task with another policy.

pub(in crate::net) mod dial;
pub(in crate::net) mod mailbox;
pub(in crate::net) mod policy;
pub(in crate::net) mod probe;
pub(in crate::net) mod session;
pub(in crate::net) mod task;
