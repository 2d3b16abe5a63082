//! The panes of the dashboard.

use crate::state::view::scroll::Scroll;
use std::ops::{Index, IndexMut};

/// A pane of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "the variants are the panes' titles")]
pub enum Pane {
    #[default]
    Printers,
    Job,
    Temps,
    Ams,
    Camera,
    Device,
    Journal,
}

impl Pane {
    /// All panes in the order Tab walks through them.
    pub const ALL: [Self; 7] =
        [Self::Printers, Self::Job, Self::Temps, Self::Ams, Self::Camera, Self::Device, Self::Journal];
}

/// How far each pane is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaneScrolls([Scroll; Pane::ALL.len()]);

impl Index<Pane> for PaneScrolls {
    type Output = Scroll;

    fn index(&self, pane: Pane) -> &Scroll {
        &self.0[pane as usize]
    }
}

impl IndexMut<Pane> for PaneScrolls {
    fn index_mut(&mut self, pane: Pane) -> &mut Scroll {
        &mut self.0[pane as usize]
    }
}
