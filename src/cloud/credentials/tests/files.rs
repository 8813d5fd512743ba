//! Files that hold keys, or the way to some. They are read on threads, for which paused time does not wait:
//! here it is the clock that is put forward.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

/// A folder of profiles.
struct Profiles(TempDir);

impl Profiles {
    fn with(name: &str, text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(name), text).unwrap();
        Self(directory)
    }

    fn with_keys(more: Value) -> Self {
        let mut file = json!({ "secretId": SECRET_ID, "secretKey": format!(" {SECRET_KEY}\n") });
        let Value::Object(more) = more else { panic!("an object") };
        file.as_object_mut().unwrap().extend(more);
        Self::with("default.credential", &file.to_string())
    }

    async fn open(&self, world: &World, name: &str, required: bool) -> Result<Option<Chosen>, String> {
        let profile = Profile { directory: self.0.path().to_owned(), name: name.to_owned(), required };
        let metadata = Endpoint::parse("http://metadata.example.com").unwrap();
        profile.open(&world.client(), &metadata).await.map_err(|error| with_causes(&error))
    }
}

#[tokio::test]
async fn a_profile_signs_with_its_keys_its_role_or_its_machine() {
    let world = World::of(Cloud::new().with_role(ROLE).with_instance_role("machine"));
    let key = Profiles::with_keys(json!({ "type": "default", "other": { "unknown": 1 } }));
    let chosen = key.open(&world, "default", false).await.unwrap().unwrap();
    assert_eq!(world.call(&world.client().signing_with(chosen.source)).await.unwrap(), SECRET_ID);
    assert_eq!(chosen.region, None);

    let role = Profiles::with_keys(json!({ "role-arn": ROLE, "role-session-name": "tests" }));
    fs::write(role.0.path().join("default.configure"), r#"{"_sys_param":{"region":" ap-seoul "}}"#).unwrap();
    let chosen = role.open(&world, "default", true).await.unwrap().unwrap();
    assert_eq!(world.call(&world.client().signing_with(chosen.source)).await.unwrap(), SECRET_ID);
    assert_eq!(chosen.region.as_deref(), Some("ap-seoul"));
    assert_eq!(chosen.role.unwrap().role_arn, ROLE);

    let machine = Profiles::with("default.credential", r#"{"type":"cvm-role","secretId":""}"#);
    let chosen = machine.open(&world, "default", false).await.unwrap().unwrap();
    assert_eq!(world.call(&world.client().signing_with(chosen.source)).await.unwrap(), world.session(0));
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_passed_over_unless_it_was_named() {
    let world = World::of(Cloud::new());
    let empty = Profiles::with("default.credential", r#"{"secretId":"","secretKey":null}"#);
    assert!(empty.open(&world, "default", false).await.unwrap().is_none());
    assert!(empty.open(&world, "other", false).await.unwrap().is_none());
    let told = empty.open(&world, "other", true).await.unwrap_err();
    assert!(told.contains("there is no profile `other` in /"), "{told}");
    let told = empty.open(&world, "default", true).await.unwrap_err();
    assert!(told.contains("the profile `default` has no keys"), "{told}");
    for name in ["", "..", "a/b", "/etc/passwd"] {
        let told = empty.open(&world, name, false).await.unwrap_err();
        assert!(told.contains("is not the name of a profile"), "{name}: {told}");
    }
}

#[tokio::test]
async fn a_profile_that_is_broken_ends_the_search_and_shows_nothing_of_what_is_in_it() {
    let world = World::of(Cloud::new());
    let check = async |text: &str, expected: &str| {
        let profiles = Profiles::with("default.credential", text);
        let told = profiles.open(&world, "default", false).await.unwrap_err();
        assert!(told.contains(expected) && !told.contains("hunter2"), "{told}");
    };
    check("{\"secretId\": \"hunter2\"", "not the JSON that is expected there (line 1").await;
    check(r#"["hunter2"]"#, "not the JSON").await;
    check(r#"{"secretId":{"hunter2":1}}"#, "not the JSON").await;
    check(r#"{"secretId":"hunter2"}"#, "`secretKey` is missing").await;
    check(r#"{"secretId":"a hunter2","secretKey":"k"}"#, "`secretId` contains blanks").await;
    check(r#"{"secretId":"i","secretKey":"k","type":"novel"}"#, "the type `novel`").await;
    check(r#"{"secretId":"i","secretKey":"k","role-arn":"r"}"#, "`role-session-name` is missing").await;
    check(r#"{"type":"oauth"}"#, "log in with `tccli auth login`").await;
    let profiles = Profiles::with_keys(json!({}));
    fs::write(profiles.0.path().join("default.configure"), "hunter2").unwrap();
    let told = profiles.open(&world, "default", false).await.unwrap_err();
    assert!(told.contains("default.configure") && !told.contains("hunter2"), "{told}");
}

/// The command line renews a login in place: its new keys are found before the old ones expire.
#[tokio::test]
async fn a_login_is_used_until_it_expires_and_then_says_how_to_renew_it() {
    let world = World::of(Cloud::new());
    for (kind, command) in [("oauth", "tccli auth login"), ("sso", "tccli sso login")] {
        let expired = json!({ "type": kind, "expiresAt": BEGIN });
        let told = Profiles::with_keys(expired).open(&world, "default", false).await.unwrap_err();
        assert!(told.contains("has expired") && told.contains(command), "{told}");
    }
    let profiles = Profiles::with_keys(json!({ "type": "sso", "expiresAt": BEGIN + 3_600 }));
    let chosen = profiles.open(&world, "default", false).await.unwrap().unwrap();
    let client = world.client().signing_with(chosen.source);
    world.call(&client).await.unwrap();

    world.cloud().add_key("AKIDrenewed", "renewed", None);
    let renewed = json!({ "secretId": "AKIDrenewed", "secretKey": "renewed", "expiresAt": BEGIN + 7_200 });
    fs::write(profiles.0.path().join("default.credential"), renewed.to_string()).unwrap();
    world.pass(3_600);
    assert_eq!(world.call(&client).await.unwrap(), "AKIDrenewed");
}

#[tokio::test]
async fn the_file_of_the_sdks_is_read_as_they_read_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("credentials");
    let provide = async |text: &str| {
        fs::write(&path, text).unwrap();
        let source = SdkFileSource::new(path.clone(), false);
        source.provide(&minutes(1)).await.map_err(|error| with_causes(&error))
    };
    let text = "# secret_id = comment\n; x\nsecret_id = outside\n[other]\nsecret_id=no\n[default]\n secret_id = id \n\
                secret_key=a=b\n[after]\nsecret_key = no\n";
    let found = provide(text).await.unwrap();
    assert_eq!(found.secret_id(), "id");
    assert!(found.is_same(&Credentials::new("id", "a=b".into(), None).unwrap()));
    assert!(provide("[default]\nsecret_id = id\n").await.unwrap_err().contains("`secret_key` is missing"));
    assert!(provide("[other]\nsecret_id = id\n").await.unwrap_err().contains("has neither"));

    let absent = directory.path().join("absent");
    let missing = SdkFileSource::new(absent.clone(), false).provide(&minutes(1)).await;
    assert!(matches!(missing, Err(CredentialsError::Missing { .. })));
    let required = SdkFileSource::new(absent, true).provide(&minutes(1)).await.unwrap_err();
    assert!(with_causes(&required).contains("there is no such file"));
}

/// A token lives for minutes, and its file gets the next one.
#[tokio::test]
async fn a_token_file_is_read_anew_for_each_session() {
    let directory = tempfile::tempdir().unwrap();
    let (token, arn) = (directory.path().join("token"), directory.path().join("arn"));
    let world = World::of(Cloud::new().with_role(ROLE).with_web_identity_provider("OIDC", "first"));
    world.cloud().behaviour.session_seconds = Some(60);
    let identity = WebIdentity {
        provider_id: "OIDC".to_owned(),
        token: TextFrom::File(token.clone()),
        role_arn: TextFrom::File(arn.clone()),
        session_name: "tests".to_owned(),
        duration_seconds: None,
    };
    let client = world.client();
    let client = client.signing_with(Arc::new(WebIdentitySource::new("web", client.clone(), identity)));
    let told = with_causes(&world.call(&client).await.unwrap_err());
    assert!(told.contains("there is no such file"), "{told}");

    fs::write(&token, r#"{"web_identity_token":"first"}"#).unwrap();
    fs::write(&arn, json!({ "role_arn": ROLE }).to_string()).unwrap();
    world.call(&client).await.unwrap();
    world.cloud().trust_web_token("OIDC", "second");
    fs::write(&token, "second\n").unwrap();
    fs::write(&arn, format!("{ROLE}\n")).unwrap();
    world.pass(61);
    assert_eq!(world.call(&client).await.unwrap(), world.session(1));

    for (text, expected) in [(" \n", "it is empty"), ("{}", "its JSON has no"), ("{hunter2", "not the JSON")]
    {
        fs::write(&token, text).unwrap();
        world.pass(61);
        let told = with_causes(&world.call(&client).await.unwrap_err());
        assert!(told.contains(expected) && !told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn the_first_source_that_is_there_is_the_one() {
    let at = |place: &str, look: Result<Option<&'static str>, CredentialsError>| {
        Candidate::new(place, "nothing", async move {
            let fixed = |id| FixedSource::new("x", Some(String::from(id)), Some("key".into()), None);
            Ok(look?.map(|id| Chosen::from(Arc::new(fixed(id)) as Arc<dyn ProvideCredentials>)))
        })
    };
    let missing = || Err(CredentialsError::Missing { place: "x" });
    let chosen =
        first([at("a", Ok(None)), at("b", missing()), at("c", Ok(Some("one"))), at("d", Ok(Some("two")))]);
    assert_eq!(chosen.await.unwrap().source.provide(&minutes(1)).await.unwrap().secret_id(), "one");

    let broken = Err(CredentialsError::Broken);
    let error = first([at("a", Ok(None)), at("b", broken), at("c", Ok(Some("one")))]).await.unwrap_err();
    assert!(matches!(error, CredentialsError::Broken), "what is broken is not passed over");

    let CredentialsError::Nowhere { looked } =
        first([at("a", Ok(None)), at("b", missing())]).await.unwrap_err()
    else {
        panic!("there was something")
    };
    let places: Vec<&str> = looked.iter().map(|looked| looked.place.as_str()).collect();
    assert_eq!(places, ["a", "b"]);
}
