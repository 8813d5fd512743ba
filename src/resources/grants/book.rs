//! What the reader knows, and what it should ask next. Pure: readings are handed in, questions handed out,
//! and time is a parameter.
//!
//! `reconcile::snapshot` says what readings are worth and `reconcile::ledger` which lists to read. Looks and
//! confirmations are kept apart: a look may be one of many to come, so the ledger remembers what members
//! cost; a confirmation asks anew, and begins with the page where new grants are expected.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use super::Grant;
use super::lists::Holdings;
use super::page_hint::PageHint;
use crate::cloud::api::organization::PAGE_LIMIT;
use crate::reconcile::Pair;
use crate::reconcile::ledger::{Choice, Ledger};
use crate::reconcile::snapshot::{Gap, Known, PAGES_MAX, Page, Snapshots, Tick};
use crate::reconcile::sweep::Sweep;

/// After this many rounds a list that keeps changing is left, and its members are asked instead.
const ROUNDS_BY_IDENTITY: u32 = 3;

/// How many pages at a time are read of what others have added to a list.
const PAGES_MORE: u64 = 4;

/// After this many, where the lists of its members are of no use, nobody can tell.
const ROUNDS_MAX: u32 = 8;

/// Everything known about who holds what.
#[derive(Debug)]
pub(super) struct Book {
    snapshots: Snapshots<Grant>,
    ledger: Ledger,
    hint: PageHint,
    /// By identity: where its new grants are expected.
    expected: BTreeMap<u64, Expected>,
    /// Whether the API has ever given a list.
    lists: bool,
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

/// What one caller still has to know.
#[derive(Clone, Debug, Default)]
pub(super) struct Demand {
    /// Pairs to be told apart: exists, or does not.
    pub(super) open: BTreeSet<Pair>,
    /// Members whose whole list is wanted.
    pub(super) members: BTreeSet<u64>,
    /// Whether it must be known if the API gives any list at all.
    pub(super) control: bool,
    /// How new the reading must be.
    pub(super) since: Since,
    /// How often this caller has asked already.
    pub(super) round: u32,
}

/// How new a reading must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// Begun after this moment, for what was there before.
    Read(Tick),
    /// Begun after this moment, for what is new since: it may have a place of its own in a list.
    Written(Tick),
}

impl Since {
    pub(super) fn floor(self) -> Tick {
        match self {
            Self::Read(floor) | Self::Written(floor) => floor,
        }
    }
}

impl Default for Since {
    fn default() -> Self {
        Self::Read(Tick::default())
    }
}

/// What is known of some pairs.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Those that exist.
    pub(super) found: BTreeMap<Pair, Grant>,
    /// Those that must be asked. Pairs in none of these sets do not exist.
    pub(super) open: BTreeSet<Pair>,
    /// Those whose lists the API refuses to give, though it has given no other yet: perhaps it gives none to
    /// us.
    pub(super) refused: BTreeSet<Pair>,
    /// Those that may or may not exist: their lists contradict themselves.
    pub(super) unclear: BTreeSet<Pair>,
}

/// One list, or one page of one, to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// The whole list of a member.
    Member(u64),
    /// One page of the list of an identity.
    Page { identity: u64, number: u64 },
    /// The whole list of an identity, page after page.
    Sweep(u64),
    /// Any list that surely exists: its refusal is an error.
    Control,
}

/// What came of a question.
#[derive(Debug)]
pub(super) enum Reading {
    /// What a member holds.
    Member(Holdings),
    /// A page of an identity's list.
    Page(Page<Grant>),
    /// An identity's list.
    Sweep(Sweep<Grant>),
    /// The API refuses to give the list.
    Refused,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            snapshots: Snapshots::new(PAGE_LIMIT),
            ledger: Ledger::foreseeing(),
            hint: PageHint::default(),
            expected: BTreeMap::new(),
            lists: false,
        }
    }
}

impl Book {
    /// A moment: a reading that begins later is newer.
    pub(super) fn now(&mut self) -> Tick {
        self.snapshots.tick()
    }

