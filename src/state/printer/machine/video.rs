//! How the camera is set.

use crate::protocol::{
    flags::{Aux, Cfg},
    machine::Camera,
    report::Report,
    temps::DeviceCamera,
};

/// How the live picture can be had in the LAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LanView {
    /// Not at all with this printer.
    None,
    /// Switched off.
    Off,
    /// As single pictures.
    Pictures,
    /// As a video stream.
    Stream,
    /// As an encrypted video stream.
    SafeStream,
}

impl LanView {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Off => "disabled",
            Self::Pictures => "local",
            Self::Stream => "rtsp",
            Self::SafeStream => "rtsps",
        }
    }
}

/// Room for the camera's files, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Free.
    pub free: u64,
    /// In all.
    pub total: u64,
}

/// How the camera is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Video {
    /// One is fitted.
    pub fitted: Option<bool>,
    /// Is recording now.
    pub recording: Option<bool>,
    /// Records while printing.
    pub records: Option<bool>,
    /// Makes a time-lapse.
    pub timelapse: Option<bool>,
    /// `720p`, `1080p`.
    pub resolution: Option<String>,
    /// What it can be set to.
    pub resolutions: Vec<String>,
    /// How the live picture can be had in the LAN.
    pub lan_view: Option<LanView>,
    /// How the vendor's cloud has it: `none`, `tutk`, `agora`.
    pub cloud_view: Option<String>,
    /// The vendor's cloud may stream it.
    pub cloud: Option<bool>,
    /// The kit for time-lapses is fitted.
    pub timelapse_kit: Option<bool>,
    /// Room inside.
    pub internal: Option<Space>,
    /// Room on the storage that was put in.
    pub external: Option<Space>,
}

impl Video {
    /// Reads the merged report. `recording`: by the flags of the machine.
    pub fn read(report: &Report, recording: Option<bool>) -> Self {
        let part = &report.machine;
        let cfg = part.cfg.filter(|_| part.is_new());
        let nothing = Camera::default();
        let raw = part.camera.as_ref().unwrap_or(&nothing);
        let device = report.device.as_ref().and_then(|d| d.camera.as_ref());
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let resolution = text(&raw.resolution)
            .or_else(|| cfg.map(|cfg| if cfg.full_hd() { "1080p".to_owned() } else { "720p".to_owned() }));
        Self {
            fitted: raw.present,
            recording,
            records: raw.record.or(cfg.map(Cfg::records)),
            timelapse: raw.timelapse.or(cfg.map(Cfg::timelapse)),
            resolution,
            resolutions: raw.resolutions.clone().unwrap_or_default(),
            lan_view: lan_view(raw),
            cloud_view: raw.liveview.as_ref().and_then(|view| text(&view.remote)),
            cloud: raw.tutk.or(cfg.map(|cfg| !cfg.no_cloud_video())),
            timelapse_kit: part.aux.filter(|_| part.is_new()).map(Aux::timelapse_kit),
            internal: space(
                raw,
                device,
                |c| (c.internal_free, c.internal_total),
                |d| (d.internal_free, d.internal_total),
            ),
            external: space(
                raw,
                device,
                |c| (c.external_free, c.external_total),
                |d| (d.external_free, d.external_total),
            ),
        }
    }
}

/// New firmware says it in a word, older by the address of its stream: an address is on, anything else off.
fn lan_view(raw: &Camera) -> Option<LanView> {
    let word = raw.liveview.as_ref().and_then(|view| view.local.as_deref());
    match word {
        Some("none") => Some(LanView::None),
        Some("disabled") => Some(LanView::Off),
        Some("local") => Some(LanView::Pictures),
        Some("rtsp") => Some(LanView::Stream),
        Some("rtsps") => Some(LanView::SafeStream),
        _ => match raw.rtsp_url.as_deref()?.trim() {
            "" | "disable" => Some(LanView::Off),
            url if url.starts_with("rtsps:") => Some(LanView::SafeStream),
            url if url.starts_with("rtsp:") => Some(LanView::Stream),
            _ => None,
        },
    }
}

type Pair = (Option<i64>, Option<i64>);

fn space(
    raw: &Camera,
    device: Option<&DeviceCamera>,
    plain: fn(&Camera) -> Pair,
    nested: fn(&DeviceCamera) -> Pair,
) -> Option<Space> {
    let (free, total) = plain(raw);
    let (free2, total2) = device.map_or((None, None), nested);
    let number = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
    Some(Space { free: number(free.or(free2))?, total: number(total.or(total2)).filter(|total| *total > 0)? })
}
