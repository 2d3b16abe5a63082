//! Choosing objects of a print, to skip them.

use crate::state::{PrinterId, view::scroll::Scroll};
use std::collections::BTreeSet;

/// The objects of a print, to be chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// Whose objects.
    pub who: PrinterId,
    /// The row under the cursor.
    pub at: Scroll,
    /// Ids that are chosen.
    pub chosen: BTreeSet<u32>,
    pub(in crate::state) turn: u32,
}

impl Picker {
    /// The ids that are chosen.
    pub fn ids(&self) -> Vec<u32> {
        self.chosen.iter().copied().collect()
    }
}
