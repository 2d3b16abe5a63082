//! Firmware updates, as far as the printer tells of them.

use crate::protocol::{
    flags::Cfg,
    machine::{MachinePart, NewVersion},
};

/// Where an update is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateStep {
    /// Nothing is under way.
    Idle,
    /// It was asked for.
    Requested,
    /// Being prepared.
    Preparing,
    /// Being downloaded.
    Downloading,
    /// Being written.
    Writing,
    /// The last one is done.
    Done,
    /// The last one failed.
    Failed,
    /// The printer's own word for something that is not known.
    Other(String),
}

impl UpdateStep {
    fn from_wire(word: &str) -> Option<Self> {
        Some(match word {
            "" => return None,
            "IDLE" => Self::Idle,
            "UPGRADE_REQUEST" => Self::Requested,
            "PRE_FLASH_START" | "PRE_FLASH_SUCCESS" => Self::Preparing,
            "DOWNLOADING" => Self::Downloading,
            "FLASHING" => Self::Writing,
            "UPGRADE_SUCCESS" => Self::Done,
            "PRE_FLASH_FAIL" | "DOWNLOAD_FAIL" | "UPGRADE_FAIL" => Self::Failed,
            other => Self::Other(other.to_owned()),
        })
    }

    /// Whether the printer must not be switched off or used now.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Requested | Self::Preparing | Self::Downloading | Self::Writing)
    }

    /// The words for it.
    pub fn name(&self) -> &str {
        match self {
            Self::Idle => "idle",
            Self::Requested => "requested",
            Self::Preparing => "preparing",
            Self::Downloading => "downloading",
            Self::Writing => "writing",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}

/// Firmware updates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Update {
    /// Where one is; `None`: not said.
    pub step: Option<UpdateStep>,
    /// How far, in percent, while one is under way.
    pub percent: Option<u8>,
    /// What the printer says to it, while one is under way.
    pub message: Option<String>,
    /// The board that is being written.
    pub module: Option<String>,
    /// One is offered; `None`: the printer does not know.
    pub available: Option<bool>,
    /// The offered version.
    pub version: Option<String>,
    /// The version offered for the AMS.
    pub ams_version: Option<String>,
    /// It is forced: the printer does not work without it.
    pub forced: Option<bool>,
    /// Modules do not match each other.
    pub inconsistent: Option<bool>,
    /// What went wrong.
    pub error: Option<&'static str>,
}

impl Update {
    /// Where one is that must not be disturbed.
    pub fn under_way(&self) -> Option<&UpdateStep> {
        self.step.as_ref().filter(|step| step.is_under_way())
    }

    /// Reads the machine part of a merged report.
    pub fn read(part: &MachinePart) -> Self {
        let by_bit = || part.cfg.filter(|_| part.is_new()).map(Cfg::forces_update);
        let plainly_forced = part.force_upgrade.or_else(by_bit);
        let Some(raw) = &part.upgrade else {
            return Self { forced: plainly_forced, ..Self::default() };
        };
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let step = raw.status.as_deref().and_then(UpdateStep::from_wire);
        let busy = step.as_ref().is_some_and(UpdateStep::is_under_way);
        let available = match raw.new_version_state {
            Some(1) => Some(true),
            Some(2) => Some(false),
            _ => None,
        };
        let listed = |wanted: fn(&NewVersion) -> bool| {
            let row = raw.versions.iter().flatten().find(|row| wanted(row))?;
            text(&row.new)
        };
        let offered = available == Some(true);
        let version = text(&raw.ota_version).or_else(|| listed(NewVersion::is_firmware));
        let ams_version = text(&raw.ams_version).or_else(|| listed(NewVersion::is_ams));
        Self {
            percent: raw.progress.filter(|_| busy).map(|p| p.clamp(0.0, 100.0) as u8),
            message: text(&raw.message).filter(|_| busy),
            module: text(&raw.module).filter(|_| busy),
            available,
            version: version.filter(|_| offered),
            ams_version: ams_version.filter(|_| offered),
            forced: raw.forced.max(plainly_forced),
            inconsistent: raw.inconsistent,
            error: raw.error.and_then(|code| match code {
                0 => None,
                -1 => Some("the download failed"),
                -2 => Some("the file is damaged"),
                -3 => Some("writing failed"),
                -4 => Some("a job is running"),
                _ => Some("the update failed"),
            }),
            step,
        }
    }
}
