//! What lists have shown, and how long that may be believed.
//!
//! Lists of grants are read in parts, at different moments, while we write. So every reading is stamped with
//! the moment it began ([`Tick`]), every write stamps its pairs when it begins and when it ends, and a
//! reading answers for a pair only if it began after the last write of that pair. That a pair does *not*
//! exist is said only by a list read whole: its pages fit together if they gave the same length, show as many
//! grants, and we revoked nothing of it in between. One that others lengthen meanwhile is read page after
//! page. Even then others may have taken something out under us; [`Snapshots::doubt`] says where that is
//! possible. And a list may be of no use at all ([`Gap`]): then the
//! other kind of list is asked, and where neither speaks, nobody says that a pair does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Pair;
use super::sweep::Sweep;

/// A moment, in the order in which readings and writes began and ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick(u64);

/// How long a reading may be believed at all: one read phase of a large run.
pub const AGE_MAX: Duration = Duration::from_mins(1);

/// The longest list of an identity that is read, in pages. One that claims to be longer is left; its members
/// are asked.
pub const PAGES_MAX: u64 = 2_000;

/// How often the pages of a list may fail to add up, before it is left.
const MISFITS_MAX: u32 = 3;

/// Why a list says nothing about what it does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The API refuses to give it: what it is of may not exist.
    Refused,
    /// It contradicts itself, or claims to be longer than anybody reads.
    Unclear,
}

/// Everything read lately; `G` is what a list says about a grant.
#[derive(Debug)]
pub struct Snapshots<G> {
    page_size: u64,
    clock: u64,
    /// When the oldest reading that is still here was made, or earlier.
    oldest: Duration,
    written: BTreeMap<Pair, Tick>,
    touched: BTreeMap<u64, Tick>,
    members: BTreeMap<u64, Whole<G>>,
    identities: BTreeMap<u64, IdentityList<G>>,
}

/// A list read to its end: the grants of a member by identity, or of an identity by member.
#[derive(Debug)]
struct Whole<G> {
    since: Tick,
    at: Duration,
    grants: BTreeMap<u64, G>,
    /// Why it is not the whole list after all.
    gap: Option<Gap>,
}

/// When a reading began, in order and by the clock.
#[derive(Clone, Copy, Debug)]
struct Moment {
    since: Tick,
    at: Duration,
}

#[derive(Debug)]
struct IdentityList<G> {
    total: u64,
    at: Duration,
    /// Pages that fit together, and when each reading began.
    pages: BTreeMap<u64, Moment>,
    /// What any page showed, and when its reading began.
    shown: BTreeMap<u64, (G, Moment)>,
    /// The list as it was when all its pages last fitted together. Later pages do not take it away.
    whole: Option<Whole<G>>,
    /// The whole list before that one.
    earlier: Option<Whole<G>>,
    /// Items did not say whose they are.
    anonymous: bool,
    /// Why its pages are of no use, and when the reading that showed it began.
    gap: Option<(Gap, Moment)>,
    /// When that was noticed.
    gap_noticed: Tick,
    /// How often in a row its pages did not add up.
    misfits: u32,
    /// Its length changed between two pages, and it was not read whole since.
    moves: bool,
}

/// What is known about a pair: `Yes` and `No` are as good as the API's word. Where neither list of a pair is
/// of any use, it is `Refused` or `Unclear`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<'a, G> {
    /// It exists.
    Yes(&'a G),
    /// It does not exist.
    No,
    /// It must be asked.
    Open,
    /// The API gives neither the list of its member nor that of its identity.
    Refused,
    /// Neither of its lists shows it, and one or both contradict themselves.
    Unclear,
}

/// One page of an identity's list.
#[derive(Clone, Debug)]
pub struct Page<G> {
    /// Counted from 0.
    pub number: u64,
    /// The length of the whole list, as this page gave it.
    pub total: u64,
    /// By member; `None` where an item did not say whose it is.
    pub items: Vec<(Option<u64>, G)>,
}

impl<G: Clone> Snapshots<G> {
    /// Nothing read yet, of lists that come in pages of `page_size`.
    pub fn new(page_size: u64) -> Self {
        Self {
            page_size: page_size.max(1),
            clock: 0,
            oldest: Duration::MAX,
            written: BTreeMap::new(),
            touched: BTreeMap::new(),
            members: BTreeMap::new(),
            identities: BTreeMap::new(),
        }
    }

    /// The next moment: taken where a reading begins.
    pub fn tick(&mut self) -> Tick {
        self.clock += 1;
        Tick(self.clock)
    }

    /// Stamps `pairs` as granted: when the call begins, and again when it ends, so that no reading that began
    /// before its end answers for them. Returns the moment.
    pub fn add(&mut self, pairs: impl IntoIterator<Item = Pair>) -> Tick {
        let tick = self.tick();
        self.written.extend(pairs.into_iter().map(|pair| (pair, tick)));
        tick
    }

