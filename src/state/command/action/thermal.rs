//! Heat and air: nozzles, bed, chamber, fans.

use super::{Confirmation, Kind, PrinterAction, gcode};
use crate::{
    protocol::{
        command::{Command, Fan},
        fans::FanPart,
        flags::Fun,
        model::Model,
    },
    state::printer::{Printer, fans::AirMode, temps::Gauge},
};
use std::fmt;

/// An order about a heater or a fan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThermalAction {
    /// Heat a nozzle.
    Nozzle {
        /// Its number on the wire: 0 the right or only one, 1 the left.
        hotend: u8,
        /// What it is called where there are two; empty where there is one.
        label: &'static str,
        /// Target in °C; 0 is off.
        celsius: u16,
    },
    /// Heat the bed: target in °C; 0 is off.
    Bed(u16),
    /// Heat the chamber: target in °C; 0 is off.
    Chamber(u16),
    /// Set a fan, in percent.
    Fan(Fan, u8),
    /// Choose what the air duct does: cooling or heating.
    Air(AirMode),
}

impl fmt::Display for ThermalAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heat = |f: &mut fmt::Formatter<'_>, what: &str, celsius: u16| match celsius {
            0 => write!(f, "{what} off"),
            _ => write!(f, "{what} {celsius} °C"),
        };
        match *self {
            Self::Nozzle { label: "", celsius, .. } => heat(f, "nozzle", celsius),
            Self::Nozzle { label, celsius, .. } => heat(f, &format!("{label} nozzle"), celsius),
            Self::Bed(celsius) => heat(f, "bed", celsius),
            Self::Chamber(celsius) => heat(f, "chamber", celsius),
            Self::Fan(fan, percent) => write!(f, "{} fan {percent} %", fan.name()),
            Self::Air(mode) => write!(f, "air {}", mode.name()),
        }
    }
}

impl PrinterAction for ThermalAction {
    fn kind(&self) -> Kind {
        match *self {
            Self::Nozzle { hotend, .. } => ("nozzle", hotend.into()),
            Self::Bed(_) => ("bed", 0),
            Self::Chamber(_) => ("chamber", 0),
            Self::Fan(fan, _) => ("fan", fan as i64),
            Self::Air(_) => ("air", 0),
        }
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        gcode(match *self {
            Self::Nozzle { hotend, celsius, .. } if printer.temps.nozzles.len() > 1 => {
                format!("M104 T{hotend} S{celsius}\n")
            }
            Self::Nozzle { celsius, .. } => format!("M104 S{celsius}\n"),
            Self::Bed(celsius) if printer.says(Fun::heats_bed_by_command) => return vec![Command::BedTemp(celsius)],
            Self::Bed(celsius) => format!("M140 S{celsius}\n"),
            // The X1E has the plain form alone; others close the air duct for it, or open it again.
            Self::Chamber(celsius) if printer.model == Model::X1E => format!("M141 S{celsius}\n"),
            Self::Chamber(celsius) if printer.report.machine.fun.is_some() => {
                return vec![Command::ChamberTemp(celsius)];
            }
            Self::Chamber(celsius) => format!("M141 S{celsius}\nM145 P{}\n", u8::from(celsius > 40)),
            Self::Air(mode) => return vec![Command::AirMode(u8::from(mode == AirMode::Heating))],
            // S is 0-255, rounded up from steps of ten percent, as the public Home Assistant integration does.
            Self::Fan(fan, percent) => format!("M106 P{} S{}\n", fan as u8, (255 * u16::from(percent)).div_ceil(100)),
        })
    }

