//! Marks: the printers that the next order goes to, all at once. They are kept by printer, so neither sorting nor
//! filtering moves them.

use crate::state::PrinterId;
use std::collections::BTreeSet;

/// The marked printers, and the range that is being drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub(in crate::state) set: BTreeSet<PrinterId>,
    range: Option<Range>,
}

/// A range from a printer to the selected one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    from: PrinterId,
    /// What was marked before: the range can shrink again, and be taken back.
    before: BTreeSet<PrinterId>,
}

impl Selection {
    /// How many are marked.
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Whether this one is.
    pub fn contains(&self, who: PrinterId) -> bool {
        self.set.contains(&who)
    }

    /// Whether moving marks.
    pub fn is_range_open(&self) -> bool {
        self.range.is_some()
    }

    /// Marks a printer, or takes its mark away. An open range ends as it is.
    pub fn toggle(&mut self, who: PrinterId) {
        self.range = None;
        if !self.set.remove(&who) {
            self.set.insert(who);
        }
    }

    /// Marks all of these; takes their marks away if all have one already. An open range ends as it is.
    pub fn toggle_all(&mut self, rows: &[PrinterId]) {
        self.range = None;
        if rows.iter().all(|who| self.set.contains(who)) {
            self.set.retain(|who| !rows.contains(who));
        } else {
            self.set.extend(rows);
        }
    }

    /// Begins a range at a printer, or ends the open one as it is.
    pub fn toggle_range(&mut self, from: PrinterId) {
        if self.range.take().is_none() {
            self.range = Some(Range { from, before: self.set.clone() });
            self.set.insert(from);
        }
    }

    /// The selection has moved: an open range reaches to it, in the order in which the list is now. News of printers can
    /// change that order; what is marked changes only with a move of the person.
    pub fn stretch(&mut self, rows: &[PrinterId], to: PrinterId) {
        let Some(range) = &self.range else { return };
        let place = |who: PrinterId| rows.iter().position(|row| *row == who);
        let Some((from, to)) = place(range.from).zip(place(to)) else { return };
        self.set.clone_from(&range.before);
        self.set.extend(&rows[from.min(to)..=from.max(to)]);
    }

    /// Takes back the open range; without one, all marks. Tells whether there was anything to take back.
    pub fn undo(&mut self) -> bool {
        match self.range.take() {
            Some(range) => self.set = range.before,
            None if self.set.is_empty() => return false,
            None => self.set.clear(),
        }
        true
    }
}
