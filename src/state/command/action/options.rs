//! Options: what the camera does and looks for, what the printer checks, how the AMS reads spools, which nozzle is mounted.
//! An option is offered where the printer reports it, and done when a report shows its new value.

use super::{Confirmation, Kind, PrinterAction};
use crate::{
    protocol::{
        command::{Command, Detector, Sensitivity, Switch},
        model::Model,
    },
    state::printer::{
        Printer,
        machine::{self, DoorCheck},
    },
};
use std::fmt;

/// How a detection is to be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It looks for nothing.
    Off,
    /// It looks, and halts the print as it did before.
    On,
    /// It looks, and never halts the print.
    NeverHalt,
    /// It looks, and halts the print so soon.
    At(Sensitivity),
}

/// One of the three options of all AMS units. They travel together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the machine's options, where they are explained")]
pub enum AmsOption {
    ReadsOnInsert,
    ReadsAtStart,
    EstimatesRemaining,
}

/// What the buzzer of the fire alarm does; the number is the one on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum Buzzer {
    Silent = 0,
    Alarm = 1,
    Beep = 2,
}

/// An order that sets an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Record while printing.
    Recording(bool),
    /// Make a time-lapse.
    Timelapse(bool),
    /// Resolution of the camera: `720p`, `1080p`.
    Resolution(&'static str),
    /// A detection of the camera.
    Detect(Detector, Level),
    /// A switch of the printer.
    Switch(Switch, bool),
    /// What an open door does to a print.
    DoorCheck(DoorCheck),
    /// Keep files that were sent.
    KeepFiles(bool),
    /// Purification of the chamber's air; 0 is off.
    AirPurification(u8),
    /// The buzzer of the fire alarm.
    Buzzer(Buzzer),
    /// An option of all AMS units.
    Ams(AmsOption, bool),
    /// Which nozzle is mounted.
    Nozzle {
        /// Diameter in hundredths of a millimetre.
        hundredths: u16,
        /// Its material, as printers write it.
        kind: &'static str,
    },
}

impl Setting {
    /// What is set, in words; the kind of the order too.
    fn name(&self) -> &'static str {
        match self {
            Self::Recording(_) => "recording",
            Self::Timelapse(_) => "time-lapse",
            Self::Resolution(_) => "camera resolution",
            Self::Detect(detector, _) => match detector {
                Detector::FirstLayer => "first-layer inspection",
                Detector::Spaghetti => "spaghetti detection",
                Detector::Monitor => "print monitoring",
                Detector::PlateMarker => "plate marker check",
                Detector::SkipParts => "skipping failed parts",
                Detector::Pileup => "purge pile detection",
                Detector::Clump => "nozzle clump detection",
                Detector::AirPrint => "air-print detection",
                Detector::PlateOffset => "plate alignment check",
            },
            Self::Switch(switch, _) => match switch {
                Switch::AutoRecovery => "recovery from lost steps",
                Switch::NozzleBlob => "nozzle blob detection",
                Switch::Tangle => "tangle detection",
                Switch::AirPrint => "air-print check",
                Switch::Sound => "prompt sound",
                Switch::AutoRefill => "auto refill",
            },
            Self::DoorCheck(_) => "door check",
            Self::KeepFiles(_) => "keeping sent files",
            Self::AirPurification(_) => "air purification",
            Self::Buzzer(_) => "buzzer",
            Self::Ams(option, _) => match option {
                AmsOption::ReadsOnInsert => "reading tags when a spool is put in",
                AmsOption::ReadsAtStart => "reading tags at the start",
                AmsOption::EstimatesRemaining => "estimating what is left",
            },
            Self::Nozzle { .. } => "nozzle type",
        }
    }

    /// What the firmware needs to have for it, as [`machine::supports`] calls it; `None`: no flag tells.
    fn ability(&self) -> Option<&'static str> {
        Some(match self {
            Self::Switch(Switch::Sound, _) => "sound",
            Self::Switch(Switch::Tangle, _) => "tangle_detection",
            Self::Switch(Switch::NozzleBlob, _) => "blob_detection",
            Self::Switch(Switch::AirPrint, _) | Self::Detect(Detector::AirPrint, _) => "air_print_detection",
            Self::Detect(Detector::Spaghetti, _) => "spaghetti_detection",
            Self::Detect(Detector::Pileup, _) => "purge_pile_detection",
            Self::Detect(Detector::Clump, _) => "nozzle_clump_detection",
            Self::Detect(Detector::PlateOffset, _) => "plate_alignment_check",
            Self::DoorCheck(_) => "door_check",
            Self::AirPurification(_) => "air_purification",
            _ => return None,
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::Recording(on)
            | Self::Timelapse(on)
            | Self::KeepFiles(on)
            | Self::Switch(_, on)
            | Self::Ams(_, on) => write!(f, "{name} {}", if *on { "on" } else { "off" }),
            Self::Resolution(resolution) => write!(f, "{name} {resolution}"),
            Self::Detect(_, level) => match level {
                Level::Off => write!(f, "{name} off"),
                Level::On => write!(f, "{name} on"),
                Level::NeverHalt => write!(f, "{name} on, never halts"),
                Level::At(sensitivity) => write!(f, "{name} {}", sensitivity.name()),
            },
            Self::DoorCheck(check) => write!(f, "{name} {}", check.name()),
            Self::AirPurification(mode) => write!(f, "{name} {mode}"),
            Self::Buzzer(Buzzer::Silent) => write!(f, "{name} silent"),
            Self::Buzzer(Buzzer::Alarm) => write!(f, "{name} alarm"),
            Self::Buzzer(Buzzer::Beep) => write!(f, "{name} beep"),
            Self::Nozzle { hundredths, kind } => {
                write!(f, "{name} {} mm {}", f64::from(*hundredths) / 100.0, kind.replace('_', " "))
            }
        }
    }
}

