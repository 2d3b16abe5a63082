//! What a person can order a printer to do, by which commands, when, and how its effect shows.

use super::{
    ams::{Content, Slot, Tray, Unit},
    job::{Job, Phase},
    objects,
    printer::Printer,
    temps::Gauge,
};
use crate::protocol::command::{Command, Fan, LightNode, Speed};
use std::fmt;

/// An order. Values are checked against the model's limits by [`Action::fits`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Pause the running print.
    Pause,
    /// Resume the paused print.
    Resume,
    /// Stop the print for good.
    Stop,
    /// Switch the chamber light.
    Light(bool),
    /// Choose the speed profile.
    Speed(Speed),
    /// Heat a nozzle.
    Nozzle {
        /// 0 the right or only one, 1 the left.
        hotend: u8,
        /// Target in °C; 0 is off.
        celsius: u16,
    },
    /// Heat the bed: target in °C; 0 is off.
    Bed(u16),
    /// Heat the chamber: target in °C; 0 is off.
    Chamber(u16),
    /// Set a fan, in percent.
    Fan(Fan, u8),
    /// Load filament from a slot.
    Load(Slot),
    /// Unload the filament in use.
    Unload,
    /// Go on with a filament change that waits.
    RetryFilament,
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
    /// Close the error that the printer shows.
    Dismiss,
    /// Print these objects no further; the ids are those of the job's file.
    Skip(Vec<u32>),
    /// Home all axes.
    Home,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heat = |f: &mut fmt::Formatter<'_>, what: &str, celsius: u16| match celsius {
            0 => write!(f, "{what} off"),
            _ => write!(f, "{what} {celsius} °C"),
        };
        match *self {
            Self::Pause => f.write_str("pause"),
            Self::Resume => f.write_str("resume"),
            Self::Stop => f.write_str("stop"),
            Self::Light(on) => write!(f, "light {}", if on { "on" } else { "off" }),
            Self::Speed(speed) => write!(f, "speed {}", speed.name()),
            Self::Nozzle { hotend: 1, celsius } => heat(f, "left nozzle", celsius),
            Self::Nozzle { celsius, .. } => heat(f, "nozzle", celsius),
            Self::Bed(celsius) => heat(f, "bed", celsius),
            Self::Chamber(celsius) => heat(f, "chamber", celsius),
            Self::Fan(fan, percent) => write!(f, "{} fan {percent} %", fan.name()),
            Self::Load(slot) => write!(f, "load {}", slot.label()),
            Self::Unload => f.write_str("unload"),
            Self::RetryFilament => f.write_str("retry filament"),
            Self::Dry { unit, celsius, hours } => {
                write!(f, "dry {} {celsius} °C {hours} h", Slot { unit, slot: 0 }.unit_label())
            }
            Self::StopDrying(unit) => write!(f, "stop drying {}", Slot { unit, slot: 0 }.unit_label()),
            Self::Dismiss => f.write_str("dismiss error"),
            Self::Skip(ref ids) => objects::name_skip(ids, f),
            Self::Home => f.write_str("home"),
        }
    }
}

impl Action {
    /// Orders of one kind follow each other; they never run at the same time.
    pub(super) fn kind(&self) -> u16 {
        match *self {
            Self::Pause => 0,
            Self::Resume => 1,
            Self::Stop => 2,
            Self::Light(_) => 3,
            Self::Speed(_) => 4,
            Self::Bed(_) => 5,
            Self::Chamber(_) => 6,
            Self::Load(_) | Self::Unload | Self::RetryFilament => 7,
            Self::Dismiss => 8,
            Self::Home => 9,
            Self::Skip(_) => 300,
            Self::Nozzle { hotend, .. } => 10 + u16::from(hotend),
            Self::Fan(fan, _) => 20 + fan as u16,
            Self::Dry { unit, .. } | Self::StopDrying(unit) => 30 + (unit & 0xFF) as u16,
        }
    }

