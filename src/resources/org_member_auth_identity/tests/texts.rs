//! What the practitioner reads, held still: one text for every documented code of every action, and for every
//! other way to fail.

use std::fmt::Write;
use std::time::Duration;

use simulator::{Behaviour, Effect, Fault};

use super::*;

/// The documented codes of the three actions, and the common ones.
const CREATE_CODES: [&str; 8] = [
    "FailedOperation.CreateRole",
    "FailedOperation.OrganizationIdentityPolicyError",
    "InternalError",
    "InvalidParameter",
    "ResourceNotFound.OrganizationIdentityNotExist",
    "ResourceNotFound.OrganizationMemberNotExist",
    "ResourceNotFound.OrganizationNotExist",
    "UnsupportedOperation",
];
const DELETE_CODES: [&str; 4] = [
    "FailedOperation.MemberIdentityAuthUsed",
    "InternalError",
    "InvalidParameter",
    "ResourceNotFound.OrganizationNotExist",
];
const LIST_CODES: [&str; 3] = ["InternalError", "InvalidParameter", "ResourceNotFound.OrganizationNotExist"];
const COMMON_CODES: [&str; 36] = [
    "ActionOffline",
    "AuthFailure.InvalidAuthorization",
    "AuthFailure.InvalidSecretId",
    "AuthFailure.MFAFailure",
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureExpire",
    "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure",
    "AuthFailure.UnauthorizedOperation",
    "FailedOperation",
    "InvalidAction",
    "InvalidParameterValue",
    "InvalidRequest",
    "IpInBlacklist",
    "IpNotInWhitelist",
    "LimitExceeded",
    "MissingParameter",
    "NoSuchProduct",
    "NoSuchVersion",
    "OperationDenied",
    "RequestLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
    "RequestSizeLimitExceeded",
    "ResourceInsufficient",
    "ResourceInUse",
    "ResourceNotFound",
    "ResourceUnavailable",
    "ResponseSizeLimitExceeded",
    "ServiceUnavailable",
    "UnauthorizedOperation",
    "UnknownParameter",
    "UnsupportedProtocol",
    "UnsupportedRegion",
    "AuthFailure",
    "DryRunOperation",
    "NobodyDocumented.This",
];

/// Renders a report as the host would, without what differs from run to run.
fn render(report: &Diagnostics) -> String {
    let mut text = String::new();
    for told in report {
        let place = told.path.as_ref().map(|path| format!(" [{path}]")).unwrap_or_default();
        writeln!(text, "{:?}: {}{place}\n{}\n", told.severity, told.summary, told.detail).unwrap();
    }
    let redact = |line: &str| match line.split_once("RequestId: ") {
        Some((start, _)) => format!("{start}RequestId: [REQUEST_ID]"),
        // Until time is up, with jitter: how often that is differs.
        None => match line.split_once(" attempts)").and_then(|(start, _)| start.rsplit_once('(')) {
            Some((start, count)) if count.len() > 2 => format!("{start}([MANY] attempts)"),
            _ => line.to_owned(),
        },
    };
    text.lines().map(redact).collect::<Vec<_>>().join("\n") + "\n"
}

async fn creating(effect: Effect, action: &str) -> String {
    let world = World::of(organization(2, 1));
    world.cloud().fault(Fault::on(action, effect).always());
    render(&world.run(None, Some(config([1, 2], [11]))).await.report)
}

async fn destroying(effect: Effect) -> String {
    let world = World::of(organization(2, 1));
    let state = world.done(None, config([1, 2], [11])).await;
    world.cloud().fault(Fault::on(DELETE, effect).always());
    render(&world.run(Some(&state), None).await.report)
}

fn entry(title: &str, text: &str) -> String {
    format!("──── {title}\n{text}")
}

#[tokio::test(start_paused = true)]
async fn every_code_has_its_text() {
    let mut all = String::new();
    for code in CREATE_CODES {
        all += &entry(&format!("create, {CREATE}: {code}"), &creating(Effect::code(code), CREATE).await);
    }
    for code in DELETE_CODES {
        all += &entry(&format!("destroy, {DELETE}: {code}"), &destroying(Effect::code(code)).await);
    }
    for code in LIST_CODES {
        all += &entry(&format!("create, {LIST}: {code}"), &creating(Effect::code(code), LIST).await);
    }
    insta::assert_snapshot!("documented_codes", all);
}

#[tokio::test(start_paused = true)]
async fn every_common_code_has_its_text() {
    let mut all = String::new();
    for code in COMMON_CODES {
        all += &entry(&format!("create, {LIST}: {code}"), &creating(Effect::code(code), LIST).await);
    }
    insta::assert_snapshot!("common_codes", all);
}

#[tokio::test(start_paused = true)]
async fn every_other_way_to_fail_has_its_text() {
    let mut all = String::new();
    for (title, effect) in [
        ("a proxy's page", Effect::Html(502)),
        ("a page that is not the API's", Effect::Html(404)),
        ("a reset", Effect::ResetBefore),
        ("a cut reply", Effect::Truncate),
        ("no JSON", Effect::Garbage),
        ("no answer", Effect::StallAfterApply(Duration::from_mins(1))),
    ] {
        all += &entry(&format!("create, {LIST}: {title}"), &creating(effect.clone(), LIST).await);
        all += &entry(&format!("create, {CREATE}: {title}"), &creating(effect, CREATE).await);
    }
    let world = World::of(organization(7, 1).with_grant(1, 11).with_grant(2, 11));
    world.cloud().behaviour =
        Behaviour { visibility_delay: Duration::from_hours(24), ..Behaviour::default() };
    let report = world.run(None, Some(config(1..=7, [11]))).await.report;
    all += &entry("create, never seen, two adopted", &render(&report));

    let world = World::of(organization(1, 1).with_grant(1, 11));
    world.cloud().make_stale(1, 11);
    world.cloud().behaviour.visibility_delay = Duration::from_hours(24);
    let report = world.run(None, Some(config([1], [11]))).await.report;
    all += &entry("create, never configured", &render(&report));

    let world = World::of(organization(3, 1));
    let state = world.done(None, config([1], [11])).await;
    world.cloud().deny(CREATE);
    let report = world.run(Some(&state), Some(config([2, 3], [11]))).await.report;
    all += &entry("update, denied, one revoke pending", &render(&report));

    let world = World::of(organization(3, 1));
    world.stop();
    all += &entry(
        "create, stopped at once",
        &render(&world.apply(&OrgMemberAuthIdentity, None, Some(config([1], [11]))).await.report),
    );
    let world = World::of(organization(3, 1));
    world.cloud().behaviour = Behaviour { claimed_total: Some(u64::MAX), ..Behaviour::default() };
    let report = world.run(None, Some(config(1..=3, [11]))).await.report;
    all += &entry("create, lists that contradict themselves", &render(&report));
    insta::assert_snapshot!("other_failures", all);
}
