//! A review of everything that is granted in a large organization, in which something of each sort is
//! planted.

use simulator::{Behaviour, Cloud, Holder, Server};

use crate::cases::{PLAN, paced_and_free};
use crate::configuration::{FIRST_IDENTITY, FIRST_UIN};
use crate::sandbox::{Kept, Sandbox};
use crate::table::{Row, Sample};
use crate::{Bench, Failure};

const MEMBERS: u64 = 250;
const IDENTITIES: u64 = 20;

/// Of every hundred grants, one of each sort, by its place.
const UNDECLARED: u64 = 1;
const UNUSABLE: u64 = 2;
const STALE: u64 = 3;
const MISSING: u64 = 4;

pub(crate) fn access_review(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let goal = "≤ 260 calls, ≤ 8 s, nothing missed";
    let met = |_: f64, ours: f64, most: &Sample| ours <= 8.0 && most.call_count() <= 260 && most.refused == 0;
    let name = "access review of 5,000 grants and 5,000 bindings over 20 identities";
    paced_and_free(name, goal, met, |behaviour, provider| samples(bench, behaviour, provider))
}

/// Plans the review, and holds it to find exactly what was planted.
fn samples(bench: &Bench, behaviour: &Behaviour, provider: &str) -> Result<Vec<Sample>, Failure> {
    let sandbox = Sandbox::new(bench, true, Kept::InFile)?;
    sandbox.write("main.tf", &configuration(provider))?;
    let mut samples = Vec::new();
    for _ in 0..bench.runs {
        let server = Server::start(cloud(behaviour.clone()))?;
        samples.push(sandbox.run(&PLAN, Some(&server))?);
        let output = sandbox.output()?;
        if !output.contains("granted 4950, undeclared 50, unusable 50, stale 50, missing 50, planted 200") {
            return Err(format!("the review did not find what was planted:\n{output}").into());
        }
    }
    Ok(samples)
}

/// Each grant by its number: member, identity and sort.
fn grants() -> impl Iterator<Item = (u64, u64, u64, u64)> {
    (0..MEMBERS * IDENTITIES).map(|n| (n, FIRST_UIN + n % MEMBERS, FIRST_IDENTITY + n / MEMBERS, n % 100))
}

fn cloud(behaviour: Behaviour) -> Cloud {
    let mut cloud = Cloud::new().with_behaviour(behaviour);
    (0..MEMBERS).for_each(|n| cloud.add_member(FIRST_UIN + n, "member"));
    (0..IDENTITIES).for_each(|n| cloud.add_identity(FIRST_IDENTITY + n, "identity"));
    for (n, uin, id, sort) in grants() {
        if sort != MISSING {
            cloud.grant(uin, id);
        }
        if sort == STALE {
            cloud.make_stale(uin, id);
        }
        cloud = cloud.with_policy(n + 1, "policy", id, &[uin]);
        if sort != UNUSABLE {
            cloud = cloud.with_binding(n + 1, Holder::sub_account(7, "ann"));
        }
    }
    cloud
}

/// Declares all but what is planted as undeclared, and counts what is found and what of it was planted.
fn configuration(provider: &str) -> String {
    let planted = |sort: u64| format!("[for n in range(50) : local.keys[n * 100 + {sort}]]");
    let [undeclared, unusable, stale, missing] = [UNDECLARED, UNUSABLE, STALE, MISSING].map(planted);
    let (all, first) = (MEMBERS * IDENTITIES, FIRST_IDENTITY);
    format!(
        r#"
provider "tencentcloud" {{
  {provider}
}}

locals {{
  # A range has 1,024 elements at most.
  numbers = flatten([for hundreds in range({all} / 100) : [for n in range(100) : hundreds * 100 + n]])
  keys    = [for n in local.numbers : "${{{FIRST_UIN} + n % {MEMBERS}}}#${{{first} + floor(n / {MEMBERS})}}"]
  found   = data.tencentcloud_org_access_review.all
  planted = length(concat(
    tolist(setintersection(keys(local.found.undeclared), {undeclared})),
    tolist(setintersection(keys(local.found.unusable), {unusable})),
    tolist(setintersection(keys(local.found.stale), {stale})),
    tolist(setintersection(keys(local.found.missing), {missing})),
  ))
}}

data "tencentcloud_org_access_review" "all" {{
  declared = [for n in local.numbers : local.keys[n] if n % 100 != {UNDECLARED}]
}}

output "found" {{
  value = join(", ", [
    "granted ${{length(local.found.granted)}}",
    "undeclared ${{length(local.found.undeclared)}}",
    "unusable ${{length(local.found.unusable)}}",
    "stale ${{length(local.found.stale)}}",
    "missing ${{length(local.found.missing)}}",
    "planted ${{local.planted}}",
  ])
}}
"#
    )
}
