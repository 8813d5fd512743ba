//! Every small world: two or three instances whose states list one pair, all that may happen to each, in
//! every order of reading, planning and applying. Whoever keeps the pair has it in the end; if nobody keeps
//! it, it is revoked. Left out are worlds of several tainted objects, which nobody can tell apart.

use super::*;

const PAIR: Pair = Pair { member_uin: 1, identity_id: 11 };

/// What happens to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Keeps the pair, and changes nothing.
    Kept,
    /// Keeps the pair, and changes something else.
    KeptInUpdate,
    /// Keeps the pair, which the plan does not know yet.
    KeptInTheEnd,
    /// Gives the pair up, and lives on.
    GivenUp,
    /// Gives the pair up, which the plan does not know yet.
    GivenUpInTheEnd,
    /// Is destroyed.
    Destroyed,
    /// Is an object that was deposed, whose destroy is planned again when it is applied.
    Deposed,
    /// Is replaced on demand by an object that has the pair.
    Replaced,
    /// Likewise, but the new object cannot be made.
    ReplacedInVain,
    /// Is replaced because it is tainted.
    Tainted,
    /// Likewise, but the new object cannot be made.
    TaintedInVain,
}

const FATES: [Fate; 11] = [
    Fate::Kept,
    Fate::KeptInUpdate,
    Fate::KeptInTheEnd,
    Fate::GivenUp,
    Fate::GivenUpInTheEnd,
    Fate::Destroyed,
    Fate::Deposed,
    Fate::Replaced,
    Fate::ReplacedInVain,
    Fate::Tainted,
    Fate::TaintedInVain,
];

impl Fate {
    /// Whether the pair is the instance's in the end.
    fn keeps(self) -> bool {
        use Fate::{Kept, KeptInTheEnd, KeptInUpdate, Replaced, Tainted};
        matches!(self, Kept | KeptInUpdate | KeptInTheEnd | Replaced | Tainted)
    }

    fn is_replaced(self) -> bool {
        matches!(self, Self::Replaced | Self::ReplacedInVain)
    }

    fn is_tainted(self) -> bool {
        matches!(self, Self::Tainted | Self::TaintedInVain)
    }

    fn is_known_late(self) -> bool {
        matches!(self, Self::KeptInTheEnd | Self::GivenUpInTheEnd)
    }

    fn change(self) -> Change {
        match self {
            Self::Kept | Self::Replaced | Self::ReplacedInVain => Change::Nothing,
            Self::Destroyed | Self::Deposed => Change::Destroy,
            _ => Change::Update,
        }
    }

    /// Its plan; `known`: whether it is known what it keeps.
    fn intent(self, place: usize, noted: bool, known: bool) -> Intent {
        let set = |there: bool| there.then_some(PAIR).into_iter().collect();
        Intent {
            mark: Mark::new(place as u64),
            lists: set(true),
            keeps: known.then(|| set(self.keeps() || self.is_replaced())),
            noted: set(noted),
            change: self.change(),
        }
    }
}

/// What the apply knows of an instance: whether its state has the note, and what was planned.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    noted: bool,
    leaves: bool,
    takes_part: bool,
}

/// Reads and plans `fates`. `order` has each instance twice: first it is read, then planned. `None`: an
/// instance would be planned though it waits for one that comes later, which the wait does not let happen.
fn plan(fates: &[Fate], order: &[usize]) -> Option<Vec<Known>> {
    let mut roster = Roster::default();
    let mut known = vec![Known::default(); fates.len()];
    let mut read = vec![false; fates.len()];
    for &place in order {
        let (fate, known) = (fates[place], &mut known[place]);
        let mark = Mark::new(place as u64);
        if !std::mem::replace(&mut read[place], true) {
            known.noted = !roster.enter(mark, &[PAIR].into()).is_empty();
            continue;
        }
        known.takes_part = true;
        if fate.is_tainted() {
            if roster.is_ambiguous(&[PAIR].into()) {
                return None;
            }
            known.leaves = !roster.replace_unplanned(&[PAIR].into()).is_empty();
            continue;
        }
        let intent = fate.intent(place, known.noted, !fate.is_known_late());
        roster.plan(&intent);
        if roster.must_wait(&intent) {
            return None;
        }
        let mut handover = roster.settle(&intent);
        if fate.is_replaced() {
            handover = roster.replace(mark);
        } else {
            known.takes_part = fate.change() != Change::Nothing || !handover.again.is_empty();
        }
        assert_eq!(handover.unsettled, [].into(), "{fates:?} {order:?}");
        known.leaves = !handover.left.is_empty();
    }
    Some(known)
}