impl PrinterAction for Setting {
    fn kind(&self) -> Kind {
        match self {
            // Two of the three at once would undo each other.
            Self::Ams(..) => ("AMS options", 0),
            _ => (self.name(), 0),
        }
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        vec![match *self {
            Self::Recording(on) => Command::Recording(on),
            Self::Timelapse(on) => Command::Timelapse(on),
            Self::Resolution(resolution) => Command::Resolution(resolution),
            Self::Detect(detector, level) => detect(detector, level, printer),
            Self::Switch(switch, on) => Command::Switch(switch, on),
            Self::DoorCheck(check) => Command::DoorCheck(match check {
                DoorCheck::Off => 0,
                DoorCheck::Warn => 1,
                DoorCheck::Pause => 2,
            }),
            Self::KeepFiles(on) => Command::KeepFiles(on),
            Self::AirPurification(mode) => Command::AirPurification(mode),
            Self::Buzzer(mode) => Command::Buzzer(mode as u8),
            Self::Ams(option, on) => {
                let now = |which| if which == option { on } else { printer.ams_option(which).unwrap_or_default() };
                Command::AmsOptions {
                    on_insert: now(AmsOption::ReadsOnInsert),
                    at_start: now(AmsOption::ReadsAtStart),
                    estimate: now(AmsOption::EstimatesRemaining),
                }
            }
            Self::Nozzle { hundredths, kind } => Command::NozzleType { hundredths, kind: kind.to_owned() },
        }]
    }

    fn validate(&self, printer: &Printer) -> Result<(), String> {
        match *self {
            Self::Resolution(resolution) => {
                let listed = &printer.machine.video.resolutions;
                if listed.is_empty() || listed.iter().any(|known| known == resolution) {
                    return Ok(());
                }
                Err(format!("this camera has no {resolution}; it has {}", listed.join(", ")))
            }
            Self::Detect(detector, Level::NeverHalt | Level::At(_))
                if detection(detector, printer).is_some_and(|found| found.sensitivity.is_none()) =>
            {
                Err(format!("{} is only on or off", self.name()))
            }
            Self::AirPurification(mode) if mode > 3 => Err("air purification: 0 (off) to 3".to_owned()),
            _ => Ok(()),
        }
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        let (options, video) = (&printer.machine.options, &printer.machine.video);
        let offered = match *self {
            Self::Recording(_) => video.records.is_some(),
            Self::Timelapse(_) => video.timelapse.is_some(),
            Self::Resolution(_) => video.resolution.is_some(),
            Self::Detect(detector, _) => detection(detector, printer).is_some(),
            Self::Switch(switch, _) => printer.switch(switch).is_some(),
            Self::DoorCheck(_) => options.door_check.is_some(),
            Self::KeepFiles(_) => options.keeps_files.is_some(),
            Self::AirPurification(_) => options.air_purification.is_some(),
            Self::Buzzer(_) => {
                matches!(printer.model, Model::H2S | Model::H2D | Model::H2DPro | Model::H2C)
            }
            Self::Ams(..) => {
                use AmsOption::{EstimatesRemaining, ReadsAtStart, ReadsOnInsert};
                let all = [ReadsOnInsert, ReadsAtStart, EstimatesRemaining];
                // One unknown would be set to something that nobody chose.
                !printer.ams.units.is_empty() && all.into_iter().all(|option| printer.ams_option(option).is_some())
            }
            Self::Nozzle { .. } if !printer.job.phase.is_at_rest() => {
                return Err("locked while a print is running".to_owned());
            }
            // Newer printers read what is mounted.
            Self::Nozzle { .. } => {
                let plain = printer.report.machine.nozzle_type.as_deref();
                plain.is_some_and(|kind| matches!(kind, "stainless_steel" | "hardened_steel"))
            }
        };
        // What the firmware says that it cannot do is no gap in what it says.
        let lacks = || self.ability().and_then(|name| printer.firmware_can(name)) == Some(false);
        match offered {
            true => Ok(()),
            false if lacks() => Err(format!("this printer does not support: {}", self.name())),
            false => Err(format!("this printer has not reported: {}", self.name())),
        }
    }

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        let (options, video) = (&printer.machine.options, &printer.machine.video);
        Some(match *self {
            Self::Recording(on) => video.records == Some(on),
            Self::Timelapse(on) => video.timelapse == Some(on),
            Self::Resolution(resolution) => video.resolution.as_deref() == Some(resolution),
            Self::Detect(detector, level) => {
                let machine::Detector { on, sensitivity: halts, tells_never } = detection(detector, printer)?;
                match level {
                    Level::Off => !on,
                    Level::On => on,
                    Level::NeverHalt if !tells_never => return None,
                    Level::NeverHalt => on && halts == Some(machine::Sensitivity::NeverHalt),
                    Level::At(sensitivity) => on && halts.is_some_and(|halts| halts.name() == sensitivity.name()),
                }
            }
            Self::Switch(switch, on) => printer.switch(switch) == Some(on),
            Self::DoorCheck(check) => options.door_check == Some(check),
            Self::KeepFiles(on) => options.keeps_files == Some(on),
            Self::AirPurification(mode) => options.air_purification == Some(mode),
            Self::Buzzer(_) => return None,
            Self::Ams(option, on) => printer.ams_option(option) == Some(on),
            Self::Nozzle { hundredths, kind } => {
                let flat = &printer.report.machine;
                let diameter = flat.nozzle_diameter.map(|diameter| (diameter * 100.0).round() as u16);
                diameter == Some(hundredths) && flat.nozzle_type.as_deref() == Some(kind)
            }
        })
    }

    fn risk(&self, _: &Printer) -> Option<Confirmation> {
        matches!(self, Self::Nozzle { .. }).then(|| Confirmation {
            title: "Change the nozzle's type?",
            warning: format!("{self}. A wrong type ruins prints, and can damage the nozzle."),
            yes: "change it",
            no: "leave it",
        })
    }

    fn is_harmless_in_danger(&self) -> bool {
        true
    }

    /// Camera, detections and system are open on many versions; what travels with the print commands is not.
    fn is_protected(&self) -> bool {
        matches!(self, Self::Switch(..) | Self::AirPurification(_) | Self::Buzzer(_) | Self::Ams(..))
    }
}

