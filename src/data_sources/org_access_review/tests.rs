use std::time::Duration;

use simulator::{Behaviour, Cloud, Holder};
use tokio::time::Instant;

use super::{AccessReview, OrgAccessReview};
use crate::data_sources::testing::{World, fast};
use crate::framework::attribute::Set;
use crate::framework::diagnostic::Diagnostic;
use crate::framework::model::Model as _;
use crate::framework::value::{Field, Number, Value};

const GRANTS: &str = "DescribeOrganizationMemberAuthIdentities";
const BINDINGS: &str = "DescribeOrganizationMembersAuthPolicy";
const IDENTITIES: &str = "ListOrganizationIdentity";

/// Members 101 to 103, identities 11 and 12. 101#11 is usable, 101#12 is stale, 102#11 is nobody's, and every
/// member has administrator access. A policy for 103#11 is bound, though that is not granted.
fn organization() -> Cloud {
    let cloud = [(101, "pay"), (102, "ship"), (103, "lab")]
        .into_iter()
        .fold(fast(), |cloud, (uin, name)| cloud.with_member(uin, name).with_grant(uin, 1));
    let mut cloud = cloud
        .with_identity(11, "auditor")
        .with_identity(12, "operator")
        .with_grant(101, 11)
        .with_grant(101, 12)
        .with_grant(102, 11)
        .with_policy(1, "audit", 11, &[101])
        .with_policy(2, "operate", 12, &[101])
        .with_binding(1, Holder::sub_account(7, "ann"))
        .with_binding(1, Holder::group(8, "auditors"))
        .with_binding(2, Holder::sub_account(7, "ann"));
    cloud.make_stale(101, 12);
    cloud
}

fn declaring(keys: &[&str]) -> AccessReview {
    let keys = keys.iter().map(|key| Field::Known((*key).to_owned())).collect();
    AccessReview { declared: Field::Known(Set(keys)), ..AccessReview::default() }
}

fn ids(of: &[u64]) -> Field<Set<Number>> {
    Field::Known(Set(of.iter().map(|id| Field::Known((*id).into())).collect()))
}

async fn asked(world: &World, question: AccessReview) -> AccessReview {
    World::plain(world.ask(OrgAccessReview, question).await)
}

