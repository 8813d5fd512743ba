//! Sessions of STS: roles, identity providers, second factors, and the guard of accounts.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_role_signs_what_the_key_behind_it_may_not() {
    let world = World::of(Cloud::new().with_role(ROLE));
    let client = world.client();
    let client = client.signing_with(Arc::new(RoleSource::new("role", client.clone(), assume(ROLE))));
    for _ in 0..3 {
        assert_eq!(world.call(&client).await.unwrap(), world.session(0));
    }
    // One session for all calls.
    assert_eq!(world.calls()[0], "AssumeRole");
    assert_eq!(world.calls().len(), 4);
    let headers = world.cloud().journal()[0].headers.clone();
    assert_eq!(headers.get("x-tc-region").map(String::as_str), Some("ap-guangzhou"));
}

#[tokio::test(start_paused = true)]
async fn a_role_takes_on_another_role() {
    let other = "qcs::cam::uin/200000000000:roleName/hub";
    let world = World::of(Cloud::new().with_role(ROLE).with_role(other));
    let client = world.client();
    let first = client.signing_with(Arc::new(RoleSource::new("first", client.clone(), assume(other))));
    assert_eq!(world.signer(RoleSource::new("second", first, assume(ROLE))).await, world.session(1));
    let signers: Vec<String> = world.cloud().journal().iter().map(|call| call.secret_id.clone()).collect();
    assert_eq!(signers, [SECRET_ID.to_owned(), world.session(0), world.session(1)]);
}

