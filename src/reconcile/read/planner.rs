//! What the reader knows, and what it should ask next. Pure: readings are handed in, questions handed out,
//! and time is a parameter.
//!
//! The cache says what readings are worth, and the cost which lists to read. Looks and confirmations are kept
//! apart: a look may be one of many to come, so what members have cost is remembered; a confirmation asks
//! anew, and begins with the page where new grants are expected.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cache::ReadCache;
use super::cost::{Choice, ReadCost};
use super::identity_list::PAGES_MAX;
use super::page_hint::PageHints;
use super::question::{Answer, Freshness, Holdings, Question, ReadDemand, Reading};
use super::reading::{Gap, Known, Page, Revision};
use crate::reconcile::{Grant, Pair};

/// After this many rounds a list that keeps changing is left, and its members are asked instead.
const ROUNDS_BY_IDENTITY: u32 = 3;

/// After this many, where the lists of its members are of no use, nobody can tell.
const ROUNDS_MAX: u32 = 8;

/// Everything known about who holds what.
#[derive(Debug)]
pub struct ReadPlanner {
    cache: ReadCache<Grant>,
    cost: ReadCost,
    hints: PageHints,
    /// Whether the API has ever given a list.
    lists: bool,
}

impl ReadPlanner {
    /// Nothing known yet, of lists that come in pages of `page_size`.
    pub fn new(page_size: u64) -> Self {
        Self {
            cache: ReadCache::new(page_size),
            cost: ReadCost::foreseeing(),
            hints: PageHints::new(page_size),
            lists: false,
        }
    }

    /// A new revision: a reading that begins later is newer.
    pub fn now(&mut self) -> Revision {
        self.cache.next_revision()
    }

    /// Stamps `pairs` as granted; returns that revision.
    pub fn granted(&mut self, pairs: &BTreeSet<Pair>) -> Revision {
        self.cache.add(pairs.iter().copied())
    }

    /// Stamps `pairs` as revoked; returns that revision.
    pub fn revoked(&mut self, pairs: &BTreeSet<Pair>) -> Revision {
        self.cache.take_out(pairs.iter().copied())
    }

    /// Whether the answer to `question`, which was to be asked since `since`, has become useless meanwhile.
    pub fn is_moot(&self, question: Question, since: Revision) -> bool {
        match question {
            Question::Page { identity, .. } | Question::Sweep(identity) => {
                self.cache.is_moot(identity, since)
            }
            Question::Member(_) | Question::Control => false,
        }
    }

    /// Takes in what came of `question`.
    pub fn learn(&mut self, question: Question, since: Revision, at: Duration, reading: Reading) {
        self.lists |= !matches!(reading, Reading::Refused);
        match (question, reading) {
            (Question::Member(member), Reading::Member(holdings)) => {
                self.learn_member(member, since, at, holdings);
            }
            (Question::Page { identity, .. }, Reading::Page(page)) => {
                self.learn_page(identity, since, at, page);
            }
            (Question::Sweep(identity), Reading::Sweep(sweep)) => {
                self.cache.learn_sweep(identity, since, at, sweep);
            }
            (Question::Sweep(identity), Reading::Refused) => {
                self.cache.learn_identity_gap(identity, since, at, Gap::Refused);
            }
            (Question::Member(member), Reading::Refused) => {
                self.cache.learn_member_gap(member, since, at, Gap::Refused, BTreeMap::new());
            }
            (Question::Page { identity, number }, Reading::Refused) => {
                let gap = if number == 0 { Gap::Refused } else { Gap::Unclear };
                self.cache.learn_identity_gap(identity, since, at, gap);
            }
            (Question::Control, _) | (_, Reading::Member(_) | Reading::Page(_) | Reading::Sweep(_)) => {}
        }
    }

    fn learn_member(&mut self, member: u64, since: Revision, at: Duration, holdings: Holdings) {
        let Holdings { grants, whole } = holdings;
        for &identity in grants.keys() {
            self.hints.learn(identity, None, &[member], self.cache.total(identity));
        }
        if whole {
            self.cache.learn_member(member, since, at, grants);
        } else {
            self.cache.learn_member_gap(member, since, at, Gap::Unclear, grants);
        }
    }

    fn learn_page(&mut self, identity: u64, since: Revision, at: Duration, page: Page<Grant>) {
        let members: Vec<u64> = page.items.iter().filter_map(|(member, _)| *member).collect();
        self.hints.learn(identity, Some(page.number), &members, self.cache.total(identity));
        self.cache.learn_page(identity, since, at, page);
    }

    /// What is known of the pairs of `demand`.
    pub fn answer(&mut self, demand: &ReadDemand, now: Duration) -> Answer {
        if self.cache.forget(now) {
            self.cost = ReadCost::foreseeing();
        }
        let (not_older_than, tired) = (demand.since.not_older_than(), demand.round >= ROUNDS_MAX);
        let mut answer = Answer::default();
        for &pair in &demand.open {
            let set = match self.cache.know(pair, not_older_than) {
                Known::Yes(grant) => {
                    answer.found.insert(pair, grant.clone());
                    continue;
                }
                Known::No => continue,
                Known::Refused if self.lists => continue,
                Known::Refused => &mut answer.refused,
                Known::Open if tired && self.is_shut(pair, not_older_than) => &mut answer.unclear,
                Known::Open => &mut answer.open,
                Known::Unclear => &mut answer.unclear,
            };
            set.insert(pair);
        }
        answer
    }

