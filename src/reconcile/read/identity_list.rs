//! One identity's list, as far as its pages and sweeps have shown it: whether they fit together to a whole
//! list, and what to do with them where they do not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::reading::{Gap, Known, Page, ReadAt, Revision, Whole};
use super::sweep::Sweep;

/// The longest list of an identity that is read, in pages. One that claims to be longer is left; its members
/// are asked.
pub const PAGES_MAX: u64 = 2_000;

/// How often the pages of a list may fail to add up, before it is left.
pub(super) const MISFITS_MAX: u32 = 3;

/// Everything that was shown of it lately.
#[derive(Debug)]
pub(super) struct IdentityList<G> {
    page_size: u64,
    /// Its length when it was last seen, and when that was.
    total: u64,
    at: Duration,
    /// Pages that fit together, and when each reading began.
    pages: BTreeMap<u64, ReadAt>,
    /// What any page showed, and when its reading began.
    shown: BTreeMap<u64, (G, ReadAt)>,
    /// The list as it was when all its pages last fitted together. Later pages do not take it away.
    whole: Option<Whole<G>>,
    /// The whole list before that one.
    earlier: Option<Whole<G>>,
    /// Items did not say whose they are.
    anonymous: bool,
    /// Why its pages are of no use, and when the reading that showed it began.
    gap: Option<(Gap, ReadAt)>,
    /// When that was noticed.
    gap_noticed: Revision,
    /// How often in a row its pages did not add up.
    misfits: u32,
    /// Its length changed between two pages, and it was not read whole since.
    moves: bool,
}

impl<G: Clone> IdentityList<G> {
    /// Nothing read of it yet. It comes in pages of `page_size`.
    pub(super) fn new(page_size: u64) -> Self {
        Self {
            page_size,
            total: 0,
            at: Duration::ZERO,
            pages: BTreeMap::new(),
            shown: BTreeMap::new(),
            whole: None,
            earlier: None,
            anonymous: false,
            gap: None,
            gap_noticed: Revision::default(),
            misfits: 0,
            moves: false,
        }
    }

