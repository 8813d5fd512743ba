//! States that the public provider wrote: what is taken over of them, and that nothing of others is lost.

use simulator::Fault;

use super::crash_points::{Trouble, troubles};
use super::*;
use crate::framework::attribute::Set;
use crate::framework::resource::{Change, CoordinateResource, Planned, StateSlot};
use crate::framework::stored::MovesFrom as _;
use crate::framework::value::Number;
use crate::resources::org_member_auth_identity::Attachment;

/// What the attachment with this id, member and identities becomes; `-` is null, also as an identity.
fn moved(id: &str, member: &str, identities: &[&str]) -> Result<MemberAuthIdentity, String> {
    let number = |text: &str| match text {
        "-" => Field::Null,
        text => Field::Known(text.parse::<Number>().unwrap()),
    };
    let old = Attachment {
        id: if id == "-" { Field::Null } else { Field::Known(id.to_owned()) },
        member_uin: number(member),
        identity_ids: Field::Known(Set(identities.iter().copied().map(number).collect())),
    };
    OrgMemberAuthIdentity.moved(0, old).map_err(|report| report.iter().next().unwrap().detail.clone())
}

/// A moved object between the steps of a host, with what the host keeps beside it.
#[derive(Clone, Debug)]
struct Kept {
    state: MemberAuthIdentity,
    private: Vec<u8>,
}

impl World {
    /// Reads as the next run does.
    async fn next_read(&self, kept: Kept) -> Kept {
        self.next_run();
        tokio::time::advance(AGE_MAX).await;
        let cx = self.cx_of(kept.private);
        let state = OrgMemberAuthIdentity.read(&cx, kept.state).await.unwrap().expect("something");
        Kept { state, private: cx.into_parts().1 }
    }

    /// Plans `config`, or a destroy. Returns the plan and the warnings with it.
    async fn plan(
        &self,
        kept: &Kept,
        config: Option<MemberAuthIdentity>,
    ) -> (Option<MemberAuthIdentity>, Vec<String>) {
        let cx = self.cx_of(kept.private.clone());
        let planned = config.map(|config| {
            let change = Change { prior: Some(kept.state.clone()), config: config.clone() };
            let mut planned = Planned { state: config, replace: Vec::new(), report: Diagnostics::new() };
            OrgMemberAuthIdentity.plan(&change, &mut planned);
            planned.state
        });
        let mut settled = planned;
        OrgMemberAuthIdentity.coordinate(&cx, Some(&kept.state), settled.as_mut()).await.unwrap();
        (settled, texts(&cx.into_parts().0))
    }

    /// Plans and applies. Returns what is kept, if anything is, and the warnings of the apply.
    async fn change(&self, kept: Kept, config: Option<MemberAuthIdentity>) -> (Option<Kept>, Vec<String>) {
        let (planned, _) = self.plan(&kept, config).await;
        let (cx, mut slot) = (self.cx_of(kept.private), StateSlot::empty());
        let outcome = match planned {
            Some(planned) => OrgMemberAuthIdentity.update(&cx, kept.state, planned, &mut slot).await,
            None => OrgMemberAuthIdentity.delete(&cx, kept.state, &mut slot).await,
        };
        assert_eq!(outcome, Ok(()));
        let (report, private) = cx.into_parts();
        (slot.into_saved().map(|state| Kept { state, private }), texts(&report))
    }
}

/// Reads, plans and applies, come what may. Returns what is kept.
async fn attempt(world: &World, kept: Kept, config: MemberAuthIdentity) -> Kept {
    let attempt = async {
        let cx = world.cx_of(kept.private.clone());
        let Ok(Some(state)) = OrgMemberAuthIdentity.read(&cx, kept.state.clone()).await else {
            return Ok(Some(kept.clone()));
        };
        let mut kept = Kept { state, private: cx.into_parts().1 };
        let (planned, _) = world.plan(&kept, Some(config)).await;
        let (cx, mut slot) = (world.cx_of(kept.private), StateSlot::empty());
        drop(OrgMemberAuthIdentity.update(&cx, kept.state.clone(), planned.unwrap(), &mut slot).await);
        kept.state = slot.into_saved().unwrap_or(kept.state);
        kept.private = cx.into_parts().1;
        Ok(Some(kept))
    };
    world.look(Some(kept.clone()), attempt).await.state.unwrap()
}

