use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::reconcile::GrantStatus;

type Machine = Confirm<(), &'static str>;

const PAIR: Pair = Pair { member_uin: 1, identity_id: 11 };
const OTHER: Pair = Pair { member_uin: 2, identity_id: 11 };

/// What the API answers to a call for a pair, and whether the pair exists then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    /// Yes: it exists.
    Yes,
    /// No, for good.
    Absent,
    /// No, of this call.
    NotDone,
    /// A failure that did it, or did not.
    Failed(bool),
    /// No clear answer: it was done, or not.
    Lost(bool),
}

const REPLIES: [Reply; 7] = [
    Reply::Yes,
    Reply::Absent,
    Reply::NotDone,
    Reply::Failed(false),
    Reply::Failed(true),
    Reply::Lost(false),
    Reply::Lost(true),
];

/// From which look on after a call an existing pair shows, and how. `None`: not as long as anybody looks.
#[derive(Clone, Copy, Debug)]
struct Lag {
    shows: Option<u32>,
    status: GrantStatus,
}

const LAGS: [Lag; 5] = [
    Lag { shows: Some(1), status: GrantStatus::Configured },
    Lag { shows: Some(3), status: GrantStatus::Configured },
    Lag { shows: Some(LOOKS_ACCEPTED), status: GrantStatus::Configured },
    Lag { shows: None, status: GrantStatus::Configured },
    Lag { shows: Some(1), status: GrantStatus::Stale },
];

/// What becomes of one pair, attempt by attempt.
type Fate = Vec<(Reply, Lag)>;

/// A cloud that does what the fates say, and what it was asked.
#[derive(Debug, Default)]
struct World {
    exists: BTreeSet<Pair>,
    /// By pair: how often it was asked for, and how it shows since the last time.
    asked: BTreeMap<Pair, (usize, Lag)>,
    looks: u32,
    steps: u32,
}

impl World {
    fn answer(&mut self, fates: &BTreeMap<Pair, Fate>, pairs: &BTreeSet<Pair>, now: Revision) -> Granted<()> {
        let (accepted, refusals, doubts) = (BTreeSet::new(), Vec::new(), Vec::new());
        let mut granted = Granted { accepted, refusals, doubts, ended: now };
        self.looks = 0;
        for pair in pairs {
            let times = self.asked.get(pair).map_or(0, |(times, _)| *times);
            let (reply, lag) = fates[pair][times];
            self.asked.insert(*pair, (times + 1, lag));
            let refusal =
                |says| Refusal { pairs: [*pair].into(), culprit: None, error: (), says, attempts: 1 };
            match reply {
                Reply::Yes => drop(granted.accepted.insert(*pair)),
                Reply::Absent => granted.refusals.push(refusal(Says::Absent)),
                Reply::NotDone => granted.refusals.push(refusal(Says::NotDone)),
                Reply::Failed(_) => granted.refusals.push(refusal(Says::Perhaps)),
                Reply::Lost(_) => granted.doubts.push(refusal(Says::NotDone)),
            }
            if matches!(reply, Reply::Yes | Reply::Failed(true) | Reply::Lost(true)) {
                self.exists.insert(*pair);
            }
            if reply == Reply::Absent {
                self.exists.remove(pair);
            }
        }
        granted
    }

    fn show(&mut self, pairs: &BTreeSet<Pair>) -> BTreeMap<Pair, Grant> {
        self.looks += 1;
        let grant = |status| Grant { role_name: String::new(), status };
        let shows = |pair: &Pair| {
            let (_, lag) = self.asked[pair];
            let shows = lag.shows.is_some_and(|look| look <= self.looks);
            (self.exists.contains(pair) && shows).then(|| (*pair, grant(lag.status)))
        };
        pairs.iter().filter_map(shows).collect()
    }
}

/// Runs the machine in the world of `fates`; ends it early before step `stop`.
fn run(fates: &BTreeMap<Pair, Fate>, stop: Option<u32>) -> (Outcome<(), &'static str>, World) {
    let mut machine = Machine::new(fates.keys().copied().collect());
    let (mut world, mut now) = (World::default(), Revision::default());
    loop {
        if stop == Some(world.steps) {
            return (machine.end(Some("stopped")), world);
        }
        world.steps += 1;
        assert!(world.steps < 100, "it does not end: {fates:?}");
        now = now.next();
        match machine.step() {
            Step::Grant(pairs) => machine.granted(world.answer(fates, &pairs, now)),
            Step::Look(pairs, since) => {
                assert!(since <= now && !pairs.is_empty());
                machine.looked(world.show(&pairs));
            }
            Step::Wait(pause) => {
                assert!(pause >= LOOK_PAUSES.0);
                machine.waited(now);
            }
            Step::End => return (machine.end(None), world),
        }
    }
}

