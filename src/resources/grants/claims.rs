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

/// Pairs that may be revoked, since no other resource of the run wants them. They count as being revoked until this is dropped.
#[derive(Debug)]
pub struct Release<'a> {
    claims: &'a Claims,
    /// To be revoked.
    pub revoke: BTreeSet<Pair>,
    /// Held by another resource of the run: to be left alone.
    pub left: BTreeSet<Pair>,
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

    /// Says which of `pairs` may be revoked for a resource that is being deleted, and whose state lists them. Returns when all
    /// others have what they get of them.
    pub async fn release(&self, pairs: &BTreeSet<Pair>, until: &Deadline) -> Result<Release<'_>, Ended> {
        self.release_for(None, pairs, until).await
    }

    /// Which of `pairs` this run has revoked: a list that still shows them is behind.
    pub fn revoked(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        &self.book().revoked & pairs
    }

    async fn release_for(
        &self,
        number: Option<u64>,
        pairs: &BTreeSet<Pair>,
        until: &Deadline,
    ) -> Result<Release<'_>, Ended> {
        let (revoke, left) = self.wait(until, |book| book.release(number, pairs)).await?;
        Ok(Release { claims: self, revoke, left })
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

    /// Says which of `pairs`, which the state lists and nobody wants here any more, may be revoked.
    pub async fn release(&self, pairs: &BTreeSet<Pair>, until: &Deadline) -> Result<Release<'_>, Ended> {
        self.claims.release_for(Some(self.number), pairs, until).await
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.change(|book| {
            book.holders.retain(|number, holder| *number != self.number || holder.settled);
        });
    }
}

impl Release<'_> {
    /// These are gone.
    pub fn revoked(&self, gone: &BTreeSet<Pair>) {
        self.claims.book().revoked.extend(gone);
    }
}

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.claims.change(|book| book.revoking.retain(|pair| !self.revoke.contains(pair)));
    }
}

impl Book {
    /// Which of `pairs` to revoke, and which to leave to others than `number`. `None` while that is open.
    fn release(
        &mut self,
        number: Option<u64>,
        pairs: &BTreeSet<Pair>,
    ) -> Option<(BTreeSet<Pair>, BTreeSet<Pair>)> {
        let others =
            || self.holders.iter().filter(|(holder, _)| Some(**holder) != number).map(|(_, holder)| holder);
        if others().any(|holder| !holder.settled && !holder.wanted.is_disjoint(pairs)) {
            return None;
        }
        let left: BTreeSet<Pair> = others().flat_map(|holder| &holder.wanted & pairs).collect();
        let revoke = pairs - &left;
        self.revoking.extend(&revoke);
        Some((revoke, left))
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
        let (all, until) = (pairs([1, 2, 3]), soon());
        let (release, ()) = tokio::join!(claims.release(&all, &until), async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            taker.settle(&pairs([1]));
        });
        let release = release.unwrap();
        assert_eq!((&release.left, &release.revoke), (&pairs([1]), &pairs([2, 3])), "it did not get 2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_that_comes_to_nothing_keeps_nothing_from_being_revoked() {
        let claims = Claims::default();
        drop(claims.claim(&pairs([1]), &soon()).await.unwrap());
        assert_eq!(claims.release(&pairs([1]), &soon()).await.unwrap().revoke, pairs([1]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_waits_for_the_revoke_that_is_under_way_and_learns_of_it() {
        let claims = Claims::default();
        let release = claims.release(&pairs([1]), &soon()).await.unwrap();
        let error = claims.claim(&pairs([1]), &soon()).await.unwrap_err();
        assert_eq!(error, Ended::TimedOut);
        release.revoked(&pairs([1]));
        drop(release);
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
        assert_eq!(one.release(&pairs([1]), &soon()).await.unwrap().left, pairs([1]));
        assert_eq!(two.release(&pairs([2]), &soon()).await.unwrap().left, pairs([2]));
    }

    #[tokio::test(start_paused = true)]
    async fn two_that_let_go_of_a_pair_do_not_leave_it_to_each_other() {
        let claims = Claims::default();
        let one = claims.claim(&pairs([1]), &soon()).await.unwrap();
        let two = claims.claim(&pairs([2]), &soon()).await.unwrap();
        one.settle(&pairs([1]));
        two.settle(&pairs([2]));
        assert_eq!(one.release(&pairs([9]), &soon()).await.unwrap().revoke, pairs([9]));
        assert_eq!(two.release(&pairs([9]), &soon()).await.unwrap().revoke, pairs([9]));
    }
}
