//! Cuts pairs into calls. One call grants a rectangle, every one of its members with every one of its
//! identities, so pairs are covered by rectangles: exactly, without overlap, never with a pair that nobody
//! asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Pair, Product};

/// The most one call can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Members a call; at least 1.
    pub members: usize,
    /// Identities a call; at least 1.
    pub identities: usize,
}

/// Cuts `pairs` into rectangles within `limits`.
///
/// The fewest possible where the pairs are a product; finding the fewest in general is NP-hard, and the best
/// of four ways of grouping is taken. Deterministic, and ordered by first member.
pub fn tile(pairs: &BTreeSet<Pair>, limits: Limits) -> Vec<Product> {
    let by_member = table(pairs.iter().map(|pair| (pair.member_uin, pair.identity_id)));
    let by_identity = table(pairs.iter().map(|pair| (pair.identity_id, pair.member_uin)));
    let turned = |tiles: Vec<Product>| -> Vec<Product> {
        tiles.into_iter().map(|tile| Product { members: tile.identities, identities: tile.members }).collect()
    };
    let mut ways = [
        whole_rows(&by_member, limits.members, limits.identities),
        turned(whole_rows(&by_identity, limits.identities, limits.members)),
        cut_rows(&by_identity, limits.members, limits.identities),
        turned(cut_rows(&by_member, limits.identities, limits.members)),
    ];
    ways.sort_by_key(Vec::len);
    let [mut best, ..] = ways;
    best.sort_by_key(|tile| (tile.members.first().copied(), tile.identities.first().copied()));
    best
}

/// Which side of a refused rectangle to cut, to find what spoils it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A member is to blame.
    Members,
    /// An identity is to blame.
    Identities,
    /// Either may be.
    Either,
}

/// Cuts `tile` in two along `side`; `None` when it is down to the one to blame.
pub fn split(tile: &Product, side: Side) -> Option<(Product, Product)> {
    let members = match side {
        Side::Members => true,
        Side::Identities => false,
        Side::Either => tile.members.len() >= tile.identities.len(),
    };
    let line = if members { &tile.members } else { &tile.identities };
    if line.len() < 2 {
        return None;
    }
    let (left, right) = halve(line);
    Some(if members {
        let of = |members| Product { members, identities: tile.identities.clone() };
        (of(left), of(right))
    } else {
        let of = |identities| Product { members: tile.members.clone(), identities };
        (of(left), of(right))
    })
}

/// Cuts `tile` into each member, each identity or each pair of it, so that the one to blame stands alone.
pub fn apart(tile: &Product, side: Side) -> Vec<Product> {
    let line = |all: &BTreeSet<u64>, alone: bool| -> Vec<BTreeSet<u64>> {
        if alone { all.iter().map(|one| [*one].into()).collect() } else { vec![all.clone()] }
    };
    let identities = line(&tile.identities, side != Side::Members);
    line(&tile.members, side != Side::Identities)
        .into_iter()
        .flat_map(|members| {
            let of = |identities: &BTreeSet<u64>| Product {
                members: members.clone(),
                identities: identities.clone(),
            };
            identities.iter().map(of).collect::<Vec<_>>()
        })
        .collect()
}

fn halve(line: &BTreeSet<u64>) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let half = line.len() / 2;
    (line.iter().take(half).copied().collect(), line.iter().skip(half).copied().collect())
}

/// What stands in each row: columns.
pub(super) type Table = BTreeMap<u64, BTreeSet<u64>>;

/// The table of `cells`, each a row and a column.
pub(super) fn table(cells: impl Iterator<Item = (u64, u64)>) -> Table {
    let mut table = Table::new();
    for (row, column) in cells {
        table.entry(row).or_default().insert(column);
    }
    table
}

/// Rows with the same columns go together, and each such group is cut to size.
fn whole_rows(table: &Table, rows: usize, columns: usize) -> Vec<Product> {
    let mut groups: BTreeMap<&BTreeSet<u64>, Vec<u64>> = BTreeMap::new();
    for (&row, line) in table {
        groups.entry(line).or_default().push(row);
    }
    let mut tiles = Vec::new();
    for (line, members) in groups {
        for members in members.chunks(rows) {
            for identities in line.iter().copied().collect::<Vec<_>>().chunks(columns) {
                tiles.push(Product {
                    members: members.iter().copied().collect(),
                    identities: identities.iter().copied().collect(),
                });
            }
        }
    }
    tiles
}

