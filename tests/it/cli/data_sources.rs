//! Data sources in the configurations of real hosts, and departments whose access follows the organization.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use simulator::{Cloud, Effect, Fault};

use super::{OPS, member, organization, product, resource, uins};
use support::workspace::{Workspace, on_every_host};

const RESEARCH: &str = "tencentcloud_org_member_auth_identity.research[0]";

/// Research (2001) has a lab (2002); members 1 and 2 are in one, 3 in the other, and 3 is tagged. 4 is in
/// sales (3001).
fn departments() -> Cloud {
    let mut cloud = organization()
        .with_node(2001, "Research", 1001)
        .with_node(2002, "Lab", 2001)
        .with_node(3001, "Sales", 1001);
    for (n, node) in [(1, 2001), (2, 2001), (3, 2002), (4, 3001)] {
        cloud.move_member(member(n), node);
    }
    cloud.with_tag(member(3), "environment", "production")
}

/// Reads `data`, and gives `value` of it as an output.
fn ask(run: &Workspace, data: &str, value: &str) -> Value {
    let config = format!("{data}\noutput \"value\" {{\n  value = {value}\n}}\n");
    run.plan(&config);
    run.apply_plan().succeeded();
    run.settled();
    let output = run.run(&["output", "-json", "value"]).succeeded().stdout;
    serde_json::from_str(&output).unwrap()
}

fn data(of: &str, arguments: &str) -> String {
    format!("data \"tencentcloud_org_{of}\" \"it\" {{\n{arguments}\n}}\n")
}

#[test]
fn identities_members_and_grants_are_read_by_what_is_asked_for() {
    let cloud = || departments().with_grant(member(3), 13);
    on_every_host(cloud, |run| {
        let identities = data("identities", "  type = \"custom\"");
        let ids = "data.tencentcloud_org_identities.it.ids";
        assert_eq!(ask(run, &identities, &format!("{ids}[\"identity-13\"]")), json!(13));
        let policies = "data.tencentcloud_org_identities.it.identities[0].policies[*].name";
        assert_eq!(ask(run, &identities, policies), json!(["ReadOnlyAccess"]));

        let members = "data.tencentcloud_org_members.it";
        let below = data("members", "  node_id = 2001\n  recursive = true");
        assert_eq!(ask(run, &below, &format!("{members}.member_uins")), json!(uins(&[1, 2, 3])));
        let tagged = data("members", "  tags = { environment = \"production\" }");
        let nodes = format!("{{ for m in {members}.members : m.name => m.node_name }}");
        assert_eq!(ask(run, &tagged, &nodes), json!({ "member-100000000003": "Lab" }));
        let nobody = data("members", "  search = \"nobody\"");
        assert_eq!(ask(run, &nobody, &format!("{members}.uins")), json!({}));

        let grants = data("member_auth_identities", "  member_uins = [100000000001, 100000000003]");
        let status =
            "{ for key, g in data.tencentcloud_org_member_auth_identities.it.grants : key => g.status }";
        assert_eq!(ask(run, &grants, status), json!({ "100000000003#13": "configured" }));
        let holders = data("member_auth_identities", "  identity_ids = [1, 16]");
        let held = json!({ "100000000001#1": "configured", "100000000012#16": "configured" });
        assert_eq!(ask(run, &holders, status), held);
    });
}

#[test]
fn a_filter_that_cannot_be_meant_is_shown_where_it_is_written() {
    on_every_host(departments, |run| {
        for (of, arguments, phrases) in [
            ("identities", "  name = \"\"", ["Empty filter", "name is empty"]),
            ("identities", "  type = \"both\"", ["Invalid filter", "must be \"preset\" or \"custom\""]),
            ("members", "  node_id = -1", ["Invalid filter", "which is negative"]),
            ("members", "  recursive = true", ["Invalid filter", "node_id does not say which"]),
            ("members", "  tags = { team = null }", ["Invalid filter", "tags[\"team\"] is null"]),
            ("members", "  node_id = 9999", ["Unit not found", "OrganizationNodeNotExist"]),
            ("member_auth_identities", "", ["Nothing to look for", "Neither member_uins nor identity_ids"]),
            ("member_auth_identities", "  identity_ids = [null]", ["Invalid filter", "contains a null"]),
        ] {
            let error = run.try_plan(&data(of, arguments)).fails_with(&phrases);
            let argument = arguments.trim().split(' ').next().unwrap_or_default();
            assert!(error.code.contains(argument), "{error:?}");
        }
    });
}

#[test]
fn an_argument_that_is_known_after_apply_waits_for_the_apply() {
    on_every_host(departments, |run| {
        let unknown = "resource \"terraform_data\" \"number\" {\n  input = 2001\n}\n";
        let config = data("members", "  node_id = terraform_data.number.output");
        let granted = resource("ops", "data.tencentcloud_org_members.it.member_uins", "[11]", "");
        let step = run.step(&format!("{unknown}{config}{granted}"));
        assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11]));
    });
}

