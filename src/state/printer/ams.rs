//! Filament: AMS units, their trays, external spools, and which one is in use.

mod drying;
mod filament;

pub use drying::{DryPhase, DryState, Dryer};
pub use filament::{ColorKind, Content, Filament, Rgba};

use crate::protocol::{
    ams::{AmsGroup, Tray as RawTray, Unit as RawUnit, activity, slot_bit, tag_activity},
    flags::{ExtruderState, UnitInfo},
    model::Model,
    report::{Module, Report},
    wire::Hex,
};
use crate::state::printer::{hotend::TrackSwitch, machine::PrinterOptions};
use filament::filament;

/// A place for filament: unit id and slot. External spools are units 254 and 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct Slot {
    pub unit: i64,
    pub slot: i64,
}

impl Slot {
    /// The unit number of the AMS Lite of an A2L.
    pub const LITE: i64 = 16;
    /// The unit number of the first AMS HT.
    pub const FIRST_HT: i64 = 128;
    /// The unit number of the last AMS HT.
    pub const LAST_HT: i64 = 135;
    /// The unit number of the left external spool, and on older firmware of the only one.
    pub const EXTERNAL_LEFT: i64 = 254;
    /// The unit number of the right or only external spool.
    pub const EXTERNAL: i64 = 255;

    /// Whether it is an external spool.
    pub fn is_external(self) -> bool {
        self.unit >= Self::EXTERNAL_LEFT
    }
}

/// A slot as newer firmware packs it: the unit's id in the high byte, the slot in the low one, 255 for none.
pub fn unpack(packed: i64) -> Option<Slot> {
    let (unit, slot) = (packed >> 8, packed & 0xFF);
    ((0..=255).contains(&unit) && slot != 255).then_some(Slot { unit, slot })
}

/// What kind of unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the variants are the product names")]
pub enum UnitKind {
    #[default]
    Ams,
    Lite,
    Ams2Pro,
    Ht,
}

impl UnitKind {
    /// The product's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ams => "AMS",
            Self::Lite => "AMS Lite",
            Self::Ams2Pro => "AMS 2 Pro",
            Self::Ht => "AMS HT",
        }
    }

    /// Highest drying temperature in °C; `None`: it cannot dry.
    pub fn drying_max(self) -> Option<u16> {
        match self {
            Self::Ams2Pro => Some(65),
            Self::Ht => Some(85),
            Self::Ams | Self::Lite => None,
        }
    }
}

/// A slot of a unit, or an external spool holder.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Tray {
    /// `A1`, `HT2`, `Ext`, `Ext L` …
    pub label: String,
    /// Where it is.
    pub slot: Slot,
    /// What is in it.
    pub content: Content,
    /// In use by the nozzle that works.
    pub active: bool,
    /// Being loaded or unloaded.
    pub target: bool,
    /// Was in use before.
    pub previous: bool,
    /// Filament is being moved in it.
    pub moving: bool,
    /// Its tag has been read; `None`: not said.
    pub tag_read: Option<bool>,
    /// Filament is at the outlet's sensor; `None`: not said.
    pub at_outlet: Option<bool>,
}

/// One AMS unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// As the printer numbers it.
    pub id: i64,
    /// `A`…`D`, `HT1` …, `Lite`.
    pub label: String,
    /// What kind it is.
    pub kind: UnitKind,
    /// Firmware version.
    pub firmware: Option<String>,
    /// Dryness level 1 (wet) to 5 (dry).
    pub dryness: Option<u8>,
    /// Relative humidity in percent.
    pub humidity: Option<u8>,
    /// Air temperature in °C.
    pub temp: Option<f64>,
    /// Drying time left in minutes; `None`: not drying.
    pub drying: Option<u32>,
    /// The same as the printer reports it: 0 is not drying, `None` not said.
    pub dry_minutes: Option<u32>,
    /// Its dryer; of interest only where [`UnitKind::drying_max`] says that it has one.
    pub dryer: Dryer,
    /// On printers with two nozzles: the one it feeds.
    pub feeds: Option<&'static str>,
    /// The same as the printer numbers it: 0 the right or only one, 1 the left.
    pub hotend: Option<u8>,
    /// A filament track switch decides which nozzle it feeds.
    pub switched: bool,
    /// Its slots.
    pub trays: Vec<Tray>,
}

