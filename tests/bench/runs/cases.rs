//! What is measured, and what would be good.

use std::time::Duration;

use simulator::{Behaviour, Cloud, Order, Rate, Server};

use crate::adoption;
use crate::configuration::{FIRST_IDENTITY, FIRST_UIN, Floor, Many};
use crate::departments;
use crate::pipelines;
use crate::process;
use crate::review;
use crate::sandbox::{Kept, Sandbox};
use crate::table::{NO_GOAL, Row, Sample, median};
use crate::{Bench, Failure};

/// One line of the table, or a few that belong together.
pub(crate) struct Case {
    /// What `CASE=` calls it.
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Bench) -> Result<Vec<Row>, Failure>,
}

/// In the order of the table.
pub(crate) const ALL: &[Case] = &[
    Case { name: "process", run: process::measure },
    Case { name: "plan-1000", run: plan_1000 },
    Case { name: "plan-1000-alike", run: plan_1000_alike },
    Case { name: "plan-1000-bare", run: plan_1000_bare },
    Case { name: "plan-20-identities", run: plan_20_identities },
    Case { name: "plan-products", run: plan_products },
    Case { name: "plan-10000", run: plan_10000 },
    Case { name: "apply-1000", run: apply_1000 },
    Case { name: "apply-1000-remote", run: apply_1000_remote },
    Case { name: "apply-1000-oldest", run: apply_1000_oldest },
    Case { name: "apply-1000-random", run: apply_1000_random },
    Case { name: "apply-one-large", run: apply_one_large },
    Case { name: "destroy-1000", run: destroy_1000 },
    Case { name: "imports", run: adoption::imports },
    Case { name: "grouped-query", run: adoption::grouped_query },
    Case { name: "plan-checks", run: plan_checks },
    Case { name: "access-review", run: review::access_review },
    Case { name: "members-by-unit", run: departments::members_by_unit },
    Case { name: "two-applies", run: pipelines::two_applies },
    Case { name: "five-applies", run: pipelines::five_applies },
    Case { name: "five-plans", run: pipelines::five_plans },
];

const THOUSAND: Many = Many::pairs(1_000);

/// How the table calls the two kinds of API.
pub(crate) const PACED: &str = "50 ms, 20/s";
pub(crate) const FREE: &str = "free API";

/// What the provider block says where the API has no limit.
pub(crate) const UNLIMITED: &str = "requests_per_second = 1000";

/// The rows of a case without a floor: with the paced API, held to `goal`, and with the free one. `samples`
/// is told how the cloud behaves and what the provider block says.
pub(crate) fn paced_and_free(
    name: &str,
    goal: &'static str,
    met: impl Fn(f64, f64, &Sample) -> bool,
    samples: impl Fn(&Behaviour, &str) -> Result<Vec<Sample>, Failure>,
) -> Result<Vec<Row>, Failure> {
    let (paced, free) = (samples(&paced(), "")?, samples(&free(), UNLIMITED)?);
    Ok(vec![
        Row::compare(format!("{name}, {PACED}"), &[], &paced, goal, met),
        Row::compare(format!("{name}, {FREE}"), &[], &free, NO_GOAL, |_, _, _| true),
    ])
}

/// What a command starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    Nothing,
    Applied,
}

/// What is run, and over what.
struct Scene<'a> {
    many: Many,
    arguments: &'a [&'a str],
    start: Start,
    behaviour: Behaviour,
    /// What the provider block says.
    provider: &'a str,
    /// Where the host keeps its state.
    kept: Kept,
    floor: Floor,
}

pub(crate) const PLAN: [&str; 1] = ["plan"];
pub(crate) const APPLY: [&str; 3] = ["apply", "-auto-approve", "-parallelism=10"];

impl Scene<'_> {
    /// A plan of what was applied, by the API as it is documented.
    fn plan(many: Many) -> Self {
        Self {
            many,
            arguments: &PLAN,
            start: Start::Applied,
            behaviour: paced(),
            provider: "",
            kept: Kept::InFile,
            floor: Floor::Number,
        }
    }

    /// An apply of what does not exist yet.
    fn apply(many: Many) -> Self {
        Self { arguments: &APPLY, start: Start::Nothing, ..Self::plan(many) }
    }

    /// The same with an API without a limit, next door.
    fn free(&self) -> Self {
        let behaviour = Behaviour { order: self.behaviour.order, ..free() };
        Self { behaviour, provider: UNLIMITED, ..*self }
    }
}

fn plan_1000(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let goals = ["≤ floor + 1.5 s, ≤ 41 calls", "≤ 1.0 × floor"];
    let met = |floor: f64, ours: f64, most: &Sample| ours <= floor + 1.5 && most.call_count() <= 41;
    both(bench, "plan of 1,000", &Scene::plan(THOUSAND), goals, met, |floor, ours| ours <= floor)
}

