//! No secret leaves the process: not in any log at any level, plan, state, output or file of a whole run.

use std::fs;
use std::path::Path;

use simulator::{
    Cloud, Effect, Fault, SECRET_ID, SECRET_KEY, TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN,
};

use support::terraform::{Outcome, Terraform};
use support::workspace::Workspace;

const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
const CONFIG: &str = "resource \"tencentcloud_org_member_auth_identity\" \"ops\" {\n  \
                        member_uins  = [100000000001]\n  identity_ids = [13, 14]\n}\n";

/// Four characters of the id may be shown, to tell one key from another; not one more.
fn beyond_four(id: &str) -> &str {
    &id[..5]
}

/// What must not be found, each with what it is.
fn secrets(keys: [&str; 3]) -> Vec<(&'static str, String)> {
    let [id, key, token] = keys;
    let signature = ["TC3-HMAC-SHA256", "SignedHeaders=", "Signature=", "Credential=", "tc3_request"];
    let spoken = signature.map(|word| ("a part of the signature", word.to_owned()));
    let header =
        [("the header", "Authorization:".to_owned()), ("the header", "\"Authorization\"".to_owned())];
    let own = [
        ("the id", beyond_four(id).to_owned()),
        ("the key", key.to_owned()),
        ("the token", token.to_owned()),
    ];
    own.into_iter().filter(|(_, secret)| !secret.is_empty()).chain(spoken).chain(header).collect()
}

#[track_caller]
fn check(place: &str, text: &str, secrets: &[(&str, String)]) {
    for (what, secret) in secrets {
        if let Some(at) = text.find(secret.as_str()) {
            let around = text.get(at.saturating_sub(200)..at).unwrap_or_default();
            panic!("{what} is in {place}, after: {around}");
        }
    }
}

/// Every file below `folder` but the provider itself.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.is_file() && !path.to_string_lossy().contains("terraform-provider-") {
            let bytes = fs::read(&path).unwrap();
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}

/// Creates, plans, fails in every way that speaks of a request, and destroys; gives what all the commands
/// said.
fn life(run: &mut Workspace, keys: [&str; 3]) -> Vec<Outcome> {
    let mut said = vec![
        run.try_apply(CONFIG).succeeded(),
        run.run(&["show", "-json"]),
        run.run(&["show", "-json", "next.tfplan"]),
    ];
    let more = CONFIG.replace("14]", "14, 15]");
    for effect in [
        Effect::code("FailedOperation.CreateRole"),
        Effect::code("AuthFailure.SignatureFailure"),
        Effect::Html(502),
        Effect::ResetBefore,
    ] {
        run.server.cloud().fault(Fault::on(CREATE, effect.clone()).always());
        let outcome = run.try_apply(&more);
        assert!(outcome.code == 1, "{effect:?}: {outcome}");
        said.push(outcome);
        run.server.cloud().clear_faults();
    }
    // Refused for each part of the key in turn.
    for (name, right) in ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECURITY_TOKEN"]
        .into_iter()
        .zip(keys)
    {
        if !right.is_empty() {
            run.set(name, &format!("{right}x"));
            said.push(run.try_plan(&more));
            run.set(name, &format!("{right} {right}"));
            said.push(run.try_plan(&more));
            run.set(name, right);
        }
    }
    assert!(said.iter().filter(|outcome| outcome.code == 1).count() >= 8);
    said.push(run.run(&["destroy", "-json", "-auto-approve"]).succeeded());
    said
}

#[test]
fn no_secret_is_in_any_log_plan_state_output_or_file_of_a_whole_run() {
    for terraform in Terraform::found() {
        for (level, keys) in [
            ("TRACE", [TEMPORARY_SECRET_ID, TEMPORARY_SECRET_KEY, TEMPORARY_TOKEN]),
            ("JSON", [SECRET_ID, SECRET_KEY, ""]),
        ] {
            let cloud = Cloud::new().with_member(100_000_000_001, "dev");
            let cloud = (13..=15).fold(cloud, |cloud, id| cloud.with_identity(id, "identity"));
            let mut run = Workspace::new(terraform.clone(), cloud);
            run.set("TENCENTCLOUD_SECRET_ID", keys[0]);
            run.set("TENCENTCLOUD_SECRET_KEY", keys[1]);
            run.set("TENCENTCLOUD_SECURITY_TOKEN", keys[2]);
            run.set("TENCENTCLOUD_MAX_RETRIES", "1");
            run.set("TF_LOG", level);
            let log = run.path("trace.log");
            run.set("TF_LOG_PATH", log.to_str().unwrap());

            let mut secrets = secrets(keys);
            let said = life(&mut run, keys);
            let signatures: Vec<String> =
                run.server.cloud().journal().iter().map(|call| call.signature.clone()).collect();
            assert!(signatures.len() > 8 && signatures.iter().all(|signature| signature.len() == 64));
            secrets.extend(signatures.into_iter().map(|signature| ("a signature", signature)));
            for outcome in said {
                check(&outcome.command, &format!("{}{}", outcome.stdout, outcome.stderr), &secrets);
            }
            let logged = fs::read_to_string(&log).unwrap();
            // The request and its answer are in it, or the rest would prove nothing.
            assert!(
                logged.contains(CREATE) && logged.contains("MemberUins") && logged.contains("attempt"),
                "{level}"
            );
            let mut found = Vec::new();
            files(run.path("").parent().unwrap(), &mut found);
            assert!(
                ["trace.log", "terraform.tfstate", "next.tfplan"]
                    .iter()
                    .all(|name| { found.iter().any(|(path, _)| path.ends_with(name)) })
            );
            for (path, text) in &found {
                check(path, text, &secrets);
            }
        }
    }
}

