//! Filament: loading and unloading, what slots hold, drying.

use super::{Confirmation, Kind, PrinterAction};
use crate::{
    protocol::{
        codes::PrintError,
        command::{ChangeReply, Command, Drying, SlotSetting},
        model::Model,
    },
    state::printer::{
        Printer,
        ams::{Content, Slot, Tray, Unit},
        job::Phase,
        transport::Transport,
    },
};
use std::fmt;

/// An order about filament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilamentAction {
    /// Load filament from a slot.
    Load(Slot),
    /// Unload the filament in use.
    Unload,
    /// Answer a filament change that is under way or waits: what, and the error that is shown meanwhile.
    Answer(ChangeReply, Option<PrintError>),
    /// Say what is in a slot whose spool has no tag.
    Set(Slot, SlotSetting),
    /// Forget what was said to be in a slot.
    Clear(Slot),
    /// Read the tag of a spool again.
    ReadTag(Slot),
    /// Dry the filament of a unit.
    Dry {
        /// The unit's id.
        unit: i64,
        /// Air temperature in °C.
        celsius: u16,
        /// How long.
        hours: u8,
        /// Turn the spools meanwhile; only while none of them is fed.
        rotate: bool,
    },
    /// Stop drying in a unit.
    StopDrying(i64),
}

impl fmt::Display for FilamentAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Load(slot) => write!(f, "load {}", slot.label()),
            Self::Unload => f.write_str("unload"),
            Self::Answer(reply, _) => {
                let words = match reply {
                    ChangeReply::Retry => "retry the filament change",
                    ChangeReply::Reset => "restart the filament change",
                    ChangeReply::Pause => "hold the filament change",
                    ChangeReply::Done => "filament comes out",
                    ChangeReply::Abort => "give up the filament change",
                };
                f.write_str(words)
            }
            Self::Set(slot, ref setting) => {
                let color = setting.color.get(..6).unwrap_or(&setting.color);
                let (low, high) = setting.nozzle;
                write!(f, "{}: {} #{color} {low}–{high} °C", slot.name(), setting.material)
            }
            Self::Clear(slot) => write!(f, "clear {}", slot.name()),
            Self::ReadTag(slot) => write!(f, "read the tag of {}", slot.label()),
            Self::Dry { unit, celsius, hours, rotate } => {
                let turning = if rotate { ", spools turning" } else { "" };
                write!(f, "dry {} {celsius} °C {hours} h{turning}", Slot { unit, slot: 0 }.unit_label())
            }
            Self::StopDrying(unit) => write!(f, "stop drying {}", Slot { unit, slot: 0 }.unit_label()),
        }
    }
}

impl PrinterAction for FilamentAction {
    fn kind(&self) -> Kind {
        match *self {
            Self::Load(_) | Self::Unload => ("filament", 0),
            Self::Answer(..) => ("filament change", 0),
            Self::Set(slot, _) | Self::Clear(slot) => ("slot", slot.unit << 8 | slot.slot),
            Self::ReadTag(_) => ("tag", 0),
            Self::Dry { unit, .. } | Self::StopDrying(unit) => ("drying", unit),
        }
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        vec![match *self {
            Self::Load(slot) => in_old_form(slot.load_command(printer), printer),
            Self::Unload => {
                let loaded =
                    printer.ams.active().map(|tray| tray.slot).filter(|slot| !slot.is_external()).map(|slot| slot.unit);
                let now = printer.temps.active_nozzle().and_then(|n| n.gauge.now).unwrap_or(0.0);
                let unload = Command::ChangeFilament {
                    ams: loaded.map_or(255, |unit| unit as u8),
                    slot: 255,
                    target: 255,
                    celsius: (now as i16).max(210),
                };
                in_old_form(unload, printer)
            }
            Self::Answer(reply, _) => Command::ChangeReply(reply),
            Self::Set(slot, ref setting) => slot.set_command(setting.clone(), printer),
            Self::Clear(slot) => slot.set_command(SlotSetting::none(), printer),
            Self::ReadTag(slot) if printer.reads_tags_by_command() => {
                Command::ReadTag { ams: slot.unit as u8, slot: slot.slot as u8 }
            }
            Self::ReadTag(slot) => Command::Gcode(format!("M620 R{}\n", slot.flat())),
            Self::Dry { unit, celsius, hours, rotate } => {
                let material = printer.unit(unit).and_then(first_material).unwrap_or_default();
                let settings = Some(Drying { celsius, hours, rotate, material });
                Command::Dry { ams: unit as u8, settings }
            }
            Self::StopDrying(unit) => Command::Dry { ams: unit as u8, settings: None },
        }]
    }

