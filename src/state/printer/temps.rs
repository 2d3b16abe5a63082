//! Temperatures and fans of one printer, from whichever generation of fields it sends.

pub use crate::state::printer::fans::Fans;

use crate::protocol::{
    flags::{ExtruderInfo, ExtruderState},
    hotend::{Extruder, Flow},
    model::Model,
    report::Report,
    temps::Heater,
    wire::Packed,
};
use crate::state::printer::{
    hotend::{Health, Spec},
    machine::Abilities,
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

/// What no thermometer of a printer can show is no temperature.
fn real(celsius: f64) -> Option<f64> {
    (-50.0..=1000.0).contains(&celsius).then_some(celsius)
}

impl Gauge {
    fn flat(now: Option<f64>, target: Option<f64>) -> Self {
        Self { now: now.and_then(real), target: target.and_then(real) }
    }

    /// What is missing is taken from another source.
    fn or(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or_default();
        Self { now: self.now.or(other.now), target: self.target.or(other.target) }
    }
}

impl From<Packed> for Gauge {
    fn from(packed: Packed) -> Self {
        match packed.0 {
            0..=0xFFFF_FFFF => Self::flat(Some(packed.current()), Some(packed.target())),
            _ => Self::default(),
        }
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
    /// How much it lets through.
    pub flow: Option<Flow>,
    /// Highest temperature in °C, where the printer tells it.
    pub max: Option<u16>,
    /// What was read of the nozzle can be relied on; `None`: not said.
    pub reliable: Option<bool>,
    /// Whether the nozzle is in order, where the printer tells it.
    pub health: Option<Health>,
    /// Filament is in it; `None`: not said.
    pub filament: Option<bool>,
    /// Filament is in the buffer before it; `None`: not said.
    pub buffer: Option<bool>,
    /// A nozzle is mounted; `None`: not said.
    pub fitted: Option<bool>,
    /// `nozzle`, or on printers with two `left`, `right`, `main`, `aux`.
    pub label: &'static str,
    /// Its temperature.
    pub gauge: Gauge,
    /// In use; the only one always is.
    pub active: bool,
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
    pub fn read(report: &Report, model: Model, abilities: Abilities) -> Self {
        let flat = &report.temps;
        let device = report.device.as_ref();
        let packed = |heater: Option<&Heater>| heater?.info.as_ref()?.temp.map(Gauge::from);
        let bed = Gauge::flat(flat.bed, flat.bed_target);
        let packed_bed = || packed(device?.bed.as_ref()).or_else(|| device?.bed_temp.map(Gauge::from));
        Self {
            nozzles: nozzles(report, model),
            bed: bed.or(packed_bed()),
            chamber: abilities.chamber_sensor.then(|| chamber(report, abilities)),
            fans: Fans::read(report, abilities),
        }
    }

    /// The hotend in use.
    pub fn active_nozzle(&self) -> Option<&Nozzle> {
        self.nozzles.iter().find(|n| n.active).or(self.nozzles.first())
    }
}

/// What a hotend of a printer with two of them is called.
pub(in crate::state) fn hotend_label(id: i64, model: Model) -> &'static str {
    match (id, model) {
        (0, Model::X2D) => "aux",
        (_, Model::X2D) => "main",
        (0, _) => "right",
        _ => "left",
    }
}

fn nozzles(report: &Report, model: Model) -> Vec<Nozzle> {
    let extruders = report.device.as_ref().and_then(|d| d.extruder.as_ref());
    let info = extruders.and_then(|e| e.info.as_ref()).map_or(&[][..], |list| &list.0);
    let hotends: Vec<_> = info.iter().filter(|e| e.temp.is_some() && matches!(e.id, Some(0 | 1))).collect();
    if hotends.len() < 2 {
        let flat = Gauge::flat(report.temps.nozzle, report.temps.nozzle_target);
        let old = || report.device.as_ref()?.nozzle.as_ref()?.old.as_ref()?.temp;
        let gauge = flat.or(hotends.first().and_then(|e| e.temp).or_else(old).map(Gauge::from));
        let mut nozzle = nozzle(report, hotends.first().copied(), 0, "nozzle", gauge, true);
        // Older models have one sensor, before the extruder.
        nozzle.filament = nozzle.filament.or(report.machine.filament_switch.map(|state| state != 0));
        return vec![nozzle];
    }
    let active = extruders.and_then(|e| e.state).and_then(ExtruderState::active);
    let mut list: Vec<_> = hotends
        .iter()
        .map(|e| {
            let id = e.id.unwrap_or(0);
            let gauge = e.temp.map(Gauge::from).unwrap_or_default();
            nozzle(report, Some(e), id as u8, hotend_label(id, model), gauge, active == Some(id))
        })
        .collect();
    list.sort_by_key(|n| !matches!(n.label, "left" | "main"));
    list
}

fn nozzle(report: &Report, raw: Option<&Extruder>, id: u8, label: &'static str, gauge: Gauge, active: bool) -> Nozzle {
    let Spec { diameter, material, flow, max, reliable, health } = Spec::fitted(report, id);
    let info = raw.and_then(|e| e.info);
    Nozzle {
        id,
        diameter,
        material,
        flow,
        max,
        reliable,
        health,
        filament: info.map(ExtruderInfo::has_filament),
        buffer: info.map(ExtruderInfo::buffer_has_filament),
        fitted: info.map(ExtruderInfo::has_nozzle),
        label,
        gauge,
        active,
    }
}

/// Chamber by the first source that is there: `device.ctc`, `info.temp`, `chamber_temper`, `device.cham_temp`.
fn chamber(report: &Report, abilities: Abilities) -> Gauge {
    let flat = &report.temps;
    let device = report.device.as_ref();
    let ctc = || device?.chamber.as_ref()?.info.as_ref()?.temp;
    let info = || flat.info.as_ref()?.temp;
    let plain = || {
        let now = flat.chamber?;
        // Above any real temperature it is packed like the others.
        Some(if now > 500.0 { Gauge::from(Packed(now as i64)) } else { Gauge::flat(Some(now), flat.chamber_target) })
    };
    let copy = || device?.chamber_temp.map(Gauge::from);
    let mut gauge = ctc().or_else(info).map(Gauge::from).or_else(plain).or_else(copy).unwrap_or_default();
    // Some firmware leaves the packed target at 0 and tells it in a field of its own.
    gauge.target = gauge.aim().or(flat.chamber_target.and_then(real)).or(gauge.target);
    // Without a heater the target is a constant 0 and means nothing.
    gauge.target = gauge.target.filter(|target| abilities.chamber_heater || *target > 0.0);
    gauge
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::parse;

    fn read(fields: &str, model: Model) -> Temps {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        Temps::read(&report, model, Abilities::read(&report, model))
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
    fn gaps_are_filled_and_nonsense_is_no_temperature() {
        let gauge = |now, target| Gauge { now, target };
        // 3932208 = 0x003C0030
        let temps = read(r#""bed_temper":47.5,"device":{"bed":{"info":{"temp":3932208}}}"#, Model::X1C);
        assert_eq!(temps.bed, gauge(Some(47.5), Some(60.0)));
        // The packed target of an X1E may stay at 0 while another field tells it.
        let x1e = read(r#""ctt":60,"device":{"ctc":{"info":{"temp":45}}}"#, Model::X1E);
        assert_eq!(x1e.chamber, Some(gauge(Some(45.0), Some(60.0))));
        for nonsense in ["99999", "-274", "1e300"] {
            let fields = format!(r#""nozzle_temper":{nonsense},"nozzle_target_temper":220,"bed_temper":{nonsense}"#);
            let temps = read(&fields, Model::P1S);
            assert_eq!(
                (temps.nozzles[0].gauge, temps.bed),
                (gauge(None, Some(220.0)), gauge(None, None)),
                "{nonsense}"
            );
        }
        for packed in ["-1", "4294967296", "65535"] {
            let temps = read(&format!(r#""device":{{"bed_temp":{packed}}}"#), Model::H2D);
            assert_eq!(temps.bed.now, None, "{packed}");
        }
    }

    #[test]
    fn a_printer_without_chamber_sensor_shows_none() {
        assert_eq!(read(r#""chamber_temper":5"#, Model::P1S).chamber, None);
        assert_eq!(read(r#""chamber_temper":5"#, Model::Unknown).chamber, None);
        assert_eq!(read(r#""chamber_temper":31"#, Model::Unknown).chamber.and_then(|g| g.now), Some(31.0));
        assert_eq!(read(r#""chamber_temper":38.5"#, Model::X1C).chamber.and_then(|g| g.now), Some(38.5));
    }
}
