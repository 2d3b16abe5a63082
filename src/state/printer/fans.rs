//! Fans and the air duct of one printer, from whichever of three encodings it sends.

use crate::protocol::{
    fans::{Airduct, FanPart},
    report::Report,
};
use crate::state::printer::machine::Abilities;

/// Fan speeds in percent; `None`: not reported, or the printer has no such fan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fans {
    /// Cools the print.
    pub part: Option<u8>,
    /// Auxiliary, on the right.
    pub aux: Option<u8>,
    /// Blows air out of the chamber.
    pub chamber: Option<u8>,
    /// Cools the heat break of the hotend.
    pub hotend: Option<u8>,
    /// The second auxiliary one, on the left.
    pub second_aux: Option<u8>,
    /// Cools the second heat break.
    pub second_hotend: Option<u8>,
    /// Moves the air inside, through filter or heater.
    pub filter: Option<u8>,
}

impl Fans {
    /// Reads the merged report: the air duct's list first, then `fan_gear`, then the steps.
    pub(in crate::state) fn read(report: &Report, abilities: Abilities) -> Self {
        let flat = &report.temps;
        let duct = report.device.as_ref().and_then(|d| d.airduct.as_ref());
        let listed = |part| listed(duct?, part);
        let gear = |byte: u32| {
            let gear = u32::try_from(flat.fan_gear?).ok()?;
            Some((f64::from(gear >> (8 * byte) & 0xFF) * 100.0 / 255.0).round() as u8)
        };
        // Steps 0..=15 to the nearest ten percent: fits every capture, where floor and ceiling do not.
        let step = |step: Option<i64>| {
            let step = step.filter(|step| (0..=15).contains(step))?;
            Some(((step * 10) as f64 / 15.0).round() as u8 * 10)
        };
        Self {
            part: listed(FanPart::Part).or_else(|| gear(0)).or_else(|| step(flat.part_fan_step)),
            aux: listed(FanPart::Aux)
                .or_else(|| gear(1))
                .or_else(|| step(flat.aux_fan_step))
                .filter(|_| abilities.aux_fan),
            chamber: listed(FanPart::Chamber)
                .or_else(|| gear(2))
                .or_else(|| step(flat.chamber_fan_step))
                .filter(|_| abilities.chamber_fan),
            hotend: listed(FanPart::HeatBreak).or_else(|| step(flat.hotend_fan_step)),
            second_aux: listed(FanPart::SecondAux),
            second_hotend: listed(FanPart::SecondHeatBreak),
            filter: listed(FanPart::InnerLoop),
        }
    }
}

fn listed(duct: &Airduct, which: FanPart) -> Option<u8> {
    let part = duct.parts.as_ref()?.iter().find(|p| p.id.and_then(FanPart::from_id) == Some(which))?;
    percent_in(part.state?)
}

/// The speed in the low eight bits; a number that is no percentage is none.
fn percent_in(state: i64) -> Option<u8> {
    u8::try_from(state & 0xFF).ok().filter(|percent| *percent <= 100)
}

/// Whether the air duct's list has a fan; `None`: the list cannot be trusted to be complete, which it is only with the
/// part and the auxiliary fan in it.
pub(in crate::state) fn has_fan(report: &Report, which: FanPart) -> Option<bool> {
    let parts = report.device.as_ref()?.airduct.as_ref()?.parts.as_ref()?;
    let has = |which| parts.iter().any(|p| p.id.and_then(FanPart::from_id) == Some(which));
    if has(which) {
        return Some(true);
    }
    (has(FanPart::Part) && has(FanPart::Aux)).then_some(false)
}

/// What the air duct does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AirMode {
    /// Cooling, with the air filtered.
    Cooling,
    /// Heating: the air stays inside.
    Heating,
    /// Exhaust, for laser work.
    Exhaust,
    /// Full cooling.
    FullCooling,
    /// The printer has just started.
    Initialising,
    /// A number that is not known.
    Other(i64),
}

impl AirMode {
    /// From its number; `None`: no mode.
    pub fn from_id(id: i64) -> Option<Self> {
        Some(match id {
            i64::MIN..=-1 => return None,
            0 => Self::Cooling,
            1 => Self::Heating,
            2 => Self::Exhaust,
            3 => Self::FullCooling,
            255 => Self::Initialising,
            other => Self::Other(other),
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cooling => "cooling",
            Self::Heating => "heating",
            Self::Exhaust => "exhaust",
            Self::FullCooling => "full cooling",
            Self::Initialising => "initialising",
            Self::Other(_) => "unknown",
        }
    }
}

/// A mode that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeRow {
    /// Which.
    pub mode: AirMode,
    /// The fans that a person may set in it.
    pub controls: Vec<FanPart>,
    /// The fans that are off in it.
    pub off: Vec<FanPart>,
}

/// A fan of the air duct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuctFan {
    /// Which.
    pub part: FanPart,
    /// Percent now.
    pub now: Option<u8>,
    /// Percent aimed at.
    pub target: Option<u8>,
    /// Lowest and highest percent it can be set to.
    pub range: Option<(u8, u8)>,
}

/// The air duct.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AirDuct {
    /// What it does.
    pub mode: Option<AirMode>,
    /// While cooling: whether the air goes through the filter.
    pub filters: Option<bool>,
    /// The modes that can be chosen.
    pub modes: Vec<ModeRow>,
    /// Its fans.
    pub fans: Vec<DuctFan>,
}