    fn validate(&self, printer: &Printer) -> Result<(), String> {
        match *self {
            Self::ReadTag(slot) if slot.is_external() => Err("an external spool has no reader".to_owned()),
            Self::Dry { unit, celsius, hours, .. } => {
                let Some(unit) = printer.unit(unit) else { return Ok(()) };
                let max = unit.kind.drying_max().ok_or("this unit cannot dry; AMS 2 Pro and AMS HT can")?;
                if !(45..=max).contains(&celsius) {
                    return Err(format!("drying: 45 to {max} °C in this unit"));
                }
                if (1..=24).contains(&hours) { Ok(()) } else { Err("drying: 1 to 24 hours".to_owned()) }
            }
            _ => Ok(()),
        }
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        let phase = printer.job.phase;
        if matches!(self, Self::Load(_) | Self::Unload) && !phase.is_at_rest() && phase != Phase::Paused {
            return Err(match phase {
                Phase::Unknown => "the printer's state is not known".to_owned(),
                _ => "filament can be changed only when nothing is printed, or in a pause".to_owned(),
            });
        }
        match *self {
            Self::Load(_) | Self::Unload | Self::ReadTag(_) if printer.ams.changing => {
                Err("a filament change is under way; answer it first".to_owned())
            }
            Self::Answer(..)
                if !printer.ams.changing && !printer.job.error.is_some_and(PrintError::is_about_filament) =>
            {
                Err("no filament change is under way".to_owned())
            }
            Self::Set(slot, _) | Self::Clear(slot) => fits_slot(slot, printer),
            Self::ReadTag(slot) => fits_tag(slot, printer),
            Self::Load(slot) => match printer.tray(slot).map(|tray| &tray.content) {
                None => Err(format!("there is no slot {}", slot.label())),
                // An external spool is never detected; an AMS slot is.
                Some(Content::Empty) if !slot.is_external() => Err(format!("slot {} is empty", slot.label())),
                Some(_) => Ok(()),
            },
            Self::Unload if printer.ams.units.is_empty() && printer.ams.external.is_empty() => {
                Err("this printer has reported no filament".to_owned())
            }
            // Where the sensor sees some, it may be unloaded without anybody knowing from where it came.
            Self::Unload if printer.ams.active().is_none() && printer.machine.filament_at_extruder == Some(false) => {
                Err("nothing is loaded".to_owned())
            }
            Self::Dry { unit: id, rotate, .. } => {
                let unit = printer.unit(id).ok_or("there is no such unit")?;
                if unit.drying.is_some() {
                    return Err("this unit is drying already".to_owned());
                }
                let why: Vec<_> = unit.dryer.obstacles_in_words().collect();
                if !why.is_empty() {
                    return Err(format!("drying cannot start: {}", why.join("; ")));
                }
                if rotate && unit.trays.iter().any(|tray| tray.active || tray.target) {
                    return Err("its filament is in use: the spools cannot turn".to_owned());
                }
                Ok(())
            }
            Self::StopDrying(unit) if printer.unit(unit).is_none_or(|u| u.drying.is_none()) => {
                Err("this unit is not drying".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        match *self {
            // Nobody asks for a whole report in the middle of a job, and over the cloud it may come late.
            Self::Set(slot, _) | Self::Clear(slot)
                if printer.hides_changes_of(slot)
                    && (!printer.job.phase.is_at_rest() || printer.transport == Transport::Cloud) =>
            {
                None
            }
            // A change takes minutes: that it has begun, with this slot for its aim, is the effect of the order.
            Self::Load(slot) => {
                let begun = |tray: &Tray| tray.active || (tray.target && printer.ams.changing);
                Some(printer.tray(slot).is_some_and(begun))
            }
            Self::Unload => Some(printer.ams.active().is_none() || printer.ams.changing),
            Self::Answer(ChangeReply::Abort, _) => Some(!printer.ams.changing),
            // Another try to extrude ends with the same question.
            Self::Answer(ChangeReply::Retry, Some(error)) if error.asks_whether_it_comes_out() => None,
            Self::Answer(ChangeReply::Retry | ChangeReply::Done, Some(error)) => Some(printer.job.error != Some(error)),
            Self::Answer(..) => None,
            Self::Set(slot, ref setting) => Some(printer.tray(slot).is_some_and(|tray| match &tray.content {
                Content::Spool(spool) => {
                    let color = spool.colors.first().map(|color| color.hex8());
                    spool.code == setting.code && color.as_deref() == Some(&format!("#{}", setting.color))
                }
                _ => false,
            })),
            Self::Clear(slot) => {
                Some(printer.tray(slot).is_some_and(|tray| !matches!(tray.content, Content::Spool(_))))
            }
            Self::ReadTag(slot) => {
                Some(printer.tray(slot).is_some_and(|tray| matches!(tray.content, Content::Reading(_))))
            }
            Self::Dry { unit, .. } => Some(printer.unit(unit).is_some_and(|u| u.drying.is_some())),
            Self::StopDrying(unit) => Some(printer.unit(unit).is_some_and(|u| u.drying.is_none())),
        }
    }

    fn is_harmless_in_danger(&self) -> bool {
        matches!(self, Self::Answer(ChangeReply::Pause, _) | Self::StopDrying(_) | Self::Set(..) | Self::Clear(_))
    }

    fn needs_whole_report(&self, printer: &Printer) -> bool {
        matches!(*self, Self::Set(slot, _) | Self::Clear(slot) if printer.hides_changes_of(slot))
            && printer.job.phase.is_at_rest()
    }

    fn risk(&self, printer: &Printer) -> Option<Confirmation> {
        if let Self::Dry { unit, celsius, .. } = *self {
            return too_hot(printer.unit(unit)?, celsius).map(|warning| Confirmation {
                title: "Dry hotter than recommended?",
                warning,
                yes: "dry",
                no: "do not",
            });
        }
        let changes = matches!(self, Self::Load(_) | Self::Unload);
        (changes && printer.job.phase.is_active()).then(|| Confirmation {
            title: "Change filament during a job?",
            warning: format!("{self}. The job goes on with whatever is loaded then."),
            yes: "change it",
            no: "leave it",
        })
    }
}

/// What would be dried hotter than its spool says, in words: it may soften.
fn too_hot(unit: &Unit, celsius: u16) -> Option<String> {
    let soft = unit.trays.iter().filter_map(|tray| match &tray.content {
        Content::Spool(spool) => Some((&tray.label, &spool.material, spool.dry_celsius?)),
        _ => None,
    });
    let (label, material, most) = soft.filter(|(.., most)| celsius > *most).min_by_key(|(.., most)| *most)?;
    Some(format!("{label} holds {material}, to be dried at {most} °C. At {celsius} °C it may soften on its spool."))
}

/// The vendor's spools cannot be changed, and what a job prints with should not be.
fn fits_slot(slot: Slot, printer: &Printer) -> Result<(), String> {
    let Some(tray) = printer.tray(slot) else { return Err(format!("there is no slot {}", slot.label())) };
    let why = match &tray.content {
        Content::Empty if !slot.is_external() => "the slot is empty",
        Content::Reading(_) => "its tag is being read",
        Content::Spool(spool) if spool.tagged => "its spool has a tag that says what it is; that cannot be changed",
        _ if tray.active && printer.job.phase == Phase::Running => "a job is printing with it",
        _ => return Ok(()),
    };
    Err(why.to_owned())
}

/// The reader turns the spool, so nothing may be loaded.
fn fits_tag(slot: Slot, printer: &Printer) -> Result<(), String> {
    let loaded = printer.ams.units.iter().flat_map(|unit| &unit.trays).chain(&printer.ams.external);
    let why = match printer.tray(slot).map(|tray| &tray.content) {
        None => return Err(format!("there is no slot {}", slot.label())),
        Some(Content::Empty) => "the slot is empty",
        Some(_) if !printer.job.phase.is_at_rest() => "locked while a print is running",
        Some(_) if loaded.into_iter().any(|tray| tray.active) => "filament is loaded; unload it first",
        Some(_) => return Ok(()),
    };
    Err(why.to_owned())
}

/// Firmware from before units and slots had numbers of their own knows the flat number alone.
fn in_old_form(command: Command, printer: &Printer) -> Command {
    let from = match printer.model {
        Model::X1 | Model::X1C => [1, 5, 6, 1],
        Model::P1P | Model::P1S => [1, 2, 99, 10],
        _ => return command,
    };
    match (command, printer.firmware_version()) {
        (Command::ChangeFilament { target, celsius, .. }, Some(version)) if version < from => {
            Command::ChangeFilamentFlat { target, celsius }
        }
        (command, _) => command,
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
            0..=3 | Self::LITE => format!("{}{}", self.unit_label(), self.slot + 1),
            Self::EXTERNAL_LEFT => "the left external spool".to_owned(),
            Self::EXTERNAL => "the external spool".to_owned(),
            _ => self.unit_label(),
        }
    }

    /// `slot A1`, `the external spool` …
    fn name(self) -> String {
        if self.is_external() { self.label() } else { format!("slot {}", self.label()) }
    }

    /// The one external spool of a printer has one number, whichever its reports use: the other one is a left spool.
    pub(in crate::state) fn on(self, printer: &Printer) -> Self {
        let is_one = self.unit == Self::EXTERNAL_LEFT && printer.temps.nozzles.len() < 2;
        if is_one { Self { unit: Self::EXTERNAL, ..self } } else { self }
    }

    /// `A` … `D`, `HT1` …, `Lite`.
    pub fn unit_label(self) -> String {
        match self.unit {
            0..=3 => char::from(b'A' + self.unit as u8).to_string(),
            Self::LITE => "Lite".to_owned(),
            Self::FIRST_HT..=Self::LAST_HT => format!("HT{}", self.unit - Self::FIRST_HT + 1),
            other => format!("unit {other}"),
        }
    }

    /// The flat number, as old firmware and G-code count slots.
    fn flat(self) -> i64 {
        if self.unit >= Self::FIRST_HT { self.unit } else { self.unit * 4 + self.slot }
    }

    /// Slots of an AMS have their own number twice; the one external spool has a number of its own.
    fn set_command(self, setting: SlotSetting, printer: &Printer) -> Command {
        let (ams, slot) = (self.unit as u8, self.slot as u8);
        match self.unit {
            _ if self.is_external() && printer.temps.nozzles.len() > 1 => {
                Command::SetSlot { ams, slot: 0, tray: 0, setting }
            }
            _ if self.is_external() => Command::SetSlot { ams: 255, slot: 0, tray: 254, setting },
            _ => Command::SetSlot { ams, slot, tray: slot, setting },
        }
    }

    /// Loading needs the slot in two notations, and for external spools the nozzle's temperature.
    fn load_command(self, printer: &Printer) -> Command {
        let two_nozzles = printer.temps.nozzles.len() > 1;
        // The nozzle that the spool feeds: the left one has the left spool.
        let fed = printer.temps.nozzles.iter().find(|nozzle| nozzle.id == u8::from(self.unit == Self::EXTERNAL_LEFT));
        let now = fed.and_then(|nozzle| nozzle.gauge.now).unwrap_or(0.0) as i16;
        let (ams, slot) = (self.unit as u8, self.slot as u8);
        match self.unit {
            _ if self.is_external() && two_nozzles => {
                Command::ChangeFilament { ams, slot: 0, target: ams, celsius: now.max(180) }
            }
            _ if self.is_external() => Command::ChangeFilament { ams: 255, slot: 254, target: 254, celsius: -1 },
            0..=3 | Self::LITE => Command::ChangeFilament { ams, slot, target: ams * 4 + slot, celsius: -1 },
            _ => Command::ChangeFilament { ams, slot: 0, target: ams, celsius: -1 },
        }
    }
}

impl Printer {
    /// Whether the firmware reads tags by command; older one by G-code.
    fn reads_tags_by_command(&self) -> bool {
        let from = match self.model {
            Model::A1 | Model::A1Mini => [1, 6, 0, 0],
            Model::P1P | Model::P1S => [1, 8, 1, 0],
            Model::X1 | Model::X1C | Model::X1E => [1, 9, 0, 0],
            _ => return true,
        };
        self.firmware_version().is_some_and(|version| version >= from)
    }

    /// Whether what is in a slot stands in whole reports only: an A1 mini lists its AMS in no other.
    fn hides_changes_of(&self, slot: Slot) -> bool {
        self.model == Model::A1Mini && !slot.is_external()
    }

    fn unit(&self, id: i64) -> Option<&Unit> {
        self.ams.units.iter().find(|unit| unit.id == id)
    }

    fn tray(&self, slot: Slot) -> Option<&Tray> {
        self.ams
            .units
            .iter()
            .flat_map(|u| &u.trays)
            .chain(&self.ams.external)
            .find(|tray| tray.slot.on(self) == slot.on(self))
    }
}
