//! Lights.

use super::{Confirmation, Kind, PrinterAction};
use crate::{
    protocol::{
        command::{Command, LightMode, LightNode},
        model::Model,
    },
    state::printer::Printer,
};
use std::fmt;

/// An order about a light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Light {
    /// The chamber light, all of it.
    Chamber(bool),
    /// The chamber light goes on and off: which one of all these printers is it?
    Flash,
    /// The status light of the tool head (X1).
    Work(bool),
    /// The light at the bed (H2). No report shows it.
    Bed(bool),
}

impl Light {
    fn name(&self) -> &'static str {
        match self {
            Self::Chamber(_) | Self::Flash => "light",
            Self::Work(_) => "work light",
            Self::Bed(_) => "bed light",
        }
    }

    fn mode(&self) -> LightMode {
        match *self {
            Self::Chamber(on) | Self::Work(on) | Self::Bed(on) => on.into(),
            Self::Flash => LightMode::Flashing,
        }
    }
}

impl fmt::Display for Light {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name(), self.mode().name())
    }
}

impl PrinterAction for Light {
    fn kind(&self) -> Kind {
        (self.name(), 0)
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        let light = |node| Command::Light { node, mode: self.mode() };
        match self {
            Self::Chamber(_) | Self::Flash if printer.has_second_light() => {
                vec![light(LightNode::Chamber), light(LightNode::Chamber2)]
            }
            Self::Chamber(_) | Self::Flash => vec![light(LightNode::Chamber)],
            Self::Work(_) => vec![light(LightNode::Work)],
            Self::Bed(_) => vec![light(LightNode::Heatbed)],
        }
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        let why = match self {
            // Others report a work light too, but only the X1 obeys.
            Self::Work(_)
                if !matches!(printer.model, Model::X1 | Model::X1C | Model::X1E)
                    || printer.light_mode(LightNode::Work).is_none() =>
            {
                "this printer has no work light that can be switched"
            }
            Self::Bed(_) if !matches!(printer.model, Model::H2S | Model::H2D | Model::H2DPro | Model::H2C) => {
                "this printer has no light at its bed"
            }
            Self::Chamber(_) | Self::Flash if printer.light().is_none() => "this printer has reported no light",
            _ => return Ok(()),
        };
        Err(why.to_owned())
    }

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        match *self {
            // One that flashes is neither on nor off.
            Self::Chamber(on) => Some(printer.light() == Some(on) && !printer.flashes(LightNode::Chamber)),
            // Flags alone tell no flashing.
            Self::Flash => printer.light_mode(LightNode::Chamber).map(|_| printer.flashes(LightNode::Chamber)),
            Self::Work(on) => {
                Some(printer.light_mode(LightNode::Work).is_some_and(|mode| (mode != LightMode::Off.name()) == on))
            }
            Self::Bed(_) => None,
        }
    }

    fn risk(&self, _: &Printer) -> Option<Confirmation> {
        None
    }

    fn is_harmless_in_danger(&self) -> bool {
        true
    }

    /// Lights are open on every version seen.
    fn is_protected(&self) -> bool {
        false
    }
}
