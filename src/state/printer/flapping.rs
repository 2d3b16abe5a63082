//! Things that are shown, go, and come back: what comes back soon is the same one, and what stays is told once.

use std::time::{Duration, Instant};

/// So many are known at most: whoever shows more is not in trouble, but malicious.
const MOST: usize = 512;

/// What is shown, and what was lately.
#[derive(Debug, Clone)]
pub(in crate::state) struct Flapping<T>(Vec<(T, Option<Instant>)>);

// Of a default there is one whatever T is.
impl<T> Default for Flapping<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Flapping<T> {
    /// Notes what is shown now. How seldom it is noted does not matter: what is shown each time never went.
    pub(in crate::state) fn note(&mut self, shown: &[T], at: Instant, quiet: Duration) {
        self.0.retain(|(_, gone)| gone.is_none_or(|gone| at.saturating_duration_since(gone) < quiet));
        for (one, gone) in &mut self.0 {
            *gone = if shown.contains(one) { None } else { gone.or(Some(at)) };
        }
    }

    /// Whether something is shown, or was within the quiet time, and was told.
    pub(in crate::state) fn knows(&self, one: T) -> bool {
        self.0.iter().any(|(known, _)| *known == one)
    }

    /// How many are known.
    pub(in crate::state) fn len(&self) -> usize {
        self.0.len()
    }

    /// Something is told.
    pub(in crate::state) fn add(&mut self, one: T) {
        self.0.push((one, None));
    }

    /// Notes what is shown now, and tells what of it is new.
    pub(in crate::state) fn news(&mut self, shown: &[T], at: Instant, quiet: Duration) -> Vec<T> {
        self.note(shown, at, quiet);
        let room = MOST.saturating_sub(self.0.len());
        let new: Vec<_> = shown.iter().copied().filter(|one| !self.knows(*one)).take(room).collect();
        self.0.extend(new.iter().map(|one| (*one, None)));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::test_now;

    #[test]
    fn what_stays_is_told_once_and_what_comes_back_late_again() {
        let (start, quiet) = (test_now().at, Duration::from_secs(30));
        let mut flapping = Flapping::default();
        let mut news = |shown: &[u8], seconds| flapping.news(shown, start + Duration::from_secs(seconds), quiet);
        assert_eq!(news(&[1, 2], 0), [1, 2]);
        assert_eq!(news(&[2, 3], 5), [3]);
        assert_eq!(news(&[1, 2, 3], 20), [0; 0], "one came back soon");
        assert_eq!(news(&[2], 500), [0; 0], "it was shown all the time");
        assert_eq!(news(&[2, 3], 529), [0; 0]);
        assert_eq!(news(&[1, 2, 3], 530), [1]);
    }
}
