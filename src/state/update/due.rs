//! What changes on the screen by itself, and when: the loop sleeps until then.

use crate::state::screen::redraw_schedule::is_at_work;
use crate::state::{Now, State};
use std::time::Duration;

impl State {
    /// The moment that is shown: now, or when the view was frozen.
    pub fn shown_now(&self) -> Now {
        match &self.view.frozen {
            Some(frozen) => {
                let ago = Duration::from_secs(self.now.unix.saturating_sub(frozen.1).max(0) as u64);
                Now { at: self.now.at.checked_sub(ago).unwrap_or(self.now.at), unix: frozen.1, ..self.now }
            }
            None => self.now,
        }
    }

    /// Whether the header shows the time of day: only while something is printed, so that an idle screen is still.
    pub fn shows_clock(&self) -> bool {
        self.shown().iter().any(is_at_work)
    }
}
