//! Asks for the pairs of one round, and searches for what spoils a call.
//!
//! A refused call is halved until what is bad is named and the rest granted. Where nearly everything fails,
//! it is taken apart at once and its parts are asked for side by side. What fails because of a role goes its
//! own way (`role_search.rs`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use futures_util::stream::{self, StreamExt};

use super::reader::Reader;
use super::report::GrantReport;
use super::roles::Roles;
use super::tile::Tile;
use super::trouble::Trouble;
use super::{CONCURRENT_CALLS, Culprit, Refusal, lock, refusal};
use crate::cloud::api::organization::CreateOrganizationMemberAuthIdentity;
use crate::cloud::{ApiError, Blame, Client, Deadline, Kind, Meaning};
use crate::reconcile::tile::{self, Side};
use crate::reconcile::{Pair, Product};

/// Up to so many pairs are asked for one by one from the start where everything fails.
const FEW: usize = 10;

/// One round. What it finds is in `round` as soon as it is found.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) client: &'a Client,
    pub(super) reader: &'a Reader,
    pub(super) trouble: &'a Mutex<Trouble>,
    pub(super) round: &'a Mutex<GrantReport>,
    pub(super) until: &'a Deadline,
    /// What is put off until the rest is done.
    pub(super) later: Mutex<Later>,
}

/// What a round does last.
#[derive(Debug, Default)]
pub(super) struct Later {
    /// Parts of refused calls, to be asked for side by side.
    pub(super) parts: Vec<Tile>,
    /// Members whose role could not be made.
    pub(super) roles: Roles,
}

/// What became of one call.
#[derive(Debug)]
pub(super) enum Answer {
    /// Its pairs were granted, or may have been.
    Taken,
    /// No further call makes sense.
    Halted,
    /// Something about its pairs is in the way.
    Spoiled(ApiError),
}

