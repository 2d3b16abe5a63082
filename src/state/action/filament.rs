//! Filament: loading, unloading, drying.

use super::{Kind, Orderable, Risk, at_rest};
use crate::{
    protocol::command::{ChangeReply, Command, Drying},
    state::{
        ams::{Content, Slot, Tray, Unit},
        job::Phase,
        printer::Printer,
    },
};
use std::fmt;

/// An order about filament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feed {
    /// Load filament from a slot.
    Load(Slot),
    /// Unload the filament in use.
    Unload,
    /// Go on with a filament change that waits.
    Retry,
    /// Dry the filament of a unit.
    Dry {
        /// The unit's id.
        unit: i64,
        /// Air temperature in °C.
        celsius: u16,
        /// How long.
        hours: u8,
    },
    /// Stop drying in a unit.
    StopDrying(i64),
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Load(slot) => write!(f, "load {}", slot.label()),
            Self::Unload => f.write_str("unload"),
            Self::Retry => f.write_str("retry filament"),
            Self::Dry { unit, celsius, hours } => {
                write!(f, "dry {} {celsius} °C {hours} h", Slot { unit, slot: 0 }.unit_label())
            }
            Self::StopDrying(unit) => write!(f, "stop drying {}", Slot { unit, slot: 0 }.unit_label()),
        }
    }
}

impl Orderable for Feed {
    fn kind(&self) -> Kind {
        match *self {
            Self::Load(_) | Self::Unload | Self::Retry => ("filament", 0),
            Self::Dry { unit, .. } | Self::StopDrying(unit) => ("drying", unit),
        }
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        vec![match *self {
            Self::Load(slot) => slot.load_command(printer),
            Self::Unload => {
                let loaded = printer.ams.active().map(|t| t.slot.unit).filter(|unit| *unit < 254);
                let now = printer.temps.active_nozzle().and_then(|n| n.gauge.now).unwrap_or(0.0);
                Command::ChangeFilament {
                    ams: loaded.map_or(255, |unit| unit as u8),
                    slot: 255,
                    target: 255,
                    celsius: (now as i16).max(210),
                }
            }
            Self::Retry => Command::ChangeReply(ChangeReply::Retry),
            Self::Dry { unit, celsius, hours } => {
                let material = printer.unit(unit).and_then(first_material).unwrap_or_default();
                let settings = Some(Drying { celsius, hours, rotate: false, material });
                Command::Dry { ams: unit as u8, settings }
            }
            Self::StopDrying(unit) => Command::Dry { ams: unit as u8, settings: None },
        }]
    }

    fn fits(&self, printer: &Printer) -> Result<(), String> {
        let phase = printer.job.phase;
        if matches!(self, Self::Load(_) | Self::Unload) && !at_rest(phase) && phase != Phase::Paused {
            return Err(match phase {
                Phase::Unknown => "the printer's state is not known".to_owned(),
                _ => "filament can be changed only when nothing is printed, or in a pause".to_owned(),
            });
        }
        match *self {
            Self::Load(slot) => match printer.tray(slot).map(|tray| &tray.content) {
                None => Err(format!("there is no slot {}", slot.label())),
                // An external spool is never detected; an AMS slot is.
                Some(Content::Empty) if slot.unit < 254 => Err(format!("slot {} is empty", slot.label())),
                Some(_) => Ok(()),
            },
            Self::Unload | Self::Retry if printer.ams.units.is_empty() && printer.ams.external.is_empty() => {
                Err("this printer has reported no filament".to_owned())
            }
            Self::Dry { unit, celsius, hours } => {
                let max = printer.unit(unit).and_then(|u| u.kind.drying_max());
                let max = max.ok_or("this unit cannot dry; AMS 2 Pro and AMS HT can")?;
                if !(45..=max).contains(&celsius) {
                    return Err(format!("drying: 45 to {max} °C in this unit"));
                }
                if (1..=24).contains(&hours) { Ok(()) } else { Err("drying: 1 to 24 hours".to_owned()) }
            }
            Self::StopDrying(unit) if printer.unit(unit).is_none_or(|u| u.drying.is_none()) => {
                Err("this unit is not drying".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn effect(&self, printer: &Printer) -> Option<bool> {
        match *self {
            Self::Load(slot) => Some(printer.tray(slot).is_some_and(|tray| tray.active)),
            Self::Unload => Some(printer.ams.active().is_none()),
            Self::Retry => None,
            Self::Dry { unit, .. } => Some(printer.unit(unit).is_some_and(|u| u.drying.is_some())),
            Self::StopDrying(unit) => Some(printer.unit(unit).is_some_and(|u| u.drying.is_none())),
        }
    }

    fn risk(&self, printer: &Printer) -> Option<Risk> {
        let changes = matches!(self, Self::Load(_) | Self::Unload);
        (changes && printer.job.phase.is_active()).then(|| Risk {
            title: "Change filament during a job?",
            warning: format!("{self}. The job goes on with whatever is loaded then."),
            yes: "change it",
            no: "leave it",
        })
    }
}

/// The first material in a unit: what drying is meant for.
fn first_material(unit: &Unit) -> Option<String> {
    unit.trays.iter().find_map(|tray| match &tray.content {
        Content::Spool(spool) => Some(spool.material.clone()),
        _ => None,
    })
}

impl Slot {
    /// `A1`, `HT2`, `ext` …
    pub fn label(self) -> String {
        match self.unit {
            0..=3 | 16 => format!("{}{}", self.unit_label(), self.slot + 1),
            254 | 255 => "the external spool".to_owned(),
            _ => self.unit_label(),
        }
    }

    /// `A` … `D`, `HT1` …, `Lite`.
    pub fn unit_label(self) -> String {
        match self.unit {
            0..=3 => char::from(b'A' + self.unit as u8).to_string(),
            16 => "Lite".to_owned(),
            128..=135 => format!("HT{}", self.unit - 127),
            other => format!("unit {other}"),
        }
    }

    /// Loading needs the slot in two notations, and for external spools the nozzle's temperature.
    fn load_command(self, printer: &Printer) -> Command {
        let two_nozzles = printer.temps.nozzles.len() > 1;
        let now = printer.temps.active_nozzle().and_then(|n| n.gauge.now).unwrap_or(0.0) as i16;
        let (ams, slot) = (self.unit as u8, self.slot as u8);
        match self.unit {
            254 | 255 if two_nozzles => Command::ChangeFilament { ams, slot: 0, target: ams, celsius: now.max(180) },
            254 | 255 => Command::ChangeFilament { ams: 255, slot: 254, target: 254, celsius: -1 },
            0..=3 | 16 => Command::ChangeFilament { ams, slot, target: ams * 4 + slot, celsius: -1 },
            _ => Command::ChangeFilament { ams, slot: 0, target: ams, celsius: -1 },
        }
    }
}

impl Printer {
    fn unit(&self, id: i64) -> Option<&Unit> {
        self.ams.units.iter().find(|unit| unit.id == id)
    }

    fn tray(&self, slot: Slot) -> Option<&Tray> {
        self.ams.units.iter().flat_map(|u| &u.trays).chain(&self.ams.external).find(|tray| tray.slot == slot)
    }
}
