//! Creating and reading, and the many ways to write a set (1 to 12).

use simulator::{Call, Cloud, Server};

use super::{LIST, OPS, member, ops, organization, product, resource, tiles, uins};
use support::workspace::on_every_host;

#[test]
fn a01_a09_a_pair_is_granted_and_revoked_and_its_outcome_is_known_beforehand() {
    on_every_host(organization, |run| {
        let step = run.step(&ops(&[1], &[11]));

        assert_eq!(step.plan.action(OPS), "create");
        assert_eq!(step.plan.grants(OPS).added, product(&[1], &[11]));
        let change = step.plan.change(OPS);
        assert_eq!(change["after"]["id"], "100000000001#11");
        assert_eq!(change["after"]["grants"]["100000000001#11"]["status"], "configured");
        assert_eq!(change["after_unknown"]["grants"]["100000000001#11"]["role_name"], true);

        let grant = &step.state.resource(OPS)["grants"]["100000000001#11"];
        assert!(grant["role_name"].as_str().is_some_and(|name| !name.is_empty()), "{grant}");
        assert!(run.cloud_grants().is_superset(&product(&[1], &[11])));
        assert_eq!(step.applied.warnings().len(), 0, "{}", step.applied);
    });
}

#[test]
fn a02_two_by_two_is_granted_in_one_call() {
    on_every_host(organization, |run| {
        let step = run.step(&ops(&[1, 2], &[11, 12]));
        assert_eq!(tiles(&step.calls), [(uins(&[1, 2]), vec![11, 12])]);
        assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11, 12]));
    });
}

#[test]
fn a03_a_product_is_tiled_within_the_limits_of_a_call() {
    let members: Vec<u64> = (1..=12).collect();
    let identities: Vec<u64> = (11..=16).collect();
    // The last grant of the organization is in the product, so the biggest step adopts it: one pair short.
    on_every_host(organization, |run| {
        let step = run.step(&ops(&members[..10], &identities[..5]));
        assert_eq!(tiles(&step.calls), [(uins(&members[..10]), identities[..5].to_vec())]);

        let step = run.step(&ops(&members[..11], &identities));
        assert_eq!(step.plan.grants(OPS).added.len(), 11 * 6 - 50);
        assert!(tiles(&step.calls).len() <= 4, "{:?}", tiles(&step.calls));
    });
}

#[test]
fn a03_twelve_by_six_takes_four_grant_calls() {
    let (members, identities): (Vec<u64>, Vec<u64>) = ((1..=12).collect(), (11..=16).collect());
    let untouched = || {
        let mut cloud = organization();
        cloud.revoke(member(12), 16);
        cloud
    };
    on_every_host(untouched, |run| {
        let step = run.step(&ops(&members, &identities));
        let tiles = tiles(&step.calls);
        assert_eq!(tiles.len(), 4, "{tiles:?}");
        assert!(tiles.iter().all(|(uins, ids)| uins.len() <= 10 && ids.len() <= 5), "{tiles:?}");
        assert_eq!(step.state.grants(OPS), product(&members, &identities));
        let lists = step.calls.iter().filter(|call| call.action == LIST).count();
        assert!(lists <= 12 + 12, "{lists} list calls to look before and after");
    });
}

#[test]
fn a04_a05_a06_a_set_is_the_same_however_it_is_written() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11, 12]));
        let same = [
            ("[100000000002, 100000000001]", "[12, 11]"),
            ("[100000000001, 100000000001, 100000000002]", "[11, 12, 12]"),
            ("[\"100000000001\", \"100000000002\"]", "[\"11\", \"12\"]"),
            ("toset([\"100000000002\", \"100000000001\"])", "toset(var.ids)"),
            ("[1.00000000001e11, 100000000002.0]", "[11, 12]"),
        ];
        for (members, identities) in same {
            let ids = "variable \"ids\" {\n  type    = list(string)\n  default = [\"12\", \"11\"]\n}\n";
            let plan = run.plan(&format!("{ids}{}", resource("ops", members, identities, "")));
            assert_eq!(plan.action(OPS), "no-op", "{members} × {identities}");
        }
    });
}

