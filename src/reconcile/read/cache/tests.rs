use super::*;
use crate::reconcile::read::identity_list::{MISFITS_MAX, PAGES_MAX};
use crate::reconcile::read::sweep::Bounds;

const NOW: Duration = Duration::ZERO;
const PAIR: Pair = Pair { member_uin: 1, identity_id: 7 };

fn pair(member_uin: u64) -> Pair {
    Pair { member_uin, ..PAIR }
}

/// A page of the list of identity 7, in pages of 2.
fn page(number: u64, total: u64, members: &[u64]) -> Page<&'static str> {
    Page { number, total, items: members.iter().map(|member| (Some(*member), "grant")).collect() }
}

fn read(cache: &mut ReadCache<&'static str>, page: Page<&'static str>) {
    let since = cache.next_revision();
    cache.learn_page(7, since, NOW, page);
}

fn unread(cache: &ReadCache<&'static str>) -> Vec<u64> {
    cache.unread_pages(7, Revision::default()).collect()
}

#[test]
fn a_list_that_fits_on_one_page_answers_for_everybody() {
    let mut cache = ReadCache::new(2);
    assert_eq!(cache.know(PAIR, Revision::default()), Known::Open);
    read(&mut cache, page(0, 1, &[1]));
    assert_eq!(cache.know(PAIR, Revision::default()), Known::Yes(&"grant"));
    assert_eq!(cache.know(pair(2), Revision::default()), Known::No);
}

#[test]
fn absence_is_said_only_by_a_whole_list() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 3, &[1, 2]));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::Open);
    assert_eq!(cache.unread(7, Revision::default()), Some(1));
    read(&mut cache, page(1, 3, &[3]));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::No);
    assert_eq!(cache.know(pair(3), Revision::default()), Known::Yes(&"grant"));
}

#[test]
fn pages_of_different_lengths_are_not_one_list() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 3, &[1, 2]));
    read(&mut cache, page(1, 4, &[3, 4]));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::Open);
    assert_eq!(unread(&cache), [0]);
}

#[test]
fn a_page_past_the_end_of_a_list_that_became_shorter_is_none_of_it() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 3, &[1, 2]));
    read(&mut cache, page(1, 2, &[]));
    for member in [1, 2] {
        assert_eq!(cache.know(pair(member), Revision::default()), Known::Yes(&"grant"));
    }
    assert_eq!(cache.know(pair(9), Revision::default()), Known::Open);
    assert_eq!(unread(&cache), [0]);
    read(&mut cache, page(0, 2, &[1, 3]));
    assert_eq!(cache.know(pair(2), Revision::default()), Known::No);
}

#[test]
fn pages_that_do_not_add_up_are_not_one_list() {
    for (total, second) in [(4, &[3][..]), (4, &[2, 3]), (3, &[3, 4])] {
        let mut cache = ReadCache::new(2);
        read(&mut cache, page(0, total, &[1, 2]));
        read(&mut cache, page(1, total, second));
        assert_eq!(cache.know(pair(9), Revision::default()), Known::Open, "{second:?} of {total}");
        assert_eq!(cache.know(pair(3), Revision::default()), Known::Yes(&"grant"));
        assert_eq!(unread(&cache), [0]);
    }
}

#[test]
fn a_list_of_several_pages_may_be_doubted_once() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 2, &[1, 2]));
    assert_eq!(cache.doubt(&[pair(9)]), Revision::default(), "a single page cannot move");
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 3, &[1, 2]));
    read(&mut cache, page(1, 3, &[3]));
    assert_eq!(cache.doubt(&[pair(3)]), Revision::default(), "it was shown");
    let not_older_than = cache.doubt(&[pair(9)]);
    assert_eq!(cache.know(pair(9), Revision::default()), Known::No);
    assert_eq!(cache.know(pair(9), not_older_than), Known::Open);
    read(&mut cache, page(0, 3, &[1, 2]));
    read(&mut cache, page(1, 3, &[9]));
    assert_ne!(cache.doubt(&[pair(3)]), Revision::default(), "for the first time");
    assert_eq!(cache.doubt(&[pair(8)]), Revision::default(), "for the second time");
    cache.take_out([pair(8)]);
    read(&mut cache, page(0, 3, &[1, 2]));
    read(&mut cache, page(1, 3, &[9]));
    assert_ne!(cache.doubt(&[pair(8)]), Revision::default(), "for the first time since it was written");
    assert_eq!(cache.know(pair(9), not_older_than), Known::Yes(&"grant"));
}

#[test]
fn pages_with_a_write_in_between_are_not_one_list() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 3, &[1, 2]));
    cache.take_out([pair(5)]);
    read(&mut cache, page(1, 3, &[3]));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::Open);
}

