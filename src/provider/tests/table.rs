//! Arguments x environment x files x machine: who signs.

use super::*;

const PROFILE: &str = ".tccli/default.credential";
const OTHER: &str = ".tccli/other.credential";
const SDK_FILE: &str = ".tencentcloud/credentials";
const KEY: [(&str, &str); 2] =
    [("TENCENTCLOUD_SECRET_ID", "AKIDenvironment"), ("TENCENTCLOUD_SECRET_KEY", "key-of-environment")];
const ROLE_OF_ENV: [(&str, &str); 2] =
    [("TENCENTCLOUD_ASSUME_ROLE_ARN", HUB), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "tests")];
const WEB_OF_ENV: (&str, &str) = ("TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN", "jwt");
const POD: [(&str, &str); 4] = [
    ("TKE_REGION", "ap-singapore"),
    ("TKE_PROVIDER_ID", "tke"),
    ("TKE_WEB_IDENTITY_TOKEN_FILE", "~/pod-token"),
    ("TKE_ROLE_ARN", "qcs::cam::uin/100000000000:roleName/plain"),
];

fn with(config: Config) -> Case {
    Case { config, ..Case::default() }
}

fn nothing() -> Case {
    Case::default()
}

/// Everything at once but what the block says.
fn everywhere(config: Config) -> Case {
    let case = with(config).env(&KEY).env(&[("TENCENTCLOUD_CAM_ROLE_NAME", "machine")]);
    case.file(PROFILE, profile_of("profile")).file(SDK_FILE, sdk_file()).on_machine("machine")
}

fn assume(role_arn: &str) -> AssumeRole {
    set!(AssumeRole::default(); role_arn: known(role_arn), session_name: known("tests"))
}

fn assuming(role_arn: &str) -> Config {
    set!(Config::default(); assume_role: one(assume(role_arn)))
}

fn saml() -> AssumeRoleWithSaml {
    set!(AssumeRoleWithSaml::default();
        saml_assertion: known("PHNhbWw+"),
        principal_arn: known(SAML),
        role_arn: known(HUB),
        session_name: known("tests"),
    )
}

fn web() -> AssumeRoleWithWebIdentity {
    set!(AssumeRoleWithWebIdentity::default();
        web_identity_token: known("jwt"),
        role_arn: known(HUB),
        session_name: known("tests"),
    )
}

fn factor() -> MfaCertification {
    set!(MfaCertification::default(); serial_number: known(DEVICE), token_code: known("123456"))
}

async fn check(what: &str, case: Case, expected: &str) -> Outcome {
    let outcome = case.run().await;
    assert_eq!(outcome.signer.as_deref(), Ok(expected), "{what}: {:?}", outcome.actions);
    outcome
}

#[tokio::test]
async fn the_first_source_that_is_there_signs() {
    let machine = || set!(Config::default(); cam_role_name: known("machine"));
    check("block before all", everywhere(block_key()), "block").await;
    check("a machine by the block", everywhere(machine()), "machine").await;
    let pod = || set!(Config::default(); enable_pod_oidc: Field::Known(true));
    check("a pod by the block", everywhere(pod()).env(&POD).file("pod-token", "pod-jwt\n"), "plain").await;
    check("no pod unless asked for", everywhere(Config::default()).env(&POD), "environment").await;
    check("environment before files", everywhere(Config::default()), "environment").await;
    let profile = set!(Config::default(); profile: known("other"));
    check("environment before a named profile", everywhere(profile), "environment").await;
    let case = nothing().env(&[("TENCENTCLOUD_CAM_ROLE_NAME", "machine")]).on_machine("machine");
    check("a machine by the environment", case.file(PROFILE, profile_of("profile")), "machine").await;
    let files = || nothing().file(PROFILE, profile_of("profile")).file(OTHER, profile_of("other"));
    check("a profile before the SDKs' file", files().file(SDK_FILE, sdk_file()), "profile").await;
    check("an empty profile is passed over", nothing().file(PROFILE, "{}").file(SDK_FILE, sdk_file()), "sdk")
        .await;
    check("the SDKs' file", nothing().file(SDK_FILE, sdk_file()), "sdk").await;
    let elsewhere = [("TENCENTCLOUD_CREDENTIALS_FILE", "~/here.ini")];
    check("the SDKs' file elsewhere", nothing().env(&elsewhere).file("here.ini", sdk_file()), "sdk").await;
}

