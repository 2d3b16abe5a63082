//! A terminal dashboard for Bambu Lab 3D printers.

pub mod protocol;
