//! Motion: homing, moving, extruding, switching hotends, calibrating, and a line of G-code. Nothing of it while a job is
//! under way, and all of it asks first.

use super::{Confirmation, Kind, PrinterAction, gcode};
use crate::{
    protocol::{
        command::{Axis, Command, calibration},
        flags::{Fun, HomeFlag},
        model::Model,
    },
    state::printer::{Printer, job::Phase, machine::Homed},
};
use std::fmt;

/// The farthest move in one order, in mm.
const FARTHEST: u16 = 50;
/// Below this nozzle temperature filament is not moved, in °C.
const HOT_ENOUGH: f64 = 170.0;
/// Feed rates in mm a minute.
const FEED_XY: u16 = 3000;
const FEED_Z: u16 = 900;

/// An order that moves something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Motion {
    /// Home all axes.
    Home,
    /// Move an axis by so many mm. A positive Z is always more room between nozzle and bed.
    Move {
        /// Which axis.
        axis: Axis,
        /// How far, and in which direction.
        millimetres: i16,
    },
    /// Push so many mm of filament through the nozzle in use; negative pulls back.
    Extrude(i16),
    /// Switch to another hotend.
    Hotend {
        /// Its number on the wire: 0 right, 1 left.
        id: u8,
        /// What it is called.
        label: &'static str,
    },
    /// Hold the axes, or let go of them.
    Motors(bool),
    /// Calibrate: bits as in [`calibration`].
    Calibrate(u8),
    /// Run one line of G-code.
    Gcode(String),
}

/// The calibrations by name.
pub const CALIBRATIONS: [(&str, u8); 7] = [
    ("bed", calibration::BED),
    ("vibration", calibration::VIBRATION),
    ("motor", calibration::MOTOR),
    ("lidar", calibration::LIDAR),
    ("nozzles", calibration::NOZZLE_OFFSET),
    ("hot-bed", calibration::HOT_BED),
    ("clump", calibration::CLUMP),
];

impl fmt::Display for Motion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("home"),
            Self::Move { axis: Axis::Z, millimetres } => {
                let towards = if *millimetres > 0 { "away from" } else { "towards" };
                write!(f, "nozzle {} mm {towards} the bed", millimetres.unsigned_abs())
            }
            Self::Move { axis, millimetres } => write!(f, "move {} {millimetres:+} mm", axis.name()),
            Self::Extrude(millimetres) if *millimetres < 0 => write!(f, "retract {} mm", millimetres.unsigned_abs()),
            Self::Extrude(millimetres) => write!(f, "extrude {millimetres} mm"),
            Self::Hotend { label, .. } => write!(f, "switch to the {label} hotend"),
            Self::Motors(on) => write!(f, "motors {}", if *on { "on" } else { "off" }),
            Self::Calibrate(bits) => {
                let names = CALIBRATIONS.iter().filter(|(_, bit)| bits & bit != 0).map(|(name, _)| *name);
                write!(f, "calibrate {}", names.collect::<Vec<_>>().join(" "))
            }
            Self::Gcode(line) => write!(f, "G-code {line}"),
        }
    }
}

impl PrinterAction for Motion {
    fn kind(&self) -> Kind {
        ("motion", 0)
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        match self {
            Self::Home if printer.says(Fun::homes_by_command) => vec![Command::Home],
            // Always all axes: homing one alone can crash where the bed moves up and down.
            Self::Home => gcode("G28\n".to_owned()),
            // The direction of the command form is that of the axis only where the tool head makes every move.
            Self::Move { axis, millimetres }
                if printer.says(Fun::moves_by_command)
                    && !printer.is_bed_slinger()
                    && matches!(millimetres.unsigned_abs(), 1 | 10) =>
            {
                vec![Command::Step { axis: *axis, forward: *millimetres > 0, large: millimetres.unsigned_abs() == 10 }]
            }
            // Soft end stops stay active, and the modes are those of before.
            Self::Move { axis, millimetres } => {
                let feed = if *axis == Axis::Z { FEED_Z } else { FEED_XY };
                let step = format!("G1 {}{millimetres}.0 F{feed}", axis.name());
                gcode(format!("M211 S\nM211 X1 Y1 Z1\nM1002 push_ref_mode\nG91\n{step}\nM1002 pop_ref_mode\nM211 R\n"))
            }
            Self::Extrude(millimetres) => gcode(format!("M83\nG0 E{millimetres}.0 F900\n")),
            Self::Hotend { id, .. } => vec![Command::SelectHotend(*id)],
            Self::Motors(on) => gcode(if *on { "M17\n" } else { "M18\n" }.to_owned()),
            Self::Calibrate(bits) => vec![Command::Calibrate(*bits)],
            Self::Gcode(line) => gcode(format!("{line}\n")),
        }
    }

