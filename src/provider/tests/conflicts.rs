//! What excludes each other, and what no value may be, found offline.

use super::*;
use crate::framework::model::Model as _;

/// Where and why `config` is refused.
fn refusals(config: &Config) -> Vec<(String, String)> {
    let provider = TencentCloud::new(Arc::new(FixedEnv::default()), Arc::new(SystemClock));
    let mut report = Diagnostics::new();
    config.validate(None, &mut report);
    provider.validate(config, &mut report);
    let told =
        report.into_iter().map(|one| (one.path.map_or(String::new(), |path| path.to_string()), one.detail));
    told.collect()
}

#[track_caller]
fn check(config: &Config, at: &str, phrase: &str) {
    let refusals = refusals(config);
    assert!(refusals.iter().any(|(path, detail)| path == at && detail.contains(phrase)), "{refusals:?}");
}

fn uins(uins: &[&str]) -> Field<Set<String>> {
    Field::Known(Set(uins.iter().map(|uin| known(uin)).collect()))
}

#[test]
fn arguments_that_exclude_each_other_are_named() {
    let saml = || only(AssumeRoleWithSaml::default());
    let web = || only(AssumeRoleWithWebIdentity::default());
    let both = set!(Config::default();
        allowed_account_ids: uins(&["1"]),
        forbidden_account_ids: uins(&["2"]),
    );
    check(&both, "allowed_account_ids", "and forbidden_account_ids exclude each other");
    let both = set!(Config::default(); allowed_account_ids: uins(&["1"]), assume_role_with_saml: saml());
    check(&both, "allowed_account_ids", "and assume_role_with_saml exclude each other");
    let both = set!(Config::default();
        forbidden_account_ids: uins(&["1"]),
        assume_role_with_web_identity: web(),
    );
    check(&both, "forbidden_account_ids", "and assume_role_with_web_identity exclude each other");
    let both = set!(Config::default(); assume_role_with_saml: saml(), assume_role_with_web_identity: web());
    check(&both, "assume_role_with_saml", "and assume_role_with_web_identity exclude each other");
    let both = set!(Config::default();
        mfa_certification: one(MfaCertification::default()),
        assume_role_with_saml: saml(),
    );
    check(&both, "mfa_certification", "and assume_role_with_saml exclude each other");

    // What is empty or not known yet may turn out to be nothing.
    for forbidden in [uins(&[]), Field::Unknown, Field::Null] {
        let config = set!(Config::default();
            allowed_account_ids: uins(&["1"]),
            forbidden_account_ids: forbidden,
            assume_role_with_saml: Field::Unknown,
            assume_role_with_web_identity: Field::Known(List(Vec::new())),
        );
        assert_eq!(refusals(&config), []);
    }
}

#[test]
fn a_value_that_no_session_can_have_is_refused_where_it_stands() {
    let role = |role: AssumeRole| set!(Config::default(); assume_role: one(role));
    let empty = AssumeRole::default;
    let number = |number: u64| Field::Known(Number::from(number));
    let cases = [
        (set!(empty(); role_arn: known("ops")), "is not an ARN"),
        (set!(empty(); session_name: known("a")), "2 to 128"),
        (set!(empty(); session_name: known("a b")), "2 to 128"),
        (set!(empty(); external_id: known("a b")), "2 to 128"),
        (set!(empty(); session_duration: number(43_201)), "0 to 43200"),
        (set!(empty(); policy: known("[]")), "not a JSON object"),
    ];
    for (block, phrase) in cases {
        check(&role(block), "assume_role", phrase);
    }
    let factor = set!(MfaCertification::default(); duration_seconds: number(129_601));
    let config = set!(Config::default(); mfa_certification: one(factor));
    check(&config, "mfa_certification", "0 to 129600");
    check(&set!(Config::default(); allowed_account_ids: uins(&["me"])), "allowed_account_ids", "UIN");
    check(&set!(Config::default(); profile: known("a/b")), "profile", "name of a profile");
    let sts = Endpoints { sts: known("sts.example.com"), ..Endpoints::default() };
    let config = set!(Config::default(); endpoints: Field::Known(Nested(sts)));
    check(&config, "endpoints.sts", "not a URL");

    let fine = set!(empty();
        role_arn: known(OPS),
        session_name: known("me@example.com"),
        external_id: known("a:b/c"),
        session_duration: number(0),
        policy: known("{}"),
    );
    assert_eq!(refusals(&role(fine)), []);
    assert_eq!(refusals(&role(empty())), [], "an empty block: the rest may be in the environment");
}
