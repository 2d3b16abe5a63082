//! What the camera watches while printing.

use crate::protocol::{
    flags::{Cfg, XcamCfg, XcamDetection},
    machine::{MachinePart, Xcam},
};

/// How easily a detection stops a print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// It never does.
    NeverHalt,
    /// Only when it is sure.
    Low,
    /// The usual.
    Medium,
    /// At the first suspicion.
    High,
}

impl Sensitivity {
    /// Its name, as printers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverHalt => "never_halt",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::NeverHalt, Self::Low, Self::Medium, Self::High].into_iter().find(|s| s.name() == name)
    }
}

/// A detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detector {
    /// Whether it is on.
    pub on: bool,
    /// How easily it stops a print.
    pub sensitivity: Option<Sensitivity>,
    /// Whether reports can say that it never does; the two bits of newer firmware cannot.
    pub tells_never: bool,
}

/// What the camera watches; `None`: the printer does not have it, or has not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Detections {
    /// Watches the print as a whole.
    pub monitor: Option<Detector>,
    /// Spaghetti.
    pub spaghetti: Option<Detector>,
    /// A pile of purged filament.
    pub purge_pile: Option<Detector>,
    /// A clump on the nozzle.
    pub nozzle_clump: Option<Detector>,
    /// Printing into the air.
    pub air_print: Option<Detector>,
    /// Inspects the first layer.
    pub first_layer: Option<bool>,
    /// Reads the marker of the build plate.
    pub plate_marker: Option<bool>,
    /// Checks how the plate lies.
    pub plate_alignment: Option<bool>,
    /// Halts the print when something is found.
    pub halts: Option<bool>,
    /// Offers to leave out the part that failed.
    pub skips_parts: Option<bool>,
}

impl Detections {
    /// Reads the machine part of a merged report.
    pub fn read(part: &MachinePart) -> Self {
        let xcam = part.xcam.as_ref();
        let plain = |field: fn(&Xcam) -> Option<bool>| xcam.and_then(field);
        let cfg = part.cfg.filter(|_| part.is_new());
        let sensitivity = xcam.and_then(|x| x.sensitivity.as_deref()).and_then(Sensitivity::from_name).or_else(|| {
            cfg.map(|cfg| match cfg.sensitivity() {
                0 => Sensitivity::NeverHalt,
                1 => Sensitivity::Low,
                2 => Sensitivity::Medium,
                _ => Sensitivity::High,
            })
        });
        let detector = |on: bool| Detector { on, sensitivity, tells_never: true };
        // A bit means something only where the firmware has the detection.
        let bits = xcam.and_then(|x| x.cfg);
        let new = |has: bool, what: XcamDetection| {
            bits.filter(|_| has).map(|bits| Detector {
                on: bits.detects(what),
                sensitivity: match bits.sensitivity(what) {
                    0 => Some(Sensitivity::Low),
                    1 => Some(Sensitivity::Medium),
                    2 => Some(Sensitivity::High),
                    _ => None,
                },
                tells_never: false,
            })
        };
        let fun = part.fun.unwrap_or_default();
        let fun2 = part.fun2.unwrap_or_default();
        Self {
            monitor: plain(|x| x.monitor).or(cfg.filter(|_| xcam.is_some()).map(Cfg::monitoring)).map(detector),
            spaghetti: new(fun.spaghetti(), XcamDetection::Spaghetti).or_else(|| plain(|x| x.spaghetti).map(detector)),
            purge_pile: new(fun.purge_pile(), XcamDetection::PurgePile),
            nozzle_clump: new(fun.nozzle_clump(), XcamDetection::NozzleClump),
            air_print: new(fun.air_print(), XcamDetection::AirPrint),
            first_layer: plain(|x| x.first_layer).or(cfg.filter(|_| xcam.is_some()).map(Cfg::first_layer)),
            plate_marker: plain(|x| x.plate_marker),
            plate_alignment: bits.filter(|_| fun2.plate_alignment()).map(XcamCfg::plate_alignment),
            halts: plain(|x| x.halts),
            skips_parts: plain(|x| x.skips_parts),
        }
    }
}
