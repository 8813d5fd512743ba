//! Writes a set of grants down as few products: what a person would declare, one block for each.

use std::collections::{BTreeMap, BTreeSet};

use super::tile::{Table, table};
use super::{Pair, Product};

/// Cuts `pairs` into products that are disjoint and together exactly `pairs`, each by its key: the identity
/// ids in ascending order, joined by `,`.
///
/// Pairs that are connected by a shared member or identity, directly or through others, are looked at
/// together, and of two ways the one with fewer products is taken, the first if they are equal:
/// - one product for the members that hold exactly the same identities: a department each;
/// - one product for the identities that exactly the same members hold.
///
/// That is few, and not always the fewest: to find the least number of products is NP-hard in general, and
/// what a third way would save would be blocks that nobody can read. Each way for itself gives every set of
/// identities at most once, and nothing is shared between two connected parts, so no two keys are equal. A
/// key stays the same when a member joins the others that hold the same. Deterministic.
pub fn group(pairs: &BTreeSet<Pair>) -> BTreeMap<String, Product> {
    let mut groups = BTreeMap::new();
    for part in connected(pairs) {
        let by_identities = by_identities(&part);
        let by_members = by_members(&part);
        let few = if by_members.len() < by_identities.len() { by_members } else { by_identities };
        groups.extend(few.into_iter().map(|product| (key(&product), product)));
    }
    groups
}

/// The parts of `pairs` that share neither a member nor an identity with each other.
fn connected(pairs: &BTreeSet<Pair>) -> Vec<BTreeSet<Pair>> {
    let mut by_member: BTreeMap<u64, Vec<Pair>> = BTreeMap::new();
    let mut by_identity: BTreeMap<u64, Vec<Pair>> = BTreeMap::new();
    for pair in pairs {
        by_member.entry(pair.member_uin).or_default().push(*pair);
        by_identity.entry(pair.identity_id).or_default().push(*pair);
    }
    let mut parts = Vec::new();
    // A list that is taken out is not gone through twice.
    while let Some((_, first)) = by_member.pop_first() {
        let (mut part, mut ahead) = (BTreeSet::new(), first);
        while let Some(pair) = ahead.pop() {
            part.insert(pair);
            ahead.extend(by_member.remove(&pair.member_uin).unwrap_or_default());
            ahead.extend(by_identity.remove(&pair.identity_id).unwrap_or_default());
        }
        parts.push(part);
    }
    parts
}

/// Members that hold exactly the same identities go together.
fn by_identities(pairs: &BTreeSet<Pair>) -> Vec<Product> {
    let held = table(pairs.iter().map(|pair| (pair.member_uin, pair.identity_id)));
    let product = |(identities, members)| Product { members, identities };
    alike(held).into_iter().map(product).collect()
}

/// Identities that exactly the same members hold go together.
fn by_members(pairs: &BTreeSet<Pair>) -> Vec<Product> {
    let holders = table(pairs.iter().map(|pair| (pair.identity_id, pair.member_uin)));
    let product = |(members, identities)| Product { members, identities };
    alike(holders).into_iter().map(product).collect()
}

/// The rows of `table` that have the same columns, by these.
fn alike(table: Table) -> BTreeMap<BTreeSet<u64>, BTreeSet<u64>> {
    let mut alike: BTreeMap<BTreeSet<u64>, BTreeSet<u64>> = BTreeMap::new();
    for (row, columns) in table {
        alike.entry(columns).or_default().insert(row);
    }
    alike
}

fn key(product: &Product) -> String {
    let identities: Vec<String> = product.identities.iter().map(u64::to_string).collect();
    identities.join(",")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(cells: impl IntoIterator<Item = (u64, u64)>) -> BTreeSet<Pair> {
        cells.into_iter().map(|(member_uin, identity_id)| Pair { member_uin, identity_id }).collect()
    }

    /// The groups of `cells`, each as `key: members`.
    fn check(cells: impl IntoIterator<Item = (u64, u64)>, wanted: &[&str]) {
        let groups = group(&pairs(cells));
        let line = |(key, product): (&String, &Product)| {
            let members: Vec<String> = product.members.iter().map(u64::to_string).collect();
            format!("{key}: {}", members.join(" "))
        };
        assert_eq!(groups.iter().map(line).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn members_that_hold_the_same_are_one_product() {
        check([], &[]);
        check([(7, 1)], &["1: 7"]);
        check([(1, 13), (1, 27), (2, 27), (2, 13), (3, 13)], &["13: 3", "13,27: 1 2"]);
    }

    #[test]
    fn identities_that_the_same_hold_are_one_product_where_that_is_fewer() {
        let all = (1..=8).flat_map(|member| [(member, 13), (member, 14)]);
        let some = (1..=4).map(|member| (member, 20)).chain((3..=6).map(|member| (member, 21)));
        check(all.chain(some), &["13,14: 1 2 3 4 5 6 7 8", "20: 1 2 3 4", "21: 3 4 5 6"]);
    }

    #[test]
    fn each_connected_part_takes_its_own_way() {
        let department = [(11, 31), (11, 32), (12, 31), (12, 32), (13, 32)];
        let all = (1..=6).map(|member| (member, 13));
        let some = (1..=4).map(|member| (member, 20)).chain((3..=5).map(|member| (member, 21)));
        check(
            department.into_iter().chain(all).chain(some),
            &["13: 1 2 3 4 5 6", "20: 1 2 3 4", "21: 3 4 5", "31,32: 11 12", "32: 13"],
        );
    }

    #[test]
    fn who_joins_a_department_changes_no_key() {
        let before = group(&pairs([(1, 13), (1, 27), (2, 13), (2, 27)]));
        let after = group(&pairs([(1, 13), (1, 27), (2, 13), (2, 27), (3, 13), (3, 27)]));
        assert!(before.keys().eq(after.keys()));
    }

    #[test]
    fn twelve_departments_of_a_thousand_members_are_twelve_products() {
        let cells = (0..1000).flat_map(|member| (0..5).map(move |n| (member, member % 12 + n)));
        assert_eq!(group(&pairs(cells)).len(), 12);
    }

    proptest! {
        #[test]
        fn any_pairs_are_cut_exactly_and_into_no_more_than_either_way(
            cells in prop::collection::btree_set((1_u64..12, 1_u64..9), 0..60),
        ) {
            let pairs = pairs(cells);
            let groups = group(&pairs);
            let covered: Vec<Pair> = groups.values().flat_map(Product::pairs).collect();
            prop_assert_eq!(covered.len(), pairs.len(), "a pair is there twice, or one is missing");
            prop_assert_eq!(&covered.into_iter().collect::<BTreeSet<_>>(), &pairs);
            prop_assert!(groups.len() <= by_identities(&pairs).len());
            prop_assert!(groups.len() <= by_members(&pairs).len());
            prop_assert!(groups.iter().all(|(of, product)| *of == key(product) && !product.is_empty()));
            prop_assert_eq!(groups, group(&pairs));
        }
    }
}
