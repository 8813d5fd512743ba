//! `reconcile`: what to do, how to cut it into calls, what to read, and what was read.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use terraform_provider_tencentcloud::reconcile::decide::decide;
use terraform_provider_tencentcloud::reconcile::read::cache::ReadCache;
use terraform_provider_tencentcloud::reconcile::read::cost::ReadCost;
use terraform_provider_tencentcloud::reconcile::read::{Page, Revision};
use terraform_provider_tencentcloud::reconcile::tile::{Limits, tile};
use terraform_provider_tencentcloud::reconcile::{GrantStatus, Pair};

use crate::sizes;

const LIMITS: Limits = Limits { members: 10, identities: 5 };
const PAGE_SIZE: u64 = 50;

/// Pairs that make a product as far as that goes: five identities each.
fn product(size: u64) -> BTreeSet<Pair> {
    (0..size).map(|n| Pair { member_uin: n / 5, identity_id: n % 5 }).collect()
}

/// Pairs of which no two share a call.
fn diagonal(size: u64) -> BTreeSet<Pair> {
    (0..size).map(|n| Pair { member_uin: n, identity_id: n }).collect()
}

/// Pairs as if drawn by lot, from a square of which they fill a tenth.
fn scattered(size: u64) -> BTreeSet<Pair> {
    let mut random = fastrand::Rng::with_seed(1);
    let side = (size * 10).isqrt();
    (0..size).map(|_| Pair { member_uin: random.u64(..side), identity_id: random.u64(..side) }).collect()
}

pub(crate) fn bench(criterion: &mut Criterion) {
    for (name, pairs) in
        [("product", product as fn(u64) -> _), ("diagonal", diagonal), ("scattered", scattered)]
    {
        sizes(criterion, &format!("tile, {name}"), |size| {
            let pairs = pairs(size);
            move || drop(black_box(tile(black_box(&pairs), LIMITS)))
        });
        sizes(criterion, &format!("choose lists, {name}"), |size| {
            let pairs = pairs(size);
            move || drop(black_box(ReadCost::foreseeing().choose(black_box(&pairs), |_| Some(20))))
        });
        sizes(criterion, &format!("decide, {name}"), |size| {
            let desired = pairs(size);
            let observed: BTreeMap<Pair, GrantStatus> =
                desired.iter().step_by(2).map(|pair| (*pair, GrantStatus::Configured)).collect();
            let owned = observed.keys().copied().collect();
            move || drop(black_box(decide(&desired, &owned, black_box(&observed))))
        });
    }
    sizes(criterion, "read an identity's list", |size| move || drop(black_box(list(size))));
    sizes(criterion, "answer from a list", |size| {
        let cache = list(size);
        move || {
            for member_uin in 0..size {
                let pair = Pair { member_uin, identity_id: 7 };
                black_box(cache.know(black_box(pair), Revision::default()));
            }
        }
    });
}

/// A list of `size` grants of one identity, read page by page.
fn list(size: u64) -> ReadCache<String> {
    let mut cache = ReadCache::new(PAGE_SIZE);
    for number in 0..size.div_ceil(PAGE_SIZE) {
        let members = number * PAGE_SIZE..size.min((number + 1) * PAGE_SIZE);
        let items = members.map(|member| (Some(member), String::from("role"))).collect();
        let since = cache.next_revision();
        cache.learn_page(7, since, Duration::ZERO, Page { number, total: size, items });
    }
    cache
}
