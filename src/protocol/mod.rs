//! What travels on the wire: the only place that knows JSON keys and byte offsets. Pure, no I/O.

pub mod ams;
pub mod camera;
pub mod codes;
pub mod command;
pub mod fans;
pub mod filaments;
pub mod flags;
#[cfg(not(feature = "internals"))]
pub(crate) mod ftp;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod ftp;
pub mod hotend;
pub mod job;
pub mod machine;
pub mod materials;
pub mod model;
pub mod module;
pub mod name;
pub mod plate;
pub mod report;
pub mod rest;
pub mod temps;
pub mod texts;
#[cfg(not(feature = "internals"))]
pub(crate) mod wire;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod wire;

#[cfg(test)]
mod outside;
