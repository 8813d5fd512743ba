//! Which resources of this run want which pairs, so that they do not work against each other.
//!
//! Terraform applies resources side by side and tells none of them about the others. A grant that moves from one resource to
//! another (a resource was renamed, a member changed departments) would be adopted by the one and then revoked by the
//! other. So whoever revokes asks here first: a pair that was claimed in this run is left to who claimed it. Resources that are
//! not part of the run are not known here.
//!
//! A run is what one configuration of the provider serves. Hosts configure anew for each, and none destroys what it
//! created or updated in the same one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::cloud::{Deadline, Ended};
use crate::reconcile::Pair;

/// The claims of a run, and its revokes.
#[derive(Debug, Default)]
pub struct Claims {
    book: Mutex<Book>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Book {
    next: u64,
    holders: BTreeMap<u64, Holder>,
    /// Revokes under way.
    revoking: BTreeSet<Pair>,
    /// Revoked by this run, and not granted again since.
    revoked: BTreeSet<Pair>,
}

/// A resource that was created or updated in this run.
#[derive(Debug, Default)]
struct Holder {
    wanted: BTreeSet<Pair>,
    /// Whether it has what it will get of them: until then nobody may revoke them.
    settled: bool,
}

/// The claim of one create or update. Dropped before [`Claim::settle`], it is as if it had never been made.
#[derive(Debug)]
pub struct Claim<'a> {
    claims: &'a Claims,
    number: u64,
    shared: BTreeSet<Pair>,
}

/// Leave to revoke a pair. Who claims the pair meanwhile waits until this is dropped.
#[derive(Debug)]
pub(super) struct Leave<'a> {
    claims: &'a Claims,
    pair: Pair,
}

impl Claims {
    /// Claims `wanted` for one resource, and returns when no revoke of them is under way.
    pub async fn claim(&self, wanted: &BTreeSet<Pair>, until: &Deadline) -> Result<Claim<'_>, Ended> {
        let claim = {
            let mut book = self.book();
            let shared =
                book.holders.values().flat_map(|holder| &holder.wanted & wanted).collect::<BTreeSet<_>>();
            book.next += 1;
            let number = book.next;
            book.holders.insert(number, Holder { wanted: wanted.clone(), ..Holder::default() });
            Claim { claims: self, number, shared }
        };
        self.wait(until, |book| book.revoking.is_disjoint(wanted).then_some(())).await?;
        Ok(claim)
    }

    /// Which of `pairs` this run has revoked: a list that still shows them is behind.
    pub fn revoked(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        &self.book().revoked & pairs
    }

    /// Gives leave to revoke `pair` for the resource with this claim, or for one that is being deleted and has none. `None`: another
    /// resource of the run has it, and it is to be left alone. Waits while that is open.
    pub(super) async fn leave_to_revoke(
        &self,
        claim: Option<&Claim<'_>>,
        pair: Pair,
        until: &Deadline,
    ) -> Result<Option<Leave<'_>>, Ended> {
        let number = claim.map(|claim| claim.number);
        let free = self.wait(until, |book| book.is_free(number, pair)).await?;
        Ok(free.then(|| Leave { claims: self, pair }))
    }

    /// Waits until `ready` gives something.
    async fn wait<T>(
        &self,
        until: &Deadline,
        mut ready: impl FnMut(&mut Book) -> Option<T>,
    ) -> Result<T, Ended> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            if let Some(done) = ready(&mut self.book()) {
                return Ok(done);
            }
            until.race(changed).await?;
        }
    }

    fn change(&self, change: impl FnOnce(&mut Book)) {
        change(&mut self.book());
        self.changed.notify_waiters();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim<'_> {
    /// What other resources of the run declare as well.
    pub fn shared(&self) -> &BTreeSet<Pair> {
        &self.shared
    }

    /// The grants are made, as far as they will be: the state is going to list `held` of what was wanted.
    pub fn settle(&self, held: &BTreeSet<Pair>) {
        self.claims.change(|book| {
            book.revoked.retain(|pair| !held.contains(pair));
            if let Some(holder) = book.holders.get_mut(&self.number) {
                holder.wanted.retain(|pair| held.contains(pair));
                holder.settled = true;
            }
        });
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.change(|book| {
            book.holders.retain(|number, holder| *number != self.number || holder.settled);
        });
    }
}

