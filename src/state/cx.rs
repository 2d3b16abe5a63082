//! The one door out of an update: what an event brings about leaves through it.

use super::{Now, Redraw, effect::Effect};

/// Goes into an update with its moment, and comes out of it with what leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Cx {
    /// The moment of the update.
    pub now: Now,
    /// What is to be carried out, in this order.
    pub effects: Vec<Effect>,
    /// Whether the screen is out of date, and how soon it must be drawn.
    pub redraw: Redraw,
}

impl Cx {
    /// Nothing has left yet.
    pub fn new(now: Now) -> Self {
        Self { now, effects: Vec::new(), redraw: Redraw::No }
    }

    /// Asks for a frame; the soonest wish wins.
    pub fn mark(&mut self, redraw: Redraw) {
        self.redraw = self.redraw.max(redraw);
    }
}
