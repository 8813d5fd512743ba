//! What the shipped resource is known by, as a host keeps it beside the state.

use simulator::Server;
use support::type_json::read_type;
use terraform_provider_tencentcloud::framework::value::{Number, Object, Type, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::{
    Diagnostic, DynamicValue, RawState, ResourceIdentityData, apply_resource_change,
    get_resource_identity_schemas, import_resource_state, move_resource_state, plan_resource_change,
    read_resource,
};
use terraform_provider_tencentcloud::wire::msgpack;

use super::session::{IDENTITIES, MEMBERS, Session, TYPE, cloud, config, errors, set};

/// The type of the identity.
pub(crate) fn identity_type() -> Type {
    let list = || Type::List(Box::new(Type::Number));
    Type::Object([("member_uins".to_owned(), list()), ("identity_ids".to_owned(), list())].into())
}

/// A list of numbers.
pub(crate) fn list(numbers: &[u64]) -> Value {
    Value::List(numbers.iter().map(|number| Value::Number(Number::from(*number))).collect())
}

/// The identity with these lists.
pub(crate) fn identity(members: Value, identities: Value) -> Object {
    Object::from([("member_uins".to_owned(), members), ("identity_ids".to_owned(), identities)])
}

pub(crate) fn sent(identity: &Object) -> ResourceIdentityData {
    let msgpack = msgpack::encode(&Value::Object(identity.clone()), &identity_type()).unwrap().into();
    ResourceIdentityData { identity_data: Some(DynamicValue { msgpack, ..Default::default() }) }
}

/// The identity of a reply, which has one.
pub(crate) fn received(identity: Option<&ResourceIdentityData>) -> Object {
    let data = identity.expect("an identity").identity_data.as_ref().unwrap();
    match msgpack::decode(&data.msgpack, &identity_type()).unwrap() {
        Value::Object(identity) => identity,
        other => panic!("{other:?}"),
    }
}

/// Both members and both identities, ascending.
fn both() -> Object {
    identity(list(&MEMBERS), list(&IDENTITIES))
}

/// One step of the host, with all that the host hands on from one to the next.
struct Kept<'s> {
    session: &'s Session,
    state: Option<Object>,
    identity: Option<ResourceIdentityData>,
    private: Vec<u8>,
}

impl<'s> Kept<'s> {
    fn nothing(session: &'s Session) -> Self {
        Self { session, state: None, identity: None, private: Vec::new() }
    }

    async fn plan(&self, config: Option<&Object>) -> plan_resource_change::Response {
        let request = plan_resource_change::Request {
            prior_identity: self.identity.clone(),
            prior_private: self.private.clone(),
            ..self.session.plan_request(self.state.as_ref(), config)
        };
        self.session.provider().plan_resource_change(request).await.unwrap().into_inner()
    }

    /// Plans, applies, and keeps what came of it.
    async fn apply(&mut self, config: Option<&Object>) -> Vec<Diagnostic> {
        let planned = self.plan(config).await;
        assert_eq!(errors(&planned.diagnostics), [""; 0]);
        let request = apply_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: self.session.sent(self.state.as_ref()),
            planned_state: planned.planned_state,
            config: self.session.sent(config),
            planned_private: planned.planned_private,
            planned_identity: planned.planned_identity,
            ..Default::default()
        };
        let reply = self.session.provider().apply_resource_change(request).await.unwrap().into_inner();
        self.state = self.session.received(reply.new_state);
        (self.identity, self.private) = (reply.new_identity, reply.private);
        reply.diagnostics
    }

    async fn read(&mut self) {
        let request = read_resource::Request {
            type_name: TYPE.to_owned(),
            current_state: self.session.sent(self.state.as_ref()),
            current_identity: self.identity.clone(),
            private: self.private.clone(),
            ..Default::default()
        };
        let reply = self.session.provider().read_resource(request).await.unwrap().into_inner();
        assert_eq!(errors(&reply.diagnostics), [""; 0]);
        self.state = self.session.received(reply.new_state);
        (self.identity, self.private) = (reply.new_identity, reply.private);
    }
}

async fn import(session: &Session, identity: &Object) -> import_resource_state::Response {
    let request = import_resource_state::Request {
        type_name: TYPE.to_owned(),
        identity: Some(sent(identity)),
        ..Default::default()
    };
    session.provider().import_resource_state(request).await.unwrap().into_inner()
}

async fn granted() -> (Server, Session, Object) {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let mut kept = Kept::nothing(&session);
    assert_eq!(errors(&kept.apply(Some(&config(set(&MEMBERS), set(&IDENTITIES)))).await), [""; 0]);
    let state = kept.state.unwrap();
    (cloud, session, state)
}