    /// Stamps `pairs` as granted; returns that moment.
    pub(super) fn granted(&mut self, pairs: &BTreeSet<Pair>) -> Tick {
        self.snapshots.add(pairs.iter().copied())
    }

    /// Stamps `pairs` as revoked; returns that moment.
    pub(super) fn revoked(&mut self, pairs: &BTreeSet<Pair>) -> Tick {
        self.snapshots.take_out(pairs.iter().copied())
    }

    /// Whether the answer to `question`, which was to be asked since `since`, has become useless meanwhile.
    pub(super) fn is_moot(&self, question: Question, since: Tick) -> bool {
        match question {
            Question::Page { identity, .. } | Question::Sweep(identity) => {
                self.snapshots.is_moot(identity, since)
            }
            Question::Member(_) | Question::Control => false,
        }
    }

    /// Takes in what came of `question`.
    pub(super) fn learn(&mut self, question: Question, since: Tick, at: Duration, reading: Reading) {
        self.lists |= !matches!(reading, Reading::Refused);
        match (question, reading) {
            (Question::Member(member), Reading::Member(holdings)) => {
                self.learn_member(member, since, at, holdings);
            }
            (Question::Page { identity, .. }, Reading::Page(page)) => {
                self.learn_page(identity, since, at, page);
            }
            (Question::Sweep(identity), Reading::Sweep(sweep)) => {
                self.snapshots.learn_sweep(identity, since, at, sweep);
            }
            (Question::Sweep(identity), Reading::Refused) => {
                self.snapshots.learn_identity_gap(identity, since, at, Gap::Refused);
            }
            (Question::Member(member), Reading::Refused) => {
                self.snapshots.learn_member_gap(member, since, at, Gap::Refused, BTreeMap::new());
            }
            (Question::Page { identity, number }, Reading::Refused) => {
                let gap = if number == 0 { Gap::Refused } else { Gap::Unclear };
                self.snapshots.learn_identity_gap(identity, since, at, gap);
            }
            (Question::Control, _) | (_, Reading::Member(_) | Reading::Page(_) | Reading::Sweep(_)) => {}
        }
    }

    fn learn_member(&mut self, member: u64, since: Tick, at: Duration, holdings: Holdings) {
        let Holdings { grants, whole } = holdings;
        for &identity in grants.keys() {
            self.learn_place(identity, None, &[member]);
        }
        if whole {
            self.snapshots.learn_member(member, since, at, grants);
        } else {
            self.snapshots.learn_member_gap(member, since, at, Gap::Unclear, grants);
        }
    }

    fn learn_page(&mut self, identity: u64, since: Tick, at: Duration, page: Page<Grant>) {
        let members: Vec<u64> = page.items.iter().filter_map(|(member, _)| *member).collect();
        self.learn_place(identity, Some(page.number), &members);
        self.snapshots.learn_page(identity, since, at, page);
    }

    /// Learns where new grants show: `members` hold the identity, by this page of its list, or by their own
    /// lists. A grant that shows elsewhere than on the pages where it was expected says so; one that shows
    /// nowhere yet, or that others may have moved, says nothing.
    fn learn_place(&mut self, identity: u64, page: Option<u64>, members: &[u64]) {
        let shows = |expected: &&mut Expected| members.iter().any(|member| expected.members.contains(member));
        let Some(expected) = self.expected.get_mut(&identity).filter(shows) else { return };
        let there = page.is_some_and(|page| expected.pages.contains(&page));
        let total = self.snapshots.total(identity).unwrap_or_default();
        let ours = expected.members.len() as u64;
        let moved = expected.before.is_some_and(|before| total > before.saturating_add(ours));
        if total > PAGE_LIMIT && !there && !moved && !expected.seen {
            self.hint.missed();
        }
        expected.seen = true;
    }

