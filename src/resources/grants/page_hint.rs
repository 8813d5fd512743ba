//! On which page of an identity's list new grants show. The API does not document the order, so this is
//! learnt from where they turn up and never relied on: what the page does not show is looked for elsewhere.

use std::ops::Range;

use crate::cloud::api::organization::PAGE_LIMIT;

/// The page to look at first after a grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PageHint {
    /// The first: newest on top, as the published samples show it.
    #[default]
    First,
    /// The last.
    Last,
    /// None in particular.
    Anywhere,
}

impl PageHint {
    /// The pages that should show `count` new grants in a list that had `total` before.
    pub(super) fn pages(self, total: Option<u64>, count: u64) -> Range<u64> {
        match (self, total) {
            (_, None) => 0..1,
            (Self::First, Some(_)) => 0..count.div_ceil(PAGE_LIMIT).max(1),
            (Self::Last, Some(total)) => {
                let first = total / PAGE_LIMIT;
                first..total.saturating_add(count).div_ceil(PAGE_LIMIT).max(first.saturating_add(1))
            }
            (Self::Anywhere, Some(total)) => 0..total.div_ceil(PAGE_LIMIT).max(1),
        }
    }

    /// The pages did not show what was new.
    pub(super) fn missed(&mut self) {
        *self = match self {
            Self::First => Self::Last,
            Self::Last | Self::Anywhere => Self::Anywhere,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_learnt_by_missing() {
        let mut hint = PageHint::default();
        assert_eq!(hint.pages(Some(120), 10), 0..1);
        assert_eq!(hint.pages(Some(120), 51), 0..2);
        hint.missed();
        assert_eq!(hint.pages(Some(120), 10), 2..3);
        assert_eq!(hint.pages(Some(145), 10), 2..4, "new grants may lie across a page's end");
        assert_eq!(hint.pages(Some(100), 10), 2..3);
        assert_eq!(hint.pages(None, 10), 0..1);
        hint.missed();
        assert_eq!(hint.pages(Some(120), 10), 0..3);
        hint.missed();
        assert_eq!(hint, PageHint::Anywhere);
    }

    #[test]
    fn a_length_that_cannot_be_overflows_nothing() {
        for hint in [PageHint::First, PageHint::Last, PageHint::Anywhere] {
            for total in [0, 1, u64::MAX - 1, u64::MAX] {
                let pages = hint.pages(Some(total), 1_000);
                assert!(
                    pages.start < pages.end && pages.end <= u64::MAX / PAGE_LIMIT + 1,
                    "{hint:?} {total}"
                );
            }
        }
    }
}
