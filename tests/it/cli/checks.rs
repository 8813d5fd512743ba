//! What a plan looks for before anything is changed.

use super::{CREATE, LIST, OPS, member, ops, organization, product, resource};
use support::workspace::on_every_host;

#[test]
fn a_plan_tells_of_what_does_not_exist_on_its_line_with_what_is_most_like_it() {
    on_every_host(organization, |run| {
        let error = run.try_plan(&ops(&[1, 21], &[11])).fails_with(&["Member account not found"]);
        assert!(error.code.contains("member_uins  = ") && error.address == OPS, "{error:?}");
        for phrase in
            ["contains 100000000021", "100000000012 (\"member-100000000012\")", "plan_checks = false"]
        {
            assert!(error.detail.contains(phrase), "{error:?}");
        }
        let error = run.try_plan(&ops(&[1], &[11, 61])).fails_with(&["Access identity does not exist"]);
        assert!(
            error.code.contains("identity_ids = ") && error.detail.contains("16 (\"identity-16\")"),
            "{error:?}"
        );

        // An update judges what it would grant anew.
        run.step(&ops(&[1, 2], &[11]));
        run.server.cloud().clear_journal();
        run.try_plan(&ops(&[1, 2, 33], &[11])).fails_with(&["contains 100000000033"]);
        assert_eq!(run.server.cloud().calls("ListOrganizationIdentity"), 0, "it has a grant");
        run.step(&ops(&[1, 2, 3], &[11]));
    });
}

#[test]
fn plans_are_not_checked_where_that_is_turned_off_or_not_allowed() {
    let off = "provider \"tencentcloud\" {\n  plan_checks = false\n}\n";
    on_every_host(organization, |run| {
        let config = ops(&[1, 21], &[11]);
        assert_eq!(run.plan(&format!("{off}{config}")).grants(OPS).added, product(&[1, 21], &[11]));
        for action in ["DescribeOrganizationMembers", "ListOrganizationIdentity"] {
            run.server.cloud().deny(action);
        }
        run.plan(&config);
        for action in ["DescribeOrganizationMembers", "ListOrganizationIdentity"] {
            run.server.cloud().allow(action);
        }
        run.set("TENCENTCLOUD_PLAN_CHECKS", "false");
        run.plan(&config);
        run.set("TENCENTCLOUD_PLAN_CHECKS", "sometimes");
        run.try_plan(&config).fails_with(&["TENCENTCLOUD_PLAN_CHECKS is \"sometimes\""]);
    });
}

#[test]
fn an_apply_looks_for_nothing_once_it_has_begun() {
    let sixty = || (13..=60).fold(organization(), |cloud, n| cloud.with_member(member(n), "m"));
    on_every_host(sixty, |run| {
        let config = format!(
            "locals {{ uins = [for n in range(1, 61) : tostring(100000000000 + n)] }}\n{}",
            resource("ops", "[each.key]", "[11]", "for_each = toset(local.uins)")
        );
        run.server.cloud().clear_journal();
        let step = run.step(&config);
        // A host plans ten again before the first is applied. Those share a first page, one look each, and
        // the list of identities.
        let looks = step.calls.iter().filter(|call| ![CREATE, LIST].contains(&call.action.as_str())).count();
        assert!(looks <= 1 + 10 + 1, "{looks} looks");
    });
}
