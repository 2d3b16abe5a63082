//! The link to one printer: address → TLS stream, MQTT session, and the task that lives through many of them. The link to the
//! cloud's broker is kept by the same task with another policy.
//!
//! - **One task a printer:** connect → subscribe → ask for a full report → read and forward. A lost link is an event
//!   with a reason and a delay; delays grow, with jitter. Where a person has to do something (wrong code, changed
//!   certificate) the attempts are minutes to an hour apart, for printers bear few wrong codes; none is the last one.
//! - **Our own session on rumqttc's packets and codec.** Its event loop would deliver after a reconnect what was queued
//!   while offline (a stop for a printer that was switched off), and publishing hangs once its queue is full. A packet
//!   may have 1 MiB: full reports of larger machines exceed the library's default of 10 KiB.
//! - **Silence** is noticed in `state` with [`Patience`](crate::state::printer::WatchdogTimeouts): 30 s brings a request to
//!   report, 60 s stale values, 75 s a new connection; a session that never reported is closed after 30 s.
//! - **From the ninth printer on** first connects are spread over two seconds.

pub(in crate::net) mod dial;
pub(in crate::net) mod mailbox;
pub(in crate::net) mod policy;
pub(in crate::net) mod probe;
pub(in crate::net) mod session;
pub(in crate::net) mod task;
