//! Whom to ask what exists, when demands come one by one and nobody says which will be the last.
//!
//! A pair can be read from the list of its member (one call or so) or from that of its identity, which is
//! longer but answers for every member. That is ski rental: rent, asking members, until that has cost as much
//! as the identity's list would; then buy it. Members and identities are the two sides of a graph whose edges
//! are the pairs; an answer is a vertex cover, and charging each rent to one edge keeps its cost within twice
//! the cheapest cover's, whatever comes in whatever order (plus the first page of each identity, which tells
//! how long its list is).

use std::collections::{BTreeMap, BTreeSet};

use crate::reconcile::Pair;

/// Which lists to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The lists of these members.
    pub members: BTreeSet<u64>,
    /// What is still unread of the lists of these identities.
    pub identities: BTreeSet<u64>,
}

/// What asking members has cost so far, by the identity on whose account they were asked.
#[derive(Clone, Debug, Default)]
pub struct ReadCost {
    charged: BTreeMap<u64, u64>,
    foresees: bool,
}

impl ReadCost {
    /// One that expects more of the same: it buys lists already when renting for what is open now would cost
    /// half of them. That stays within twice the cheapest cover, and where a thousand demands follow it saves
    /// the rents.
    pub fn foreseeing() -> Self {
        Self { foresees: true, ..Self::default() }
    }

    /// Chooses lists that cover every one of `open`. `unread` says how many pages of an identity's list have
    /// not been read; `None` if nobody knows yet, and then choosing it means reading page one.
    ///
    /// Deterministic. Members that the chosen identities cover as well are left out, and their rent is not
    /// charged.
    pub fn choose(&mut self, open: &BTreeSet<Pair>, unread: impl Fn(u64) -> Option<u64>) -> Choice {
        let mut choice = Choice { identities: self.foresee(open, &unread), ..Choice::default() };
        let mut charges = BTreeMap::new();
        for pair in open {
            if choice.members.contains(&pair.member_uin) || choice.identities.contains(&pair.identity_id) {
                continue;
            }
            let charged = self.charged.entry(pair.identity_id).or_default();
            if *charged >= unread(pair.identity_id).unwrap_or(1) {
                choice.identities.insert(pair.identity_id);
            } else {
                *charged += 1;
                charges.insert(pair.member_uin, pair.identity_id);
                choice.members.insert(pair.member_uin);
            }
        }
        let needed: BTreeSet<u64> = open
            .iter()
            .filter(|pair| !choice.identities.contains(&pair.identity_id))
            .map(|pair| pair.member_uin)
            .collect();
        for member in choice.members.difference(&needed) {
            if let Some(charged) = charges.get(member).and_then(|identity| self.charged.get_mut(identity)) {
                *charged = charged.saturating_sub(1);
            }
        }
        choice.members.retain(|member| needed.contains(member));
        choice.identities = open
            .iter()
            .filter(|pair| !choice.members.contains(&pair.member_uin))
            .map(|pair| pair.identity_id)
            .collect();
        // What is bought is free for whoever comes before it is there.
        for &identity in &choice.identities {
            let charged = self.charged.entry(identity).or_default();
            *charged = unread(identity).unwrap_or(1).max(*charged);
        }
        choice
    }