/// The keys of one finding; `None` if it is null.
fn keys(of: &AccessReview, finding: &str) -> Option<Vec<String>> {
    match of.write().remove(finding).unwrap() {
        Value::Map(grants) => Some(grants.into_keys().collect()),
        Value::Null => None,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(of: &AccessReview, finding: &str, wanted: &[&str]) {
    let wanted = wanted.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(keys(of, finding), Some(wanted), "{finding}");
}

/// One grant of a finding as text: names, role, status and holders.
fn line(of: &AccessReview, finding: &str, key: &str) -> String {
    let Some(Value::Map(grants)) = of.write().remove(finding) else { panic!("{finding}") };
    let Value::Object(grant) = &grants[key] else { panic!("{grants:?}") };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null => "-".to_owned(),
        other => panic!("{other:?}"),
    };
    let mut words: Vec<String> =
        ["member_name", "identity_name", "role_name", "status"].map(|name| text(&grant[name])).to_vec();
    match &grant["holders"] {
        Value::List(holders) => words.extend(holders.iter().map(|holder| {
            let Value::Object(holder) = holder else { panic!("{holder:?}") };
            ["kind", "id", "name", "policy_name"].map(|name| text(&holder[name])).join("/")
        })),
        other => words.push(text(other)),
    }
    words.join(" ")
}

#[track_caller]
fn refused(asked: Result<(AccessReview, Vec<Diagnostic>), Vec<Diagnostic>>, phrases: &[&str]) {
    let told = asked.unwrap_err();
    let text = format!("{told:?}");
    assert!(phrases.iter().all(|phrase| text.contains(phrase)), "{text}");
}

#[tokio::test(start_paused = true)]
async fn each_finding_has_its_grants_with_names_and_holders() {
    let world = World::of(organization());
    let found = asked(&world, declaring(&["101#11", "101,103#12"])).await;
    check(&found, "granted", &["101#11", "101#12", "102#11"]);
    check(&found, "undeclared", &["102#11"]);
    check(&found, "missing", &["103#12"]);
    check(&found, "stale", &["101#12"]);
    check(&found, "unusable", &["102#11"]);
    let role = |of: &str| of.split(' ').nth(2).unwrap().to_owned();
    let auditor = line(&found, "granted", "101#11");
    assert!(role(&auditor).len() > 3, "{auditor}");
    let wanted =
        format!("pay auditor {} configured sub_user/7/ann/audit user_group/8/auditors/audit", role(&auditor));
    assert_eq!(auditor, wanted);
    assert!(line(&found, "stale", "101#12").ends_with(" stale sub_user/7/ann/operate"));
    assert!(line(&found, "undeclared", "102#11").ends_with(" configured"), "nobody may use it");
    assert_eq!(line(&found, "missing", "103#12"), "lab operator - missing");
}

#[tokio::test(start_paused = true)]
async fn nothing_declared_is_everything_undeclared_and_all_declared_is_nothing() {
    let world = World::of(organization());
    let found = asked(&world, declaring(&[])).await;
    check(&found, "undeclared", &["101#11", "101#12", "102#11"]);
    check(&found, "missing", &[]);
    let found = asked(&world, declaring(&["101#11,12", " 102 # 11 "])).await;
    check(&found, "undeclared", &[]);
    check(&found, "missing", &[]);
    let empty = World::of(fast());
    let found = asked(&empty, declaring(&[])).await;
    for finding in ["granted", "undeclared", "missing", "stale", "unusable"] {
        check(&found, finding, &[]);
    }
}

#[tokio::test(start_paused = true)]
async fn filters_hold_for_what_is_granted_and_for_what_is_declared() {
    let world = World::of(organization());
    let of = |members: Option<&[u64]>, identities: Option<&[u64]>| AccessReview {
        member_uins: members.map_or(Field::Null, ids),
        identity_ids: identities.map_or(Field::Null, ids),
        ..declaring(&["103#12", "102#12", "103#1"])
    };
    let found = asked(&world, of(Some(&[102]), None)).await;
    check(&found, "granted", &["102#11"]);
    check(&found, "missing", &["102#12"]);
    let found = asked(&world, of(None, Some(&[12]))).await;
    check(&found, "granted", &["101#12"]);
    check(&found, "missing", &["102#12", "103#12"]);
    let found = asked(&world, of(Some(&[101, 103]), Some(&[1, 11]))).await;
    check(&found, "granted", &["101#1", "101#11", "103#1"]);
    check(&found, "undeclared", &["101#1", "101#11"]);
    for nothing in [of(Some(&[]), None), of(None, Some(&[]))] {
        world.cloud().clear_journal();
        let found = asked(&world, nothing).await;
        check(&found, "granted", &[]);
        check(&found, "missing", &[]);
        assert_eq!(world.cloud().calls(GRANTS), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn preset_grants_count_where_they_are_asked_for_or_declared() {
    let world = World::of(organization());
    let found = asked(&world, declaring(&["102#1", "101#11", "101#12", "102#11"])).await;
    check(&found, "granted", &["101#11", "101#12", "102#1", "102#11"]);
    check(&found, "undeclared", &[]);
    check(&found, "missing", &[]);
    let all = AccessReview { include_preset: Field::Known(true), ..declaring(&["102#1"]) };
    let found = asked(&world, all).await;
    check(&found, "undeclared", &["101#1", "101#11", "101#12", "102#11", "103#1"]);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_ask_for_something_is_told_how_to_do_without_it() {
    let world = World::of(organization());
    world.cloud().deny(BINDINGS);
    let phrases = ["Not authorized", BINDINGS, "set include_holders = false"];
    refused(world.ask(OrgAccessReview, declaring(&[])).await, &phrases);
    let question = AccessReview { include_holders: Field::Known(false), ..declaring(&["103#12"]) };
    let found = asked(&world, question.clone()).await;
    assert_eq!(keys(&found, "unusable"), None);
    assert!(line(&found, "granted", "101#11").ends_with(" configured -"));
    assert_eq!(line(&found, "missing", "103#12"), "lab operator - missing -");

    world.cloud().deny(IDENTITIES);
    world.cloud().deny("DescribeOrganizationMembers");
    let other = World::of(organization());
    for action in [BINDINGS, IDENTITIES, "DescribeOrganizationMembers"] {
        other.cloud().deny(action);
    }
    let phrases = ["Not authorized", IDENTITIES, "set identity_ids or member_uins"];
    refused(other.ask(OrgAccessReview, question.clone()).await, &phrases);
    let found = asked(&other, AccessReview { identity_ids: ids(&[11, 12]), ..question }).await;
    check(&found, "undeclared", &["101#11", "101#12", "102#11"]);
    assert_eq!(line(&found, "missing", "103#12"), "- - - missing -", "no review fails for a name");

    other.cloud().deny(GRANTS);
    let question = AccessReview { member_uins: ids(&[101]), ..declaring(&[]) };
    let question = AccessReview { include_holders: Field::Known(false), ..question };
    refused(other.ask(OrgAccessReview, question).await, &["Not authorized", GRANTS]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_grant_key_is_named() {
    let world = World::of(organization());
    let told = world.ask(OrgAccessReview, declaring(&["101#11", "101", "x\u{202e}#1"])).await.unwrap_err();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|told| told.summary == "Invalid grant key" && told.path.is_some()));
    assert!(
        told[0].detail.contains("declared contains \"101\", which is not of the form MEMBER_UIN"),
        "{told:?}"
    );
    assert!(told[0].detail.contains("it names no identities"), "{told:?}");
    assert!(told[1].detail.contains("contains \"x\\u{202e}#1\", which"), "{told:?}");

    let null = AccessReview { declared: Field::Known(Set(vec![Field::Null])), ..AccessReview::default() };
    refused(world.ask(OrgAccessReview, null).await, &["declared contains a null"]);
    let many: Vec<String> = (0..40).map(|n| format!("bad{n}")).collect();
    let many = declaring(&many.iter().map(String::as_str).collect::<Vec<_>>());
    let told = world.ask(OrgAccessReview, many).await.unwrap_err();
    assert_eq!(told.len(), 11);
    assert!(told[10].detail.contains("30 more"), "{told:?}");
    let list = (1..=1_001).map(|n: u32| n.to_string()).collect::<Vec<_>>().join(",");
    let huge = world.ask(OrgAccessReview, declaring(&[&format!("{list}#{list}")])).await;
    refused(huge, &["names more than 1000000 grants"]);
    let bad = AccessReview { member_uins: ids(&[0]), ..declaring(&[]) };
    refused(world.ask(OrgAccessReview, bad).await, &["Invalid filter", "member_uins"]);
    assert_eq!(world.cloud().journal().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_grant_made_a_moment_ago_is_seen_also_of_a_new_identity() {
    let world = World::of(organization());
    asked(&world, declaring(&[])).await;
    world.cloud().add_identity(13, "new");
    world.cloud().grant(103, 13);
    check(&asked(&world, declaring(&["101#11,12", "102#11"])).await, "undeclared", &["103#13"]);
}

#[tokio::test(start_paused = true)]
async fn five_thousand_grants_and_bindings_are_reviewed_in_few_calls_and_nothing_is_missed() {
    let paced = Behaviour { latency: Duration::from_millis(50), ..Behaviour::default() };
    let mut cloud = Cloud::new().with_behaviour(paced);
    let (members, identities) = (1_001..=1_250_u64, 101..=120_u64);
    members.clone().for_each(|uin| cloud.add_member(uin, "m"));
    identities.clone().for_each(|id| cloud.add_identity(id, "i"));
    let mut declared = Vec::new();
    let (mut undeclared, mut missing, mut unusable, mut stale) = (vec![], vec![], vec![], vec![]);
    for (number, (id, uin)) in identities.flat_map(|id| members.clone().map(move |uin| (id, uin))).enumerate()
    {
        let key = format!("{uin}#{id}");
        // Fifty are planted of each sort, no two sorts in one place.
        let planted = |sort: usize| number % 100 == sort;
        if planted(4) {
            missing.push(key.clone());
        } else {
            cloud.grant(uin, id);
        }
        if planted(1) {
            undeclared.push(key.clone());
        } else {
            declared.push(key.clone());
        }
        let policy = number as u64 + 1;
        cloud = cloud.with_policy(policy, "p", id, &[uin]);
        if planted(2) {
            unusable.push(key.clone());
        } else {
            cloud = cloud.with_binding(policy, Holder::sub_account(7, "ann"));
        }
        if planted(3) {
            cloud.make_stale(uin, id);
            stale.push(key);
        }
    }
    let world = World::of(cloud);
    let started = Instant::now();
    let declared: Vec<&str> = declared.iter().map(String::as_str).collect();
    let found = asked(&world, declaring(&declared)).await;
    assert!(started.elapsed() <= Duration::from_secs(8), "{:?}", started.elapsed());
    let calls = world.cloud().journal().len();
    assert!(calls <= 260, "{:?}", world.calls());
    assert!(world.cloud().journal().iter().all(|call| call.code.is_empty()), "none is refused");
    for (finding, mut planted) in
        [("undeclared", undeclared), ("missing", missing), ("unusable", unusable), ("stale", stale)]
    {
        planted.sort();
        assert_eq!((planted.len(), keys(&found, finding)), (50, Some(planted)), "{finding}");
    }
    assert_eq!(keys(&found, "granted").unwrap().len(), 4_950);
}
