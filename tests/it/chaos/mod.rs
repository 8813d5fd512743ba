//! Whatever breaks, wherever it breaks, nothing is lost: every trouble at every call of every operation, done to the
//! real binary.
//!
//! A [`case::Case`] has a name, such as `update/shared/reset-after/7`: the operation, whether others granted two of its
//! pairs before, the trouble, and the call at which it comes. [`play`] sets the scene, does it, and holds the outcome to three
//! promises: the state lists what exists of ours; one more apply makes cloud and configuration equal; one destroy
//! leaves none of ours and all of others'.
//!
//! `make chaos` plays all cases, `make test` a sample of them. The same cases are played in memory, all of them every time, in
//! `src/resources/org_member_auth_identity/tests/crash_points.rs`. [`terraform`] does some of it to a real host.

mod case;
mod play;
mod terraform;

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};
use terraform_provider_tencentcloud::ambient::{Env as _, ProcessEnv};

use self::case::Case;
use self::play::Stage;

/// How many cases are played at once: nearly all of the time they wait.
const SIDE_BY_SIDE: usize = 12;

/// How many cases `make test` plays.
const SAMPLE: usize = 48;

/// Plays `cases`, prints what came of them by operation and trouble, and fails if a promise was broken.
async fn play_all(stage: &Stage, cases: Vec<Case>) {
    let outcomes = stream::iter(cases).map(|case| async move {
        let outcome = play::play(stage, &case).await;
        (case, outcome)
    });
    let outcomes: Vec<(Case, Result<&str, String>)> = outcomes.buffer_unordered(SIDE_BY_SIDE).collect().await;
    let mut table: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut broken = Vec::new();
    for (case, outcome) in &outcomes {
        let kind = match outcome {
            Ok(kind) => kind,
            Err(why) => {
                broken.push(format!("{case}: {why}\n    again: make chaos CASE={case}"));
                "BROKEN"
            }
        };
        *table.entry(case.row()).or_default().entry(kind).or_default() += 1;
    }
    for (row, counts) in &table {
        let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        eprintln!("{row:<24} {}", counts.join(", "));
    }
    eprintln!("{} cases, {} broken", outcomes.len(), broken.len());
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    let untroubled = outcomes.iter().filter(|(_, outcome)| *outcome == Ok(play::FEWER_CALLS)).count();
    assert!(untroubled * 10 <= outcomes.len(), "the trouble did not come in {untroubled} cases");
}

/// So many of `cases`, drawn by the seed, which is printed.
fn draw(mut cases: Vec<Case>, count: usize) -> Vec<Case> {
    let seed = ProcessEnv.var("CHAOS_SEED").and_then(|text| text.parse().ok()).unwrap_or(1);
    eprintln!("{count} of {} cases, CHAOS_SEED={seed}", cases.len());
    fastrand::Rng::with_seed(seed).shuffle(&mut cases);
    cases.truncate(count);
    cases
}

/// `CASE=name` plays one case, `CHAOS_CASES=number` so many drawn from the seed, `CHAOS_CASES=all` all of them.
#[tokio::test(flavor = "multi_thread")]
async fn no_trouble_at_any_call_loses_anything() {
    let stage = Stage::new().await;
    let all: Vec<Case> = stage.cases().collect();
    let cases = match (ProcessEnv.var("CASE"), ProcessEnv.var("CHAOS_CASES").as_deref()) {
        (Some(name), _) => {
            let found: Vec<Case> = all.into_iter().filter(|case| case.to_string() == name).collect();
            assert!(!found.is_empty(), "no case is called {name}");
            found
        }
        (None, Some("all")) => all,
        (None, Some(count)) => draw(all, count.parse().unwrap()),
        (None, None) => draw(all.into_iter().filter(|case| !case.is_slow()).collect(), SAMPLE),
    };
    play_all(&stage, cases).await;
}
