//! What a printer has: by the proof of its reports, and before the first full one by the table of models.

use crate::{
    protocol::{command::LightNode, fans::FanPart, hotend::Nozzle, model::Model, report::Report},
    state::printer::fans::{AirMode, has_fan},
};

/// What a printer has. Nothing that it does not have is shown or offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a list of things that are there or not")]
pub struct Abilities {
    /// A thermometer in the chamber.
    pub chamber_sensor: bool,
    /// A heated chamber.
    pub chamber_heater: bool,
    /// A second chamber light.
    pub second_light: bool,
    /// Hotends on the tool head.
    pub hotends: u8,
    /// A rack of hotends.
    pub rack: bool,
    /// An auxiliary fan.
    pub aux_fan: bool,
    /// A second auxiliary fan.
    pub second_aux_fan: bool,
    /// A fan that blows air out of the chamber.
    pub chamber_fan: bool,
    /// Modes of the air duct.
    pub air_duct: bool,
    /// A sensor at the door.
    pub door_sensor: bool,
    /// A socket for a cable.
    pub wired_network: bool,
    /// A camera.
    pub camera: bool,
}

impl Abilities {
    /// Reads the merged report.
    pub fn read(report: &Report, model: Model) -> Self {
        let part = &report.machine;
        let device = report.device.as_ref();
        let modes = device.and_then(|d| d.airduct.as_ref()).and_then(|a| a.modes.as_deref());
        let heats = modes
            .is_some_and(|modes| modes.iter().any(|mode| mode.id.and_then(AirMode::from_id) == Some(AirMode::Heating)));
        let nozzles = device.and_then(|d| d.nozzle.as_ref()).and_then(|n| n.info.as_ref());
        let in_rack = |list: &[Nozzle]| list.iter().any(|n| n.id.is_some_and(|id| id >> 4 == 1));
        let lights = part.lights.as_deref();
        let wired = part.net.as_ref().and_then(|net| net.conf).is_some_and(|conf| conf & 1 == 1);
        Self {
            chamber_sensor: chamber_sensor(report, model),
            // A P2S has a mode named heating too, and no heater: for known models the table counts.
            chamber_heater: if model == Model::Unknown { heats } else { model.chamber_max().is_some() },
            second_light: match lights {
                Some(lights) => lights.iter().any(|light| light.is(LightNode::Chamber2)),
                None => model.has_second_light(),
            },
            hotends: hotends(report).unwrap_or_else(|| model.hotends()),
            // A rack may be empty; that the firmware supports one does not mean that it is fitted.
            rack: model.has_rack() || nozzles.is_some_and(|list| in_rack(&list.0)),
            aux_fan: aux_fan(report, model),
            second_aux_fan: has_fan(report, FanPart::SecondAux).unwrap_or(model == Model::X2D),
            chamber_fan: chamber_fan(report, model),
            air_duct: match modes {
                Some(modes) => !modes.is_empty(),
                None => model.has_air_duct() && !report.full,
            },
            door_sensor: model.door_sensor().is_some(),
            wired_network: wired || model.has_socket(),
            camera: part.camera.as_ref().and_then(|camera| camera.present) != Some(false),
        }
    }
}

/// How many hotends the report proves.
pub fn hotends(report: &Report) -> Option<u8> {
    let extruders = report.device.as_ref()?.extruder.as_ref()?;
    let listed = extruders.info.as_ref().map_or(0, |list| list.0.len());
    let counted = extruders.state.map_or(0, |state| state.count() as usize);
    match listed.max(counted) {
        0 => None,
        count => Some(if count >= 2 { 2 } else { 1 }),
    }
}

/// A1 and P1 report a constant 5 °C without a thermometer, so a known model must have one by the table; an unknown one
/// proves it with a field that only models with a thermometer send, or with another temperature.
fn chamber_sensor(report: &Report, model: Model) -> bool {
    let packed = report.temps.info.as_ref().is_some_and(|info| info.temp.is_some())
        || report.device.as_ref().is_some_and(|device| {
            let ctc = device.chamber.as_ref().and_then(|c| c.info.as_ref());
            ctc.is_some_and(|info| info.temp.is_some()) || device.chamber_temp.is_some()
        });
    if model == Model::Unknown {
        return packed || report.temps.chamber.is_some_and(|celsius| (celsius - 5.0).abs() > 0.01);
    }
    model.has_chamber_sensor() && (packed || report.temps.chamber.is_some() || !report.full)
}

/// The kit gives a P1P the fans of a P1S.
fn has_kit(report: &Report, model: Model) -> Option<bool> {
    let flags = report.machine.home_flag.filter(|_| matches!(model, Model::P1P | Model::Unknown));
    flags.filter(|flags| flags.upgrade_kit()).map(|_| true)
}

fn aux_fan(report: &Report, model: Model) -> bool {
    if let Some(listed) = has_fan(report, FanPart::Aux) {
        return listed;
    }
    let runs = || runs(report, 1, report.temps.aux_fan_step);
    // Models with an air duct say no whatever they have (seen on an H2D whose fan ran).
    let told = report.machine.aux_fan.filter(|fitted| *fitted || !model.has_air_duct());
    let proof = told.or_else(|| has_kit(report, model));
    proof.or(model.has_aux_fan()).unwrap_or_else(runs)
}

fn chamber_fan(report: &Report, model: Model) -> bool {
    if let Some(listed) = has_fan(report, FanPart::Chamber) {
        return listed;
    }
    let runs = || runs(report, 2, report.temps.chamber_fan_step);
    has_kit(report, model).or(model.has_chamber_fan()).unwrap_or_else(runs)
}

/// A fan that may or may not be fitted is there when it runs.
fn runs(report: &Report, byte: u32, step: Option<i64>) -> bool {
    let gear = report.temps.fan_gear.and_then(|gear| u32::try_from(gear).ok());
    step.is_some_and(|step| (1..=15).contains(&step)) || gear.is_some_and(|gear| gear >> (8 * byte) & 0xFF > 0)
}