    /// What the printer is told, in this order; the first command stands for the action.
    pub fn commands(&self, printer: &Printer) -> Vec<Command> {
        let gcode = |line: String| vec![Command::Gcode(line)];
        match *self {
            Self::Pause => vec![Command::Pause],
            Self::Resume => vec![Command::Resume],
            Self::Stop => vec![Command::Stop],
            Self::Light(on) => {
                let mut lights = vec![Command::Light { node: LightNode::Chamber, on }];
                if printer.has_second_light() {
                    lights.push(Command::Light { node: LightNode::Chamber2, on });
                }
                lights
            }
            Self::Speed(speed) => vec![Command::Speed(speed)],
            Self::Nozzle { hotend, celsius } if printer.temps.nozzles.len() > 1 => {
                gcode(format!("M104 T{hotend} S{celsius}\n"))
            }
            Self::Nozzle { celsius, .. } => gcode(format!("M104 S{celsius}\n")),
            Self::Bed(celsius) => gcode(format!("M140 S{celsius}\n")),
            Self::Chamber(celsius) => gcode(format!("M141 S{celsius}\n")),
            // S is 0-255, rounded up from steps of ten percent, as the public Home Assistant integration does.
            Self::Fan(fan, percent) => {
                gcode(format!("M106 P{} S{}\n", fan as u8, (255 * u16::from(percent)).div_ceil(100)))
            }
            Self::Load(slot) => vec![slot.load_command(printer)],
            Self::Unload => {
                let loaded = printer.ams.active().map(|t| t.slot.unit).filter(|unit| *unit < 254);
                let now = printer.temps.active_nozzle().and_then(|n| n.gauge.now).unwrap_or(0.0);
                vec![Command::ChangeFilament {
                    ams: loaded.map_or(255, |unit| unit as u8),
                    slot: 255,
                    target: 255,
                    celsius: (now as i16).max(210),
                }]
            }
            Self::RetryFilament => vec![Command::AmsResume],
            Self::Dry { unit, celsius, hours } => {
                let material = printer.unit(unit).and_then(first_material).unwrap_or_default();
                vec![Command::Dry { ams: unit as u8, settings: Some((celsius, hours)), material }]
            }
            Self::StopDrying(unit) => {
                vec![Command::Dry { ams: unit as u8, settings: None, material: String::new() }]
            }
            Self::Dismiss => vec![Command::ClearError {
                error: printer.job.error.map_or(0, |e| e.0),
                subtask: printer
                    .report
                    .job
                    .subtask_id
                    .clone()
                    .filter(|id| !id.is_empty())
                    .unwrap_or_else(|| "0".into()),
            }],
            Self::Skip(ref ids) => vec![Command::SkipObjects(ids.clone())],
            Self::Home => gcode("G28\n".to_owned()),
        }
    }

    /// Whether firmware with authorization control refuses it: lights are open on every version seen.
    pub(super) fn is_protected(&self) -> bool {
        !matches!(self, Self::Light(_))
    }

    /// Whether the printer can do it now; the sentence says why not.
    pub fn fits(&self, printer: &Printer) -> Result<(), String> {
        self.fits_job(&printer.job).map_err(str::to_owned)?;
        self.fits_model(printer)
    }

