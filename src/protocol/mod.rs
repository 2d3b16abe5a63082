//! What travels on the wire: the only place that knows JSON keys and byte offsets. Pure, no I/O.

pub mod camera;
pub mod command;
pub mod model;
