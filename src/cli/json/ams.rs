//! Filament as JSON: units, trays, and what the AMS does.

use crate::state::printer::{
    Printer,
    ams::{ColorKind, Content, DryPhase, DryState, Dryer, Filament, Rgba, Tray, Unit},
};
use serde::Serialize;

/// What the AMS does, and which slots are concerned.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::cli) struct AmsActivityJson<'a> {
    /// What it does, in words.
    activity: Option<&'static str>,
    /// What its reader of tags does, in words.
    tag_reader: Option<&'static str>,
    /// Filament is being changed.
    changing: bool,
    /// It is being set up.
    setting_up: bool,
    /// Label of the slot in use.
    active: Option<&'a str>,
    /// Label of the slot aimed at, while that is another one than the active one.
    target: Option<&'a str>,
    /// Label of the slot that was in use before, while that is another one than the active one.
    previous: Option<&'a str>,
}

impl<'a> From<&'a Printer> for AmsActivityJson<'a> {
    fn from(printer: &'a Printer) -> Self {
        let ams = &printer.ams;
        let first = |which: fn(&Tray) -> bool| ams.trays().find(|tray| which(tray)).map(|tray| tray.label.as_str());
        Self {
            activity: ams.activity,
            tag_reader: ams.tag_activity,
            changing: ams.changing,
            setting_up: ams.setting_up,
            active: first(|tray| tray.active),
            target: first(|tray| tray.target),
            previous: first(|tray| tray.previous),
        }
    }
}

/// An AMS unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::cli) struct UnitJson<'a> {
    /// 0 to 3 AMS, 16 AMS Lite of the A2L, 128 and more AMS HT.
    id: i64,
    /// `A` … `D`, `HT1` …, `Lite`.
    label: &'a str,
    /// `AMS`, `AMS Lite`, `AMS 2 Pro`, `AMS HT`.
    model: &'static str,
    /// Its firmware version.
    firmware: Option<&'a str>,
    /// The hotend it feeds: 0 the right or only one, 1 the left.
    hotend: Option<u8>,
    /// A track switch decides which hotend it feeds.
    switched: bool,
    /// Dryness, 1 (wet) to 5 (dry).
    humidity_index: Option<u8>,
    /// Relative humidity in percent.
    humidity_percent: Option<u8>,
    /// Of its air, in °C.
    temperature: Option<f64>,
    /// Minutes of drying left; 0: not drying.
    drying_minutes: Option<u32>,
    /// Its heater may be on.
    is_drying: bool,
    /// Its dryer; null: it cannot dry.
    drying: Option<DryerJson<'a>>,
    /// Its slots.
    trays: Vec<TrayJson<'a>>,
}

impl<'a> UnitJson<'a> {
    pub(in crate::cli) fn all(printer: &'a Printer) -> Vec<Self> {
        printer.ams.units.iter().map(Self::from).collect()
    }
}

impl<'a> From<&'a Unit> for UnitJson<'a> {
    fn from(unit: &'a Unit) -> Self {
        Self {
            id: unit.id,
            label: &unit.label,
            model: unit.kind.name(),
            firmware: unit.firmware.as_deref(),
            hotend: unit.hotend,
            switched: unit.switched,
            humidity_index: unit.dryness,
            humidity_percent: unit.humidity,
            temperature: unit.temp,
            drying_minutes: unit.dry_minutes,
            is_drying: unit.drying.is_some(),
            drying: unit.kind.drying_max().map(|_| (&unit.dryer).into()),
            trays: unit.trays.iter().map(TrayJson::from).collect(),
        }
    }
}

/// The dryer of a unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DryerJson<'a> {
    /// `off`, `checking`, `drying`, `cooling`, `stopping`, `error`, `the heater does not stop`, `testing`.
    state: Option<&'static str>,
    /// `idle`, `heating`, `dehumidifying`.
    phase: Option<&'static str>,
    /// Whether each of its two fans runs.
    fans: Option<[bool; 2]>,
    /// Air temperature aimed at, in °C.
    target: Option<u16>,
    /// How long in hours.
    hours: Option<u16>,
    /// The filament it is meant for.
    filament: Option<&'a str>,
    /// Why it cannot start, in words.
    obstacles: Vec<std::borrow::Cow<'static, str>>,
}

impl<'a> From<&'a Dryer> for DryerJson<'a> {
    fn from(dryer: &'a Dryer) -> Self {
        Self {
            // A number that is not known is no state.
            state: dryer.state.filter(|state| !matches!(state, DryState::Other(_))).map(DryState::name),
            phase: dryer.phase.map(DryPhase::name),
            fans: dryer.fans,
            target: dryer.celsius,
            hours: dryer.hours,
            filament: dryer.filament.as_deref(),
            obstacles: dryer.obstacles_in_words().collect(),
        }
    }
}

