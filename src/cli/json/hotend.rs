//! Hotends as JSON: what is mounted, what stands in the rack, and what else the tool head carries.

use crate::{
    protocol::hotend::Flow,
    state::printer::{
        Printer,
        ams::{Ams, Rgba},
        hotend::{FIRST_PLACE, Health, LastFilament, Rack, RackPlace, Spec, Switching, Tool, TrackSwitch},
        temps::Nozzle,
    },
};
use serde::Serialize;

/// What is known of a nozzle, mounted or in the rack.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NozzleSpecJson<'a> {
    /// In mm.
    diameter: Option<f64>,
    /// `stainless_steel`, `hardened_steel`, `tungsten_carbide`.
    material: Option<String>,
    /// `standard flow`, `high flow`, `TPU high flow`, `special high flow`.
    flow: Option<&'static str>,
    /// Highest temperature, in °C.
    max: Option<u16>,
    /// What was read of it can be relied on.
    reliable: Option<bool>,
    /// `normal`, `abnormal`, `unknown`.
    health: Option<&'static str>,
    /// Colour of the filament that was in it last, as `#RRGGBBAA`.
    last_color: Option<String>,
    /// Code of the filament that was in it last, such as `GFA00`.
    last_filament_id: Option<&'a str>,
}

impl<'a> NozzleSpecJson<'a> {
    fn new(spec: Spec, last: LastFilament<'a>) -> Self {
        Self {
            diameter: spec.diameter,
            material: spec.material.map(|material| material.replace(' ', "_")),
            flow: spec.flow.map(Flow::name),
            max: spec.max,
            reliable: spec.reliable,
            health: spec.health.map(Health::name),
            last_color: last.color.map(Rgba::hex8),
            last_filament_id: last.code,
        }
    }
}

/// A hotend.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct NozzleJson<'a> {
    /// 0 the right or only one, 1 the left.
    id: u8,
    /// `nozzle`, `left`, `right`, `main`, `aux`.
    label: &'static str,
    /// In °C.
    current: Option<f64>,
    /// In °C; 0 is off.
    target: Option<f64>,
    /// In use; the only one always is.
    active: bool,
    /// Label of the slot it is fed from.
    slot: Option<String>,
    /// Filament is in it.
    filament: Option<bool>,
    /// Filament is in the buffer before it.
    buffer: Option<bool>,
    /// A nozzle is seen there.
    fitted: Option<bool>,
    #[serde(flatten)]
    spec: NozzleSpecJson<'a>,
}

impl<'a> NozzleJson<'a> {
    pub(super) fn all(printer: &'a Printer) -> Vec<Self> {
        let mut nozzles: Vec<_> = printer.temps.nozzles.iter().collect();
        nozzles.sort_by_key(|nozzle| nozzle.id);
        nozzles.into_iter().map(|nozzle| Self::new(printer, nozzle)).collect()
    }

    fn new(printer: &'a Printer, nozzle: &Nozzle) -> Self {
        let Nozzle { diameter, material, flow, max, reliable, health, .. } = *nozzle;
        let spec = Spec { diameter, material, flow, max, reliable, health };
        Self {
            id: nozzle.id,
            label: nozzle.label,
            current: nozzle.gauge.now,
            target: nozzle.gauge.target,
            active: nozzle.active,
            slot: printer.ams.loaded_in(nozzle.id.into()).map(|slot| printer.ams.label(slot)),
            filament: nozzle.filament,
            buffer: nozzle.buffer,
            fitted: nozzle.fitted,
            spec: NozzleSpecJson::new(spec, printer.last_filament(nozzle.id.into())),
        }
    }
}

/// What is in a place of the hotend rack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum PlaceStateJson {
    Hotend,
    Empty,
    Unknown,
}

/// A place of the hotend rack.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PlaceJson<'a> {
    /// 1 to 6.
    place: usize,
    /// What is in it: `hotend`, `empty`, `unknown`.
    state: PlaceStateJson,
    /// What that is; null without one.
    hotend: Option<NozzleSpecJson<'a>>,
}

/// A hotend that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReadingJson {
    /// Which, from 1.
    hotend: u8,
    /// Of how many.
    of: u8,
}

/// The hotend rack.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RackJson<'a> {
    /// Its six places.
    places: Vec<PlaceJson<'a>>,
    /// Where it stands, as the printer numbers it.
    position: Option<i64>,
    /// What it does, as the printer numbers it.
    state: Option<i64>,
    /// The hotend that is being read; null: none.
    reading: Option<ReadingJson>,
}

impl<'a> RackJson<'a> {
    pub(super) fn new(rack: &Rack, printer: &'a Printer) -> Self {
        let place = |(at, place): (usize, &RackPlace)| {
            let last = printer.last_filament(FIRST_PLACE + at as i64);
            let (state, hotend) = match place {
                RackPlace::Unknown => (PlaceStateJson::Unknown, None),
                RackPlace::Empty => (PlaceStateJson::Empty, None),
                RackPlace::Hotend(spec) => (PlaceStateJson::Hotend, Some(NozzleSpecJson::new(*spec, last))),
            };
            PlaceJson { place: at + 1, state, hotend }
        };
        Self {
            places: rack.places.iter().enumerate().map(place).collect(),
            position: rack.position,
            state: rack.state,
            reading: rack.reading.map(|(hotend, of)| ReadingJson { hotend, of }),
        }
    }
}

/// What two hotends that take turns do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SwitchingJson {
    /// `idle`, `busy`, `switching`, `failed`.
    state: &'static str,
    /// Id of the hotend in use; null while it is being switched.
    active: Option<i64>,
    /// Id of the hotend aimed at.
    target: Option<i64>,
    /// Id of the hotend that filament is being loaded into.
    loading: Option<i64>,
}

impl From<Switching> for SwitchingJson {
    fn from(switching: Switching) -> Self {
        let Switching { state, active, target, loading } = switching;
        Self { state: state.name(), active, target, loading }
    }
}

/// What the tool head carries besides hotends.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ToolJson<'a> {
    /// What it is.
    name: &'a str,
    /// `mounted`, `not mounted`, `no module`, `cable missing`.
    mount: &'static str,
}

impl<'a> From<&'a Tool> for ToolJson<'a> {
    fn from(tool: &'a Tool) -> Self {
        Self { name: &tool.name, mount: tool.mount.name() }
    }
}

/// The filament track switch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct TrackSwitchJson {
    /// Label of the slot at each inlet.
    inlets: Vec<Option<String>>,
    /// Id of the hotend at each outlet.
    outlets: Vec<Option<i64>>,
}

impl TrackSwitchJson {
    pub(super) fn new(switch: &TrackSwitch, ams: &Ams) -> Self {
        Self {
            inlets: switch.inlets.iter().map(|slot| slot.map(|slot| ams.label(slot))).collect(),
            outlets: switch.outlets.clone(),
        }
    }
}