    /// Identities to buy at once: all that some members ask about, if asking these members would cost half as
    /// much. Such a purchase spares every one of them; their rents are charged all the same, each to one of
    /// the identities.
    fn foresee(&mut self, open: &BTreeSet<Pair>, unread: impl Fn(u64) -> Option<u64>) -> BTreeSet<u64> {
        let mut bought = BTreeSet::new();
        if !self.foresees {
            return bought;
        }
        let mut due: BTreeMap<Vec<u64>, u64> = BTreeMap::new();
        let pairs: Vec<&Pair> = open.iter().collect();
        for of_member in pairs.chunk_by(|one, next| one.member_uin == next.member_uin) {
            *due.entry(of_member.iter().map(|pair| pair.identity_id).collect()).or_default() += 1;
        }
        for (identities, mut due) in due {
            let priced = |identity| Some((identity, unread(identity)?));
            let to_buy = identities.into_iter().filter(|identity| !bought.contains(identity));
            let Some(to_buy) = to_buy.map(priced).collect::<Option<Vec<_>>>() else { continue };
            let charged = |identity: &u64| self.charged.get(identity).copied().unwrap_or_default();
            let missing = |(identity, price): &(u64, u64)| price.saturating_sub(charged(identity));
            if to_buy.iter().map(missing).fold(0, u64::saturating_add) > 2 * due {
                continue;
            }
            for (identity, price) in to_buy {
                let charged = self.charged.entry(identity).or_default();
                let rents = due.min(price.saturating_sub(*charged));
                *charged += rents;
                due -= rents;
                bought.insert(identity);
            }
        }
        bought
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn product(members: u64, identities: u64) -> BTreeSet<Pair> {
        (1..=members)
            .flat_map(|member_uin| (1..=identities).map(move |identity_id| Pair { member_uin, identity_id }))
            .collect()
    }

    #[test]
    fn a_list_is_bought_for_half_of_its_price_where_more_is_foreseen() {
        let check = |due: u64, pages: u64, bought: bool| {
            let choice = ReadCost::foreseeing().choose(&product(due, 1), |_| Some(pages));
            assert_eq!(!choice.identities.is_empty(), bought, "{due} of {pages}");
        };
        check(10, 20, true);
        check(10, 21, false);
        let mut cost = ReadCost::foreseeing();
        let mut bought = |from| {
            let open = (from..from + 10).map(|member_uin| Pair { member_uin, identity_id: 1 }).collect();
            !cost.choose(&open, |_| Some(30)).identities.is_empty()
        };
        assert!(!bought(0), "ten rents");
        assert!(bought(10), "ten more, and a list of thirty");
    }

    #[test]
    fn nobody_is_rented_while_the_list_is_on_its_way() {
        let mut cost = ReadCost::foreseeing();
        assert!(!cost.choose(&product(10, 1), |_| Some(20)).identities.is_empty());
        let later = [Pair { member_uin: 99, identity_id: 1 }].into();
        assert!(cost.choose(&later, |_| Some(20)).members.is_empty());
    }

    #[test]
    fn all_lists_of_a_product_are_bought_at_once_where_that_saves_its_members() {
        let check = |members: u64, pages: u64, bought: (usize, usize)| {
            let choice = ReadCost::foreseeing().choose(&product(members, 5), |_| Some(pages));
            assert_eq!((choice.members.len(), choice.identities.len()), bought, "{members} or 5 of {pages}");
        };
        check(100, 19, (0, 5));
        check(48, 19, (0, 5));
        check(47, 19, (47, 0));
        check(10, 19, (10, 0));
    }

    fn first(members: u64, identities: u64) -> (usize, usize) {
        let choice = ReadCost::default().choose(&product(members, identities), |_| None);
        (choice.members.len(), choice.identities.len())
    }

    #[test]
    fn the_shorter_side_of_a_product_is_read() {
        assert_eq!(first(1, 1), (1, 0));
        assert_eq!(first(1, 20), (1, 0));
        assert_eq!(first(5, 6), (5, 0));
        assert_eq!(first(12, 6), (0, 6));
        assert_eq!(first(200, 5), (0, 5));
    }

    #[test]
    fn members_are_asked_until_that_has_cost_as_much_as_the_list() {
        let mut cost = ReadCost::default();
        let bought = (1..=1000).position(|member_uin| {
            let open = [Pair { member_uin, identity_id: 1 }].into();
            !cost.choose(&open, |_| Some(19)).identities.is_empty()
        });
        assert_eq!(bought, Some(19));
    }

    /// A small organization whose lists the cost reads for demands that come one by one; counts the calls.
    struct Reader {
        cost: ReadCost,
        /// Pages of each identity's list.
        pages: BTreeMap<u64, u64>,
        members: BTreeSet<u64>,
        /// Pages read of each identity's list.
        read: BTreeMap<u64, u64>,
        calls: u64,
    }

    impl Reader {
        fn demand(&mut self, pairs: &BTreeSet<Pair>) {
            loop {
                let open: BTreeSet<Pair> = pairs
                    .iter()
                    .filter(|pair| {
                        !self.members.contains(&pair.member_uin) && self.unread(pair.identity_id) != Some(0)
                    })
                    .copied()
                    .collect();
                if open.is_empty() {
                    return;
                }
                let unread: BTreeMap<u64, Option<u64>> =
                    self.pages.keys().map(|id| (*id, self.unread(*id))).collect();
                let choice = self.cost.choose(&open, |identity| unread[&identity]);
                assert!(choice != Choice::default(), "no progress");
                self.calls += choice.members.len() as u64;
                self.members.extend(choice.members);
                for identity in choice.identities {
                    let read = self.read.entry(identity).or_default();
                    let step = if *read == 0 { 1 } else { self.pages[&identity] - *read };
                    self.calls += step;
                    *read += step;
                }
            }
        }

        fn unread(&self, identity: u64) -> Option<u64> {
            self.read.get(&identity).map(|read| self.pages[&identity] - read)
        }
    }

    /// The cheapest way to read all of `pairs`, had one known them from the start: tries every set of
    /// identities.
    fn optimum(pairs: &BTreeSet<Pair>, pages: &BTreeMap<u64, u64>) -> u64 {
        let identities: Vec<u64> = pages.keys().copied().collect();
        (0..1_u32 << identities.len())
            .map(|chosen| {
                let bought: BTreeSet<u64> = (0..)
                    .zip(&identities)
                    .filter(|(position, _)| chosen >> position & 1 == 1)
                    .map(|(_, identity)| *identity)
                    .collect();
                let members: BTreeSet<u64> = pairs
                    .iter()
                    .filter(|pair| !bought.contains(&pair.identity_id))
                    .map(|pair| pair.member_uin)
                    .collect();
                bought.iter().map(|identity| pages[identity]).sum::<u64>() + members.len() as u64
            })
            .min()
            .unwrap()
    }

    proptest! {
        #[test]
        fn whatever_comes_costs_at_most_twice_the_optimum_and_a_page_each(
            demands in prop::collection::vec(prop::collection::btree_set((1_u64..40, 1_u64..5), 1..12), 1..60),
            pages in prop::collection::vec(1_u64..9, 4),
            foresees: bool,
        ) {
            let pages: BTreeMap<u64, u64> = (1..).zip(pages).collect();
            let mut reader = Reader {
                cost: ReadCost { foresees, ..ReadCost::default() },
                pages: pages.clone(),
                members: BTreeSet::new(),
                read: BTreeMap::new(),
                calls: 0,
            };
            let mut all = BTreeSet::new();
            for demand in demands {
                let pairs: BTreeSet<Pair> =
                    demand.into_iter().map(|(member_uin, identity_id)| Pair { member_uin, identity_id }).collect();
                reader.demand(&pairs);
                all.extend(pairs);
            }
            let identities: BTreeSet<u64> = all.iter().map(|pair| pair.identity_id).collect();
            let bound = 2 * optimum(&all, &pages) + identities.len() as u64;
            prop_assert!(reader.calls <= bound, "{} calls, at most {bound} allowed", reader.calls);
        }
    }
}
