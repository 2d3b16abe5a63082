//! A place in something that is longer than its room: the first line that shows, or the row that is chosen.

use crate::state::key_action::KeyAction;

/// A place, counted from the first line or row. What it is a place in may grow shorter at any time, and its window larger:
/// so whoever reads it says which one is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll(usize);

impl Scroll {
    /// A place, also behind the last one.
    pub const fn to(place: usize) -> Self {
        Self(place)
    }

    /// The place.
    pub fn at(self, last: usize) -> usize {
        self.0.min(last)
    }

    /// Moves forward or back, no further than to the last place and the first.
    pub fn by(&mut self, lines: usize, forward: bool, last: usize) {
        let at = self.at(last);
        self.0 = if forward { at.saturating_add(lines).min(last) } else { at.saturating_sub(lines) };
    }

    /// Moves as a key does: by a line, by a page, to either end. `false`: this key moves nothing.
    pub fn press(&mut self, key: KeyAction, page: usize, last: usize) -> bool {
        let (lines, forward) = match key {
            KeyAction::Up | KeyAction::Down => (1, key == KeyAction::Down),
            KeyAction::PageUp | KeyAction::PageDown => (page.max(1), key == KeyAction::PageDown),
            KeyAction::Top | KeyAction::Bottom => (usize::MAX, key == KeyAction::Bottom),
            _ => return false,
        };
        self.by(lines, forward, last);
        true
    }

    /// Of a chosen row: the first one that shows in a window of so many lines, so that the chosen one is the last in it, or
    /// as far down as it comes.
    pub fn first_shown(self, height: usize, last: usize) -> usize {
        (self.at(last) + 1).saturating_sub(height)
    }

    /// Of the first line that shows: moves no further than it must so that `chosen` shows, and wastes no room below the last
    /// of `all`. `fitting`: how many show from one on.
    pub fn follow(&mut self, chosen: usize, all: usize, fitting: impl Fn(usize) -> usize) {
        let mut top = self.at(chosen);
        while top < chosen && top + fitting(top) <= chosen {
            top += 1;
        }
        while top > 0 && top - 1 + fitting(top - 1) >= all {
            top -= 1;
        }
        self.0 = top;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEYS: [KeyAction; 6] =
        [KeyAction::Up, KeyAction::Down, KeyAction::PageUp, KeyAction::PageDown, KeyAction::Top, KeyAction::Bottom];

    #[test]
    fn keys_move_by_a_line_a_page_and_to_the_ends() {
        let mut scroll = Scroll::default();
        for (key, at) in [
            (KeyAction::Up, 0),
            (KeyAction::Down, 1),
            (KeyAction::PageDown, 5),
            (KeyAction::PageDown, 9),
            (KeyAction::Down, 9),
            (KeyAction::PageUp, 5),
            (KeyAction::Top, 0),
            (KeyAction::Bottom, 9),
        ] {
            assert!(scroll.press(key, 4, 9));
            assert_eq!(scroll.at(9), at, "{key:?}");
        }
        assert!(!scroll.press(KeyAction::Zoom, 4, 9));
    }

    #[test]
    fn one_key_is_one_line_after_what_it_scrolls_grew_shorter() {
        let mut scroll = Scroll::to(999);
        scroll.press(KeyAction::Up, 4, 9);
        assert_eq!(scroll, Scroll::to(8));
    }

    proptest! {
        /// Whatever is pressed, and however it changes meanwhile.
        #[test]
        fn no_key_leads_out_of_it(moves in prop::collection::vec((0..6_usize, 0..30_usize, 0..50_usize), 1..40)) {
            let mut scroll = Scroll::default();
            for (key, page, last) in moves {
                scroll.press(KEYS[key], page, last);
                prop_assert_eq!(scroll, Scroll::to(scroll.at(last)));
            }
        }

        /// With lines of any height: the chosen one shows, and no room is wasted.
        #[test]
        fn what_follows_shows_what_is_chosen(
            heights in prop::collection::vec(1..4_usize, 1..40), room in 4..20_usize, at in 0..50_usize, to in 0..40_usize,
        ) {
            let chosen = to.min(heights.len() - 1);
            let fitting = |top: usize| {
                heights[top..].iter().scan(0, |used, height| {
                    *used += height;
                    (*used <= room).then_some(())
                }).count()
            };
            let mut top = Scroll::to(at);
            top.follow(chosen, heights.len(), fitting);
            let first = top.at(usize::MAX);
            prop_assert!(first <= chosen && chosen < first + fitting(first));
            prop_assert!(first == 0 || first - 1 + fitting(first - 1) < heights.len());
        }
    }
}
