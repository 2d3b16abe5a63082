//! The hotends of a report: extruders, nozzles, the rack, what else the tool head carries, and how filament gets to them.

use super::{
    flags::{ExtruderInfo, ExtruderState, NozzleStat},
    wire::{ById, HasId, Packed, merge_as_object, wire},
};

wire! {
    /// `device.extruder`
    pub struct Extruders {
        /// How many there are, which is in use, which is aimed at.
        "state" => state: ExtruderState,
        /// One entry a hotend: id 0 right or only, 1 left.
        "info" => info: ById<Extruder>,
    }
}

wire! {
    /// One hotend.
    pub struct Extruder (at most 16) {
        /// 0 right or only, 1 left.
        "id" => id: i64,
        /// Current and target in °C.
        "temp" => temp: Packed,
        /// Filament slot in use, packed as AMS id and slot.
        "snow" => slot_now: i64,
        /// Slot in use before.
        "spre" => slot_before: i64,
        /// Slot aimed at; differs from `snow` during a change.
        "star" => slot_target: i64,
        /// Nozzle that is mounted.
        "hnow" => nozzle_now: i64,
        /// Nozzle aimed at.
        "htar" => nozzle_target: i64,
        /// Whether filament and a nozzle are there.
        "info" => info: ExtruderInfo,
        /// What its AMS does in the low half, its tag reader in the high half.
        "stat" => stat: i64,
    }
}

wire! {
    /// `device.nozzle`
    pub struct Nozzles {
        /// A bit for each nozzle id that is there.
        "exist" => exist: i64,
        /// Bits 0-3 state, 4-7 how many are being read, 8-11 which one.
        "state" => state: i64,
        /// Where a change of the nozzle comes from.
        "src_id" => source: i64,
        /// Where it goes to.
        "tar_id" => target: i64,
        /// Mounted ones have ids 0 and 1; 16..=21 stand in the rack. Not a list on old X1C firmware.
        "info" => info: ById<Nozzle>,
        /// The one nozzle of old X1C firmware.
        "0" => old: OldNozzle,
    }
}

wire! {
    /// One nozzle.
    pub struct Nozzle (at most 32) {
        /// See [`Nozzles::info`].
        "id" => id: i64,
        /// In mm.
        "diameter" => diameter: f64,
        /// A code such as `HS01`.
        "type" => kind: String,
        /// Whether what was read can be relied on, and whether the nozzle is in order.
        "stat" => stat: NozzleStat,
        /// Highest temperature in °C; 0 unknown.
        "tm" | "max_temp" => max: i64,
        /// Colour of the filament that was in it last.
        "color_m" | "filament_colour" => color: String,
        /// Code of the filament that was in it last.
        "fila_id" | "filament_id" => filament: String,
    }
}

wire! {
    /// The nozzle of X1C firmware before the list came.
    pub struct OldNozzle {
        /// Current and target in °C.
        "temp" => temp: Packed,
    }
}

wire! {
    /// `device.holder`: the rack of an H2C.
    pub struct Holder {
        /// Where it stands.
        "pos" => position: i64,
        /// What it does.
        "stat" => stat: i64,
    }
}

wire! {
    /// `device.ext_tool`
    pub struct ExtTool {
        /// `LB00`, `LB01`, `CP00`, `F000`; empty: none.
        "type" => kind: String,
        /// 0 not mounted, 1 mounted, 2 no module, 3 cable missing.
        "mount" => mount: i64,
        /// The same for tools that are used while printing.
        "mount_3d" => mount_3d: i64,
    }
}

wire! {
    /// `device.fila_switch`: leads the filament of several AMS units to several hotends.
    pub struct TrackSwitch {
        /// Slots at its inlets, packed.
        "in" => inlets: Vec<i64>,
        /// Hotends at its outlets; 14 none.
        "out" => outlets: Vec<i64>,
        /// What it does.
        "stat" => stat: i64,
    }
}

merge_as_object!(Extruders, Extruder, Nozzles, Nozzle, OldNozzle, Holder, ExtTool, TrackSwitch);

impl HasId for Extruder {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl HasId for Nozzle {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

/// How much a nozzle lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// The usual.
    Standard,
    /// High flow.
    High,
    /// High flow for TPU.
    Tpu,
    /// Special high flow.
    Special,
}

impl Flow {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard flow",
            Self::High => "high flow",
            Self::Tpu => "TPU high flow",
            Self::Special => "special high flow",
        }
    }
}

/// What a nozzle is made of, and how much it lets through, as far as its name or code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NozzleKind {
    /// `stainless steel`, `hardened steel`, `tungsten carbide`.
    pub material: Option<&'static str>,
    /// How much it lets through.
    pub flow: Option<Flow>,
}

impl NozzleKind {
    /// Reads a name such as `hardened_steel`, or a code: `HS01`, where the second letter is the flow and the digits are
    /// the material. A diameter may follow (`HS01-0.4`).
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (code, _) = split_diameter(text);
        match code {
            "stainless_steel" => Self { material: Some("stainless steel"), flow: None },
            "hardened_steel" => Self { material: Some("hardened steel"), flow: None },
            "tungsten_carbide" => Self { material: Some("tungsten carbide"), flow: None },
            _ if code.len() == 4 && code.starts_with('H') => Self {
                material: match code.get(2..) {
                    Some("00") => Some("stainless steel"),
                    Some("01") => Some("hardened steel"),
                    Some("05") => Some("tungsten carbide"),
                    _ => None,
                },
                flow: match code.as_bytes().get(1) {
                    Some(b'S' | b'A' | b'X') => Some(Flow::Standard),
                    Some(b'H' | b'E') => Some(Flow::High),
                    Some(b'U') => Some(Flow::Tpu),
                    Some(b'B') => Some(Flow::Special),
                    _ => None,
                },
            },
            _ => Self::default(),
        }
    }
}

/// The diameter behind a code, in mm: `HS01-0.4`.
pub fn diameter_in(text: &str) -> Option<f64> {
    split_diameter(text).1
}

fn split_diameter(text: &str) -> (&str, Option<f64>) {
    match text.split_once('-') {
        Some((code, diameter)) => (code, diameter.trim().parse().ok().filter(|d| (0.05..5.0).contains(d))),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_flow_and_material() {
        let kind = |text| {
            let kind = NozzleKind::parse(text);
            (kind.flow, kind.material)
        };
        assert_eq!(kind("HS01"), (Some(Flow::Standard), Some("hardened steel")));
        assert_eq!(kind("HX05"), (Some(Flow::Standard), Some("tungsten carbide")));
        assert_eq!(kind("HE00"), (Some(Flow::High), Some("stainless steel")));
        assert_eq!(kind("HU01"), (Some(Flow::Tpu), Some("hardened steel")));
        assert_eq!(kind("HB99"), (Some(Flow::Special), None));
        assert_eq!(kind("hardened_steel"), (None, Some("hardened steel")));
        for none in ["N/A", "", "HÜ1", "Hüü"] {
            assert_eq!(kind(none), (None, None), "{none}");
        }
        assert_eq!(kind("HS01-0.4"), (Some(Flow::Standard), Some("hardened steel")));
        assert_eq!((diameter_in("HS01-0.4"), diameter_in("HS01"), diameter_in("x-nan")), (Some(0.4), None, None));
    }
}
