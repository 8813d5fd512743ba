//! Revokes pairs, one a call as the API wants it. A pair that blocks does not keep the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::{CONCURRENT_CALLS, Claim, Deadline, Grants, Halt, Refusal, is_hopeless, remove_refused};
use crate::cloud::api::organization::DeleteOrganizationMemberAuthIdentity;
use crate::cloud::{ApiError, Kind};
use crate::reconcile::Pair;

/// How often a call of unknown outcome is made in all. Repeating is safe: what is gone counts as revoked.
const TRIES_MAX: u32 = 3;

/// Terraform begins everything that can begin within a few milliseconds; a resource that is to take over what another one
/// lets go of has this long to say so.
const HANDOVER: Duration = Duration::from_millis(25);

/// What became of the pairs to revoke. Pairs in none of these were not tried.
#[derive(Debug, Default)]
pub struct Revoked {
    /// No longer there.
    pub gone: BTreeSet<Pair>,
    /// Left alone, for another resource of this run has them now.
    pub left: BTreeSet<Pair>,
    /// Still there, or perhaps still there.
    pub refusals: Vec<Refusal>,
    /// Why it ended early.
    pub halt: Option<Halt>,
}

impl Revoked {
    /// Which of `pairs`, those to revoke, were not tried.
    pub fn untried(&self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        let mut untried: BTreeSet<Pair> = pairs.difference(&self.gone).copied().collect();
        untried.retain(|pair| !self.left.contains(pair));
        remove_refused(&mut untried, &self.refusals);
        untried
    }
}

impl Grants {
    /// Revokes `pairs` for the resource with this claim, or for one that is being deleted and has none. What another resource of the
    /// run claims before its turn comes is left to it. The pairs of one member follow each other; members go side by side.
    pub async fn revoke(
        &self,
        pairs: &BTreeSet<Pair>,
        claim: Option<&Claim<'_>>,
        until: &Deadline,
    ) -> Revoked {
        if let Err(ended) = until.sleep(HANDOVER).await {
            return Revoked { halt: Some(ended.into()), ..Revoked::default() };
        }
        let mut lanes: BTreeMap<u64, Vec<Pair>> = BTreeMap::new();
        for &pair in pairs {
            lanes.entry(pair.member_uin).or_default().push(pair);
        }
        let revoked = Mutex::new(Revoked::default());
        let record = || revoked.lock().unwrap_or_else(PoisonError::into_inner);
        stream::iter(lanes.into_values())
            .for_each_concurrent(CONCURRENT_CALLS, async |lane| {
                for pair in lane {
                    if record().halt.is_some() {
                        return;
                    }
                    let leave = match self.claims.leave_to_revoke(claim, pair, until).await {
                        Ok(Some(leave)) => leave,
                        Ok(None) => {
                            record().left.insert(pair);
                            continue;
                        }
                        Err(ended) => {
                            record().halt.get_or_insert(ended.into());
                            return;
                        }
                    };
                    self.reader.written(&[pair].into());
                    let outcome = self.delete(pair, until).await;
                    self.reader.written(&[pair].into());
                    match outcome {
                        Ok(()) => {
                            leave.revoked();
                            record().gone.insert(pair);
                        }
                        Err(error) if is_hopeless(&error) => drop(record().halt.get_or_insert(error.into())),
                        Err(error) => {
                            let attempts = error.attempts();
                            record().refusals.push(Refusal::new([pair].into(), error, attempts));
                        }
                    }
                }
            })
            .await;
        revoked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn delete(&self, pair: Pair, until: &Deadline) -> Result<(), ApiError> {
        let action = DeleteOrganizationMemberAuthIdentity {
            member_uin: pair.member_uin,
            identity_id: pair.identity_id,
        };
        let mut attempt = 1;
        loop {
            match self.client.call(&action, until).await {
                Ok(_) => return Ok(()),
                Err(error) if is_gone(&error) => return Ok(()),
                Err(error) if error.kind() == Kind::Uncertain && attempt < TRIES_MAX => {
                    if until.sleep(Duration::from_secs(attempt.into())).await.is_err() {
                        return Err(error);
                    }
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether the API says that there is nothing to revoke. That the caller has no organization does not say so: the usual
/// cause is the wrong account's credentials.
fn is_gone(error: &ApiError) -> bool {
    matches!(
        error.code(),
        Some("ResourceNotFound.MemberIdentityNotExist" | "ResourceNotFound.OrganizationIdentityNotExist")
    )
}