/// All filament of one printer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ams {
    /// The units, in the order of their ids.
    pub units: Vec<Unit>,
    /// External spools.
    pub external: Vec<Tray>,
    /// Filament is being changed.
    pub changing: bool,
    /// What the AMS does, in words; `None`: not said.
    pub activity: Option<&'static str>,
    /// What its tag reader does, in words; `None`: not said.
    pub tag_activity: Option<&'static str>,
    /// The AMS is being set up.
    pub setting_up: bool,
    /// There are two nozzles, and an external spool for each.
    pub two_nozzles: bool,
    /// What each hotend is fed from, on printers that tell it for each.
    pub loaded: Vec<Loaded>,
}

/// What a hotend is fed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// The hotend, as the printer numbers it.
    pub hotend: i64,
    /// The slot; `None`: nothing is loaded.
    pub slot: Option<Slot>,
}

/// What the filament of a report depends on that is reported elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::state) struct Context {
    /// The printer estimates what is left on its spools. With that option off it reports 0 for every spool (seen on an
    /// X1C); without the flags nothing speaks against the numbers.
    estimates: bool,
    /// A filament track switch is fitted.
    track_switch: bool,
}

impl Context {
    /// Reads the merged report.
    pub(in crate::state) fn read(report: &Report) -> Self {
        Self {
            estimates: PrinterOptions::read(report).estimates_remaining.unwrap_or(true),
            track_switch: TrackSwitch::is_fitted(report),
        }
    }
}

/// Which of the slots that a report names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Now,
    Before,
    Target,
}

impl Ams {
    /// The unit that will dry longest, and for how many minutes; 0: it does not say.
    pub fn drying(&self) -> Option<(&Unit, u32)> {
        self.units.iter().filter_map(|unit| Some((unit, unit.drying?))).max_by_key(|(_, minutes)| *minutes)
    }

    /// Reads the merged report; the modules tell of units what their reports do not.
    pub fn read(report: &Report, model: Model, modules: &[Module]) -> Self {
        let part = &report.ams;
        let nothing = AmsGroup::default();
        let group = part.group.as_ref().unwrap_or(&nothing);
        let two_nozzles = crate::state::printer::machine::hotends(report).is_some_and(|count| count > 1)
            || part.externals.as_ref().is_some_and(|list| list.0.len() > 1);
        let outside = Outside { group, model, modules, two_nozzles, context: Context::read(report) };
        let mut raw: Vec<_> = group.units.iter().flat_map(|list| &list.0).collect();
        raw.sort_by_key(|u| u.id);
        let units: Vec<_> = raw.into_iter().filter_map(|u| unit(u, outside)).collect();
        let spools: Vec<&RawTray> = match &part.externals {
            // The list wins: with it `vt_tray` is the same spool again.
            Some(list) => list.0.iter().collect(),
            None => part.external.iter().collect(),
        };
        let external = spools.into_iter().map(|raw| external(raw, outside)).collect();
        let mut ams = Self {
            units,
            external,
            changing: part.status.is_some_and(|s| s >> 8 & 0xFF == 1),
            activity: part.status.map(activity),
            tag_activity: part.tag_status.map(tag_activity),
            two_nozzles,
            setting_up: group.setup.is_some_and(|setup| (1..=4).contains(&(setup & 0xFF))),
            loaded: Vec::new(),
        };
        ams.loaded = loaded(report).map(|one| Loaded { slot: one.slot.map(|slot| ams.real(slot)), ..one }).collect();
        let [now, before, target] =
            [Which::Now, Which::Before, Which::Target].map(|which| slot(report, group, which).map(|s| ams.real(s)));
        let target = target.filter(|t| Some(*t) != now);
        let before = before.filter(|b| Some(*b) != now);
        let same = |tray: &Tray, slot: Option<Slot>| match slot {
            // With one nozzle both numbers mean the one external spool.
            Some(slot) if slot.is_external() && !two_nozzles => tray.slot.is_external(),
            other => Some(tray.slot) == other,
        };
        for tray in ams.units.iter_mut().flat_map(|u| &mut u.trays).chain(&mut ams.external) {
            tray.active = same(tray, now);
            tray.target = same(tray, target);
            tray.previous = same(tray, before);
        }
        ams
    }

    /// The A2L's AMS Lite is unit 16, and its slots may be told as those of unit 0.
    fn real(&self, slot: Slot) -> Slot {
        let has = |id: i64| self.units.iter().any(|unit| unit.id == id);
        if slot.unit == 0 && !has(0) && has(16) { Slot { unit: 16, ..slot } } else { slot }
    }

    /// The slot that a hotend is fed from. With one hotend it is the slot in use.
    pub fn loaded_in(&self, hotend: i64) -> Option<Slot> {
        match self.loaded.iter().find(|one| one.hotend == hotend) {
            Some(loaded) => loaded.slot,
            None if self.loaded.is_empty() => self.active().map(|tray| tray.slot),
            None => None,
        }
    }