fn texts(report: &Diagnostics) -> Vec<String> {
    report.iter().map(|told| format!("{}: {}", told.summary, told.detail)).collect()
}

/// Member 1 holds 11, 12 and, by others, 13 and 99; and its state as the public provider wrote it.
fn taken_over() -> (World, Kept) {
    let cloud = organization(2, 3).with_grant(1, 11).with_grant(1, 12).with_grant(1, 13);
    let state = moved("1", "1", &["12", "11", "13", "99"]).unwrap();
    (World::of(cloud), Kept { state, private: Vec::new() })
}

#[test]
fn a_state_of_the_public_provider_names_the_product_of_its_member_and_its_identities() {
    let wanted = MemberAuthIdentity::declaring(&config([100_000_000_001], [11, 13]).product().unwrap());
    let uin = "100000000001";
    for (id, member) in [(uin, uin), (uin, "-"), ("-", uin), ("nonsense", uin), (" 100000000001 ", "-")] {
        assert_eq!(moved(id, member, &["13", "11", "13"]).as_ref(), Ok(&wanted), "{id} {member}");
    }
    assert_eq!(wanted.grants, Field::Null, "nothing of it is known to be ours");
}

#[test]
fn a_state_that_names_no_grants_is_refused_and_told_what_to_do() {
    let nobody = "neither its member_uin nor its id";
    for (id, member, identities, words) in [
        ("1", "1", &[][..], "it lists no identity_ids"),
        ("1", "1", &["11", "0"], "identity_ids contains 0"),
        ("1", "1", &["-"], "identity_ids contains a null"),
        ("1", "1.5", &["11"], nobody),
        ("1", "-1", &["11"], nobody),
        ("x", "-", &["11"], nobody),
        ("1#2", "-", &["11"], nobody),
        ("1,2", "-", &["11"], nobody),
        ("-", "-", &["11"], nobody),
    ] {
        let told = moved(id, member, identities).unwrap_err();
        assert!(told.contains(words) && told.contains("`removed` block"), "{id} {member}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_moved_state_that_agrees_with_the_cloud_plans_nothing() {
    let (world, kept) = taken_over();
    let kept = world.next_read(kept).await;
    assert_eq!(world.plan(&kept, Some(config([1], [11, 12, 13, 99]))).await, (Some(kept.state), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_of_a_moved_state_is_granted_and_foreign_grants_are_let_go_and_kept() {
    for refreshed in [true, false] {
        let (world, mut kept) = taken_over();
        let before = world.cloud().snapshot();
        world.cloud().revoke(1, 12);
        if refreshed {
            // Also when several runs have read and saved the state before one changes it.
            for _ in 0..3 {
                kept = world.next_read(kept).await;
            }
        }
        let wanted = || Some(config([1], [11, 12]));
        let (_, told) = world.plan(&kept, wanted()).await;
        assert!(told[0].starts_with("Grants of unknown origin let go"), "{told:?}");
        assert!(told[0].contains("1#13, 1#99"), "{told:?}");
        let (kept, told) = world.change(kept, wanted()).await;
        assert!(told[0].starts_with("Grants of unknown origin let go"), "{told:?}");
        assert_eq!(world.cloud().snapshot(), before, "nothing is lost, and what was missing is back");
        let kept = kept.unwrap();
        assert_eq!(kept.state.recorded().len(), 2);

        // From now on it is known what is ours.
        let kept = world.next_read(kept).await;
        let (kept, told) = world.change(kept, Some(config([1], [11]))).await;
        assert_eq!(told, [""; 0]);
        assert!(!world.cloud().snapshot().contains(&(1, 12)));
        let kept = world.next_read(kept.unwrap()).await;
        let (left, _) = world.change(kept, None).await;
        assert!(left.is_none() && !world.cloud().snapshot().contains(&(1, 11)));
        for foreign in [(1, 13), (1, 99)] {
            assert!(world.cloud().snapshot().contains(&foreign), "{foreign:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_that_could_not_begin_forgets_nothing_about_a_moved_state() {
    let (world, kept) = taken_over();
    let before = world.cloud().snapshot();
    let mut kept = world.next_read(kept).await;
    let (planned, _) = world.plan(&kept, Some(config([1], [11]))).await;
    world.stop();
    let (cx, mut slot) = (world.cx_of(kept.private.clone()), StateSlot::empty());
    drop(OrgMemberAuthIdentity.update(&cx, kept.state.clone(), planned.unwrap(), &mut slot).await);
    kept.private = cx.into_parts().1;
    if let Some(saved) = slot.into_saved() {
        kept.state = saved;
    }
    let kept = world.next_read(kept).await;
    world.change(kept, Some(config([1], [11]))).await;
    assert_eq!(world.cloud().snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn a_destroy_of_a_moved_state_says_that_it_revokes_whatever_the_state_lists() {
    let (world, kept) = taken_over();
    let kept = world.next_read(kept).await;
    let (_, told) = world.plan(&kept, None).await;
    assert!(told[0].starts_with("Grants of unknown origin revoked"), "{told:?}");
    let (left, _) = world.change(kept, None).await;
    assert!(left.is_none());
    assert_eq!(world.cloud().snapshot(), [(9999, 11), (9999, 99)].into());
}

#[tokio::test(start_paused = true)]
async fn two_states_of_one_member_that_list_each_others_grants_come_apart_without_a_revoke() {
    let cloud = organization(2, 3).with_grant(1, 11).with_grant(1, 12);
    let world = World::of(cloud);
    let before = world.cloud().snapshot();
    let state = moved("1", "1", &["11", "12", "99"]).unwrap();
    world.next_run();
    let mut read = Vec::new();
    for _ in 0..2 {
        let cx = world.cx();
        let state = OrgMemberAuthIdentity.read(&cx, state.clone()).await.unwrap().unwrap();
        read.push(Kept { state, private: cx.into_parts().1 });
    }
    for (kept, id) in read.into_iter().zip([11, 12]) {
        let (left, told) = world.change(kept, Some(config([1], [id]))).await;
        assert_eq!(left.unwrap().state.recorded().len(), 1, "{told:?}");
    }
    assert_eq!(world.cloud().snapshot(), before);
    assert_eq!(world.count(DELETE), 0);
}

/// Whatever happens at whichever call of the first run, the next one makes it good, and nothing of others is
/// lost on the way.
#[tokio::test(start_paused = true)]
async fn a_moved_state_loses_nothing_whatever_happens_at_whichever_call() {
    let mut cases = 0;
    for trouble in troubles() {
        for call in 1.. {
            fastrand::seed(call as u64);
            let (world, kept) = taken_over();
            let before = world.cloud().snapshot();
            world.cloud().revoke(1, 12);
            match &trouble {
                Trouble::Api(effect) => world.cloud().fault(Fault::any(effect.clone()).nth(call)),
                Trouble::Process(end) => world.interrupt(*end, call),
            }
            let kept = attempt(&world, kept, config([1], [11, 12])).await;
            let came = match &trouble {
                Trouble::Api(_) => world.cloud().journal().iter().any(|call| call.fault.is_some()),
                Trouble::Process(_) => world.was_interrupted(),
            };
            if !came {
                break;
            }
            cases += 1;
            for foreign in [(1, 11), (1, 13), (1, 99)] {
                assert!(world.cloud().snapshot().contains(&foreign), "call {call}, {trouble:?}: {foreign:?}");
            }
            world.cloud().clear_faults();
            let kept = world.next_read(kept).await;
            let (kept, _) = world.change(kept, Some(config([1], [11, 12]))).await;
            assert_eq!(world.cloud().snapshot(), before, "call {call}, {trouble:?}");
            assert_eq!(kept.unwrap().state.recorded().len(), 2, "call {call}, {trouble:?}");
        }
    }
    assert!(cases > 30, "{cases} cases");
}
