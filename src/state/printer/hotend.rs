//! Hotends of one printer beyond their heat: what is mounted, what stands in the rack, and what else the tool head
//! carries.

use crate::protocol::{
    flags::Aux,
    hotend::{Flow, Nozzle as RawNozzle, NozzleKind, diameter_in},
    model::Model,
    report::Report,
};
use crate::state::printer::{
    Printer,
    ams::{Rgba, Slot, unpack},
};

/// Whether a nozzle is in order, by the printer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// In order.
    Normal,
    /// Not in order.
    Abnormal,
    /// The printer does not know.
    Unknown,
}

impl Health {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Abnormal => "abnormal",
            Self::Unknown => "unknown",
        }
    }
}

/// What is known of a nozzle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spec {
    /// In mm.
    pub diameter: Option<f64>,
    /// `stainless steel`, `hardened steel` …
    pub material: Option<&'static str>,
    /// How much it lets through.
    pub flow: Option<Flow>,
    /// Highest temperature in °C.
    pub max: Option<u16>,
    /// What was read of it can be relied on; `None`: not said.
    pub reliable: Option<bool>,
    /// Whether it is in order.
    pub health: Option<Health>,
}

impl Spec {
    /// The nozzle of a hotend: from the list of mounted ones, else, for the right or only one, from the flat fields.
    pub(in crate::state) fn fitted(report: &Report, hotend: u8) -> Self {
        let list = report.device.as_ref().and_then(|d| d.nozzle.as_ref()).and_then(|n| n.info.as_ref());
        let listed = list.and_then(|list| list.0.iter().find(|n| n.id == Some(i64::from(hotend))));
        let mut spec = listed.map(Self::from).unwrap_or_default();
        if hotend == 0 {
            let flat = &report.machine;
            let text = flat.nozzle_type.as_deref().unwrap_or("");
            let kind = NozzleKind::parse(text);
            spec.diameter = spec.diameter.or(flat.nozzle_diameter.and_then(real)).or_else(|| diameter_in(text));
            spec.material = spec.material.or(kind.material);
            spec.flow = spec.flow.or(kind.flow);
        }
        spec
    }
}

impl From<&RawNozzle> for Spec {
    fn from(raw: &RawNozzle) -> Self {
        let text = raw.kind.as_deref().unwrap_or("");
        let kind = NozzleKind::parse(text);
        Self {
            diameter: raw.diameter.and_then(real).or_else(|| diameter_in(text)),
            material: kind.material,
            flow: kind.flow,
            max: raw.max.filter(|t| *t > 0).and_then(|t| u16::try_from(t).ok()),
            reliable: raw.stat.map(|stat| !stat.is_unreliable()),
            health: raw.stat.map(|s| match s.health() {
                0 => Health::Normal,
                1 => Health::Abnormal,
                _ => Health::Unknown,
            }),
        }
    }
}

/// A diameter as people write it: firmware sends 32-bit fractions such as 0.4000000059604645.
fn real(diameter: f64) -> Option<f64> {
    (diameter > 0.0).then(|| (diameter * 100.0).round() / 100.0)
}

/// The filament that was in a nozzle last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastFilament<'a> {
    /// Its colour; `None`: not said, or none.
    pub color: Option<Rgba>,
    /// Its code, as `GFA00`.
    pub code: Option<&'a str>,
}

impl Printer {
    /// What was in a nozzle last, by the number that the printer has for it.
    pub fn last_filament(&self, nozzle: i64) -> LastFilament<'_> {
        let nozzles = self.report.device.as_ref().and_then(|device| device.nozzle.as_ref());
        let list = nozzles.and_then(|nozzles| nozzles.info.as_ref());
        let Some(raw) = list.and_then(|list| list.0.iter().find(|row| row.id == Some(nozzle))) else {
            return LastFilament::default();
        };
        LastFilament {
            color: raw.color.as_deref().and_then(Rgba::parse),
            code: raw.filament.as_deref().filter(|code| !code.is_empty()),
        }
    }
}

/// What the hotends of a printer with two of them do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Switching {
    /// How it goes.
    pub state: SwitchState,
    /// The hotend in use; `None` while it is being switched.
    pub active: Option<i64>,
    /// The hotend aimed at.
    pub target: Option<i64>,
    /// The hotend that filament is being loaded into.
    pub loading: Option<i64>,
}

