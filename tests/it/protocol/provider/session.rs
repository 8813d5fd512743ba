//! A host's side of one provider process: typed calls on the one resource, against a simulated cloud.

use std::collections::BTreeMap;

use simulator::{SECRET_ID, SECRET_KEY, Server};
use support::type_json::read_type;
use terraform_provider_tencentcloud::framework::value::{Number, Object, Type, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_tencentcloud::proto::tfplugin6::schema::{Attribute, Block, nested_block, object};
use terraform_provider_tencentcloud::proto::tfplugin6::{
    Diagnostic, DynamicValue, RawState, apply_resource_change, configure_provider, get_provider_schema,
    import_resource_state, plan_resource_change, read_resource, stop_provider, upgrade_resource_state,
    validate_resource_config,
};
use terraform_provider_tencentcloud::wire::msgpack;
use tokio::sync::OnceCell;
use tonic::Status;
use tonic::transport::Channel;

use support::host::{Host, HostOptions};
use support::organization::organization;

pub(crate) const TYPE: &str = "tencentcloud_org_member_auth_identity";

/// A member and an identity that the cloud of [`cloud`] has.
pub(crate) const MEMBERS: [u64; 2] = [100_000_000_001, 100_000_000_002];
pub(crate) const IDENTITIES: [u64; 2] = [13, 27];

/// A plugin, and the type of its resource as the schema implies it.
pub(crate) struct Session {
    pub(crate) host: Host,
    of: Type,
}

/// A cloud with [`MEMBERS`] and [`IDENTITIES`], and no grants.
pub(crate) fn cloud() -> Server {
    Server::start(organization(MEMBERS, IDENTITIES)).unwrap()
}

impl Session {
    /// A plugin that is not configured. Its schema is taken from another process, so that this one is never
    /// asked.
    pub(crate) async fn start() -> Self {
        static OF: OnceCell<Type> = OnceCell::const_new();
        let of = OF.get_or_init(async || {
            let asked = Host::start(HostOptions::default()).await;
            let schema = schema(&mut asked.provider()).await;
            implied_type(schema.resource_schemas[TYPE].block.as_ref().unwrap())
        });
        Self { of: of.await.clone(), host: Host::start(HostOptions::default()).await }
    }

    /// A plugin that is configured for `cloud`.
    pub(crate) async fn configured(cloud: &Server) -> Self {
        let session = Self::start().await;
        session.configure(cloud).await;
        session
    }

    /// Configures the plugin for `cloud`, as a host does at the beginning of every run. The cloud sets the
    /// pace: the plugin does not hold back.
    pub(crate) async fn configure(&self, cloud: &Server) {
        let json = serde_json::json!({
            "secret_id": SECRET_ID, "secret_key": SECRET_KEY, "endpoints": { "organization": cloud.url() },
            "requests_per_second": 1000,
        });
        let config = DynamicValue { json: json.to_string().into(), ..Default::default() };
        let request = configure_provider::Request { config: Some(config), ..Default::default() };
        let reply = self.provider().configure_provider(request).await.unwrap().into_inner();
        assert_eq!(errors(&reply.diagnostics), [""; 0]);
    }

    pub(crate) fn provider(&self) -> ProviderClient<Channel> {
        self.host.provider()
    }

    pub(crate) async fn validate(&self, config: &Object) -> Vec<Diagnostic> {
        let request = validate_resource_config::Request {
            type_name: TYPE.to_owned(),
            config: self.sent(Some(config)),
            client_capabilities: None,
        };
        self.provider().validate_resource_config(request).await.unwrap().into_inner().diagnostics
    }

    /// Plans as a host does, which proposes what is configured over what was; `None` in `config` destroys.
    pub(crate) async fn plan(&self, prior: Option<&Object>, config: Option<&Object>) -> Option<Object> {
        let reply = self.plan_reply(prior, config).await;
        assert_eq!(errors(&reply.diagnostics), [""; 0]);
        self.received(reply.planned_state)
    }

    pub(crate) async fn plan_reply(
        &self,
        prior: Option<&Object>,
        config: Option<&Object>,
    ) -> plan_resource_change::Response {
        self.provider().plan_resource_change(self.plan_request(prior, config)).await.unwrap().into_inner()
    }

    pub(crate) fn plan_request(
        &self,
        prior: Option<&Object>,
        config: Option<&Object>,
    ) -> plan_resource_change::Request {
        let proposed = config.map(|config| {
            let mut proposed = config.clone();
            for computed in ["id", "grants"] {
                let prior = prior.map_or(Value::Null, |prior| prior[computed].clone());
                proposed.insert(computed.to_owned(), prior);
            }
            proposed
        });
        plan_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: self.sent(prior),
            proposed_new_state: self.sent(proposed.as_ref()),
            config: self.sent(config),
            prior_private: b"private".to_vec(),
            ..Default::default()
        }
    }

    pub(crate) async fn apply(
        &self,
        prior: Option<&Object>,
        planned: Option<&Object>,
    ) -> (Option<Object>, Vec<Diagnostic>) {
        self.try_apply(prior, planned).await.unwrap()
    }

    /// Fails if the plugin does not live to answer.
    pub(crate) async fn try_apply(
        &self,
        prior: Option<&Object>,
        planned: Option<&Object>,
    ) -> Result<(Option<Object>, Vec<Diagnostic>), Status> {
        let request = apply_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: self.sent(prior),
            planned_state: self.sent(planned),
            config: self.sent(planned),
            ..Default::default()
        };
        let reply = self.provider().apply_resource_change(request).await?.into_inner();
        Ok((self.received(reply.new_state), reply.diagnostics))
    }

    pub(crate) async fn read(&self, current: &Object) -> Option<Object> {
        let (state, diagnostics) = self.try_read(current).await.unwrap();
        assert_eq!(errors(&diagnostics), [""; 0]);
        state
    }

    /// Fails if the plugin does not live to answer.
    pub(crate) async fn try_read(
        &self,
        current: &Object,
    ) -> Result<(Option<Object>, Vec<Diagnostic>), Status> {
        let request = read_resource::Request {
            type_name: TYPE.to_owned(),
            current_state: self.sent(Some(current)),
            ..Default::default()
        };
        let reply = self.provider().read_resource(request).await?.into_inner();
        Ok((reply.new_state.and_then(|state| self.received(Some(state))), reply.diagnostics))
    }

    pub(crate) async fn import(&self, id: &str) -> Object {
        let (state, diagnostics) = self.try_import(id).await.unwrap();
        assert_eq!(errors(&diagnostics), [""; 0]);
        state.unwrap()
    }

    /// Fails if the plugin does not live to answer.
    pub(crate) async fn try_import(&self, id: &str) -> Result<(Option<Object>, Vec<Diagnostic>), Status> {
        let request = import_resource_state::Request {
            type_name: TYPE.to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        let reply = self.provider().import_resource_state(request).await?.into_inner();
        let imported = reply.imported_resources.first().map(|imported| {
            assert_eq!(imported.type_name, TYPE);
            self.received(imported.state.clone()).unwrap()
        });
        Ok((imported, reply.diagnostics))
    }

    pub(crate) async fn upgrade(&self, json: &str) -> Result<Object, Diagnostic> {
        let request = upgrade_resource_state::Request {
            type_name: TYPE.to_owned(),
            version: 0,
            raw_state: Some(RawState { json: json.as_bytes().to_vec(), ..Default::default() }),
        };
        let reply = self.provider().upgrade_resource_state(request).await.unwrap().into_inner();
        match reply.diagnostics.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.received(reply.upgraded_state).unwrap()),
        }
    }

    /// Asks the plugin to stop what it does, as Ctrl-C makes a host ask.
    pub(crate) async fn stop(&self) {
        let reply = self.provider().stop_provider(stop_provider::Request {}).await.unwrap().into_inner();
        assert_eq!(reply.error, "");
    }

    #[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
    pub(crate) fn sent(&self, object: Option<&Object>) -> Option<DynamicValue> {
        let value = object.map_or(Value::Null, |object| Value::Object(object.clone()));
        let msgpack = msgpack::encode(&value, &self.of).unwrap().into();
        Some(DynamicValue { msgpack, ..Default::default() })
    }

    pub(crate) fn received(&self, value: Option<DynamicValue>) -> Option<Object> {
        match msgpack::decode(&value.unwrap().msgpack, &self.of).unwrap() {
            Value::Object(object) => Some(object),
            Value::Null => None,
            other => panic!("{other:?}"),
        }
    }
}

