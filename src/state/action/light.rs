//! Lights.

use super::{Kind, Orderable, Risk};
use crate::{
    protocol::command::{Command, LightNode},
    state::printer::Printer,
};
use std::fmt;

/// An order about a light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Light {
    /// Switch the chamber light, all of it.
    Chamber(bool),
}

impl fmt::Display for Light {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Chamber(on) = *self;
        write!(f, "light {}", if on { "on" } else { "off" })
    }
}

impl Orderable for Light {
    fn kind(&self) -> Kind {
        ("light", 0)
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        let Self::Chamber(on) = *self;
        let mut lights = vec![Command::Light { node: LightNode::Chamber, on }];
        if printer.has_second_light() {
            lights.push(Command::Light { node: LightNode::Chamber2, on });
        }
        lights
    }

    fn fits(&self, _: &Printer) -> Result<(), String> {
        Ok(())
    }

    fn effect(&self, printer: &Printer) -> Option<bool> {
        let Self::Chamber(on) = *self;
        Some(printer.light() == Some(on))
    }

    fn risk(&self, _: &Printer) -> Option<Risk> {
        None
    }

    /// Lights are open on every version seen.
    fn is_protected(&self) -> bool {
        false
    }
}