#[test]
fn a07_fifty_resources_side_by_side_stay_within_the_documented_rate() {
    let fifty = || {
        (1..=50)
            .fold(Cloud::new(), |cloud, n| cloud.with_member(member(n), "m"))
            .with_identity(11, "auditor")
            .with_identity(16, "other")
            .with_grant(member(7), 16)
    };
    on_every_host(fifty, |run| {
        let config = format!(
            "locals {{ uins = [for n in range(1, 51) : tostring(100000000000 + n)] }}\n{}",
            resource("ops", "[each.key]", "[11]", "for_each = toset(local.uins)")
        );
        let refused = |calls: &[Call]| calls.iter().filter(|call| !call.code.is_empty()).count();
        let step = run.step(&config);
        assert_eq!(step.state.all_grants().len(), 50);
        assert!(tiles(&step.calls).len() <= 50 && step.calls.len() <= 100, "{} calls", step.calls.len());
        assert_eq!(refused(&step.calls), 0, "none is refused for its rate");

        // Once more, all fifty at the same time. Reads and writes are limited apart, so the plan's own reads
        // a moment before do not count.
        let all_at_once = ["-json", "-auto-approve", "-parallelism=50", "-refresh=false"];
        run.server.cloud().clear_journal();
        run.run(&[&["destroy"], &all_at_once[..]].concat()).succeeded();
        assert_eq!(refused(run.server.cloud().journal()), 0, "none is refused for its rate");
        assert_eq!(run.cloud_grants(), [(member(7), 16)].into());
    });
}

#[test]
fn a08_two_accounts_in_one_run_do_not_see_each_other() {
    on_every_host(organization, |run| {
        let other = Server::start(organization().with_grant(member(2), 12)).unwrap();
        other.cloud().add_key("AKIDother", "othersecret", None);
        let blocks = format!(
            "provider \"tencentcloud\" {{\n  alias      = \"other\"\n  secret_id  = \"AKIDother\"\n  \
             secret_key = \"othersecret\"\n  endpoints  = {{ organization = {:?} }}\n}}\n",
            other.url()
        );
        let theirs = resource("theirs", "[100000000002]", "[11]", "provider = tencentcloud.other");
        // Not a step: it holds what the state records to one cloud alone.
        run.try_apply(&format!("{blocks}{}{theirs}", ops(&[1], &[11]))).succeeded();
        run.settled();
        assert!(
            run.cloud_grants().contains(&(member(1), 11)) && !run.cloud_grants().contains(&(member(2), 11))
        );
        let granted = || other.cloud().snapshot();
        assert!(granted().contains(&(member(2), 11)) && !granted().contains(&(member(1), 11)));

        run.try_apply(&blocks).succeeded();
        assert!(!run.cloud_grants().contains(&(member(1), 11)));
        assert!(!granted().contains(&(member(2), 11)));
        assert!(granted().contains(&(member(2), 12)), "others' grant in the other account");
    });
}

#[test]
fn a10_a11_inputs_that_are_known_only_at_apply_are_planned_as_unknown() {
    on_every_host(organization, |run| {
        let source = "resource \"terraform_data\" \"uin\" {\n  input = 100000000001\n}\n";
        let whole = resource("ops", "[terraform_data.uin.output]", "[11, 12]", "");
        let plan = run.plan(&format!("{source}{whole}"));
        let unknown = &plan.change(OPS)["after_unknown"];
        assert_eq!((&unknown["id"], &unknown["grants"]), (&true.into(), &true.into()), "{unknown}");
        let step = run.step(&format!("{source}{whole}"));
        assert_eq!(step.state.grants(OPS), product(&[1], &[11, 12]));
    });
    on_every_host(organization, |run| {
        let source = "resource \"terraform_data\" \"uin\" {\n  input = 100000000001\n}\n";
        let element = resource("ops", "[terraform_data.uin.output, 100000000002]", "[11]", "");
        let step = run.step(&format!("{source}{element}"));
        assert_eq!(step.plan.action(OPS), "create");
        assert_eq!(step.state.grants(OPS), product(&[1, 2], &[11]));
    });
}

#[test]
fn a12_modules_counts_and_dependencies_hold_no_surprise() {
    on_every_host(organization, |run| {
        let required = "terraform {\n  required_providers {\n    tencentcloud = { source = \"tencentcloud-access/tencentcloud\" }\n  }\n}\n";
        let variables = "variable \"uin\" {}\nvariable \"wanted\" {}\n";
        let inner = resource("ops", "[var.uin]", "[11]", "count = var.wanted");
        run.write("grants/main.tf", &format!("{required}{variables}{inner}"));
        let call = |wanted: u64| {
            format!(
                "resource \"terraform_data\" \"first\" {{}}\n\
                 module \"grants\" {{\n  source     = \"./grants\"\n  uin        = 100000000002\n  wanted     = {wanted}\n  \
                 depends_on = [terraform_data.first]\n}}\n"
            )
        };
        run.write("main.tf", &call(1));
        run.run(&["init"]).succeeded();

        let step = run.step(&call(1));
        assert_eq!(step.state.grants(&format!("module.grants.{OPS}[0]")), product(&[2], &[11]));
        let step = run.step(&call(0));
        assert_eq!(step.plan.action(&format!("module.grants.{OPS}[0]")), "delete");
        assert!(step.state.all_grants().is_empty());
    });
}
