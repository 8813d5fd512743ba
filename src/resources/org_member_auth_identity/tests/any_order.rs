//! Whatever is asked for in whatever order: what must hold of the calls and of the answers, by random search.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use simulator::{Behaviour, Order};
use tokio::runtime::Builder;

use super::*;

const IDENTITIES: [u64; 4] = [11, 12, 13, 14];
const PAGE: u64 = 50;

/// Members and identities.
type Sides = (BTreeSet<u64>, BTreeSet<u64>);

/// Runs `story` on time of its own, which moves only while everybody waits.
fn on_paused_time<T>(story: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(story)
}

fn order() -> impl Strategy<Value = Order> {
    select(vec![Order::NewestFirst, Order::OldestFirst, Order::Shuffled(1), Order::Shuffled(2)])
}

fn product(members: impl Strategy<Value = u64>, members_max: usize) -> impl Strategy<Value = Sides> {
    let identities = prop::collection::btree_set(select(IDENTITIES.to_vec()), 1..4);
    (prop::collection::btree_set(members, 1..=members_max), identities)
}

/// The fewest calls that read what `demands` ask about, had one known them from the start: tries every set of
/// identities to sweep, whose lists have so many `pages`, and asks the members that are left.
fn optimum(demands: &[Sides], pages: &[u64]) -> u64 {
    let sweep = |chosen: u32| {
        let swept = |place: usize| chosen >> place & 1 == 1;
        let left = |identities: &BTreeSet<u64>| {
            IDENTITIES.iter().enumerate().any(|(place, id)| identities.contains(id) && !swept(place))
        };
        let asked: BTreeSet<u64> =
            demands.iter().filter(|(_, ids)| left(ids)).flat_map(|(members, _)| members).copied().collect();
        let swept = pages.iter().enumerate().filter(|(place, _)| swept(*place)).map(|(_, pages)| pages);
        asked.len() as u64 + swept.sum::<u64>()
    };
    (0..1 << IDENTITIES.len()).map(sweep).min().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn reading_costs_at_most_twice_the_optimum_and_a_page_for_each_identity(
        demands in prop::collection::vec(product(1_u64..40, 6), 1..60),
        others in prop::collection::vec(0_u64..260, IDENTITIES.len()),
        granted in prop::collection::vec(any::<Index>(), 0..60),
        order in order(),
        at_once in 1_usize..12,
    ) {
        let mut cloud = organization(40, 4).with_behaviour(Behaviour {
            order,
            latency: Duration::from_millis(50),
            ..Behaviour::default()
        });
        for (id, others) in IDENTITIES.into_iter().zip(others) {
            for uin in 1001..1001 + others {
                cloud.add_member(uin, "crowd");
                cloud.grant(uin, id);
            }
        }
        for index in granted {
            let (members, identities) = index.get(&demands);
            cloud.grant(*members.first().unwrap(), *identities.last().unwrap());
        }
        let exist = cloud.snapshot();
        let pages = IDENTITIES.map(|id| {
            (exist.iter().filter(|pair| pair.1 == id).count() as u64).div_ceil(PAGE).max(1)
        });
        let world = on_paused_time(async {
            let world = World::of(cloud);
            let read = async |(members, identities): &Sides| {
                // A state that records nothing; one that was moved here would have null.
                let declared = config(members.iter().copied(), identities.iter().copied()).with_grants([]);
                let found = OrgMemberAuthIdentity.read(&world.cx(), declared).await.unwrap();
                let found = found.map(|state| state.recorded()).unwrap_or_default();
                let found: BTreeSet<_> = found.keys().map(|pair| (pair.member_uin, pair.identity_id)).collect();
                let asked = members.iter().flat_map(|uin| identities.iter().map(|id| (*uin, *id)));
                assert_eq!(found, asked.filter(|pair| exist.contains(pair)).collect());
            };
            stream::iter(&demands).map(read).buffered(at_once).collect::<()>().await;
            world
        });
        let identities: BTreeSet<u64> = demands.iter().flat_map(|(_, identities)| identities).copied().collect();
        let bound = 2 * optimum(&demands, &pages) + identities.len() as u64;
        let calls = world.calls().len() as u64;
        prop_assert!(calls <= bound, "{calls} calls, {bound} allowed");
        prop_assert!(world.cloud().journal().iter().all(|call| call.code.is_empty()));
    }

    #[test]
    fn what_is_written_is_what_was_declared_and_what_is_read_then(
        rounds in prop::collection::vec(
            prop::collection::vec((any::<bool>(), product(0_u64..6, 4), 0_u64..40), 4),
            1..6,
        ),
        others in 0_u64..120,
        order in order(),
    ) {
        let mut cloud = organization(50, 4).with_behaviour(Behaviour {
            order,
            latency: Duration::from_millis(50),
            ..Behaviour::default()
        });
        for uin in 1001..1001 + others {
            cloud.add_member(uin, "crowd");
            cloud.grant(uin, 12);
        }
        let untouched = cloud.snapshot();
        on_paused_time(async {
            let world = World::of(cloud);
            let mut states = vec![None; 4];
            for round in rounds {
                world.cloud().clear_journal();
                world.next_run();
                // Each resource has members of its own, so that it alone decides what they hold.
                let declared: Vec<_> = (0..)
                    .zip(round)
                    .map(|(place, (wanted, (members, identities), wait))| {
                        let members = members.into_iter().map(|member| place * 10 + member + 2).collect();
                        (wanted.then_some((members, identities)), wait)
                    })
                    .collect();
                let change = async |(prior, (product, wait)): (Option<MemberAuthIdentity>, &(Option<Sides>, u64))| {
                    tokio::time::sleep(Duration::from_millis(*wait)).await;
                    let (members, identities) = product.clone().unwrap_or_default();
                    let pairs: BTreeSet<_> =
                        members.iter().flat_map(|uin| identities.iter().map(|id| (*uin, *id))).collect();
                    let wanted = product.as_ref().map(|_| config(members, identities));
                    let left = world.apply(&OrgMemberAuthIdentity, prior.clone(), wanted).await;
                    assert_eq!(left.report, Diagnostics::new());
                    // Looks again at everything it had or has, within the age of what was read before.
                    let seen = async |state: &MemberAuthIdentity| {
                        let seen = OrgMemberAuthIdentity.read(&world.cx(), state.clone()).await.unwrap();
                        let seen = seen.map(|state| state.recorded()).unwrap_or_default();
                        seen.into_keys().map(|pair| (pair.member_uin, pair.identity_id)).collect::<BTreeSet<_>>()
                    };
                    if let Some(prior) = &prior {
                        assert!(seen(prior).await.is_subset(&pairs), "revoked, and still read");
                    }
                    if let Some(state) = &left.state {
                        assert_eq!(seen(state).await, pairs, "granted, and not read");
                    }
                    left.state
                };
                let changes = std::mem::take(&mut states).into_iter().zip(&declared);
                states = stream::iter(changes).map(change).buffered(4).collect().await;

                let all: BTreeSet<(u64, u64)> = declared
                    .iter()
                    .filter_map(|(product, _)| product.as_ref())
                    .flat_map(|(members, identities)| {
                        members.iter().flat_map(|uin| identities.iter().map(|id| (*uin, *id)))
                    })
                    .collect();
                for call in world.cloud().journal().iter().filter(|call| call.action == CREATE) {
                    let numbers = |name: &str| -> Vec<u64> {
                        call.body[name].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
                    };
                    for uin in numbers("MemberUins") {
                        for id in numbers("IdentityIds") {
                            assert!(all.contains(&(uin, id)), "{uin}#{id} was granted, and nobody declared it");
                        }
                    }
                }
                assert_eq!(world.cloud().snapshot(), &untouched | &all);
            }
        });
    }
}