/// The columns are cut to size first, so that rows that differ elsewhere still share a call. Takes the table
/// by column: each cell is then looked at once, however few there are in how large a table.
fn cut_rows(by_column: &Table, rows: usize, columns: usize) -> Vec<Product> {
    let all: Vec<(&u64, &BTreeSet<u64>)> = by_column.iter().collect();
    let cut = |slice: &[(&u64, &BTreeSet<u64>)]| {
        let cells = slice.iter().flat_map(|(column, line)| line.iter().map(|row| (*row, **column)));
        whole_rows(&table(cells), rows, columns)
    };
    all.chunks(columns).flat_map(cut).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { members: 10, identities: 5 };

    fn product(members: u64, identities: u64) -> Product {
        Product { members: (1..=members).collect(), identities: (1..=identities).collect() }
    }

    #[test]
    fn what_is_taken_apart_stands_alone_on_the_side_to_blame() {
        for (side, parts, size) in [(Side::Members, 3, 2), (Side::Identities, 2, 3), (Side::Either, 6, 1)] {
            let tile = product(3, 2);
            let apart = apart(&tile, side);
            assert_exact(&tile.pairs().collect(), &apart);
            assert_eq!(apart.len(), parts);
            assert!(apart.iter().all(|part| part.len() == size), "{apart:?}");
        }
    }

    fn check(pairs: impl IntoIterator<Item = Pair>, calls: usize) {
        let pairs: BTreeSet<Pair> = pairs.into_iter().collect();
        let tiles = tile(&pairs, LIMITS);
        assert_exact(&pairs, &tiles);
        assert_eq!(tiles.len(), calls, "{tiles:?}");
    }

    fn assert_exact(pairs: &BTreeSet<Pair>, tiles: &[Product]) {
        let covered: Vec<Pair> = tiles.iter().flat_map(Product::pairs).collect();
        assert_eq!(covered.len(), pairs.len(), "a pair is covered twice, or one is missing");
        assert_eq!(&covered.into_iter().collect::<BTreeSet<_>>(), pairs);
        for tile in tiles {
            assert!(tile.members.len() <= LIMITS.members && tile.identities.len() <= LIMITS.identities);
            assert!(!tile.is_empty());
        }
    }

    #[test]
    fn a_product_takes_the_fewest_calls() {
        check([], 0);
        check(product(1, 1).pairs(), 1);
        check(product(10, 5).pairs(), 1);
        check(product(11, 6).pairs(), 4);
        check(product(12, 6).pairs(), 4);
        check(product(200, 5).pairs(), 20);
    }

    #[test]
    fn a_product_with_a_hole_takes_no_more() {
        check(product(12, 6).pairs().filter(|pair| *pair != Pair { member_uin: 1, identity_id: 1 }), 4);
    }

    #[test]
    fn a_diagonal_takes_one_call_a_pair() {
        check((1..=3).map(|n| Pair { member_uin: n, identity_id: n }), 3);
    }

    #[test]
    fn splitting_stops_at_the_one_to_blame() {
        assert_eq!(split(&product(1, 5), Side::Members), None);
        assert_eq!(split(&product(10, 1), Side::Identities), None);
        assert_eq!(split(&product(1, 1), Side::Either), None);
        let (left, right) = split(&product(10, 5), Side::Members).unwrap();
        assert_eq!((left.members.len(), right.members.len(), left.identities.len()), (5, 5, 5));
        let (left, right) = split(&product(2, 5), Side::Either).unwrap();
        assert_eq!((left.len(), right.len()), (4, 6));
    }

    /// The fewest rectangles that cover each subset of a 3 × 3 board exactly, by trying all. Bit `3 * row +
    /// column`.
    fn fewest() -> Vec<usize> {
        let cells = |rows: usize, columns: usize| {
            (0..9).filter(move |cell| rows >> (cell / 3) & 1 == 1 && columns >> (cell % 3) & 1 == 1)
        };
        let rectangles: Vec<usize> = (1..8)
            .flat_map(|rows| (1..8).map(move |columns| cells(rows, columns).map(|cell| 1 << cell).sum()))
            .collect();
        let mut fewest = vec![0; 512];
        for board in 1..512_usize {
            let rest = |tile: &usize| (tile & !board == 0).then(|| 1 + fewest[board - tile]);
            fewest[board] = rectangles.iter().filter_map(rest).min().unwrap();
        }
        fewest
    }

    #[test]
    fn every_subset_of_a_small_board_is_covered_exactly_and_nearly_best() {
        for (board, fewest) in fewest().into_iter().enumerate() {
            let pairs: BTreeSet<Pair> = (0..9)
                .filter(|cell| board >> cell & 1 == 1)
                .map(|cell| Pair { member_uin: cell / 3, identity_id: cell % 3 })
                .collect();
            let tiles = tile(&pairs, LIMITS);
            assert_exact(&pairs, &tiles);
            assert!(tiles.len() <= fewest, "{} calls, {fewest} would do: {tiles:?}", tiles.len());
            for limits in [Limits { members: 1, identities: 2 }, Limits { members: 2, identities: 1 }] {
                let tiles = tile(&pairs, limits);
                assert_exact(&pairs, &tiles);
                let within = |tile: &Product| {
                    tile.members.len() <= limits.members && tile.identities.len() <= limits.identities
                };
                assert!(tiles.iter().all(within), "{tiles:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_pairs_are_covered_exactly(cells in prop::collection::btree_set((1_u64..25, 1_u64..15), 0..200)) {
            let pairs: BTreeSet<Pair> =
                cells.into_iter().map(|(member_uin, identity_id)| Pair { member_uin, identity_id }).collect();
            assert_exact(&pairs, &tile(&pairs, LIMITS));
        }
    }
}
