//! The list of printers as it lies on the screen: groups with their headings, and where every entry is. Drawing, moving,
//! paging and the mouse all ask here.

use crate::state::view::grouping::Group;
use crate::state::view::grouping::Grouping;
use crate::state::{
    PrinterId, State,
    printer::Printer,
    screen::layout::{self, Layout, LayoutKind},
    view::{Pane, View, totals::Totals},
};
use ratatui::layout::{Position, Rect};

/// Puts rows that are in order already under headings.
pub(in crate::state) fn group(rows: &mut [PrinterId], printers: &[Printer], by: Grouping) -> Vec<Group> {
    if by == Grouping::None {
        return Vec::new();
    }
    let printer = |id: &PrinterId| &printers[usize::from(id.0)];
    rows.sort_by_cached_key(|id| {
        let (last, name) = by.key(printer(id));
        (last, name.to_lowercase(), name.to_owned())
    });
    let mut groups: Vec<Group> = Vec::new();
    for (at, id) in rows.iter().enumerate() {
        let name = by.key(printer(id)).1;
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { name: name.to_owned(), first: at, totals: Totals::default() });
        }
        if let Some(group) = groups.last_mut() {
            group.totals.add(printer(id));
        }
    }
    groups
}

/// Lines of the list that belong together: a heading, or entries side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// The heading of a group.
    Heading(usize),
    /// Entries of a group, by their places in the rows.
    Entries {
        /// The group.
        group: usize,
        /// The first entry.
        first: usize,
        /// How many.
        count: usize,
    },
}

impl Band {
    pub(in crate::state) fn holds(self, row: usize) -> bool {
        matches!(self, Self::Entries { first, count, .. } if (first..first + count).contains(&row))
    }
}

/// A band with its place in the list's room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// What it is.
    pub band: Band,
    /// Lines below the top of the room.
    pub y: u16,
    /// Lines it has; the last one may be cut.
    pub height: u16,
}

/// Where the list's entries are, and in what form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListArea {
    /// Room for entries.
    pub rect: Rect,
    /// Columns of the grid; 1: a list.
    pub columns: usize,
    /// Lines of a cell of the grid.
    pub cell: u16,
}

impl ListArea {
    /// The list of a layout, if it is visible.
    pub fn of(layout: &Layout, view: &View) -> Option<Self> {
        let mut rect = layout::inner(layout.printers?);
        if (view.filtering || !view.filter.value().is_empty()) && rect.height > 1 {
            // The last line holds the filter.
            rect.height -= 1;
        }
        let columns = match layout.kind {
            // A few printers get wider cells.
            LayoutKind::Zoom(Pane::Printers) => usize::from(rect.width / 28).min(view.rows.len().max(2)).max(1),
            _ => 1,
        };
        // With room to spare a cell has three lines and a gap, else two lines.
        let lines: usize = bands(view, columns).map(|band| if matches!(band, Band::Heading(_)) { 1 } else { 4 }).sum();
        let roomy = lines <= usize::from(rect.height) + 1;
        Some(Self { rect, columns, cell: if roomy { 4 } else { 2 } })
    }

    /// The list of a state's screen, if it is visible.
    pub fn on(state: &State) -> Option<Self> {
        Self::of(&layout::of(state), &state.view)
    }

    /// Lines of a printer's entry in the list: a second one where something is wrong and there is room for words.
    pub fn lines_of(&self, printer: &Printer) -> u16 {
        if printer.need().is_some() && self.rect.width >= 30 { 2 } else { 1 }
    }

    /// Columns of the screen that a cell of the grid has, with the gap at its right.
    pub fn cell_width(&self) -> u16 {
        self.rect.width / self.columns as u16
    }

    /// Lines of a band, and how many of them it cannot do without.
    fn lines(&self, state: &State, band: Band) -> (u16, u16) {
        match band {
            Band::Heading(_) => (1, 1),
            // The gap below the last cells may be cut off.
            Band::Entries { .. } if self.columns > 1 => (self.cell, self.cell.min(3)),
            // So may the second line of the list's last entry.
            Band::Entries { first, .. } => {
                let printer = state.view.rows.get(first).and_then(|id| state.shown().get(usize::from(id.0)));
                (printer.map_or(1, |printer| self.lines_of(printer)), 1)
            }
        }
    }

