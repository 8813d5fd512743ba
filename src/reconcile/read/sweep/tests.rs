use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const BOUNDS: Bounds = Bounds { page_size: 50, pages_max: 200 };

fn read<I: IntoIterator<Item = u64>>(pages: impl IntoIterator<Item = (u64, I)>) -> Sweep<u64, ()> {
    let mut sweep = Sweep::new(BOUNDS);
    for (number, (total, members)) in (0..).zip(pages) {
        assert_eq!(sweep.next_page(), Some(number));
        sweep.take(Some(total), members.into_iter().map(|member| (Some(member), ())));
    }
    assert_eq!(sweep.next_page(), None);
    sweep
}

#[test]
fn a_list_that_adds_up_is_whole() {
    assert!(read([(0, 0..0)]).is_whole());
    assert!(read([(50, 1..51)]).is_whole());
    assert!(read([(70, 1..51), (70, 51..71)]).is_whole());
}

#[test]
fn a_list_that_others_lengthen_is_whole() {
    assert!(read([(70, 1..51), (73, 48..71)]).is_whole(), "three were added on top");
    assert!(read([(70, 1..51), (73, 51..74)]).is_whole(), "three were added at the end");
    assert!(read([(99, 1..51), (101, 49..99), (101, 99..100)]).is_whole(), "by a page");
}

#[test]
fn a_list_that_may_have_hidden_an_item_is_not() {
    assert!(!read([(70, 1..51), (69, 52..71)]).is_whole(), "one was taken out, another skipped");
    assert!(!read([(70, 1..51), (70, 50..70)]).is_whole(), "one was shown twice");
    assert!(!read([(70, 1..50), (70, 51..71)]).is_whole(), "a page was short");
    assert!(!read([(70, 1..51), (73, 51..71)]).is_whole(), "the end came early, though the list has grown");
    assert!(!read([(70, 1..51), (70, 0..0)]).is_whole(), "the end came early");
}

#[test]
fn a_list_that_shows_nothing_new_or_claims_to_be_endless_is_over() {
    assert!(!read([(1_000, 1..51), (1_000, 1..51)]).is_whole());
    for total in [50_000_000_000, u64::MAX / 2, u64::MAX] {
        assert!(!read([(total, 1..51)]).is_whole());
    }
}

#[test]
fn a_list_that_does_not_give_its_length_is_whole_only_if_it_fits_on_a_page() {
    let mut sweep = Sweep::new(BOUNDS);
    let page = |number: u64, count: u64| (number * 50..number * 50 + count).map(|member| (Some(member), ()));
    sweep.take(None, page(0, 49));
    assert!(sweep.is_whole());
    let mut sweep = Sweep::new(BOUNDS);
    sweep.take(None, page(0, 50));
    sweep.take(None, page(1, 3));
    assert!(sweep.next_page().is_none() && !sweep.is_whole());
    let (mut sweep, mut pages) = (Sweep::new(BOUNDS), 0);
    while let Some(number) = sweep.next_page() {
        sweep.take(None, page(number, 50));
        pages += 1;
    }
    assert!(pages == BOUNDS.pages_max && !sweep.is_whole());
}

#[test]
fn what_says_not_whose_it_is_counts() {
    let mut sweep = Sweep::new(BOUNDS);
    sweep.take(Some(2), [(Some(1), ()), (None, ())]);
    assert!(sweep.is_whole() && sweep.is_nameless());
}

/// A page of three.
fn page(list: &[u64], number: u64) -> Vec<(Option<u64>, ())> {
    let items = list.chunks(3).nth(usize::try_from(number).unwrap()).unwrap_or_default();
    items.iter().map(|member| (Some(*member), ())).collect()
}

/// What happens to the list between two pages.
#[derive(Clone, Debug)]
enum Change {
    Add(Index),
    TakeOut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![4 => any::<Index>().prop_map(Change::Add), 1 => any::<Index>().prop_map(Change::TakeOut)]
}

proptest! {
    /// Whatever others add, wherever: a whole list has shown all that was there from the first page to the
    /// last.
    #[test]
    fn what_was_there_all_the_time_is_in_every_whole_list(
        before in 0_u64..30,
        meanwhile in prop::collection::vec(prop::collection::vec(any::<Index>(), 0..9), 0..40),
    ) {
        let mut list: Vec<u64> = (0..before).collect();
        let mut next = 1_000;
        let mut meanwhile = meanwhile.into_iter();
        let mut sweep = Sweep::new(Bounds { page_size: 3, pages_max: 100 });
        while let Some(number) = sweep.next_page() {
                        sweep.take(Some(list.len() as u64), page(&list, number));
            for place in meanwhile.next().unwrap_or_default() {
                list.insert(place.index(list.len() + 1), next);
                next += 1;
            }
        }
        if sweep.is_whole() {
            let shown = sweep.into_shown();
            prop_assert!((0..before).all(|member| shown.contains_key(&member)));
        }
    }

    /// What is taken out as well is noticed, unless as much is added in the same moment.
    #[test]
    fn what_slips_to_an_earlier_page_is_missed_only_where_as_much_was_added(
        before in 0_u64..30,
        meanwhile in prop::collection::vec(prop::collection::vec(change(), 0..3), 0..40),
    ) {
        let mut list: Vec<u64> = (0..before).collect();
        let mut next = 1_000;
        let (mut added, mut taken) = (0, 0);
        let mut meanwhile = meanwhile.into_iter();
        let mut sweep = Sweep::new(Bounds { page_size: 3, pages_max: 100 });
        while let Some(number) = sweep.next_page() {
                        sweep.take(Some(list.len() as u64), page(&list, number));
            if sweep.next_page().is_none() {
                break;
            }
            for change in meanwhile.next().unwrap_or_default() {
                match change {
                    Change::Add(place) => {
                        list.insert(place.index(list.len() + 1), next);
                        (next, added) = (next + 1, added + 1);
                    }
                    Change::TakeOut(place) if !list.is_empty() => {
                        list.remove(place.index(list.len()));
                        taken += 1;
                    }
                    Change::TakeOut(_) => {}
                }
            }
        }
        if sweep.is_whole() {
            let shown = sweep.into_shown();
            let missed = list.iter().filter(|member| **member < before && !shown.contains_key(member)).count();
            prop_assert!(missed <= added.min(taken), "{missed} missed, {added} added, {taken} taken out");
        }
    }
}
