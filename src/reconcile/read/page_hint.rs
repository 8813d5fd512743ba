//! On which page of an identity's list new grants show. The API does not document the order, so this is
//! learnt from where they turn up and never relied on: what the page does not show is looked for elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How many pages at a time are read of what others have added to a list.
const PAGES_MORE: u64 = 4;

/// The page to look at first after a grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// The first: newest on top, as the published samples show it.
    #[default]
    First,
    /// The last.
    Last,
    /// None in particular.
    Anywhere,
}

/// Where new grants are expected, and where they were found.
#[derive(Debug)]
pub(super) struct PageHints {
    page_size: u64,
    place: Place,
    /// By identity: its new grants.
    expected: BTreeMap<u64, Expected>,
}

/// Grants that were made lately.
#[derive(Debug)]
struct Expected {
    /// The pages that were asked for them.
    pages: Range<u64>,
    /// Who has them.
    members: BTreeSet<u64>,
    /// How long the list was before, as far as that is known.
    before: Option<u64>,
    /// Whether one of them has been seen.
    seen: bool,
}

impl PageHints {
    /// Nothing learnt yet, of lists that come in pages of `page_size`.
    pub(super) fn new(page_size: u64) -> Self {
        Self { page_size: page_size.max(1), place: Place::default(), expected: BTreeMap::new() }
    }

    /// How many pages to ask for one new grant in a list that had `total` before.
    pub(super) fn cost(&self, total: Option<u64>) -> u64 {
        length(&self.pages(total, 1))
    }

    /// The pages to ask for new grants of `identity` to `members`, in a list that had `total` before.
    pub(super) fn expect(&mut self, identity: u64, members: BTreeSet<u64>, total: Option<u64>) -> Range<u64> {
        let pages = self.pages(total, members.len() as u64);
        let expected = Expected { pages: pages.clone(), members, before: total, seen: false };
        self.expected.insert(identity, expected);
        pages
    }

    /// How many pages [`PageHints::go_on`] gives, if any.
    pub(super) fn cost_of_more(&self, identity: u64, total: Option<u64>) -> Option<u64> {
        self.more(identity, total).as_ref().map(length)
    }

    /// The pages on which the new grants of `identity` may be besides those that were asked, where others
    /// have lengthened its list to `total` meanwhile.
    pub(super) fn go_on(&mut self, identity: u64, total: Option<u64>) -> Option<Range<u64>> {
        let more = self.more(identity, total)?;
        self.expected.get_mut(&identity)?.pages.end = more.end;
        Some(more)
    }

    /// Learns where new grants show: `members` hold `identity`, whose list had `total` then, by this page of
    /// it, or by their own lists. A grant that shows elsewhere than on the pages where it was expected says
    /// so; one that shows nowhere yet, or that others may have moved, says nothing.
    pub(super) fn learn(&mut self, identity: u64, page: Option<u64>, members: &[u64], total: Option<u64>) {
        let shows = |expected: &&mut Expected| members.iter().any(|member| expected.members.contains(member));
        let Some(expected) = self.expected.get_mut(&identity).filter(shows) else { return };
        let there = page.is_some_and(|page| expected.pages.contains(&page));
        let total = total.unwrap_or_default();
        let ours = expected.members.len() as u64;
        let moved = expected.before.is_some_and(|before| total > before.saturating_add(ours));
        let was_seen = std::mem::replace(&mut expected.seen, true);
        if total > self.page_size && !there && !moved && !was_seen {
            self.place = match self.place {
                Place::First => Place::Last,
                Place::Last | Place::Anywhere => Place::Anywhere,
            };
        }
    }

    fn more(&self, identity: u64, total: Option<u64>) -> Option<Range<u64>> {
        let Expected { pages, before, .. } = self.expected.get(&identity)?;
        let grown = total?.saturating_sub((*before)?);
        let now = self.pages(*before, grown);
        let more = now.start.max(pages.end)..now.end.min(pages.end.saturating_add(PAGES_MORE));
        (!more.is_empty()).then_some(more)
    }

    /// The pages that should show `count` new grants in a list that had `total` before.
    fn pages(&self, total: Option<u64>, count: u64) -> Range<u64> {
        let size = self.page_size;
        match (self.place, total) {
            (_, None) => 0..1,
            (Place::First, Some(_)) => 0..count.div_ceil(size).max(1),
            (Place::Last, Some(total)) => {
                let first = total / size;
                first..total.saturating_add(count).div_ceil(size).max(first.saturating_add(1))
            }
            (Place::Anywhere, Some(total)) => 0..total.div_ceil(size).max(1),
        }
    }
}

fn length(pages: &Range<u64>) -> u64 {
    pages.end.saturating_sub(pages.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(place: Place) -> PageHints {
        PageHints { place, ..PageHints::new(50) }
    }

    #[test]
    fn the_place_is_learnt_by_missing() {
        let mut hints = PageHints::new(50);
        let mut miss = |total: u64| {
            let asked = hints.expect(11, (1..=10).collect(), Some(total));
            hints.learn(11, None, &[1], Some(total + 10));
            asked
        };
        assert_eq!(miss(120), 0..1);
        assert_eq!(miss(145), 2..4, "new grants may lie across a page's end");
        assert_eq!(miss(120), 0..3);
        assert_eq!(miss(120), 0..3);
        assert_eq!(hints.pages(None, 10), 0..1);
    }

    #[test]
    fn what_was_seen_where_it_was_expected_or_what_others_may_have_moved_says_nothing() {
        for (page, total) in [(Some(0), 130), (None, 131), (Some(1), 131), (None, 40)] {
            let mut hints = PageHints::new(50);
            hints.expect(11, (1..=10).collect(), Some(120));
            hints.learn(11, page, &[1], Some(total));
            hints.learn(11, None, &[2], Some(130));
            assert_eq!(hints.place, Place::First, "{page:?} of {total}");
        }
    }

    #[test]
    fn what_others_push_off_a_page_is_looked_for_on_the_next() {
        let mut hints = PageHints::new(50);
        assert_eq!(hints.expect(11, (1..=10).collect(), Some(100)), 0..1);
        assert_eq!(hints.go_on(11, Some(110)), None);
        assert_eq!((hints.cost_of_more(11, Some(160)), hints.go_on(11, Some(160))), (Some(1), Some(1..2)));
        assert_eq!(hints.go_on(11, Some(160)), None);
        assert_eq!(hints.go_on(11, Some(1_000)), Some(2..6), "a few at a time");
        assert_eq!(hints.go_on(12, Some(1_000)), None);
    }

    #[test]
    fn the_pages_are_as_many_as_new_grants_fill() {
        assert_eq!(hints(Place::First).pages(Some(120), 51), 0..2);
        assert_eq!(hints(Place::Last).pages(Some(100), 10), 2..3);
        assert_eq!(hints(Place::Anywhere).pages(Some(120), 10), 0..3);
    }

    #[test]
    fn a_length_that_cannot_be_overflows_nothing() {
        for place in [Place::First, Place::Last, Place::Anywhere] {
            for total in [0, 1, u64::MAX - 1, u64::MAX] {
                let pages = hints(place).pages(Some(total), 1_000);
                assert!(pages.start < pages.end && pages.end <= u64::MAX / 50 + 1, "{place:?} {total}");
            }
        }
    }
}
