//! What the list is grouped by, and its groups.

use crate::state::{printer::Printer, view::totals::Totals};

/// What the list is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// Not at all.
    #[default]
    None,
    /// By the first tag of each printer.
    Tag,
    /// By model.
    Model,
}

impl Grouping {
    /// The next one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::None => Self::Tag,
            Self::Tag => Self::Model,
            Self::Model => Self::None,
        }
    }

    /// For the list's title: "by …"; `None` without groups.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Tag => Some("tag"),
            Self::Model => Some("model"),
        }
    }

    /// The group of a printer: a name to sort by and to show. Those without one come last.
    pub(in crate::state) fn key(self, printer: &Printer) -> (bool, &str) {
        match self {
            Self::None => (false, ""),
            Self::Tag => printer.tags.first().map_or((true, "no tag"), |tag| (false, tag)),
            Self::Model if printer.model == crate::protocol::model::Model::Unknown => (true, "unknown model"),
            Self::Model => (false, printer.model.short()),
        }
    }
}

/// Printers under one heading. They follow each other in [`View::rows`](crate::state::view::View::rows).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// Place of its first printer in the rows.
    pub first: usize,
    /// What its printers do.
    pub totals: Totals,
}