/// The same beside a floor that holds as much: what the host takes for these values without any plugin.
fn plan_1000_alike(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let floors = [("the same lists", Floor::Declared), ("the same lists and grants", Floor::Kept)];
    let row = |(held, floor)| {
        let (floor, ours) = alternate(bench, &Scene { floor, ..Scene::plan(THOUSAND).free() })?;
        let name = format!("plan of 1,000 beside terraform_data with {held}, {FREE}");
        Ok(Row::compare(name, &floor, &ours, "≤ 1.0 × floor", |floor, ours, _| ours <= floor))
    };
    floors.into_iter().map(row).collect()
}

/// What is the host's, whoever answers: with our schema, and with as little as a resource can have.
fn plan_1000_bare(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let bare = bench.of(std::env::current_exe()?);
    let kinds = [("our schema", THOUSAND), ("two plain attributes", Many { plain: true, ..THOUSAND })];
    let row = |(schema, many)| {
        let (floor, ours) = alternate(&bare, &Scene::plan(many).free())?;
        let name = format!("plan of 1,000 by a plugin that does nothing, {schema}, {FREE}");
        Ok(Row::compare(name, &floor, &ours, NO_GOAL, |_, _, _| true))
    };
    kinds.into_iter().map(row).collect()
}

/// Twenty lists of one page each.
fn plan_20_identities(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let scene = Scene::plan(Many { spread: 20, ..THOUSAND });
    let met = |_: f64, _: f64, most: &Sample| most.call_count() <= 2 * 20 + 20;
    and_free(bench, "plan of 1,000 over 20 identities", &scene, "≤ 60 calls", met)
}

/// A thousand members with five identities each: five lists of twenty pages.
fn plan_products(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let scene = Scene::plan(Many { count: 100, members: 10, identities: 5, ..THOUSAND });
    let met = |_: f64, _: f64, most: &Sample| most.call_count() <= 2 * 100 + 5;
    and_free(bench, "plan of 100 × (10 members × 5 identities)", &scene, "≤ 205 calls", met)
}

fn plan_10000(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let bench = &bench.at_most(3);
    let (floor, ours) = alternate(bench, &Scene::plan(Many::pairs(10_000)).free())?;
    let (floor_thousand, thousand) = alternate(bench, &Scene::plan(THOUSAND).free())?;
    let cpu = |samples: &[Sample]| median(samples.iter().map(|sample| sample.cpu));
    let growth = cpu(&ours) / cpu(&thousand);
    let floor_growth = cpu(&floor) / cpu(&floor_thousand);
    Ok(vec![Row::compare(
        format!(
            "plan of 10,000, {FREE} (CPU {growth:.1} times that of 1,000; the floor's {floor_growth:.1} times)"
        ),
        &floor,
        &ours,
        "grows no faster than the floor",
        |_, _, _| growth <= floor_growth,
    )])
}

fn apply_1000(bench: &Bench) -> Result<Vec<Row>, Failure> {
    apply_in_order(bench, "newest first", Order::NewestFirst, Kept::InFile)
}

fn apply_1000_remote(bench: &Bench) -> Result<Vec<Row>, Failure> {
    apply_in_order(bench, "newest first, remote state", Order::NewestFirst, Kept::Remotely)
}

fn apply_1000_oldest(bench: &Bench) -> Result<Vec<Row>, Failure> {
    apply_in_order(bench, "oldest first", Order::OldestFirst, Kept::InFile)
}

fn apply_1000_random(bench: &Bench) -> Result<Vec<Row>, Failure> {
    apply_in_order(bench, "in random order", Order::Shuffled(3), Kept::InFile)
}

fn apply_in_order(bench: &Bench, lists: &str, order: Order, kept: Kept) -> Result<Vec<Row>, Failure> {
    let behaviour = Behaviour { order, ..paced() };
    let scene = Scene { behaviour, kept, ..Scene::apply(THOUSAND) };
    let name = format!("apply of 1,000 new, lists {lists}");
    if matches!(order, Order::Shuffled(_)) {
        let met = |_: f64, _: f64, most: &Sample| most.refused == 0;
        return and_free(bench, &name, &scene, "none refused", met);
    }
    let goal = "≤ 15 s, ≤ 240 calls besides the checks, none refused";
    let met = |_: f64, ours: f64, most: &Sample| {
        ours <= 15.0 && most.grant_call_count() <= 240 && most.refused == 0
    };
    and_free(bench, &name, &scene, goal, met)
}

