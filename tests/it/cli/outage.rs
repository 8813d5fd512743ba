//! A cloud that cannot be reached, understood, or asked (44 to 53).

use simulator::{Behaviour, Cloud, Effect, Fault, Order, SECRET_KEY};

use super::{CREATE, LIST, OPS, member, ops, organization, product};
use crate::support::terraform::Terraform;
use crate::support::workspace::{Workspace, on_every_host};

/// What a read meets, and what the error must say.
#[track_caller]
fn check_read(arrange: impl Fn(&mut Workspace), phrases: &[&str]) {
    for terraform in Terraform::found() {
        let name = terraform.to_string();
        let mut run = Workspace::new(terraform, organization());
        // A block of its own: without one, the host adds an error about the block that is not there.
        let config = format!("provider \"tencentcloud\" {{}}\n{}", ops(&[1], &[11]));
        run.step(&config);
        run.set("TENCENTCLOUD_MAX_RETRIES", "2");
        arrange(&mut run);
        let outcome = run.try_plan(&config);
        assert_eq!(outcome.code, 1, "{name}: {outcome}");
        outcome.fails_with(phrases);
        let errors =
            outcome.diagnostics().into_iter().filter(|diagnostic| diagnostic.severity == "error").count();
        assert_eq!(errors, 1, "{name}: one clear error\n{outcome}");
        for secret in [SECRET_KEY, "wrongsecretwrongsecret"] {
            assert!(!outcome.text().contains(secret), "{name}: a secret is shown\n{outcome}");
        }
        assert_eq!(run.state().grants(OPS), product(&[1], &[11]), "{name}: nothing is forgotten");
        run.server.cloud().clear_faults();
    }
}

#[test]
fn a47_a_wrong_key_is_one_clear_error() {
    check_read(
        |run| run.set("TENCENTCLOUD_SECRET_KEY", "wrongsecretwrongsecret"),
        &["AuthFailure.SignatureFailure", "RequestId"],
    );
    check_read(|run| run.set("TENCENTCLOUD_SECRET_ID", "AKIDunknown"), &["AuthFailure.SecretIdNotFound"]);
}

#[test]
fn a47_an_expired_token_and_a_missing_permission_are_clear_errors() {
    check_read(
        |run| {
            run.server.cloud().add_key("AKIDtemporary", "temporarysecret", Some("token"));
            run.set("TENCENTCLOUD_SECRET_ID", "AKIDtemporary");
            run.set("TENCENTCLOUD_SECRET_KEY", "temporarysecret");
            run.set("TENCENTCLOUD_SECURITY_TOKEN", "old");
        },
        &["AuthFailure.TokenFailure"],
    );
    check_read(|run| run.server.cloud().deny(LIST), &["UnauthorizedOperation", LIST]);
}

#[test]
fn a47_missing_credentials_are_named_with_the_places_that_were_looked_at() {
    check_read(|run| run.set("TENCENTCLOUD_SECRET_ID", ""), &["secret_id", "TENCENTCLOUD_SECRET_ID"]);
    check_read(
        |run| {
            run.set("TENCENTCLOUD_SECRET_ID", "");
            run.set("TENCENTCLOUD_SECRET_KEY", "");
        },
        &["secret_id", "TENCENTCLOUD_SECRET_ID"],
    );
}

#[test]
fn a47_a_clock_that_is_wrong_is_named_as_such_or_corrected() {
    for terraform in Terraform::found() {
        let mut cloud = organization();
        cloud.behaviour.clock_offset = chrono::TimeDelta::minutes(20);
        let run = Workspace::new(terraform, cloud);
        let outcome = run.try_apply(&ops(&[1], &[11]));
        if outcome.code == 0 {
            run.end();
        } else {
            outcome.fails_with(&["AuthFailure.SignatureExpire", "clock"]);
        }
    }
}

#[test]
fn a52_an_endpoint_that_is_down_or_no_cloud_at_all_is_a_clear_error() {
    check_read(
        |run| {
            let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            run.set("TENCENTCLOUD_ORGANIZATION_ENDPOINT", &format!("http://127.0.0.1:{port}"));
        },
        &["127.0.0.1", LIST],
    );
    check_read(
        |run| {
            let url = run.server.url().replace("http:", "https:");
            run.set("TENCENTCLOUD_ORGANIZATION_ENDPOINT", &url);
        },
        &["127.0.0.1", LIST],
    );
    check_read(
        |run| run.set("TENCENTCLOUD_ORGANIZATION_ENDPOINT", "not a url"),
        &["TENCENTCLOUD_ORGANIZATION_ENDPOINT"],
    );
}

#[test]
fn a52_answers_that_make_no_sense_are_survived_once_and_reported_for_good() {
    for nonsense in [Effect::Html(502), Effect::Garbage, Effect::Truncate, Effect::ResetBefore] {
        on_every_host(organization, |run| {
            run.server.cloud().fault(Fault::on(LIST, nonsense.clone()));
            run.step(&ops(&[1], &[11]));
        });
        check_read(|run| run.server.cloud().fault(Fault::on(LIST, nonsense.clone()).always()), &[LIST]);
    }
}

#[test]
fn a53_every_page_is_read_whatever_the_order() {
    for (others, order) in [(51, Order::NewestFirst), (100, Order::OldestFirst), (101, Order::Shuffled(7))] {
        let crowded = || {
            let mut cloud = Cloud::new().with_behaviour(Behaviour { order, ..Behaviour::default() });
            for n in 1..=60 {
                cloud.add_member(member(n), "m");
            }
            for id in 200..200 + others {
                cloud.add_identity(id, "i");
                cloud.grant(member(1), id);
            }
            cloud.add_identity(11, "ours");
            for n in 2..=60 {
                cloud.grant(member(n), 11);
            }
            cloud
        };
        on_every_host(crowded, |run| {
            run.step(&ops(&[1], &[11]));
            run.server.cloud().revoke(member(1), 11);
            let step = run.step(&ops(&[1], &[11]));
            assert_eq!(step.plan.action(OPS), "create", "{others} of others, {order:?}");
            assert_eq!(step.calls.iter().filter(|call| call.action == CREATE).count(), 1);
        });
    }
}
