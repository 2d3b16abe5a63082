//! Lights of one printer, as it reports them or as its flags tell.

use crate::protocol::{
    command::{LightMode, LightNode},
    flags::Cfg,
};
use crate::state::printer::Printer;

impl Printer {
    /// The chamber light: on, off, or not reported.
    pub fn light(&self) -> Option<bool> {
        let part = &self.report.machine;
        let bit = || part.cfg.filter(|_| part.is_new()).map(Cfg::chamber_light);
        self.light_mode(LightNode::Chamber).map(|mode| mode != LightMode::Off.name()).or_else(bit)
    }

    /// What the chamber light does, in the printer's word; by its flags where it reports no lights.
    pub fn light_word(&self) -> Option<&str> {
        let by_flags = || self.light().map(|on| LightMode::from(on).name());
        self.light_mode(LightNode::Chamber).or_else(by_flags)
    }

    /// Whether there is a second chamber light.
    pub fn has_second_light(&self) -> bool {
        self.machine.abilities.second_light
    }

    /// A light's mode as the printer writes it: `on`, `off`, `flashing`.
    pub fn light_mode(&self, node: LightNode) -> Option<&str> {
        let lights = self.report.machine.lights.as_deref()?;
        lights.iter().find(|light| light.is(node))?.mode.as_deref()
    }

    /// Whether a light flashes.
    pub(in crate::state) fn flashes(&self, node: LightNode) -> bool {
        self.light_mode(node) == Some(LightMode::Flashing.name())
    }
}