    /// What is known of the pairs of `demand`.
    pub(super) fn answer(&mut self, demand: &Demand, now: Duration) -> Answer {
        if self.snapshots.forget(now) {
            self.ledger = Ledger::foreseeing();
        }
        let (floor, tired) = (demand.since.floor(), demand.round >= ROUNDS_MAX);
        let mut answer = Answer::default();
        for &pair in &demand.open {
            let set = match self.snapshots.know(pair, floor) {
                Known::Yes(grant) => {
                    answer.found.insert(pair, grant.clone());
                    continue;
                }
                Known::No => continue,
                Known::Refused if self.lists => continue,
                Known::Refused => &mut answer.refused,
                Known::Open if tired && self.is_shut(pair, floor) => &mut answer.unclear,
                Known::Open => &mut answer.open,
                Known::Unclear => &mut answer.unclear,
            };
            set.insert(pair);
        }
        answer
    }

    /// Whether the list of the pair's member cannot say that it does not exist.
    fn is_shut(&self, pair: Pair, floor: Tick) -> bool {
        self.snapshots.is_shut(pair.member_uin, self.snapshots.floor(pair, floor))
    }

    /// The moment after which lists must be read to say for the second time that `pairs` do not exist, where
    /// they may err.
    pub(super) fn doubt(&self, pairs: &BTreeSet<Pair>) -> Tick {
        self.snapshots.doubt(pairs)
    }

    /// What `members` hold, as far as their lists show it, or whose lists must be read.
    pub(super) fn holdings(&self, members: &BTreeSet<u64>) -> Result<BTreeMap<Pair, Grant>, BTreeSet<u64>> {
        let (mut held, mut unknown) = (BTreeMap::new(), BTreeSet::new());
        for &member_uin in members {
            match self.snapshots.member(member_uin, Tick::default()) {
                Some(grants) => held.extend(
                    grants
                        .iter()
                        .map(|(&identity_id, grant)| (Pair { member_uin, identity_id }, grant.clone())),
                ),
                None => drop(unknown.insert(member_uin)),
            }
        }
        if unknown.is_empty() { Ok(held) } else { Err(unknown) }
    }