    fn validate(&self, printer: &Printer) -> Result<(), String> {
        match self {
            Self::Move { millimetres, .. } | Self::Extrude(millimetres)
                if !(1..=FARTHEST).contains(&millimetres.unsigned_abs()) =>
            {
                Err(format!("1 to {FARTHEST} mm at a time"))
            }
            Self::Calibrate(0) => Err("nothing to calibrate was named".to_owned()),
            Self::Calibrate(bits) => {
                let missing = CALIBRATIONS.iter().find(|(_, bit)| bits & bit != 0 && !printer.calibrates(*bit));
                missing.map_or(Ok(()), |(name, _)| Err(format!("this printer has no calibration \"{name}\"")))
            }
            _ => Ok(()),
        }
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        match printer.job.phase {
            Phase::Unknown => return Err("the printer's state is not known".to_owned()),
            phase if phase.is_at_rest() => {}
            _ => return Err("locked while a print is running".to_owned()),
        }
        if printer.ams.changing {
            return Err("not while filament is being changed".to_owned());
        }
        match self {
            Self::Move { .. } => match printer.is_homed() {
                Some(true) => Ok(()),
                Some(false) => Err("axes not homed: home first".to_owned()),
                None => Err("the printer has not said whether its axes are homed".to_owned()),
            },
            Self::Extrude(_) => match printer.temps.active_nozzle().and_then(|nozzle| nozzle.gauge.now) {
                Some(now) if now > HOT_ENOUGH => Ok(()),
                Some(_) => Err(format!("the nozzle is too cold: it must be above {HOT_ENOUGH:.0} °C")),
                None => Err("the nozzle's temperature is not known".to_owned()),
            },
            Self::Hotend { id, .. } => {
                if printer.temps.nozzles.len() < 2 {
                    return Err("this printer has one hotend".to_owned());
                }
                let nozzle = printer.temps.nozzles.iter().find(|nozzle| nozzle.id == *id);
                match nozzle {
                    None => Err("there is no such hotend".to_owned()),
                    Some(nozzle) if nozzle.active => Err("this hotend is in use already".to_owned()),
                    Some(_) => Ok(()),
                }
            }
            Self::Home | Self::Motors(_) | Self::Calibrate(_) | Self::Gcode(_) => Ok(()),
        }
    }

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        match self {
            Self::Hotend { id, .. } => {
                Some(printer.temps.nozzles.iter().any(|nozzle| nozzle.active && nozzle.id == *id))
            }
            Self::Calibrate(_) => Some(printer.job.phase.is_active() && printer.job.origin == Some("calibration")),
            Self::Home => printer.is_homed(),
            Self::Move { .. } | Self::Extrude(_) | Self::Motors(_) | Self::Gcode(_) => None,
        }
    }

    fn is_observable(&self, printer: &Printer) -> bool {
        match self {
            // Axes that know where they are know it afterwards too.
            Self::Home => printer.is_homed() == Some(false),
            _ => self.is_applied(printer).is_some(),
        }
    }

    fn takes_long(&self) -> bool {
        *self == Self::Home
    }

    fn risk(&self, _: &Printer) -> Option<Confirmation> {
        let (title, warning, yes) = match self {
            Self::Home => ("Home all axes?", "Tool head and bed move. Is the plate clear?".to_owned(), "home"),
            Self::Move { .. } => ("Move?", format!("{self}. Is the way clear?"), "move"),
            Self::Extrude(_) => ("Move filament?", format!("{self}. It comes out of the hot nozzle."), "do it"),
            Self::Hotend { .. } => ("Switch hotends?", format!("{self}. The tool head moves."), "switch"),
            Self::Motors(true) => ("Switch the motors on?", "They hold the axes where they are.".to_owned(), "on"),
            Self::Motors(false) => (
                "Switch the motors off?",
                "What they hold can sink, and the axes no longer know where they are.".to_owned(),
                "off",
            ),
            Self::Calibrate(_) => {
                ("Calibrate?", format!("{self}. It takes minutes; the plate must be clear."), "calibrate")
            }
            Self::Gcode(_) => (
                "Send this line?",
                format!("{self}. Nobody checks what it does; it can damage the printer."),
                "send it",
            ),
        };
        Some(Confirmation { title, warning, yes, no: "do not" })
    }
}

impl Printer {
    /// Whether the firmware says something of itself by its flags.
    pub(super) fn says(&self, flag: fn(Fun) -> bool) -> bool {
        self.report.machine.fun.is_some_and(flag)
    }

    /// Whether all three axes know where they are; `None`: not said.
    pub fn is_homed(&self) -> Option<bool> {
        self.machine.homed.map(Homed::all)
    }

    /// Whether the bed makes the Y moves, and the tool head those of Z.
    pub fn is_bed_slinger(&self) -> bool {
        matches!(self.model, Model::A1 | Model::A1Mini | Model::A2L)
    }

    /// Whether it has a calibration, by its model and its firmware's word.
    pub fn calibrates(&self, bit: u8) -> bool {
        let model = self.model;
        let large = matches!(model, Model::X2D | Model::H2S | Model::H2D | Model::H2DPro | Model::H2C);
        let motor = self.report.machine.home_flag.is_some_and(HomeFlag::can_calibrate_motor_noise);
        match bit {
            calibration::BED => true,
            calibration::VIBRATION => model != Model::P2S,
            calibration::MOTOR => motor || self.says(Fun::can_calibrate_motor_noise),
            calibration::LIDAR => matches!(model, Model::X1 | Model::X1C | Model::X1E),
            calibration::NOZZLE_OFFSET => self.temps.nozzles.len() > 1,
            calibration::HOT_BED => large,
            calibration::CLUMP => large || self.says(Fun::nozzle_clump),
            _ => false,
        }
    }
}
