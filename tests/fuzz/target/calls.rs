//! Whole calls of the shipped resource, through the same service as the real ones, against a simulated
//! organization.
//!
//! A host may send nonsense: every call is answered, with diagnostics where it must be, never after a panic,
//! and, as long as the host keeps to the protocol, never with what can only be our own mistake.

use std::collections::BTreeMap;
use std::sync::Arc;

use fastrand::Rng;
use support::organization::{organization, with_grants};
use support::transport::{TokioClock, client, settings};
use terraform_provider_tencentcloud::ambient::FixedEnv;
use terraform_provider_tencentcloud::cloud::Settings;
use terraform_provider_tencentcloud::framework::diagnostic::Diagnostics;
use terraform_provider_tencentcloud::framework::model::Model;
use terraform_provider_tencentcloud::framework::provider::Provider;
use terraform_provider_tencentcloud::framework::registry::Registry;
use terraform_provider_tencentcloud::framework::schema::Block;
use terraform_provider_tencentcloud::framework::value::{Number, Object, Type, Value};
use terraform_provider_tencentcloud::organization::Organization;
use terraform_provider_tencentcloud::proto::tfplugin6 as proto;
use terraform_provider_tencentcloud::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_tencentcloud::provider::{Config, TencentCloud};
use terraform_provider_tencentcloud::resources::org_member_auth_identity::{
    MemberAuthIdentity, OrgMemberAuthIdentity,
};
use terraform_provider_tencentcloud::wire::json::{self, Extra};
use terraform_provider_tencentcloud::wire::{Service, msgpack};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Target, coarse, split};
use crate::values::{any_value, to_json};

type Host<P> = ProviderClient<proto::provider_server::ProviderServer<Service<P>>>;

/// An input is the name of a call in the first line, and its values, as JSON or as msgpack, with [`BETWEEN`]
/// between them.
pub(crate) struct Calls {
    runtime: Runtime,
    of: Type,
}

const BETWEEN: &[u8] = b"\n--\n";
const TYPE: &str = "tencentcloud_org_member_auth_identity";
const CALLS: [&str; 9] = [
    "validate_provider",
    "configure",
    "validate",
    "upgrade",
    "read",
    "plan",
    "apply",
    "apply_unplanned",
    "import",
];

impl Default for Calls {
    fn default() -> Self {
        let (attributes, blocks) = (MemberAuthIdentity::attributes(), MemberAuthIdentity::blocks());
        Self {
            runtime: Builder::new_current_thread().enable_all().start_paused(true).build().unwrap(),
            of: Block { description: String::new(), attributes, blocks }.implied_type(),
        }
    }
}

impl Target for Calls {
    fn name(&self) -> &'static str {
        "calls"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let call = CALLS[random.usize(..CALLS.len())];
        let values = match call {
            "import" => return format!("{call}\n{}", any_id(random)).into_bytes(),
            "validate_provider" | "configure" => vec![any_provider(random)],
            "plan" | "apply" | "apply_unplanned" => vec![self.any_state(random), self.any_state(random)],
            _ => vec![self.any_state(random)],
        };
        [call.as_bytes(), b"\n", &values.join(BETWEEN)].concat()
    }

    fn run(&mut self, input: &[u8]) -> String {
        let (call, values) = split(input);
        let call = String::from_utf8_lossy(call);
        if !CALLS.contains(&&*call) {
            return "no such call".to_owned();
        }
        let Self { runtime, of } = self;
        let (report, state) = runtime.block_on(answered(&call, of, values));
        let state =
            state.map(|state| msgpack::decode(&state.msgpack, of).expect("a state of the declared type"));
        if call != "plan" {
            assert!(state.as_ref().is_none_or(Value::is_wholly_known), "{state:?}");
        }
        let mut told = String::new();
        for diagnostic in &report {
            assert!(matches!(diagnostic.severity, 1 | 2) && !diagnostic.summary.is_empty(), "{diagnostic:?}");
            let lawful = !matches!(&*call, "read" | "plan" | "apply_unplanned");
            assert!(!lawful || !diagnostic.summary.contains("Bug in the provider"), "{}", diagnostic.detail);
            assert!(!diagnostic.detail.contains("panicked"), "{}", diagnostic.detail);
            told += &coarse(&diagnostic.summary);
            told += &coarse(&diagnostic.detail).chars().take(40).collect::<String>();
        }
        let state = state.map(|state| state.shape());
        format!("{call} {state:?} {}", told.chars().take(200).collect::<String>())
    }

    /// The product of two sets is as large as it is: what is bounded is the growth with the square of the
    /// input.
    fn allocation_max(&self, input: &[u8]) -> usize {
        (2 << 20) + 4_096 * input.len() + 64 * input.len() * input.len()
    }

    fn input_bytes_max(&self) -> usize {
        2 << 10
    }
}

