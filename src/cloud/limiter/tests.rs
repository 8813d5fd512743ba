use std::pin::pin;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const KEEP_ALIVE: Duration = Duration::from_secs(30);

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn limiter(rate: u32) -> Limiter {
    Limiter::new(rate, Arc::new(Mutex::new(Connections::new(KEEP_ALIVE))))
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
                permit.answered();
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
    let limiter = Arc::new(limiter(20));
    let moments = burst(&limiter, 60, Duration::ZERO).await;
    assert!(moments.is_sorted());
    assert_eq!(moments[19], Duration::ZERO);
    assert!(moments[20] >= WINDOW && moments[39] < WINDOW + millis(5));
    assert!(moments[40] >= WINDOW * 2 && moments[59] < WINDOW * 2 + millis(5));
}

#[tokio::test(start_paused = true)]
async fn who_asks_when_a_turn_comes_up_does_not_get_it_before_who_waits() {
    let limiter = limiter(1);
    limiter.admit().await.answered();
    let mut waiting = pin!(limiter.admit());
    assert!(waiting.as_mut().now_or_never().is_none());
    tokio::time::advance(WINDOW).await;
    assert!(limiter.admit().now_or_never().is_none());
    assert!(waiting.now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_used_to_95_percent() {
    let limiter = Arc::new(limiter(20));
    burst(&limiter, 20, millis(50)).await;
    tokio::time::sleep(SECOND * 2).await;
    let moments = burst(&limiter, 401, millis(50)).await;
    let best = SECOND * 20;
    assert!(moments[400] <= best.mul_f64(1.0 / 0.95), "{:?}", moments[400]);
}

#[tokio::test(start_paused = true)]
async fn a_call_on_a_new_connection_counts_until_its_answer() {
    let limiter = Arc::new(limiter(2));
    let slow_start = millis(700);
    let moments = burst(&limiter, 3, slow_start).await;
    assert_eq!(moments[..2], [Duration::ZERO; 2]);
    assert!(moments[2] >= slow_start + WINDOW, "{moments:?}");
}

#[test]
fn an_answer_that_took_unusually_long_counts_as_a_call_that_arrived_late() {
    let begin = Instant::now();
    let mut pace = Pace::new(1, begin);
    let mut connections = Connections::new(KEEP_ALIVE);
    let mut next_after = |sent: Instant, took: Duration, answered: bool| {
        connections.idle = vec![sent];
        let Admission::Now(id) = pace.admit(sent, &mut connections) else { panic!("not admitted") };
        pace.returned(id, answered, sent + took);
        let Admission::At(next) = pace.admit(sent + took, &mut connections) else { panic!("admitted") };
        next.duration_since(sent).saturating_sub(WINDOW)
    };
    let at = |minute: u32| begin + SECOND * 60 * minute;
    assert_eq!(next_after(at(1), millis(50), true), Duration::ZERO, "the quickest, as far as is known");
    assert_eq!(next_after(at(2), millis(85), true), Duration::ZERO, "within the allowance");
    assert_eq!(next_after(at(3), millis(250), true), millis(200), "200 ms over the quickest");
    assert_eq!(next_after(at(4), millis(10), false), millis(10), "no answer, so it tells nothing about pace");
    assert_eq!(next_after(at(5), millis(85), true), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_call_given_up_in_the_queue_uses_nothing_up() {
    let limiter = limiter(1);
    limiter.admit().await.answered();
    let gave_up = tokio::time::timeout(millis(10), limiter.admit()).await;
    assert!(gave_up.is_err());
    tokio::time::sleep(WINDOW).await;
    let begin = Instant::now();
    limiter.admit().await.answered();
    assert_eq!(Instant::now(), begin);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_lets_the_next_one_in() {
    let limiter = limiter(1);
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
    assert_eq!(at(millis(2_500) + SECOND * 13, false), 19);
    assert_eq!(at(millis(2_500) + SECOND * 60, false), 20);
    for _ in 0..10 {
        at(SECOND * 200, true);
    }
    assert!((1..=10).contains(&at(SECOND * 200, true)));
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

#[test]
fn an_idle_connection_is_forgotten_when_it_is_closed() {
    let now = Instant::now();
    let mut connections = Connections::new(KEEP_ALIVE);
    assert!(!connections.take(now));
    connections.idle = vec![now, now + SECOND];
    assert!(connections.take(now + KEEP_ALIVE), "the one used last is still open");
    assert!(!connections.take(now + KEEP_ALIVE));
}

/// A call as the property test makes it, in milliseconds.
#[derive(Clone, Debug)]
struct Asked {
    pause: u64,
    connect: u64,
    travel: u64,
    late: u64,
}

fn asked() -> impl Strategy<Value = Asked> {
    let pause = prop_oneof![8 => Just(0), 2 => 0..400_u64];
    let late = prop_oneof![9 => Just(0), 1 => 0..900_u64];
    (pause, 0..3_000_u64, 0..=30_u64, late).prop_map(|(pause, connect, travel, late)| Asked {
        pause,
        connect,
        travel,
        late,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..ProptestConfig::default()
    })]

    /// A service that counts any second never counts more than the rate: with calls that travel up to 30 ms
    /// and connect in up to 3 s, and some that come up to 900 ms late once it is known how quick they can be.
    #[test]
    fn a_sliding_second_never_holds_more_than_the_rate(
        rate in 1..25_u32,
        work in 0..100_u64,
        calls in proptest::collection::vec(asked(), 1..150),
    ) {
        let begin = Instant::now();
        let mut now = begin;
        let mut pace = Pace::new(rate, begin);
        let mut connections = Connections::new(KEEP_ALIVE);
        let mut in_flight: Vec<(Instant, u64)> = Vec::new();
        let mut arrivals = Vec::new();
        for call in calls {
            now += millis(call.pause);
            loop {
                in_flight.sort_unstable();
                while let Some(&(end, id)) = in_flight.first() && end <= now {
                    in_flight.remove(0);
                    pace.returned(id, true, end);
                    connections.idle.push(end);
                }
                let cold = connections.idle.is_empty();
                match pace.admit(now, &mut connections) {
                    Admission::Now(id) => {
                        let connect = if cold { millis(call.connect) } else { Duration::ZERO };
                        let late = if pace.quickest.is_some() { millis(call.late) } else { Duration::ZERO };
                        let arrival = now + connect + late + millis(call.travel);
                        arrivals.push(arrival);
                        in_flight.push((arrival + millis(work), id));
                        break;
                    }
                    Admission::At(instant) => {
                        let next = in_flight.first().map_or(instant, |(end, _)| *end);
                        now = instant.min(next).max(now);
                    }
                    Admission::AfterAnAnswer => now = in_flight.first().unwrap().0,
                }
            }
        }
        arrivals.sort_unstable();
        for window in arrivals.windows(rate as usize + 1) {
            prop_assert!(*window.last().unwrap() - window[0] > SECOND, "{:?}", window[0] - begin);
        }
    }
}