impl AirDuct {
    /// Reads the merged report; `None`: the printer has none.
    pub(in crate::state) fn read(report: &Report) -> Option<Self> {
        let duct = report.device.as_ref()?.airduct.as_ref()?;
        let parts = |ids: &Option<Vec<i64>>| -> Vec<FanPart> {
            ids.iter().flatten().filter_map(|id| FanPart::from_id(*id)).collect()
        };
        let percent = |v: i64| v.clamp(0, 100) as u8;
        Some(Self {
            mode: duct.mode.and_then(AirMode::from_id),
            filters: duct.sub_mode.and_then(|sub| match sub {
                0 => Some(true),
                1 => Some(false),
                _ => None,
            }),
            modes: duct
                .modes
                .iter()
                .flatten()
                .filter_map(|row| {
                    let mode = AirMode::from_id(row.id?)?;
                    Some(ModeRow { mode, controls: parts(&row.controlled), off: parts(&row.off) })
                })
                .collect(),
            fans: duct
                .parts
                .iter()
                .flatten()
                .filter_map(|p| {
                    Some(DuctFan {
                        part: p.id.and_then(FanPart::from_id)?,
                        now: p.state.and_then(percent_in),
                        target: p.target.map(percent),
                        range: p.range.map(|r| (percent(r & 0xFFFF), percent(r >> 16 & 0xFFFF))),
                    })
                })
                .collect(),
        })
    }

    /// Whether a person may set a fan in the mode that is on; `None`: the printer does not say.
    pub fn controls(&self, fan: FanPart) -> Option<bool> {
        let row = self.modes.iter().find(|row| Some(row.mode) == self.mode)?;
        Some(row.controls.contains(&fan))
    }

    /// Whether a mode can be chosen.
    pub fn offers(&self, mode: AirMode) -> bool {
        self.modes.iter().any(|row| row.mode == mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{model::Model, report::parse};

    fn report(fields: &str) -> Report {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        *parse(json.as_bytes()).expect("JSON").report.expect("a report")
    }

    fn fans(fields: &str, model: Model) -> Fans {
        let report = report(fields);
        Fans::read(&report, Abilities::read(&report, model))
    }

    #[test]
    fn fans_from_three_encodings() {
        assert_eq!(fans(r#""cooling_fan_speed":"10","heatbreak_fan_speed":"15""#, Model::P1S).part, Some(70));
        assert_eq!(fans(r#""cooling_fan_speed":"4""#, Model::P1S).part, Some(30));
        assert_eq!(fans(r#""fan_gear":414976"#, Model::P1S).aux, Some(33));
        for nonsense in [r#""fan_gear":-1"#, r#""cooling_fan_speed":"77""#, r#""cooling_fan_speed":-2"#] {
            assert_eq!(fans(nonsense, Model::P1S).part, None, "{nonsense}");
        }
        let listed = r#""device":{"airduct":{"parts":[{"id":16,"state":255}]}}"#;
        assert_eq!(fans(listed, Model::P2S).part, None, "255 is no percentage");
        let duct = r#""fan_gear":142,"heatbreak_fan_speed":"15","big_fan2_speed":"0","device":{"airduct":{"parts":[
            {"id":16,"state":90},{"id":160,"state":20},{"id":33,"state":1}]}}"#;
        let p2s = fans(duct, Model::P2S);
        assert_eq!((p2s.part, p2s.second_aux, p2s.hotend), (Some(90), Some(20), Some(100)));
        assert_eq!(p2s.aux, Some(0), "without an entry of its own the gear counts: the list is not complete");
    }

    #[test]
    fn a_complete_list_has_every_fan_there_is() {
        let duct = r#""big_fan2_speed":"5","device":{"airduct":{"parts":[{"id":16,"state":90},{"id":32,"state":100},
            {"id":0,"state":80},{"id":64,"state":70},{"id":96,"state":256}]}}"#;
        let fans = fans(duct, Model::X2D);
        assert_eq!((fans.aux, fans.chamber, fans.hotend, fans.second_hotend), (Some(100), None, Some(80), Some(70)));
        assert_eq!((fans.filter, fans.second_aux), (Some(0), None), "only the low eight bits are the speed");
    }

    #[test]
    fn the_mode_tells_which_fans_may_be_set() {
        let report = report(
            r#""device":{"airduct":{"modeCur":1,"subMode":0,"modeList":[{"ctrl":[16,32,160],"modeId":0,"off":[]},
               {"ctrl":[16],"modeId":1,"off":[160]}],"parts":[{"func":0,"id":16,"range":6553600,"state":90,"tar_state":95}]}}"#,
        );
        let duct = AirDuct::read(&report).expect("a duct");
        assert_eq!((duct.mode, duct.filters), (Some(AirMode::Heating), Some(true)));
        assert_eq!((duct.controls(FanPart::Part), duct.controls(FanPart::Aux)), (Some(true), Some(false)));
        assert_eq!(duct.modes[1].off, [FanPart::SecondAux]);
        let fan = DuctFan { part: FanPart::Part, now: Some(90), target: Some(95), range: Some((0, 100)) };
        assert_eq!(duct.fans, [fan]);
        assert!(duct.offers(AirMode::Cooling) && !duct.offers(AirMode::Exhaust));
    }
}
