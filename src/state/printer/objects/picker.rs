//! Choosing objects: the layer in which it is done, and the moment at which a job's file is fetched for it.

use crate::state::PrinterId;
use std::{collections::BTreeSet, time::Duration};

/// A zoomed job pane fetches the file of a printer that has been selected this long: moving through the list fetches none.
pub(in crate::state) const LOOK_TIME: Duration = Duration::from_millis(300);

/// The layer in which objects are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    /// Whose objects.
    pub who: PrinterId,
    /// The row under the cursor.
    pub at: usize,
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