    fn fits_job(&self, job: &Job) -> Result<(), &'static str> {
        let at_rest = matches!(job.phase, Phase::Idle) || job.phase.is_over();
        let fits = match *self {
            Self::Resume if job.resume_at_printer => {
                return Err("this pause can only be ended at the printer's screen");
            }
            Self::Pause => job.phase == Phase::Running,
            Self::Resume => job.phase == Phase::Paused,
            Self::Stop => job.phase.is_active(),
            Self::Speed(_) => matches!(job.phase, Phase::Running | Phase::Paused),
            Self::Load(_) | Self::Unload => at_rest || job.phase == Phase::Paused,
            Self::Home => at_rest,
            Self::Dismiss => return job.error.map(|_| ()).ok_or("the printer shows no error"),
            _ => true,
        };
        if fits {
            return Ok(());
        }
        Err(match (self, job.phase) {
            (_, Phase::Unknown) => "the printer's state is not known",
            (Self::Pause, Phase::Paused) => "the print is paused already",
            (Self::Pause, Phase::Preparing | Phase::Slicing) => "the print has not begun; it can be stopped",
            (Self::Resume, Phase::Running) => "the print is running",
            (Self::Speed(_), _) => "the speed can be changed only while printing",
            (Self::Load(_) | Self::Unload, _) => "filament can be changed only when nothing is printed, or in a pause",
            (Self::Home, _) => "not while a job is under way",
            _ => "nothing is being printed",
        })
    }

    fn fits_model(&self, printer: &Printer) -> Result<(), String> {
        let at_most = |what: &str, value: u16, max: u16| {
            if value <= max { Ok(()) } else { Err(format!("{what}: at most {max} °C on this model")) }
        };
        let model = printer.model;
        match *self {
            Self::Nozzle { hotend, .. } if usize::from(hotend) >= printer.temps.nozzles.len().max(1) => {
                Err("this printer has one nozzle".to_owned())
            }
            Self::Nozzle { celsius, .. } => at_most("nozzle", celsius, model.nozzle_max()),
            Self::Bed(celsius) => at_most("bed", celsius, model.bed_max()),
            Self::Chamber(celsius) => match model.chamber_max() {
                None => Err("this printer does not heat its chamber".to_owned()),
                Some(_) if (1..40).contains(&celsius) => Err("chamber: 0 (off), or 40 °C and more".to_owned()),
                Some(max) => at_most("chamber", celsius, max),
            },
            Self::Fan(_, percent) if percent > 100 => Err("a fan runs at 0 to 100 %".to_owned()),
            Self::Fan(fan, _) if printer.fan(fan).is_none() => {
                Err(format!("this printer has not reported a {} fan", fan.name()))
            }
            Self::Load(slot) => match printer.tray(slot).map(|tray| &tray.content) {
                None => Err(format!("there is no slot {}", slot.label())),
                // An external spool is never detected; an AMS slot is.
                Some(Content::Empty) if slot.unit < 254 => Err(format!("slot {} is empty", slot.label())),
                Some(_) => Ok(()),
            },
            Self::Unload | Self::RetryFilament if printer.ams.units.is_empty() && printer.ams.external.is_empty() => {
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
            Self::Skip(ref ids) => printer.can_skip(ids),
            Self::StopDrying(unit) if printer.unit(unit).is_none_or(|u| u.drying.is_none()) => {
                Err("this unit is not drying".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether a report can show the effect; else the acknowledgement is all there is.
    pub(super) fn shows_in_reports(&self) -> bool {
        !matches!(self, Self::RetryFilament | Self::Home)
    }

    /// Whether the printer's report shows the effect.
    pub fn is_seen(&self, printer: &Printer) -> bool {
        let aims = |gauge: Option<Gauge>, celsius: u16| {
            gauge.and_then(|g| g.target).is_some_and(|target| (target - f64::from(celsius)).abs() < 1.0)
        };
        match *self {
            Self::Pause => printer.job.phase == Phase::Paused,
            Self::Resume => printer.job.phase == Phase::Running,
            Self::Stop => !printer.job.phase.is_active() && printer.job.phase != Phase::Unknown,
            Self::Light(on) => printer.light() == Some(on),
            Self::Speed(speed) => printer.job.speed == Some(speed),
            Self::Nozzle { hotend, celsius } => aims(printer.nozzle(hotend), celsius),
            Self::Bed(celsius) => aims(Some(printer.temps.bed), celsius),
            Self::Chamber(celsius) => aims(printer.temps.chamber, celsius),
            // Reports know fans in steps: half a step either way is the same.
            Self::Fan(fan, percent) => printer.fan(fan).is_some_and(|now| now.abs_diff(percent) <= 5),
            Self::Load(slot) => printer.tray(slot).is_some_and(|tray| tray.active),
            Self::Unload => printer.ams.active().is_none(),
            Self::Dry { unit, .. } => printer.unit(unit).is_some_and(|u| u.drying.is_some()),
            Self::StopDrying(unit) => printer.unit(unit).is_some_and(|u| u.drying.is_none()),
            Self::Dismiss => printer.job.error.is_none(),
            Self::Skip(ref ids) => printer.reports_skipped(ids),
            Self::RetryFilament | Self::Home => false,
        }
    }

    /// Whether a person must be asked first: it can ruin a print.
    pub fn asks_first(&self, printer: &Printer) -> bool {
        let job = &printer.job;
        match *self {
            Self::Stop | Self::Home | Self::Skip(_) => true,
            // Resuming what the printer paused by itself can ruin what the pause has saved.
            Self::Resume => job.waits_for_person(),
            Self::Nozzle { .. } | Self::Bed(_) | Self::Chamber(_) | Self::Load(_) | Self::Unload => {
                job.phase.is_active()
            }
            _ => false,
        }
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
    /// A fan's speed in percent; `None`: not reported.
    pub fn fan(&self, fan: Fan) -> Option<u8> {
        match fan {
            Fan::Part => self.temps.fans.part,
            Fan::Aux => self.temps.fans.aux,
            Fan::Chamber => self.temps.fans.chamber,
        }
    }

    /// A hotend by its number on the wire: 0 the right or only one, 1 the left.
    fn nozzle(&self, hotend: u8) -> Option<Gauge> {
        let nozzles = &self.temps.nozzles;
        let at = if nozzles.len() > 1 { 1_usize.checked_sub(usize::from(hotend))? } else { 0 };
        nozzles.get(at).map(|n| n.gauge)
    }

    fn unit(&self, id: i64) -> Option<&Unit> {
        self.ams.units.iter().find(|unit| unit.id == id)
    }

    fn tray(&self, slot: Slot) -> Option<&Tray> {
        self.ams.units.iter().flat_map(|u| &u.trays).chain(&self.ams.external).find(|tray| tray.slot == slot)
    }
}