/// What a call is answered with: the diagnostics, and the state or plan.
async fn answered(
    call: &str,
    of: &Type,
    values: &[u8],
) -> (Vec<proto::Diagnostic>, Option<proto::DynamicValue>) {
    let parts = parts(values);
    let value = |index: usize| Some(dynamic(parts.get(index).copied().unwrap_or_default()));
    let (first, last) = (value(0), value(parts.len() - 1));
    let type_name = TYPE.to_owned();
    if matches!(call, "validate_provider" | "configure") {
        let provider = TencentCloud::new(Arc::new(FixedEnv::default()), Arc::new(TokioClock::default()));
        let mut host = host(provider);
        let report = if call == "configure" {
            let request = proto::configure_provider::Request { config: first, ..Default::default() };
            host.configure_provider(request).await.unwrap().into_inner().diagnostics
        } else {
            let request = proto::validate_provider_config::Request { config: first };
            host.validate_provider_config(request).await.unwrap().into_inner().diagnostics
        };
        return (report, None);
    }
    let mut host = host(Offline);
    let configured = host.configure_provider(proto::configure_provider::Request::default()).await.unwrap();
    assert!(configured.into_inner().diagnostics.is_empty());
    match call {
        "validate" => {
            let request =
                proto::validate_resource_config::Request { type_name, config: first, ..Default::default() };
            (host.validate_resource_config(request).await.unwrap().into_inner().diagnostics, None)
        }
        "upgrade" => {
            let raw_state = Some(proto::RawState { json: values.to_vec(), ..Default::default() });
            let request = proto::upgrade_resource_state::Request { type_name, version: 0, raw_state };
            let reply = host.upgrade_resource_state(request).await.unwrap().into_inner();
            (reply.diagnostics, reply.upgraded_state)
        }
        "read" => {
            let request =
                proto::read_resource::Request { type_name, current_state: first, ..Default::default() };
            let reply = host.read_resource(request).await.unwrap().into_inner();
            (reply.diagnostics, reply.new_state)
        }
        "plan" => {
            let request = proto::plan_resource_change::Request {
                type_name,
                prior_state: first,
                proposed_new_state: last.clone(),
                config: last,
                ..Default::default()
            };
            let reply = host.plan_resource_change(request).await.unwrap().into_inner();
            (reply.diagnostics, reply.planned_state)
        }
        "apply" => lived(&mut host, of, parts[0], parts[parts.len() - 1]).await,
        "apply_unplanned" => {
            let request = proto::apply_resource_change::Request {
                type_name,
                prior_state: first,
                planned_state: last.clone(),
                config: last,
                ..Default::default()
            };
            let reply = host.apply_resource_change(request).await.unwrap().into_inner();
            (reply.diagnostics, reply.new_state)
        }
        _ => {
            let id = String::from_utf8_lossy(values).into_owned();
            let request = proto::import_resource_state::Request { type_name, id, ..Default::default() };
            let reply = host.import_resource_state(request).await.unwrap().into_inner();
            (reply.diagnostics, reply.imported_resources.into_iter().next().and_then(|found| found.state))
        }
    }
}

