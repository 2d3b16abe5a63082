//! A terminal dashboard for Bambu Lab 3D printers.

pub mod config;
pub mod protocol;
pub mod state;
