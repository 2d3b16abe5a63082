//! How a printer is connected, by its own word.

use crate::protocol::{machine::MachinePart, model::Model};
use std::fmt;

/// An IPv4 address or mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ip(pub [u8; 4]);

impl Ip {
    /// From the printer's number, which has the first part of the address in its lowest byte; `None` for 0.
    fn from_wire(number: i64) -> Option<Self> {
        let bits = u32::try_from(number).ok().or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))?;
        (bits != 0).then_some(Self(bits.to_le_bytes()))
    }
}

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, last] = self.0;
        write!(f, "{first}.{second}.{third}.{last}")
    }
}

/// What stands in the place of a signal while the cable is in use.
const CABLE: i32 = -90;

/// How good a Wi-Fi signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants say it")]
pub enum Quality {
    Poor,
    Fair,
    Good,
    Excellent,
}

impl Quality {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Poor => "poor",
            Self::Fair => "fair",
            Self::Good => "good",
            Self::Excellent => "excellent",
        }
    }
}

/// How a printer is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Network {
    /// The cable is in use.
    pub wired: Option<bool>,
    /// Wi-Fi signal in dBm; `None` also while the cable is in use (the printer then writes -90).
    pub wifi_dbm: Option<i32>,
    /// Address of the first interface that is up.
    pub ip: Option<Ip>,
    /// Its mask.
    pub mask: Option<Ip>,
}

impl Network {
    /// Reads the machine part of a merged report.
    pub fn read(part: &MachinePart, model: Model) -> Self {
        let net = part.net.as_ref();
        let dbm = part.wifi.as_deref().and_then(|text| text.trim().trim_end_matches("dBm").trim().parse().ok());
        // Without the flag the number that stands for a cable counts, where there is a socket for one.
        let wired = net.and_then(|net| net.conf).map(|conf| conf & 1 == 1);
        let wired = wired.or((dbm == Some(CABLE) && model.has_socket()).then_some(true));
        let up = net.and_then(|net| net.info.as_deref()).into_iter().flatten().find_map(|interface| {
            let ip = interface.ip.and_then(Ip::from_wire)?;
            Some((ip, interface.mask.and_then(Ip::from_wire)))
        });
        Self {
            wired,
            wifi_dbm: dbm.filter(|dbm| (-150..0).contains(dbm) && !(*dbm == CABLE && wired == Some(true))),
            ip: up.map(|(ip, _)| ip),
            mask: up.and_then(|(_, mask)| mask),
        }
    }

    /// How good the Wi-Fi signal is.
    pub fn quality(self) -> Option<Quality> {
        Some(match self.wifi_dbm? {
            -50.. => Quality::Excellent,
            -60.. => Quality::Good,
            -70.. => Quality::Fair,
            _ => Quality::Poor,
        })
    }
}
