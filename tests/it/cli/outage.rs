//! A cloud that cannot be reached, understood, or asked (44 to 53).

use simulator::{Behaviour, Cloud, Effect, Fault, Order, SECRET_KEY};

use super::{CREATE, LIST, OPS, member, ops, organization, product};
use support::terraform::Terraform;
use support::workspace::{Workspace, on_every_host};

const WRONG_KEY: &str = "wrongsecretwrongsecret";

/// What is the matter, and what the error must say.
type Case<'a> = (&'a dyn Fn(&mut Workspace), &'a [&'a str]);

/// In each case a plan of what exists fails with one clear error, shows no secret, and forgets nothing.
#[track_caller]
fn check(cases: &[Case]) {
    for terraform in Terraform::found() {
        let name = terraform.to_string();
        let mut run = Workspace::new(terraform, organization());
        // A block of its own: without one, the host adds an error about the block that is not there.
        let config = format!("provider \"tencentcloud\" {{}}\n{}", ops(&[1], &[11]));
        run.step(&config);
        run.set("TENCENTCLOUD_MAX_RETRIES", "2");
        let healthy = run.environment.clone();
        for (arrange, phrases) in cases {
            arrange(&mut run);
            let outcome = run.try_plan(&config);
            outcome.fails_with(phrases);
            let errors = outcome.diagnostics().into_iter().filter(|found| found.severity == "error").count();
            assert_eq!(errors, 1, "{name}: one clear error\n{outcome}");
            for secret in [SECRET_KEY, WRONG_KEY] {
                assert!(!outcome.text().contains(secret), "{name}: a secret is shown\n{outcome}");
            }
            run.server.cloud().clear_faults();
            run.server.cloud().allow(LIST);
            run.environment.clone_from(&healthy);
        }
        run.settled();
        assert_eq!(run.state().grants(OPS), product(&[1], &[11]), "{name}: nothing is forgotten");
        run.end();
    }
}

#[test]
fn a47_wrong_credentials_are_one_clear_error_each() {
    check(&[
        (
            &|run| run.set("TENCENTCLOUD_SECRET_KEY", WRONG_KEY),
            &["AuthFailure.SignatureFailure", "RequestId"],
        ),
        (&|run| run.set("TENCENTCLOUD_SECRET_ID", "AKIDunknown"), &["AuthFailure.SecretIdNotFound"]),
        (
            &|run| {
                run.server.cloud().add_key("AKIDtemporary", "temporarysecret", Some("token"));
                run.set("TENCENTCLOUD_SECRET_ID", "AKIDtemporary");
                run.set("TENCENTCLOUD_SECRET_KEY", "temporarysecret");
                run.set("TENCENTCLOUD_SECURITY_TOKEN", "expired");
            },
            &["AuthFailure.TokenFailure"],
        ),
        (&|run| run.server.cloud().deny(LIST), &["UnauthorizedOperation", LIST]),
        (&|run| run.set("TENCENTCLOUD_SECRET_ID", ""), &["secret_id", "TENCENTCLOUD_SECRET_ID"]),
        (
            &|run| {
                run.set("TENCENTCLOUD_SECRET_ID", "");
                run.set("TENCENTCLOUD_SECRET_KEY", "");
            },
            &["secret_id", "TENCENTCLOUD_SECRET_ID"],
        ),
    ]);
}

#[test]
fn a47_a_clock_that_is_wrong_is_corrected_or_named() {
    let ahead = || {
        let mut cloud = organization();
        cloud.behaviour.clock_offset = chrono::TimeDelta::minutes(20);
        cloud
    };
    on_every_host(ahead, |run| {
        // The cloud's own time comes with its refusal.
        let step = run.step(&ops(&[1], &[11]));
        assert_eq!(step.state.grants(OPS), product(&[1], &[11]));
    });
}

#[test]
fn a52_an_endpoint_that_is_down_or_no_cloud_at_all_is_a_clear_error() {
    check(&[
        (
            &|run| {
                let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
                run.set("TENCENTCLOUD_ORGANIZATION_ENDPOINT", &format!("http://127.0.0.1:{port}"));
            },
            &["127.0.0.1", LIST],
        ),
        (
            &|run| {
                let url = run.server.url().replace("http:", "https:");
                run.set("TENCENTCLOUD_ORGANIZATION_ENDPOINT", &url);
            },
            &["127.0.0.1", LIST],
        ),
        (
            &|run| run.set("TENCENTCLOUD_ORGANIZATION_ENDPOINT", "not a url"),
            &["TENCENTCLOUD_ORGANIZATION_ENDPOINT"],
        ),
    ]);
}

#[test]
fn a52_an_answer_that_makes_no_sense_is_survived_once() {
    on_every_host(organization, |run| {
        run.step(&ops(&[1], &[11]));
        for nonsense in [Effect::Html(502), Effect::Garbage, Effect::Truncate, Effect::ResetBefore] {
            run.server.cloud().fault(Fault::on(LIST, nonsense));
            run.settled();
        }
    });
}

#[test]
fn a52_answers_that_never_make_sense_are_a_clear_error() {
    let always = |run: &Workspace, nonsense| run.server.cloud().fault(Fault::on(LIST, nonsense).always());
    check(&[
        (&|run| always(run, Effect::Html(502)), &[LIST, "502"]),
        (&|run| always(run, Effect::Garbage), &[LIST]),
        (&|run| always(run, Effect::Truncate), &[LIST]),
        (&|run| always(run, Effect::ResetBefore), &[LIST]),
    ]);
}

#[test]
fn a53_every_page_is_read_whatever_the_order() {
    let crowded = || {
        let mut cloud =
            Cloud::new().with_behaviour(Behaviour { order: Order::NewestFirst, ..Behaviour::default() });
        cloud.add_identity(11, "ours");
        for n in 1..=60 {
            cloud.add_member(member(n), "m");
            cloud.grant(member(n), 11);
        }
        cloud.revoke(member(1), 11);
        cloud
    };
    on_every_host(crowded, |run| {
        run.step(&ops(&[1], &[11]));
        let mut others = 200..;
        for (count, order) in [(51, Order::NewestFirst), (100, Order::OldestFirst), (101, Order::Shuffled(7))]
        {
            {
                let mut cloud = run.server.cloud();
                for id in
                    others.by_ref().take(count - cloud.snapshot().iter().filter(|pair| pair.1 >= 200).count())
                {
                    cloud.add_identity(id, "theirs");
                    cloud.grant(member(1), id);
                }
                cloud.behaviour.order = order;
                cloud.revoke(member(1), 11);
            }
            let step = run.step(&ops(&[1], &[11]));
            assert_eq!(step.plan.action(OPS), "create", "{count} grants of others, {order:?}");
            assert_eq!(step.calls.iter().filter(|call| call.action == CREATE).count(), 1);
        }
    });
}
