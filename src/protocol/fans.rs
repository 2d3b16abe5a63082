//! The air duct of a report: fans that are told apart by number, and the modes that decide which of them run.

use super::wire::{merge_as_object, wire};

wire! {
    /// `device.airduct`
    pub struct Airduct {
        /// -1 none, 0 cooling, 1 heating, 2 exhaust, 3 full cooling, 255 initialising.
        "modeCur" => mode: i64,
        /// 0 filter, 1 cooling.
        "subMode" => sub_mode: i64,
        /// The modes that can be chosen; replaced as a whole.
        "modeList" => modes: Vec<AirMode>,
        /// The fans; replaced as a whole.
        "parts" => parts: Vec<AirPart>,
    }
}

wire! {
    /// One mode.
    pub struct AirMode (at most 32) {
        /// As `modeCur`.
        "modeId" => id: i64,
        /// Ids of the fans that a person may set in it.
        "ctrl" => controlled: Vec<i64>,
        /// Ids of the fans that are off in it.
        "off" => off: Vec<i64>,
    }
}

wire! {
    /// One fan or door of the air duct.
    pub struct AirPart (at most 32) {
        /// 16 × part number, plus a type in the low four bits: 0 fan, 1 door.
        "id" => id: i64,
        /// Percent in the low eight bits.
        "state" => state: i64,
        /// Percent aimed at.
        "tar_state" => target: i64,
        /// Lowest percent in the low, highest in the high 16 bits.
        "range" => range: i64,
    }
}

merge_as_object!(Airduct);

/// A fan by its part number in the air duct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FanPart {
    /// 0: cools the heat break.
    HeatBreak,
    /// 1: cools the print.
    Part,
    /// 2: the auxiliary one, on the right.
    Aux,
    /// 3: blows air out of the chamber.
    Chamber,
    /// 4: cools the second heat break.
    SecondHeatBreak,
    /// 5: cools the main board.
    MainBoard,
    /// 6: moves the air inside, through filter or heater.
    InnerLoop,
    /// 10: the second auxiliary one, on the left.
    SecondAux,
    /// Not known.
    Other(i64),
}

impl FanPart {
    /// From the id of an air duct's part; `None`: it is no fan.
    pub fn from_id(id: i64) -> Option<Self> {
        Some(match id >> 4 {
            _ if id < 0 || id % 16 != 0 => return None,
            0 => Self::HeatBreak,
            1 => Self::Part,
            2 => Self::Aux,
            3 => Self::Chamber,
            4 => Self::SecondHeatBreak,
            5 => Self::MainBoard,
            6 => Self::InnerLoop,
            10 => Self::SecondAux,
            other => Self::Other(other),
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::HeatBreak => "heatbreak",
            Self::Part => "part",
            Self::Aux => "aux",
            Self::Chamber => "chamber",
            Self::SecondHeatBreak => "heatbreak2",
            Self::MainBoard => "board",
            Self::InnerLoop => "filter",
            Self::SecondAux => "aux2",
            Self::Other(_) => "other",
        }
    }
}