const ROLE: &str = "qcs::cam::uin/100000000000:roleName/ops";
const SAML: &str = "qcs::cam::uin/100000000000:saml-provider/corporate";
const DEVICE: &str = "qcs::cam:uin/100000000000::mfa/softToken";
const ASSERTION: &str = "PHNhbWw+YXNzZXJ0aW9uLW9mLWEtcGVyc29uPC9zYW1sPg==";
const WEB_TOKEN: &str = "header-of-a-token.payload-of-a-token.signature-of-a-token";
const CODE: &str = "97531086429753";

/// The variables of each way to a session, and the action that opens it.
const SESSIONS: [(&[(&str, &str)], &str); 4] = [
    (&[("TENCENTCLOUD_ASSUME_ROLE_ARN", ROLE)], "AssumeRole"),
    (
        &[
            ("TENCENTCLOUD_ASSUME_ROLE_ARN", ROLE),
            ("TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", ASSERTION),
            ("TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN", SAML),
        ],
        "AssumeRoleWithSAML",
    ),
    (
        &[("TENCENTCLOUD_ASSUME_ROLE_ARN", ROLE), ("TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN", WEB_TOKEN)],
        "AssumeRoleWithWebIdentity",
    ),
    (
        &[
            ("TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER", DEVICE),
            ("TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE", CODE),
        ],
        "GetSessionToken",
    ),
];

/// Opens a session in every way, and fails to in every way that speaks of it; gives what was said.
fn sessions(run: &mut Workspace) -> Vec<Outcome> {
    run.set("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "boundary");
    let mut said = vec![run.try_apply(CONFIG).succeeded()];
    for (variables, action) in SESSIONS {
        for (name, value) in variables {
            run.set(name, value);
        }
        said.push(run.try_plan(CONFIG).succeeded());
        let effects = [Effect::code("InternalError.DbError"), Effect::Html(502), Effect::Truncate];
        for effect in effects.into_iter().chain([Effect::Garbage, Effect::code("AuthFailure.TokenFailure")]) {
            run.server.cloud().fault(Fault::on(action, effect.clone()).always());
            let outcome = run.try_plan(CONFIG);
            assert!(outcome.code == 1, "{action} {effect:?}: {outcome}");
            said.push(outcome);
            run.server.cloud().clear_faults();
        }
        for (name, _) in variables {
            run.set(name, "");
        }
    }
    run.set("TENCENTCLOUD_SECRET_ID", "");
    run.set("TENCENTCLOUD_SECRET_KEY", "");
    run.set("TENCENTCLOUD_CAM_ROLE_NAME", "machine");
    said.push(run.try_plan(CONFIG).succeeded());
    run.server.cloud().behaviour.metadata_code = Some("Failed".to_owned());
    said.push(run.try_plan(CONFIG));
    run.server.cloud().behaviour.metadata_code = None;
    said.push(run.run(&["destroy", "-json", "-auto-approve"]).succeeded());
    said
}

#[test]
fn nothing_of_a_session_is_in_any_log_plan_state_output_or_file_of_a_whole_run() {
    for terraform in Terraform::found() {
        let cloud = (13..=14).fold(Cloud::new().with_member(100_000_000_001, "dev"), |cloud, id| {
            cloud.with_identity(id, "identity")
        });
        let cloud = cloud
            .with_role(ROLE)
            .with_saml_provider(SAML, ASSERTION)
            .with_web_identity_provider("OIDC", WEB_TOKEN)
            .with_second_factor(DEVICE, CODE)
            .with_instance_role("machine");
        let mut run = Workspace::new(terraform.clone(), cloud);
        let url = run.server.url();
        run.set("TENCENTCLOUD_STS_ENDPOINT", &url);
        run.set("TENCENTCLOUD_METADATA_ENDPOINT", &url);
        run.set("TENCENTCLOUD_MAX_RETRIES", "1");
        run.set("TF_LOG", "TRACE");
        let log = run.path("trace.log");
        run.set("TF_LOG_PATH", log.to_str().unwrap());
        let said = sessions(&mut run);

        let mut secrets = secrets([SECRET_ID, SECRET_KEY, ""]);
        let opened = run.server.cloud().sessions().to_vec();
        assert!(opened.len() > SESSIONS.len(), "a session of each sort");
        for session in opened {
            secrets.push(("the key of a session", session.secret_key));
            secrets.push(("the token of a session", session.token));
        }
        for secret in [ASSERTION, WEB_TOKEN, CODE] {
            secrets.push(("what opens a session", secret.to_owned()));
        }
        for outcome in said {
            check(&outcome.command, &format!("{}{}", outcome.stdout, outcome.stderr), &secrets);
        }
        let logged = fs::read_to_string(&log).unwrap();
        for (_, action) in SESSIONS {
            assert!(logged.contains(action), "{action} is not in the log");
        }
        let mut found = Vec::new();
        files(run.path("").parent().unwrap(), &mut found);
        for (path, text) in &found {
            check(path, text, &secrets);
        }
    }
}
