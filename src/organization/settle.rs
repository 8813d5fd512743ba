//! Makes pairs exist and sees that they do: rounds of grants, each followed by a look.
//!
//! A call whose outcome is unknown is looked up first and repeated only for what is not there: granting a
//! pair again does no harm, but the state must say what exists. What was accepted and is in no list, or is
//! listed as not working, is asked for again after a while: somebody may have revoked it at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Deadline, Grant, Grants, Halt, Refusal, remove_refused};
use crate::cloud::Kind;
use crate::reconcile::Pair;
use crate::reconcile::read::Freshness;
use crate::reconcile::read::Revision;

/// How often a pair is asked for in all, where it is not seen to work.
const TRIES_MAX: u32 = 3;

/// Between two looks: doubled from the first to the second.
const LOOK_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(3));

/// How many looks decide that what nobody said yes to does not exist: with the pauses before them, some four
/// seconds of the list lagging behind.
const LOOKS_IN_DOUBT: u32 = 4;

/// How many looks what was accepted is given to show: with the pauses between them, ten seconds.
const LOOKS_ACCEPTED: u32 = 6;

/// What became of the pairs to grant. Pairs in none of these were never asked for.
#[derive(Debug, Default)]
pub struct GrantOutcome {
    /// Seen to exist, and configured.
    pub confirmed: BTreeMap<Pair, Grant>,
    /// Asked for, and not seen since: they exist (the API said yes) or may exist (it gave no clear answer).
    pub unseen: BTreeSet<Pair>,
    /// Of these, what a list has shown: it exists, but does not work yet.
    shown: BTreeSet<Pair>,
    /// Of these, what the API said yes to.
    accepted: BTreeSet<Pair>,
    /// Of these, what was given up: accepted the last time it was asked for, and in the end still not seen to
    /// work.
    fruitless: BTreeSet<Pair>,
    /// Refused, or in the end not there though asked for again and again.
    pub refusals: Vec<Refusal>,
    /// Why it ended early.
    pub halt: Option<Halt>,
}

impl Grants {
    /// Grants `pairs`, and returns when each is confirmed or refused, or when `until` ends.
    pub async fn grant_and_confirm(&self, pairs: BTreeSet<Pair>, until: &Deadline) -> GrantOutcome {
        let mut settled = GrantOutcome::default();
        let mut open = pairs;
        let mut asked = 0;
        for attempt in 1..=TRIES_MAX {
            let round = self.granter.grant(&open, until).await;
            let last = attempt == TRIES_MAX;
            let (clear, unclear): (Vec<_>, Vec<_>) =
                round.refusals.into_iter().partition(|refusal| settled.believes(refusal));
            for refusal in &clear {
                settled.unseen.retain(|pair| !refusal.pairs.contains(pair));
            }
            settled.refusals.extend(clear);
            let again = pairs_of(&round.doubts);
            let doubtful = &again | &pairs_of(&unclear);
            // Nobody asks again for what an earlier call may have granted and this one refused.
            let over = last || !pairs_of(&unclear).is_disjoint(&settled.unseen);
            let patience = if over { LOOKS_IN_DOUBT } else { 1 };
            settled.unseen.extend(&round.accepted);
            settled.unseen.extend(&doubtful);
            settled.accepted.extend(&round.accepted);
            asked += round.doubts.iter().map(|doubt| doubt.attempts).max().unwrap_or_default();
            let looked = match round.halt.or(round.unseen) {
                Some(halt) => Err(halt),
                None => self.look(&mut settled, &doubtful, patience, round.ended, until).await,
            };
            if let Err(halt) = looked {
                settled.refusals.extend(unclear);
                settled.halt = Some(halt);
                break;
            }
            settled.give_up(unclear);
            open = (&again | &round.accepted).intersection(&settled.unseen).copied().collect();
            if open.is_empty() {
                break;
            }
            if last {
                let attempts = asked;
                settled.fruitless = open.difference(&again).copied().collect();
                settled.give_up(round.doubts.into_iter().map(|doubt| Refusal { attempts, ..doubt }));
            } else if let Err(ended) = until.sleep(Duration::from_secs(attempt.into())).await {
                settled.halt = Some(ended.into());
                break;
            }
        }
        settled
    }

    /// Looks until every unseen pair is confirmed, or has been given its looks: `patience` those that are
    /// `doubtful`, and more those that were accepted.
    async fn look(
        &self,
        settled: &mut GrantOutcome,
        doubtful: &BTreeSet<Pair>,
        patience: u32,
        mut not_older_than: Revision,
        until: &Deadline,
    ) -> Result<(), Halt> {
        let (mut pause, longest) = LOOK_PAUSES;
        for look in 1.. {
            let seen =
                self.reader.observe(&settled.unseen, Freshness::Written(not_older_than), until).await?;
            for (pair, grant) in seen {
                if grant.is_configured() {
                    settled.unseen.remove(&pair);
                    settled.confirmed.insert(pair, grant);
                } else {
                    settled.shown.insert(pair);
                }
            }
            let waits = |pair: &Pair| look < if doubtful.contains(pair) { patience } else { LOOKS_ACCEPTED };
            if !settled.unseen.iter().any(waits) {
                break;
            }
            until.sleep(pause).await?;
            not_older_than = self.now();
            pause = (pause * 2).min(longest);
        }
        Ok(())
    }
}

impl GrantOutcome {
    /// Which of `pairs`, those to grant, were never asked for.
    pub fn untried(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let mut untried = pairs.clone();
        untried.retain(|pair| !self.confirmed.contains_key(pair) && !self.unseen.contains(pair));
        remove_refused(&mut untried, &self.refusals);
        untried
    }

    /// Whether anything was granted, or may have been.
    pub fn made_any(&self) -> bool {
        !(self.confirmed.is_empty() && self.unseen.is_empty())
    }

    /// What was asked for as often as there are tries, accepted, and is in no list.
    pub fn unlisted(&self) -> BTreeSet<Pair> {
        &self.fruitless - &self.shown
    }

    /// What was asked for as often as there are tries, accepted, and is listed as something that must be
    /// granted again to work.
    pub fn stale(&self) -> BTreeSet<Pair> {
        &self.fruitless & &self.shown
    }

    /// Whether every pair was granted and seen.
    pub fn is_complete(&self) -> bool {
        self.unseen.is_empty() && self.refusals.is_empty() && self.halt.is_none()
    }

    /// Whether `refusal` says that its pairs do not exist: not if it is about a failure that may have done
    /// some of its work, and about pairs that an earlier call may have granted only if what they are made of
    /// is not there.
    fn believes(&self, refusal: &Refusal) -> bool {
        match refusal.error.kind() {
            Kind::Absent => true,
            Kind::Failed => false,
            _ => refusal.pairs.is_disjoint(&self.unseen),
        }
    }

    /// Turns what is still unseen of `doubts` into refusals. What was shown is kept: it exists; and so is
    /// what was accepted.
    fn give_up(&mut self, doubts: impl IntoIterator<Item = Refusal>) {
        for mut doubt in doubts {
            doubt.pairs.retain(|pair| self.unseen.contains(pair));
            if !doubt.pairs.is_empty() {
                let known = |pair: &Pair| self.shown.contains(pair) || self.accepted.contains(pair);
                self.unseen.retain(|pair| known(pair) || !doubt.pairs.contains(pair));
                self.refusals.push(doubt);
            }
        }
    }
}

fn pairs_of(refusals: &[Refusal]) -> BTreeSet<Pair> {
    refusals.iter().flat_map(|refusal| &refusal.pairs).copied().collect()
}