/// Whether a detection is on, and how easily it halts a print, where it has such a setting; `None`: not reported.
fn detection(detector: Detector, printer: &Printer) -> Option<machine::Detector> {
    let all = &printer.machine.detections;
    let plain = |on: Option<bool>| on.map(|on| machine::Detector { on, sensitivity: None, tells_never: true });
    match detector {
        Detector::FirstLayer => plain(all.first_layer),
        Detector::Spaghetti => all.spaghetti,
        Detector::Monitor => all.monitor,
        Detector::PlateMarker => plain(all.plate_marker),
        Detector::SkipParts => plain(all.skips_parts),
        Detector::Pileup => all.purge_pile,
        Detector::Clump => all.nozzle_clump,
        Detector::AirPrint => all.air_print,
        Detector::PlateOffset => plain(all.plate_alignment),
    }
}

fn detect(detector: Detector, level: Level, printer: &Printer) -> Command {
    let now = detection(detector, printer).and_then(|found| found.sensitivity);
    let same = now.and_then(|now| Sensitivity::ALL.into_iter().find(|s| s.name() == now.name()));
    let (on, halts, sensitivity) = match level {
        Level::Off => (false, false, None),
        Level::On => (true, now != Some(machine::Sensitivity::NeverHalt), same),
        Level::NeverHalt => (true, false, None),
        Level::At(sensitivity) => (true, true, Some(sensitivity)),
    };
    Command::Detect { detector, on, halts, sensitivity }
}

impl Printer {
    /// Whether the firmware has an ability, by its own flags; `None`: they do not tell.
    fn firmware_can(&self, ability: &str) -> Option<bool> {
        machine::supports(&self.report.machine).find(|(name, _)| *name == ability).and_then(|(_, has)| has)
    }

    /// Whether a switch is thrown; `None`: the printer does not have it, or has not said.
    fn switch(&self, switch: Switch) -> Option<bool> {
        let options = &self.machine.options;
        match switch {
            Switch::AutoRecovery => options.auto_recovery,
            Switch::NozzleBlob => options.blob,
            Switch::Tangle => options.tangle,
            Switch::AirPrint => options.air_print,
            Switch::Sound => options.sound,
            Switch::AutoRefill => options.auto_refill.filter(|_| !self.ams.units.is_empty()),
        }
    }

    fn ams_option(&self, option: AmsOption) -> Option<bool> {
        let options = &self.machine.options;
        match option {
            AmsOption::ReadsOnInsert => options.reads_on_insert,
            AmsOption::ReadsAtStart => options.reads_at_start,
            AmsOption::EstimatesRemaining => options.estimates_remaining,
        }
    }
}
