//! What lists have shown, and how long that may be believed.
//!
//! Lists of grants are read in parts, at different moments, while we write. So every reading is stamped with
//! its [`Revision`] when it began, every write stamps its pairs when it begins and when it ends, and a
//! reading answers for a pair only if it began after the last write of that pair. That a pair does *not*
//! exist is said only by a list read whole: its pages fit together if they gave the same length, show as many
//! grants, and we revoked nothing of it in between. One that others lengthen meanwhile is read page after
//! page. Even then others may have taken something out under us; [`ReadCache::doubt`] says where that is
//! possible. And a list may be of no use at all ([`Gap`]): then the
//! other kind of list is asked, and where neither speaks, nobody says that a pair does not exist.

use std::collections::BTreeMap;
use std::time::Duration;

use super::identity_list::IdentityList;
use super::reading::{Gap, Known, Page, ReadAt, Revision, Whole};
use super::sweep::Sweep;
use crate::reconcile::Pair;

/// How long a reading may be believed at all: one read phase of a large run.
pub const AGE_MAX: Duration = Duration::from_mins(1);

/// Everything read lately; `G` is what a list says about a grant.
#[derive(Debug)]
pub struct ReadCache<G> {
    page_size: u64,
    revision: Revision,
    /// When the oldest reading that is still here was made, or earlier.
    oldest: Duration,
    written: BTreeMap<Pair, Revision>,
    taken_out: BTreeMap<u64, Revision>,
    members: BTreeMap<u64, Whole<G>>,
    identities: BTreeMap<u64, IdentityList<G>>,
}

impl<G: Clone> ReadCache<G> {
    /// Nothing read yet, of lists that come in pages of `page_size`.
    pub fn new(page_size: u64) -> Self {
        Self {
            page_size: page_size.max(1),
            revision: Revision::default(),
            oldest: Duration::MAX,
            written: BTreeMap::new(),
            taken_out: BTreeMap::new(),
            members: BTreeMap::new(),
            identities: BTreeMap::new(),
        }
    }

    /// The next revision: taken where a reading begins.
    pub fn next_revision(&mut self) -> Revision {
        self.revision = self.revision.next();
        self.revision
    }

    /// Stamps `pairs` as granted: when the call begins, and again when it ends, so that no reading that began
    /// before its end answers for them. Returns that revision.
    pub fn add(&mut self, pairs: impl IntoIterator<Item = Pair>) -> Revision {
        let revision = self.next_revision();
        self.written.extend(pairs.into_iter().map(|pair| (pair, revision)));
        revision
    }

    /// As [`ReadCache::add`], for pairs that are revoked: readings of their lists from before and from after
    /// that do not fit together.
    pub fn take_out(&mut self, pairs: impl IntoIterator<Item = Pair>) -> Revision {
        let revision = self.next_revision();
        for pair in pairs {
            self.written.insert(pair, revision);
            self.taken_out.insert(pair.identity_id, revision);
        }
        revision
    }

    /// What a reading must have begun after to answer for `pair`: `not_older_than`, or the pair's last write
    /// if that is later.
    pub fn not_older_than(&self, pair: Pair, not_older_than: Revision) -> Revision {
        self.written.get(&pair).map_or(not_older_than, |written| not_older_than.max(*written))
    }

