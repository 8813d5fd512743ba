//! Grants pairs for everybody who shares it, in the fewest calls.
//!
//! Demands that arrive together are tiled together, and each is told what became of its own pairs. A call that one bad
//! pair spoils is split until the bad pair is named and the others are granted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::gather::Gather;
use super::reader::Reader;
use super::{CONCURRENT_CALLS, Culprit, Halt, LAST_CALL, Refusal, is_hopeless, remove_refused};
use crate::cloud::api::organization::{
    CreateOrganizationMemberAuthIdentity, IDENTITIES_PER_CALL, MEMBERS_PER_CALL,
};
use crate::cloud::{ApiError, Client, Deadline, Ended, Kind};
use crate::reconcile::snapshot::Tick;
use crate::reconcile::tile::{self, Limits, Side};
use crate::reconcile::{Pair, Product};

const LIMITS: Limits = Limits { members: MEMBERS_PER_CALL, identities: IDENTITIES_PER_CALL };

/// Making the role in the member account may fail for a moment, so one pair gets this many tries.
const ROLE_TRIES: u32 = 3;

/// Grants for everybody who shares it.
#[derive(Debug)]
pub(super) struct Granter {
    client: Client,
    reader: Arc<Reader>,
    waiting: Arc<Gather<Demand>>,
}

/// What a round of grants came to. Pairs in none of these were not asked for: the round was halted first.
#[derive(Clone, Debug, Default)]
pub(super) struct Round {
    /// The API said yes.
    pub(super) accepted: BTreeSet<Pair>,
    /// The API said no, pair by pair.
    pub(super) refusals: Vec<Refusal>,
    /// Asked for, but the reply does not tell whether it was done.
    pub(super) doubts: Vec<Refusal>,
    /// Why the round ended early.
    pub(super) halt: Option<Halt>,
    /// When its last call ended: what is read later shows what it did.
    pub(super) ended: Tick,
}

#[derive(Debug)]
struct Demand {
    pairs: BTreeSet<Pair>,
    until: Deadline,
    reply: oneshot::Sender<Round>,
}

/// A call to make.
#[derive(Debug)]
struct Task {
    tile: Product,
    /// The refusal of the larger call that it was part of.
    part_of: Option<Refusal>,
}

impl Granter {
    pub(super) fn new(client: Client, reader: Arc<Reader>) -> Self {
        Self { client, reader, waiting: Arc::new(Gather::lingering()) }
    }

    /// Asks once for each of `pairs`, in calls that it may share with others, and says what became of them.
    ///
    /// Ends when `until` does, but not before a call that is under way. After a stop no call is begun.
    pub(super) async fn grant(self: &Arc<Self>, pairs: &BTreeSet<Pair>, until: &Deadline) -> Round {
        let (reply, round) = oneshot::channel();
        let (demand, granter) =
            (Demand { pairs: pairs.clone(), until: until.clone(), reply }, Arc::clone(self));
        self.waiting.join(demand, |wave| async move { granter.serve(wave).await });
        let halt = match timeout(until.remaining() + LAST_CALL, round).await {
            Ok(Ok(round)) => return round,
            Ok(Err(_)) => Halt::Broken,
            // Others' calls took longer than this demand may.
            Err(_) => Halt::Ended(Ended::TimedOut),
        };
        // Its pairs may have been granted, or may still be.
        Round { accepted: pairs.clone(), halt: Some(halt), ..Round::default() }
    }

    /// Deals with the demands of a wave together, for as long as the most hurried of them may take; then with the others.
    async fn serve(&self, mut wave: Vec<Demand>) {
        let round = Mutex::default();
        while let Some(until) = wave.iter().map(|demand| &demand.until).min_by_key(|until| until.remaining())
        {
            let until = until.clone();
            let wanted = wave.iter().flat_map(|demand| demand.pairs.iter().copied()).collect();
            self.round(&wanted, &round, &until).await;
            let round = lock(&round);
            let late = round.ran_out_of_time();
            // A caller that went away does not need an answer.
            for demand in wave.extract_if(.., |demand| !late || until.remaining() >= demand.until.remaining())
            {
                let _gone = demand.reply.send(round.of(&demand.pairs));
            }
        }
    }

    /// Asks for what of `wanted` the `round` has no answer for yet. Calls about the same members follow each other; calls about
    /// different ones run side by side.
    async fn round(&self, wanted: &BTreeSet<Pair>, round: &Mutex<Round>, until: &Deadline) {
        let open = lock(round).resume(wanted);
        let mut lanes: BTreeMap<BTreeSet<u64>, VecDeque<Task>> = BTreeMap::new();
        for tile in tile::tile(&open, LIMITS) {
            lanes.entry(tile.members.clone()).or_default().push_back(Task { tile, part_of: None });
        }
        stream::iter(lanes.into_values())
            .for_each_concurrent(CONCURRENT_CALLS, |lane| self.drive(lane, round, until))
            .await;
    }

