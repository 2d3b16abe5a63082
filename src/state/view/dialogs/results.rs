//! What became of one order to several printers.

use crate::state::{command::bulk::Outcome, view::scroll::Scroll};

/// What became of one order to several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// What was ordered, in words.
    pub words: String,
    /// One for each printer that was asked about.
    pub list: Vec<Outcome>,
    /// The first line that shows.
    pub scroll: Scroll,
}

impl Results {
    /// Whether nothing is under way any more.
    pub fn is_over(&self) -> bool {
        !self.list.iter().any(|one| one.stage.is_open())
    }
}
