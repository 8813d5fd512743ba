//! Whether things exist that somebody names by their numbers: what to ask next to find out in few calls, and
//! when to believe it.
//!
//! A few are looked up one by one. For more, the first page of the list of all tells how long that is, and
//! then looking up is renting and the list is buying: it is read when the rents have come to cost half as
//! much. That something does not exist is believed only if the list does not show it and looking it up does
//! not find it either: a list is a while old, and a search may be one for something else.

use std::collections::{BTreeMap, BTreeSet};

/// How often it is found out that something does not exist. Whoever names more is told of so many, and then
/// of more.
const ABSENT_MAX: usize = 10;

/// The longest list that is read, in pages: what takes longer holds up a plan for too long.
const PAGES_MAX: u64 = 50;

/// What to ask next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// The first page of the list.
    FirstPage,
    /// Each of these by itself.
    Each(BTreeSet<u64>),
    /// The whole list.
    All,
}

/// What is known of all things of one kind.
#[derive(Debug)]
pub struct Existence {
    /// So many are looked up before anything is known of the list.
    few: usize,
    /// Those that exist, by name.
    named: BTreeMap<u64, String>,
    /// Those that were looked up and not found.
    missed: BTreeSet<u64>,
    looked_up: usize,
    /// How long the list is.
    pages: Option<u64>,
    /// Whether the whole list was read.
    whole: bool,
}

impl Existence {
    /// Nothing is known. Up to `few` are looked up one by one in any case.
    pub fn new(few: usize) -> Self {
        Self { few, named: BTreeMap::new(), missed: BTreeSet::new(), looked_up: 0, pages: None, whole: false }
    }

    /// What to ask next about `wanted`. `None`: more will not be found out.
    pub fn next(&self, wanted: &BTreeSet<u64>) -> Option<Look> {
        let open: BTreeSet<u64> = wanted.iter().filter(|id| !self.named.contains_key(id)).copied().collect();
        let unasked = &open - &self.missed;
        if self.whole {
            let room = ABSENT_MAX.saturating_sub(self.missed.len());
            let each: BTreeSet<u64> = unasked.into_iter().take(room).collect();
            return (!each.is_empty()).then_some(Look::Each(each));
        }
        if open.is_empty() {
            return None;
        }
        let rent = self.looked_up.saturating_add(unasked.len());
        if !unasked.is_empty() && rent <= self.few {
            return Some(Look::Each(unasked));
        }
        let Some(pages) = self.pages else { return Some(Look::FirstPage) };
        let worth = usize::try_from(pages.saturating_sub(1) / 2).unwrap_or(usize::MAX);
        if !unasked.is_empty() && rent <= worth && pages <= PAGES_MAX {
            return Some(Look::Each(unasked));
        }
        (pages <= PAGES_MAX).then_some(Look::All)
    }

    /// Takes in the first page of the list, which has so many pages.
    pub fn take_first_page(&mut self, pages: u64, shown: impl IntoIterator<Item = (u64, String)>) {
        self.pages = Some(pages);
        self.whole |= pages <= 1;
        self.named.extend(shown);
    }

    /// Takes in the whole list.
    pub fn take_all(&mut self, shown: impl IntoIterator<Item = (u64, String)>) {
        self.whole = true;
        self.named.extend(shown);
    }

    /// Takes in what looking up `id` has found: its name, if it exists.
    pub fn take(&mut self, id: u64, name: Option<String>) {
        self.looked_up += 1;
        match name {
            Some(name) => drop(self.named.insert(id, name)),
            None => drop(self.missed.insert(id)),
        }
    }

    /// Those of `wanted` that do not exist.
    pub fn absent(&self, wanted: &BTreeSet<u64>) -> BTreeSet<u64> {
        let absent = |id: &&u64| self.whole && self.missed.contains(id) && !self.named.contains_key(id);
        wanted.iter().filter(absent).copied().collect()
    }

    /// Those that exist, as far as they are known, by name.
    pub fn named(&self) -> &BTreeMap<u64, String> {
        &self.named
    }
}

/// Up to `most` of `ids` that are written most like `id`: by how many digits are to be changed, put in, left
/// out or exchanged with the next. The most alike first, the smaller first of two.
pub fn nearest(id: u64, ids: impl IntoIterator<Item = u64>, most: usize) -> Vec<u64> {
    let wanted = id.to_string();
    let mut near: Vec<(usize, u64)> =
        ids.into_iter().map(|other| (distance(&wanted, &other.to_string()), other)).collect();
    near.sort_unstable();
    near.into_iter().take(most).map(|(_, other)| other).collect()
}

