//! A terminal dashboard for Bambu Lab 3D printers.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod journal;
pub mod logging;
pub mod net;
pub mod protocol;
pub mod screen;
pub mod state;
pub mod terminal;
pub mod ui;
pub mod viewer;