    /// As [`Snapshots::add`], for pairs that are revoked: readings of their lists from before and from after
    /// that do not fit together.
    pub fn take_out(&mut self, pairs: impl IntoIterator<Item = Pair>) -> Tick {
        let tick = self.tick();
        for pair in pairs {
            self.written.insert(pair, tick);
            self.touched.insert(pair.identity_id, tick);
        }
        tick
    }

    /// What a reading must have begun after to answer for `pair`: `floor`, or the pair's last write if that
    /// is later.
    pub fn floor(&self, pair: Pair, floor: Tick) -> Tick {
        self.written.get(&pair).map_or(floor, |written| floor.max(*written))
    }

    /// What is known about `pair` from readings that began after `floor` and after its last write.
    pub fn know(&self, pair: Pair, floor: Tick) -> Known<'_, G> {
        let floor = self.floor(pair, floor);
        let told = |list: &'_ Whole<G>| list.since > floor;
        let of_member = self.members.get(&pair.member_uin).filter(|list| told(list));
        match of_member.map(|list| (list.grants.get(&pair.identity_id), list.gap)) {
            Some((Some(grant), _)) => return Known::Yes(grant),
            Some((None, None)) => return Known::No,
            Some((None, Some(_))) | None => {}
        }
        let Some(list) = self.identities.get(&pair.identity_id) else { return Known::Open };
        let whole = list.whole.as_ref().filter(|list| told(list));
        let shown = list.shown.get(&pair.member_uin).filter(|(_, read)| read.since > floor);
        if let Some((grant, read)) = shown
            && whole.is_none_or(|whole| read.since >= whole.since)
        {
            return Known::Yes(grant);
        }
        match whole {
            Some(whole) => whole.grants.get(&pair.member_uin).map_or(Known::No, Known::Yes),
            None => match (of_member.and_then(|list| list.gap), list.gap(floor)) {
                (Some(Gap::Refused), Some(Gap::Refused)) => Known::Refused,
                (Some(_), Some(_)) => Known::Unclear,
                _ => Known::Open,
            },
        }
    }

    /// Whether the list of the member, read after `floor`, is of no use for what it does not show.
    pub fn is_shut(&self, member: u64, floor: Tick) -> bool {
        self.members.get(&member).is_some_and(|list| list.since > floor && list.gap.is_some())
    }

    /// Whether a reading of a page of the list of `identity` that is to begin at `since` has become useless
    /// meanwhile.
    pub fn is_moot(&self, identity: u64, since: Tick) -> bool {
        self.identities.get(&identity).is_some_and(|list| list.gap.is_some() && list.gap_noticed > since)
    }

    /// The moment after which a list must be read to speak for the second time of those of `pairs` that a
    /// list of several pages says do not exist: if others take out a grant and add another between two pages,
    /// one may be on neither. The beginning of time where nothing is in doubt.
    pub fn doubt<'a>(&self, pairs: impl IntoIterator<Item = &'a Pair>) -> Tick {
        let told = |pair: &Pair| {
            let IdentityList { whole, earlier, .. } = self.identities.get(&pair.identity_id)?;
            let lacks = |list: &&Whole<G>| !list.grants.contains_key(&pair.member_uin);
            let long = |list: &&Whole<G>| list.grants.len() as u64 > self.page_size;
            let list = whole.as_ref().filter(lacks).filter(long)?;
            let written = self.floor(*pair, Tick::default());
            let said_before = earlier.as_ref().filter(lacks).is_some_and(|list| list.since > written);
            (!said_before).then_some(list.since)
        };
        pairs.into_iter().filter_map(told).max().unwrap_or_default()
    }

    /// Everything that the list of `member` shows, be it whole or not, if it began after `floor` and after
    /// every write to that member.
    pub fn member(&self, member: u64, floor: Tick) -> Option<&BTreeMap<u64, G>> {
        let range =
            Pair { member_uin: member, identity_id: 0 }..=Pair { member_uin: member, identity_id: u64::MAX };
        let floor = self.written.range(range).map(|(_, written)| *written).fold(floor, Tick::max);
        self.members.get(&member).filter(|list| list.since > floor).map(|list| &list.grants)
    }

    /// How many pages of the list of `identity` are to be read to have it whole after `floor`: all of one
    /// that moves. `None`: not even its length is known. `u64::MAX`: reading it does not help.
    pub fn unread(&self, identity: u64, floor: Tick) -> Option<u64> {
        let list = self.identities.get(&identity)?;
        if list.gap(floor).is_some() {
            return Some(u64::MAX);
        }
        if list.moves {
            return Some(self.page_count(list.total));
        }
        let read = list.pages.values().filter(|read| read.since > floor).count() as u64;
        (read > 0).then(|| self.page_count(list.total).saturating_sub(read))
    }

    /// Whether any page of the list of `identity` was read after `floor`.
    pub fn is_begun(&self, identity: u64, floor: Tick) -> bool {
        let list = self.identities.get(&identity);
        list.is_some_and(|list| {
            list.gap(floor).is_some() || list.pages.values().any(|read| read.since > floor)
        })
    }

    /// Which pages of the list of `identity` were not read after `floor`, as far as anybody reads; page one
    /// where the length is not known.
    pub fn unread_pages(&self, identity: u64, floor: Tick) -> impl Iterator<Item = u64> {
        let list = self.identities.get(&identity).filter(|_| self.unread(identity, floor).is_some());
        let count = list.map_or(1, |list| self.page_count(list.total).min(PAGES_MAX));
        let read = list.map(|list| &list.pages);
        let is_read =
            move |page: &u64| read.and_then(|read| read.get(page)).is_some_and(|read| read.since > floor);
        (0..count).filter(move |page| !is_read(page))
    }

    /// Whether the list of `identity` changes while its pages are read side by side: then it must be read
    /// page after page ([`super::sweep`]).
    pub fn moves(&self, identity: u64) -> bool {
        self.identities.get(&identity).is_some_and(|list| list.moves)
    }

    /// The length of the list of `identity` when it was last seen, however long ago.
    pub fn total(&self, identity: u64) -> Option<u64> {
        self.identities.get(&identity).map(|list| list.total)
    }

    /// Takes in the whole list of `member`, read since `since`.
    pub fn learn_member(&mut self, member: u64, since: Tick, at: Duration, grants: BTreeMap<u64, G>) {
        self.take_member(member, Whole { since, at, grants, gap: None });
    }

    /// Takes in that the list of `member`, read since `since`, is of no use but for what it shows.
    pub fn learn_member_gap(
        &mut self,
        member: u64,
        since: Tick,
        at: Duration,
        gap: Gap,
        grants: BTreeMap<u64, G>,
    ) {
        self.take_member(member, Whole { since, at, grants, gap: Some(gap) });
    }

    fn take_member(&mut self, member: u64, list: Whole<G>) {
        if self.members.get(&member).is_none_or(|known| known.since <= list.since) {
            self.oldest = self.oldest.min(list.at);
            self.members.insert(member, list);
        }
    }

    /// Takes in that the list of `identity`, asked for since `since`, is of no use.
    pub fn learn_identity_gap(&mut self, identity: u64, since: Tick, at: Duration, gap: Gap) {
        let noticed = self.tick();
        self.oldest = self.oldest.min(at);
        let list = self.identities.entry(identity).or_insert_with(|| IdentityList::new(0, at));
        list.at = at;
        list.give_up(gap, Moment { since, at }, noticed);
    }

    /// Takes in a page of the list of `identity`, read since `since`. Pages that cannot be from the same list
    /// any more (its length differs, they do not add up to it, or we wrote since they were read) count as
    /// unread again. A list that is too long to be read, that does not add up time and again, or that shows
    /// the same on two pages, is left.
    pub fn learn_page(&mut self, identity: u64, since: Tick, at: Duration, page: Page<G>) {
        let touched = self.touched.get(&identity).copied().unwrap_or_default();
        let page_count = self.page_count(page.total);
        let noticed = self.tick();
        self.oldest = self.oldest.min(at);
        let list = self.identities.entry(identity).or_insert_with(|| IdentityList::new(page.total, at));
        let same = list.total == page.total;
        let is_partial = (list.pages.len() as u64) < list.total.div_ceil(self.page_size);
        list.moves |= !same && is_partial && list.pages.keys().any(|number| *number != page.number);
        list.pages.retain(|number, read| *number != page.number && same && read.since > touched);
        (list.total, list.at) = (page.total, at);
        let read = Moment { since, at };
        let stuck = list.shows_nothing_new(&page);
        // A list that has become shorter has no such page any more.
        if page.number < page_count && (since > touched || page_count == 1) {
            list.pages.insert(page.number, read);
        }
        for (member, grant) in page.items {
            match member {
                Some(member) => drop(list.shown.insert(member, (grant, read))),
                None => list.anonymous = true,
            }
        }
        if stuck || list.anonymous || page_count > PAGES_MAX {
            list.give_up(Gap::Unclear, read, noticed);
        } else if list.pages.len() as u64 == page_count {
            list.close(noticed);
        }
    }

    /// Takes in the list of `identity`, read page after page since `since`. If it is not whole, or if we took
    /// something out meanwhile, it says only what it has shown.
    pub fn learn_sweep(&mut self, identity: u64, since: Tick, at: Duration, sweep: Sweep<G>) {
        let touched = self.touched.get(&identity).copied().unwrap_or_default();
        let noticed = self.tick();
        self.oldest = self.oldest.min(at);
        let list = self.identities.entry(identity).or_insert_with(|| IdentityList::new(sweep.total(), at));
        let (read, whole) = (Moment { since, at }, sweep.is_whole() && since > touched);
        (list.total, list.at) = (sweep.total(), at);
        list.anonymous |= sweep.is_nameless();
        list.pages.clear();
        for (member, grant) in sweep.into_shown() {
            if list.shown.get(&member).is_none_or(|(_, known)| known.since <= since) {
                list.shown.insert(member, (grant, read));
            }
        }
        if whole && !list.anonymous {
            list.take_whole(read);
        } else {
            list.misfit(read, noticed);
        }
    }

    /// Forgets what was read more than [`AGE_MAX`] before `now`. True if that leaves nothing: not before the
    /// first reading, when others may be about to ask about the same lists.
    pub fn forget(&mut self, now: Duration) -> bool {
        let old = |at: Duration| now.saturating_sub(at) >= AGE_MAX;
        // Asked before every look, so it must not go through everything each time.
        let any = old(self.oldest);
        if any {
            self.members.retain(|_, list| !old(list.at));
            for list in self.identities.values_mut() {
                list.pages.retain(|_, read| !old(read.at));
                list.shown.retain(|_, (_, read)| !old(read.at));
                list.whole.take_if(|whole| old(whole.at));
                list.earlier.take_if(|earlier| old(earlier.at));
                list.gap.take_if(|(_, read)| old(read.at));
            }
            self.identities.retain(|_, list| !old(list.at));
            self.oldest = self.moments().min().unwrap_or(Duration::MAX);
        }
        any && self.members.is_empty() && self.identities.is_empty()
    }

    /// When each reading that is still here was made.
    fn moments(&self) -> impl Iterator<Item = Duration> {
        let of_identities = self.identities.values().flat_map(|list| {
            let wholes = list.whole.iter().chain(&list.earlier).map(|whole| whole.at);
            let pages =
                list.pages.values().chain(list.shown.values().map(|(_, read)| read)).map(|read| read.at);
            wholes.chain(pages).chain([list.at])
        });
        self.members.values().map(|list| list.at).chain(of_identities)
    }

    fn page_count(&self, total: u64) -> u64 {
        total.div_ceil(self.page_size).max(1)
    }
}

