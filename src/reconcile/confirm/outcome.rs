//! What became of pairs that were to be granted.

use std::collections::{BTreeMap, BTreeSet};

use super::refusal::{Refusal, Says, remove_refused};
use crate::reconcile::{Grant, Pair};

/// What became of the pairs to grant; `H` says why it ended early. Pairs in none of these were never asked
/// for.
#[derive(Debug)]
pub struct Outcome<E, H> {
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
    pub(super) fruitless: BTreeSet<Pair>,
    /// Refused, or in the end not there though asked for again and again.
    pub refusals: Vec<Refusal<E>>,
    /// Why it ended early.
    pub halt: Option<H>,
}

impl<E, H> Default for Outcome<E, H> {
    fn default() -> Self {
        Self {
            confirmed: BTreeMap::new(),
            unseen: BTreeSet::new(),
            shown: BTreeSet::new(),
            accepted: BTreeSet::new(),
            fruitless: BTreeSet::new(),
            refusals: Vec::new(),
            halt: None,
        }
    }
}

impl<E, H> Outcome<E, H> {
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
    pub(super) fn believes(&self, refusal: &Refusal<E>) -> bool {
        match refusal.says {
            Says::Absent => true,
            Says::Perhaps => false,
            Says::NotDone => refusal.pairs.is_disjoint(&self.unseen),
        }
    }

    /// Takes in a refusal that is believed.
    pub(super) fn refuse(&mut self, refusal: Refusal<E>) {
        self.unseen.retain(|pair| !refusal.pairs.contains(pair));
        self.refusals.push(refusal);
    }

    /// Takes in that the API said yes to `pairs`.
    pub(super) fn accept(&mut self, pairs: &BTreeSet<Pair>) {
        self.unseen.extend(pairs);
        self.accepted.extend(pairs);
    }

    /// Takes in what a look has shown of the unseen pairs.
    pub(super) fn see(&mut self, seen: BTreeMap<Pair, Grant>) {
        for (pair, grant) in seen {
            if grant.is_configured() {
                self.unseen.remove(&pair);
                self.confirmed.insert(pair, grant);
            } else {
                self.shown.insert(pair);
            }
        }
    }

    /// Turns what is still unseen of `doubts` into refusals. What was shown is kept: it exists; and so is
    /// what was accepted.
    pub(super) fn give_up(&mut self, doubts: impl IntoIterator<Item = Refusal<E>>) {
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
