//! Revokes pairs, one a call as the API wants it. A pair that blocks does not keep the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::claims::Claims;
use super::reader::Reader;
use super::{CONCURRENT_CALLS, Halt, Refusal, refusal};
use crate::cloud::api::organization::DeleteOrganizationMemberAuthIdentity;
use crate::cloud::{ApiError, Blame, Client, Deadline, Kind, Meaning};
use crate::reconcile::Pair;
use crate::reconcile::confirm::remove_refused;

/// How often a call of unknown outcome is made in all. Repeating is safe: what is gone counts as revoked.
const TRIES_MAX: u32 = 3;

/// Hosts begin everything that can begin within a few milliseconds: a resource that takes over what another
/// one lets go of has this long to say so before the first call.
const HAND_OVER: Duration = Duration::from_millis(25);

/// Why a pair is not gone.
enum Unrevoked {
    Refusal(Refusal),
    Halt(Halt),
}

/// What became of the pairs to revoke. Pairs in none of these were not tried.
#[derive(Debug, Default)]
pub struct RevokeOutcome {
    /// No longer ours: revoked, gone already, or held by another resource of this run.
    pub gone: BTreeSet<Pair>,
    /// Still there, or perhaps still there.
    pub refusals: Vec<Refusal>,
    /// Why it ended early.
    pub halt: Option<Halt>,
}

impl RevokeOutcome {
    /// Which of `pairs`, those to revoke, were not tried.
    pub fn untried(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let mut untried = self.rest(pairs);
        remove_refused(&mut untried, &self.refusals);
        untried
    }

    /// Which of `pairs`, those to revoke, are still ours.
    fn rest(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        pairs.difference(&self.gone).copied().collect()
    }

    /// Leaves `pairs` to another resource: that they were refused is not told.
    fn leave(&mut self, pairs: &BTreeSet<Pair>) {
        self.gone.extend(pairs);
        for refusal in &mut self.refusals {
            refusal.pairs.retain(|pair| !pairs.contains(pair));
        }
        self.refusals.retain(|refusal| !refusal.pairs.is_empty());
    }
}

/// Revokes, one call a pair.
#[derive(Debug)]
pub(super) struct Revoker {
    client: Client,
    reader: Arc<Reader>,
    claims: Arc<Claims>,
}

impl Revoker {
    pub(super) fn new(client: Client, reader: Arc<Reader>, claims: Arc<Claims>) -> Self {
        Self { client, reader, claims }
    }

    /// Revokes `pairs`, but for those that another resource of this run has come to hold when their turn
    /// comes: they are left to it. Those of one member follow each other; members go side by side.
    pub(super) async fn revoke(&self, pairs: &BTreeSet<Pair>, until: &Deadline) -> RevokeOutcome {
        let revoked = Mutex::<RevokeOutcome>::default();
        let record = || revoked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lanes: BTreeMap<u64, Vec<Pair>> = BTreeMap::new();
        for &pair in pairs {
            lanes.entry(pair.member_uin).or_default().push(pair);
        }
        if !pairs.is_empty()
            && let Err(ended) = until.sleep(HAND_OVER).await
        {
            record().halt = Some(ended.into());
            lanes.clear();
        }
        stream::iter(lanes.into_values())
            .for_each_concurrent(CONCURRENT_CALLS, async |lane| {
                for pair in lane {
                    if record().halt.is_some() {
                        return;
                    }
                    match self.revoke_one(pair, until).await {
                        Ok(()) => drop(record().gone.insert(pair)),
                        Err(Unrevoked::Halt(halt)) => drop(record().halt.get_or_insert(halt)),
                        Err(Unrevoked::Refusal(refusal)) => record().refusals.push(refusal),
                    }
                }
            })
            .await;
        let mut revoked = revoked.into_inner().unwrap_or_else(PoisonError::into_inner);
        revoked.leave(&self.claims.release(&revoked.rest(pairs)).await);
        revoked
    }

    async fn revoke_one(&self, pair: Pair, until: &Deadline) -> Result<(), Unrevoked> {
        let revoking =
            self.claims.revoke(pair, until).await.map_err(|ended| Unrevoked::Halt(ended.into()))?;
        let Some(revoking) = revoking else { return Ok(()) };
        self.reader.revoked(&[pair].into());
        let outcome = self.delete(pair, until).await;
        self.reader.revoked(&[pair].into());
        match outcome {
            Ok(()) => {
                revoking.done();
                Ok(())
            }
            Err(error) if error.blame() == Blame::Call => Err(Unrevoked::Halt(error.into())),
            Err(error) => {
                let attempts = error.attempts();
                Err(Unrevoked::Refusal(refusal([pair].into(), error, attempts)))
            }
        }
    }

    async fn delete(&self, pair: Pair, until: &Deadline) -> Result<(), ApiError> {
        let action = DeleteOrganizationMemberAuthIdentity {
            member_uin: pair.member_uin,
            identity_id: pair.identity_id,
        };
        let (mut attempt, mut doubt) = (1, None);
        loop {
            match self.client.call(&action, until).await {
                Ok(_) => return Ok(()),
                Err(error) if is_gone(&error) => return Ok(()),
                Err(error) if error.kind() == Kind::Uncertain && attempt < TRIES_MAX => {
                    if until.sleep(Duration::from_secs(attempt.into())).await.is_err() {
                        return Err(error);
                    }
                    doubt = Some(error);
                    attempt += 1;
                }
                // That the time was up does not say that nothing was tried.
                Err(error) if matches!(error.kind(), Kind::TimedOut | Kind::Stopped) => {
                    return Err(doubt.unwrap_or(error));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether the API says that there is nothing to revoke. That the caller has no organization does not say so:
/// the usual cause is the wrong account's credentials.
fn is_gone(error: &ApiError) -> bool {
    use Meaning::{NoSuchGrant, NoSuchIdentity, NoSuchMember};
    matches!(error.meaning(), Some(NoSuchGrant | NoSuchIdentity | NoSuchMember))
}