    fn validate(&self, printer: &Printer) -> Result<(), String> {
        let at_most = |what: &str, value: u16, max: u16| {
            if value <= max { Ok(()) } else { Err(format!("{what}: at most {max} °C on this model")) }
        };
        let model = printer.model;
        match *self {
            Self::Nozzle { hotend, .. } if usize::from(hotend) >= printer.temps.nozzles.len().max(1) => {
                Err("this printer has one nozzle".to_owned())
            }
            Self::Nozzle { celsius, .. } => at_most("nozzle", celsius, model.nozzle_max()),
            Self::Bed(celsius) => at_most("bed", celsius, model.bed_max(printer.machine.supply_volts)),
            Self::Chamber(celsius) => match model.chamber_max() {
                Some(_) if (1..40).contains(&celsius) => Err("chamber: 0 (off), or 40 °C and more".to_owned()),
                Some(max) => at_most("chamber", celsius, max),
                None => Ok(()),
            },
            Self::Fan(_, percent) if percent > 100 => Err("a fan runs at 0 to 100 %".to_owned()),
            Self::Fan(..) | Self::Air(_) => Ok(()),
        }
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        match *self {
            Self::Chamber(_) if printer.model.chamber_max().is_none() => {
                Err("this printer does not heat its chamber".to_owned())
            }
            Self::Fan(fan, _) if printer.fan(fan).is_none() => {
                Err(format!("this printer has reported no {} fan", fan.name()))
            }
            Self::Fan(fan, _) if !printer.lets_set(fan) => {
                Err(format!("the air duct does not let the {} fan be set in its mode", fan.name()))
            }
            Self::Air(mode) if !printer.machine.air_duct.as_ref().is_some_and(|duct| duct.offers(mode)) => {
                Err(format!("this printer has not reported an air duct that can be set to {}", mode.name()))
            }
            _ => Ok(()),
        }
    }

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        let aims = |gauge: Option<Gauge>, celsius: u16| {
            gauge.and_then(|g| g.target).is_some_and(|target| (target - f64::from(celsius)).abs() < 1.0)
        };
        Some(match *self {
            Self::Nozzle { hotend, celsius, .. } => aims(printer.nozzle(hotend), celsius),
            Self::Bed(celsius) => aims(Some(printer.temps.bed), celsius),
            Self::Chamber(celsius) => aims(printer.temps.chamber, celsius),
            // Reports know fans in steps: half a step either way is the same.
            Self::Fan(fan, percent) => printer.fan(fan).is_some_and(|now| now.abs_diff(percent) <= 5),
            Self::Air(mode) => printer.machine.air_duct.as_ref().and_then(|duct| duct.mode) == Some(mode),
        })
    }

    fn is_harmless_in_danger(&self) -> bool {
        match self {
            Self::Nozzle { celsius, .. } | Self::Bed(celsius) | Self::Chamber(celsius) => *celsius == 0,
            Self::Fan(..) => true,
            Self::Air(mode) => *mode == AirMode::Cooling,
        }
    }

    fn risk(&self, printer: &Printer) -> Option<Confirmation> {
        let heats = !matches!(self, Self::Fan(..) | Self::Air(_));
        (heats && printer.job.phase.is_active()).then(|| Confirmation {
            title: "Change a temperature during a job?",
            warning: format!("{self}. The job sets its own temperatures; this overrides it."),
            yes: "change it",
            no: "leave it",
        })
    }
}

impl Printer {
    /// A fan's speed in percent; `None`: not reported.
    pub fn fan(&self, fan: Fan) -> Option<u8> {
        match fan {
            Fan::Part => self.temps.fans.part,
            Fan::Aux => self.temps.fans.aux,
            Fan::Chamber => self.temps.fans.chamber,
            Fan::Aux2 => self.temps.fans.second_aux,
        }
    }

    /// Whether the air duct lets a person set a fan in the mode that is on; without one, always.
    fn lets_set(&self, fan: Fan) -> bool {
        let part = match fan {
            Fan::Part => FanPart::Part,
            Fan::Aux => FanPart::Aux,
            Fan::Chamber => FanPart::Chamber,
            Fan::Aux2 => FanPart::SecondAux,
        };
        self.machine.air_duct.as_ref().and_then(|duct| duct.controls(part)).unwrap_or(true)
    }

    /// A hotend by its number on the wire: 0 the right or only one, 1 the left.
    fn nozzle(&self, hotend: u8) -> Option<Gauge> {
        let nozzles = &self.temps.nozzles;
        let found = nozzles.iter().find(|nozzle| nozzles.len() < 2 || nozzle.id == hotend);
        found.map(|nozzle| nozzle.gauge)
    }
}
