//! Deadlines, stops, the rate, and clocks that differ.

use super::*;

fn throttled() -> Step {
    refused("RequestLimitExceeded")
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_whatever_the_number_of_retries() {
    let script = Script::new(std::iter::repeat_n(throttled(), 12).chain([ok()]));
    let client = client_with(Settings { max_retries: 0, ..settings() }, &script);
    client.call(&WRITE, &minutes(20)).await.unwrap();
    assert_eq!(script.sent().len(), 13);
}

#[tokio::test(start_paused = true)]
async fn throttling_ends_at_the_deadline_and_is_told() {
    let script = Script::forever(throttled());
    let until = minutes(1);
    let error = client(&script).call(&WRITE, &until).await.unwrap_err();
    assert_eq!(error.kind(), Kind::TimedOut);
    assert_eq!(error.elapsed(), MINUTE);
    assert_eq!(error.attempts() as usize, script.sent().len());
    assert_eq!(error.code(), Some("RequestLimitExceeded"));
    assert_eq!(
        chain(&error),
        "DeleteOrganizationMemberAuthIdentity ran out of time; RequestLimitExceeded: because"
    );
}

#[tokio::test(start_paused = true)]
async fn waits_stay_below_their_ceilings() {
    let script = Script::new(std::iter::repeat_n(Step::NotSent, 4).chain([ok()]));
    write(&script).await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(|(at, _)| *at).collect();
    for (pair, ceiling_ms) in sent.windows(2).zip([250, 500, 1_000, 2_000]) {
        assert!(pair[1] - pair[0] <= Duration::from_millis(ceiling_ms + 1));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_once_the_time_is_up() {
    let script = Script::new([]);
    let error = client(&script).call(&READ, &minutes(0)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.code()), (Kind::TimedOut, 0, None));

    let stop = CancellationToken::new();
    stop.cancel();
    let error = client(&script).call(&READ, &Deadline::after(MINUTE, stop)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Stopped, 0));
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_wait_at_once() {
    let script = Script::forever(throttled());
    let stop = CancellationToken::new();
    let until = Deadline::after(MINUTE * 20, stop.clone());
    let client = client(&script);
    let call = tokio::spawn(async move { client.call(&WRITE, &until).await });
    tokio::time::sleep(MINUTE).await;
    let (asked, sent) = (Instant::now(), script.sent().len());
    stop.cancel();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Stopped, Some("RequestLimitExceeded")));
    assert_eq!(Instant::now(), asked);
    assert_eq!(script.sent().len(), sent);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_a_request_in_flight_end() {
    for (step, expected) in [(ok(), Ok(Done {})), (Step::MaybeSent, Err(Kind::Uncertain))] {
        let script = Script::new([after(Duration::from_secs(2), step)]);
        let stop = CancellationToken::new();
        let until = Deadline::after(MINUTE, stop.clone());
        let client = client(&script);
        let call = tokio::spawn(async move { client.call(&WRITE, &until).await });
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.cancel();
        assert_eq!(call.await.unwrap().map_err(|error| error.kind()), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_lets_a_request_in_flight_end() {
    let script = Script::new([after(Duration::from_secs(4), ok())]);
    let until = Deadline::after(Duration::from_secs(1), CancellationToken::new());
    assert_eq!(client(&script).call(&WRITE, &until).await.unwrap(), Done {});
}

#[tokio::test(start_paused = true)]
async fn a_stalled_request_is_given_up() {
    for (limit_s, given_up_s) in [(1, 5), (20, 20), (600, 30)] {
        let script = Script::new([after(MINUTE * 10, ok())]);
        let until = Deadline::after(Duration::from_secs(limit_s), CancellationToken::new());
        let error = client(&script).call(&WRITE, &until).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Uncertain);
        assert_eq!(error.elapsed(), Duration::from_secs(given_up_s));
        assert!(chain(&error).ends_with(&format!(" within {given_up_s} s")));
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_holds_for_an_action_across_all_callers_and_retries() {
    let script = Script::forever(ok());
    let client = client_with(Settings { requests_per_second: Some(5), ..settings() }, &script);
    let calls = (0..30).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.call(&READ, &minutes(1)).await.map(|_| ()) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    let at: Vec<_> = script.sent().iter().map(|(at, _)| *at).collect();
    for six in at.windows(6) {
        assert!(six[5] - six[0] > Duration::from_secs(1));
    }
    assert!(at[29] - at[0] < Duration::from_secs(6), "five a second of 30 calls are five waits");

    let before = Instant::now();
    client.call(&WRITE, &minutes(1)).await.unwrap();
    assert_eq!(Instant::now(), before, "another action has its own limit");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_rate_slows_every_caller_down() {
    let script = Script::new([throttled()].into_iter().chain(std::iter::repeat_n(ok(), 16)));
    let client = client(&script);
    client.call(&READ, &minutes(1)).await.unwrap();
    let calls = (0..15).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.call(&READ, &minutes(1)).await.map(|_| ()) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    let at: Vec<_> = script.sent().iter().map(|(at, _)| *at).collect();
    assert!(at[16] - at[2] >= Duration::from_secs(1), "half of 20 calls a second is less than 15");
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_waiting_for_its_turn_sends_nothing() {
    let script = Script::forever(ok());
    let client = client_with(Settings { requests_per_second: Some(1), ..settings() }, &script);
    client.call(&READ, &minutes(1)).await.unwrap();
    let stop = CancellationToken::new();
    let until = Deadline::after(MINUTE, stop.clone());
    let call = tokio::spawn(async move { client.call(&READ, &until).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    stop.cancel();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Stopped, 0));
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_signed_for_its_own_moment() {
    let script = Script::new([after(MINUTE, ok()), ok()]);
    read(&script).await.unwrap();
    let times: Vec<i64> = script.headers("X-TC-Timestamp").iter().map(|time| time.parse().unwrap()).collect();
    assert_eq!(times[0], BEGIN);
    assert!(times[1] >= BEGIN + 30);
    let signatures = script.headers("Authorization");
    assert_ne!(signatures[0], signatures[1]);
}

const EXPIRED: &str = "AuthFailure.SignatureExpire";

fn expired(date: Option<&'static str>) -> Step {
    Step::Answer { status: 200, date, body: refusal(EXPIRED) }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_wrong_is_corrected_once_and_for_all() {
    let script = Script::new([expired(Some("Tue, 14 Nov 2023 22:23:20 GMT")), ok(), ok()]);
    let client = client(&script);
    client.call(&WRITE, &minutes(1)).await.unwrap();
    client.call(&WRITE, &minutes(1)).await.unwrap();
    assert_eq!(script.headers("X-TC-Timestamp"), ["1700000000", "1700000600", "1700000600"]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_stays_wrong_is_named() {
    let late = expired(Some("Tue, 14 Nov 2023 22:23:20 GMT"));
    let error = write(&Script::new([late.clone(), late])).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credentials, 2));
    assert!(
        chain(&error).ends_with("because (the clock of this machine is 600 s behind the service's)"),
        "{}",
        chain(&error)
    );

    let script = Script::new([expired(Some("Sun, 14 Nov 2049 22:13:20 GMT")), ok()]);
    let client = client(&script);
    let error = client.call(&WRITE, &minutes(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credentials, 1));
    let apart =
        "because (its Date is 9497 days ahead of the clock of this machine, which is too far to follow)";
    assert!(chain(&error).ends_with(apart), "{}", chain(&error));
    client.call(&WRITE, &minutes(1)).await.unwrap();
    assert_eq!(script.headers("X-TC-Timestamp"), ["1700000000", "1700000000"], "nothing is signed for 2049");

    let error = write(&Script::new([expired(None), expired(None)])).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Credentials, 2));
    assert!(chain(&error).ends_with("AuthFailure.SignatureExpire: because"));
}