    /// The slot in use.
    pub fn active(&self) -> Option<&Tray> {
        self.trays().find(|t| t.active)
    }

    /// What a slot is called where it is shown, also one that the report names without describing it.
    pub fn label(&self, slot: Slot) -> String {
        if slot.is_external() {
            return external_label(slot.unit, self.two_nozzles).to_owned();
        }
        self.trays().find(|tray| tray.slot == slot).map_or_else(|| slot.label(), |tray| tray.label.clone())
    }

    /// Every slot and external spool.
    pub fn trays(&self) -> impl Iterator<Item = &Tray> {
        self.units.iter().flat_map(|u| &u.trays).chain(&self.external)
    }
}

/// What a unit is read with.
#[derive(Clone, Copy)]
struct Outside<'a> {
    group: &'a AmsGroup,
    model: Model,
    modules: &'a [Module],
    two_nozzles: bool,
    context: Context,
}

/// The module of a unit: its names are `ams/0`, `ams_f1/0`, `n3f/0`, `n3s/128`.
fn module(id: i64, modules: &[Module]) -> Option<(UnitKind, &Module)> {
    modules.iter().find_map(|module| {
        let (kind, number) = module.name.as_deref()?.split_once('/')?;
        let kind = match kind {
            "ams" => UnitKind::Ams,
            "ams_f1" => UnitKind::Lite,
            "n3f" => UnitKind::Ams2Pro,
            "n3s" => UnitKind::Ht,
            _ => return None,
        };
        let number: i64 = number.parse().ok()?;
        let number = if kind == UnitKind::Ht && number < Slot::FIRST_HT { number + Slot::FIRST_HT } else { number };
        (number == id || (kind == UnitKind::Lite && id == Slot::LITE)).then_some((kind, module))
    })
}

fn unit(raw: &RawUnit, outside: Outside<'_>) -> Option<Unit> {
    let id = raw.id?;
    let hotend = raw.info.map(UnitInfo::hotend);
    // 14 behind a track switch is right; without one the unit is not initialised yet.
    let switched = hotend == Some(14);
    if switched && !outside.context.track_switch {
        return None;
    }
    let module = module(id, outside.modules);
    let kind = match raw.info.map_or(0, UnitInfo::kind) {
        1 => UnitKind::Ams,
        2 | 5 => UnitKind::Lite,
        3 => UnitKind::Ams2Pro,
        4 => UnitKind::Ht,
        _ => match module {
            Some((kind, _)) => kind,
            None if id >= Slot::FIRST_HT => UnitKind::Ht,
            None if id == Slot::LITE || matches!(outside.model, Model::A1 | Model::A1Mini) => UnitKind::Lite,
            None => UnitKind::Ams,
        },
    };
    let label = Slot { unit: id, slot: 0 }.unit_label();
    // AMS Lite has no sensor: level 5 with 0.0 °C and no percentage. P1 and A1 of old firmware send 0.0 °C for an AMS too,
    // whose level is measured.
    let temp = raw.temp.filter(|t| *t > 0.0);
    let humidity = raw.humidity.filter(|h| (1..=100).contains(h)).map(|h| h as u8);
    let blind = kind == UnitKind::Lite && raw.temp.is_some() && temp.is_none() && humidity.is_none();
    let dryness = raw.humidity_level.filter(|l| (1..=5).contains(l) && !blind).map(|l| l as u8);
    let dry_minutes = raw.dry_minutes.and_then(|m| u32::try_from(m).ok());
    let minutes = dry_minutes.unwrap_or(0);
    let dryer = Dryer::read(raw);
    let drying = dryer.is_on(minutes).then_some(minutes);
    let hotend = hotend.filter(|id| *id < 2);
    let feeds = hotend
        .filter(|_| outside.two_nozzles)
        .map(|id| crate::state::printer::temps::hotend_label(i64::from(id), outside.model));
    let mut trays: Vec<_> = raw.trays.iter().flat_map(|list| &list.0).collect();
    trays.sort_by_key(|t| t.id);
    let trays = trays.into_iter().filter_map(|t| tray(t, id, &label, outside)).collect();
    Some(Unit {
        id,
        label,
        kind,
        firmware: module.and_then(|(_, module)| module.version.clone()).filter(|version| !version.is_empty()),
        dryness,
        humidity,
        temp,
        drying,
        dry_minutes,
        dryer,
        feeds,
        hotend: hotend.map(|id| id as u8),
        switched,
        trays,
    })
}