/// Applies in `order`. Returns whether the pair exists in the end.
fn apply(fates: &[Fate], known: &[Known], order: &[usize]) -> bool {
    let (mut roster, mut exists, mut held) = (Roster::default(), true, false);
    for &place in order.iter().filter(|place| known[**place].takes_part) {
        let (fate, Known { noted, mut leaves, .. }) = (fates[place], known[place]);
        let replaced = fate.is_replaced() || fate.is_tainted();
        if !replaced && fate != Fate::Destroyed {
            // An update, or the destroy of a deposed object, is planned again, by a process that knows the
            // states alone.
            let intent = fate.intent(place, noted, true);
            roster.plan(&intent);
            assert!(!roster.must_wait(&intent));
            let handover = roster.settle(&intent);
            assert_eq!(handover.unsettled, [].into(), "{fates:?} {order:?}");
            if fate == Fate::Kept && handover.again.is_empty() {
                let claimed = fates.iter().any(|other| other.keeps() && *other != Fate::Kept);
                assert!(claimed, "{fates:?} {order:?}: not as planned, and nobody else claims it");
                continue;
            }
            leaves = if fate == Fate::Deposed { !handover.left.is_empty() } else { noted };
        }
        if (replaced || !fate.keeps()) && !leaves && !held {
            exists = false;
        }
        if fate.keeps() {
            exists |= noted || replaced;
            held = true;
        }
    }
    exists
}

fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    let distinct: BTreeSet<usize> = of.iter().copied().collect();
    for first in distinct {
        let mut rest = of.to_vec();
        rest.remove(rest.iter().position(|place| *place == first).unwrap());
        all.extend(orders(&rest).into_iter().map(|order| [vec![first], order].concat()));
    }
    all
}

fn worlds(size: usize) -> Vec<Vec<Fate>> {
    let longer = |world: &Vec<Fate>| FATES.map(|fate| [world.clone(), vec![fate]].concat());
    (0..size).fold(vec![Vec::new()], |worlds, _| worlds.iter().flat_map(longer).collect())
}

#[test]
fn whoever_keeps_a_pair_has_it_in_the_end_in_every_small_world() {
    let mut played = 0;
    for size in [2, 3] {
        let twice: Vec<usize> = (0..size).flat_map(|place| [place, place]).collect();
        let once: Vec<usize> = (0..size).collect();
        for fates in worlds(size) {
            let kept = fates.iter().any(|fate| fate.keeps());
            for planning in orders(&twice) {
                let Some(known) = plan(&fates, &planning) else { continue };
                for applying in orders(&once) {
                    let exists = apply(&fates, &known, &applying);
                    assert_eq!(exists, kept, "{fates:?} read and planned {planning:?}, applied {applying:?}");
                    played += 1;
                }
            }
        }
    }
    assert!(played > 10_000, "{played}");
}

#[test]
fn what_two_declare_changes_nothing_and_is_told_once() {
    for order in orders(&[0, 0, 1, 1]) {
        let mut roster = Roster::default();
        let mut noted = [None; 2];
        let mut told = 0;
        let mut waits = false;
        for &place in &order {
            let mark = Mark::new(place as u64);
            let Some(note) = noted[place] else {
                noted[place] = Some(!roster.enter(mark, &[PAIR].into()).is_empty());
                continue;
            };
            let intent = Fate::Kept.intent(place, note, true);
            roster.plan(&intent);
            waits |= roster.must_wait(&intent);
            let handover = roster.settle(&intent);
            told += handover.declared_twice.len() + handover.taken_over.len();
            assert!(waits || handover.again.is_empty(), "{order:?}");
        }
        assert_eq!(told, 1, "{order:?}");
    }
}

#[test]
fn without_a_refresh_a_pair_that_may_change_hands_is_unsettled() {
    let second = |first: Fate, then: Fate| {
        let mut roster = Roster::default();
        roster.plan(&first.intent(0, false, !first.is_known_late()));
        let then = then.intent(1, false, !then.is_known_late());
        roster.plan(&then);
        roster.settle(&then)
    };
    let none: BTreeSet<Pair> = [].into();
    let pair: BTreeSet<Pair> = [PAIR].into();
    for (first, then) in [
        (Fate::Kept, Fate::GivenUp),
        (Fate::Kept, Fate::Destroyed),
        (Fate::Kept, Fate::KeptInTheEnd),
        (Fate::GivenUp, Fate::Kept),
        (Fate::GivenUp, Fate::GivenUpInTheEnd),
        (Fate::Destroyed, Fate::KeptInUpdate),
        (Fate::KeptInTheEnd, Fate::Kept),
        (Fate::GivenUpInTheEnd, Fate::Destroyed),
    ] {
        assert_eq!(second(first, then).unsettled, pair, "{first:?} {then:?}");
    }
    let kept = second(Fate::Kept, Fate::Kept);
    assert_eq!((kept.unsettled, kept.again, kept.declared_twice), (none.clone(), none, pair));
    assert_eq!(second(Fate::GivenUp, Fate::Destroyed), Handover::default(), "both revoke it");

    let mut roster = Roster::default();
    roster.plan(&Fate::Kept.intent(0, false, true));
    roster.plan(&Fate::Kept.intent(1, false, true));
    assert_eq!(roster.replace(Mark::new(1)).unsettled, [PAIR].into());
}

