//! Temperatures and fans of one printer, from whichever generation of fields it sends.

use crate::protocol::{
    model::Model,
    report::Report,
    temps::{Heater, TempsPart},
    wire::Packed,
};

/// A temperature and its target, in °C.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gauge {
    /// The value now; `None`: not reported.
    pub now: Option<f64>,
    /// The target; `Some(0)` is off, `None` means that the printer has no heater or has not said.
    pub target: Option<f64>,
}

impl Gauge {
    /// The target, if the heater is on.
    pub fn aim(self) -> Option<f64> {
        self.target.filter(|t| *t > 0.0)
    }
}

impl From<Packed> for Gauge {
    fn from(packed: Packed) -> Self {
        Self { now: Some(packed.current()), target: Some(packed.target()) }
    }
}

/// One hotend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nozzle {
    /// As the printer numbers it: 0 the right or only one, 1 the left.
    pub id: u8,
    /// Diameter in mm.
    pub diameter: Option<f64>,
    /// `stainless steel`, `hardened steel` …
    pub material: Option<&'static str>,
    /// `nozzle`, or on printers with two `left`, `right`, `main`, `aux`.
    pub label: &'static str,
    /// Its temperature.
    pub gauge: Gauge,
    /// In use; the only one always is.
    pub active: bool,
}

/// Fan speeds in percent; `None`: not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are the fans' names")]
pub struct Fans {
    pub part: Option<u8>,
    pub aux: Option<u8>,
    pub chamber: Option<u8>,
    pub hotend: Option<u8>,
}

/// All temperatures and fans.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Temps {
    /// Hotends, left before right.
    pub nozzles: Vec<Nozzle>,
    /// Bed.
    pub bed: Gauge,
    /// Chamber; `None` when the printer has no sensor.
    pub chamber: Option<Gauge>,
    /// Fans.
    pub fans: Fans,
}

impl Temps {
    /// Reads the merged report.
    pub fn read(report: &Report, model: Model) -> Self {
        let flat = &report.temps;
        let device = report.device.as_ref();
        let packed = |heater: Option<&Heater>| heater?.info.as_ref()?.temp.map(Gauge::from);
        let bed = Gauge { now: flat.bed, target: flat.bed_target };
        Self {
            nozzles: nozzles(report, model),
            bed: if bed.now.is_some() { bed } else { packed(device.and_then(|d| d.bed.as_ref())).unwrap_or_default() },
            chamber: chamber(flat, packed(device.and_then(|d| d.chamber.as_ref())), model),
            fans: fans(report),
        }
    }

    /// The hotend in use.
    pub fn active_nozzle(&self) -> Option<&Nozzle> {
        self.nozzles.iter().find(|n| n.active).or(self.nozzles.first())
    }
}

fn nozzles(report: &Report, model: Model) -> Vec<Nozzle> {
    let extruders = report.device.as_ref().and_then(|d| d.extruder.as_ref());
    let info = extruders.and_then(|e| e.info.as_ref()).map_or(&[][..], |list| &list.0);
    let hotends: Vec<_> = info.iter().filter(|e| e.temp.is_some() && matches!(e.id, Some(0 | 1))).collect();
    if hotends.len() < 2 {
        let flat = Gauge { now: report.temps.nozzle, target: report.temps.nozzle_target };
        let gauge = match hotends.first().and_then(|e| e.temp) {
            Some(temp) if flat.now.is_none() => temp.into(),
            _ => flat,
        };
        let (diameter, material) = fitted(report, 0);
        return vec![Nozzle { id: 0, diameter, material, label: "nozzle", gauge, active: true }];
    }
    let active = extruders.and_then(|e| e.state).map(|state| state >> 4 & 0xF);
    let mut list: Vec<_> = hotends
        .iter()
        .map(|e| (e, e.id.map_or(0, |id| id as u8)))
        .map(|(e, id)| (e, id, fitted(report, id)))
        .map(|(e, id, (diameter, material))| Nozzle {
            id,
            diameter,
            material,
            label: match (e.id, model) {
                (Some(0), Model::X2D) => "aux",
                (_, Model::X2D) => "main",
                (Some(0), _) => "right",
                _ => "left",
            },
            gauge: e.temp.map(Gauge::from).unwrap_or_default(),
            active: active == e.id,
        })
        .collect();
    list.sort_by_key(|n| !matches!(n.label, "left" | "main"));
    list
}

/// Diameter and material of the nozzle at a hotend: from the list of mounted ones, else from the flat fields.
fn fitted(report: &Report, id: u8) -> (Option<f64>, Option<&'static str>) {
    let mounted = report.device.as_ref().and_then(|d| d.nozzle.as_ref()).and_then(|n| n.info.as_ref());
    let mounted = mounted.and_then(|list| list.0.iter().find(|n| n.id == Some(i64::from(id))));
    let flat = &report.machine;
    let real = |diameter: Option<f64>| diameter.filter(|d| *d > 0.0);
    let diameter = real(mounted.and_then(|n| n.diameter)).or(real(flat.nozzle_diameter).filter(|_| id == 0));
    let kind = mounted.and_then(|n| n.kind.as_deref()).or(flat.nozzle_type.as_deref().filter(|_| id == 0));
    (diameter, kind.and_then(nozzle_material))
}

