use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn the_next_turn_comes_with_the_call_that_ended_first() {
    let now = Instant::now();
    let mut pace = opened(2, now);
    assert_eq!([pace.admit(now), pace.admit(now)], [Admission::Now, Admission::Now]);
    assert_eq!(pace.admit(now), Admission::AfterACallEnds(None));
    pace.end(now, now + millis(100));
    pace.end(now, now + millis(300));
    assert_eq!(pace.admit(now + millis(300)), Admission::At(now + millis(100) + WINDOW));
    assert_eq!(pace.admit(now + millis(100) + WINDOW), Admission::Now);
    assert_eq!(pace.admit(now + millis(100) + WINDOW), Admission::At(now + millis(300) + WINDOW));
}

/// Its first second is over.
fn opened(rate: u32, now: Instant) -> Pace {
    Pace { first_sent: now.checked_sub(WINDOW), ..Pace::new(rate) }
}

/// What the first calls take says nothing: they connect before they are sent.
#[test]
fn calls_that_connect_do_not_make_the_next_ones_early() {
    let now = Instant::now();
    let mut pace = opened(20, now);
    let (connecting, count) = (millis(400), 20);
    (0..count).for_each(|_| assert_eq!(pace.admit(now), Admission::Now));
    (0..count).for_each(|_| pace.end(now, now + connecting));
    assert_eq!(pace.admit(now + connecting), Admission::At(now + connecting + WINDOW));
}

/// Calls that are made together, and how many of them go through.
fn round(pace: &mut Pace, now: Instant, count: usize, through: usize) {
    let admitted: Vec<_> = (0..count).map(|_| pace.admit(now)).collect();
    assert!(admitted.iter().all(|admission| *admission == Admission::Now), "{admitted:?}");
    let answered = now + millis(50);
    (0..through).for_each(|_| pace.end(now, answered));
    (through..count).for_each(|_| pace.refuse(now, answered, 0.5));
}

#[test]
fn who_is_refused_goes_on_with_what_went_through() {
    let now = Instant::now();
    let mut pace = opened(20, now);
    round(&mut pace, now, 10, 4);
    let calls = |pace: &mut Pace, now| (0..30).filter(|_| pace.admit(now) == Admission::Now).count();
    assert_eq!(calls(&mut pace, now + millis(60)), 0, "as long as these count");
    assert_eq!(calls(&mut pace, now + millis(50) + WINDOW), 4);
}

#[test]
fn a_share_is_left_as_it_is_then_grows_and_falls_by_a_part() {
    let now = Instant::now();
    let mut pace = opened(20, now);
    round(&mut pace, now, 10, 4);
    let refused = now + millis(50);
    let quiet = Duration::from_secs_f64(QUIET * 4.0);
    assert_eq!(whole(pace.allowed(refused + quiet)), 4);
    assert_eq!(whole(pace.allowed(refused + quiet + SECOND)), 6);
    assert_eq!(whole(pace.allowed(refused + quiet + SECOND * 60)), 20, "what nobody else takes is ours");
    let later = refused + quiet + SECOND;
    round(&mut pace, later, 6, 5);
    let share = pace.share.unwrap().calls;
    assert!(share > 4.0 && share < 5.0, "{share}");
}

#[test]
fn who_has_little_asks_for_more_sooner() {
    let now = Instant::now();
    let grows = |through| {
        let mut pace = opened(20, now);
        round(&mut pace, now, 15, through);
        pace.share.unwrap().grows - now
    };
    assert!(grows(2) * 4 < grows(10));
}

#[test]
fn a_share_never_falls_to_nothing() {
    let now = Instant::now();
    let mut pace = opened(0, now);
    for second in 0..5 {
        let at = now + SECOND * second * 2;
        assert_eq!(pace.admit(at), Admission::Now);
        pace.refuse(at, at, 0.0);
    }
    assert_eq!(whole(pace.allowed(now + SECOND * 8)), 1);
}

/// A call as the property tests make it, in milliseconds: when it is asked for after the one before, how much
/// longer than the least it is on its way, and how much longer than the least its answer takes from there.
#[derive(Clone, Debug)]
struct Asked {
    pause: u64,
    way: u64,
    answer: u64,
}

fn asked(
    way: impl Strategy<Value = u64>,
    answer: impl Strategy<Value = u64>,
) -> impl Strategy<Value = Asked> {
    let pause = prop_oneof![8 => Just(0), 2 => 0..400_u64];
    (pause, way, answer).prop_map(|(pause, way, answer)| Asked { pause, way, answer })
}

/// When calls arrive at a service from which the way there and back takes at least `least`.
fn arrivals(rate: u32, least: [u64; 2], calls: &[Asked]) -> Vec<Instant> {
    let [way, answer] = least;
    let begin = Instant::now();
    let mut now = begin;
    let mut pace = Pace::new(rate);
    let mut in_flight = BinaryHeap::new();
    let mut arrivals = Vec::new();
    for call in calls {
        now += millis(call.pause);
        loop {
            while let Some(Reverse((end, sent))) = in_flight.peek().copied()
                && end <= now
            {
                in_flight.pop();
                pace.end(sent, end);
            }
            let next_end = in_flight.peek().map_or(now + SECOND * 60, |Reverse((end, _))| *end);
            match pace.admit(now) {
                Admission::Now => break,
                Admission::At(instant) => now = instant.min(next_end),
                Admission::AfterACallEnds(instant) => now = instant.map_or(next_end, |at| at.min(next_end)),
            }
        }
        let arrival = now + millis(way + call.way);
        arrivals.push(arrival);
        in_flight.push(Reverse((arrival + millis(answer + call.answer), now)));
    }
    arrivals.sort_unstable();
    arrivals
}

fn assert_never_more_than(rate: u32, arrivals: &[Instant]) -> Result<(), TestCaseError> {
    for window in arrivals.windows(rate as usize + 1) {
        let lasted = *window.last().unwrap() - window[0];
        prop_assert!(lasted > SECOND, "{lasted:?} from {:?} on", window[0] - arrivals[0]);
    }
    Ok(())
}

fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    /// A network that jitters, and a service that takes its time.
    #[test]
    fn a_service_that_counts_any_second_never_counts_more_than_the_rate(
        rate in 1..25_u32,
        least in [0..400_u64, 0..400_u64],
        calls in proptest::collection::vec(asked(0..=30_u64, 0..2_000_u64), 1..250),
    ) {
        assert_never_more_than(rate, &arrivals(rate, least, &calls))?;
    }

    /// A network in which calls get stuck, now and then or most of the time at first.
    #[test]
    fn what_is_stuck_on_its_way_is_counted_when_it_arrives(
        rate in 1..25_u32,
        least in [0..400_u64, 0..400_u64],
        connecting in proptest::collection::vec(asked(0..3_000_u64, 0..300_u64), 0..25),
        calls in proptest::collection::vec(
            asked(prop_oneof![8 => 0..15_u64, 2 => 0..3_000_u64], 0..15_u64),
            1..150,
        ),
    ) {
        // As many as may be sent before the first has its answer.
        let connecting = connecting.into_iter().take(rate as usize).map(|call| Asked { pause: 0, ..call });
        let calls: Vec<Asked> = connecting.chain(calls).collect();
        assert_never_more_than(rate, &arrivals(rate, least, &calls))?;
    }
}
