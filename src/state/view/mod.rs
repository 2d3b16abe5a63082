//! What the person looks at: focus, selection, order and filter of the list, dialogs on top.

pub mod dialogs;
pub(in crate::state) mod filter;
pub mod grouping;
pub mod keymap;
pub mod layout;
pub mod marks;
pub mod panes;
pub mod quiet;
pub mod scroll;
pub mod totals;
pub mod wrap;

pub use dialogs::Dialog;
pub use panes::Pane;

use super::{
    PrinterId,
    printer::{Printer, Status},
};
use super::{command::undo::Undo, notify::notice::Notice};
use crate::protocol::command::Seq;
use crate::state::{
    printer::{need::Need, temperature_history::Span},
    view::{
        grouping::{Group, Grouping},
        marks::Selection,
        panes::PaneScrolls,
        quiet::Asked,
        scroll::Scroll,
    },
};
use ratatui::layout::Size;
use std::time::Instant;
use tui_input::Input;

/// Order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Danger and whatever else needs a person, finishing soon, printing, idle, offline.
    #[default]
    Need,
    /// By name.
    Name,
    /// Least time left first; printers without a job last.
    TimeLeft,
}

impl Sort {
    /// The next one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Need => Self::Name,
            Self::Name => Self::TimeLeft,
            Self::TimeLeft => Self::Need,
        }
    }

    /// For the list's title: "by …".
    pub fn name(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Name => "name",
            Self::TimeLeft => "time left",
        }
    }
}

/// What the person looks at.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Size of the screen in cells.
    pub size: Size,
    /// The pane that has the focus.
    pub focus: Pane,
    /// The pane that fills the screen.
    pub zoom: Option<Pane>,
    /// The selected printer; nobody where the filter leaves nobody.
    pub selected: Option<PrinterId>,
    /// The marked printers.
    pub marks: Selection,
    /// Printers that pass the filter, in their order.
    pub rows: Vec<PrinterId>,
    /// The headings among them, in their order; none without a grouping.
    pub groups: Vec<Group>,
    /// What the list is grouped by.
    pub grouping: Grouping,
    /// Order of the list, within each group.
    pub sort: Sort,
    /// The person has pressed a key, or every printer has said something: from now on the selection stays.
    pub settled: bool,
    /// Text the list is filtered by.
    pub filter: Input,
    /// The filter by which the list was arranged last.
    pub(super) arranged_by: Vec<String>,
    /// The filter is being typed.
    pub filtering: bool,
    /// First visible band of the list: entries side by side, or a heading.
    pub top: Scroll,
    /// How far back the temperature chart looks.
    pub span: Span,
    /// Lines scrolled down in each pane, of the journal entries scrolled back. The list has its own, [`View::top`].
    pub scroll: PaneScrolls,
    /// The journal tells of the selected printer only.
    pub journal_of_one: bool,
    /// Text the journal is searched for.
    pub search: Input,
    /// The search is being typed.
    pub searching: bool,
    /// What lies on top, topmost last.
    pub dialogs: Vec<Dialog>,
    /// A sentence for a few seconds.
    pub notice: Option<Notice>,
    /// The way back from the last order.
    pub(in crate::state) undo: Option<Undo>,
    /// The question on top, if it is whole on the screen, and since when that is so and no other key was pressed at it.
    pub(super) quiet: Option<((Asked, String), Instant)>,
    /// When the screen showed again what orders are about, after a time when it did not.
    pub(super) seen_again: Option<Instant>,
    /// The printers as they were when the view was frozen, and when, in seconds since 1970.
    pub frozen: Option<Box<(Vec<Printer>, i64)>>,
    /// Mouse reports are on.
    pub mouse: bool,
    /// Orders to several printers whose results were closed: their sum was said.
    pub summed: Vec<(PrinterId, Seq)>,
}

impl View {
    /// Whom an order is meant for: the marked printers, or the selected one.
    pub fn addressed(&self) -> Vec<PrinterId> {
        if self.marks.is_empty() { self.selected.into_iter().collect() } else { self.marked() }
    }

    /// The marked printers: first those of the list in its order, then those that the filter hides.
    pub fn marked(&self) -> Vec<PrinterId> {
        let mut left = self.marks.set.clone();
        let mut out: Vec<_> = self.rows.iter().copied().filter(|who| left.remove(who)).collect();
        out.extend(left);
        out
    }
}

/// Order by need: what needs a person first, then what finishes soon.
pub(in crate::state) fn need(printer: &Printer) -> (bool, Option<Need>, Status, u32) {
    let status = match printer.status() {
        // Preparing and printing share a place: both are at work.
        Status::Preparing => Status::Printing,
        // So do all that have nothing to do.
        Status::Finished | Status::Stopped | Status::Cancelled | Status::Unknown => Status::Idle,
        other => other,
    };
    let need = printer.need();
    (need.is_none(), need, status, printer.job.minutes_left.unwrap_or(u32::MAX))
}
