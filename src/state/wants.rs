//! What is to be fetched, and for whom. The dashboard says it by what a person looks at, a command outright.

use super::{PrinterId, printer::camera::PictureSize};
use std::time::Instant;

/// What is to be fetched, and how far that is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// What is wanted now.
    pub wanted: Wanted,
    /// Whether a command has said it, once and for all; otherwise it follows the view.
    pub(in crate::state) is_fixed: bool,
    /// The camera that is open.
    pub(in crate::state) open_camera: Option<WantedCamera>,
    /// The camera that is opened next.
    pub(in crate::state) next_camera: Option<Next>,
    /// The printer whose job's file is fetched next.
    pub(in crate::state) next_job_file: Option<Next>,
}

impl Wants {
    /// What a command wants, whatever is on a screen.
    pub fn fixed(wanted: Wanted) -> Self {
        Self { wanted, is_fixed: true, ..Self::default() }
    }

    /// When something is fetched by itself.
    pub(in crate::state) fn next_due(&self) -> Option<Instant> {
        [self.next_camera, self.next_job_file].into_iter().flatten().map(|next| next.at).min()
    }
}

/// What is wanted at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The camera that is watched.
    pub camera: Option<WantedCamera>,
    /// The job's file of a printer.
    pub job_file: Option<WantedJobFile>,
    /// The printer of the account for which firmware may be on offer.
    pub firmware: Option<PrinterId>,
    /// Every change of every printer, not only what a screen shows of it.
    pub all_changes: bool,
}

/// A camera to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedCamera {
    /// Whose.
    pub who: PrinterId,
    /// How large its pictures are shown.
    pub size: PictureSize,
}

/// A job's file to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedJobFile {
    /// Whose.
    pub who: PrinterId,
    /// Somebody asked for it expressly, and does not merely move through the list.
    pub at_once: bool,
}

/// What is fetched if it is wanted that long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::state) struct Next {
    pub(in crate::state) who: PrinterId,
    pub(in crate::state) at: Instant,
}