    async fn drive(&self, mut lane: VecDeque<Task>, round: &Mutex<Round>, until: &Deadline) {
        let round = || lock(round);
        while let Some(Task { tile, part_of }) = lane.pop_front() {
            if round().halt.is_some() {
                lane.push_front(Task { tile, part_of });
                break;
            }
            let tile = round().without_culprits(tile);
            if tile.is_empty() {
                continue;
            }
            let pairs: BTreeSet<Pair> = tile.pairs().collect();
            self.reader.written(&pairs);
            let outcome = self.create(&tile, until).await;
            let ended = self.reader.written(&pairs);
            let mut round = round();
            round.ended = round.ended.max(ended);
            match outcome {
                Ok(()) => round.accepted.extend(pairs),
                Err((error, attempts)) if error.kind() == Kind::Uncertain => {
                    round.doubts.push(Refusal::new(pairs, error, attempts));
                }
                Err((error, _)) if is_hopeless(&error) => {
                    round.halt.get_or_insert(error.into());
                    lane.push_front(Task { tile, part_of });
                    break;
                }
                Err((error, attempts)) => match tile::split(&tile, blame(&error)) {
                    Some(parts) => {
                        let whole = Refusal::new(pairs, error, attempts);
                        for tile in [parts.1, parts.0] {
                            lane.push_front(Task { tile, part_of: Some(whole.clone()) });
                        }
                    }
                    None => round.refuse(&tile, error, attempts),
                },
            }
        }
        // Nobody promises that a call which is refused for one of its pairs has granted none of the others.
        let mut round = round();
        for Task { tile, part_of } in lane {
            let pairs: BTreeSet<Pair> = round.without_culprits(tile).pairs().collect();
            round
                .doubts
                .extend(part_of.filter(|_| !pairs.is_empty()).map(|whole| Refusal { pairs, ..whole }));
        }
    }

    /// One call; several where the role of a single pair fails. With an error comes the number of attempts. What the API
    /// said of the pair before the time was up says more than that it was up.
    async fn create(&self, tile: &Product, until: &Deadline) -> Result<(), (ApiError, u32)> {
        let action = CreateOrganizationMemberAuthIdentity {
            member_uins: tile.members.iter().copied().collect(),
            identity_ids: tile.identities.iter().copied().collect(),
        };
        let (mut attempts, mut said) = (0, None);
        for attempt in 1.. {
            let Err(error) = self.client.call(&action, until).await else { break };
            attempts += error.attempts();
            let over = matches!(error.kind(), Kind::TimedOut | Kind::Stopped);
            if let Some(said) = said.take_if(|_| over) {
                return Err((said, attempts));
            }
            let again = tile.len() == 1
                && attempt < ROLE_TRIES
                && error.code() == Some("FailedOperation.CreateRole")
                && until.sleep(Duration::from_secs(attempt.into())).await.is_ok();
            if !again {
                return Err((error, attempts));
            }
            said = Some(error);
        }
        Ok(())
    }
}

impl Round {
    /// What of this concerns `pairs`.
    fn of(&self, pairs: &BTreeSet<Pair>) -> Self {
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
    fn ran_out_of_time(&self) -> bool {
        match &self.halt {
            Some(Halt::Ended(ended)) => *ended == Ended::TimedOut,
            Some(Halt::Error(error)) => error.kind() == Kind::TimedOut,
            Some(Halt::Unclear(_) | Halt::Broken) | None => false,
        }
    }

    /// Takes it up again, for `pairs`: returns those still to ask for.
    fn resume(&mut self, pairs: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        self.halt = None;
        self.unanswered(pairs)
    }

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

    fn refuse(&mut self, tile: &Product, error: ApiError, attempts: u32) {
        let culprit = match blame(&error) {
            Side::Members => tile.members.first().copied().map(Culprit::Member),
            Side::Identities => tile.identities.first().copied().map(Culprit::Identity),
            Side::Either => None,
        };
        self.refusals.push(Refusal { culprit, ..Refusal::new(tile.pairs().collect(), error, attempts) });
    }
}

fn lock(round: &Mutex<Round>) -> MutexGuard<'_, Round> {
    round.lock().unwrap_or_else(PoisonError::into_inner)
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
