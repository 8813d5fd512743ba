//! A resource of many pairs: its state on the wire, and its plan.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use serde_json::json;
use terraform_provider_tencentcloud::ambient::{FixedEnv, SystemClock};
use terraform_provider_tencentcloud::framework::server::{PlanRequest, Server};
use terraform_provider_tencentcloud::framework::value::{Object, Type, Value};
use terraform_provider_tencentcloud::provider::TencentCloud;
use terraform_provider_tencentcloud::wire::json::{self, Extra};
use terraform_provider_tencentcloud::wire::msgpack;

use crate::sizes;

pub(crate) const TYPE: &str = "tencentcloud_org_member_auth_identity";
pub(crate) const FIRST_UIN: u64 = 100_000_000_001;

/// The state of a resource of `size` members with identity 13, as it is stored.
pub(crate) fn stored(size: u64) -> Vec<u8> {
    let members: Vec<u64> = (FIRST_UIN..FIRST_UIN + size).collect();
    let id = members.iter().map(u64::to_string).collect::<Vec<_>>().join(",") + "#13";
    let grants: serde_json::Map<_, _> = members
        .iter()
        .map(|uin| {
            let grant = json!({ "member_uin": uin, "identity_id": 13, "role_name": "role-of-13", "status": "configured" });
            (format!("{uin}#13"), grant)
        })
        .collect();
    json!({ "id": id, "member_uins": members, "identity_ids": [13], "grants": grants, "timeouts": null })
        .to_string()
        .into_bytes()
}

/// The provider, unconfigured.
pub(crate) fn provider() -> TencentCloud {
    TencentCloud::new(Arc::new(FixedEnv::default()), Arc::new(SystemClock))
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let server = Server::new(provider());
    let Ok(resource) = server.resource(TYPE) else { return };
    let of = resource.state_type();
    sizes(criterion, "decode a stored state", |size| {
        let bytes = stored(size);
        move || drop(black_box(json::decode(black_box(&bytes), of, Extra::Ignore)))
    });
    sizes(criterion, "encode a state", |size| {
        let value = Value::Object(object(size, of));
        move || drop(black_box(msgpack::encode(black_box(&value), of)))
    });
    sizes(criterion, "decode a state", |size| {
        let bytes = encoded(size, of);
        move || drop(black_box(msgpack::decode(black_box(&bytes), of)))
    });
    sizes(criterion, "plan, no change", |size| {
        let request = no_change(object(size, of));
        move || drop(black_box(resource.plan(black_box(&request))))
    });
    sizes(criterion, "plan, all new", |size| {
        let request = PlanRequest { prior: None, ..no_change(object(size, of)) };
        move || drop(black_box(resource.plan(black_box(&request))))
    });
}

/// Plans `state` again, with the configuration that it came from.
pub(crate) fn no_change(state: Object) -> PlanRequest {
    let mut config = state.clone();
    for computed in ["id", "grants"] {
        config.insert(computed.to_owned(), Value::Null);
    }
    PlanRequest { prior: Some(state.clone()), proposed: Some(state), config: Some(config) }
}

/// The state of `size` pairs.
pub(crate) fn object(size: u64, of: &Type) -> Object {
    match json::decode(&stored(size), of, Extra::Refuse) {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

/// The same on the wire.
pub(crate) fn encoded(size: u64, of: &Type) -> Vec<u8> {
    msgpack::encode(&Value::Object(object(size, of)), of).unwrap_or_default()
}