/// How switching from one hotend to the other goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum SwitchState {
    #[default]
    Idle,
    Busy,
    Switching,
    Failed,
}

impl SwitchState {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Switching => "switching",
            Self::Failed => "failed",
        }
    }
}

impl Switching {
    /// Reads the merged report; `None`: the printer does not say.
    pub(in crate::state) fn read(report: &Report) -> Option<Self> {
        let state = report.device.as_ref()?.extruder.as_ref()?.state?;
        Some(Self {
            state: match state.switching() {
                1 => SwitchState::Busy,
                2 => SwitchState::Switching,
                3 => SwitchState::Failed,
                _ => SwitchState::Idle,
            },
            active: state.active(),
            target: state.target(),
            loading: state.loads_into(),
        })
    }
}

/// A place of the hotend rack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RackPlace {
    /// Not said.
    Unknown,
    /// Nothing.
    Empty,
    /// A hotend.
    Hotend(Spec),
}

/// The hotend rack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rack {
    /// Places 1 to 6.
    pub places: [RackPlace; 6],
    /// Where it stands, as the printer numbers it.
    pub position: Option<i64>,
    /// What it does, as the printer numbers it.
    pub state: Option<i64>,
    /// The hotend that is being read, counted from 1, and how many are.
    pub reading: Option<(u8, u8)>,
}

/// The nozzle id of the first place.
pub const FIRST_PLACE: i64 = 16;

impl Rack {
    /// Reads the merged report; `None`: there is no rack.
    pub(in crate::state) fn read(report: &Report, model: Model) -> Option<Self> {
        let device = report.device.as_ref()?;
        let nozzles = device.nozzle.as_ref()?;
        let list = nozzles.info.as_ref().map_or(&[][..], |list| &list.0);
        let has_rack = list.iter().any(|n| n.id.is_some_and(|id| (FIRST_PLACE..FIRST_PLACE + 6).contains(&id)));
        if !has_rack && !model.has_rack() {
            return None;
        }
        let place = |at: i64| {
            let id = FIRST_PLACE + at;
            match list.iter().find(|n| n.id == Some(id)) {
                Some(nozzle) => RackPlace::Hotend(nozzle.into()),
                None if nozzles.exist.is_some_and(|bits| bits >> id & 1 == 0) => RackPlace::Empty,
                None => RackPlace::Unknown,
            }
        };
        let holder = device.holder.as_ref();
        Some(Self {
            places: [0, 1, 2, 3, 4, 5].map(place),
            position: holder.and_then(|h| h.position),
            state: holder.and_then(|h| h.stat),
            reading: nozzles.state.and_then(|state| {
                let count = (state >> 4 & 0xF) as u8;
                (count > 0).then_some(((state >> 8 & 0xF) as u8, count))
            }),
        })
    }
}

/// What the tool head carries besides hotends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// What it is.
    pub name: String,
    /// Whether it can be used.
    pub mount: Mount,
}

/// How a tool sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum Mount {
    NotMounted,
    Mounted,
    NoModule,
    CableMissing,
}

impl Mount {
    /// The words for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotMounted => "not mounted",
            Self::Mounted => "mounted",
            Self::NoModule => "no module",
            Self::CableMissing => "cable missing",
        }
    }
}

impl Tool {
    /// Reads the merged report; `None`: there is none.
    pub(in crate::state) fn read(report: &Report) -> Option<Self> {
        let tool = report.device.as_ref()?.tool.as_ref()?;
        let name = match tool.kind.as_deref()? {
            "" => return None,
            "LB00" => "10 W laser",
            "LB01" => "40 W laser",
            "CP00" => "cutter",
            "F000" => "enhanced cooling fan",
            other => other,
        };
        // Which of the two counts depends on what the tool is for; one that sits is mounted.
        let mount = match (tool.mount, tool.mount_3d) {
            (Some(1), _) | (_, Some(1)) => Mount::Mounted,
            (Some(3), _) | (_, Some(3)) => Mount::CableMissing,
            (Some(2), _) | (_, Some(2)) => Mount::NoModule,
            _ => Mount::NotMounted,
        };
        Some(Self { name: name.to_owned(), mount })
    }
}