/// A sweep of the list of identity 7.
fn swept(pages: &[(u64, &[u64])]) -> Sweep<u64, &'static str> {
    let mut sweep = Sweep::new(Bounds { page_size: 2, pages_max: 9 });
    for (total, members) in pages {
        sweep.take(Some(*total), members.iter().map(|member| (Some(*member), "grant")));
    }
    sweep
}

#[test]
fn a_list_that_others_lengthen_is_read_page_after_page() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 5, &[1, 2]));
    assert!(!cache.moves(7));
    read(&mut cache, page(1, 6, &[2, 3]));
    assert!(cache.moves(7));
    assert_eq!(cache.unread(7, Revision::default()), Some(3), "all of it");
    let since = cache.next_revision();
    cache.learn_sweep(7, since, NOW, swept(&[(6, &[1, 2]), (7, &[2, 3]), (7, &[4, 5]), (7, &[6])]));
    assert!(!cache.moves(7));
    assert_eq!(cache.know(pair(6), Revision::default()), Known::Yes(&"grant"));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::No);
    assert_eq!(cache.know(pair(9), since), Known::Open);
    assert_ne!(cache.doubt(&[pair(9)]), Revision::default(), "others may have taken something out");
}

#[test]
fn a_sweep_that_does_not_add_up_says_only_what_it_has_shown() {
    let mut cache = ReadCache::new(2);
    for sweep in 1..=MISFITS_MAX {
        assert_ne!(cache.unread(7, Revision::default()), Some(u64::MAX), "{sweep}");
        let since = cache.next_revision();
        cache.learn_sweep(7, since, NOW, swept(&[(3, &[1, 2]), (2, &[])]));
        assert_eq!(cache.know(pair(2), Revision::default()), Known::Yes(&"grant"));
        assert_eq!(cache.know(pair(9), Revision::default()), Known::Open);
    }
    assert_eq!(cache.unread(7, Revision::default()), Some(u64::MAX), "and is left in the end");
}

#[test]
fn a_sweep_with_a_revoke_of_ours_in_between_is_not_the_whole_list() {
    for ours in [false, true] {
        let mut cache = ReadCache::new(2);
        let since = cache.next_revision();
        if ours {
            cache.take_out([pair(5)])
        } else {
            cache.add([pair(5)])
        };
        cache.learn_sweep(7, since, NOW, swept(&[(3, &[1, 2]), (3, &[3])]));
        assert_eq!(cache.know(pair(9), Revision::default()) == Known::Open, ours);
        assert_eq!(cache.know(pair(5), Revision::default()), Known::Open, "what we wrote is read again");
    }
}

#[test]
fn an_older_sweep_does_not_take_away_what_a_newer_reading_says() {
    let mut cache = ReadCache::new(2);
    let since = cache.next_revision();
    read(&mut cache, page(0, 1, &[1]));
    cache.learn_sweep(7, since, NOW, swept(&[(2, &[1, 2])]));
    assert_eq!(cache.know(pair(1), since), Known::Yes(&"grant"));
    assert_eq!(cache.know(pair(2), Revision::default()), Known::No);
}

#[test]
fn a_snapshot_never_answers_for_what_we_wrote_since() {
    let mut cache = ReadCache::new(50);
    let since = cache.next_revision();
    cache.take_out([PAIR]);
    cache.learn_member(1, since, NOW, [(7, "old")].into());
    cache.learn_page(7, since, NOW, page(0, 0, &[]));
    assert_eq!(cache.know(PAIR, Revision::default()), Known::Open, "read before the write ended");
    assert_eq!(cache.know(pair(2), Revision::default()), Known::No, "others are not concerned");
    read(&mut cache, page(0, 1, &[1]));
    assert_eq!(cache.know(PAIR, Revision::default()), Known::Yes(&"grant"));
}

#[test]
fn a_later_page_does_not_take_the_whole_list_away() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 0, &[]));
    let written = cache.take_out([1, 2, 3].map(pair));
    read(&mut cache, page(0, 3, &[3, 2]));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::No, "as it was before");
    assert_eq!(cache.know(pair(3), written), Known::Yes(&"grant"));
    assert_eq!(cache.know(pair(1), written), Known::Open);
    assert_eq!(cache.unread(7, written), Some(1));
}

#[test]
fn an_anonymous_item_makes_a_list_useless() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, Page { number: 0, total: 1, items: vec![(None, "whose?")] });
    assert_eq!(cache.know(PAIR, Revision::default()), Known::Open);
    assert_eq!(cache.unread(7, Revision::default()), Some(u64::MAX));
}

#[test]
fn what_is_old_is_forgotten() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 1, &[1]));
    let since = cache.next_revision();
    cache.learn_member(1, since, NOW, BTreeMap::new());
    assert!(!cache.forget(AGE_MAX / 2));
    assert!(cache.forget(AGE_MAX));
    assert_eq!(cache.know(PAIR, Revision::default()), Known::Open);
}