#[tokio::test]
async fn a_profile_is_found_by_argument_then_variable_of_the_provider_then_of_the_command_line() {
    let files = |config| {
        let case = with(config).file(PROFILE, profile_of("profile")).file(OTHER, profile_of("other"));
        case.file("more/other.credential", profile_of("sdk"))
    };
    let named = |name: &str| set!(Config::default(); profile: known(name));
    check("by argument", files(named("other")).env(&[("TENCENTCLOUD_PROFILE", "default")]), "other").await;
    let both = [("TENCENTCLOUD_PROFILE", "other"), ("TCCLI_PROFILE", "default")];
    check("by variable", files(Config::default()).env(&both), "other").await;
    check("by tccli's", files(Config::default()).env(&[("TCCLI_PROFILE", "other")]), "other").await;
    let there = set!(named("other"); shared_credentials_dir: known("~/more"));
    check("elsewhere", files(there), "sdk").await;
    let there = [("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "~/more"), ("TENCENTCLOUD_PROFILE", "other")];
    check("elsewhere by variable", files(Config::default()).env(&there), "sdk").await;
}

#[tokio::test]
async fn a_session_token_belongs_to_its_key() {
    let key = [("TENCENTCLOUD_SECRET_ID", "AKIDtoken"), ("TENCENTCLOUD_SECRET_KEY", "key-of-token")];
    let token = |name| nothing().env(&key).env(&[(name, "the-token")]);
    check("the provider's", token("TENCENTCLOUD_SECURITY_TOKEN"), "token").await;
    check("tccli's", token("TENCENTCLOUD_TOKEN"), "token").await;
    let both = token("TENCENTCLOUD_SECURITY_TOKEN").env(&[("TENCENTCLOUD_TOKEN", "other")]);
    check("the provider's first", both, "token").await;
    let case = with(block_key()).env(&[("TENCENTCLOUD_SECURITY_TOKEN", "the-token")]);
    check("not with a key of the block", case, "block").await;
    let case = nothing().env(&[("TENCENTCLOUD_TOKEN", "left over")]).file(PROFILE, profile_of("profile"));
    check("a token of tccli alone is nobody", case, "profile").await;
}

#[tokio::test]
async fn a_role_is_taken_on_with_whatever_signs() {
    check("block on a key", everywhere(assuming(HUB)), "hub").await;
    check("block before environment", everywhere(assuming(HUB)).env(&ROLE_OF_ENV), "hub").await;
    let outcome = check("environment", everywhere(Config::default()).env(&ROLE_OF_ENV), "hub").await;
    assert_eq!(outcome.actions, ["AssumeRole", "ListOrganizationIdentity"], "one role, once");
    let tccli = [("TENCENTCLOUD_ROLE_ARN", HUB), ("TENCENTCLOUD_ROLE_SESSION_NAME", "tests")];
    check("tccli's variables", everywhere(Config::default()).env(&tccli), "hub").await;
    let word = set!(assume(""); role_arn: Field::Null, session_name: Field::Null);
    let config = set!(Config::default(); assume_role: one(word));
    let rest = [
        ("TENCENTCLOUD_ASSUME_ROLE_ARN", OPS),
        ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "tests"),
        ("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID", "the-word"),
        ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "900"),
    ];
    check("what the block leaves out", everywhere(config).env(&rest), "ops").await;
    let policy = set!(assume(HUB);
        policy: known(r#"{"version": "2.0", "statement": []}"#),
        session_duration: Field::Known(Number::from(0_u64)),
    );
    check("a policy", everywhere(set!(block_key(); assume_role: one(policy))), "hub").await;

    let role = format!(r#","role-arn":"{HUB}","role-session-name":"tests"}}"#);
    let chained = profile_of("profile").replace('}', &role);
    let outcome = check("a profile's role", nothing().file(PROFILE, chained.clone()), "hub").await;
    assert_eq!(outcome.actions.len(), 2);
    let plain = assuming("qcs::cam::uin/100000000000:roleName/plain");
    let outcome =
        check("a profile's role and the block's", with(plain).file(PROFILE, chained), "plain").await;
    assert_eq!(outcome.actions, ["AssumeRole", "AssumeRole", "ListOrganizationIdentity"]);
}

#[tokio::test]
async fn an_identity_provider_stands_in_place_of_a_key() {
    let of_saml = || set!(Config::default(); assume_role_with_saml: only(saml()));
    let of_web = |web| set!(Config::default(); assume_role_with_web_identity: only(web));
    check("saml without a key", with(of_saml()), "hub").await;
    check("saml with keys around", everywhere(of_saml()), "hub").await;
    check("web identity", with(of_web(web())), "hub").await;
    let outcome =
        check("no second role of the environment", with(of_web(web())).env(&ROLE_OF_ENV), "hub").await;
    assert_eq!(outcome.actions, ["AssumeRoleWithWebIdentity", "ListOrganizationIdentity"]);
    check("web identity by the environment", nothing().env(&ROLE_OF_ENV).env(&[WEB_OF_ENV]), "hub").await;
    let of_saml = [
        ("TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", "PHNhbWw+"),
        ("TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN", SAML),
    ];
    check("saml by the environment", nothing().env(&ROLE_OF_ENV).env(&of_saml), "hub").await;
    for variable in ["TENCENTCLOUD_ASSUME_ROLE_ARN_FILE", "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE"] {
        let files = [
            (variable, "~/arn"),
            ("TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE", "~/token"),
            ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "tests"),
        ];
        let case =
            nothing().env(&files).file("arn", format!(r#"{{"role_arn":"{HUB}"}}"#)).file("token", "jwt");
        check(variable, case, "hub").await;
    }
    let chained = set!(of_web(web()); assume_role: one(assume("qcs::cam::uin/100000000000:roleName/plain")));
    check("a role on top", with(chained), "plain").await;
}

#[tokio::test]
async fn a_second_factor_is_of_the_key_and_comes_before_roles() {
    let config = || set!(block_key(); mfa_certification: one(factor()));
    check("a session", with(config()), "session of a key").await;
    let by_env = [
        ("TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER", DEVICE),
        ("TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE", "123456"),
    ];
    check("by the environment", everywhere(Config::default()).env(&by_env), "session of a key").await;
    let outcome = check("then a role", with(set!(config(); assume_role: one(assume(HUB)))), "hub").await;
    assert_eq!(outcome.actions, ["GetSessionToken", "AssumeRole", "ListOrganizationIdentity"]);
    let role = format!(r#","role-arn":"{HUB}","role-session-name":"tests"}}"#);
    let case = nothing().env(&by_env).file(PROFILE, profile_of("profile").replace('}', &role));
    let outcome = check("then the profile's role", case, "hub").await;
    assert_eq!(outcome.actions, ["GetSessionToken", "AssumeRole", "ListOrganizationIdentity"]);
}

#[tokio::test]
async fn what_is_there_and_broken_ends_the_search_and_says_so() {
    let check = async |what: &str, case: Case, phrases: &[&str]| {
        let outcome = case.run().await;
        let told = outcome.signer.unwrap_err();
        for phrase in phrases {
            assert!(told.contains(phrase), "{what}: {told}");
        }
        assert!(!told.contains("key-of-"), "{told}");
        outcome.actions
    };
    let half = set!(Config::default(); secret_id: known("AKIDblock"));
    check("half a key", with(half), &["Invalid credentials", "`secret_key` is missing"]).await;
    let broken = nothing().file(PROFILE, "{").file(SDK_FILE, sdk_file());
    check("a broken profile", broken, &["Invalid credentials", "default.credential", "line 1"]).await;
    let named = set!(Config::default(); profile: known("absent"));
    check("a profile that is not there", with(named).file(SDK_FILE, sdk_file()), &["no profile `absent`"])
        .await;
    let pod = set!(Config::default(); enable_pod_oidc: Field::Known(true));
    check("no pod", with(pod), &["`TKE_REGION`"]).await;
    let machine = everywhere(set!(Config::default(); cam_role_name: known("other")));
    check("another machine", machine, &["Credentials could not be obtained", "`other`"]).await;
    let case = nothing().env(&KEY).env(&[ROLE_OF_ENV[0]]);
    check("half a role", case, &["session_name", "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME"]).await;
    let both = [WEB_OF_ENV, ("TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN", SAML)];
    let actions = check("two identity providers", nothing().env(&both), &["are both set"]).await;
    assert_eq!(actions, [""; 0]);
    let config =
        set!(Config::default(); assume_role_with_saml: only(saml()), mfa_certification: one(factor()));
    check("a second factor of nobody", with(config), &["belongs to a permanent key"]).await;
    let role = "qcs::cam::uin/100000000000:roleName/none";
    let unknown = everywhere(assuming(role));
    check("no such role", unknown, &["Session was refused", "RoleNotFound", "AssumeRole (1 attempt)"]).await;
    let unloved = everywhere(assuming(OPS));
    check("a role without its word", unloved, &["Not authorized", "sts:AssumeRole", "external_id"]).await;
}

#[tokio::test]
async fn no_credentials_at_all_lists_every_place_with_what_is_missing_there() {
    let outcome = nothing().on_machine("machine").run().await;
    let told = outcome.signer.unwrap_err();
    assert!(told.starts_with("No credentials: "), "{told}");
    let places: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("  - ")).collect();
    assert_eq!(places.len(), 7, "{told}");
    for (place, phrases) in places.iter().zip([
        ["secret_id", "not set"],
        ["cam_role_name", "not set"],
        ["enable_pod_oidc", "not true"],
        ["TENCENTCLOUD_SECRET_ID", "not set"],
        ["TENCENTCLOUD_CAM_ROLE_NAME", "not set"],
        ["the profile `default`", "no such profile"],
        [".tencentcloud/credentials", "no such file"],
    ]) {
        assert!(phrases.iter().all(|phrase| place.contains(phrase)), "{place}");
    }
    assert_eq!(outcome.actions, [""; 0], "nobody was asked");
}

#[tokio::test]
async fn nothing_is_called_that_need_not_be() {
    let outcome = check("a key", everywhere(block_key()), "block").await;
    assert_eq!(outcome.actions, ["ListOrganizationIdentity"]);
    let allowed = Field::Known(Set(vec![known("100000000000")]));
    let config = set!(block_key(); allowed_account_ids: allowed, assume_role: one(assume(HUB)));
    let outcome = check("a guarded role", with(config), "hub").await;
    assert_eq!(outcome.actions, ["AssumeRole", "GetCallerIdentity", "ListOrganizationIdentity"]);
    let forbidden = Field::Known(Set(vec![known("100000000000")]));
    let outcome = with(set!(block_key(); forbidden_account_ids: forbidden)).run().await;
    let told = outcome.signer.unwrap_err();
    assert!(told.contains("Account is not allowed") && told.contains("account 100000000000"), "{told}");
    assert_eq!(outcome.actions, ["GetCallerIdentity"]);
    let empty = set!(block_key(); forbidden_account_ids: Field::Known(Set(Vec::new())));
    assert_eq!(check("an empty list", with(empty), "block").await.actions.len(), 1);
}

#[tokio::test]
async fn the_region_of_a_profile_is_taken_where_its_key_is_and_none_was_set() {
    const CONFIGURE: &str = ".tccli/default.configure";
    let text = r#"{"_sys_param":{"region":"ap-seoul","output":"json"}}"#;
    let case = |config| with(config).file(CONFIGURE, text).file(PROFILE, profile_of("profile"));
    let region = |outcome: Outcome| outcome.regions.into_iter().next_back().flatten();
    let of_profile = check("profile", case(Config::default()), "profile").await;
    assert_eq!(region(of_profile).as_deref(), Some("ap-seoul"));
    let set = set!(Config::default(); region: known("ap-tokyo"));
    assert_eq!(region(check("set", case(set), "profile").await).as_deref(), Some("ap-tokyo"));
    assert_eq!(region(check("another key", case(block_key()), "block").await), None);
}
