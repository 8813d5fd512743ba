//! One round of grants: every pair is asked for once, and a call that one bad pair spoils is split until the
//! bad pair is named and the others are granted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::{CONCURRENT_CALLS, Culprit, Deadline, Grants, Halt, Refusal, is_hopeless};
use crate::cloud::api::organization::{
    CreateOrganizationMemberAuthIdentity, IDENTITIES_PER_CALL, MEMBERS_PER_CALL,
};
use crate::cloud::{ApiError, Kind};
use crate::reconcile::tile::{self, Limits, Side};
use crate::reconcile::{Pair, Product};

const LIMITS: Limits = Limits { members: MEMBERS_PER_CALL, identities: IDENTITIES_PER_CALL };

/// Making the role in the member account may fail for a moment, so one pair gets this many more tries.
const ROLE_RETRIES: u32 = 2;

/// What a round came to. Pairs in none of these were not asked for: the round was halted first.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// The API said yes.
    pub(super) accepted: BTreeSet<Pair>,
    /// The API said no, pair by pair.
    pub(super) refusals: Vec<Refusal>,
    /// Asked for, but the reply does not tell whether it was done.
    pub(super) doubts: Vec<Refusal>,
    /// Why the round ended early.
    pub(super) halt: Option<Halt>,
}

impl Grants {
    /// Grants `pairs` in the fewest calls that cover them exactly.
    ///
    /// Calls about the same members follow each other; calls about different ones run side by side.
    pub(super) async fn grant(&self, pairs: &BTreeSet<Pair>, until: &Deadline) -> Round {
        let mut lanes: BTreeMap<BTreeSet<u64>, VecDeque<Product>> = BTreeMap::new();
        for tile in tile::tile(pairs, LIMITS) {
            lanes.entry(tile.members.clone()).or_default().push_back(tile);
        }
        let round = Mutex::default();
        stream::iter(lanes.into_values())
            .for_each_concurrent(CONCURRENT_CALLS, |lane| self.drive(lane, &round, until))
            .await;
        round.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn drive(&self, mut lane: VecDeque<Product>, round: &Mutex<Round>, until: &Deadline) {
        let round = || round.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(tile) = lane.pop_front() {
            if round().halt.is_some() {
                return;
            }
            let tile = round().without_culprits(tile);
            if tile.is_empty() {
                continue;
            }
            match self.create(&tile, until).await {
                Ok(()) => round().accepted.extend(tile.pairs()),
                Err(error) if error.kind() == Kind::Uncertain => {
                    round().doubts.push(Refusal::new(tile.pairs().collect(), error));
                }
                Err(error) if is_hopeless(&error) => {
                    round().halt.get_or_insert(error.into());
                    return;
                }
                Err(error) => match tile::split(&tile, blame(&error)) {
                    Some((left, right)) => {
                        lane.push_front(right);
                        lane.push_front(left);
                    }
                    None => round().refuse(&tile, error),
                },
            }
        }
    }

    async fn create(&self, tile: &Product, until: &Deadline) -> Result<(), ApiError> {
        let action = CreateOrganizationMemberAuthIdentity {
            member_uins: tile.members.iter().copied().collect(),
            identity_ids: tile.identities.iter().copied().collect(),
        };
        let mut pause = Duration::from_secs(1);
        for _ in 0..ROLE_RETRIES {
            match self.client.call(&action, until).await {
                Err(error) if tile.len() == 1 && error.code() == Some("FailedOperation.CreateRole") => {
                    if until.sleep(pause).await.is_err() {
                        return Err(error);
                    }
                    pause *= 2;
                }
                other => return other.map(drop),
            }
        }
        self.client.call(&action, until).await.map(drop)
    }
}

impl Round {
    /// What of `tile` is still worth asking for. Pairs of a known culprit are added to its refusal.
    fn without_culprits(&mut self, mut tile: Product) -> Product {
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

    fn refuse(&mut self, tile: &Product, error: ApiError) {
        let culprit = match blame(&error) {
            Side::Members => tile.members.first().copied().map(Culprit::Member),
            Side::Identities => tile.identities.first().copied().map(Culprit::Identity),
            Side::Either => None,
        };
        self.refusals.push(Refusal { culprit, ..Refusal::new(tile.pairs().collect(), error) });
    }
}

/// Which side of a call its error blames. Source: the error codes of
/// [`CreateOrganizationMemberAuthIdentity`].
fn blame(error: &ApiError) -> Side {
    match error.code() {
        Some("ResourceNotFound.OrganizationMemberNotExist") => Side::Members,
        Some(
            "ResourceNotFound.OrganizationIdentityNotExist"
            | "FailedOperation.OrganizationIdentityPolicyError",
        ) => Side::Identities,
        _ => Side::Either,
    }
}
