//! Which orders ask first, and the way back from those that do not: the key that takes one back, for as long as it does.
//!
//! Some keys change a running print at once, because that is what they are for. A word that is typed into the wrong window
//! may begin with one of them, so what was done stays in sight together with that key.

use crate::protocol::command::{Seq, Speed};
use crate::state::{
    PrinterId,
    command::action::{Action, Light, PrintAction},
    key_action::KeyAction,
    printer::{Printer, job::JobKey},
};

/// When an order asks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::state) enum ConfirmPolicy {
    /// A person has been asked already.
    Never,
    /// Where it is dangerous, or where every order is to ask.
    Danger,
    /// In any case.
    Always,
}

/// An order that one key takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    pub(in crate::state) who: PrinterId,
    /// Number of the order.
    pub(in crate::state) seq: Seq,
    /// The job it was for.
    pub(in crate::state) job: JobKey,
    /// What was ordered, and whom, in words.
    pub(in crate::state) what: String,
    /// What takes it back.
    pub(in crate::state) back: Action,
    /// The key, and what it does.
    pub(in crate::state) words: String,
    /// The order came to its end, and to a good one.
    pub(in crate::state) done: bool,
}

/// What takes an order back, the key for it, and what that does, as the printer is before the order.
pub(in crate::state) fn reverse(action: &Action, printer: &Printer) -> Option<(Action, KeyAction, &'static str)> {
    let speed = |to: Speed| Action::from(PrintAction::Speed(to));
    Some(match action {
        Action::Print(PrintAction::Pause) => (PrintAction::Resume.into(), KeyAction::Resume, "resumes"),
        Action::Print(PrintAction::Resume) => (PrintAction::Pause.into(), KeyAction::Pause, "pauses again"),
        Action::Print(PrintAction::Speed(to)) => {
            let now = printer.job.speed?;
            match *to as i64 - now as i64 {
                1 => (speed(now), KeyAction::SpeedDown, "slows down again"),
                -1 => (speed(now), KeyAction::SpeedUp, "speeds up again"),
                _ => return None,
            }
        }
        Action::Light(Light::Chamber(on)) => (Light::Chamber(!on).into(), KeyAction::Light, "switches it back"),
        _ => return None,
    })
}
