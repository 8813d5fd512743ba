//! Every way to be somebody, with the real host: whose key signs is what the cloud saw.

use std::fs;

use simulator::{Cloud, SECRET_ID, SECRET_KEY, Session};

use super::{LIST, ops, organization};
use support::workspace::{Workspace, on_every_host};

const ROLE: &str = "qcs::cam::uin/100000000000:roleName/ops";
const OTHER: &str = "qcs::cam::uin/100000000000:roleName/other";
const SAML: &str = "qcs::cam::uin/100000000000:saml-provider/corporate";
const DEVICE: &str = "qcs::cam:uin/100000000000::mfa/softToken";
const KEY: [&str; 2] = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"];

fn cloud() -> Cloud {
    organization()
        .with_role(ROLE)
        .with_role(OTHER)
        .with_saml_provider(SAML, "PHNhbWw+PHNhbWw+PHNhbWw+")
        .with_web_identity_provider("OIDC", "header.payload.signature-of-a-pipeline")
        .with_web_identity_provider("tke", "header.payload.signature-of-a-pod")
        .with_second_factor(DEVICE, "123456")
        .with_instance_role("machine")
}

/// A workspace that has a grant, and an environment that says where STS and metadata are.
fn granted(run: &mut Workspace) {
    let url = run.server.url();
    run.set("TENCENTCLOUD_STS_ENDPOINT", &url);
    run.set("TENCENTCLOUD_METADATA_ENDPOINT", &url);
    run.step(&ops(&[1], &[11]));
}

/// Plans with this provider block, which refreshes, and gives the actions and the keys that signed the lists.
fn plan(run: &Workspace, block: &str) -> (Vec<String>, Vec<String>) {
    run.server.cloud().clear_journal();
    run.try_plan(&format!("provider \"tencentcloud\" {{\n{block}\n}}\n{}", ops(&[1], &[11]))).succeeded();
    let journal = run.server.cloud().journal().to_vec();
    let lists = journal.iter().filter(|call| call.action == LIST);
    let signers: Vec<String> = lists.map(|call| call.secret_id.clone()).collect();
    assert!(!signers.is_empty(), "the plan read nothing");
    (journal.into_iter().map(|call| call.action).collect(), signers)
}

/// Plans with this block: a session of `role` signs, and these are the actions before the lists.
#[track_caller]
fn check(run: &Workspace, block: &str, role: &str, actions: &[&str]) {
    let (called, signers) = plan(run, block);
    let sessions: Vec<Session> = run.server.cloud().sessions().to_vec();
    let of =
        |id: &String| sessions.iter().find(|session| session.secret_id == *id).map(|session| &session.role);
    for signer in &signers {
        assert!(of(signer).is_some_and(|of| of.ends_with(role)), "{block}: {signer} of {:?}", of(signer));
    }
    let before: Vec<&String> = called.iter().take_while(|action| *action != LIST).collect();
    assert_eq!(before, actions, "{block}");
}

#[test]
fn a_plan_costs_no_call_more_with_a_key_and_one_more_with_a_role() {
    on_every_host(cloud, |run| {
        granted(run);
        let (with_a_key, signers) = plan(run, "");
        assert!(with_a_key.iter().all(|action| action == LIST), "{with_a_key:?}");
        assert!(signers.iter().all(|id| id == SECRET_ID));
        let block = format!("assume_role {{\n  role_arn = \"{ROLE}\"\n  session_name = \"it\"\n}}");
        let (with_a_role, _) = plan(run, &block);
        // The process that validates calls nothing.
        let roles = with_a_role.iter().filter(|action| *action == "AssumeRole").count();
        assert_eq!((roles, with_a_role.len()), (1, with_a_key.len() + 1), "{with_a_role:?}");
    });
}

