//! The life of an order: asked → confirmed → sent → acknowledged → seen.

use crate::protocol::command::Speed;

/// What a person can order a printer to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Pause the running print.
    Pause,
    /// Resume the paused print.
    Resume,
    /// Stop the print for good.
    Stop,
    /// Switch the chamber light.
    Light(bool),
    /// Choose the speed profile.
    Speed(Speed),
}
