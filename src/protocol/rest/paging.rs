//! Lists that come page by page. Some servers ignore what a page is to follow, and send the first one again.

use super::Id;
use std::collections::HashSet;

/// What a page adds to what is known: without everything up to `after`, where that stands in it, and without entries whose
/// id is in `known` or that have none. The ids of the others are added to `known`.
pub(crate) fn fresh<T>(
    mut page: Vec<T>,
    after: Option<&Id>,
    known: &mut HashSet<Id>,
    id: impl Fn(&T) -> Option<&Id>,
) -> Vec<T> {
    if let Some(at) = after.and_then(|after| page.iter().position(|entry| id(entry) == Some(after))) {
        page.drain(..=at);
    }
    page.retain(|entry| id(entry).is_some_and(|id| known.insert(id.clone())));
    page
}

/// Why a list that leads on no further is not all there is, as a clause; `None`: it is all, as far as anybody can tell.
/// `total` is how many there are by the cloud's word; `again`: the last page held nothing that was not known.
pub fn shortfall(known: usize, total: Option<i64>, again: bool) -> Option<String> {
    match total {
        Some(total) if total > known as i64 => {
            let again = if again { "then began again" } else { "no more" };
            Some(format!("the cloud says that there are {total}, gave {known} and {again}"))
        }
        None if again => Some(format!("the cloud gave {known} and then began again; there may be more")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(list: &[u32]) -> Vec<Id> {
        list.iter().map(|n| Id::new(&n.to_string())).collect()
    }

    #[test]
    fn only_what_follows_and_is_not_known_is_new() {
        for (page, after, known, new) in [
            (&[9, 8, 7][..], None, &[][..], &[9, 8, 7][..]),
            (&[6, 5], Some(7), &[9, 8, 7], &[6, 5]),
            (&[9, 8, 7], Some(7), &[9, 8, 7], &[]),
            (&[9, 8, 7], Some(7), &[], &[]),
            (&[8, 7, 6, 5], Some(7), &[9, 8, 7], &[6, 5]),
            (&[8, 7, 6, 5], Some(7), &[], &[6, 5]),
            (&[9, 8], Some(5), &[9, 8, 7, 6, 5], &[]),
            (&[4, 4, 3], Some(5), &[5], &[4, 3]),
            (&[], Some(5), &[5], &[]),
        ] {
            let mut known = ids(known).into_iter().collect();
            let after = after.map(|n: u32| Id::new(&n.to_string()));
            let found = fresh(ids(page), after.as_ref(), &mut known, |id| Some(id));
            assert_eq!(found, ids(new), "{page:?} after {after:?}");
        }
    }

    #[test]
    fn a_list_is_whole_where_as_many_came_as_there_are() {
        assert_eq!(shortfall(57, Some(57), true), None);
        assert_eq!(shortfall(57, Some(40), true), None, "more than were promised");
        assert_eq!(shortfall(57, None, false), None);
        for (total, again) in [(Some(57), true), (Some(57), false), (None, true)] {
            assert!(shortfall(50, total, again).is_some_and(|words| words.contains("50")), "{total:?} {again}");
        }
    }

    proptest! {
        /// Whatever a server sends for pages: nothing comes twice, and a walk that stops where nothing is new ends.
        #[test]
        fn no_pages_lead_in_circles(pages in prop::collection::vec(prop::collection::vec(0_u32..40, 0..12), 0..30)) {
            let (mut known, mut all) = (HashSet::new(), Vec::new());
            for page in pages {
                let after = all.last().cloned();
                let new = fresh(ids(&page), after.as_ref(), &mut known, |id| Some(id));
                prop_assert!(new.iter().all(|id| !all.contains(id)));
                all.extend(new);
            }
            prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        }
    }
}