impl Leave<'_> {
    /// The pair is gone.
    pub(super) fn revoked(&self) {
        self.claims.book().revoked.insert(self.pair);
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.claims.change(|book| book.revoking.retain(|pair| *pair != self.pair));
    }
}

impl Book {
    /// Whether `pair` is wanted by nobody but `number`, and then counts as being revoked. `None` while that is open.
    fn is_free(&mut self, number: Option<u64>, pair: Pair) -> Option<bool> {
        let mut others = self
            .holders
            .iter()
            .filter(|(holder, wants)| Some(**holder) != number && wants.wanted.contains(&pair))
            .map(|(_, holder)| holder);
        if others.clone().any(|holder| !holder.settled) {
            return None;
        }
        let free = others.next().is_none();
        if free {
            self.revoking.insert(pair);
        }
        Some(free)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;

    use super::*;

    fn pairs(members: impl IntoIterator<Item = u64>) -> BTreeSet<Pair> {
        members.into_iter().map(|member_uin| Pair { member_uin, identity_id: 7 }).collect()
    }

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(1), CancellationToken::new())
    }

    const NONE: [u64; 0] = [];
    const PAIR: Pair = Pair { member_uin: 1, identity_id: 7 };

    #[tokio::test(start_paused = true)]
    async fn the_second_who_wants_a_pair_is_told() {
        let claims = Claims::default();
        let first = claims.claim(&pairs([1, 2]), &soon()).await.unwrap();
        assert_eq!(first.shared(), &pairs(NONE));
        let second = claims.claim(&pairs([2, 3]), &soon()).await.unwrap();
        assert_eq!(second.shared(), &pairs([2]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_holds_is_left_to_it() {
        let claims = Claims::default();
        let taker = claims.claim(&pairs([1, 2]), &soon()).await.unwrap();
        let (until, settling) = (soon(), async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            taker.settle(&pairs([1]));
        });
        let leave = |member_uin| claims.leave_to_revoke(None, Pair { member_uin, identity_id: 7 }, &until);
        let (one, two, three, ()) = tokio::join!(leave(1), leave(2), leave(3), settling);
        assert!(one.unwrap().is_none());
        assert!(two.unwrap().is_some(), "it did not get this one");
        assert!(three.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_that_comes_to_nothing_keeps_nothing_from_being_revoked() {
        let claims = Claims::default();
        drop(claims.claim(&pairs([1]), &soon()).await.unwrap());
        assert!(claims.leave_to_revoke(None, PAIR, &soon()).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_waits_for_the_revoke_that_is_under_way_and_learns_of_it() {
        let claims = Claims::default();
        let leave = claims.leave_to_revoke(None, PAIR, &soon()).await.unwrap().unwrap();
        let error = claims.claim(&pairs([1]), &soon()).await.unwrap_err();
        assert_eq!(error, Ended::TimedOut);
        leave.revoked();
        drop(leave);
        let claim = claims.claim(&pairs([1, 2]), &soon()).await.unwrap();
        assert_eq!(claims.revoked(&pairs([1, 2])), pairs([1]));
        claim.settle(&pairs([1]));
        assert_eq!(claims.revoked(&pairs([1, 2])), pairs(NONE));
    }

    #[tokio::test(start_paused = true)]
    async fn two_that_swap_pairs_do_not_wait_for_each_other() {
        let claims = Claims::default();
        let one = claims.claim(&pairs([2]), &soon()).await.unwrap();
        let two = claims.claim(&pairs([1]), &soon()).await.unwrap();
        one.settle(&pairs([2]));
        two.settle(&pairs([1]));
        assert!(claims.leave_to_revoke(Some(&one), PAIR, &soon()).await.unwrap().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn two_that_let_go_of_a_pair_do_not_leave_it_to_each_other() {
        let claims = Claims::default();
        let one = claims.claim(&pairs([8]), &soon()).await.unwrap();
        let two = claims.claim(&pairs([9]), &soon()).await.unwrap();
        one.settle(&pairs([8]));
        two.settle(&pairs([9]));
        for claim in [&one, &two] {
            assert!(claims.leave_to_revoke(Some(claim), PAIR, &soon()).await.unwrap().is_some());
        }
    }
}