impl Search<'_> {
    /// Asks for `tiles`. Calls about the same members follow each other; calls about different ones run side
    /// by side.
    pub(super) async fn run(&self, tiles: Vec<Product>) {
        self.drive_all(tiles.into_iter().map(|product| Tile { product, part_of: None })).await;
        self.finish_parts().await;
        self.finish_roles().await;
    }

    /// Asks for the parts of refused calls, and for theirs.
    pub(super) async fn finish_parts(&self) {
        loop {
            let parts = std::mem::take(&mut self.later().parts);
            if parts.is_empty() {
                return;
            }
            self.drive_all(parts).await;
        }
    }

    async fn drive_all(&self, tiles: impl IntoIterator<Item = Tile>) {
        let mut lanes: BTreeMap<BTreeSet<u64>, VecDeque<Tile>> = BTreeMap::new();
        for tile in tiles {
            lanes.entry(tile.product.members.clone()).or_default().push_back(tile);
        }
        stream::iter(lanes.into_values())
            .for_each_concurrent(CONCURRENT_CALLS, |lane| self.drive(lane))
            .await;
    }

    async fn drive(&self, mut lane: VecDeque<Tile>) {
        while let Some(tile) = lane.pop_front() {
            if self.is_over() {
                lane.push_front(tile);
                break;
            }
            let Some(tile) = self.due(tile) else { continue };
            match self.ask(&tile.product).await {
                Answer::Taken => {}
                Answer::Halted => {
                    lane.push_front(tile);
                    break;
                }
                Answer::Spoiled(error) => {
                    for part in self.take_apart(tile.product, error).into_iter().rev() {
                        lane.push_front(part);
                    }
                }
            }
        }
        self.abandon(lane);
    }

    /// What of `tile` to ask for now, if anything.
    fn due(&self, tile: Tile) -> Option<Tile> {
        let tile = self.spared(tile)?;
        let mut later = self.later();
        let tile = later.roles.put_off(tile)?;
        let first = tile.part_of.is_none() && (2..=FEW).contains(&tile.product.len());
        if first && lock(self.trouble).is_everywhere() {
            later.parts.extend(tile.apart(Side::Either, None));
            return None;
        }
        Some(tile)
    }

    /// What of `tile` no culprit spoils, if anything.
    pub(super) fn spared(&self, tile: Tile) -> Option<Tile> {
        let product = self.round().without_culprits(tile.product);
        (!product.is_empty()).then_some(Tile { product, ..tile })
    }

    /// One call.
    pub(super) async fn ask(&self, product: &Product) -> Answer {
        let pairs: BTreeSet<Pair> = product.pairs().collect();
        let action = CreateOrganizationMemberAuthIdentity {
            member_uins: product.members.iter().copied().collect(),
            identity_ids: product.identities.iter().copied().collect(),
        };
        self.reader.granted(&pairs);
        let outcome = self.client.call(&action, self.until).await;
        let ended = self.reader.granted(&pairs);
        let mut round = self.round();
        round.ended = round.ended.max(ended);
        match outcome {
            Ok(_) => {
                round.accepted.extend(pairs);
                lock(self.trouble).succeeded();
                Answer::Taken
            }
            Err(error) if error.kind() == Kind::Uncertain => {
                let attempts = error.attempts();
                round.doubts.push(refusal(pairs, error, attempts));
                Answer::Taken
            }
            Err(error) if error.blame() == Blame::Call => {
                round.halt.get_or_insert(error.into());
                Answer::Halted
            }
            Err(error) => {
                lock(self.trouble).refused();
                Answer::Spoiled(error)
            }
        }
    }

    /// Deals with a call that was refused with `error`: the parts to go on with at once.
    pub(super) fn take_apart(&self, product: Product, error: ApiError) -> Vec<Tile> {
        let (side, attempts, role) = (blame(&error), error.attempts(), is_role(&error));
        let refusal = refusal(product.pairs().collect(), error, attempts);
        if role && let (Some(member), 1) = (product.members.first(), product.members.len()) {
            self.later().roles.failed(*member, Tile { product, part_of: None }, refusal);
            return Vec::new();
        }
        let Some((left, right)) = tile::split(&product, side) else {
            let culprit = match side {
                Side::Members => product.members.first().copied().map(Culprit::Member),
                Side::Identities => product.identities.first().copied().map(Culprit::Identity),
                Side::Either => None,
            };
            self.round().refusals.push(Refusal { culprit, ..refusal });
            return Vec::new();
        };
        if lock(self.trouble).is_common() {
            self.later().parts.extend(Tile { product, part_of: None }.apart(side, Some(&refusal)));
            return Vec::new();
        }
        [left, right].map(|product| Tile { product, part_of: Some(refusal.clone()) }).into()
    }

    /// Gives up what was not asked for. Nobody promises that a call which is refused for one of its pairs has
    /// granted none of the others.
    pub(super) fn abandon(&self, tiles: impl IntoIterator<Item = Tile>) {
        let mut round = self.round();
        for Tile { product, part_of } in tiles {
            let pairs: BTreeSet<Pair> = round.without_culprits(product).pairs().collect();
            let doubt = part_of.filter(|_| !pairs.is_empty()).map(|whole| Refusal { pairs, ..whole });
            round.doubts.extend(doubt);
        }
    }

    /// Whether no call may be begun any more.
    pub(super) fn is_over(&self) -> bool {
        let mut round = self.round();
        if let Some(ended) = self.until.ended() {
            round.halt.get_or_insert(ended.into());
        }
        round.halt.is_some()
    }

    pub(super) fn round(&self) -> MutexGuard<'_, GrantReport> {
        lock(self.round)
    }

    pub(super) fn later(&self) -> MutexGuard<'_, Later> {
        lock(&self.later)
    }
}

/// Whether the role in the member account could not be made.
pub(super) fn is_role(error: &ApiError) -> bool {
    error.meaning() == Some(Meaning::RoleNotMade)
}

/// Which side of a call its error blames.
fn blame(error: &ApiError) -> Side {
    match error.blame() {
        Blame::Member => Side::Members,
        Blame::Identity => Side::Identities,
        Blame::Arguments | Blame::Call => Side::Either,
    }
}
