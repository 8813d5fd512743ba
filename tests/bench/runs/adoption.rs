//! Taking over what exists: import blocks on the host, and a query, which few hosts have, through the
//! mini-host.

use serde_json::json;
use simulator::{Behaviour, Cloud, SECRET_ID, SECRET_KEY, Server};
use support::feature::Feature;
use support::host::{Host, HostOptions};
use support::terraform::Terraform;
use terraform_provider_tencentcloud::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_tencentcloud::proto::tfplugin6::{
    DynamicValue, configure_provider, generate_resource_config, import_resource_state, list_resource,
    plan_resource_change, read_resource,
};
use tokio::time::Instant;
use tonic::transport::Channel;

use crate::cases::{FREE, PACED, PLAN, Start, UNLIMITED, cloud, free, paced};
use crate::configuration::{FIRST_IDENTITY, FIRST_UIN, Many};
use crate::sandbox::{Kept, Sandbox, counted};
use crate::table::{NO_GOAL, Row, Sample};
use crate::{Bench, Failure};

const TYPE: &str = "tencentcloud_org_member_auth_identity";

/// How many are imported in one plan.
const IMPORTS: u64 = 200;

/// The organization of the query: departments whose members hold the same.
const DEPARTMENTS: u64 = 12;
const MEMBERS: u64 = 1_000;
const IDENTITIES_EACH: u64 = 5;

/// The plan of import blocks, by identity where the host has that.
pub(crate) fn imports(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let host = Terraform::at(&bench.host).ok_or("HOST is neither Terraform nor OpenTofu")?;
    let (by, key) = if Feature::ImportByIdentity.is_in(&host) {
        let identity =
            format!("identity = {{ member_uins = [each.key], identity_ids = [{FIRST_IDENTITY}] }}");
        ("identity", identity)
    } else {
        ("id", format!("id = \"${{each.key}}#{FIRST_IDENTITY}\""))
    };
    let configuration = |provider: &str| {
        format!(
            "provider \"tencentcloud\" {{\n  {provider}\n}}\n\n\
             locals {{\n  uins = toset([for n in range({IMPORTS}) : tostring({FIRST_UIN} + n)])\n}}\n\n\
             import {{\n  for_each = local.uins\n  to       = {TYPE}.many[each.key]\n  {key}\n}}\n\n\
             resource {TYPE:?} \"many\" {{\n  for_each     = local.uins\n  member_uins  = [each.key]\n  \
             identity_ids = [{FIRST_IDENTITY}]\n}}\n"
        )
    };
    let runs = [(PACED, "", paced(), "≤ 21 calls"), (FREE, UNLIMITED, free(), NO_GOAL)];
    let row = |(api, provider, behaviour, goal): (&str, &str, Behaviour, &'static str)| {
        let sandbox = Sandbox::new(bench, true, Kept::InFile)?;
        sandbox.write("main.tf", &configuration(provider))?;
        let mut samples = Vec::new();
        for _ in 0..bench.runs {
            let server = Server::start(cloud(Many::pairs(IMPORTS), Start::Applied, behaviour.clone()))?;
            samples.push(sandbox.run(&PLAN, Some(&server))?);
            if !sandbox.output()?.contains("200 to import, 0 to add, 0 to change, 0 to destroy") {
                return Err("a plan of imports does something else".into());
            }
        }
        let name = format!("plan of {IMPORTS} import blocks by {by}, {api}");
        Ok(Row::compare(name, &[], &samples, goal, |_, _, most| most.call_count() <= 21))
    };
    runs.into_iter().map(row).collect()
}

/// A grouped query, and the plan of what it generates.
pub(crate) fn grouped_query(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut samples = Vec::new();
    for _ in 0..bench.runs {
        let server = Server::start(departments())?;
        samples.push(runtime.block_on(query(bench, &server))?);
    }
    let name = format!("grouped query of 1,000 members × 5 identities in 12 departments, {PACED}");
    let goal = "12 results, ≤ 130 calls, first plan empty";
    Ok(vec![Row::compare(name, &[], &samples, goal, |_, _, most| most.call_count() <= 130)])
}

fn departments() -> Cloud {
    let mut cloud = Cloud::new().with_behaviour(paced());
    for id in 0..DEPARTMENTS * IDENTITIES_EACH {
        cloud.add_identity(FIRST_IDENTITY + id, "identity");
    }
    for n in 0..MEMBERS {
        cloud.add_member(FIRST_UIN + n, "member");
        for id in 0..IDENTITIES_EACH {
            cloud.grant(FIRST_UIN + n, FIRST_IDENTITY + n % DEPARTMENTS * IDENTITIES_EACH + id);
        }
    }
    cloud
}

async fn query(bench: &Bench, server: &Server) -> Result<Sample, Failure> {
    let host = Host::start(HostOptions::default().binary(&bench.provider)).await;
    let mut provider = host.provider();
    let config = json!({
        "secret_id": SECRET_ID, "secret_key": SECRET_KEY, "endpoints": { "organization": server.url() },
    });
    let request = configure_provider::Request { config: dynamic(&config), ..Default::default() };
    if !provider.configure_provider(request).await?.into_inner().diagnostics.is_empty() {
        return Err("the provider cannot be configured".into());
    }
    let started = Instant::now();
    let filter = json!({
        "member_uins": null, "identity_ids": null, "include_preset": null, "group_by": "identities",
    });
    let request = list_resource::Request {
        type_name: TYPE.to_owned(),
        config: dynamic(&filter),
        include_resource_object: true,
        limit: 100,
    };
    let mut events = provider.list_resource(request).await?.into_inner();
    let mut found = Vec::new();
    while let Some(event) = events.message().await? {
        found.push(event);
    }
    let sample = Sample { seconds: started.elapsed().as_secs_f64(), ..Sample::default() };
    let sample = counted(sample, server.cloud().journal());
    if found.len() != 12 {
        return Err(format!("{} results: {found:?}", found.len()).into());
    }
    for event in found {
        plans_nothing(&mut provider, event).await?;
    }
    Ok(sample)
}

/// Imports what was found, and plans what is generated of it.
async fn plans_nothing(
    provider: &mut ProviderClient<Channel>,
    event: list_resource::Event,
) -> Result<(), Failure> {
    let request =
        generate_resource_config::Request { type_name: TYPE.to_owned(), state: event.resource_object };
    let config = provider.generate_resource_config(request).await?.into_inner().config;
    let request = import_resource_state::Request {
        type_name: TYPE.to_owned(),
        identity: event.identity,
        ..Default::default()
    };
    let imported = provider.import_resource_state(request).await?.into_inner().imported_resources;
    let imported = imported.into_iter().next().ok_or("nothing was imported")?;
    let request = read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: imported.state,
        private: imported.private,
        ..Default::default()
    };
    let read = provider.read_resource(request).await?.into_inner();
    let request = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: read.new_state.clone(),
        proposed_new_state: read.new_state.clone(),
        config,
        prior_private: read.private,
        ..Default::default()
    };
    let planned = provider.plan_resource_change(request).await?.into_inner();
    let empty = planned.planned_state == read.new_state && planned.diagnostics.is_empty();
    if empty { Ok(()) } else { Err("the first plan of what was found is not empty".into()) }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of the field that it goes into")]
fn dynamic(json: &serde_json::Value) -> Option<DynamicValue> {
    Some(DynamicValue { json: json.to_string().into(), ..Default::default() })
}