/// What must hold whatever happened.
fn check(fates: &BTreeMap<Pair, Fate>, stop: Option<u32>) {
    let (outcome, world) = run(fates, stop);
    let context = format!("{fates:?}, stopped {stop:?}: {outcome:?}");
    let stopped = outcome.halt.is_some();
    for pair in fates.keys() {
        let (times, confirmed) = (world.asked.get(pair).map_or(0, |(times, _)| *times), &outcome.confirmed);
        let refused = outcome.refusals.iter().any(|refusal| refusal.pairs.contains(pair));
        let (seen, unseen) = (confirmed.contains_key(pair), outcome.unseen.contains(pair));
        assert!(times <= TRIES_MAX as usize, "asked too often: {context}");
        assert!(!(seen && unseen), "told twice: {context}");
        let untried = outcome.untried(&[*pair].into()).contains(pair);
        assert_eq!(untried, times == 0, "{context}");
        if times == 0 {
            continue;
        }
        assert!(seen || unseen || refused, "nothing is told of it: {context}");
        let said_yes = fates[pair][..times].iter().any(|(reply, _)| *reply == Reply::Yes);
        let (last, lag) = fates[pair][times - 1];
        if world.exists.contains(pair) {
            // A failure that is told as such, and did its work all the same, is looked for once.
            let looks = if matches!(last, Reply::Failed(_)) { 1 } else { LOOKS_IN_DOUBT };
            let given_up = !said_yes && lag.shows.is_none_or(|look| look > looks);
            assert!(seen || unseen || given_up, "it exists: {context}");
        } else {
            assert!(!seen, "it does not exist: {context}");
            assert!(last != Reply::Absent || !unseen, "nobody says that it may exist: {context}");
        }
        if !stopped {
            assert!(unseen || seen || !world.exists.contains(pair) || !said_yes, "{context}");
            assert!(seen || refused || outcome.fruitless.contains(pair) || said_yes || unseen, "{context}");
        }
        if seen {
            let works = fates[pair].iter().any(|(_, lag)| lag.status == GrantStatus::Configured);
            assert!(works, "it never worked: {context}");
        }
    }
    let complete = fates.keys().all(|pair| outcome.confirmed.contains_key(pair));
    assert!(complete || !outcome.is_complete(), "{context}");
}

fn moves() -> Vec<(Reply, Lag)> {
    REPLIES.iter().flat_map(|reply| LAGS.iter().map(move |lag| (*reply, *lag))).collect()
}

#[test]
fn nothing_is_lost_or_invented_in_every_small_world_of_one_pair() {
    for first in moves() {
        for second in moves() {
            for third in moves() {
                check(&[(PAIR, vec![first, second, third])].into(), None);
            }
        }
    }
}

#[test]
fn nothing_is_lost_or_invented_wherever_it_is_stopped() {
    for first in moves() {
        for second in moves() {
            let fates = [(PAIR, vec![first, second, second])].into();
            let (_, world) = run(&fates, None);
            (0..world.steps).for_each(|step| check(&fates, Some(step)));
        }
    }
}

#[test]
fn nothing_is_lost_or_invented_in_every_world_of_two_pairs_whose_fates_do_not_change() {
    for one in moves() {
        for other in moves() {
            check(&[(PAIR, vec![one; 3]), (OTHER, vec![other; 3])].into(), None);
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop::collection::vec(prop::sample::select(moves()), TRIES_MAX as usize)
}

proptest! {
    #[test]
    fn nothing_is_lost_or_invented_in_any_world(
        fates in prop::collection::btree_map((1_u64..4).prop_map(|member_uin| Pair { member_uin, ..PAIR }), fate(), 1..4),
        stop in prop::option::of(0_u32..40),
    ) {
        check(&fates, stop);
    }
}

#[test]
fn what_is_accepted_and_seen_takes_two_steps() {
    let (outcome, world) = run(&[(PAIR, vec![(Reply::Yes, LAGS[0])])].into(), None);
    assert!(outcome.is_complete());
    assert_eq!(world.steps, 3, "grant, look, end");
}

#[test]
fn what_is_accepted_and_never_shows_is_asked_for_three_times_and_kept() {
    let (outcome, world) = run(&[(PAIR, vec![(Reply::Yes, LAGS[3]); 3])].into(), None);
    assert_eq!(world.asked[&PAIR].0, 3);
    assert_eq!((outcome.unlisted(), outcome.unseen), ([PAIR].into(), [PAIR].into()));
}

#[test]
fn what_stays_stale_is_told_as_such() {
    let (outcome, world) = run(&[(PAIR, vec![(Reply::Yes, LAGS[4]); 3])].into(), None);
    assert_eq!(world.asked[&PAIR].0, 3);
    assert_eq!((outcome.stale(), outcome.unlisted()), ([PAIR].into(), BTreeSet::new()));
}

#[test]
fn a_lost_reply_is_looked_up_before_it_is_asked_for_again() {
    let (outcome, world) = run(&[(PAIR, vec![(Reply::Lost(true), LAGS[0]); 3])].into(), None);
    assert!(outcome.is_complete());
    assert_eq!(world.asked[&PAIR].0, 1);
    let (outcome, world) =
        run(&[(PAIR, vec![(Reply::Lost(false), LAGS[0]), (Reply::Yes, LAGS[0])])].into(), None);
    assert!(outcome.is_complete());
    assert_eq!(world.asked[&PAIR].0, 2);
}
