//! The rest of a report that a person sees: lights, network, storage, camera and its detections, options, updates.

use super::{
    command::LightNode,
    flags::{Aux, Cfg, Flag3, Fun, Fun2, HomeFlag, Stat, XcamCfg},
    module,
    wire::{Merge, Read, merge_as_object, wire},
};

wire! {
    /// Machine fields of `print`.
    pub struct MachinePart {
        /// Lights and their mode; replaced as a whole.
        "lights_report" => lights: Vec<Light>,
        /// Such as `-52dBm`; `-90dBm` stands for a cable.
        "wifi_signal" => wifi: String,
        /// Network settings.
        "net" => net: Net,
        /// Options and states as bits.
        "home_flag" => home_flag: HomeFlag,
        /// How options are set, new firmware.
        "cfg" => cfg: Cfg,
        /// What the firmware supports.
        "fun" => fun: Fun,
        /// More of it.
        "fun2" => fun2: Fun2,
        /// Storage and accessories, new firmware.
        "aux" => aux: Aux,
        /// Machine state bits of new firmware.
        "stat" => stat: Stat,
        /// P1 and A1.
        "flag3" => flag3: Flag3,
        /// Storage: a bool, or a text that names its state.
        "sdcard" => storage: Storage,
        /// In mm, flat form.
        "nozzle_diameter" => nozzle_diameter: f64,
        /// Flat form: a name or a code such as `HS01`.
        "nozzle_type" => nozzle_type: String,
        /// The auxiliary fan is fitted.
        "aux_part_fan" => aux_fan: bool,
        /// Not 0: the sensor at the extruder sees filament.
        "hw_switch_state" => filament_switch: i64,
        /// Camera settings.
        "ipcam" => camera: Camera,
        /// What the camera watches.
        "xcam" => xcam: Xcam,
        /// Firmware update state.
        "upgrade_state" => upgrade: Upgrade,
        /// An update is forced.
        "force_upgrade" => force_upgrade: bool,
        /// Which boards inside answer.
        "online" => online: Online,
    }
}

impl MachinePart {
    /// Whether the bit fields of new firmware are in effect: they are only where all four are there.
    pub fn is_new(&self) -> bool {
        self.cfg.is_some() && self.fun.is_some() && self.aux.is_some() && self.stat.is_some()
    }
}

wire! {
    /// One light.
    pub struct Light (at most 16) {
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
        /// The interfaces; replaced as a whole.
        "info" => info: Vec<Interface>,
    }
}

wire! {
    /// One network interface.
    pub struct Interface (at most 16) {
        /// IPv4 address, the first number in the lowest byte; 0: the interface is down.
        "ip" => ip: i64,
        /// Mask in the same order.
        "mask" => mask: i64,
    }
}

wire! {
    /// `ipcam`
    pub struct Camera {
        /// A camera is fitted.
        "ipcam_dev" => present: bool,
        /// Records while printing.
        "ipcam_record" => record: bool,
        /// Makes a time-lapse.
        "timelapse" => timelapse: bool,
        /// `720p`, `1080p`, or empty.
        "resolution" => resolution: String,
        /// What it can be set to.
        "resolution_supported" => resolutions: Vec<String>,
        /// The vendor's cloud may stream it.
        "tutk_server" => tutk: bool,
        /// LAN video address, `disable`, or empty.
        "rtsp_url" => rtsp_url: String,
        /// Kinds of live view, new firmware.
        "liveview" => liveview: LiveView,
        /// Free internal storage in KiB.
        "tl_internal_free_kb" => internal_free: i64,
        /// All internal storage in KiB.
        "tl_internal_total_kb" => internal_total: i64,
        /// Free external storage in KiB.
        "tl_external_free_kb" => external_free: i64,
        /// All external storage in KiB.
        "tl_external_total_kb" => external_total: i64,
    }
}

wire! {
    /// `ipcam.liveview`
    pub struct LiveView {
        /// In the LAN: `none`, `disabled`, `local`, `rtsp`, `rtsps`.
        "local" => local: String,
        /// By the cloud: `none`, `tutk`, `agora`, `tutk_agaro`.
        "remote" => remote: String,
    }
}

