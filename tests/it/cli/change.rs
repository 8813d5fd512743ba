//! Updates in place: only what changes is called, and in the right order (18 to 25).

use super::{
    CREATE, DELETE, OPS, member, ops, ops_with, organization, product, revoked, tiles, uins, writes,
};
use support::workspace::on_every_host;

#[test]
fn a18_a19_adding_and_removing_a_member_touches_only_its_pairs() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11, 12]));

        let step = run.step(&ops(&[1, 2, 3], &[11, 12]));
        assert_eq!(step.plan.action(OPS), "update");
        assert_eq!(step.plan.grants(OPS).added, product(&[3], &[11, 12]));
        assert_eq!(tiles(&step.calls), [(uins(&[3]), vec![11, 12])]);
        assert!(revoked(&step.calls).is_empty());

        let step = run.step(&ops(&[2, 3], &[11, 12]));
        assert_eq!(step.plan.grants(OPS).removed, product(&[1], &[11, 12]));
        assert_eq!(revoked(&step.calls), product(&[1], &[11, 12]));
        assert!(tiles(&step.calls).is_empty());
    });
}

#[test]
fn a20_a21_adding_and_removing_an_identity_touches_only_its_pairs() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));

        let step = run.step(&ops(&[1, 2], &[11, 12]));
        assert_eq!(step.plan.grants(OPS).added, product(&[1, 2], &[12]));
        assert_eq!(tiles(&step.calls), [(uins(&[1, 2]), vec![12])]);

        let step = run.step(&ops(&[1, 2], &[12]));
        assert_eq!(step.plan.grants(OPS).removed, product(&[1, 2], &[11]));
        assert_eq!(revoked(&step.calls), product(&[1, 2], &[11]));
        assert!(tiles(&step.calls).is_empty());
    });
}

#[test]
fn a22_a_swap_grants_before_it_revokes() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11]));
        let step = run.step(&ops(&[1, 3], &[11]));

        let last_grant = step.calls.iter().rposition(|call| call.action == CREATE).unwrap();
        let first_revoke = step.calls.iter().position(|call| call.action == DELETE).unwrap();
        assert!(last_grant < first_revoke, "access never drops below what both configurations grant");
        assert_eq!(revoked(&step.calls), product(&[2], &[11]));
        assert_eq!(tiles(&step.calls), [(uins(&[3]), vec![11])]);
    });
}

#[test]
fn a23_a25_both_sets_change_at_once_in_place_and_as_planned() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1, 2], &[11, 12]));
        let step = run.step(&ops(&[3, 4], &[13, 14]));

        assert_eq!(step.plan.action(OPS), "update", "never a replacement");
        let (planned, applied) = (&step.plan.change(OPS)["after"], step.state.resource(OPS));
        assert_eq!(planned["id"], "100000000003,100000000004#13,14");
        assert_eq!(planned["id"], applied["id"]);
        let keys = |value: &serde_json::Value| {
            value["grants"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(planned), keys(&applied));
        assert!(run.cloud_grants().is_disjoint(&product(&[1, 2], &[11, 12])));
        assert!(run.cloud_grants().contains(&(member(1), 1)));
    });
}

#[test]
fn a24_a_change_of_timeouts_alone_calls_nothing_that_writes() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11]));
        let step = run.step(&ops_with(&[1], &[11], "timeouts = { create = \"10m\", delete = \"90s\" }"));
        assert_eq!(step.plan.action(OPS), "update");
        assert_eq!(writes(&step.calls), 0, "{:?}", step.calls);
        assert_eq!(step.state.resource(OPS)["timeouts"]["create"], "10m");

        let step = run.step(&ops(&[1], &[11]));
        assert_eq!(writes(&step.calls), 0, "{:?}", step.calls);
        assert_eq!(step.state.resource(OPS)["timeouts"], serde_json::Value::Null);
    });
}
