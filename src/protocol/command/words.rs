//! Things that commands name: speed profiles, lights, fans.

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
}

impl LightNode {
    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chamber => "chamber_light",
            Self::Chamber2 => "chamber_light2",
            Self::Work => "work_light",
        }
    }

    /// The node of a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Chamber, Self::Chamber2, Self::Work].into_iter().find(|n| n.name() == name)
    }
}

/// A fan that can be set; the number is the `P` of `M106`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the fans' names")]
pub enum Fan {
    Part = 1,
    Aux = 2,
    Chamber = 3,
}

impl Fan {
    /// All fans.
    pub const ALL: [Self; 3] = [Self::Part, Self::Aux, Self::Chamber];

    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Aux => "aux",
            Self::Chamber => "chamber",
        }
    }
}
