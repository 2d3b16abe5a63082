//! Things that commands name: speed profiles, lights, fans, answers, detections, switches, axes.

/// Print speed profile (`spd_lvl`, 1..=4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the vendor's names")]
pub enum Speed {
    Silent = 1,
    Standard = 2,
    Sport = 3,
    Ludicrous = 4,
}

impl Speed {
    /// All profiles, slowest first.
    pub const ALL: [Self; 4] = [Self::Silent, Self::Standard, Self::Sport, Self::Ludicrous];

    /// The profile of a `spd_lvl`.
    pub fn from_level(level: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|s| *s as i64 == level)
    }

    /// The vendor's name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Standard => "standard",
            Self::Sport => "sport",
            Self::Ludicrous => "ludicrous",
        }
    }

    /// Nominal speed in percent.
    pub fn percent(self) -> u16 {
        match self {
            Self::Silent => 50,
            Self::Standard => 100,
            Self::Sport => 124,
            Self::Ludicrous => 166,
        }
    }
}

/// A light that can be switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightNode {
    /// The light every model has.
    Chamber,
    /// The second one of the H2 family; only if `lights_report` names it.
    Chamber2,
    /// The tool head's status light (X1).
    Work,
    /// The light at the bed of the H2 family. No report names it.
    Heatbed,
}

impl LightNode {
    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chamber => "chamber_light",
            Self::Chamber2 => "chamber_light2",
            Self::Work => "work_light",
            Self::Heatbed => "heatbed_light",
        }
    }

    /// The node of a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Chamber, Self::Chamber2, Self::Work, Self::Heatbed].into_iter().find(|n| n.name() == name)
    }
}

/// What a light does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightMode {
    /// It is dark.
    Off,
    /// It shines.
    On,
    /// It goes on and off, until it is switched.
    Flashing,
}

impl LightMode {
    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Flashing => "flashing",
        }
    }

    /// The mode of a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Off, Self::On, Self::Flashing].into_iter().find(|mode| mode.name() == name)
    }
}

impl From<bool> for LightMode {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// A fan that can be set; the number is the `P` of `M106`, and of the part in the air duct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    /// Cools the print.
    Part = 1,
    /// Auxiliary, on the right.
    Aux = 2,
    /// Blows air out of the chamber.
    Chamber = 3,
    /// The second auxiliary one, on the left (P2S, X2D).
    Aux2 = 10,
}

impl Fan {
    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Aux => "aux",
            Self::Chamber => "chamber",
            Self::Aux2 => "second aux",
        }
    }
}

/// An answer to the error that a printer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The cause is removed: try again, or go on.
    Retry,
    /// Go on as if nothing were wrong.
    Ignore,
    /// End the job.
    Stop,
}

impl Reply {
    /// The command's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "resume",
            Self::Ignore => "ignore",
            Self::Stop => "stop",
        }
    }
}

/// An answer to a filament change that is under way or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeReply {
    /// Try the step that failed again.
    Retry,
    /// Begin anew.
    Reset,
    /// Hold it.
    Pause,
    /// The person saw filament come out of the nozzle.
    Done,
    /// Give it up.
    Abort,
}

impl ChangeReply {
    /// All answers.
    pub const ALL: [Self; 5] = [Self::Retry, Self::Reset, Self::Pause, Self::Done, Self::Abort];

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "resume",
            Self::Reset => "reset",
            Self::Pause => "pause",
            Self::Done => "done",
            Self::Abort => "abort",
        }
    }
}

/// How soon the camera's detections halt a print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the words on the wire")]
pub enum Sensitivity {
    Low,
    Medium,
    High,
}

impl Sensitivity {
    /// All, lowest first; the place is the number in bit fields.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Something the camera or a sensor looks for (family `xcam`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detector {
    /// Defects of the first layer.
    FirstLayer,
    /// Spaghetti.
    Spaghetti,
    /// The print as a whole.
    Monitor,
    /// The marker of the build plate.
    PlateMarker,
    /// Parts that failed may be left out.
    SkipParts,
    /// A pile in the purge chute.
    Pileup,
    /// A clump on the nozzle.
    Clump,
    /// Printing into the air.
    AirPrint,
    /// A plate that lies askew.
    PlateOffset,
}

impl Detector {
    /// The `module_name` on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstLayer => "first_layer_inspector",
            Self::Spaghetti => "spaghetti_detector",
            Self::Monitor => "printing_monitor",
            Self::PlateMarker => "buildplate_marker_detector",
            Self::SkipParts => "allow_skip_parts",
            Self::Pileup => "pileup_detector",
            Self::Clump => "clump_detector",
            Self::AirPrint => "airprint_detector",
            Self::PlateOffset => "plate_offset_switch",
        }
    }
}

/// A switch of `print_option`: one key a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Recover by itself from lost steps.
    AutoRecovery,
    /// Look for a blob on the nozzle.
    NozzleBlob,
    /// Look for a tangled spool.
    Tangle,
    /// Look for printing into the air.
    AirPrint,
    /// Sound prompts.
    Sound,
    /// Another slot with the same filament takes over.
    AutoRefill,
}

impl Switch {
    /// The key on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::AutoRecovery => "auto_recovery",
            Self::NozzleBlob => "nozzle_blob_detect",
            Self::Tangle => "filament_tangle_detect",
            Self::AirPrint => "air_print_detect",
            Self::Sound => "sound_enable",
            Self::AutoRefill => "auto_switch_filament",
        }
    }
}

/// An axis that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the axes' letters")]
pub enum Axis {
    X,
    Y,
    Z,
}

impl Axis {
    /// All axes.
    pub const ALL: [Self; 3] = [Self::X, Self::Y, Self::Z];

    /// Its letter.
    pub fn name(self) -> &'static str {
        match self {
            Self::X => "X",
            Self::Y => "Y",
            Self::Z => "Z",
        }
    }
}

/// What a slot is set to hold; see [`super::Command::SetSlot`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSetting {
    /// Filament code, such as `GFL99`; empty resets the slot.
    pub code: String,
    /// Material, such as `PLA`.
    pub material: String,
    /// `RRGGBBAA`
    pub color: String,
    /// Lowest and highest nozzle temperature in °C.
    pub nozzle: (u16, u16),
}

impl SlotSetting {
    /// What resets a slot.
    pub fn none() -> Self {
        Self { code: String::new(), material: String::new(), color: "00000000".to_owned(), nozzle: (0, 0) }
    }
}

/// How a unit is to dry; see [`super::Command::Dry`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drying {
    /// Air temperature in °C.
    pub celsius: u16,
    /// How long.
    pub hours: u8,
    /// Turn the spools meanwhile.
    pub rotate: bool,
    /// Material, for the printer's record.
    pub material: String,
}