    /// What to ask for a whole wave, each with the moment after which it must be read.
    pub(super) fn questions<'a>(
        &mut self,
        wave: impl Iterator<Item = &'a Demand>,
    ) -> BTreeMap<Question, Tick> {
        let mut questions = BTreeMap::new();
        let mut looking = BTreeMap::new();
        let mut confirming = BTreeMap::new();
        for demand in wave {
            for &member in &demand.members {
                raise(&mut questions, Question::Member(member), Tick::default());
            }
            if demand.control {
                raise(&mut questions, Question::Control, Tick::default());
            }
            let by_member = demand.round >= ROUNDS_BY_IDENTITY;
            for &pair in &demand.open {
                let floor = self.snapshots.floor(pair, demand.since.floor());
                if by_member && !self.is_shut(pair, floor) {
                    raise(&mut questions, Question::Member(pair.member_uin), floor);
                    continue;
                }
                let purpose = match demand.since {
                    Since::Read(_) => &mut looking,
                    Since::Written(_) => &mut confirming,
                };
                let known: &mut Tick = purpose.entry(pair).or_default();
                *known = floor.max(*known);
            }
        }
        let mut ledger = std::mem::take(&mut self.ledger);
        self.choose(&mut ledger, &looking, false, &mut questions);
        self.ledger = ledger;
        // Confirmations are not the beginning of anything: each is a wave of its own to the ledger.
        self.choose(&mut Ledger::default(), &confirming, true, &mut questions);
        questions
    }

    fn choose(
        &mut self,
        ledger: &mut Ledger,
        open: &BTreeMap<Pair, Tick>,
        confirming: bool,
        questions: &mut BTreeMap<Question, Tick>,
    ) {
        let mut floors: BTreeMap<u64, Tick> = BTreeMap::new();
        for (pair, floor) in open {
            let known = floors.entry(pair.identity_id).or_default();
            *known = (*floor).max(*known);
        }
        let floor_of = |identity| floors.get(&identity).copied().unwrap_or_default();
        let unread = |identity| {
            let floor = floor_of(identity);
            let expected = match confirming {
                true if self.snapshots.is_begun(identity, floor) => self.moved_on(identity),
                true => Some(self.hint.pages(self.snapshots.total(identity), 1)),
                false => None,
            };
            let expected = expected.map(|pages| pages.end - pages.start);
            expected.or_else(|| self.snapshots.unread(identity, floor))
        };
        // The list of its member has said nothing of it, so that of its identity must.
        let (shut, of_use): (BTreeSet<Pair>, BTreeSet<Pair>) = open
            .keys()
            .copied()
            .partition(|pair| open.get(pair).is_some_and(|floor| self.is_shut(*pair, *floor)));
        let Choice { members, mut identities } = ledger.choose(&of_use, unread);
        identities.extend(shut.iter().map(|pair| pair.identity_id));
        for (pair, floor) in open.iter().filter(|(pair, _)| members.contains(&pair.member_uin)) {
            raise(questions, Question::Member(pair.member_uin), *floor);
        }
        for identity in identities {
            let floor = floor_of(identity);
            let mut ask = |number| raise(questions, Question::Page { identity, number }, floor);
            if confirming && !self.snapshots.is_begun(identity, floor) {
                let of_it = open.keys().filter(|pair| pair.identity_id == identity);
                let members: BTreeSet<u64> = of_it.map(|pair| pair.member_uin).collect();
                let before = self.snapshots.total(identity);
                let pages = self.hint.pages(before, members.len() as u64);
                let longest = usize::try_from(PAGES_MAX).unwrap_or(usize::MAX);
                pages.clone().take(longest).for_each(&mut ask);
                self.expected.insert(identity, Expected { pages, members, before, seen: false });
            } else if confirming && let Some(pages) = self.moved_on(identity) {
                pages.clone().for_each(&mut ask);
                if let Some(expected) = self.expected.get_mut(&identity) {
                    expected.pages.end = pages.end;
                }
            } else if self.snapshots.moves(identity) {
                raise(questions, Question::Sweep(identity), floor);
            } else {
                self.snapshots.unread_pages(identity, floor).for_each(&mut ask);
            }
        }
    }

    /// The pages on which the new grants of `identity` may be besides those that were asked, where others
    /// have lengthened the list meanwhile.
    fn moved_on(&self, identity: u64) -> Option<Range<u64>> {
        let Expected { pages, before, .. } = self.expected.get(&identity)?;
        let grown = self.snapshots.total(identity)?.saturating_sub((*before)?);
        let now = self.hint.pages(*before, grown);
        let more = now.start.max(pages.end)..now.end.min(pages.end.saturating_add(PAGES_MORE));
        (!more.is_empty()).then_some(more)
    }
}

impl Question {
    /// Whether the answer helps whom `concern` is of.
    pub(super) fn concerns(self, concern: &Concern) -> bool {
        match self {
            Self::Member(member) => concern.members.contains(&member),
            Self::Page { identity, .. } | Self::Sweep(identity) => concern.identities.contains(&identity),
            Self::Control => concern.control,
        }
    }
}

/// Whose lists tell a demand something.
#[derive(Debug)]
pub(super) struct Concern {
    members: BTreeSet<u64>,
    identities: BTreeSet<u64>,
    control: bool,
}

impl Concern {
    pub(super) fn of(demand: &Demand) -> Self {
        let members = demand.open.iter().map(|pair| pair.member_uin).chain(demand.members.iter().copied());
        Self {
            members: members.collect(),
            identities: demand.open.iter().map(|pair| pair.identity_id).collect(),
            control: demand.control,
        }
    }
}

fn raise(questions: &mut BTreeMap<Question, Tick>, question: Question, floor: Tick) {
    let known = questions.entry(question).or_default();
    *known = floor.max(*known);
}

#[cfg(test)]
mod tests;
