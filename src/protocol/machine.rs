//! The rest of a report that a person sees: lights, network, storage, camera switches, what the firmware supports.

use super::wire::{Hex, merge_as_object, wire};

wire! {
    /// Machine fields of `print`.
    pub struct MachinePart {
        /// Lights and their mode; replaced as a whole.
        "lights_report" => lights: Vec<Light>,
        /// Such as `-52dBm`; `-90dBm` stands for a cable.
        "wifi_signal" => wifi: String,
        /// Network settings.
        "net" => net: Net,
        /// Options and states as bits; 32 bit, may come negative.
        "home_flag" => home_flag: i64,
        /// Storage: a bool, or a text that names its state.
        "sdcard" => storage: Storage,
        /// What the firmware supports; bit 29: commands must be signed.
        "fun" => fun: Hex,
        /// Machine state bits of new firmware.
        "stat" => stat: Hex,
        /// In mm, flat form.
        "nozzle_diameter" => nozzle_diameter: f64,
        /// Flat form: a name or a code such as `HS01`.
        "nozzle_type" => nozzle_type: String,
        /// Camera settings.
        "ipcam" => camera: Camera,
        /// Firmware update state.
        "upgrade_state" => upgrade: Upgrade,
    }
}

wire! {
    /// One light.
    pub struct Light {
        /// `chamber_light`, `chamber_light2`, `work_light`.
        "node" => node: String,
        /// `on`, `off`, `flashing`.
        "mode" => mode: String,
    }
}

wire! {
    /// `net`
    pub struct Net {
        /// Bit 0: the cable is in use.
        "conf" => conf: i64,
    }
}

wire! {
    /// `ipcam`
    pub struct Camera {
        /// A camera is fitted.
        "ipcam_dev" => present: bool,
        /// LAN video address, `disable`, or empty.
        "rtsp_url" => rtsp_url: String,
    }
}

wire! {
    /// `upgrade_state`
    pub struct Upgrade {
        /// `IDLE`, `DOWNLOADING`, `FLASHING` …
        "status" => status: String,
        /// 1: an update is available.
        "new_version_state" => new_version_state: i64,
    }
}

merge_as_object!(Net, Camera, Upgrade);

/// `sdcard` as a bool or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// No card.
    None,
    /// Ready.
    Ok,
    /// Inserted, but not usable.
    Abnormal,
}

impl super::wire::Read for Storage {
    fn from_bool(v: bool) -> Option<Self> {
        Some(if v { Self::Ok } else { Self::None })
    }
    fn from_text(v: &str) -> Option<Self> {
        match v {
            "HAS_SDCARD_NORMAL" => Some(Self::Ok),
            "HAS_SDCARD_ABNORMAL" => Some(Self::Abnormal),
            "NO_SDCARD" => Some(Self::None),
            _ => None,
        }
    }
}
impl super::wire::Merge for Storage {}