impl<G: Clone> IdentityList<G> {
    fn new(total: u64, at: Duration) -> Self {
        Self {
            total,
            at,
            pages: BTreeMap::new(),
            shown: BTreeMap::new(),
            whole: None,
            earlier: None,
            anonymous: false,
            gap: None,
            gap_noticed: Tick::default(),
            misfits: 0,
            moves: false,
        }
    }

    /// Why the list says nothing to whom it must have been read after `floor`.
    fn gap(&self, floor: Tick) -> Option<Gap> {
        let told = self.gap.filter(|(_, read)| read.since > floor);
        told.map(|(gap, _)| gap).or(self.anonymous.then_some(Gap::Unclear))
    }

    fn give_up(&mut self, gap: Gap, read: Moment, noticed: Tick) {
        self.pages.clear();
        self.gap = Some((gap, read));
        self.gap_noticed = noticed;
    }

    /// Whether other pages that are taken for parts of the same list have shown everything on `page`.
    fn shows_nothing_new(&self, page: &Page<G>) -> bool {
        let read: BTreeSet<Tick> = self.pages.values().map(|read| read.since).collect();
        let by_another =
            |member: u64| self.shown.get(&member).is_some_and(|(_, by)| read.contains(&by.since));
        !read.is_empty() && page.items.iter().all(|(member, _)| member.is_some_and(by_another))
    }

    /// All pages were read: makes them one whole list if they add up to its length, and otherwise leaves none
    /// of them read.
    fn close(&mut self, noticed: Tick) {
        let Some(oldest) = self.pages.values().min_by_key(|read| read.since).copied() else { return };
        let count = self.shown.values().filter(|(_, read)| read.since >= oldest.since).count();
        if count as u64 == self.total { self.take_whole(oldest) } else { self.misfit(oldest, noticed) }
    }

    /// What was shown since `oldest` is the whole list.
    fn take_whole(&mut self, oldest: Moment) {
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
    fn misfit(&mut self, read: Moment, noticed: Tick) {
        self.pages.clear();
        self.misfits = self.misfits.saturating_add(1);
        if self.misfits >= MISFITS_MAX {
            self.give_up(Gap::Unclear, read, noticed);
        }
    }
}

#[cfg(test)]
mod tests;