fn tray(raw: &RawTray, unit: i64, unit_label: &str, outside: Outside<'_>) -> Option<Tray> {
    // Every unit has at most four slots.
    let slot = raw.id.filter(|slot| (0..4).contains(slot))?;
    let bit = slot_bit(unit, slot);
    let in_mask = |mask: Option<Hex>| mask.zip(bit).map(|(mask, bit)| mask.bit(bit));
    let group = outside.group;
    let present = in_mask(group.trays_exist)
        .or(raw.state.map(|state| state & 1 == 1))
        .unwrap_or_else(|| raw.material.as_deref().is_some_and(|m| !m.is_empty()));
    let content = match filament(raw, outside.context.estimates) {
        known if in_mask(group.trays_reading) == Some(true) => Content::Reading(known),
        _ if !present => Content::Empty,
        Some(filament) => Content::Spool(filament),
        None => Content::Unknown,
    };
    let label = if unit >= Slot::FIRST_HT || unit_label.len() > 1 && unit != Slot::LITE {
        unit_label.to_owned()
    } else {
        format!("{unit_label}{}", slot + 1)
    };
    Some(Tray {
        label,
        slot: Slot { unit, slot },
        content,
        active: false,
        target: false,
        previous: false,
        moving: raw.state.is_some_and(|state| state & 4 != 0),
        tag_read: in_mask(group.trays_read),
        at_outlet: in_mask(group.trays_at_outlet),
    })
}

/// What the external spool with a number is called. With one nozzle both numbers mean the one spool.
fn external_label(id: i64, two_nozzles: bool) -> &'static str {
    match (two_nozzles, id) {
        (true, Slot::EXTERNAL_LEFT) => "Ext L",
        (true, _) => "Ext R",
        _ => "Ext",
    }
}

/// An external spool is a setting of a person, never seen by a sensor.
fn external(raw: &RawTray, outside: Outside<'_>) -> Tray {
    let id = raw.id.unwrap_or(Slot::EXTERNAL_LEFT);
    Tray {
        label: external_label(id, outside.two_nozzles).into(),
        slot: Slot { unit: id, slot: 0 },
        content: filament(raw, outside.context.estimates).map_or(Content::Empty, Content::Spool),
        active: false,
        target: false,
        previous: false,
        moving: false,
        tag_read: None,
        at_outlet: None,
    }
}

/// What each hotend says of its slot.
fn loaded(report: &Report) -> impl Iterator<Item = Loaded> {
    let extruders = report.device.as_ref().and_then(|d| d.extruder.as_ref());
    let info = extruders.and_then(|e| e.info.as_ref()).map_or(&[][..], |list| &list.0);
    info.iter().filter_map(|e| Some(Loaded { hotend: e.id?, slot: unpack(e.slot_now?) }))
}

/// A slot that the report names. `device.extruder` knows it; `tray_now` and its like count only where that is missing,
/// because newer models report "0" there while an AMS HT or the external spool is in use.
fn slot(report: &Report, group: &AmsGroup, which: Which) -> Option<Slot> {
    let extruders = report.device.as_ref().and_then(|d| d.extruder.as_ref());
    let info = extruders.and_then(|e| e.info.as_ref()).map_or(&[][..], |list| &list.0);
    if info.iter().any(|e| e.slot_now.is_some()) {
        let active = extruders.and_then(|e| e.state).and_then(ExtruderState::active);
        let in_use = |id: i64| info.iter().find(|e| e.id == Some(id));
        let extruder = if info.len() == 1 { info.first() } else { active.and_then(in_use) };
        let named = |packed: Option<i64>| packed.and_then(unpack);
        return match which {
            Which::Now => named(extruder?.slot_now),
            Which::Before => named(extruder?.slot_before),
            // While filament is changed the target differs; on printers with two hotends it may be the other one's.
            Which::Target => extruder.into_iter().chain(info).find_map(|e| {
                let target = e.slot_target?;
                (named(e.slot_now) != unpack(target)).then(|| unpack(target))
            })?,
        };
    }
    let number = match which {
        Which::Now => group.tray_now,
        Which::Before => group.tray_before,
        Which::Target => group.tray_target,
    };
    match number? {
        n @ 0..=15 => Some(Slot { unit: n / 4, slot: n % 4 }),
        n @ 64..=67 => Some(Slot { unit: Slot::LITE, slot: n - 64 }),
        n @ Slot::FIRST_HT..=Slot::LAST_HT => Some(Slot { unit: n, slot: 0 }),
        Slot::EXTERNAL_LEFT => Some(Slot { unit: Slot::EXTERNAL_LEFT, slot: 0 }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