    /// What is known about `pair` from readings that began after `not_older_than` and after its last write.
    pub fn know(&self, pair: Pair, not_older_than: Revision) -> Known<'_, G> {
        let not_older_than = self.not_older_than(pair, not_older_than);
        let told = |list: &'_ Whole<G>| list.since > not_older_than;
        let of_member = self.members.get(&pair.member_uin).filter(|list| told(list));
        match of_member.map(|list| (list.grants.get(&pair.identity_id), list.gap)) {
            Some((Some(grant), _)) => return Known::Yes(grant),
            Some((None, None)) => return Known::No,
            Some((None, Some(_))) | None => {}
        }
        let Some(list) = self.identities.get(&pair.identity_id) else { return Known::Open };
        match list.know(pair.member_uin, not_older_than) {
            Some(known) => known,
            None => match (of_member.and_then(|list| list.gap), list.gap(not_older_than)) {
                (Some(Gap::Refused), Some(Gap::Refused)) => Known::Refused,
                (Some(_), Some(_)) => Known::Unclear,
                _ => Known::Open,
            },
        }
    }

    /// Whether the list of the member, read after `not_older_than`, is of no use for what it does not show.
    pub fn is_shut(&self, member: u64, not_older_than: Revision) -> bool {
        self.members.get(&member).is_some_and(|list| list.since > not_older_than && list.gap.is_some())
    }

    /// Whether a reading of a page of the list of `identity` that is to begin at `since` has become useless
    /// meanwhile.
    pub fn is_moot(&self, identity: u64, since: Revision) -> bool {
        self.identities.get(&identity).is_some_and(|list| list.is_moot(since))
    }

    /// The revision after which a list must be read to speak for the second time of those of `pairs` that a
    /// list of several pages says do not exist: if others take out a grant and add another between two pages,
    /// one may be on neither. The beginning of time where nothing is in doubt.
    pub fn doubt<'a>(&self, pairs: impl IntoIterator<Item = &'a Pair>) -> Revision {
        let told = |pair: &Pair| {
            let written = self.not_older_than(*pair, Revision::default());
            self.identities.get(&pair.identity_id)?.doubt(pair.member_uin, written)
        };
        pairs.into_iter().filter_map(told).max().unwrap_or_default()
    }

    /// Everything that the list of `member` shows, be it whole or not, if it began after `not_older_than` and
    /// after every write to that member.
    pub fn member(&self, member: u64, not_older_than: Revision) -> Option<&BTreeMap<u64, G>> {
        let range =
            Pair { member_uin: member, identity_id: 0 }..=Pair { member_uin: member, identity_id: u64::MAX };
        let not_older_than =
            self.written.range(range).map(|(_, written)| *written).fold(not_older_than, Revision::max);
        self.members.get(&member).filter(|list| list.since > not_older_than).map(|list| &list.grants)
    }

    /// How many pages of the list of `identity` are to be read to have it whole after `not_older_than`: all
    /// of one that moves. `None`: not even its length is known. `u64::MAX`: reading it does not help.
    pub fn unread(&self, identity: u64, not_older_than: Revision) -> Option<u64> {
        self.identities.get(&identity)?.unread(not_older_than)
    }

    /// Whether any page of the list of `identity` was read after `not_older_than`.
    pub fn is_begun(&self, identity: u64, not_older_than: Revision) -> bool {
        self.identities.get(&identity).is_some_and(|list| list.is_begun(not_older_than))
    }

    /// Which pages of the list of `identity` were not read after `not_older_than`, as far as anybody reads;
    /// page one where the length is not known.
    pub fn unread_pages(&self, identity: u64, not_older_than: Revision) -> impl Iterator<Item = u64> {
        let list = self.identities.get(&identity).filter(|list| list.unread(not_older_than).is_some());
        let first = list.is_none().then_some(0);
        first.into_iter().chain(list.into_iter().flat_map(move |list| list.unread_pages(not_older_than)))
    }

    /// Whether the list of `identity` changes while its pages are read side by side: then it must be read
    /// page after page ([`super::sweep`]).
    pub fn moves(&self, identity: u64) -> bool {
        self.identities.get(&identity).is_some_and(IdentityList::moves)
    }

    /// The length of the list of `identity` when it was last seen, however long ago.
    pub fn total(&self, identity: u64) -> Option<u64> {
        self.identities.get(&identity).map(IdentityList::total)
    }

    /// Takes in the whole list of `member`, read since `since`.
    pub fn learn_member(&mut self, member: u64, since: Revision, at: Duration, grants: BTreeMap<u64, G>) {
        self.take_member(member, Whole { since, at, grants, gap: None });
    }

    /// Takes in that the list of `member`, read since `since`, is of no use but for what it shows.
    pub fn learn_member_gap(
        &mut self,
        member: u64,
        since: Revision,
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
    pub fn learn_identity_gap(&mut self, identity: u64, since: Revision, at: Duration, gap: Gap) {
        let (noticed, _, list) = self.list(identity, at);
        list.give_up(gap, ReadAt { since, at }, noticed);
    }

    /// Takes in a page of the list of `identity`, read since `since`. Pages that cannot be from the same list
    /// any more (its length differs, they do not add up to it, or we wrote since they were read) count as
    /// unread again. A list that is too long to be read, that does not add up time and again, or that shows
    /// the same on two pages, is left.
    pub fn learn_page(&mut self, identity: u64, since: Revision, at: Duration, page: Page<G>) {
        let (noticed, taken_out, list) = self.list(identity, at);
        list.take_page(page, ReadAt { since, at }, taken_out, noticed);
    }

    /// Takes in the list of `identity`, read page after page since `since`. If it is not whole, or if we took
    /// something out meanwhile, it says only what it has shown.
    pub fn learn_sweep(&mut self, identity: u64, since: Revision, at: Duration, sweep: Sweep<u64, G>) {
        let (noticed, taken_out, list) = self.list(identity, at);
        list.take_sweep(sweep, ReadAt { since, at }, taken_out, noticed);
    }

    /// The list of `identity`, of which a reading made at `at` is to be taken in: what revision that is, and
    /// when we took something out of it the last time.
    fn list(&mut self, identity: u64, at: Duration) -> (Revision, Revision, &mut IdentityList<G>) {
        let noticed = self.next_revision();
        self.oldest = self.oldest.min(at);
        let taken_out = self.taken_out.get(&identity).copied().unwrap_or_default();
        let list = self.identities.entry(identity).or_insert_with(|| IdentityList::new(self.page_size));
        (noticed, taken_out, list)
    }

    /// Forgets what was read more than [`AGE_MAX`] before `now`. True if that leaves nothing: not before the
    /// first reading, when others may be about to ask about the same lists.
    pub fn forget(&mut self, now: Duration) -> bool {
        let old = |at: Duration| now.saturating_sub(at) >= AGE_MAX;
        // Asked before every look, so it must not go through everything each time.
        let any = old(self.oldest);
        if any {
            self.members.retain(|_, list| !old(list.at));
            self.identities.retain(|_, list| !list.forget(old));
            self.oldest = self.read_times().min().unwrap_or(Duration::MAX);
        }
        any && self.members.is_empty() && self.identities.is_empty()
    }

    /// When each reading that is still here was made.
    fn read_times(&self) -> impl Iterator<Item = Duration> {
        let of_identities = self.identities.values().flat_map(IdentityList::read_times);
        self.members.values().map(|list| list.at).chain(of_identities)
    }
}

#[cfg(test)]
mod tests;
