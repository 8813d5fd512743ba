//! Which pairs the resources of this run declare, so that none takes away what another has just been given.
//!
//! A pair may move from one resource to another in one apply, or be declared by two, or belong to an object
//! and to the one that replaces it. The order of their operations is the host's. So an operation that makes
//! pairs exist claims them first, and holds them once they are in its state; an operation that revokes leaves
//! alone what another holds, and waits for those that are still claimed. Who claims a pair that is being
//! revoked goes on when that is over.
//!
//! Revokes ask pair by pair, each when its turn comes: a claim that comes late still saves the rest. Nobody
//! waits in a circle: a revoke waits only for claims, which end when granting has, and a claim waits only for
//! calls that are under way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::cloud::{Deadline, DeadlineError};
use crate::reconcile::Pair;

/// How long an operation that failed waits at most for those who claim what it was to give up: two calls and
/// some looks.
const RELEASE_TIME_MAX: Duration = Duration::from_mins(2);

/// The claims of one run.
#[derive(Debug, Default)]
pub(super) struct Claims {
    entries: Mutex<Entries>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    /// By how many operations each pair is claimed now.
    claimed: BTreeMap<Pair, usize>,
    /// In the state of a resource that this run created or updated, and therefore not to be revoked for
    /// another, whose state may list it as well.
    held: BTreeSet<Pair>,
    /// By how many operations each pair is being revoked now.
    revoking: BTreeMap<Pair, usize>,
    /// Revoked by this run: a list that still shows them is behind.
    revoked: BTreeSet<Pair>,
    /// Still in the state of a resource that was to give them up and failed.
    kept: BTreeSet<Pair>,
}

/// Pairs that an operation is about to make exist. Dropping it gives up what is not held.
#[derive(Debug)]
pub struct Claim<'a> {
    claims: &'a Claims,
    pairs: BTreeSet<Pair>,
    shared: BTreeSet<Pair>,
}

/// A pair that an operation revokes now. Dropping it says that it is over.
#[derive(Debug)]
pub(super) struct Revoking<'a> {
    claims: &'a Claims,
    pair: Pair,
}

impl Claims {
    /// Claims `pairs`, and returns as soon as none of them is being revoked.
    pub(super) async fn claim(
        &self,
        pairs: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<Claim<'_>, DeadlineError> {
        let claim = {
            let mut entries = self.entries();
            let taken = |pair: &&Pair| entries.claimed.contains_key(pair) || entries.held.contains(pair);
            let shared = pairs.iter().filter(taken).copied().collect();
            for pair in pairs {
                *entries.claimed.entry(*pair).or_default() += 1;
            }
            Claim { claims: self, pairs: pairs.clone(), shared }
        };
        self.wait(until, |entries| {
            let over = pairs.iter().all(|pair| !entries.revoking.contains_key(pair));
            over.then_some(())
        })
        .await?;
        Ok(claim)
    }

    /// Takes `pair` to revoke it, once it is clear that no other resource of this run gets to hold it.
    /// `None`: one does.
    pub(super) async fn revoke(
        &self,
        pair: Pair,
        until: &Deadline,
    ) -> Result<Option<Revoking<'_>>, DeadlineError> {
        self.wait(until, |entries| {
            if entries.claimed.contains_key(&pair) {
                return None;
            }
            let free = !entries.held.contains(&pair);
            if free {
                *entries.revoking.entry(pair).or_default() += 1;
            }
            Some(free.then(|| Revoking { claims: self, pair }))
        })
        .await
    }

    /// Which of `pairs`, that an operation was to give up and could not, another resource of this run holds:
    /// they are that one's. Waits for claims under way, but no longer than a claim takes whose operation ends
    /// with the run. The other pairs are remembered, for whoever claims them later.
    pub(super) async fn release(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        if pairs.is_empty() {
            return BTreeSet::new();
        }
        let unlimited = Deadline::after(RELEASE_TIME_MAX, CancellationToken::new());
        let unclaimed = |entries: &mut Entries| {
            let claimed = pairs.iter().any(|pair| entries.claimed.contains_key(pair));
            (!claimed).then_some(())
        };
        // What is still claimed after that stays in both states, and the next plan settles it.
        let _late = self.wait(&unlimited, unclaimed).await;
        let mut entries = self.entries();
        let held: BTreeSet<Pair> = pairs & &entries.held;
        entries.kept.extend(pairs.difference(&held));
        held
    }

    /// Waits until `ready` gives something; asked and done under one lock.
    async fn wait<T>(
        &self,
        until: &Deadline,
        mut ready: impl FnMut(&mut Entries) -> Option<T>,
    ) -> Result<T, DeadlineError> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(done) = ready(&mut self.entries()) {
                return Ok(done);
            }
            until.race(changed).await?;
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim<'_> {
    /// The pairs that another resource of this run declares as well.
    pub fn shared(&self) -> &BTreeSet<Pair> {
        &self.shared
    }

    /// The pairs that this run has revoked: states and lists that still show them are behind.
    pub fn revoked(&self) -> BTreeSet<Pair> {
        &self.claims.entries().revoked & &self.pairs
    }

    /// The pairs that another resource of this run was to give up and could not: both states list them.
    pub fn kept_by_others(&self) -> BTreeSet<Pair> {
        &self.claims.entries().kept & &self.pairs
    }

    /// Says that `listed` are in this resource's state now, and gives up the others.
    pub fn hold(self, listed: &BTreeSet<Pair>) {
        self.claims.entries().held.extend(listed);
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut entries = self.claims.entries();
        for pair in &self.pairs {
            count_down(&mut entries.claimed, *pair);
        }
        drop(entries);
        self.claims.changed.notify_waiters();
    }
}