/// The filament track switch: leads filament of several units to several hotends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackSwitch {
    /// The slot at each inlet.
    pub inlets: Vec<Option<Slot>>,
    /// The hotend at each outlet.
    pub outlets: Vec<Option<i64>>,
}

impl TrackSwitch {
    /// Whether there is one: by its bit, else by what it says.
    pub(in crate::state) fn is_fitted(report: &Report) -> bool {
        let says = || report.device.as_ref().is_some_and(|d| d.track_switch.is_some());
        report.machine.aux.map_or_else(says, Aux::track_switch)
    }

    /// Reads the merged report; `None`: there is none.
    pub(in crate::state) fn read(report: &Report) -> Option<Self> {
        if !Self::is_fitted(report) {
            return None;
        }
        let raw = report.device.as_ref().and_then(|d| d.track_switch.as_ref());
        let inlets = raw.and_then(|r| r.inlets.as_ref()).into_iter().flatten();
        let outlets = raw.and_then(|r| r.outlets.as_ref()).into_iter().flatten();
        Some(Self {
            inlets: inlets.map(|packed| unpack(*packed)).collect(),
            outlets: outlets.map(|id| Some(*id).filter(|id| (0..14).contains(id))).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::parse;

    fn report(fields: &str) -> Report {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        *parse(json.as_bytes()).expect("JSON").report.expect("a report")
    }

    #[test]
    fn the_rack_has_six_places() {
        // 0x2F0003 without bit 20: that hotend is in the tool head.
        let report = report(
            r#""device":{"holder":{"pos":3,"stat":0},"nozzle":{"exist":3080195,"state":545,"info":[
               {"id":0,"diameter":0.4000000059604645,"type":"HS01","stat":2,"tm":350},{"id":1,"diameter":0.4,"type":"HE05"},
               {"id":16,"diameter":0.2,"type":"HS00","stat":1},{"id":18,"diameter":0.6,"type":"HS01"}]}}"#,
        );
        let rack = Rack::read(&report, Model::Unknown).expect("a rack");
        let RackPlace::Hotend(first) = rack.places[0] else { panic!("{rack:?}") };
        assert_eq!((first.diameter, first.material, first.reliable), (Some(0.2), Some("stainless steel"), Some(false)));
        assert_eq!((rack.places[4], rack.places[5]), (RackPlace::Empty, RackPlace::Unknown));
        assert_eq!((rack.position, rack.reading), (Some(3), Some((2, 2))));
        let (right, left) = (Spec::fitted(&report, 0), Spec::fitted(&report, 1));
        assert_eq!((right.diameter, right.health, right.max), (Some(0.4), Some(Health::Abnormal), Some(350)));
        assert_eq!((left.flow, left.material, left.reliable), (Some(Flow::High), Some("tungsten carbide"), None));
    }

    #[test]
    fn flat_fields_are_of_the_right_or_only_hotend() {
        let report = report(r#""nozzle_type":"HS01-0.6","nozzle_diameter":"","device":{"nozzle":{"0":{"temp":1}}}"#);
        let spec = Spec::fitted(&report, 0);
        assert_eq!((spec.diameter, spec.flow), (Some(0.6), Some(Flow::Standard)));
        assert_eq!((Spec::fitted(&report, 1), Rack::read(&report, Model::H2D)), (Spec::default(), None));
    }

    #[test]
    fn tools_and_switches() {
        let mounted = report(r#""device":{"ext_tool":{"mount":0,"mount_3d":1,"type":"F000"}}"#);
        let tool = Tool { name: "enhanced cooling fan".into(), mount: Mount::Mounted };
        assert_eq!(Tool::read(&mounted), Some(tool));
        assert_eq!(Tool::read(&report(r#""device":{"ext_tool":{"mount":0,"type":""}}"#)), None);
        let switch = report(r#""aux":"20000000","device":{"fila_switch":{"in":[259,255],"out":[0,14]}}"#);
        let switch = TrackSwitch::read(&switch).expect("a switch");
        assert_eq!(switch.inlets, [Some(Slot { unit: 1, slot: 3 }), None]);
        assert_eq!(switch.outlets, [Some(0), None]);
        assert_eq!(TrackSwitch::read(&report(r#""aux":"0","device":{"fila_switch":{"in":[]}}"#)), None);
    }
}