#[tokio::test]
async fn s46_the_two_lists_are_declared_and_an_import_must_give_both() {
    let session = Session::start().await;
    let request = get_resource_identity_schemas::Request {};
    let reply = session.provider().get_resource_identity_schemas(request).await.unwrap().into_inner();
    assert_eq!(reply.diagnostics, []);
    assert_eq!(reply.identity_schemas.keys().collect::<Vec<_>>(), [TYPE]);
    let schema = &reply.identity_schemas[TYPE];
    assert_eq!(schema.version, 0);
    let declared = schema.identity_attributes.iter().map(|attribute| {
        assert!(attribute.required_for_import && !attribute.optional_for_import, "{}", attribute.name);
        assert!(!attribute.description.is_empty(), "{} is not described", attribute.name);
        (attribute.name.clone(), read_type(&attribute.r#type).unwrap())
    });
    assert_eq!(Type::Object(declared.collect()), identity_type());
}

#[tokio::test]
async fn s99_a_create_plans_the_identity_once_it_is_known_and_applies_to_it() {
    let (cloud, session) = (cloud(), Session::start().await);
    session.configure(&cloud).await;
    let mut kept = Kept::nothing(&session);
    let undecided = kept.plan(Some(&config(Value::Unknown, set(&IDENTITIES)))).await;
    assert_eq!(undecided.planned_identity, None);
    let decided = config(set(&[MEMBERS[1], MEMBERS[0]]), set(&[IDENTITIES[1], IDENTITIES[0]]));
    assert_eq!(received(kept.plan(Some(&decided)).await.planned_identity.as_ref()), both());
    assert_eq!(errors(&kept.apply(Some(&decided)).await), [""; 0]);
    assert_eq!(received(kept.identity.as_ref()), both());
}

#[tokio::test]
async fn s99_the_identity_follows_an_update_and_is_known_in_every_plan_of_one() {
    let (cloud, session) = (cloud(), Session::start().await);
    session.configure(&cloud).await;
    let mut kept = Kept::nothing(&session);
    kept.apply(Some(&config(set(&MEMBERS[..1]), set(&IDENTITIES)))).await;
    let before = identity(list(&MEMBERS[..1]), list(&IDENTITIES));
    assert_eq!(received(kept.identity.as_ref()), before);

    let undecided = config(Value::Unknown, set(&IDENTITIES));
    assert_eq!(received(kept.plan(Some(&undecided)).await.planned_identity.as_ref()), before);
    // A state from before there were identities, and a plan without a refresh.
    let unnamed = Kept { identity: None, state: kept.state.clone(), ..Kept::nothing(&session) };
    assert_eq!(received(unnamed.plan(Some(&undecided)).await.planned_identity.as_ref()), before);
    assert_eq!(received(kept.plan(None).await.planned_identity.as_ref()), before);

    let decided = config(set(&MEMBERS), set(&IDENTITIES));
    assert_eq!(received(kept.plan(Some(&decided)).await.planned_identity.as_ref()), both());
    assert_eq!(errors(&kept.apply(Some(&decided)).await), [""; 0]);
    assert_eq!(received(kept.identity.as_ref()), both());
    kept.read().await;
    assert_eq!(received(kept.identity.as_ref()), both());
}

#[tokio::test]
async fn s99_a_failed_apply_leaves_the_identity_of_the_state_that_it_leaves() {
    let (cloud, session) = (cloud(), Session::start().await);
    session.configure(&cloud).await;
    let mut kept = Kept::nothing(&session);
    cloud.cloud().make_unconfigurable(MEMBERS[1]);
    let report = kept.apply(Some(&config(set(&MEMBERS), set(&IDENTITIES)))).await;
    assert_eq!(errors(&report), ["Member account cannot be given identities"]);
    assert!(kept.state.is_some());
    assert_eq!(received(kept.identity.as_ref()), both());

    cloud.cloud().deny("DescribeOrganizationMemberAuthIdentities");
    let report = kept.apply(Some(&config(set(&MEMBERS), set(&IDENTITIES[..1])))).await;
    assert_eq!(errors(&report), ["Not authorized"]);
    assert_eq!(kept.state.as_ref().unwrap()["identity_ids"], set(&IDENTITIES));
    assert_eq!(received(kept.identity.as_ref()), both());
}

#[tokio::test]
async fn s87_a_read_returns_the_identity_also_when_nothing_is_left() {
    let (cloud, session, state) = granted().await;
    // From before there were identities.
    let mut kept = Kept { state: Some(state), ..Kept::nothing(&session) };
    kept.read().await;
    assert_eq!(received(kept.identity.as_ref()), both());
    let granted = cloud.cloud().snapshot();
    for (uin, id) in granted {
        cloud.cloud().revoke(uin, id);
    }
    session.configure(&cloud).await;
    kept.read().await;
    assert_eq!(kept.state, None);
    assert_eq!(received(kept.identity.as_ref()), both());
}

#[tokio::test]
async fn s97_an_import_by_identity_gives_the_state_of_the_apply_and_the_identity_ascending() {
    let (_cloud, session, state) = granted().await;
    let backwards = identity(list(&[MEMBERS[1], MEMBERS[0]]), list(&[IDENTITIES[1], IDENTITIES[0]]));
    let reply = import(&session, &backwards).await;
    assert_eq!(errors(&reply.diagnostics), [""; 0]);
    let [imported] = reply.imported_resources.as_slice() else { panic!("not one") };
    assert_eq!(session.received(imported.state.clone()), Some(state.clone()));
    assert_eq!(received(imported.identity.as_ref()), both());
    let by_id = session.import("100000000001,100000000002#13,27").await;
    assert_eq!(by_id, state);
}

#[tokio::test]
async fn s97_an_identity_that_names_nothing_is_refused_with_what_is_wrong() {
    let (_cloud, session, _) = granted().await;
    for (bad, summary) in [
        (identity(list(&[]), list(&IDENTITIES)), "No member UINs"),
        (identity(list(&MEMBERS), list(&[])), "No identity ids"),
        (identity(Value::Null, list(&IDENTITIES)), "Incomplete identity"),
        (identity(Value::List(vec![Value::Null]), list(&IDENTITIES)), "Invalid member UIN"),
        (identity(list(&[0]), list(&IDENTITIES)), "Invalid member UIN"),
        (identity(list(&MEMBERS), list(&[1 << 53])), "Invalid identity id"),
        (identity(list(&[MEMBERS[0], MEMBERS[0]]), list(&IDENTITIES)), "Duplicate member UIN"),
        (identity(list(&[100_000_000_777]), list(&IDENTITIES)), "Nothing to import"),
    ] {
        let reply = import(&session, &bad).await;
        assert_eq!(errors(&reply.diagnostics), [summary]);
        assert!(reply.imported_resources.is_empty());
    }
}

/// Moves the state in `json`, of `type_name` of the provider at `address`.
async fn moved(
    session: &Session,
    address: &str,
    type_name: &str,
    json: &str,
) -> move_resource_state::Response {
    let request = move_resource_state::Request {
        source_provider_address: address.to_owned(),
        source_type_name: type_name.to_owned(),
        source_state: Some(RawState { json: json.as_bytes().to_vec(), ..Default::default() }),
        target_type_name: TYPE.to_owned(),
        ..Default::default()
    };
    session.provider().move_resource_state(request).await.unwrap().into_inner()
}

const ATTACHMENT: &str = "tencentcloud_organization_org_member_auth_identity_attachment";

#[tokio::test]
async fn s98_an_attachment_of_the_public_provider_is_taken_over_offline_with_an_identity() {
    let session = Session::start().await;
    for address in [
        "registry.terraform.io/tencentcloudstack/tencentcloud",
        "registry.opentofu.org/tencentcloudstack/tencentcloud",
        "mirror.example.com/platform/tencentcloud",
    ] {
        for json in [
            r#"{"id":"100000000001","member_uin":100000000001,"identity_ids":[27,13]}"#,
            r#"{"id":"100000000001","member_uin":"100000000001","identity_ids":["27","13"]}"#,
            r#"{"id":"100000000001","member_uin":null,"identity_ids":[13,27],"create_time":"2024-01-01"}"#,
            r#"{"id":"100000000001","identity_ids":[13,27],"identity_role_name":["a"],"deep":{"x":[1]}}"#,
        ] {
            let reply = moved(&session, address, ATTACHMENT, json).await;
            assert_eq!(errors(&reply.diagnostics), [""; 0], "{address} {json}");
            let state = session.received(reply.target_state).unwrap();
            assert_eq!(state["member_uins"], set(&MEMBERS[..1]));
            assert_eq!((&state["identity_ids"], &state["grants"]), (&set(&IDENTITIES), &Value::Null));
            assert_eq!(state["id"], Value::string("100000000001#13,27"));
            let known_by = identity(list(&MEMBERS[..1]), list(&IDENTITIES));
            assert_eq!(received(reply.target_identity.as_ref()), known_by);
        }
    }
}

#[tokio::test]
async fn s98_what_is_no_attachment_of_the_public_provider_is_refused_by_name() {
    let session = Session::start().await;
    let public = "registry.terraform.io/tencentcloudstack/tencentcloud";
    let sound = r#"{"id":"1","member_uin":1,"identity_ids":[13]}"#;
    for (address, type_name, json, words) in [
        (
            public,
            "tencentcloud_organization_org_member",
            sound,
            "tencentcloud_organization_org_member of provider",
        ),
        ("registry.terraform.io/acme/othercloud", ATTACHMENT, sound, "acme/othercloud"),
        (public, TYPE, sound, ATTACHMENT),
        (public, ATTACHMENT, r#"{"id":"1","identity_ids":[]}"#, "it lists no identity_ids"),
        (public, ATTACHMENT, r#"{"identity_ids":[13]}"#, "neither its member_uin nor its id"),
        (public, ATTACHMENT, r#"{"identity_ids":7}"#, "found a number where a set should be"),
        (public, ATTACHMENT, "null", "is empty"),
    ] {
        let reply = moved(&session, address, type_name, json).await;
        let [error] = reply.diagnostics.as_slice() else { panic!("{:?}", reply.diagnostics) };
        assert!(error.detail.contains(words), "{json}: {}", error.detail);
        assert_eq!((reply.target_state, reply.target_identity), (None, None));
    }
}
