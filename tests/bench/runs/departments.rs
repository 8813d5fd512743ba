//! The members of a department with all below it, in a large organization.

use simulator::{Behaviour, Cloud, Server};

use crate::cases::{PLAN, paced_and_free};
use crate::configuration::FIRST_UIN;
use crate::sandbox::{Kept, Sandbox};
use crate::table::{Row, Sample};
use crate::{Bench, Failure};

const MEMBERS: u64 = 1_000;
/// Beside the topmost unit, which is there from the start.
const UNITS: u64 = 199;
const TOPMOST: u64 = 1_001;
const FIRST_UNIT: u64 = 2_000;

pub(crate) fn members_by_unit(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let goal = "≤ 24 calls";
    let met = |_: f64, _: f64, most: &Sample| most.call_count() <= 24 && most.refused == 0;
    let name = "members by unit, of 200 units and 1,000 members, recursive";
    paced_and_free(name, goal, met, |behaviour, provider| samples(bench, behaviour, provider))
}

/// Asks for half of the organization: the first unit, and the hundred that are below it in a line.
fn samples(bench: &Bench, behaviour: &Behaviour, provider: &str) -> Result<Vec<Sample>, Failure> {
    let sandbox = Sandbox::new(bench, true, Kept::InFile)?;
    let configuration = format!(
        "provider \"tencentcloud\" {{\n  {provider}\n}}\n\
         data \"tencentcloud_org_members\" \"half\" {{\n  node_id = {FIRST_UNIT}\n  recursive = true\n}}\n\
         output \"found\" {{\n  value = \"found ${{length(data.tencentcloud_org_members.half.member_uins)}}\"\n}}\n"
    );
    sandbox.write("main.tf", &configuration)?;
    let mut samples = Vec::new();
    for _ in 0..bench.runs {
        let server = Server::start(cloud(behaviour.clone()))?;
        samples.push(sandbox.run(&PLAN, Some(&server))?);
        let output = sandbox.output()?;
        if !output.contains("found 500") {
            return Err(format!("not the members of a hundred units:\n{output}").into());
        }
    }
    Ok(samples)
}

/// Two lines of units, each below the one before, and five members in each of the first two hundred.
fn cloud(behaviour: Behaviour) -> Cloud {
    let mut cloud = Cloud::new().with_behaviour(behaviour);
    for n in 0..UNITS {
        let parent = if n % 100 == 0 { TOPMOST } else { FIRST_UNIT + n - 1 };
        cloud.add_node(FIRST_UNIT + n, "unit", parent);
    }
    for n in 0..MEMBERS {
        let unit = n / 5;
        let node = if unit < UNITS { FIRST_UNIT + unit } else { TOPMOST };
        cloud = cloud.with_member_in(node, FIRST_UIN + n, "member");
    }
    cloud
}
