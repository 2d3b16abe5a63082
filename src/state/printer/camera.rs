//! Which camera is watched, and the newest picture of each printer.

use crate::state::printer::connection::{ConnectionEvent, DisconnectReason};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct PictureSize {
    pub width: u16,
    pub height: u16,
}

/// A decoded picture, scaled to the size that was asked for, with the JPEG it came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Size of [`Picture::pixels`]; fits into the size that was asked for, with the camera's aspect ratio.
    pub size: PictureSize,
    /// Rows of red, green, blue.
    pub pixels: Vec<[u8; 3]>,
    /// As the camera sent it.
    pub jpeg: Arc<[u8]>,
    /// Size of the camera's picture.
    pub source: PictureSize,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").field("size", &self.size).field("jpeg", &self.jpeg.len()).finish_non_exhaustive()
    }
}

/// The camera of one printer, as far as it is known here.
#[derive(Debug, Clone, Default)]
pub struct Camera {
    /// The stream.
    pub link: Stream,
    /// The newest picture and when it came.
    pub newest: Option<(Arc<Picture>, Instant)>,
}

/// State of the picture stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stream {
    /// Nobody watches.
    #[default]
    Off,
    /// Being opened.
    Connecting,
    /// Pictures come.
    Live,
    /// Lost; tried again at the given time.
    Down {
        /// Why; `Part::words` says it.
        why: DisconnectReason,
        /// Next attempt.
        retry_at: Option<Instant>,
    },
}

/// A picture older than this is shown dimmed.
pub const OLD: Duration = Duration::from_secs(15);
/// A picture older than this is no longer shown.
pub const GONE: Duration = Duration::from_secs(300);

impl Camera {
    /// Takes in a change of the stream.
    pub fn set_link(&mut self, change: ConnectionEvent, at: Instant) {
        self.link = match change {
            ConnectionEvent::Connecting { .. } => Stream::Connecting,
            ConnectionEvent::Up { .. } => Stream::Live,
            ConnectionEvent::Down { why, retry_in } => Stream::Down { why, retry_at: retry_in.map(|d| at + d) },
            ConnectionEvent::Closed => Stream::Off,
        };
    }

    /// The picture to show now and its age.
    pub fn picture(&self, at: Instant) -> Option<(&Arc<Picture>, Duration)> {
        let (picture, came) = self.newest.as_ref()?;
        let age = at.saturating_duration_since(*came);
        (age < GONE).then_some((picture, age))
    }
}