#[test]
fn a_page_does_not_keep_older_ones_from_being_forgotten() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 3, &[1, 2]));
    let since = cache.next_revision();
    cache.learn_page(7, since, AGE_MAX / 2, page(1, 4, &[3, 4]));
    assert!(!cache.forget(AGE_MAX));
    assert_eq!(cache.know(pair(1), Revision::default()), Known::Open);
    assert_eq!(cache.know(pair(3), Revision::default()), Known::Yes(&"grant"));
}

#[test]
fn a_list_that_shows_the_same_on_every_page_is_left() {
    let mut cache = ReadCache::new(2);
    read(&mut cache, page(0, 40, &[1, 2]));
    let begun = cache.next_revision();
    assert_eq!(cache.unread(7, Revision::default()), Some(19));
    read(&mut cache, page(1, 40, &[1, 2]));
    assert_eq!(cache.unread(7, Revision::default()), Some(u64::MAX));
    assert!(cache.is_moot(7, begun), "the other pages of this sweep need not be read");
    assert_eq!(cache.know(pair(2), Revision::default()), Known::Yes(&"grant"));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::Open, "its member may say");
    let not_older_than = cache.next_revision();
    assert!(!cache.is_moot(7, not_older_than), "later it may be better");
    assert_eq!(cache.unread(7, not_older_than), None);
}

#[test]
fn a_page_that_is_read_again_may_show_the_same() {
    let mut cache = ReadCache::new(2);
    for _ in 0..3 {
        read(&mut cache, page(0, 5, &[1, 2]));
        read(&mut cache, page(1, 5, &[3, 4]));
    }
    assert_eq!(unread(&cache), [2]);
    read(&mut cache, page(2, 5, &[5]));
    assert_eq!(cache.know(pair(9), Revision::default()), Known::No);
}

#[test]
fn no_length_that_is_claimed_is_swept_beyond_reason() {
    for total in [2 * PAGES_MAX + 1, 50_000_000_000, u64::MAX / 2, u64::MAX] {
        let mut cache = ReadCache::new(2);
        read(&mut cache, page(0, total, &[1, 2]));
        assert_eq!(cache.unread(7, Revision::default()), Some(u64::MAX), "{total}");
        assert!(unread(&cache).len() as u64 <= PAGES_MAX);
        assert_eq!(cache.know(pair(1), Revision::default()), Known::Yes(&"grant"));
    }
}

#[test]
fn a_list_that_never_adds_up_is_left() {
    let mut cache = ReadCache::new(2);
    for reading in 1..=MISFITS_MAX {
        assert_eq!(unread(&cache).first(), Some(&0), "{reading}");
        read(&mut cache, page(0, 3, &[1, 2]));
        read(&mut cache, page(1, 3, &[3, 4]));
    }
    assert_eq!(cache.unread(7, Revision::default()), Some(u64::MAX));
    let not_older_than = cache.next_revision();
    read(&mut cache, page(0, 3, &[1, 2]));
    read(&mut cache, page(1, 3, &[3]));
    assert_eq!(cache.know(pair(9), not_older_than), Known::No, "and taken up again when it does");
}

#[test]
fn absence_is_said_by_one_list_if_the_other_is_of_no_use_and_by_none_if_both_are() {
    for (of_member, of_identity, known) in [
        (None, None, Known::Open),
        (Some(Gap::Refused), None, Known::Open),
        (None, Some(Gap::Unclear), Known::Open),
        (Some(Gap::Refused), Some(Gap::Refused), Known::Refused),
        (Some(Gap::Refused), Some(Gap::Unclear), Known::Unclear),
        (Some(Gap::Unclear), Some(Gap::Refused), Known::Unclear),
        (Some(Gap::Unclear), Some(Gap::Unclear), Known::Unclear),
    ] {
        let mut cache = ReadCache::new(2);
        let since = cache.next_revision();
        if let Some(gap) = of_member {
            cache.learn_member_gap(1, since, NOW, gap, [(8, "shown")].into());
        }
        if let Some(gap) = of_identity {
            cache.learn_identity_gap(7, since, NOW, gap);
        }
        assert_eq!(cache.know(PAIR, Revision::default()), known);
        assert_eq!(cache.know(PAIR, since), Known::Open, "by an older reading nothing is said");
        assert_eq!(cache.is_shut(1, Revision::default()), of_member.is_some());
        let shown = cache.know(Pair { member_uin: 1, identity_id: 8 }, Revision::default());
        assert_eq!(shown == Known::Yes(&"shown"), of_member.is_some(), "what it showed is good");
        read(&mut cache, page(0, 1, &[1]));
        assert_eq!(cache.know(PAIR, Revision::default()), Known::Yes(&"grant"));
        let since = cache.next_revision();
        cache.learn_member(1, since, NOW, BTreeMap::new());
        assert_eq!(cache.know(PAIR, Revision::default()), Known::No);
    }
}
