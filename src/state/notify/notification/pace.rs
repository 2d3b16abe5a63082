//! How often somebody is told: a printer that flaps makes one notification of a kind in five seconds, with how many it
//! stands for.

use super::{EventKind, Notification, PrinterId};
use std::time::{Duration, Instant};

/// After a notification the next one of its kind and printer waits this long.
const PAUSE: Duration = Duration::from_secs(5);

/// What was told in the last seconds, and what waits.
#[derive(Debug, Clone, Default)]
pub(in crate::state) struct Pace(Vec<Lately>);

#[derive(Debug, Clone)]
struct Lately {
    who: PrinterId,
    event_kind: EventKind,
    /// Until then nothing of this kind is told again.
    until: Instant,
    /// The newest that waits; it knows how many came before it.
    waits: Option<Notification>,
}

impl Pace {
    /// Takes in what happened; what may be told now comes back.
    pub(in crate::state) fn admit(&mut self, mut one: Notification, at: Instant) -> Option<Notification> {
        let same = |lately: &&mut Lately| lately.who == one.who && lately.event_kind == one.event_kind;
        match self.0.iter_mut().find(same) {
            Some(lately) if at < lately.until || lately.waits.is_some() => {
                one.more = lately.waits.take().map_or(0, |before| before.more.saturating_add(1));
                lately.waits = Some(one);
                None
            }
            Some(lately) => {
                lately.until = at + PAUSE;
                Some(one)
            }
            None => {
                self.0.push(Lately { who: one.who, event_kind: one.event_kind, until: at + PAUSE, waits: None });
                Some(one)
            }
        }
    }

    /// What has waited long enough.
    pub(in crate::state) fn due(&mut self, at: Instant) -> Vec<Notification> {
        let mut due = Vec::new();
        self.0.retain_mut(|lately| {
            if at < lately.until {
                return true;
            }
            let waited = lately.waits.take();
            lately.until = at + PAUSE;
            let told = waited.is_some();
            due.extend(waited);
            told
        });
        due
    }

    /// When the next one has waited long enough.
    pub(in crate::state) fn next_due(&self) -> Option<Instant> {
        self.0.iter().filter(|lately| lately.waits.is_some()).map(|lately| lately.until).min()
    }
}