/// The material behind a name, or behind a code such as `HS01`: its last two digits tell.
fn nozzle_material(kind: &str) -> Option<&'static str> {
    match kind {
        "stainless_steel" => Some("stainless steel"),
        "hardened_steel" => Some("hardened steel"),
        "tungsten_carbide" => Some("tungsten carbide"),
        code if code.len() == 4 && code.starts_with('H') => match code.get(2..)? {
            "00" => Some("stainless steel"),
            "01" => Some("hardened steel"),
            "05" => Some("tungsten carbide"),
            _ => None,
        },
        _ => None,
    }
}

/// Chamber by the first source that is there: `device.ctc`, `info.temp`, `chamber_temper`. A model without a sensor
/// shows none: A1 and P1 report a constant 5.
fn chamber(flat: &TempsPart, ctc: Option<Gauge>, model: Model) -> Option<Gauge> {
    let info = flat.info.as_ref().and_then(|i| i.temp).map(Gauge::from);
    let plain = || {
        let now = flat.chamber?;
        Some(if now > 500.0 {
            Gauge::from(Packed(now as i64))
        } else {
            Gauge { now: Some(now), target: flat.chamber_target }
        })
    };
    let proven = ctc.or(info);
    if model == Model::Unknown { proven } else { proven.or_else(plain).filter(|_| model.has_chamber_sensor()) }
}

fn fans(report: &Report) -> Fans {
    let flat = &report.temps;
    let parts = report.device.as_ref().and_then(|d| d.airduct.as_ref()).and_then(|a| a.parts.as_deref()).unwrap_or(&[]);
    let part = |number: i64| {
        let part = parts.iter().find(|p| p.id.is_some_and(|id| id >> 4 == number))?;
        Some((part.state? & 0xFF).clamp(0, 100) as u8)
    };
    let gear = |byte: u32| flat.fan_gear.map(|g| (((g >> (8 * byte)) & 0xFF) as f64 * 100.0 / 255.0).round() as u8);
    // Steps 0..=15 to the nearest ten percent: fits every capture, where floor and ceiling do not.
    let step = |step: Option<i64>| step.map(|s| ((s.clamp(0, 15) * 10) as f64 / 15.0).round() as u8 * 10);
    Fans {
        part: part(1).or_else(|| gear(0)).or_else(|| step(flat.part_fan_step)),
        aux: part(2).or_else(|| gear(1)).or_else(|| step(flat.aux_fan_step)),
        chamber: part(3).or_else(|| gear(2)).or_else(|| step(flat.chamber_fan_step)),
        hotend: step(flat.hotend_fan_step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::parse;

    fn read(fields: &str, model: Model) -> Temps {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        Temps::read(&parse(json.as_bytes()).expect("JSON").report.expect("a report"), model)
    }

    #[test]
    fn packed_temperatures_of_two_hotends() {
        let temps = read(
            r#""nozzle_temper":20,"device":{"extruder":{"state":274,"info":[{"id":0,"temp":26},{"id":1,"temp":14745864}]},
               "bed":{"info":{"temp":3932208}},"ctc":{"info":{"temp":47}}}"#,
            Model::H2D,
        );
        assert_eq!((temps.nozzles[0].label, temps.nozzles[0].active), ("left", true));
        assert_eq!(temps.nozzles[0].gauge, Gauge { now: Some(264.0), target: Some(225.0) });
        assert_eq!((temps.nozzles[1].label, temps.nozzles[1].gauge.aim()), ("right", None));
        assert_eq!(temps.bed, Gauge { now: Some(48.0), target: Some(60.0) });
        assert_eq!(temps.chamber, Some(Gauge { now: Some(47.0), target: Some(0.0) }));
    }

    #[test]
    fn a_printer_without_chamber_sensor_shows_none() {
        assert_eq!(read(r#""chamber_temper":5"#, Model::P1S).chamber, None);
        assert_eq!(read(r#""chamber_temper":5"#, Model::Unknown).chamber, None);
        assert_eq!(read(r#""chamber_temper":38.5"#, Model::X1C).chamber.and_then(|g| g.now), Some(38.5));
    }

    #[test]
    fn fans_from_three_encodings() {
        assert_eq!(read(r#""cooling_fan_speed":"10","heatbreak_fan_speed":"15""#, Model::P1S).fans.part, Some(70));
        assert_eq!(read(r#""cooling_fan_speed":"4""#, Model::P1S).fans.part, Some(30));
        assert_eq!(read(r#""fan_gear":414976"#, Model::P1S).fans.aux, Some(33));
        let duct = r#""fan_gear":142,"device":{"airduct":{"parts":[{"id":16,"state":90},{"id":160,"state":20}]}}"#;
        assert_eq!(read(duct, Model::P2S).fans.part, Some(90));
    }
}
