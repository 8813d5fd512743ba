//! Ids that people type, and identities.

use futures_util::StreamExt as _;

use super::*;
use crate::framework::attribute::List;
use crate::framework::identity::Identified;
use crate::framework::resource::ImportResource;
use crate::framework::value::Number;
use crate::resources::org_member_auth_identity::ResourceIdentity;

async fn import(world: &World, id: &str) -> Result<MemberAuthIdentity, String> {
    OrgMemberAuthIdentity.import(&world.cx(), id).await.map_err(|report| {
        report.iter().map(|told| format!("{}: {}", told.summary, told.detail)).collect::<Vec<_>>().concat()
    })
}

/// Imports by an identity whose elements are these texts; `null` is one.
async fn import_identity(
    world: &World,
    members: &[&str],
    identities: &[&str],
) -> Result<MemberAuthIdentity, Vec<String>> {
    let list = |texts: &[&str]| {
        let element = |text: &&str| match *text {
            "null" => Field::Null,
            text => Field::Known(text.parse::<Number>().unwrap()),
        };
        Field::Known(List(texts.iter().map(element).collect()))
    };
    let identity = ResourceIdentity { member_uins: list(members), identity_ids: list(identities) };
    OrgMemberAuthIdentity.import_identity(&world.cx(), identity).await.map_err(|report| {
        assert!(report.iter().all(|told| told.path.is_none()), "an import block has no attributes");
        report.iter().map(|told| format!("{}: {}", told.summary, told.detail)).collect()
    })
}

#[tokio::test(start_paused = true)]
async fn an_identity_in_any_order_imports_what_an_id_does() {
    let world = World::of(organization(2, 2).with_grant(2, 11));
    let by_id = import(&world, "1,2#11,12").await.unwrap();
    assert_eq!(import_identity(&world, &["2", "1.0"], &["12", "11"]).await, Ok(by_id));
    let error = import_identity(&world, &["1"], &["12"]).await.unwrap_err().concat();
    assert!(error.starts_with("Nothing to import: No grant of \"1#12\" exists."), "{error}");
    assert!(error.contains("\"1#99\""), "what there is: {error}");
}

#[tokio::test(start_paused = true)]
async fn an_identity_that_names_nothing_is_told_all_that_is_wrong_with_it_and_calls_nothing() {
    let world = World::of(organization(1, 1));
    for (members, identities, wanted) in [
        (
            &[][..],
            &["11"][..],
            &["No member UINs: identity.member_uins is empty, so that the import names no grant."][..],
        ),
        (&["1"], &[], &["No identity ids: identity.identity_ids is empty"]),
        (&["null"], &["11"], &["Invalid member UIN: identity.member_uins contains a null."]),
        (
            &["0"],
            &["-4"],
            &[
                "Invalid member UIN: identity.member_uins contains 0.",
                "Invalid identity id: identity.identity_ids contains -4, which is negative.",
            ],
        ),
        (
            &["1.5"],
            &["11"],
            &["Invalid member UIN: identity.member_uins contains 1.5, which is not a whole number."],
        ),
        (
            &["9007199254740992"],
            &["11"],
            &["Invalid member UIN: identity.member_uins contains 9007199254740992, which is too large."],
        ),
        (
            &["1", "1.0"],
            &["11"],
            &["Duplicate member UIN: identity.member_uins contains 1 more than once. List"],
        ),
        (
            &["1"],
            &["12", "11", "12", "11", "11"],
            &[
                "Duplicate identity id: identity.identity_ids contains 11 more than once, and one more likewise.",
            ],
        ),
    ] {
        let found = import_identity(&world, members, identities).await.unwrap_err();
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(
            found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)),
            "{found:?}, {wanted:?}"
        );
    }
    assert_eq!(world.calls(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_imports_of_one_identity_at_once_share_their_lists() {
    let cloud = (1..=200).fold(organization(200, 1), |cloud, uin| cloud.with_grant(uin, 11));
    let latency = Duration::from_millis(50);
    let world = World::of(cloud.with_behaviour(Behaviour { latency, ..Behaviour::default() }));
    // As a host does: ten at a time, each imported, and read after it.
    let uins: Vec<u64> = (1..=200).collect();
    let imports = futures_util::stream::iter(uins).map(|uin| {
        let world = &world;
        async move {
            let imported = import_identity(world, &[&uin.to_string()], &["11"]).await.unwrap();
            let read = OrgMemberAuthIdentity.read(&world.cx(), imported.clone()).await.unwrap();
            assert_eq!(read, Some(imported));
        }
    });
    imports.buffer_unordered(10).collect::<Vec<()>>().await;
    assert!(world.count(LIST) <= 21, "{} list calls", world.count(LIST));
}

#[tokio::test(start_paused = true)]
async fn an_id_in_any_order_imports_what_was_applied() {
    let world = World::of(organization(2, 2));
    let state = world.done(None, config([1, 2], [11, 12])).await;
    assert_eq!(import(&world, " 2,1,2 # 12,11").await, Ok(state));
}

#[tokio::test(start_paused = true)]
async fn what_is_partly_there_is_imported_as_it_is() {
    let world = World::of(organization(2, 1).with_grant(2, 11));
    let state = import(&world, "1,2#11").await.unwrap();
    world.assert_exact(Some(&state));
    assert_eq!(state.id, Field::Known("1,2#11".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_bare_uin_is_answered_with_ids_ready_to_paste() {
    let world = World::of(organization(2, 3).with_grant(2, 13).with_grant(2, 11).with_grant(2, 1));
    let error = import(&world, "2").await.unwrap_err();
    assert!(error.starts_with("Unexpected import identifier: \"2\" is not of the form"), "{error}");
    assert!(error.contains("\"2#11,13\""), "{error}");
}

#[tokio::test(start_paused = true)]
async fn nothing_to_import_says_what_there_is() {
    let world = World::of(organization(2, 2).with_grant(2, 12));
    let error = import(&world, "1,2#11").await.unwrap_err();
    assert!(error.starts_with("Nothing to import: No grant of \"1,2#11\" exists."), "{error}");
    assert!(error.contains("\"1#99\"") && error.contains("\"2#12\""), "{error}");
    let error = import(&world, "7#11").await.unwrap_err();
    assert!(error.contains("member 7 holds no identities"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_malformed_id_calls_nothing() {
    let world = World::of(organization(1, 1));
    for id in ["", "#", "1#", "#11", "1#11#", "a#11", "1,#11", "1#-11", "1#1.5"] {
        let error = import(&world, id).await.unwrap_err();
        assert!(error.starts_with("Unexpected import identifier"), "{id:?}: {error}");
    }
    assert_eq!(world.calls(), [""; 0]);
}