/// What becomes of a stored state and a configuration in the hands of a host that keeps to the protocol:
/// upgraded, read, validated, planned, applied, up to the first error.
async fn lived(
    host: &mut Host<Offline>,
    of: &Type,
    state: &[u8],
    config: &[u8],
) -> (Vec<proto::Diagnostic>, Option<proto::DynamicValue>) {
    let type_name = || TYPE.to_owned();
    let failed = |report: &[proto::Diagnostic]| report.iter().any(|diagnostic| diagnostic.severity == 1);
    let Some(Value::Object(mut config)) = value_of(config, of) else { return (Vec::new(), None) };
    let mut prior = None;
    if let Some(stored @ Value::Object(_)) = value_of(state, of) {
        let json = to_json(&stored).to_string().into_bytes();
        let raw_state = Some(proto::RawState { json, ..Default::default() });
        let request =
            proto::upgrade_resource_state::Request { type_name: type_name(), version: 0, raw_state };
        let upgraded = host.upgrade_resource_state(request).await.unwrap().into_inner();
        if failed(&upgraded.diagnostics) {
            return (upgraded.diagnostics, None);
        }
        let current_state = upgraded.upgraded_state;
        let request =
            proto::read_resource::Request { type_name: type_name(), current_state, ..Default::default() };
        let read = host.read_resource(request).await.unwrap().into_inner();
        if failed(&read.diagnostics) {
            return (read.diagnostics, None);
        }
        prior = read.new_state;
    }
    let known = prior.as_ref().and_then(|prior| msgpack::decode(&prior.msgpack, of).ok());
    for computed in ["id", "grants"] {
        config.insert(computed.to_owned(), Value::Null);
    }
    let mut proposed = config.clone();
    if let Some(Value::Object(known)) = known {
        for computed in ["id", "grants"] {
            proposed.insert(computed.to_owned(), known[computed].clone());
        }
    }
    let [config, proposed] = [config, proposed].map(|object| {
        let msgpack = msgpack::encode(&Value::Object(object), of).unwrap().into();
        Some(proto::DynamicValue { msgpack, ..Default::default() })
    });
    let request = proto::validate_resource_config::Request {
        type_name: type_name(),
        config: config.clone(),
        ..Default::default()
    };
    let validated = host.validate_resource_config(request).await.unwrap().into_inner();
    if failed(&validated.diagnostics) {
        return (validated.diagnostics, None);
    }
    let request = proto::plan_resource_change::Request {
        type_name: type_name(),
        prior_state: prior.clone(),
        proposed_new_state: proposed,
        config: config.clone(),
        ..Default::default()
    };
    let planned = host.plan_resource_change(request).await.unwrap().into_inner();
    let unknown = config.as_ref().is_none_or(|config| {
        !msgpack::decode(&config.msgpack, of).is_ok_and(|config| config.is_wholly_known())
    });
    if failed(&planned.diagnostics) || unknown {
        return (planned.diagnostics, None);
    }
    let request = proto::apply_resource_change::Request {
        type_name: type_name(),
        prior_state: prior,
        planned_state: planned.planned_state,
        config,
        ..Default::default()
    };
    let applied = host.apply_resource_change(request).await.unwrap().into_inner();
    (applied.diagnostics, applied.new_state)
}

fn value_of(bytes: &[u8], of: &Type) -> Option<Value> {
    if is_json(bytes) { json::decode(bytes, of, Extra::Refuse).ok() } else { msgpack::decode(bytes, of).ok() }
}

fn host<P: Provider>(provider: P) -> Host<P> {
    ProviderClient::new(Service::new(provider, CancellationToken::new(), TaskTracker::new()).into_server())
}

fn parts(values: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = values;
    while let Some(end) = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        parts.push(&rest[..end]);
        rest = &rest[end + BETWEEN.len()..];
    }
    parts.push(rest);
    parts
}

fn dynamic(bytes: &[u8]) -> proto::DynamicValue {
    let value = bytes.to_vec().into();
    if is_json(bytes) {
        proto::DynamicValue { json: value, ..Default::default() }
    } else {
        proto::DynamicValue { msgpack: value, ..Default::default() }
    }
}

/// No msgpack of an object begins with what JSON begins with.
fn is_json(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(b'{' | b'[' | b'"' | b'n'))
}

// === Inputs

impl Calls {
    /// A configuration or state of the resource: mostly plausible, sometimes of the right type only,
    /// sometimes null.
    fn any_state(&self, random: &mut Rng) -> Vec<u8> {
        let value = match random.u8(..10) {
            0 => Value::Null,
            1 => any_value(random, &self.of),
            _ => Value::Object(self.plausible(random)),
        };
        if random.bool() {
            to_json(&value).to_string().into_bytes()
        } else {
            msgpack::encode(&value, &self.of).unwrap()
        }
    }

