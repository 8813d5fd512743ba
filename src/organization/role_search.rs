//! Members in whose account the role that carries a grant could not be made (`FailedOperation.CreateRole`).
//!
//! That may pass in a moment, so what failed is tried again a little later; until then nothing else is asked
//! for of the member. If it does not pass, something may be wrong with one identity or with the account: some
//! other pairs of it tell, and where they fail too, the member is given up as a whole.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use super::roles::{Role, Strikes};
use super::search::{Answer, Search, is_role};
use super::{CONCURRENT_CALLS, Culprit, Refusal, lock, refusal};
use crate::cloud::ApiError;
use crate::reconcile::Pair;
use crate::reconcile::tile::Side;

/// Before the second try of a member, and before the third.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

/// So many members are tried again side by side. If it helps none of them, it is not tried for the others.
const AT_ONCE: usize = 5;

/// A member of which so many different pairs failed, and none succeeded, is given up.
const STRIKES_MAX: usize = 3;

impl Search<'_> {
    /// Tries members again whose role could not be made, and settles what becomes of them.
    pub(super) async fn finish_roles(&self) {
        for pause in PAUSES {
            let members: Vec<u64> = self.later().roles.0.keys().copied().collect();
            let may_pass = !members.is_empty() && lock(self.trouble).may_pass() && !self.is_over();
            if !may_pass || self.until.sleep(pause).await.is_err() {
                break;
            }
            for some in members.chunks(AT_ONCE) {
                let helped = join_all(some.iter().map(|member| self.try_again(*member))).await;
                if self.is_over() || !helped.contains(&true) {
                    break;
                }
            }
            self.finish_parts().await;
        }
        loop {
            let roles = std::mem::take(&mut self.later().roles).0;
            if roles.is_empty() {
                return;
            }
            let judged = |(member, role)| self.judge(member, role);
            stream::iter(roles).for_each_concurrent(CONCURRENT_CALLS, judged).await;
            self.finish_parts().await;
        }
    }

    /// Asks once more for what failed. Whether that helped: then the rest of it is asked for with the parts.
    async fn try_again(&self, member: u64) -> bool {
        let Some(mut role) = self.later().roles.0.remove(&member) else { return false };
        // Where what failed is an identity's fault, the rest need not wait.
        let Some(tile) = role.tiles.pop_front().and_then(|tile| self.spared(tile)) else {
            self.later().parts.extend(role.tiles);
            return true;
        };
        match self.ask(&tile.product).await {
            Answer::Spoiled(error) if is_role(&error) => {
                lock(self.trouble).tried_in_vain();
                role.said = again(&role.said, error);
                role.tiles.push_front(tile);
                self.later().roles.0.insert(member, role);
                return false;
            }
            Answer::Halted => {
                role.tiles.push_front(tile);
                self.later().roles.0.insert(member, role);
                return false;
            }
            Answer::Taken => {}
            Answer::Spoiled(error) => {
                let parts = self.take_apart(tile.product, error);
                self.later().parts.extend(parts);
            }
        }
        self.later().parts.extend(role.tiles);
        true
    }

    /// Finds out whether something is wrong with `member`, or with the pairs that failed.
    async fn judge(&self, member: u64, role: Role) {
        let Role { mut tiles, mut said } = role;
        let mut refused = BTreeSet::new();
        let (mut strikes, mut works) = (Strikes::default(), false);
        if let Some(first) = tiles.pop_front() {
            let mut singles = first.apart(Side::Either, Some(&said));
            match (singles.next(), singles.next()) {
                // What failed is one pair, asked for alone.
                (Some(single), None) => {
                    refused.extend(single.product.pairs());
                    strikes.add(single.product);
                }
                (Some(single), Some(next)) => {
                    let others = singles.fold(next, |mut others, single| {
                        others.product.identities.extend(single.product.identities);
                        others
                    });
                    tiles.push_front(single);
                    tiles.push_back(others);
                }
                (None, _) => {}
            }
        }
        let gone = |strikes: &Strikes, works: bool| !works && strikes.0.len() >= STRIKES_MAX;
        while !gone(&strikes, works)
            && !self.is_over()
            && let Some(tile) = tiles.pop_front()
        {
            let Some(tile) = self.spared(tile) else { continue };
            match self.ask(&tile.product).await {
                Answer::Taken => works = true,
                Answer::Halted => tiles.push_front(tile),
                Answer::Spoiled(error) if is_role(&error) => {
                    strikes.add(tile.product.clone());
                    said = again(&said, error);
                    if tile.product.len() == 1 {
                        refused.extend(tile.product.pairs());
                    } else {
                        tiles.extend(tile.apart(Side::Either, Some(&said)));
                    }
                }
                Answer::Spoiled(error) => tiles.extend(self.take_apart(tile.product, error)),
            }
        }
        let mut culprit = None;
        if gone(&strikes, works) && !tiles.is_empty() {
            culprit = Some(Culprit::Member(member));
            refused.extend(tiles.drain(..).flat_map(|tile| tile.product.pairs().collect::<Vec<Pair>>()));
        }
        if !refused.is_empty() {
            self.round().refusals.push(Refusal { pairs: refused, culprit, ..said });
        }
        self.abandon(tiles);
    }
}

/// The refusal of a further call about the same member.
fn again(before: &Refusal, error: ApiError) -> Refusal {
    let attempts = before.attempts + error.attempts();
    Refusal { culprit: before.culprit, ..refusal(before.pairs.clone(), error, attempts) }
}
