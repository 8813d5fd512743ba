//! Every small world: two or three instances whose states list one pair, all that may happen to each, in every order of
//! reading, planning and applying. Whoever keeps the pair has it in the end; if nobody keeps it, it is revoked.

use super::*;

const PAIR: Pair = Pair { member_uin: 1, identity_id: 11 };

/// What a configuration wants of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Keeps the pair, and changes nothing.
    Kept,
    /// Keeps the pair, and changes something else.
    KeptInUpdate,
    /// Gives the pair up, and lives on.
    GivenUp,
    /// Is destroyed.
    Destroyed,
}

const FATES: [Fate; 4] = [Fate::Kept, Fate::KeptInUpdate, Fate::GivenUp, Fate::Destroyed];

impl Fate {
    fn keeps(self) -> bool {
        matches!(self, Self::Kept | Self::KeptInUpdate)
    }

    fn change(self) -> Change {
        match self {
            Self::Kept => Change::Nothing,
            Self::KeptInUpdate | Self::GivenUp => Change::Update,
            Self::Destroyed => Change::Destroy,
        }
    }

    fn intent(self, place: usize, noted: bool) -> Intent {
        let set = |there: bool| there.then_some(PAIR).into_iter().collect();
        Intent {
            mark: Mark::new(place as u64),
            lists: set(true),
            keeps: set(self.keeps()),
            noted: set(noted),
            change: self.change(),
        }
    }
}

/// What the apply knows of an instance: whether its state has the note, and, of one that is destroyed, what was planned.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    noted: bool,
    leaves: bool,
    takes_part: bool,
}

/// Reads and plans `fates`. `order` has each instance twice: first it is read, then planned. `None`: an instance would be
/// planned though it waits for one that comes later, which the wait does not let happen.
fn plan(fates: &[Fate], order: &[usize]) -> Option<Vec<Known>> {
    let mut roster = Roster::default();
    let mut known = vec![Known::default(); fates.len()];
    let mut read = vec![false; fates.len()];
    for &place in order {
        let fate = fates[place];
        if !std::mem::replace(&mut read[place], true) {
            known[place].noted = !roster.enter(Mark::new(place as u64), &[PAIR].into()).is_empty();
            continue;
        }
        let intent = fate.intent(place, known[place].noted);
        roster.plan(&intent);
        if roster.awaits(&intent) {
            return None;
        }
        let handover = roster.settle(&intent);
        assert_eq!(handover.unsettled, [].into(), "{fates:?} {order:?}");
        known[place].leaves = !handover.left.is_empty();
        known[place].takes_part = fate.change() != Change::Nothing || !handover.again.is_empty();
    }
    Some(known)
}

/// Applies in `order`. Returns whether the pair exists in the end.
fn apply(fates: &[Fate], known: &[Known], order: &[usize]) -> bool {
    let (mut roster, mut exists, mut held) = (Roster::default(), true, false);
    for &place in order.iter().filter(|place| known[**place].takes_part) {
        let Known { noted, leaves, .. } = known[place];
        let intent = fates[place].intent(place, noted);
        let mut leaves = leaves;
        if intent.change != Change::Destroy {
            // An update is planned again, by a process that knows the states alone.
            roster.plan(&intent);
            assert!(!roster.awaits(&intent));
            let handover = roster.settle(&intent);
            assert_eq!(handover.unsettled, [].into(), "{fates:?} {order:?}");
            if fates[place] == Fate::Kept && handover.again.is_empty() {
                let claimed = (0..fates.len()).any(|other| fates[other] == Fate::KeptInUpdate);
                assert!(claimed, "{fates:?} {order:?}: not as planned, and nobody else claims it");
                continue;
            }
            leaves = noted;
        }
        if fates[place].keeps() {
            exists |= noted;
            held = true;
        } else if !leaves && !held {
            exists = false;
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
            let intent = Fate::Kept.intent(place, note);
            roster.plan(&intent);
            waits |= roster.awaits(&intent);
            let handover = roster.settle(&intent);
            told += handover.declared_twice.len() + handover.taken_over.len();
            assert!(waits || handover.again.is_empty(), "{order:?}");
        }
        assert_eq!(told, 1, "{order:?}");
    }
}

#[test]
fn without_a_refresh_a_pair_that_would_change_hands_is_unsettled_unless_the_plan_itself_can_tell() {
    let second = |first: Fate, then: Fate| {
        let mut roster = Roster::default();
        roster.plan(&first.intent(0, false));
        roster.plan(&then.intent(1, false));
        roster.settle(&then.intent(1, false))
    };
    let none: BTreeSet<Pair> = [].into();
    let pair: BTreeSet<Pair> = [PAIR].into();
    assert_eq!(second(Fate::Kept, Fate::GivenUp).unsettled, pair);
    assert_eq!(second(Fate::GivenUp, Fate::Kept).unsettled, pair);
    assert_eq!(second(Fate::Destroyed, Fate::KeptInUpdate).unsettled, pair);
    let destroyed = second(Fate::Kept, Fate::Destroyed);
    assert_eq!((destroyed.unsettled, destroyed.left), (none.clone(), pair.clone()));
    let kept = second(Fate::Kept, Fate::Kept);
    assert_eq!((kept.unsettled, kept.again, kept.declared_twice), (none.clone(), none.clone(), pair));
    assert_eq!(second(Fate::GivenUp, Fate::Destroyed), Handover::default(), "both revoke it");
}

#[test]
fn an_object_that_was_never_planned_leaves_what_another_one_lists() {
    let mut roster = Roster::default();
    roster.enter(Mark::new(0), &[PAIR].into());
    assert_eq!(roster.left_by_the_unplanned(), [].into(), "nobody else lists it");
    roster.enter(Mark::new(1), &[PAIR].into());
    roster.plan(&Fate::Kept.intent(1, true));
    assert_eq!(roster.left_by_the_unplanned(), [PAIR].into());
    roster.plan(&Fate::Kept.intent(0, false));
    assert_eq!(roster.left_by_the_unplanned(), [].into());
    assert_eq!(roster.settle_replacement(Mark::new(0), &[].into()), [PAIR].into());
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