wire! {
    /// `xcam`
    pub struct Xcam {
        /// Inspects the first layer.
        "first_layer_inspector" => first_layer: bool,
        /// Looks for spaghetti.
        "spaghetti_detector" => spaghetti: bool,
        /// Watches the print.
        "printing_monitor" => monitor: bool,
        /// Reads the marker of the build plate.
        "buildplate_marker_detector" => plate_marker: bool,
        /// Halts the print when something is found.
        "print_halt" => halts: bool,
        /// Offers to leave out the part that failed.
        "allow_skip_parts" => skips_parts: bool,
        /// `low`, `medium`, `high`, `never_halt`.
        "halt_print_sensitivity" => sensitivity: String,
        /// Detections of new firmware.
        "cfg" => cfg: XcamCfg,
    }
}

wire! {
    /// `upgrade_state`
    pub struct Upgrade {
        /// `IDLE`, `DOWNLOADING`, `FLASHING` …
        "status" => status: String,
        /// Percent; empty when idle.
        "progress" => progress: f64,
        /// What it does, in the printer's words.
        "message" => message: String,
        /// The board that is being written.
        "module" => module: String,
        /// 0 unknown, 1 an update is available, 2 none.
        "new_version_state" => new_version_state: i64,
        /// The new firmware of X1, P2S, X2D and H2; empty when there is none.
        "ota_new_version_number" => ota_version: String,
        /// The new firmware of their AMS.
        "ams_new_version_number" => ams_version: String,
        /// New firmware by module, P1 and A1; replaced as a whole.
        "new_ver_list" => versions: Vec<NewVersion>,
        /// 0 none, -1 download, -2 verification, -3 writing, -4 a job is running.
        "err_code" => error: i64,
        /// Modules do not match each other.
        "consistency_request" => inconsistent: bool,
        /// The update is forced.
        "force_upgrade" => forced: bool,
    }
}

wire! {
    /// One module that has an update.
    pub struct NewVersion (at most 128) {
        /// `ota`, `ams/0` …
        "name" => name: String,
        /// The version it has.
        "cur_ver" => current: String,
        /// The version it could have.
        "new_ver" => new: String,
    }
}

impl Light {
    /// Whether it is this one.
    pub fn is(&self, node: LightNode) -> bool {
        self.node.as_deref() == Some(node.name())
    }
}

impl NewVersion {
    /// Whether it is offered for the printer itself.
    pub fn is_firmware(&self) -> bool {
        module::is_firmware(self.name.as_deref())
    }

    /// Whether it is offered for an AMS unit.
    pub fn is_ams(&self) -> bool {
        module::is_ams(self.name.as_deref())
    }
}

wire! {
    /// `online`
    pub struct Online {
        /// AMS hub.
        "ahb" => hub: bool,
        /// Reader of spool tags.
        "rfid" => tag_reader: bool,
        /// Extension board.
        "ext" => extension: bool,
    }
}

merge_as_object!(Net, Camera, LiveView, Xcam, Upgrade, Online);

/// The state of the storage for files: an SD card or a stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// None is put in.
    None,
    /// Ready.
    Ok,
    /// Inserted, but not usable.
    Abnormal,
    /// It cannot be written to.
    ReadOnly,
}

impl Storage {
    /// From two bits of `home_flag` or `aux`.
    pub fn from_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => Self::None,
            1 => Self::Ok,
            2 => Self::Abnormal,
            _ => Self::ReadOnly,
        }
    }

    /// The state in a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Abnormal => "abnormal",
            Self::ReadOnly => "read-only",
        }
    }
}

impl Read for Storage {
    fn from_bool(v: bool) -> Option<Self> {
        Some(if v { Self::Ok } else { Self::None })
    }
    fn from_int(v: i64) -> Option<Self> {
        Self::from_bool(v != 0)
    }
    fn from_text(v: &str) -> Option<Self> {
        match v.to_ascii_uppercase().as_str() {
            "HAS_SDCARD_NORMAL" | "TRUE" => Some(Self::Ok),
            "HAS_SDCARD_ABNORMAL" => Some(Self::Abnormal),
            "HAS_SDCARD_READONLY" => Some(Self::ReadOnly),
            "NO_SDCARD" | "FALSE" => Some(Self::None),
            _ => None,
        }
    }
}
impl Merge for Storage {}
