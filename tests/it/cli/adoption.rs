//! A whole organization, taken over without a query: the examples of the guide, as they stand.

use std::collections::BTreeSet;
use std::fs;

use super::{member, organization, writes};
use support::feature::Feature;
use support::terraform::Pair;
use support::workspace::on_hosts_that_have;

/// An example of the guide, which quotes it word for word.
fn example(name: &str) -> String {
    let read = |path: &str| fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let text = read(&format!("examples/guides/{name}"));
    assert!(read("docs/guides/adopting-an-organization.md").contains(&text), "{name} is not in the guide");
    text
}

/// Two departments, one of them with a member that has more, beside what the organization has.
fn granted() -> simulator::Cloud {
    let pairs = (1..=4).flat_map(|n| [(n, 11), (n, 12)]).chain((5..=9).map(|n| (n, 13))).chain([(9, 14)]);
    pairs.fold(organization(), |cloud, (n, id)| cloud.with_grant(member(n), id))
}

#[test]
fn an_organization_is_adopted_with_data_sources_and_then_written_down() {
    on_hosts_that_have(&[Feature::Functions], granted, |run| {
        let before = run.cloud_grants();
        let step = run.step(&example("adopting-an-organization.tf"));
        assert!(step.plan.busy().is_empty(), "a pure import: {:?}", step.plan.busy());
        let custom: BTreeSet<Pair> = before.iter().copied().filter(|(_, id)| *id != 1).collect();
        assert_eq!(step.state.all_grants(), custom);
        let blocks = step.state.resources().keys().filter(|address| !address.starts_with("data.")).count();
        assert_eq!(blocks, 4, "{:?}", step.state.resources().keys());

        let groups = run.run(&["output", "-json", "groups"]).succeeded().stdout;
        run.write("groups.json", &groups);
        run.server.cloud().clear_journal();
        run.write("main.tf", &example("adopted-organization.tf"));
        let planned = run.plan(&example("adopted-organization.tf"));
        assert!(planned.busy().is_empty(), "{:?}", planned.busy());
        run.apply_plan().succeeded();
        run.settled();
        assert_eq!(writes(run.server.cloud().journal()), 0);
        assert_eq!(run.cloud_grants(), before);
    });
}
