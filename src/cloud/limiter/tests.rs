use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Makes `count` calls at once, each with an answer after `latency`; gives the moments they were admitted at.
async fn burst(limiter: &Arc<Limiter>, count: usize, latency: Duration) -> Vec<Duration> {
    let begin = Instant::now();
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let limiter = Arc::clone(limiter);
            tokio::spawn(async move {
                let permit = limiter.admit().await;
                let admitted = begin.elapsed();
                tokio::time::sleep(latency).await;
                drop(permit);
                admitted
            })
        })
        .collect();
    let mut moments = Vec::new();
    for call in calls {
        moments.push(call.await.unwrap());
    }
    moments
}

#[tokio::test(start_paused = true)]
async fn calls_are_admitted_at_once_up_to_the_rate_and_in_the_order_they_ask() {
    let limiter = Arc::new(Limiter::new(20));
    let moments = burst(&limiter, 60, Duration::ZERO).await;
    assert!(moments.is_sorted());
    assert_eq!(moments[19], Duration::ZERO);
    assert!(moments[20] >= WINDOW && moments[39] < WINDOW + millis(5));
    assert!(moments[40] >= WINDOW * 2 && moments[59] < WINDOW * 2 + millis(5));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_stalls_does_not_hold_up_the_recovery() {
    let limiter = Limiter::new(2);
    limiter.refused();
    let _stalled = limiter.admit().await;
    let began = Instant::now();
    let _second = limiter.admit().await;
    assert_eq!(began.elapsed(), RECOVERY);
}

#[tokio::test(start_paused = true)]
async fn who_asks_when_a_turn_comes_up_does_not_get_it_before_who_waits() {
    let limiter = Limiter::new(1);
    drop(limiter.admit().await);
    let mut waiting = pin!(limiter.admit());
    assert!(waiting.as_mut().now_or_never().is_none());
    tokio::time::advance(WINDOW).await;
    assert!(limiter.admit().now_or_never().is_none());
    assert!(waiting.now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_used_to_95_percent_however_far_the_service_is() {
    for latency in [0, 10, 50, 100, 300, 1_000].map(millis) {
        let limiter = Arc::new(Limiter::new(20));
        let moments = burst(&limiter, 841, latency).await;
        // The first second shows what a call takes, and the second what it takes without connecting.
        let steady = moments[40] + (SECOND * 40).mul_f64(1.0 / 0.95);
        assert!(moments[840] <= steady, "{latency:?}: {:?} to {:?}", moments[40], moments[840]);
    }
}

/// What the first calls take says nothing: they connect before they are sent.
#[tokio::test(start_paused = true)]
async fn calls_that_connect_do_not_make_the_next_ones_early() {
    let limiter = Arc::new(Limiter::new(20));
    let connecting = millis(400);
    let moments = burst(&limiter, 20, connecting).await;
    assert_eq!(moments[19], Duration::ZERO);
    let began = Instant::now();
    drop(limiter.admit().await);
    assert!(began.elapsed() >= SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_call_counts_until_a_second_after_its_answer() {
    let limiter = Arc::new(Limiter::new(2));
    let latency = millis(700);
    let moments = burst(&limiter, 4, latency).await;
    assert_eq!(moments[..2], [Duration::ZERO; 2]);
    for moment in &moments[2..] {
        assert!(*moment >= latency + WINDOW && *moment < latency + WINDOW + millis(5), "{moments:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_given_up_in_the_queue_uses_nothing_up() {
    let limiter = Limiter::new(1);
    drop(limiter.admit().await);
    let gave_up = tokio::time::timeout(millis(10), limiter.admit()).await;
    assert!(gave_up.is_err());
    tokio::time::sleep(WINDOW).await;
    let begin = Instant::now();
    drop(limiter.admit().await);
    assert_eq!(Instant::now(), begin);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_lets_the_next_one_in() {
    let limiter = Limiter::new(1);
    drop(limiter.admit().await);
    let begin = Instant::now();
    drop(limiter.admit().await);
    assert!(begin.elapsed() >= WINDOW && begin.elapsed() < WINDOW + millis(5));
}

#[test]
fn a_refusal_halves_the_pace_once_and_quiet_seconds_restore_it() {
    let now = Instant::now();
    let mut pace = Pace::new(20, now);
    let mut at = |after: Duration, refused: bool| {
        if refused {
            pace.refused(now + after);
        } else {
            pace.recover(now + after);
        }
        pace.allowed
    };
    assert_eq!(at(millis(0), true), 10);
    assert_eq!(at(millis(900), true), 10, "the refusals of one window have one cause");
    assert_eq!(at(millis(1_900), false), 11);
    assert_eq!(at(millis(2_500), true), 6);
    assert_eq!(at(millis(3_100), false), 6, "a whole second after the refusal, not after the last gain");
    assert_eq!(at(millis(2_500) + SECOND * 13, false), 19);
    assert_eq!(at(millis(2_500) + SECOND * 60, false), 20);
    for _ in 0..10 {
        at(SECOND * 200, true);
    }
    assert!((1..=10).contains(&at(SECOND * 200, true)));
}

#[test]
fn the_next_turn_comes_with_the_call_that_ended_first() {
    let now = Instant::now();
    let mut pace = Pace::new(2, now);
    assert_eq!([pace.admit(now), pace.admit(now)], [Admission::Now, Admission::Now]);
    assert_eq!(pace.admit(now), Admission::AfterACallEnds(None));
    pace.end(now, now + millis(100));
    pace.end(now, now + millis(300));
    assert_eq!(pace.admit(now + millis(300)), Admission::At(now + millis(100) + WINDOW));
    assert_eq!(pace.admit(now + millis(100) + WINDOW), Admission::Now);
    assert_eq!(pace.admit(now + millis(100) + WINDOW), Admission::At(now + millis(300) + WINDOW));
}

#[test]
fn the_pace_never_falls_to_nothing() {
    let now = Instant::now();
    let mut pace = Pace::new(0, now);
    for second in 0..5 {
        pace.refused(now + SECOND * second * 2);
    }
    assert_eq!(pace.allowed, 1);
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
    let mut pace = Pace::new(rate, begin);
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
