//! What is simulated: how many printers, how fast, which scenario.

use super::cloud::CloudPlan;
use std::net::{IpAddr, Ipv4Addr};

/// A plan for [`start`](super::start).
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Number of printers; `None` takes the scenario's own.
    pub printers: Option<usize>,
    /// Simulated seconds in one real second.
    pub speed: f64,
    /// Seed of everything random: the same seed gives the same events.
    pub seed: u64,
    /// What happens.
    pub scenario: Scenario,
    /// Address the servers listen on.
    pub bind: IpAddr,
    /// First of the MQTT ports, one a printer; 0 takes any free ones.
    pub mqtt_port: u16,
    /// First of the camera ports, one a printer; 0 takes any free ones.
    pub camera_port: u16,
    /// First of the file servers' ports, one a printer; 0 takes any free ones.
    pub ftps_port: u16,
    /// The cloud, with two printers more that only it reaches.
    pub cloud: Option<CloudPlan>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            printers: None,
            speed: 1.0,
            seed: 1,
            scenario: Scenario::Default,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            mqtt_port: 0,
            camera_port: 0,
            ftps_port: 0,
            cloud: None,
        }
    }
}

/// What happens on the printers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scenario {
    /// Four different models: printing, paused with an error, preparing, printing with two nozzles.
    #[default]
    Default,
    /// A print farm.
    Farm,
    /// Nothing to do, and nothing changes.
    Quiet,
    /// Short jobs, one after the other.
    Busy,
    /// Wrong code, refusal by authorization, dropped and silent links, a print error, a runout; one healthy printer.
    Faults,
    /// Danger, and every kind of pause, failure and health message.
    Trouble,
    /// Every model once, each with something that a person may want to try.
    Models,
    /// Firmware with authorization control: reading works, control is refused.
    Locked,
    /// One printer that reports fifty times a second.
    Flood,
    /// One P1S in the middle of a print.
    Single,
}

impl Scenario {
    /// Every scenario, in the order in which a help text lists them.
    pub const ALL: [Self; 10] = [
        Self::Default,
        Self::Quiet,
        Self::Busy,
        Self::Farm,
        Self::Faults,
        Self::Trouble,
        Self::Models,
        Self::Locked,
        Self::Flood,
        Self::Single,
    ];

    /// The name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Farm => "farm",
            Self::Quiet => "quiet",
            Self::Busy => "busy",
            Self::Faults => "faults",
            Self::Trouble => "trouble",
            Self::Models => "models",
            Self::Locked => "locked",
            Self::Flood => "flood",
            Self::Single => "single",
        }
    }

    /// The scenario of a name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name().eq_ignore_ascii_case(name))
    }

    /// One line for a help text.
    pub fn description(self) -> &'static str {
        match self {
            Self::Default => "four models: one printing, one paused by an error, one preparing, one with two nozzles",
            Self::Farm => "a print farm of 200 printers",
            Self::Quiet => "four printers with nothing to do; nothing changes",
            Self::Busy => "short jobs: a new one starts five seconds after one ends",
            Self::Faults => "wrong code, refusal, dropped and silent links, print error, runout, and a healthy printer",
            Self::Trouble => "danger, pauses, failures and health messages of every kind",
            Self::Models => {
                "eleven models, something to try with each: a runout, filament that is changed, drying, two hotends, a rack, errors to answer, a locked one"
            }
            Self::Locked => "firmware that refuses control without the vendor's signature",
            Self::Flood => "one printer that reports fifty times a second",
            Self::Single => "one P1S in the middle of a print",
        }
    }

    /// How many printers the scenario has by itself.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Default | Self::Quiet | Self::Busy | Self::Locked => 4,
            Self::Faults => 7,
            Self::Farm => 200,
            Self::Trouble => 11,
            Self::Models => super::printers::EVERY_MODEL.len(),
            Self::Flood | Self::Single => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for scenario in Scenario::ALL {
            assert_eq!(Scenario::from_name(&scenario.name().to_uppercase()), Some(scenario));
            assert!(!scenario.description().is_empty());
        }
        assert_eq!(Scenario::from_name("party"), None);
    }
}
