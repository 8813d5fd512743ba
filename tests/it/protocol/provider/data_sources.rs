//! The shipped data sources, as a host asks them over the wire.

use std::collections::BTreeMap;

use simulator::{Cloud, Server};
use terraform_provider_tencentcloud::framework::value::{Object, Type, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::{
    Diagnostic, DynamicValue, read_data_source, validate_data_resource_config,
};
use terraform_provider_tencentcloud::wire::msgpack;

use super::session::{Session, cloud, errors, implied_type, schema, set};

/// A plugin with the types of its data sources.
struct Asking {
    session: Session,
    types: BTreeMap<String, Type>,
}

impl Asking {
    async fn start(session: Session) -> Self {
        let declared = schema(&mut session.provider()).await.data_source_schemas;
        let types = declared.into_iter().map(|(name, schema)| {
            let of = implied_type(schema.block.as_ref().unwrap());
            (name, of)
        });
        Self { types: types.collect(), session }
    }

    /// A configuration of `name` that says `arguments`.
    fn config<const N: usize>(&self, name: &str, arguments: [(&str, Value); N]) -> Object {
        let Type::Object(attributes) = &self.types[name] else { panic!("{name} is no object") };
        let mut config: Object = attributes.keys().map(|name| (name.clone(), Value::Null)).collect();
        config.extend(arguments.map(|(name, value)| (name.to_owned(), value)));
        config
    }

    fn sent(&self, name: &str, config: &Object) -> DynamicValue {
        let msgpack = msgpack::encode(&Value::Object(config.clone()), &self.types[name]).unwrap().into();
        DynamicValue { msgpack, ..Default::default() }
    }

    async fn validate(&self, name: &str, config: &Object) -> Vec<Diagnostic> {
        let request = validate_data_resource_config::Request {
            type_name: name.to_owned(),
            config: Some(self.sent(name, config)),
        };
        let mut provider = self.session.provider();
        provider.validate_data_resource_config(request).await.unwrap().into_inner().diagnostics
    }

    async fn read(&self, name: &str, config: &Object) -> Result<Object, Vec<Diagnostic>> {
        let request = read_data_source::Request {
            type_name: name.to_owned(),
            config: Some(self.sent(name, config)),
            ..Default::default()
        };
        let reply = self.session.provider().read_data_source(request).await.unwrap().into_inner();
        if !errors(&reply.diagnostics).is_empty() {
            return Err(reply.diagnostics);
        }
        assert!(reply.deferred.is_none());
        match msgpack::decode(&reply.state.unwrap().msgpack, &self.types[name]).unwrap() {
            Value::Object(object) => Ok(object),
            other => panic!("{other:?}"),
        }
    }
}

const ALL: [&str; 3] =
    ["tencentcloud_org_identities", "tencentcloud_org_member_auth_identities", "tencentcloud_org_members"];

/// The arguments without which a data source asks for nothing.
fn least(asking: &Asking, name: &str) -> Object {
    let mut config = asking.config(name, []);
    if config.contains_key("identity_ids") {
        config.insert("identity_ids".to_owned(), set(&[13]));
    }
    config
}

#[tokio::test]
async fn s102_every_shipped_data_source_answers_what_it_was_asked_wholly_known() {
    let cloud = cloud();
    let asking = Asking::start(Session::configured(&cloud).await).await;
    assert!(ALL.iter().all(|name| asking.types.contains_key(*name)), "{:?}", asking.types.keys());
    for name in ALL {
        let config = least(&asking, name);
        assert_eq!(asking.validate(name, &config).await, [], "{name}");
        let answer = asking.read(name, &config).await.unwrap();
        for (attribute, asked) in config.iter().filter(|(_, asked)| **asked != Value::Null) {
            assert_eq!(&answer[attribute], asked, "{name}.{attribute}");
        }
        assert!(answer.values().all(Value::is_wholly_known), "{answer:?}");
        let computed = ["identities", "ids", "grants", "members", "uins", "ambiguous_names"];
        let answered = computed.iter().filter_map(|name| answer.get(*name));
        assert!(answered.filter(|value| **value == Value::Null).count() == 0, "{answer:?}");
    }
}

#[tokio::test]
async fn s102_without_a_configured_provider_nothing_is_read() {
    let asking = Asking::start(Session::start().await).await;
    for name in ALL {
        let told = asking.read(name, &least(&asking, name)).await.unwrap_err();
        assert_eq!(errors(&told), ["Provider is not configured"], "{name}");
    }
}

#[tokio::test]
async fn s102_an_unknown_argument_is_no_fault_and_nothing_is_read_for_it() {
    let cloud = cloud();
    let asking = Asking::start(Session::configured(&cloud).await).await;
    for name in ALL {
        let config: Object = asking.config(name, []);
        let arguments = ["name", "identity_id", "type", "member_uins", "identity_ids", "node_id", "tags"];
        for argument in arguments.iter().filter(|argument| config.contains_key(**argument)) {
            if *argument == "member_uins" && name == "tencentcloud_org_members" {
                continue;
            }
            let config = asking.config(name, [(argument, Value::Unknown)]);
            assert_eq!(asking.validate(name, &config).await, [], "{name}.{argument}");
            let told = asking.read(name, &config).await.unwrap_err();
            assert_eq!(errors(&told), ["Configuration is not known yet"], "{name}.{argument}");
        }
    }
    assert_eq!(cloud.cloud().journal().len(), 0);
}

#[tokio::test]
async fn who_asks_the_same_at_once_shares_one_reading() {
    let cloud =
        Server::start((1..=120).fold(Cloud::new(), |cloud, uin| cloud.with_member(uin, "m"))).unwrap();
    let asking = Asking::start(Session::configured(&cloud).await).await;
    let config = asking.config("tencentcloud_org_members", []);
    let asked = (0..16).map(|_| asking.read("tencentcloud_org_members", &config));
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap() == answers[0].as_ref().unwrap()));
    assert_eq!(cloud.cloud().calls("DescribeOrganizationMembers"), 3);
}
