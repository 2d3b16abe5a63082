//! What changes on the screen by itself, and when: the loop sleeps until then.

use crate::state::{
    State,
    printer::{
        Freshness, Printer, Status,
        camera::{GONE, Stream},
        connection::ConnectionState,
    },
    screen::{
        layout::{self, Layout, LayoutKind},
        list,
    },
    settings::{SLOW_PICTURES, Settings},
};
use std::time::{Duration, Instant};

/// A picture younger than this is shown as live: at the pace of a slow line twice as old as the next one, and a little.
pub fn live_picture(settings: &Settings) -> Duration {
    if settings.slow_pictures() { SLOW_PICTURES * 2 + Duration::from_secs(2) } else { Duration::from_secs(5) }
}

/// Ages are told in steps, so that a screen does not change every second: five seconds in the first minute, then
/// minutes, then hours. The age at the beginning of its step.
pub fn step(age: Duration) -> Duration {
    let width = step_width(age);
    Duration::from_secs(age.as_secs() / width * width)
}

fn step_width(age: Duration) -> u64 {
    match age.as_secs() {
        0..60 => 5,
        60..3600 => 60,
        _ => 3600,
    }
}

/// What a countdown shows: every second below 100, then minutes. Rounded up, so that it never shows 0 too early.
pub fn countdown(left: Duration) -> Duration {
    let seconds = left.as_millis().div_ceil(1000) as u64;
    Duration::from_secs(if seconds < 100 { seconds } else { seconds.div_ceil(60) * 60 })
}

/// Whether a job is under way at a printer that is connected.
pub fn is_at_work(printer: &Printer) -> bool {
    printer.session().is_some() && printer.status() != Status::Connecting && printer.job.phase.is_active()
}

/// The earliest moment at which something visible changes by itself. `None`: the screen is still.
pub fn next_change(state: &State) -> Option<Instant> {
    let mut changes = Changes { at: state.now.at, settings: state.settings, next: None };
    if let Some(notice) = &state.view.notice {
        changes.add(notice.until);
    }
    for open in &state.view.dialogs {
        if let Some(until) = open.keys().until() {
            changes.fives(until);
        }
        if let Some(at) = open.keys().counts_down_to().filter(|at| *at > state.now.at) {
            changes.countdown(at);
        }
    }
    // A frozen view stands still, and what is covered cannot be seen to change.
    if state.view.frozen.is_none() && !layout::is_covered(state) {
        dashboard(state, &mut changes);
    }
    changes.next
}

fn dashboard(state: &State, changes: &mut Changes) {
    let layout = layout::of(state);
    if !matches!(layout.kind, LayoutKind::Line | LayoutKind::Compact) && state.shows_clock() {
        // Clock, elapsed times and "today" all change with the minute.
        let second = (state.now.unix + i64::from(state.now.utc_offset)).rem_euclid(60) as u64;
        changes.add(state.now.at + Duration::from_secs(60 - second));
    }
    for id in list::visible(state) {
        if let Some(printer) = state.printer(*id) {
            changes.retry(printer);
        }
    }
    let Some(printer) = state.selected() else { return };
    if layout.job.is_some() || layout.kind == LayoutKind::Compact {
        changes.retry(printer);
        if let (Freshness::Stale(_), Some(last)) =
            (printer.freshness(state.now.at, &state.fleet.watchdog_timeouts), printer.told_at())
        {
            changes.age(last);
        }
    }
    camera(printer, &layout, changes);
}

fn camera(printer: &Printer, layout: &Layout, changes: &mut Changes) {
    if layout.camera.is_none() {
        return;
    }
    if let Stream::Down { retry_at: Some(at), .. } = printer.camera.link {
        changes.countdown(at);
    }
    if let Some((_, came)) = &printer.camera.newest {
        let age = changes.at.saturating_duration_since(*came);
        let live = live_picture(&changes.settings);
        if age < live {
            changes.add(*came + live);
        } else if age < GONE {
            changes.age(*came);
        }
    }
}

/// Collects moments and keeps the earliest.
struct Changes {
    at: Instant,
    settings: Settings,
    next: Option<Instant>,
}

impl Changes {
    fn add(&mut self, moment: Instant) {
        if moment > self.at {
            self.next = Some(self.next.map_or(moment, |next| next.min(moment)));
        }
    }

    /// Something that is told by its age.
    fn age(&mut self, since: Instant) {
        let age = self.at.saturating_duration_since(since);
        self.add(since + step(age) + Duration::from_secs(step_width(age)));
    }

    /// Something that is told by the time left.
    fn countdown(&mut self, until: Instant) {
        let left = until.saturating_duration_since(self.at);
        let shown = countdown(left);
        let next = if shown.as_secs() > 100 {
            shown.saturating_sub(Duration::from_secs(60))
        } else {
            shown.saturating_sub(SECOND)
        };
        self.add(until.checked_sub(next).unwrap_or(until));
        self.add(until);
    }

    /// The same, in steps of five seconds.
    fn fives(&mut self, until: Instant) {
        let left = until.saturating_duration_since(self.at).as_millis().div_ceil(5000) as u64 * 5;
        self.add(until.checked_sub(Duration::from_secs(left.saturating_sub(5))).unwrap_or(until));
    }

    fn retry(&mut self, printer: &Printer) {
        if let ConnectionState::Down { retry_at: Some(at), .. } = printer.link {
            self.countdown(at);
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);