/// What the provider declares.
pub(crate) async fn schema(provider: &mut ProviderClient<Channel>) -> get_provider_schema::Response {
    provider.get_provider_schema(get_provider_schema::Request {}).await.unwrap().into_inner()
}

/// The type that a block implies, read from the schema alone.
pub(crate) fn implied_type(block: &Block) -> Type {
    let attributes = block.attributes.iter().map(|attribute| (attribute.name.clone(), type_of(attribute)));
    let blocks = block.block_types.iter().map(|nested| {
        let object = Box::new(implied_type(nested.block.as_ref().unwrap()));
        let of = match nested.nesting() {
            nested_block::NestingMode::List => Type::List(object),
            nested_block::NestingMode::Set => Type::Set(object),
            nested_block::NestingMode::Map => Type::Map(object),
            _ => *object,
        };
        (nested.type_name.clone(), of)
    });
    Type::Object(attributes.chain(blocks).collect())
}

fn type_of(attribute: &Attribute) -> Type {
    let Some(nested) = &attribute.nested_type else { return read_type(&attribute.r#type).unwrap() };
    let object = nested.attributes.iter().map(|inner| (inner.name.clone(), type_of(inner)));
    let object = Box::new(Type::Object(object.collect()));
    match nested.nesting() {
        object::NestingMode::List => Type::List(object),
        object::NestingMode::Set => Type::Set(object),
        object::NestingMode::Map => Type::Map(object),
        _ => *object,
    }
}

/// A configuration that grants `identities` to `members`.
pub(crate) fn config(members: Value, identities: Value) -> Object {
    BTreeMap::from([
        ("member_uins".to_owned(), members),
        ("identity_ids".to_owned(), identities),
        ("id".to_owned(), Value::Null),
        ("grants".to_owned(), Value::Null),
        ("timeouts".to_owned(), Value::Null),
    ])
}

/// A set of numbers.
pub(crate) fn set(numbers: &[u64]) -> Value {
    Value::set(numbers.iter().map(|number| Value::Number(Number::from(*number))).collect())
}

/// The summaries of the errors.
pub(crate) fn errors(diagnostics: &[Diagnostic]) -> Vec<&str> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == 1);
    errors.map(|error| error.summary.as_str()).collect()
}