#[test]
fn who_may_not_list_hears_which_permission_is_missing() {
    on_every_host(departments, |run| {
        for (of, arguments, action) in [
            ("identities", "", "ListOrganizationIdentity"),
            ("members", "  node_id = 2001\n  recursive = true", "DescribeOrganizationNodes"),
            ("members", "", "DescribeOrganizationMembers"),
            ("member_auth_identities", "  identity_ids = [11]", "DescribeOrganizationMemberAuthIdentities"),
        ] {
            run.server.cloud().deny(action);
            let refused = run.try_plan(&data(of, arguments));
            refused.fails_with(&["Not authorized", &format!("organization:{action}")]);
            run.server.cloud().allow(action);
        }
    });
}

#[test]
fn a_name_of_two_members_is_told_and_cannot_be_taken_for_either() {
    on_every_host(
        || departments().with_member(7, "twin").with_member(8, "twin"),
        |run| {
            let members = data("members", "");
            let outcome = run.try_plan(&members).succeeded();
            outcome.warns(&["Names left out", "\"twin\""]);
            let one = "output \"value\" {\n  value = data.tencentcloud_org_members.it.uins[\"twin\"]\n}\n";
            run.try_plan(&format!("{members}{one}")).fails_with(&["Invalid index"]);
        },
    );
}

#[test]
fn names_of_every_kind_are_data_and_never_code() {
    let names = ["\"quoted\"", "${1 + 1}", "%{ if true }x%{ endif }", "back\\slash", "名前"];
    let cloud =
        || names.iter().zip(1000..).fold(departments(), |cloud, (name, uin)| cloud.with_member(uin, name));
    on_every_host(cloud, |run| {
        let uins = ask(run, &data("members", ""), "data.tencentcloud_org_members.it.uins");
        for (name, uin) in names.iter().zip(1000_u64..) {
            assert_eq!(uins[*name], json!(uin), "{name}");
        }
    });
}

/// The blocks of the guide in this language.
fn guide(language: &str) -> Vec<&'static str> {
    let guide = include_str!("../../../docs/guides/departments.md");
    let fence = format!("```{language}\n");
    guide.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// Holds a plan to show what the guide shows.
fn plans(run: &Workspace, shown: &str) {
    let plan = run.run(&["plan", "-no-color"]).succeeded().stdout;
    for line in shown.lines() {
        assert!(plan.lines().any(|planned| planned.trim_end() == line), "{line}\nis not in\n{plan}");
    }
}

#[test]
fn every_configuration_of_the_guide_applies() {
    on_every_host(departments, |run| {
        let granted: Vec<_> =
            guide("terraform").iter().map(|config| run.step(config).state.all_grants()).collect();
        let both: BTreeSet<_> = &product(&[1, 2, 3], &[11, 12]) | &product(&[4], &[13]);
        assert_eq!(granted, [product(&[1, 2, 3], &[11, 12]), both, product(&[3], &[14])]);
    });
}

#[test]
fn a_new_member_of_a_department_gets_its_access_in_the_next_plan() {
    on_every_host(departments, |run| {
        let (config, shown) = (guide("terraform")[0], guide("text"));
        let everybody = run.step(config);
        assert_eq!(everybody.state.grants(RESEARCH), product(&[1, 2, 3], &[11, 12]));

        // Joins the lab, two units below the root.
        run.server.cloud().add_member(member(20), "newcomer");
        run.server.cloud().move_member(member(20), 2002);
        plans(run, shown[0]);
        let step = run.step(config);
        assert_eq!(step.plan.action(RESEARCH), "update");
        assert_eq!(step.plan.grants(RESEARCH).added, product(&[20], &[11, 12]));
        assert_eq!(step.plan.grants(RESEARCH).removed, BTreeSet::new());

        // Moves to another department; who leaves the organization has lost all access already.
        run.server.cloud().move_member(member(1), 1001);
        plans(run, shown[1]);
        run.server.cloud().remove_member(member(2));
        let step = run.step(config);
        assert_eq!(step.plan.grants(RESEARCH).removed, product(&[1], &[11, 12]));
        assert_eq!(step.plan.grants(RESEARCH).added, BTreeSet::new());
        assert_eq!(run.cloud_grants().intersection(&product(&[1], &[11, 12])).count(), 0);

        // A list that fails takes nobody's access away.
        run.set("TENCENTCLOUD_MAX_RETRIES", "0");
        for effect in [Effect::code("InternalError"), Effect::Garbage] {
            run.server.cloud().fault(Fault::on("DescribeOrganizationMembers", effect));
            assert_eq!(run.try_plan(config).code, 1);
        }
        run.settled();

        // Nobody is left in it.
        for n in [3, 20] {
            run.server.cloud().move_member(member(n), 1001);
        }
        let step = run.step(config);
        assert!(!step.state.resources().contains_key(RESEARCH));
        assert_eq!(run.cloud_grants(), [(member(1), 1), (member(12), 16)].into());
    });
}
