//! Motion: homing.

use super::{Kind, Orderable, Risk, at_rest, gcode};
use crate::{
    protocol::command::Command,
    state::{job::Phase, printer::Printer},
};
use std::fmt;

/// An order that moves something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Motion {
    /// Home all axes.
    Home,
}

impl fmt::Display for Motion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("home"),
        }
    }
}

impl Orderable for Motion {
    fn kind(&self) -> Kind {
        ("motion", 0)
    }

    fn commands(&self, _: &Printer) -> Vec<Command> {
        match self {
            // Always all axes: homing one alone can crash where the bed moves up and down.
            Self::Home => gcode("G28\n".to_owned()),
        }
    }

    fn fits(&self, printer: &Printer) -> Result<(), String> {
        match printer.job.phase {
            Phase::Unknown => Err("the printer's state is not known".to_owned()),
            phase if at_rest(phase) => Ok(()),
            _ => Err("not while a job is under way".to_owned()),
        }
    }

    fn effect(&self, _: &Printer) -> Option<bool> {
        None
    }

    fn risk(&self, _: &Printer) -> Option<Risk> {
        match self {
            Self::Home => Some(Risk {
                title: "Home all axes?",
                warning: "Tool head and bed move. Is the plate clear?".to_owned(),
                yes: "home",
                no: "do not move",
            }),
        }
    }
}