#[test]
fn a_tainted_object_is_recognised_by_what_the_new_one_will_have() {
    let other = Pair { member_uin: 2, identity_id: 11 };
    let mut roster = Roster::default();
    roster.enter(Mark::new(0), &[PAIR].into());
    roster.enter(Mark::new(1), &[PAIR].into());
    roster.plan(&Fate::Kept.intent(0, false, true));
    assert_eq!(roster.replace_unplanned(&[other].into()), [PAIR].into(), "it may have been changed besides");
    assert_eq!(roster.replace_unplanned(&[PAIR].into()), [PAIR].into());
    assert_eq!(roster.replace_unplanned(&[PAIR].into()), [].into(), "it was planned now");

    roster.enter(Mark::new(2), &[PAIR].into());
    assert!(!roster.is_ambiguous(&[PAIR].into()));
    roster.enter(Mark::new(3), &[PAIR].into());
    assert!(roster.is_ambiguous(&[PAIR].into()));
    assert_eq!(roster.replace_unplanned(&[PAIR].into()), [PAIR].into());
    assert!(!roster.is_ambiguous(&[PAIR].into()), "nobody waits for them again");
}

#[test]
fn who_is_not_planned_in_time_is_not_awaited_again() {
    let mut roster = Roster::default();
    roster.enter(Mark::new(0), &[PAIR].into());
    let intent = |place| Fate::Kept.intent(place, true, true);
    for place in [1, 2] {
        roster.enter(Mark::new(place as u64), &[PAIR].into());
        roster.plan(&intent(place));
        assert_eq!(roster.must_wait(&intent(place)), place == 1);
        roster.wait_no_more(&intent(place));
        let handover = roster.settle(&intent(place));
        assert_eq!((handover.again, handover.taken_over), ([PAIR].into(), [PAIR].into()));
    }
}

#[test]
fn who_does_not_wait_gives_up_nobody_who_is_still_to_be_planned() {
    let mut roster = Roster::default();
    roster.enter(Mark::new(0), &[PAIR].into());
    roster.enter(Mark::new(1), &[PAIR].into());
    roster.enter(Mark::new(2), &[PAIR].into());
    roster.plan(&Fate::Kept.intent(0, false, true));
    let destroyed = Fate::Destroyed.intent(2, true, true);
    roster.plan(&destroyed);
    roster.wait_no_more(&destroyed);
    assert_eq!(roster.replace_unplanned(&[PAIR].into()), [PAIR].into(), "the tainted one is recognised");
}

#[test]
fn who_claims_one_pair_claims_all_that_it_has_noted_because_the_apply_knows_no_more_than_that() {
    let other = Pair { member_uin: 2, identity_id: 11 };
    let both: BTreeSet<Pair> = [PAIR, other].into();
    let intent = |mark, keeps: &[Pair], noted: &[Pair], change| Intent {
        mark: Mark::new(mark),
        lists: both.clone(),
        keeps: Some(keeps.iter().copied().collect()),
        noted: noted.iter().copied().collect(),
        change,
    };
    let giver = intent(0, &[PAIR], &[], Change::Update);
    let taker = intent(1, &[PAIR, other], &[PAIR, other], Change::Nothing);
    let mut roster = Roster::default();
    for intent in [&giver, &taker] {
        roster.enter(intent.mark, &intent.lists);
    }
    roster.plan(&giver);
    roster.plan(&taker);
    let planned = roster.settle(&taker);
    assert_eq!((planned.taken_over, planned.declared_twice), ([other].into(), [PAIR].into()));
    let mut in_the_apply = Roster::default();
    in_the_apply.plan(&taker);
    assert_eq!(planned.again, in_the_apply.settle(&taker).again);
}

#[test]
fn what_a_state_lists_no_more_is_nobodys_concern() {
    let mut roster = Roster::default();
    roster.enter(Mark::new(0), &[PAIR].into());
    roster.enter(Mark::new(0), &[].into());
    assert_eq!(roster.enter(Mark::new(1), &[PAIR].into()), [].into());
    assert_eq!(roster.enter(Mark::new(0), &[PAIR].into()), [].into(), "its place is the first as before");
}

#[test]
fn a_mark_reads_back_as_it_is_written() {
    let mark = Mark::new(0xab);
    assert_eq!(mark.to_string(), "00000000000000ab");
    assert_eq!(mark.to_string().parse(), Ok(mark));
    assert!("mark".parse::<Mark>().is_err());
}
