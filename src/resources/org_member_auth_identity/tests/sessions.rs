//! Credentials that end before the apply does.

use super::*;

const ROLE: &str = "qcs::cam::uin/100000000000:roleName/ops";

/// Revokes of one member follow each other, each of them as slow as an answer may be.
#[tokio::test(start_paused = true)]
async fn an_apply_of_four_minutes_goes_through_on_keys_of_one() {
    let session_seconds = Some(60);
    let fast = Behaviour { session_seconds, ..Behaviour::default() };
    let world = World::as_role(organization(1, 12).with_role(ROLE).with_behaviour(fast), ROLE);
    let state = world.done(None, config([1], 11..=22)).await;
    world.cloud().behaviour.latency = Duration::from_secs(20);
    world.cloud().clear_journal();
    let began = world.cloud().sessions().len();
    let before = tokio::time::Instant::now();
    world.done(Some(&state), config([1], [11])).await;
    let took = before.elapsed().saturating_sub(AGE_MAX);
    assert!(took >= Duration::from_mins(4), "{took:?}");

    let cloud = world.cloud();
    let sessions = &cloud.sessions()[began..];
    assert!((4..=10).contains(&sessions.len()), "{} sessions of a minute in {took:?}", sessions.len());
    assert!(cloud.journal().iter().all(|call| call.code.is_empty()), "no call was refused for its keys");
    let of_sessions = |id: &String| sessions.iter().any(|session| session.secret_id == *id);
    let signed = cloud.journal().iter().filter(|call| call.action != "AssumeRole");
    assert!(signed.map(|call| &call.secret_id).all(of_sessions), "every call is signed by the role");
}

/// What ends a session early costs one call more, and no grant is asked for twice.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_revoked_in_the_middle_is_opened_anew() {
    let world = World::as_role(organization(1, 2).with_role(ROLE), ROLE);
    let state = world.done(None, config([1], [11])).await;
    world.cloud().clear_journal();
    let (left, ()) = tokio::join!(world.run(Some(&state), Some(config([1], [11, 12]))), async {
        tokio::time::sleep(AGE_MAX).await;
        world.cloud().revoke_sessions();
    });
    assert_eq!(left.report, Diagnostics::new());
    world.assert_exact(left.state.as_ref());
    assert_eq!(world.count(CREATE), 1);
}