    /// What is known of the grant of `member` by readings that began after `not_older_than`, if anything.
    pub(super) fn know(&self, member: u64, not_older_than: Revision) -> Option<Known<'_, G>> {
        let whole = self.whole.as_ref().filter(|whole| whole.since > not_older_than);
        let shown = self.shown.get(&member).filter(|(_, read)| read.since > not_older_than);
        match shown {
            Some((grant, read)) if whole.is_none_or(|whole| read.since >= whole.since) => {
                Some(Known::Yes(grant))
            }
            _ => whole.map(|whole| whole.grants.get(&member).map_or(Known::No, Known::Yes)),
        }
    }

    /// When a whole list said, for the first time since `written`, that `member` has no grant, if others may
    /// have moved it to a page that was read before. `None` where nothing is in doubt.
    pub(super) fn doubt(&self, member: u64, written: Revision) -> Option<Revision> {
        let lacks = |list: &&Whole<G>| !list.grants.contains_key(&member);
        let long = |list: &&Whole<G>| list.grants.len() as u64 > self.page_size;
        let list = self.whole.as_ref().filter(lacks).filter(long)?;
        let said_before = self.earlier.as_ref().filter(lacks).is_some_and(|list| list.since > written);
        (!said_before).then_some(list.since)
    }

    /// Why the list says nothing to whom it must have been read after `not_older_than`.
    pub(super) fn gap(&self, not_older_than: Revision) -> Option<Gap> {
        let told = self.gap.filter(|(_, read)| read.since > not_older_than);
        told.map(|(gap, _)| gap).or(self.anonymous.then_some(Gap::Unclear))
    }

    /// Whether a reading that is to begin at `since` has become useless meanwhile.
    pub(super) fn is_moot(&self, since: Revision) -> bool {
        self.gap.is_some() && self.gap_noticed > since
    }

    /// Whether it changes while its pages are read side by side.
    pub(super) fn moves(&self) -> bool {
        self.moves
    }

    /// Its length when it was last seen.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Whether any page was read after `not_older_than`.
    pub(super) fn is_begun(&self, not_older_than: Revision) -> bool {
        self.gap(not_older_than).is_some() || self.pages.values().any(|read| read.since > not_older_than)
    }

    /// How many pages are to be read to have it whole after `not_older_than`; see
    /// [`ReadCache::unread`](super::cache::ReadCache::unread).
    pub(super) fn unread(&self, not_older_than: Revision) -> Option<u64> {
        if self.gap(not_older_than).is_some() {
            return Some(u64::MAX);
        }
        if self.moves {
            return Some(self.page_count());
        }
        let read = self.pages.values().filter(|read| read.since > not_older_than).count() as u64;
        (read > 0).then(|| self.page_count().saturating_sub(read))
    }

    /// Which of its pages were not read after `not_older_than`, as far as anybody reads.
    pub(super) fn unread_pages(&self, not_older_than: Revision) -> impl Iterator<Item = u64> {
        let is_read = move |page: &u64| self.pages.get(page).is_some_and(|read| read.since > not_older_than);
        (0..self.page_count().min(PAGES_MAX)).filter(move |page| !is_read(page))
    }

    /// Takes in that the reading that began at `read` was of no use.
    pub(super) fn give_up(&mut self, gap: Gap, read: ReadAt, noticed: Revision) {
        self.at = read.at;
        self.pages.clear();
        self.gap = Some((gap, read));
        self.gap_noticed = noticed;
    }

    /// Takes in a page; see [`ReadCache::learn_page`](super::cache::ReadCache::learn_page). We took something
    /// out at `taken_out`, the last time.
    pub(super) fn take_page(&mut self, page: Page<G>, read: ReadAt, taken_out: Revision, noticed: Revision) {
        let same = self.total == page.total;
        let is_partial = (self.pages.len() as u64) < self.total.div_ceil(self.page_size);
        self.moves |= !same && is_partial && self.pages.keys().any(|number| *number != page.number);
        self.pages.retain(|number, read| *number != page.number && same && read.since > taken_out);
        (self.total, self.at) = (page.total, read.at);
        let stuck = self.shows_nothing_new(&page);
        let page_count = self.page_count();
        // A list that has become shorter has no such page any more.
        if page.number < page_count && (read.since > taken_out || page_count == 1) {
            self.pages.insert(page.number, read);
        }
        for (member, grant) in page.items {
            match member {
                Some(member) => drop(self.shown.insert(member, (grant, read))),
                None => self.anonymous = true,
            }
        }
        if stuck || self.anonymous || page_count > PAGES_MAX {
            self.give_up(Gap::Unclear, read, noticed);
        } else if self.pages.len() as u64 == page_count {
            self.close(noticed);
        }
    }

    /// Takes in what a sweep showed; see [`ReadCache::learn_sweep`](super::cache::ReadCache::learn_sweep).
    pub(super) fn take_sweep(
        &mut self,
        sweep: Sweep<u64, G>,
        read: ReadAt,
        taken_out: Revision,
        noticed: Revision,
    ) {
        self.anonymous |= sweep.is_nameless();
        let whole = sweep.is_whole() && read.since > taken_out && !self.anonymous;
        (self.total, self.at) = (sweep.total(), read.at);
        self.pages.clear();
        for (member, grant) in sweep.into_shown() {
            if self.shown.get(&member).is_none_or(|(_, known)| known.since <= read.since) {
                self.shown.insert(member, (grant, read));
            }
        }
        if whole { self.take_whole(read) } else { self.misfit(read, noticed) }
    }

    /// Forgets what `is_old`. True if that is all of it.
    pub(super) fn forget(&mut self, is_old: impl Fn(Duration) -> bool) -> bool {
        self.pages.retain(|_, read| !is_old(read.at));
        self.shown.retain(|_, (_, read)| !is_old(read.at));
        self.whole.take_if(|whole| is_old(whole.at));
        self.earlier.take_if(|earlier| is_old(earlier.at));
        self.gap.take_if(|(_, read)| is_old(read.at));
        is_old(self.at)
    }

    /// When each reading that is still here was made.
    pub(super) fn read_times(&self) -> impl Iterator<Item = Duration> {
        let wholes = self.whole.iter().chain(&self.earlier).map(|whole| whole.at);
        let pages = self.pages.values().chain(self.shown.values().map(|(_, read)| read)).map(|read| read.at);
        wholes.chain(pages).chain([self.at])
    }

    fn page_count(&self) -> u64 {
        self.total.div_ceil(self.page_size).max(1)
    }

    /// Whether other pages that are taken for parts of the same list have shown everything on `page`.
    fn shows_nothing_new(&self, page: &Page<G>) -> bool {
        let read: BTreeSet<Revision> = self.pages.values().map(|read| read.since).collect();
        let by_another =
            |member: u64| self.shown.get(&member).is_some_and(|(_, by)| read.contains(&by.since));
        !read.is_empty() && page.items.iter().all(|(member, _)| member.is_some_and(by_another))
    }

    /// All pages were read: makes them one whole list if they add up to its length, and otherwise leaves none
    /// of them read.
    fn close(&mut self, noticed: Revision) {
        let Some(oldest) = self.pages.values().min_by_key(|read| read.since).copied() else { return };
        let count = self.shown.values().filter(|(_, read)| read.since >= oldest.since).count();
        if count as u64 == self.total { self.take_whole(oldest) } else { self.misfit(oldest, noticed) }
    }

    /// What was shown since `oldest` is the whole list.
    fn take_whole(&mut self, oldest: ReadAt) {
        self.shown.retain(|_, (_, read)| read.since >= oldest.since);
        let grants = self.shown.iter().map(|(member, (grant, _))| (*member, grant.clone())).collect();
        (self.gap, self.misfits, self.moves) = (None, 0, false);
        if self.whole.as_ref().is_some_and(|whole| whole.since > oldest.since) {
            return;
        }
        self.earlier = self.whole.take();
        self.whole = Some(Whole { since: oldest.since, at: oldest.at, grants, gap: None });
    }

    /// What was read does not add up.
    fn misfit(&mut self, read: ReadAt, noticed: Revision) {
        self.pages.clear();
        self.misfits = self.misfits.saturating_add(1);
        if self.misfits >= MISFITS_MAX {
            self.give_up(Gap::Unclear, read, noticed);
        }
    }
}
