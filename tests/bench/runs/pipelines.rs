//! Several runs at once on one account: processes that know nothing of each other and share its rate.

use simulator::{Behaviour, Server};

use crate::cases::{APPLY, FREE, PACED, PLAN, Start, UNLIMITED, cloud, free, paced};
use crate::configuration::Many;
use crate::sandbox::{Kept, Sandbox, counted};
use crate::table::{Row, Sample};
use crate::{Bench, Failure};

const THOUSAND: Many = Many::pairs(1_000);

pub(crate) fn two_applies(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let goal = "both end well, < 2 % refused";
    let met = |_: f64, _: f64, most: &Sample| most.refused * 50 < most.call_count();
    let paced = side_by_side(bench, 2, Start::Nothing, "", &paced())?;
    let free = side_by_side(bench, 2, Start::Nothing, UNLIMITED, &free())?;
    Ok(vec![
        Row::compare(format!("two applies of 500 at once, {PACED}"), &[], &paced, goal, met),
        Row::compare(format!("two applies of 500 at once, {FREE}"), &[], &free, goal, met),
    ])
}

pub(crate) fn five_applies(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let goal = "≤ 15 s, ≤ 420 calls, ≤ 5 % refused";
    let met = |_: f64, ours: f64, most: &Sample| {
        ours <= 15.0 && most.call_count() <= 420 && most.refused * 20 <= most.call_count()
    };
    let samples = side_by_side(bench, 5, Start::Nothing, "", &paced())?;
    Ok(vec![Row::compare(format!("five applies of 200 at once, {PACED}"), &[], &samples, goal, met)])
}

pub(crate) fn five_plans(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let goal = "≤ 6.5 s, ≤ 10 % refused";
    let met = |_: f64, ours: f64, most: &Sample| ours <= 6.5 && most.refused * 10 <= most.call_count();
    let samples = side_by_side(bench, 5, Start::Applied, "", &paced())?;
    Ok(vec![Row::compare(format!("five plans of 200 at once, {PACED}"), &[], &samples, goal, met)])
}

/// Applies a thousand in so many parts at once, or plans them.
fn side_by_side(
    bench: &Bench,
    parts: u64,
    start: Start,
    provider: &str,
    behaviour: &Behaviour,
) -> Result<Vec<Sample>, Failure> {
    let count = THOUSAND.count / parts;
    let mut sandboxes = Vec::new();
    for part in 0..parts {
        let sandbox = Sandbox::new(bench, true, Kept::InFile)?;
        let many = Many { from: part * count, ..Many::pairs(count) };
        sandbox.write("main.tf", &many.configuration(provider))?;
        let state = (start == Start::Applied).then(|| many.state(&sandbox.address()));
        sandboxes.push((sandbox, state));
    }
    let mut samples = Vec::new();
    for _ in 0..bench.runs {
        let server = Server::start(cloud(THOUSAND, start, behaviour.clone()))?;
        let mut running = Vec::new();
        for (sandbox, state) in &sandboxes {
            sandbox.set_state(state.as_ref())?;
            let arguments: &[&str] = if start == Start::Applied { &PLAN } else { &APPLY };
            running.push(sandbox.start(arguments, Some(&server))?);
        }
        let mut longest = Sample::default();
        for running in running {
            let sample = running.end()?;
            longest.seconds = sample.seconds.max(longest.seconds);
        }
        for (sandbox, _) in &sandboxes {
            if start == Start::Applied && !sandbox.output()?.contains("No changes.") {
                return Err("a plan of what exists has changes".into());
            }
        }
        let cloud = server.cloud();
        if cloud.snapshot().len() < 1_000 {
            return Err("a grant is missing after applies at once".into());
        }
        samples.push(counted(longest, cloud.journal()));
    }
    Ok(samples)
}