    /// What is visible, from top to bottom. In the middle of a group its heading stands above all.
    pub fn placed<'a>(&self, state: &'a State) -> impl Iterator<Item = Placed> + use<'a> {
        self.placed_from(state, state.view.top.at(usize::MAX))
    }

    fn placed_from<'a>(&self, state: &'a State, top: usize) -> impl Iterator<Item = Placed> + use<'a> {
        let (area, mut y) = (*self, 0);
        let pinned = self.pinned(state, top);
        let bands = bands(&state.view, self.columns).skip(top);
        pinned.into_iter().chain(bands).map_while(move |band| {
            let (lines, least) = area.lines(state, band);
            let left = area.rect.height.saturating_sub(y);
            let placed = Placed { band, y, height: lines.min(left) };
            y += lines;
            // A room lower than a cell shows its upper lines.
            (left >= least || placed.y == 0 && left > 0).then_some(placed)
        })
    }

    /// The heading that stands above all when the list begins in the middle of a group.
    fn pinned(&self, state: &State, top: usize) -> Option<Band> {
        match bands(&state.view, self.columns).nth(top)? {
            Band::Entries { group, .. } if group < state.view.groups.len() && self.rect.height > 4 => {
                Some(Band::Heading(group))
            }
            _ => None,
        }
    }

    /// The entries that are visible, by their places in the rows.
    pub fn visible(&self, state: &State) -> std::ops::Range<usize> {
        let mut all: Option<std::ops::Range<usize>> = None;
        for placed in self.placed(state) {
            if let Band::Entries { first, count, .. } = placed.band {
                let start = all.map_or(first, |range| range.start);
                all = Some(start..first + count);
            }
        }
        all.unwrap_or(0..0)
    }

    /// How many bands are visible from one on.
    pub(in crate::state) fn fitting(&self, state: &State, top: usize) -> usize {
        self.placed_from(state, top).count() - usize::from(self.pinned(state, top).is_some())
    }

    /// The printer at a place of the screen.
    pub fn entry_at(&self, state: &State, at: Position) -> Option<PrinterId> {
        let down = at.y.checked_sub(self.rect.y)?;
        let placed = self.placed(state).find(|placed| (placed.y..placed.y + placed.height).contains(&down))?;
        let Band::Entries { first, count, .. } = placed.band else { return None };
        let across = if self.columns > 1 { usize::from(at.x.checked_sub(self.rect.x)? / self.cell_width()) } else { 0 };
        let across = across.min(self.columns - 1);
        if across < count { state.view.rows.get(first + across).copied() } else { None }
    }
}

/// All lines of the list, from its beginning.
pub(in crate::state) fn bands(view: &View, columns: usize) -> impl Iterator<Item = Band> {
    let columns = columns.max(1);
    (0..view.groups.len().max(1)).flat_map(move |group| {
        let heading = (group < view.groups.len()).then_some(Band::Heading(group));
        let first = view.groups.get(group).map_or(0, |group| group.first);
        let end = view.groups.get(group + 1).map_or(view.rows.len(), |next| next.first);
        let entries = (first..end).step_by(columns).map(move |at| Band::Entries {
            group,
            first: at,
            count: columns.min(end - at),
        });
        heading.into_iter().chain(entries)
    })
}

/// The printers whose entries are visible in the list.
pub fn visible(state: &State) -> &[PrinterId] {
    ListArea::on(state).and_then(|list| state.view.rows.get(list.visible(state))).unwrap_or_default()
}

/// Entries that are visible where the list begins; all of them without a list.
pub fn visible_at_once(state: &State) -> usize {
    let Some(list) = ListArea::on(state) else { return state.view.rows.len() };
    let counts = list.placed_from(state, 0).map(|placed| match placed.band {
        Band::Entries { count, .. } => count,
        Band::Heading(_) => 0,
    });
    counts.sum()
}

/// Entries of the list that a page moves by.
pub fn page(state: &State) -> usize {
    visible(state).len().max(1)
}

/// Columns of the grid; 1 for the list.
pub fn columns(state: &State) -> usize {
    ListArea::on(state).map_or(1, |list| list.columns)
}

/// The entry above or below one, at the same column as far as there is one.
pub fn beside(state: &State, row: usize, down: bool) -> usize {
    let entries = bands(&state.view, columns(state)).filter_map(|band| match band {
        Band::Entries { first, count, .. } => Some((first, count)),
        Band::Heading(_) => None,
    });
    let mut before = None;
    let mut here = None;
    for (first, count) in entries {
        if let Some(column) = here {
            return first + count.saturating_sub(1).min(column);
        }
        if (first..first + count).contains(&row) {
            let column = row - first;
            if !down {
                return before.map_or(row, |(first, count): (usize, usize)| first + column.min(count - 1));
            }
            here = Some(column);
        }
        before = Some((first, count));
    }
    row
}