/// A slot of a unit, or an external spool.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::cli) struct TrayJson<'a> {
    /// Slot 0 to 3; 254 and 255 are external spools.
    id: i64,
    /// `A1`, `HT1`, `Ext`, `Ext L` …
    label: &'a str,
    /// Nothing is in it.
    empty: bool,
    /// Its tag is being read; what it says of the spool is what was known before.
    reading: bool,
    /// In use by the hotend that works.
    active: bool,
    /// Aimed at, while another slot is the active one.
    target: bool,
    /// In use before, while another slot is the active one.
    previous: bool,
    /// Filament moves in it.
    moving: bool,
    /// Its tag has been read.
    tag_read: Option<bool>,
    /// The sensor of its outlet sees filament.
    at_outlet: Option<bool>,
    #[serde(flatten)]
    spool: SpoolJson<'a>,
}

impl<'a> TrayJson<'a> {
    pub(in crate::cli) fn external(printer: &'a Printer) -> Vec<Self> {
        printer.ams.external.iter().map(Self::from).collect()
    }
}

impl<'a> From<&'a Tray> for TrayJson<'a> {
    fn from(tray: &'a Tray) -> Self {
        let spool = match &tray.content {
            Content::Spool(spool) => Some(spool),
            // What was known before; that it is being read stands beside it.
            Content::Reading(known) => known.as_ref(),
            Content::Empty | Content::Unknown => None,
        };
        Self {
            // An external spool is a unit with one slot: the unit's number is the tray's.
            id: if tray.slot.is_external() { tray.slot.unit } else { tray.slot.slot },
            label: &tray.label,
            empty: tray.content == Content::Empty,
            reading: matches!(tray.content, Content::Reading(_)),
            active: tray.active,
            target: tray.target,
            previous: tray.previous,
            moving: tray.moving,
            tag_read: tray.tag_read,
            at_outlet: tray.at_outlet,
            spool: spool.map(SpoolJson::from).unwrap_or_default(),
        }
    }
}

/// What a printer knows of a spool; all null where it knows nothing of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SpoolJson<'a> {
    /// The printer's word: `PLA`, `PLA-S` …; null also for a spool that the printer knows nothing about.
    material: Option<&'a str>,
    /// Such as `PLA Basic`.
    name: Option<&'a str>,
    /// The first colour, as `#RRGGBBAA`.
    color: Option<String>,
    /// All colours of the spool.
    colors: Vec<String>,
    /// How they belong together: `single`, `several`, `gradient`.
    color_kind: Option<&'static str>,
    /// Light passes through it.
    translucent: Option<bool>,
    /// Left in percent; null where the printer does not know.
    remain_percent: Option<u8>,
    /// Left in grams; null also where weight and length cannot be of one spool.
    remain_grams: Option<u32>,
    /// Left in mm; null also where weight and length cannot be of one spool.
    remain_mm: Option<u32>,
    /// Weight of a full spool in grams.
    spool_grams: Option<u32>,
    /// Of the filament, in mm.
    diameter: Option<f64>,
    /// Lowest recommended temperature of the nozzle, in °C.
    nozzle_min: Option<u16>,
    /// Highest recommended temperature of the nozzle, in °C.
    nozzle_max: Option<u16>,
    /// Recommended temperature of the bed, in °C.
    bed: Option<u16>,
    /// Recommended drying, in °C.
    dry_celsius: Option<u16>,
    /// Recommended drying, in hours.
    dry_hours: Option<u16>,
    /// Pressure advance.
    k: Option<f64>,
    /// The calibration profile in use; null: the default.
    profile: Option<i64>,
    /// Code such as `GFA00`.
    filament_id: Option<&'a str>,
    /// The vendor's article, such as `A00-K00`.
    article: Option<&'a str>,
    /// It has the vendor's tag.
    tagged: Option<bool>,
    /// RFID tag.
    uid: Option<&'a str>,
    /// Identity of the spool, from its tag.
    uuid: Option<&'a str>,
}

impl<'a> From<&'a Filament> for SpoolJson<'a> {
    fn from(spool: &'a Filament) -> Self {
        let filled = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        let colors: Vec<_> = spool.colors.iter().map(|color| color.hex8()).collect();
        Self {
            material: Some(&spool.raw_material),
            name: Some(&spool.name),
            color: colors.first().cloned(),
            color_kind: spool.color_kind.map(ColorKind::name),
            translucent: (!colors.is_empty()).then(|| spool.colors.iter().copied().any(Rgba::is_translucent)),
            colors,
            remain_percent: spool.remain,
            remain_grams: spool.grams,
            remain_mm: spool.length,
            spool_grams: spool.weight,
            diameter: spool.diameter,
            nozzle_min: spool.nozzle_min,
            nozzle_max: spool.nozzle_max,
            bed: spool.bed,
            dry_celsius: spool.dry_celsius,
            dry_hours: spool.dry_hours,
            k: spool.k,
            profile: spool.profile,
            filament_id: filled(&spool.code),
            article: filled(&spool.article),
            tagged: Some(spool.tagged),
            uid: filled(&spool.tag),
            uuid: filled(&spool.uuid),
        }
    }
}