    fn plausible(&self, random: &mut Rng) -> Object {
        let (members, identities) = (any_set(random, 100_000_000_000), any_set(random, 10));
        let id = format!("{}#{}", joined(&members), joined(&identities));
        let kept = random.u8(..4);
        let mut grants = BTreeMap::new();
        for (uin, id) in members.iter().flat_map(|&uin| identities.iter().map(move |&id| (uin, id))) {
            if random.u8(..4) < kept {
                let status = if random.u8(..4) == 0 { "stale" } else { "configured" };
                let grant = [
                    ("member_uin", Value::Number(uin.into())),
                    ("identity_id", Value::Number(id.into())),
                    ("role_name", Value::string("role")),
                    ("status", Value::string(status)),
                ];
                let grant = Value::Object(grant.map(|(name, value)| (name.to_owned(), value)).into());
                grants.insert(format!("{uin}#{id}"), grant);
            }
        }
        let grants = Value::Map(grants);
        let set = |numbers: &[u64]| {
            Value::set(numbers.iter().map(|&number| Value::Number(Number::from(number))).collect())
        };
        let mut object = Object::from(
            [
                ("member_uins", set(&members)),
                ("identity_ids", set(&identities)),
                ("id", Value::string(id)),
                ("grants", grants),
                ("timeouts", Value::Null),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let Type::Object(attributes) = &self.of else { return object };
        for (name, of) in attributes {
            match random.u8(..12) {
                0 => drop(object.insert(name.clone(), any_value(random, of))),
                1 if matches!(name.as_str(), "id" | "grants") => {
                    drop(object.insert(name.clone(), Value::Null));
                }
                _ => {}
            }
        }
        object
    }
}

/// A few numbers near `base`, not all of which exist.
fn any_set(random: &mut Rng, base: u64) -> Vec<u64> {
    let mut numbers: Vec<u64> = (0..random.u8(1..5)).map(|_| base + random.u64(1..6)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn joined(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

fn any_id(random: &mut Rng) -> String {
    let id = format!("{}#{}", joined(&any_set(random, 100_000_000_000)), joined(&any_set(random, 10)));
    match random.u8(..4) {
        0 => id.replace(',', " , "),
        1 => id.split('#').next().unwrap_or_default().to_owned(),
        _ => id,
    }
}

fn any_provider(random: &mut Rng) -> Vec<u8> {
    let mut block = serde_json::json!({ "secret_id": "AKID", "secret_key": "key" });
    let urls = [
        "https://organization.example.com",
        "http://127.0.0.1:1",
        "http://example.com",
        "ftp://x",
        "",
        "https://a:b@c/?d",
    ];
    let choices = [
        ("security_token", serde_json::json!("token")),
        ("region", serde_json::json!(["ap-guangzhou", "\r\n", ""][random.usize(..3)])),
        ("protocol", serde_json::json!(["HTTP", "https", "gopher"][random.usize(..3)])),
        ("domain", serde_json::json!(["tencentcloudapi.com", "a/b", ""][random.usize(..3)])),
        ("endpoints", serde_json::json!({ "organization": urls[random.usize(..urls.len())] })),
        ("requests_per_second", serde_json::json!(random.i16(..))),
        ("max_retries", serde_json::json!(random.f64())),
        ("ca_bundle", serde_json::json!("/nonexistent")),
        ("secret_key", serde_json::Value::Null),
        ("secret_id", serde_json::json!("é\n")),
    ];
    for (name, value) in choices {
        if random.u8(..4) == 0 {
            block[name] = value;
        }
    }
    block.to_string().into_bytes()
}

// === The world

/// The provider's resource, with a simulated organization in place of the network.
struct Offline;

impl Provider for Offline {
    const DESCRIPTION: &'static str = "The provider, offline.";
    type Config = Config;
    type Data = Organization;

    async fn configure(&self, _: &str, _: Config, _: &mut Diagnostics) -> Result<Organization, Diagnostics> {
        let cloud = organization((1..=3).map(|n| 100_000_000_000 + n), 11..=14);
        let cloud = with_grants(cloud, [(100_000_000_001, 11), (100_000_000_002, 12)]);
        let client = client(cloud, Settings { max_retries: 1, ..settings() });
        Ok(Organization::new(client))
    }

    fn register(registry: &mut Registry<Organization>) {
        registry.resource(OrgMemberAuthIdentity).importable();
    }
}