/// Sessions of a minute are renewed on the way, one at a time, and no call is refused.
#[tokio::test(start_paused = true)]
async fn a_run_of_four_minutes_goes_through_on_sessions_of_one() {
    let behaviour = Behaviour { session_seconds: Some(60), ..Behaviour::default() };
    let world = World::of(Cloud::new().with_role(ROLE).with_behaviour(behaviour));
    let client = world.client();
    let client = client.signing_with(Arc::new(RoleSource::new("role", client.clone(), assume(ROLE))));
    while world.started.elapsed() < Duration::from_mins(4) {
        let calls = (0..5).map(|_| world.call(&client));
        for outcome in futures_util::future::join_all(calls).await {
            outcome.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    let opened = world.cloud().sessions().len();
    assert!((5..=9).contains(&opened), "{opened} sessions of a minute in four");
    assert!(world.cloud().journal().iter().all(|call| call.code.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn a_revoked_session_is_opened_anew_and_the_call_made_once_more() {
    let world = World::of(Cloud::new().with_role(ROLE));
    let client = world.client();
    let client = client.signing_with(Arc::new(RoleSource::new("role", client.clone(), assume(ROLE))));
    world.call(&client).await.unwrap();
    world.cloud().revoke_sessions();
    assert_eq!(world.call(&client).await.unwrap(), world.session(1));
    let codes: Vec<String> = world.cloud().journal().iter().map(|call| call.code.clone()).collect();
    assert_eq!(codes, ["", "", "AuthFailure.SecretIdNotFound", "", ""]);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_key_that_is_gone_is_refused_once() {
    let world = World::of(Cloud::new());
    world.cloud().remove_key(SECRET_ID);
    let error = world.call(&world.client()).await.unwrap_err();
    assert_eq!((error.meaning(), error.attempts()), (Some(Meaning::KeyUnknown), 1));
}

/// A renewal that fails before the end of a session costs nothing; afterwards, it is the error.
#[tokio::test(start_paused = true)]
async fn a_session_that_cannot_be_renewed_is_used_to_its_end() {
    let world = World::of(Cloud::new().with_role(ROLE));
    let client = world.client();
    let role = AssumeRole { duration_seconds: Some(1_000), ..assume(ROLE) };
    let client = client.signing_with(Arc::new(RoleSource::new("role", client.clone(), role)));
    world.call(&client).await.unwrap();
    world.cloud().deny("AssumeRole");
    tokio::time::sleep(Duration::from_mins(15)).await;
    world.call(&client).await.unwrap();
    tokio::time::sleep(Duration::from_secs(200)).await;
    let error = world.call(&client).await.unwrap_err();
    let call = error.for_credentials().unwrap();
    assert_eq!((call.action(), call.meaning()), ("AssumeRole", Some(Meaning::NotAuthorized)));
    assert_eq!(call.product(), Product::Sts);
}

#[tokio::test(start_paused = true)]
async fn what_the_service_says_of_a_session_reaches_whoever_made_the_call() {
    let world = World::of(Cloud::new());
    let source = RoleSource::new("role", world.client(), assume(ROLE));
    let error = world.error(source).await;
    assert_eq!((error.kind(), error.meaning()), (Kind::Credentials, Some(Meaning::NoCredentials)));
    assert_eq!(error.for_credentials().unwrap().meaning(), Some(Meaning::NoSuchRole));
    assert_eq!(error.for_credentials().unwrap().attempts(), 1);

    // The rate of STS has a code of its own.
    let world = World::of(Cloud::new().with_role(ROLE));
    world.cloud().fault(Fault::on("AssumeRole", Effect::code("InvalidParameter.OverLimit")));
    world.signer(RoleSource::new("role", world.client(), assume(ROLE))).await;
}

#[tokio::test(start_paused = true)]
async fn an_identity_provider_needs_no_key() {
    let provider = "qcs::cam::uin/100000000000:saml-provider/corporate";
    let cloud = Cloud::new().with_role(ROLE).with_saml_provider(provider, "PHNhbWw+");
    let world = World::of(cloud.with_web_identity_provider("OIDC", "jwt"));
    let keyless = world.client().signing_with(Arc::new(FixedSource::new("none", None, None, None)));
    let saml = AssumeRoleWithSaml {
        saml_assertion: "PHNhbWw+".into(),
        principal_arn: provider.to_owned(),
        role_arn: ROLE.to_owned(),
        role_session_name: "tests".to_owned(),
        duration_seconds: None,
    };
    let source = SamlSource::new("saml", keyless.clone(), saml);
    assert_eq!(world.signer(source).await, world.session(0));
    let identity = WebIdentity {
        provider_id: "OIDC".to_owned(),
        token: TextFrom::Given("jwt".into()),
        role_arn: TextFrom::Given(ROLE.to_owned()),
        session_name: "tests".to_owned(),
        duration_seconds: Some(900),
    };
    let source = WebIdentitySource::new("web", keyless, identity);
    assert_eq!(world.signer(source).await, world.session(1));
    assert_eq!(world.cloud().journal()[0].secret_id, "", "it is not signed");
}

#[tokio::test(start_paused = true)]
async fn a_second_factor_opens_one_session() {
    let cloud = Cloud::new().with_second_factor(DEVICE, "123456");
    let behaviour = Behaviour { session_seconds: Some(600), ..Behaviour::default() };
    let world = World::of(cloud.with_behaviour(behaviour));
    let factor = |code: &str| GetSessionToken {
        serial_number: DEVICE.to_owned(),
        token_code: code.into(),
        duration_seconds: None,
    };
    let error = world.error(SessionTokenSource::new("mfa", world.client(), factor("654321"))).await;
    assert_eq!(error.for_credentials().unwrap().meaning(), Some(Meaning::SecondFactorWrong));

    let client = world.client();
    let source = SessionTokenSource::new("mfa", client.clone(), factor("123456"));
    let client = client.signing_with(Arc::new(source));
    assert_eq!(world.call(&client).await.unwrap(), world.session(0));
    // It ends, and the code is not sent again.
    tokio::time::sleep(Duration::from_secs(500)).await;
    world.call(&client).await.unwrap();
    tokio::time::sleep(Duration::from_secs(200)).await;
    world.cloud().clear_journal();
    let error = world.call(&client).await.unwrap_err();
    assert!(with_causes(&error).contains("run again with a new code"), "{}", with_causes(&error));
    assert_eq!(world.calls(), [""; 0]);

    let temporary = Credentials::new(
        simulator::TEMPORARY_SECRET_ID,
        simulator::TEMPORARY_SECRET_KEY.into(),
        Some(simulator::TEMPORARY_TOKEN.into()),
    );
    let client = world.client().signing_with(temporary.unwrap().into());
    let error = world.error(SessionTokenSource::new("mfa", client, factor("123456"))).await;
    assert_eq!(error.for_credentials().unwrap().meaning(), Some(Meaning::TemporaryKeyRefused));
}

#[tokio::test(start_paused = true)]
async fn credentials_of_the_wrong_account_sign_nothing_but_the_question_whose_they_are() {
    let accounts = |uins: &[&str]| -> BTreeSet<String> { uins.iter().map(|uin| (*uin).to_owned()).collect() };
    for (accounts, rule) in [
        (Accounts::Allowed(accounts(&["100000000000", "1"])), None),
        (Accounts::Forbidden(accounts(&["1"])), None),
        (Accounts::Allowed(accounts(&["1"])), Some("is not in the list of those that are allowed")),
        (
            Accounts::Forbidden(accounts(&["1", "100000000000"])),
            Some("is in the list of those that are forbidden"),
        ),
    ] {
        let world = World::of(Cloud::new());
        let client = world.client();
        let guarded = GuardedSource::new(permanent(), client.clone(), accounts);
        let client = client.signing_with(Arc::new(guarded));
        let outcomes = [world.call(&client).await, world.call(&client).await];
        match rule {
            None => {
                assert!(outcomes.iter().all(Result::is_ok));
                let expected = ["GetCallerIdentity", "DescribeOrganization", "DescribeOrganization"];
                assert_eq!(world.calls(), expected);
            }
            Some(rule) => {
                for error in outcomes.map(Result::unwrap_err) {
                    assert_eq!(error.meaning(), Some(Meaning::AccountNotAllowed));
                    let told = with_causes(&error);
                    assert!(told.contains(&format!("account 100000000000, which {rule}")), "{told}");
                }
                assert_eq!(world.calls(), ["GetCallerIdentity"]);
            }
        }
    }
}
