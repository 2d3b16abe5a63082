//! Marks: the printers that the next order goes to, all at once. They are kept by printer, so neither sorting nor

use crate::state::cx::Cx;
use crate::state::{PrinterId, State};

impl State {
    /// The marked printers: first those of the list in its order, then those that the filter hides.
    pub fn marked(&self) -> Vec<PrinterId> {
        self.view.marked()
    }

    /// How many marked printers the filter hides.
    pub fn hidden_marks(&self) -> usize {
        let shown = self.view.rows.iter().filter(|who| self.view.marks.contains(**who)).count();
        self.view.marks.len() - shown
    }

    /// Marks the selected printer, or takes its mark away, and goes to the next one.
    pub(in crate::state) fn mark_selected(&mut self, cx: &mut Cx) {
        let Some(who) = self.view.selected else { return self.say_nobody(cx) };
        self.view.marks.toggle(who);
        let next = self.selected_row().map_or(0, |row| row + 1);
        self.select_row(next);
    }

    /// Begins a range at the selected printer, or ends it.
    pub(in crate::state) fn mark_range(&mut self) {
        if let Some(who) = self.view.selected {
            self.view.marks.toggle_range(who);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::view::marks::*;
    use crate::state::{printer::Printer, settings::Settings, test_now, view::keymap::Keymap};

    fn ids(list: &[u16]) -> Vec<PrinterId> {
        list.iter().copied().map(PrinterId).collect()
    }

    fn marked(marks: &Selection) -> Vec<u16> {
        marks.set.iter().map(|who| who.0).collect()
    }

    #[test]
    fn a_mark_comes_and_goes() {
        let mut marks = Selection::default();
        marks.toggle(PrinterId(3));
        marks.toggle(PrinterId(1));
        assert_eq!(marked(&marks), [1, 3]);
        marks.toggle(PrinterId(3));
        assert_eq!((marked(&marks), marks.len()), (vec![1], 1));
        assert!(marks.undo() && marks.is_empty() && !marks.undo());
    }

    #[test]
    fn all_of_a_filter_adds_to_what_is_marked_and_takes_away_only_its_own() {
        let mut marks = Selection::default();
        marks.toggle(PrinterId(9));
        marks.toggle(PrinterId(2));
        marks.toggle_all(&ids(&[1, 2, 3]));
        assert_eq!(marked(&marks), [1, 2, 3, 9]);
        marks.toggle_all(&ids(&[1, 2, 3]));
        assert_eq!(marked(&marks), [9]);
    }

    #[test]
    fn a_range_grows_shrinks_turns_round_and_can_be_taken_back() {
        let rows = ids(&[5, 4, 3, 2, 1]);
        let mut marks = Selection::default();
        marks.toggle(PrinterId(1));
        marks.toggle_range(PrinterId(3));
        assert_eq!(marked(&marks), [1, 3]);
        marks.stretch(&rows, PrinterId(5));
        assert_eq!(marked(&marks), [1, 3, 4, 5]);
        marks.stretch(&rows, PrinterId(2));
        assert_eq!(marked(&marks), [1, 2, 3], "the other way; what was marked before stays");
        marks.stretch(&ids(&[5, 4]), PrinterId(4));
        assert_eq!(marked(&marks), [1, 2, 3], "a filter hides where it began");
        let mut kept = marks.clone();
        kept.toggle_range(PrinterId(2));
        assert!(!kept.is_range_open() && marked(&kept) == [1, 2, 3]);
        kept.stretch(&rows, PrinterId(5));
        assert_eq!(marked(&kept), [1, 2, 3], "an ended range does not follow");
        assert!(marks.undo() && marked(&marks) == [1], "Esc takes the range back, not what was there");
        assert!(marks.undo() && marks.is_empty());
    }

    #[test]
    fn sorting_and_filtering_move_no_mark_and_hidden_ones_come_last() {
        let printer = |name: &str| Printer::new(name, "01P00A000000000", "h", None, vec![]);
        let printers = ["Delta", "Alpha", "Charlie", "Bravo"].map(printer).to_vec();
        let mut state = State::new(printers, Settings::default(), Keymap::default(), test_now(), 1);
        for who in [0, 1, 3] {
            state.view.marks.toggle(PrinterId(who));
        }
        assert_eq!(state.marked(), ids(&[0, 1, 3]));
        state.view.sort = state.view.sort.next();
        state.arrange_rows();
        assert_eq!(state.marked(), ids(&[1, 3, 0]));
        state.view.filter = "del".into();
        state.arrange_rows();
        assert_eq!((state.marked(), state.hidden_marks()), (ids(&[0, 1, 3]), 2));
    }
}
