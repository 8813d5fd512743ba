//! The list of the shipped resource, and the configuration that is generated of what it finds.

use simulator::Server;
use support::organization::{organization, with_grants};
use terraform_provider_tencentcloud::framework::value::{Object, Type, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::list_resource::{Event, Request};
use terraform_provider_tencentcloud::proto::tfplugin6::{
    DynamicValue, generate_resource_config, import_resource_state, validate_list_resource_config,
};
use terraform_provider_tencentcloud::wire::msgpack;
use tonic::Streaming;

use super::identity::{identity, list as numbers, received};
use super::session::{self, Session, TYPE, errors, implied_type, set};

/// A member's name that would leave a quotation, be evaluated, or turn the writing around.
const ODD: &str = "x\"${path.module}%{if}\n\u{202e}\u{7}\\";

fn filter(group_by: Value, members: Value) -> Object {
    let arguments = [
        ("member_uins", members),
        ("identity_ids", Value::Null),
        ("include_preset", Value::Null),
        ("group_by", group_by),
    ];
    arguments.map(|(name, value)| (name.to_owned(), value)).into()
}

fn filter_type() -> Type {
    let numbers = || Type::Set(Box::new(Type::Number));
    let attributes = [
        ("member_uins", numbers()),
        ("identity_ids", numbers()),
        ("include_preset", Type::Bool),
        ("group_by", Type::String),
    ];
    Type::Object(attributes.map(|(name, of)| (name.to_owned(), of)).into())
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn sent(filter: Object) -> Option<DynamicValue> {
    let msgpack = msgpack::encode(&Value::Object(filter), &filter_type()).unwrap().into();
    Some(DynamicValue { msgpack, ..Default::default() })
}

/// Six members of whom each holds 13, and the first three 27 as well; the first has an odd name.
fn cloud() -> Server {
    let pairs = (1..=6).map(|uin| (uin, 13)).chain((1..=3).map(|uin| (uin, 27)));
    let mut cloud = organization(2..=6, [13, 27]).with_member(1, ODD);
    cloud.add_member(7, "nobody");
    Server::start(with_grants(cloud, pairs)).unwrap()
}

async fn events(session: &Session, filter: Object, limit: i64) -> Streaming<Event> {
    let request =
        Request { type_name: TYPE.to_owned(), config: sent(filter), include_resource_object: true, limit };
    session.provider().list_resource(request).await.unwrap().into_inner()
}

async fn all(mut events: Streaming<Event>) -> Vec<Event> {
    let mut found = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        found.push(event);
    }
    found
}

#[tokio::test]
async fn s47_the_shipped_list_is_that_of_the_resource() {
    let session = Session::start().await;
    let schema = session::schema(&mut session.provider()).await;
    let block = schema.list_resource_schemas[TYPE].block.as_ref().unwrap();
    assert_eq!(implied_type(block), filter_type());
    assert!(block.attributes.iter().all(|of| of.optional && !of.required && !of.description.is_empty()));
    for (bad, errors) in [(Value::string("nonsense"), 1), (Value::string("members"), 0), (Value::Unknown, 0)]
    {
        let request = validate_list_resource_config::Request {
            type_name: TYPE.to_owned(),
            config: sent(filter(bad, Value::Unknown)),
            ..Default::default()
        };
        let reply = session.provider().validate_list_resource_config(request).await.unwrap().into_inner();
        assert_eq!(reply.diagnostics.len(), errors);
    }
}

#[tokio::test]
async fn s105_the_shipped_list_ends_at_its_limit_on_a_drop_and_on_a_stop() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let some = || filter(Value::Null, set(&[1, 2, 3, 4, 5]));
    let found = all(events(&session, some(), 2).await).await;
    assert_eq!(found.len(), 2);
    assert_eq!(cloud.cloud().journal().len(), 2, "a call for each, and none beyond");
    assert_eq!(all(events(&session, some(), 0).await).await.len(), 0);

    // Who does not take what was found is not asked on for: a list holds few results ready.
    cloud.cloud().clear_journal();
    let mut slow = events(&session, some(), 100).await;
    assert_eq!(
        received(slow.message().await.unwrap().unwrap().identity.as_ref())["member_uins"],
        numbers(&[1])
    );
    drop(slow);
    assert_eq!(all(events(&session, filter(Value::Null, Value::Null), 100).await).await.len(), 6);

    session.stop().await;
    session.configure(&cloud).await;
    assert_eq!(all(events(&session, some(), 100).await).await.len(), 5, "a stop is over with its run");
}

#[tokio::test]
async fn s106_what_is_generated_for_a_listed_resource_plans_nothing_after_its_import() {
    let cloud = cloud();
    let session = Session::configured(&cloud).await;
    let found = all(events(&session, filter(Value::string("identities"), Value::Null), 100).await).await;
    let wanted =
        [identity(numbers(&[4, 5, 6]), numbers(&[13])), identity(numbers(&[1, 2, 3]), numbers(&[13, 27]))];
    let known_by: Vec<Object> = found.iter().map(|event| received(event.identity.as_ref())).collect();
    assert_eq!(known_by, wanted);
    for event in found {
        assert_eq!(errors(&event.diagnostic), [""; 0]);
        let name = &event.display_name;
        assert!(!name.chars().any(|of| of.is_control() || of == '\u{202e}'), "{name:?}");

        let request = generate_resource_config::Request {
            type_name: TYPE.to_owned(),
            state: event.resource_object.clone(),
        };
        let reply = session.provider().generate_resource_config(request).await.unwrap().into_inner();
        let config = session.received(reply.config).unwrap();
        assert_eq!(
            (&config["id"], &config["grants"], &config["timeouts"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(session.validate(&config).await, []);

        let request = import_resource_state::Request {
            type_name: TYPE.to_owned(),
            identity: event.identity,
            ..Default::default()
        };
        let reply = session.provider().import_resource_state(request).await.unwrap().into_inner();
        let imported = session.received(reply.imported_resources[0].state.clone()).unwrap();
        assert_eq!(
            session.received(event.resource_object),
            Some(imported.clone()),
            "the object is what is imported"
        );
        let state = session.read(&imported).await.unwrap();
        assert_eq!(session.plan(Some(&state), Some(&config)).await, Some(state));
    }
}