fn apply_one_large(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let scene = Scene::apply(Many { count: 1, members: 200, identities: 5, ..THOUSAND });
    let met = |_: f64, _: f64, most: &Sample| {
        most.grant_call_count() <= 45 && most.calls.get("CreateOrganizationMemberAuthIdentity") == Some(&20)
    };
    and_free(
        bench,
        "one resource of 200 × 5, create",
        &scene,
        "20 grants, ≤ 45 calls besides the checks",
        met,
    )
}

fn destroy_1000(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let scene = Scene { arguments: &["destroy", "-auto-approve"], ..Scene::plan(THOUSAND) };
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let met = |_: f64, ours: f64, most: &Sample| ours <= 1.1 * most.call_count() as f64 / 20.0;
    and_free(&bench.at_most(3), "destroy of 1,000", &scene, "≤ 1.1 × calls / 20 per s", met)
}

/// A plan that would grant three hundred new pairs in an organization of a thousand members, and looks
/// whether all of them exist.
fn plan_checks(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let many = Many { from: 700, ..Many::pairs(300) };
    let scene = Scene { start: Start::Nothing, ..Scene::plan(many) };
    let met = |_: f64, _: f64, most: &Sample| most.call_count() <= 45;
    and_free(bench, "plan of 300 new, checked, of 1,000 members", &scene, "≤ 45 calls", met)
}

/// Measures `scene`, and the same with a free API, which has no goal of its own.
fn and_free(
    bench: &Bench,
    name: &str,
    scene: &Scene<'_>,
    goal: &'static str,
    met: impl Fn(f64, f64, &Sample) -> bool,
) -> Result<Vec<Row>, Failure> {
    both(bench, name, scene, [goal, NO_GOAL], met, |_, _| true)
}

/// Measures `scene`, and the same with a free API, each with its goal.
fn both(
    bench: &Bench,
    name: &str,
    scene: &Scene<'_>,
    [goal, free_goal]: [&'static str; 2],
    met: impl Fn(f64, f64, &Sample) -> bool,
    free_met: impl Fn(f64, f64) -> bool,
) -> Result<Vec<Row>, Failure> {
    let (floor, ours) = alternate(bench, scene)?;
    let (free_floor, free_ours) = alternate(bench, &scene.free())?;
    let free_met = |floor: f64, ours: f64, _: &Sample| free_met(floor, ours);
    Ok(vec![
        Row::compare(format!("{name}, {PACED}"), &floor, &ours, goal, met),
        Row::compare(format!("{name}, {FREE}"), &free_floor, &free_ours, free_goal, free_met),
    ])
}

/// Runs the floor and ours in turn.
fn alternate(bench: &Bench, scene: &Scene<'_>) -> Result<(Vec<Sample>, Vec<Sample>), Failure> {
    let Scene { many, arguments, start, .. } = *scene;
    let floor = Sandbox::new(bench, false, scene.kept)?;
    floor.write("main.tf", &many.floor_configuration(scene.floor))?;
    let floor_state = (start == Start::Applied).then(|| many.floor_state(scene.floor));
    let sandbox = Sandbox::new(bench, true, scene.kept)?;
    sandbox.write("main.tf", &many.configuration(scene.provider))?;
    let state = (start == Start::Applied).then(|| many.state(&sandbox.address()));
    let (mut floors, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs {
        floor.set_state(floor_state.as_ref())?;
        floors.push(floor.run(arguments, None)?);
        let server = Server::start(cloud(many, start, scene.behaviour.clone()))?;
        sandbox.set_state(state.as_ref())?;
        ours.push(sandbox.run(arguments, Some(&server))?);
        for sandbox in [&floor, &sandbox] {
            if arguments == PLAN && start == Start::Applied && !sandbox.output()?.contains("No changes.") {
                return Err("a plan of what exists has changes".into());
            }
        }
    }
    Ok((floors, ours))
}

/// The API as it is documented, at a distance of 50 ms.
pub(crate) fn paced() -> Behaviour {
    Behaviour { latency: Duration::from_millis(50), ..Behaviour::default() }
}

/// The API without a limit, next door.
pub(crate) fn free() -> Behaviour {
    Behaviour { rate: Rate::Off, ..Behaviour::default() }
}

/// An organization for `many`, with its grants if they were applied.
pub(crate) fn cloud(many: Many, start: Start, behaviour: Behaviour) -> Cloud {
    let mut cloud = Cloud::new().with_behaviour(behaviour);
    for n in 0..many.member_count() {
        cloud.add_member(FIRST_UIN + n, "member");
    }
    for n in 0..many.identity_count() {
        cloud.add_identity(FIRST_IDENTITY + n, "identity");
    }
    if start == Start::Applied {
        for (uin, id) in many.all_pairs() {
            cloud.grant(uin, id);
        }
    }
    cloud
}
