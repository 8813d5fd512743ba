//! A list read page after page, from the first to the last. Pure: pages are handed in.
//!
//! Others may add to a list while it is read. What was there all the time only moves towards its end by that,
//! so whoever reads in this direction cannot miss it. An item can slip to a page that was read before only
//! where something is taken out; then the list becomes shorter, or shows fewer items than it had at first.

use std::collections::BTreeMap;

/// How a list comes, and how much of it anybody reads.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Items on a page.
    pub page_size: u64,
    /// Pages.
    pub pages_max: u64,
}

/// How many pages others may push off, one whole page each, before the list is left.
const PUSHED_MAX: u64 = 20;

/// What of one list has been read.
#[derive(Debug)]
pub struct Sweep<K, G> {
    bounds: Bounds,
    pages: u64,
    /// The list's length, by the first page and by the last.
    first_total: u64,
    total: u64,
    shown: BTreeMap<K, G>,
    /// Items that do not say whose they are: nobody's, but they count.
    nameless: u64,
    /// Pages that showed nothing new because others had added as much.
    pushed: u64,
    /// Whether pages contradicted each other, or something was taken out.
    broken: bool,
    over: bool,
}

impl<K: Ord, G> Sweep<K, G> {
    /// Nothing read yet.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            pages: 0,
            first_total: 0,
            total: 0,
            shown: BTreeMap::new(),
            nameless: 0,
            pushed: 0,
            broken: false,
            over: false,
        }
    }

    /// Which page to read next, counted from 0. `None`: the last was read, or no further one is of use.
    pub fn next_page(&self) -> Option<u64> {
        (!self.over).then_some(self.pages)
    }

    /// Takes in the next page: its items, `None` where one does not say whose it is, and the list's length as
    /// it gives it. A page that shows nothing new is the last, unless others have added as much meanwhile.
    pub fn take(&mut self, total: Option<u64>, items: impl IntoIterator<Item = (Option<K>, G)>) {
        let Bounds { page_size, pages_max } = self.bounds;
        let (mut count, mut stuck) = (0, true);
        for (key, item) in items {
            count += 1;
            match key {
                Some(key) => stuck &= self.shown.insert(key, item).is_some(),
                None => self.nameless += 1,
            }
        }
        let seen = self.pages.saturating_mul(page_size);
        // Without its length nobody knows whether a list moves.
        let is_long = total.is_none() && (count >= page_size || self.pages > 0);
        let total = total.unwrap_or_else(|| seen.saturating_add(count).saturating_add(is_long.into()));
        let is_full = count == total.saturating_sub(seen).min(page_size);
        if self.pages == 0 {
            self.first_total = total;
        }
        self.broken |= is_long || !is_full || total < self.total;
        let pushed = stuck && self.pages > 0 && total.saturating_sub(self.total) >= count;
        self.pushed += u64::from(pushed);
        self.total = total;
        self.pages += 1;
        let page_count = total.div_ceil(page_size.max(1));
        let stuck = stuck && (!pushed || self.pushed > PUSHED_MAX);
        self.over = stuck || self.pages >= page_count || page_count > pages_max;
    }

    /// The list could not be read on.
    pub fn end(&mut self) {
        (self.broken, self.over) = (true, true);
    }

    /// Whether everything that was there all the time has been shown.
    pub fn is_whole(&self) -> bool {
        let shown = (self.shown.len() as u64).saturating_add(self.nameless);
        self.over && !self.broken && shown >= self.first_total && self.pages >= self.page_count()
    }

    /// The list's length, as the last page gave it.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether an item did not say whose it is.
    pub fn is_nameless(&self) -> bool {
        self.nameless > 0
    }

    /// Everything that was shown.
    pub fn into_shown(self) -> BTreeMap<K, G> {
        self.shown
    }

    fn page_count(&self) -> u64 {
        self.total.div_ceil(self.bounds.page_size.max(1))
    }
}

#[cfg(test)]
mod tests;