/// How many steps lead from one text to the other.
fn distance(one: &str, other: &str) -> usize {
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=other.len()).collect());
    let mut one_before = None;
    for (row, digit) in one.bytes().enumerate() {
        let mut line = vec![row + 1];
        let mut other_before = None;
        for (column, of_other) in other.bytes().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX - 1);
            let mut least = at(&last, column) + usize::from(digit != of_other);
            least = least.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            if one_before == Some(of_other) && other_before == Some(digit) && column > 0 {
                least = least.min(at(&before, column - 1) + 1);
            }
            line.push(least);
            other_before = Some(of_other);
        }
        one_before = Some(digit);
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(of: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
        of.into_iter().collect()
    }

    fn shown(of: impl IntoIterator<Item = u64>) -> Vec<(u64, String)> {
        of.into_iter().map(|id| (id, format!("n{id}"))).collect()
    }

    /// Finds out about batches of ids in a world of these ids with pages of 50: the calls that it takes, and
    /// what is told to be absent.
    fn play(
        few: usize,
        world: u64,
        batches: impl IntoIterator<Item = BTreeSet<u64>>,
    ) -> (u64, BTreeSet<u64>) {
        let (mut known, mut calls, mut absent) = (Existence::new(few), 0, BTreeSet::new());
        for wanted in batches {
            while let Some(look) = known.next(&wanted) {
                match look {
                    Look::FirstPage => {
                        calls += 1;
                        known.take_first_page(world.div_ceil(50), shown(1..=world.min(50)));
                    }
                    Look::All => {
                        calls += world.div_ceil(50);
                        known.take_all(shown(1..=world));
                    }
                    Look::Each(each) => {
                        calls += each.len() as u64;
                        for id in each {
                            known.take(id, (1..=world).contains(&id).then(|| format!("n{id}")));
                        }
                    }
                }
            }
            absent.extend(known.absent(&wanted));
        }
        (calls, absent)
    }

    #[test]
    fn a_few_are_looked_up_and_many_are_looked_for_in_the_list() {
        assert_eq!(play(3, 1_000, [ids([])]), (0, ids([])));
        assert_eq!(play(3, 1_000, [ids([700])]), (1, ids([])));
        assert_eq!(play(3, 1_000, [ids([700, 701, 702])]), (3, ids([])));
        assert_eq!(play(3, 1_000, [ids(700..709)]), (10, ids([])), "the first page, and each");
        assert_eq!(play(3, 1_000, [ids(700..710)]), (21, ids([])), "more than half of the list");
        assert_eq!(play(3, 1_000, [ids(700..900)]), (21, ids([])), "the first page, and all");
        assert_eq!(play(3, 40, [ids(1..=40)]), (1, ids([])));
        assert_eq!(play(0, 20, [ids([13])]), (1, ids([])));
        let plans = (0..30).map(|batch| ids(batch * 10 + 1..=batch * 10 + 10));
        assert!(play(3, 300, plans.clone()).0 <= 7);
        assert!(play(3, 1_000, plans.map(|plan| plan.into_iter().map(|id| id + 600).collect())).0 <= 21);
    }

    #[test]
    fn what_does_not_exist_is_told_when_the_list_and_a_look_agree() {
        assert_eq!(play(3, 1_000, [ids([7_000])]), (1 + 1 + 20, ids([7_000])));
        assert_eq!(play(3, 40, [ids([7_000, 1, 2, 3])]), (2, ids([7_000])));
        assert_eq!(play(0, 20, [ids([13, 99])]), (2, ids([99])));
        let (calls, absent) = play(3, 40, [ids(5_000..5_300)]);
        assert_eq!((calls, absent.len()), (1 + 10, 10), "not more than is worth telling");
        // A search that finds nobody does not make anybody absent.
        let mut known = Existence::new(3);
        known.take(7, None);
        assert_eq!((known.absent(&ids([7])), known.next(&ids([7]))), (ids([]), Some(Look::FirstPage)));
        known.take_first_page(1, shown([7]));
        assert_eq!((known.absent(&ids([7])), known.next(&ids([7]))), (ids([]), None));
    }

    #[test]
    fn a_list_that_is_too_long_is_not_read() {
        assert_eq!(play(3, 10_000, [ids(700..710)]), (1, ids([])));
        assert_eq!(play(3, 10_000, [ids([20_000])]), (2, ids([])));
    }

    #[test]
    fn the_nearest_are_those_that_a_slip_of_the_finger_makes() {
        let all = [100_000_000_001, 100_000_000_002, 100_000_000_012, 200_000_000_010, 77];
        let near = |id| nearest(id, all, 3);
        assert_eq!(near(100_000_000_003), [100_000_000_001, 100_000_000_002, 100_000_000_012]);
        assert_eq!(near(100_000_000_021)[..2], [100_000_000_001, 100_000_000_012]);
        assert_eq!(near(10_000_000_012)[0], 100_000_000_012);
        assert_eq!(near(7)[0], 77);
        assert_eq!(nearest(7, [], 3), [0; 0]);
        for (one, other, steps) in
            [("", "", 0), ("1", "", 1), ("", "12", 2), ("1221", "2121", 1), ("123", "321", 2)]
        {
            assert_eq!((distance(one, other), distance(other, one)), (steps, steps), "{one} {other}");
        }
    }
}
