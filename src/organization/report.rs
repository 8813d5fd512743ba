//! What came of a round of grants, pair by pair. Pure: the search writes it, and each demand reads its own
//! share.

use std::collections::BTreeSet;

use super::{Culprit, Halt, Refusal};
use crate::cloud::{DeadlineError, Kind};
use crate::reconcile::confirm::remove_refused;
use crate::reconcile::read::Revision;
use crate::reconcile::{Pair, Product};

/// What a round of grants came to. Pairs in none of these were not asked for: the round was halted first.
#[derive(Clone, Debug, Default)]
pub(super) struct GrantReport {
    /// The API said yes.
    pub(super) accepted: BTreeSet<Pair>,
    /// The API said no, pair by pair.
    pub(super) refusals: Vec<Refusal>,
    /// Asked for, but the reply does not tell whether it was done.
    pub(super) doubts: Vec<Refusal>,
    /// Why the round ended early.
    pub(super) halt: Option<Halt>,
    /// Why the look that followed its calls failed.
    pub(super) unseen: Option<Halt>,
    /// When its last call ended: what is read later shows what it did.
    pub(super) ended: Revision,
}

impl GrantReport {
    /// What of this concerns `pairs`.
    pub(super) fn of(&self, pairs: &BTreeSet<Pair>) -> Self {
        let share = |refusals: &[Refusal]| {
            refusals
                .iter()
                .map(|refusal| Refusal { pairs: &refusal.pairs & pairs, ..refusal.clone() })
                .filter(|refusal| !refusal.pairs.is_empty())
                .collect()
        };
        let own = Self {
            accepted: &self.accepted & pairs,
            refusals: share(&self.refusals),
            doubts: share(&self.doubts),
            halt: None,
            unseen: self.unseen.clone(),
            ended: self.ended,
        };
        // Who has an answer for every pair is not concerned that others have not.
        let halt = self.halt.clone().filter(|_| !own.unanswered(pairs).is_empty());
        Self { halt, ..own }
    }

    /// What of `pairs` it has no answer for.
    fn unanswered(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let mut unanswered = pairs - &self.accepted;
        remove_refused(&mut unanswered, &self.refusals);
        remove_refused(&mut unanswered, &self.doubts);
        unanswered
    }

    /// Whether a time limit ended it.
    pub(super) fn ran_out_of_time(&self) -> bool {
        match &self.halt {
            Some(Halt::Ended(ended)) => *ended == DeadlineError::TimedOut,
            Some(Halt::Error(error)) => error.kind() == Kind::TimedOut,
            Some(Halt::Unclear(_) | Halt::Incomplete { .. } | Halt::Broken) | None => false,
        }
    }

    /// Takes it up again, for `pairs`: returns those still to ask for.
    pub(super) fn resume(&mut self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        (self.halt, self.unseen) = (None, None);
        self.unanswered(pairs)
    }

    /// What of `tile` is still worth asking for. Pairs of a known culprit are added to its refusal.
    pub(super) fn without_culprits(&mut self, mut tile: Product) -> Product {
        for refusal in &mut self.refusals {
            let Some(culprit) = refusal.culprit else { continue };
            refusal.pairs.extend(tile.pairs().filter(|pair| culprit.spoils(*pair)));
            match culprit {
                Culprit::Member(uin) => tile.members.remove(&uin),
                Culprit::Identity(id) => tile.identities.remove(&id),
            };
        }
        tile
    }
}
