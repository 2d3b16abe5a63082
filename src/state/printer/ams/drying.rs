//! Drying: what a unit that can dry does, and why one cannot.

use crate::protocol::ams::{Unit as RawUnit, dry_obstacle};
use std::borrow::Cow;

/// What a dryer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DryState {
    /// Nothing.
    Off,
    /// It looks whether it can.
    Checking,
    /// It dries.
    Drying,
    /// It cools down after drying.
    Cooling,
    /// It ends.
    Stopping,
    /// It has failed.
    Error,
    /// Its heater does not stop: dangerous.
    HeaterStuck,
    /// It is being tested.
    Testing,
    /// A number that is not known.
    Other(u32),
}

impl DryState {
    fn from_bits(bits: u32) -> Self {
        match bits {
            0 => Self::Off,
            1 => Self::Checking,
            2 => Self::Drying,
            3 => Self::Cooling,
            4 => Self::Stopping,
            5 => Self::Error,
            6 => Self::HeaterStuck,
            7 => Self::Testing,
            other => Self::Other(other),
        }
    }

    /// The words for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Checking => "checking",
            Self::Drying => "drying",
            Self::Cooling => "cooling",
            Self::Stopping => "stopping",
            Self::Error => "error",
            Self::HeaterStuck => "the heater does not stop",
            Self::Testing => "testing",
            Self::Other(_) => "unknown",
        }
    }
}

/// What drying does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum DryPhase {
    Idle,
    Heating,
    Dehumidifying,
}

impl DryPhase {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Heating => "heating",
            Self::Dehumidifying => "dehumidifying",
        }
    }
}

/// The dryer of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dryer {
    /// What it does; `None`: not said.
    pub state: Option<DryState>,
    /// What that is at the moment; `None`: not said.
    pub phase: Option<DryPhase>,
    /// Its two fans run; `None`: not said.
    pub fans: Option<[bool; 2]>,
    /// Air temperature aimed at in °C.
    pub celsius: Option<u16>,
    /// How long in hours.
    pub hours: Option<u16>,
    /// Filament it is meant for.
    pub filament: Option<String>,
    /// Why it cannot start, as the printer numbers the reasons.
    pub obstacles: Vec<i64>,
}

impl Dryer {
    /// Reads a unit.
    pub(super) fn read(raw: &RawUnit) -> Self {
        let setting = raw.dry_setting.as_ref();
        let number = |n: Option<i64>| n.filter(|n| *n > 0).and_then(|n| u16::try_from(n).ok());
        Self {
            state: raw.info.map(|info| DryState::from_bits(info.drying())),
            phase: raw.info.and_then(|info| match info.dry_phase() {
                0 => Some(DryPhase::Idle),
                1 => Some(DryPhase::Heating),
                2 => Some(DryPhase::Dehumidifying),
                _ => None,
            }),
            fans: raw.info.map(|info| info.dry_fans().map(|bits| bits != 0)),
            celsius: setting.and_then(|s| number(s.celsius)),
            hours: setting.and_then(|s| number(s.hours)),
            filament: setting.and_then(|s| s.filament.clone()).filter(|f| !f.is_empty()),
            obstacles: raw.dry_obstacles.clone().unwrap_or_default(),
        }
    }

    /// Whether it is at work: the heater may be on.
    pub(super) fn is_on(&self, minutes: u32) -> bool {
        use DryState::{Checking, Drying, Error, HeaterStuck};
        minutes > 0 || matches!(self.state, Some(Checking | Drying | Error | HeaterStuck))
    }

    /// Why it cannot start, in words.
    pub fn obstacles_in_words(&self) -> impl Iterator<Item = Cow<'static, str>> {
        self.obstacles.iter().map(|reason| dry_obstacle(*reason))
    }
}