    /// Whether the list of the pair's member cannot say that it does not exist.
    fn is_shut(&self, pair: Pair, not_older_than: Revision) -> bool {
        self.cache.is_shut(pair.member_uin, self.cache.not_older_than(pair, not_older_than))
    }

    /// The revision after which lists must be read to say for the second time that `pairs` do not exist,
    /// where they may err.
    pub fn doubt(&self, pairs: &BTreeSet<Pair>) -> Revision {
        self.cache.doubt(pairs)
    }

    /// What `members` hold, as far as their lists show it, or whose lists must be read.
    pub fn holdings(&self, members: &BTreeSet<u64>) -> Result<BTreeMap<Pair, Grant>, BTreeSet<u64>> {
        let (mut held, mut unknown) = (BTreeMap::new(), BTreeSet::new());
        for &member_uin in members {
            match self.cache.member(member_uin, Revision::default()) {
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

    /// What to ask for a whole batch of demands, each with the revision after which it must be read.
    pub fn questions<'a>(
        &mut self,
        batch: impl Iterator<Item = &'a ReadDemand>,
    ) -> BTreeMap<Question, Revision> {
        let mut questions = BTreeMap::new();
        let mut looking = BTreeMap::new();
        let mut confirming = BTreeMap::new();
        for demand in batch {
            for &member in &demand.members {
                raise(&mut questions, Question::Member(member), Revision::default());
            }
            if demand.control {
                raise(&mut questions, Question::Control, Revision::default());
            }
            let by_member = demand.round >= ROUNDS_BY_IDENTITY;
            for &pair in &demand.open {
                let not_older_than = self.cache.not_older_than(pair, demand.since.not_older_than());
                if by_member && !self.is_shut(pair, not_older_than) {
                    raise(&mut questions, Question::Member(pair.member_uin), not_older_than);
                    continue;
                }
                let purpose = match demand.since {
                    Freshness::Read(_) => &mut looking,
                    Freshness::Written(_) => &mut confirming,
                };
                let known: &mut Revision = purpose.entry(pair).or_default();
                *known = not_older_than.max(*known);
            }
        }
        let mut cost = std::mem::take(&mut self.cost);
        self.choose(&mut cost, &looking, false, &mut questions);
        self.cost = cost;
        // Confirmations are not the beginning of anything: each has a cost of its own.
        self.choose(&mut ReadCost::default(), &confirming, true, &mut questions);
        questions
    }

    fn choose(
        &mut self,
        cost: &mut ReadCost,
        open: &BTreeMap<Pair, Revision>,
        confirming: bool,
        questions: &mut BTreeMap<Question, Revision>,
    ) {
        let mut newest: BTreeMap<u64, Revision> = BTreeMap::new();
        for (pair, not_older_than) in open {
            let known = newest.entry(pair.identity_id).or_default();
            *known = (*not_older_than).max(*known);
        }
        let newest_of = |identity| newest.get(&identity).copied().unwrap_or_default();
        let unread = |identity| {
            let not_older_than = newest_of(identity);
            let expected = match confirming {
                true if self.cache.is_begun(identity, not_older_than) => {
                    self.hints.cost_of_more(identity, self.cache.total(identity))
                }
                true => Some(self.hints.cost(self.cache.total(identity))),
                false => None,
            };
            expected.or_else(|| self.cache.unread(identity, not_older_than))
        };
        // The list of its member has said nothing of it, so that of its identity must.
        let (shut, of_use): (BTreeSet<Pair>, BTreeSet<Pair>) = open.keys().copied().partition(|pair| {
            open.get(pair).is_some_and(|not_older_than| self.is_shut(*pair, *not_older_than))
        });
        let Choice { members, mut identities } = cost.choose(&of_use, unread);
        identities.extend(shut.iter().map(|pair| pair.identity_id));
        for (pair, not_older_than) in open.iter().filter(|(pair, _)| members.contains(&pair.member_uin)) {
            raise(questions, Question::Member(pair.member_uin), *not_older_than);
        }
        for identity in identities {
            let not_older_than = newest_of(identity);
            let mut ask = |number| raise(questions, Question::Page { identity, number }, not_older_than);
            if confirming && !self.cache.is_begun(identity, not_older_than) {
                let of_it = open.keys().filter(|pair| pair.identity_id == identity);
                let members: BTreeSet<u64> = of_it.map(|pair| pair.member_uin).collect();
                let pages = self.hints.expect(identity, members, self.cache.total(identity));
                let longest = usize::try_from(PAGES_MAX).unwrap_or(usize::MAX);
                pages.take(longest).for_each(&mut ask);
            } else if confirming && let Some(pages) = self.hints.go_on(identity, self.cache.total(identity)) {
                pages.for_each(&mut ask);
            } else if self.cache.moves(identity) {
                raise(questions, Question::Sweep(identity), not_older_than);
            } else {
                self.cache.unread_pages(identity, not_older_than).for_each(&mut ask);
            }
        }
    }
}

fn raise(questions: &mut BTreeMap<Question, Revision>, question: Question, not_older_than: Revision) {
    let known = questions.entry(question).or_default();
    *known = not_older_than.max(*known);
}

#[cfg(test)]
mod tests;
