use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::pace::WINDOW;
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
async fn calls_are_admitted_up_to_the_rate_and_in_the_order_they_ask() {
    let limiter = Arc::new(Limiter::new(20));
    let moments = burst(&limiter, 60, millis(1)).await;
    assert!(moments.is_sorted());
    assert!(moments[19] <= millis(20), "{moments:?}");
    assert!(moments[20] >= WINDOW && moments[39] < WINDOW + millis(40), "{moments:?}");
    assert!(moments[40] >= WINDOW * 2 && moments[59] < WINDOW * 2 + millis(60), "{moments:?}");
}

/// So that little is under way when others are noticed who have taken the rate already.
#[tokio::test(start_paused = true)]
async fn the_first_second_begins_with_one_call_and_one_more_after_each_round_of_answers() {
    let limiter = Arc::new(Limiter::new(20));
    let moments = burst(&limiter, 20, millis(50)).await;
    let in_round = |round: u32| moments.iter().filter(|moment| **moment == millis(50) * round).count();
    assert_eq!((0..6).map(in_round).collect::<Vec<_>>(), [1, 2, 2, 3, 4, 5], "{moments:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_stalls_holds_up_the_others_for_a_second_at_most() {
    let limiter = Limiter::new(2);
    let _stalled = limiter.admit().await;
    let began = Instant::now();
    let _second = limiter.admit().await;
    assert_eq!(began.elapsed(), WINDOW);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_stalls_does_not_keep_a_share_from_growing() {
    let limiter = Limiter::new(2);
    limiter.admit().await.refused();
    let _stalled = limiter.admit().await;
    let began = Instant::now();
    let _second = limiter.admit().await;
    assert!(began.elapsed() < WINDOW * 2, "{:?}", began.elapsed());
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

#[tokio::test(start_paused = true)]
async fn a_call_counts_until_a_second_after_its_answer() {
    let limiter = Arc::new(Limiter::new(2));
    let latency = millis(700);
    let moments = burst(&limiter, 4, latency).await;
    for (moment, later) in moments.iter().zip(&moments[2..]) {
        let counts_until = *moment + latency + WINDOW;
        assert!(*later >= counts_until && *later < counts_until + millis(5), "{moments:?}");
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
