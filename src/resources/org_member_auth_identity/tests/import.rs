//! Ids that people type.

use super::*;
use crate::framework::resource::ImportResource;

async fn import(world: &World, id: &str) -> Result<MemberAuthIdentity, String> {
    OrgMemberAuthIdentity.import(&world.cx(), id).await.map_err(|report| {
        report.iter().map(|told| format!("{}: {}", told.summary, told.detail)).collect::<Vec<_>>().concat()
    })
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
