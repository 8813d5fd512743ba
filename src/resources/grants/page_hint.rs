//! On which page of an identity's list new grants show. The API does not document the order, so this is learnt from
//! where they turn up and never relied on: what the page does not show is looked for elsewhere.

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
    pub(super) fn pages(self, total: Option<u64>, count: u64) -> Vec<u64> {
        let last = |index: u64| index / PAGE_LIMIT;
        match (self, total) {
            (Self::First, _) | (_, None) => vec![0],
            (Self::Last, Some(total)) => (last(total)..=last((total + count).saturating_sub(1))).collect(),
            (Self::Anywhere, Some(total)) => (0..total.div_ceil(PAGE_LIMIT).max(1)).collect(),
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
        assert_eq!(hint.pages(Some(120), 10), [0]);
        hint.missed();
        assert_eq!(hint.pages(Some(120), 10), [2]);
        assert_eq!(hint.pages(Some(145), 10), [2, 3], "new grants may lie across a page's end");
        assert_eq!(hint.pages(Some(100), 10), [2]);
        assert_eq!(hint.pages(None, 10), [0]);
        hint.missed();
        assert_eq!(hint.pages(Some(120), 10), [0, 1, 2]);
        hint.missed();
        assert_eq!(hint, PageHint::Anywhere);
    }
}
