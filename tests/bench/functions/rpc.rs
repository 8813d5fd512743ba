//! The calls that a plan makes for every resource, through the service as the host's requests reach it:
//! decoded from gRPC's bytes, not yet encoded to them. The lists are read before, so that nothing waits for
//! the network.

use std::error::Error;
use std::hint::black_box;

use criterion::Criterion;
use simulator::{Behaviour, Cloud, Rate, SECRET_ID, SECRET_KEY, Server as Simulator};
use terraform_provider_tencentcloud::framework::server::Server;
use terraform_provider_tencentcloud::framework::value::{Type, Value};
use terraform_provider_tencentcloud::proto::tfplugin6::provider_server::Provider as _;
use terraform_provider_tencentcloud::proto::tfplugin6::{
    DynamicValue, RawState, configure_provider, plan_resource_change, read_resource, upgrade_resource_state,
};
use terraform_provider_tencentcloud::provider::TencentCloud;
use terraform_provider_tencentcloud::wire::{Service, json, msgpack};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Request;

use crate::state::{FIRST_UIN, TYPE, encoded, no_change, object, provider, stored};

pub(crate) fn bench(criterion: &mut Criterion) {
    if let Err(error) = measure(criterion) {
        criterion.bench_function(&format!("rpc: {error}"), |_| {});
    }
}

fn measure(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let behaviour = Behaviour { rate: Rate::Off, ..Behaviour::default() };
    let cloud = Cloud::new()
        .with_behaviour(behaviour)
        .with_member(FIRST_UIN, "member")
        .with_identity(13, "identity")
        .with_grant(FIRST_UIN, 13);
    let simulator = Simulator::start(cloud)?;
    let schemas = Server::new(provider());
    let of = schemas.resource(TYPE).map_err(|_| "no such resource")?.state_type();
    let service = configured(&runtime, &simulator, schemas.config_type())?;

    let state = wire(encoded(1, of));
    let read = read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: Some(state.clone()),
        ..Default::default()
    };
    let plan = no_change(object(1, of));
    let config =
        msgpack::encode(&Value::Object(plan.config.unwrap_or_default()), of).map_err(|_| "misfit")?;
    let plan = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: Some(state.clone()),
        proposed_new_state: Some(state),
        config: Some(wire(config)),
        ..Default::default()
    };
    let upgrade = upgrade_resource_state::Request {
        type_name: TYPE.to_owned(),
        version: 0,
        raw_state: Some(RawState { json: stored(1), ..Default::default() }),
    };
    criterion.bench_function("rpc: read one pair", |bencher| {
        bencher
            .iter(|| black_box(runtime.block_on(service.read_resource(Request::new(read.clone())))).is_ok());
    });
    criterion.bench_function("rpc: plan one pair", |bencher| {
        bencher.iter(|| {
            black_box(runtime.block_on(service.plan_resource_change(Request::new(plan.clone())))).is_ok()
        });
    });
    criterion.bench_function("rpc: upgrade one pair", |bencher| {
        bencher.iter(|| {
            black_box(runtime.block_on(service.upgrade_resource_state(Request::new(upgrade.clone())))).is_ok()
        });
    });
    Ok(())
}

fn configured(
    runtime: &Runtime,
    simulator: &Simulator,
    of: &Type,
) -> Result<Service<TencentCloud>, Box<dyn Error>> {
    let service = Service::new(provider(), CancellationToken::new(), TaskTracker::new());
    let config = serde_json::json!({
        "secret_id": SECRET_ID,
        "secret_key": SECRET_KEY,
        "endpoints": { "organization": simulator.url() },
    });
    let config = json::decode(config.to_string().as_bytes(), of, json::Extra::Refuse)?;
    let config = wire(msgpack::encode(&config, of).map_err(|_| "misfit")?);
    let request = configure_provider::Request { config: Some(config), ..Default::default() };
    let answer = runtime.block_on(service.configure_provider(Request::new(request)))?.into_inner();
    let errors: Vec<_> = answer.diagnostics.iter().map(|told| told.detail.as_str()).collect();
    if errors.is_empty() { Ok(service) } else { Err(errors.join("; ").into()) }
}

fn wire(msgpack: Vec<u8>) -> DynamicValue {
    DynamicValue { msgpack: msgpack.into(), ..Default::default() }
}
