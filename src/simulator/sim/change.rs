//! Changes of filament that somebody orders: heat, cut, pull back, feed, purge, and what a person has to do meanwhile.

use super::SimPrinter;
use super::spool::Slot;
use std::collections::VecDeque;

/// What a step waits for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wait {
    /// The nozzle is hot.
    Hot,
    /// So many seconds.
    Seconds(f64),
    /// A person does something: the number of the error that asks for it.
    Person(u32),
}

/// A change under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Steps to come: the low byte of `ams_status`, and what ends it.
    steps: VecDeque<(u8, Wait)>,
    /// What is to be loaded; none: unload only.
    to: Slot,
    /// Held by the person.
    held: bool,
}

/// Numbers of the steps.
mod step {
    pub(super) const HEAT: u8 = 2;
    pub(super) const CUT: u8 = 3;
    pub(super) const PULL: u8 = 4;
    pub(super) const FEED: u8 = 5;
    pub(super) const EXTRUDE: u8 = 6;
    pub(super) const PURGE: u8 = 7;
}

/// The person is to pull the filament out.
const PULL_OUT: u32 = 0x07FF_8003;
/// The person is to push filament in.
const PUSH_IN: u32 = 0x07FF_8006;
/// The person is to say whether filament comes out.
const COMES_OUT: u32 = 0x07FF_8007;

impl Change {
    /// The low byte of `ams_status`.
    pub fn step(&self) -> u8 {
        self.steps.front().map_or(0, |(step, _)| *step)
    }

    /// What is to be loaded; none: unload only.
    pub fn to(&self) -> Slot {
        self.to
    }
}

impl SimPrinter {
    /// Begins a change to this slot, or to none.
    pub fn begin_change(&mut self, to: Slot) {
        let hotend = self.hotend_of(to).unwrap_or(self.active);
        if hotend != self.active {
            self.nozzles[self.active].target = 140.0;
            self.active = hotend;
        }
        let now = self.loaded[hotend];
        // Errors of the left hotend's spool have numbers of their own.
        let side = |error: u32| if hotend == 1 { error - 0x0001_0000 } else { error };
        let mut steps = VecDeque::from([(step::HEAT, Wait::Hot)]);
        if now.place() != 255 {
            let pull = if now.unit() >= 254 { Wait::Person(side(PULL_OUT)) } else { Wait::Seconds(9.0) };
            steps.extend([(step::CUT, Wait::Seconds(4.0)), (step::PULL, pull)]);
        }
        if to.place() != 255 && to.unit() >= 254 {
            steps.extend([(step::FEED, Wait::Person(side(PUSH_IN))), (step::EXTRUDE, Wait::Person(side(COMES_OUT)))]);
        } else if to.place() != 255 {
            steps.extend([
                (step::FEED, Wait::Seconds(8.0)),
                (step::EXTRUDE, Wait::Seconds(6.0)),
                (step::PURGE, Wait::Seconds(10.0)),
            ]);
        }
        let celsius = self.spool_at(if to.place() == 255 { now } else { to }).map_or(220, |s| s.nozzle_max - 10);
        self.nozzles[hotend].target = f64::from(celsius.min(self.model.nozzle_max()));
        self.wanted = to;
        self.change = Some(Change { steps, to, held: false });
        self.mark_dirty();
    }

    /// Lets time pass for a change.
    pub(super) fn advance_change(&mut self, dt: f64) {
        let Some(mut change) = self.change.take() else { return };
        let Some((step, wait)) = change.steps.front_mut() else { return };
        let over = match wait {
            _ if change.held => false,
            Wait::Hot => self.nozzles[self.active].ready(),
            Wait::Seconds(left) => {
                *left -= dt;
                *left <= 0.0
            }
            Wait::Person(error) => {
                if self.error != *error {
                    let error = *error;
                    self.set_error(error);
                }
                false
            }
        };
        let step = *step;
        self.change = Some(change);
        if over {
            self.end_step(step);
        }
    }

    fn end_step(&mut self, step: u8) {
        let Some(mut change) = self.change.take() else { return };
        change.steps.pop_front();
        if step == step::PULL {
            self.loaded[self.active] = if self.active == 1 { Slot::NONE_LEFT } else { Slot::NONE };
        }
        self.error = 0;
        self.mark_dirty();
        if change.steps.is_empty() {
            if change.to.place() != 255 {
                self.load(change.to);
            }
            self.cool_after_change();
        } else {
            self.change = Some(change);
        }
    }

    fn cool_after_change(&mut self) {
        if !self.phase.is_active() {
            self.nozzles[self.active].target = 0.0;
        }
    }

    /// A person's word to a change: `resume`, `reset`, `pause`, `done`, `abort`.
    pub(super) fn answer_change(&mut self, word: &str) -> Result<(), String> {
        let Some(change) = &mut self.change else { return Err("no filament change".to_owned()) };
        let waits = change.steps.front().is_some_and(|(_, wait)| matches!(wait, Wait::Person(_)));
        let step = change.step();
        match word {
            "pause" => change.held = true,
            // Another try to extrude ends with the same question.
            "resume" if waits && step == step::EXTRUDE => {}
            "resume" if waits => self.end_step(step),
            "resume" => change.held = false,
            "done" if waits && step == step::EXTRUDE => self.end_step(step),
            "done" => return Err("nothing to confirm".to_owned()),
            "reset" => {
                let to = change.to;
                self.begin_change(to);
            }
            "abort" => {
                self.change = None;
                self.error = 0;
                self.wanted = self.loaded[self.active];
                self.cool_after_change();
            }
            _ => return Err("unknown param".to_owned()),
        }
        Ok(())
    }
}