impl Revoking<'_> {
    /// The pair is gone.
    pub(super) fn done(self) {
        let mut entries = self.claims.entries();
        entries.revoked.insert(self.pair);
    }
}

impl Drop for Revoking<'_> {
    fn drop(&mut self) {
        count_down(&mut self.claims.entries().revoking, self.pair);
        self.claims.changed.notify_waiters();
    }
}

fn count_down(counts: &mut BTreeMap<Pair, usize>, pair: Pair) {
    if let Some(count) = counts.get_mut(&pair) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{sleep, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pairs(members: impl IntoIterator<Item = u64>) -> BTreeSet<Pair> {
        members.into_iter().map(|member_uin| Pair { member_uin, identity_id: 11 }).collect()
    }

    fn minute() -> Deadline {
        Deadline::after(Duration::from_mins(1), CancellationToken::new())
    }

    fn pair(member_uin: u64) -> Pair {
        Pair { member_uin, identity_id: 11 }
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_holds_is_not_revoked() {
        let claims = Claims::default();
        claims.claim(&pairs([1, 2]), &minute()).await.unwrap().hold(&pairs([1]));
        assert!(claims.revoke(pair(1), &minute()).await.unwrap().is_none());
        assert!(claims.revoke(pair(2), &minute()).await.unwrap().is_some());
        assert!(claims.revoke(pair(3), &minute()).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_revoke_waits_for_a_claim_to_be_held_or_given_up() {
        let claims = Claims::default();
        let claim = claims.claim(&pairs([1]), &minute()).await.unwrap();
        let (left, ()) =
            tokio::join!(async { claims.revoke(pair(1), &minute()).await.unwrap().is_none() }, async {
                sleep(SECOND).await;
                claim.hold(&pairs([1]));
            });
        assert!(left);
        let claim = claims.claim(&pairs([2]), &minute()).await.unwrap();
        assert!(timeout(SECOND, claims.revoke(pair(2), &minute())).await.is_err());
        drop(claim);
        assert!(claims.revoke(pair(2), &minute()).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_waits_for_a_revoke_to_be_over_and_learns_of_it() {
        let claims = Claims::default();
        let revoking = claims.revoke(pair(1), &minute()).await.unwrap().unwrap();
        assert!(timeout(SECOND, claims.claim(&pairs([1]), &minute())).await.is_err());
        revoking.done();
        let claim = claims.claim(&pairs([1, 2]), &minute()).await.unwrap();
        assert_eq!((claim.shared(), claim.revoked()), (&pairs([]), pairs([1])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_that_comes_late_saves_what_is_not_revoked_yet() {
        let claims = Claims::default();
        let revoking = claims.revoke(pair(1), &minute()).await.unwrap().unwrap();
        let (all, until) = (pairs([1, 2]), minute());
        let mut claim = Box::pin(claims.claim(&all, &until));
        assert!(timeout(SECOND, &mut claim).await.is_err(), "waits for 1");
        assert!(timeout(SECOND, claims.revoke(pair(2), &minute())).await.is_err(), "waits for the claim");
        drop(revoking);
        claim.await.unwrap().hold(&pairs([2]));
        assert!(claims.revoke(pair(2), &minute()).await.unwrap().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_waits_for_everyone_who_revokes() {
        let claims = Claims::default();
        let one = claims.revoke(pair(1), &minute()).await.unwrap().unwrap();
        let two = claims.revoke(pair(1), &minute()).await.unwrap().unwrap();
        one.done();
        assert!(timeout(SECOND, claims.claim(&pairs([1]), &minute())).await.is_err());
        two.done();
        claims.claim(&pairs([1]), &minute()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_declares_what_another_declares_is_told() {
        let claims = Claims::default();
        let first = claims.claim(&pairs([1, 2]), &minute()).await.unwrap();
        assert_eq!(claims.claim(&pairs([2, 3]), &minute()).await.unwrap().shared(), &pairs([2]));
        first.hold(&pairs([1, 2]));
        assert_eq!(claims.claim(&pairs([1]), &minute()).await.unwrap().shared(), &pairs([1]));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_time() {
        let claims = Claims::default();
        let _claim = claims.claim(&pairs([1]), &minute()).await.unwrap();
        let until = Deadline::after(SECOND, CancellationToken::new());
        assert_eq!(claims.revoke(pair(1), &until).await.unwrap_err(), DeadlineError::TimedOut);
    }
}