#[test]
fn every_source_signs_where_it_is_set_up() {
    on_every_host(cloud, |run| {
        granted(run);
        let machine = "GET /latest/meta-data/cam/security-credentials/machine";
        let assume = format!("assume_role {{\n  role_arn = \"{ROLE}\"\n  session_name = \"it\"\n}}");
        // With the key of the environment.
        check(run, &assume, "/ops", &["AssumeRole"]);
        let factor =
            format!("mfa_certification {{\n  serial_number = \"{DEVICE}\"\n  token_code = \"123456\"\n}}");
        check(run, &factor, "", &["GetSessionToken"]);

        // Without any key.
        for name in KEY {
            run.set(name, "");
        }
        let key = format!("secret_id = \"{SECRET_ID}\"\nsecret_key = \"{SECRET_KEY}\"");
        assert!(plan(run, &key).1.iter().all(|id| id == SECRET_ID));
        let name = "assume_role_with_saml";
        let session = format!("role_arn = \"{ROLE}\"\n  session_name = \"it\"");
        let assertion = "PHNhbWw+PHNhbWw+PHNhbWw+";
        let saml = format!(
            "{name} {{\n  saml_assertion = \"{assertion}\"\n  principal_arn = \"{SAML}\"\n  {session}\n}}"
        );
        check(run, &saml, "/ops", &["AssumeRoleWithSAML"]);
        run.write("token", "header.payload.signature-of-a-pipeline\n");
        let name = "assume_role_with_web_identity";
        let web = format!("{name} {{\n  web_identity_token_file = \"token\"\n  {session}\n}}");
        let file = run.path("token").display().to_string();
        check(run, &web.replace("\"token\"", &format!("{file:?}")), "/ops", &["AssumeRoleWithWebIdentity"]);
        check(run, "cam_role_name = \"machine\"", "/machine", &[machine]);

        run.write("pod-token", "header.payload.signature-of-a-pod");
        let token = run.path("pod-token").display().to_string();
        for (name, value) in [
            ("TKE_REGION", "ap-singapore"),
            ("TKE_PROVIDER_ID", "tke"),
            ("TKE_ROLE_ARN", OTHER),
            ("TKE_WEB_IDENTITY_TOKEN_FILE", &token),
        ] {
            run.set(name, value);
        }
        check(run, "enable_pod_oidc = true", "/other", &["AssumeRoleWithWebIdentity"]);

        run.set("TENCENTCLOUD_CAM_ROLE_NAME", "machine");
        check(run, "", "/machine", &[machine]);
        run.set("TENCENTCLOUD_CAM_ROLE_NAME", "");
        files(run);
        // The destroy at the end needs a key.
        run.set(KEY[0], SECRET_ID);
        run.set(KEY[1], SECRET_KEY);
    });
}

/// Keys in files of the home directory.
fn files(run: &Workspace) {
    let home = run.path("..").join("home");
    let write = |path: &str, text: &str| {
        let path = home.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        ".tencentcloud/credentials",
        &format!("[default]\nsecret_id={SECRET_ID}\nsecret_key={SECRET_KEY}\n"),
    );
    assert!(plan(run, "").1.iter().all(|id| id == SECRET_ID));
    let role = format!("\"role-arn\":\"{ROLE}\",\"role-session-name\":\"it\"");
    let key = format!("\"secretId\":\"{SECRET_ID}\",\"secretKey\":\"{SECRET_KEY}\"");
    write(".tccli/default.credential", &format!("{{{key},{role}}}"));
    check(run, "", "/ops", &["AssumeRole"]);
    write(".tccli/machine.credential", "{\"type\":\"cvm-role\"}");
    let listed = "GET /latest/meta-data/cam/security-credentials/";
    let named = "GET /latest/meta-data/cam/security-credentials/machine";
    check(run, "profile = \"machine\"", "/machine", &[listed, named]);
}

#[test]
fn what_keeps_a_run_from_being_somebody_is_named() {
    on_every_host(cloud, |run| {
        granted(run);
        let fails = |run: &Workspace, block: &str, phrases: &[&str]| {
            let config = format!("provider \"tencentcloud\" {{\n{block}\n}}\n{}", ops(&[1], &[11]));
            run.try_plan(&config).fails_with(phrases);
        };
        let allowed = "allowed_account_ids = [\"1\"]";
        run.server.cloud().clear_journal();
        fails(run, allowed, &["Account is not allowed", "account 100000000000"]);
        let calls: Vec<String> =
            run.server.cloud().journal().iter().map(|call| call.action.clone()).collect();
        assert!(calls.iter().all(|action| action == "GetCallerIdentity"), "{calls:?}");
        let both = format!("{allowed}\nforbidden_account_ids = [\"2\"]");
        fails(run, &both, &["exclude each other"]);
        let block =
            "assume_role {\n  role_arn = \"qcs::cam::uin/1:roleName/none\"\n  session_name = \"it\"\n}";
        fails(
            run,
            block,
            &["Session was refused", "AssumeRole", "ResourceNotFound.RoleNotFound", "RequestId"],
        );
        for name in KEY {
            run.set(name, "");
        }
        fails(run, "", &["No credentials", "secret_id", ".tccli", ".tencentcloud/credentials"]);
        run.set(KEY[0], SECRET_ID);
        run.set(KEY[1], SECRET_KEY);
    });
}
