//! The provider service: one short method per RPC, each decoding, calling the framework, and encoding.
//!
//! Every RPC of the protocol answers, also those of features that nothing here declares: with a diagnostic,
//! never with a gRPC error. None depends on another having been called, except that some need a configured
//! provider.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::{Request, Response, Status, Streaming};
use tracing::Instrument;

use super::refusal::{Reply, no_such};
use super::stop::Stop;
use super::{from_proto, salvage, to_proto};
use crate::framework::diagnostic::{Diagnostic, Diagnostics};
use crate::framework::fence::fenced;
use crate::framework::provider::Provider;
use crate::framework::registry::ResourceType;
use crate::framework::resource::Planned;
use crate::framework::server::{Answer as Answered, PlanRequest, Server};
use crate::framework::value::Value;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_server::{self, ProviderServer};

/// The largest message that is read or written: what the host's own servers allow.
pub const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// `P` as a gRPC service. Clones share everything.
pub struct Service<P: Provider>(Arc<Shared<P>>);

/// What the clones of a [`Service`] share.
struct Shared<P: Provider> {
    server: Server<P>,
    stop: Stop,
    work: TaskTracker,
}

impl<P: Provider> Service<P> {
    /// A service for `provider`. Does no IO.
    ///
    /// Operations are asked to stop when `stop` is cancelled, and by `StopProvider`. Applies run in `work`,
    /// which therefore holds what must not be cut off.
    pub fn new(provider: P, stop: CancellationToken, work: TaskTracker) -> Self {
        Self(Arc::new(Shared { server: Server::new(provider), stop: Stop::new(stop), work }))
    }

    /// The service with its limits set, for a gRPC server to route to.
    pub fn into_server(self) -> ProviderServer<Self> {
        ProviderServer::new(self)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    async fn apply(
        &self,
        request: &proto::apply_resource_change::Request,
    ) -> Result<proto::apply_resource_change::Response, Diagnostics> {
        let resource = self.0.server.resource(&request.type_name)?;
        let of = resource.state_type();
        let prior = from_proto::object(request.prior_state.as_ref(), of)?;
        let planned = from_proto::object(request.planned_state.as_ref(), of)?;
        let config = from_proto::object(request.config.as_ref(), of)?;
        let data = self.0.server.data()?;
        let (stop, private) = (self.0.stop.current(), request.planned_private.clone());
        let applied = resource.apply(&data, &stop, private, prior, planned, config.as_ref()).await;
        let (state, mut report) = (applied.value.map_or(Value::Null, Value::Object), applied.report);
        let new_state = to_proto::value(&state, of).or_else(|misfit| {
            report.extend(misfit);
            let detail = "What does not fit the schema is saved as it was before, or left out; the rest is saved as it is. \
                          A new object is marked as tainted: look at it before the next apply replaces it, or keep it with \
                          `terraform untaint` (or `tofu untaint`).";
            report.push(Diagnostic::warning("Only a part of the new state is saved", detail));
            to_proto::object(salvage::of_apply(request, resource, state)?, of)
        })?;
        Ok(proto::apply_resource_change::Response {
            new_state: Some(new_state),
            private: applied.private,
            diagnostics: to_proto::diagnostics(report),
            ..Default::default()
        })
    }
}

type Answer<R> = Result<Response<R>, Status>;
type Events<E> = BoxStream<'static, Result<E, Status>>;

/// What this server can do beyond the first version of the protocol.
const CAPABILITIES: proto::ServerCapabilities = proto::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: false,
    generate_resource_config: false,
};

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Service<P> {
    type ListResourceStream = Events<proto::list_resource::Event>;
    type ReadStateBytesStream = Events<proto::read_state_bytes::Response>;
    type InvokeActionStream = Events<proto::invoke_action::Event>;

    async fn get_metadata(
        &self,
        _: Request<proto::get_metadata::Request>,
    ) -> Answer<proto::get_metadata::Response> {
        answer("GetMetadata", "", async {
            let metadata = |resource: &ResourceType<P::Data>| proto::get_metadata::ResourceMetadata {
                type_name: resource.name().to_owned(),
            };
            Ok(proto::get_metadata::Response {
                server_capabilities: Some(CAPABILITIES),
                diagnostics: to_proto::diagnostics(self.0.server.schema_problems()),
                resources: self.0.server.resources().map(metadata).collect(),
                ..Default::default()
            })
        })
        .await
    }

    async fn get_provider_schema(
        &self,
        _: Request<proto::get_provider_schema::Request>,
    ) -> Answer<proto::get_provider_schema::Response> {
        answer("GetProviderSchema", "", async {
            let schema = |resource: &ResourceType<P::Data>| {
                (resource.name().to_owned(), to_proto::schema(resource.schema()))
            };
            Ok(proto::get_provider_schema::Response {
                provider: Some(to_proto::schema(self.0.server.schema())),
                resource_schemas: self.0.server.resources().map(schema).collect(),
                diagnostics: to_proto::diagnostics(self.0.server.schema_problems()),
                server_capabilities: Some(CAPABILITIES),
                ..Default::default()
            })
        })
        .await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<proto::get_resource_identity_schemas::Request>,
    ) -> Answer<proto::get_resource_identity_schemas::Response> {
        answer("GetResourceIdentitySchemas", "", async {
            Ok(proto::get_resource_identity_schemas::Response::default())
        })
        .await
    }

    async fn validate_provider_config(
        &self,
        request: Request<proto::validate_provider_config::Request>,
    ) -> Answer<proto::validate_provider_config::Response> {
        let request = request.into_inner();
        answer("ValidateProviderConfig", "", async {
            let config = from_proto::object(request.config.as_ref(), self.0.server.config_type())?;
            Ok(proto::validate_provider_config::Response {
                diagnostics: to_proto::diagnostics(self.0.server.validate_config(config)),
            })
        })
        .await
    }

    async fn configure_provider(
        &self,
        request: Request<proto::configure_provider::Request>,
    ) -> Answer<proto::configure_provider::Response> {
        let request = request.into_inner();
        answer("ConfigureProvider", "", async {
            let config = from_proto::object(request.config.as_ref(), self.0.server.config_type())?;
            Ok(proto::configure_provider::Response {
                diagnostics: to_proto::diagnostics(
                    self.0.server.configure(&request.terraform_version, config, &self.0.stop.current()).await,
                ),
            })
        })
        .await
    }

    async fn stop_provider(
        &self,
        _: Request<proto::stop_provider::Request>,
    ) -> Answer<proto::stop_provider::Response> {
        self.0.stop.fire();
        Ok(Response::new(proto::stop_provider::Response::default()))
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::validate_resource_config::Request>,
    ) -> Answer<proto::validate_resource_config::Response> {
        let request = request.into_inner();
        answer("ValidateResourceConfig", &request.type_name, async {
            let resource = self.0.server.resource(&request.type_name)?;
            let host = request.client_capabilities.unwrap_or_default();
            let config = from_proto::object(request.config.as_ref(), resource.state_type())?;
            let report = config.map(|config| resource.validate(&config, host.write_only_attributes_allowed));
            Ok(proto::validate_resource_config::Response {
                diagnostics: to_proto::diagnostics(report.unwrap_or_default()),
            })
        })
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::upgrade_resource_state::Request>,
    ) -> Answer<proto::upgrade_resource_state::Response> {
        let request = request.into_inner();
        answer("UpgradeResourceState", &request.type_name, async {
            let resource = self.0.server.resource(&request.type_name)?;
            let stored = request.raw_state.as_ref().filter(|state| !state.json.is_empty());
            let stored = stored.ok_or_else(|| resource.flatmap_state())?;
            let stored = from_proto::stored(stored, resource.stored_type(request.version)?)?;
            let upgraded = resource.upgrade(stored)?;
            Ok(proto::upgrade_resource_state::Response {
                upgraded_state: Some(to_proto::object(Some(upgraded), resource.state_type())?),
                ..Default::default()
            })
        })
        .await
    }

    async fn read_resource(
        &self,
        request: Request<proto::read_resource::Request>,
    ) -> Answer<proto::read_resource::Response> {
        let request = request.into_inner();
        answer("ReadResource", &request.type_name, async {
            let resource = self.0.server.resource(&request.type_name)?;
            let current = from_proto::object(request.current_state.as_ref(), resource.state_type())?;
            let data = self.0.server.data()?;
            let found = resource.read(&data, &self.0.stop.current(), request.private, current).await?;
            let state = beside(&found.report, to_proto::object(found.value, resource.state_type()))?;
            Ok(proto::read_resource::Response {
                new_state: Some(state),
                diagnostics: to_proto::diagnostics(found.report),
                private: found.private,
                ..Default::default()
            })
        })
        .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::plan_resource_change::Request>,
    ) -> Answer<proto::plan_resource_change::Response> {
        let request = request.into_inner();
        answer("PlanResourceChange", &request.type_name, async {
            let resource = self.0.server.resource(&request.type_name)?;
            let of = resource.state_type();
            let change = PlanRequest {
                prior: from_proto::object(request.prior_state.as_ref(), of)?,
                proposed: from_proto::object(request.proposed_new_state.as_ref(), of)?,
                config: from_proto::object(request.config.as_ref(), of)?,
            };
            let planned = resource.plan(&change)?;
            let private = request.prior_private;
            let settled = match self.0.server.data() {
                Ok(data) => {
                    resource.coordinate(&data, &self.0.stop.current(), private, &change, planned).await?
                }
                // Planning needs no configured provider.
                Err(_) => Answered { value: planned, private, report: Diagnostics::new() },
            };
            let Planned { state, replace, mut report } = settled.value;
            report.extend(settled.report);
            Ok(proto::plan_resource_change::Response {
                planned_state: Some(beside(&report, to_proto::object(state, of))?),
                requires_replace: replace.iter().map(to_proto::path).collect(),
                planned_private: settled.private,
                diagnostics: to_proto::diagnostics(report),
                ..Default::default()
            })
        })
        .await
    }

    /// Runs in a task of its own: a host that loses interest must not leave an object half made.
    async fn apply_resource_change(
        &self,
        request: Request<proto::apply_resource_change::Request>,
    ) -> Answer<proto::apply_resource_change::Response> {
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        answer("ApplyResourceChange", &type_name, async {
            let service = self.clone();
            let apply = async move { service.apply(&request).await };
            let applied = self.0.work.spawn(apply.in_current_span()).await;
            applied.unwrap_or_else(|lost| Err(Diagnostic::bug(format!("The apply was lost: {lost}.")).into()))
        })
        .await
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::import_resource_state::Request>,
    ) -> Answer<proto::import_resource_state::Response> {
        let request = request.into_inner();
        answer("ImportResourceState", &request.type_name, async {
            let resource = self.0.server.resource(&request.type_name)?;
            let data = self.0.server.data()?;
            let found = resource.import(&data, &self.0.stop.current(), &request.id).await?;
            let state = beside(&found.report, to_proto::object(Some(found.value), resource.state_type()))?;
            let imported = proto::import_resource_state::ImportedResource {
                type_name: resource.name().to_owned(),
                state: Some(state),
                private: found.private,
                ..Default::default()
            };
            Ok(proto::import_resource_state::Response {
                imported_resources: vec![imported],
                diagnostics: to_proto::diagnostics(found.report),
                ..Default::default()
            })
        })
        .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<proto::upgrade_resource_identity::Request>,
    ) -> Answer<proto::upgrade_resource_identity::Response> {
        refuse("UpgradeResourceIdentity", no_such("resource identity", &request.get_ref().type_name)).await
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::move_resource_state::Request>,
    ) -> Answer<proto::move_resource_state::Response> {
        let request = request.get_ref();
        let detail = format!(
            "A {} of provider {} cannot become a {}.",
            request.source_type_name, request.source_provider_address, request.target_type_name
        );
        refuse("MoveResourceState", Diagnostic::error("Move is not supported", detail).into()).await
    }

    async fn generate_resource_config(
        &self,
        request: Request<proto::generate_resource_config::Request>,
    ) -> Answer<proto::generate_resource_config::Response> {
        let name = &request.get_ref().type_name;
        refuse("GenerateResourceConfig", no_such("configuration generator for resource type", name)).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::validate_data_resource_config::Request>,
    ) -> Answer<proto::validate_data_resource_config::Response> {
        refuse("ValidateDataResourceConfig", no_such("data source", &request.get_ref().type_name)).await
    }

    async fn read_data_source(
        &self,
        request: Request<proto::read_data_source::Request>,
    ) -> Answer<proto::read_data_source::Response> {
        refuse("ReadDataSource", no_such("data source", &request.get_ref().type_name)).await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<proto::validate_ephemeral_resource_config::Request>,
    ) -> Answer<proto::validate_ephemeral_resource_config::Response> {
        let name = &request.get_ref().type_name;
        refuse("ValidateEphemeralResourceConfig", no_such("ephemeral resource", name)).await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<proto::open_ephemeral_resource::Request>,
    ) -> Answer<proto::open_ephemeral_resource::Response> {
        refuse("OpenEphemeralResource", no_such("ephemeral resource", &request.get_ref().type_name)).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<proto::renew_ephemeral_resource::Request>,
    ) -> Answer<proto::renew_ephemeral_resource::Response> {
        refuse("RenewEphemeralResource", no_such("ephemeral resource", &request.get_ref().type_name)).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<proto::close_ephemeral_resource::Request>,
    ) -> Answer<proto::close_ephemeral_resource::Response> {
        refuse("CloseEphemeralResource", no_such("ephemeral resource", &request.get_ref().type_name)).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<proto::validate_list_resource_config::Request>,
    ) -> Answer<proto::validate_list_resource_config::Response> {
        refuse("ValidateListResourceConfig", no_such("list resource", &request.get_ref().type_name)).await
    }

    async fn list_resource(
        &self,
        request: Request<proto::list_resource::Request>,
    ) -> Answer<Self::ListResourceStream> {
        only(refuse("ListResource", no_such("list resource", &request.get_ref().type_name)).await)
    }

    async fn get_functions(
        &self,
        _: Request<proto::get_functions::Request>,
    ) -> Answer<proto::get_functions::Response> {
        answer("GetFunctions", "", async { Ok(proto::get_functions::Response::default()) }).await
    }

    async fn call_function(
        &self,
        request: Request<proto::call_function::Request>,
    ) -> Answer<proto::call_function::Response> {
        refuse("CallFunction", no_such("function", &request.get_ref().name)).await
    }

    async fn validate_action_config(
        &self,
        request: Request<proto::validate_action_config::Request>,
    ) -> Answer<proto::validate_action_config::Response> {
        refuse("ValidateActionConfig", no_such("action", &request.get_ref().type_name)).await
    }

    async fn plan_action(
        &self,
        request: Request<proto::plan_action::Request>,
    ) -> Answer<proto::plan_action::Response> {
        refuse("PlanAction", no_such("action", &request.get_ref().action_type)).await
    }

    async fn invoke_action(
        &self,
        request: Request<proto::invoke_action::Request>,
    ) -> Answer<Self::InvokeActionStream> {
        only(refuse("InvokeAction", no_such("action", &request.get_ref().action_type)).await)
    }

    async fn validate_state_store_config(
        &self,
        request: Request<proto::validate_state_store::Request>,
    ) -> Answer<proto::validate_state_store::Response> {
        refuse("ValidateStateStoreConfig", no_such("state store", &request.get_ref().type_name)).await
    }

    async fn configure_state_store(
        &self,
        request: Request<proto::configure_state_store::Request>,
    ) -> Answer<proto::configure_state_store::Response> {
        refuse("ConfigureStateStore", no_such("state store", &request.get_ref().type_name)).await
    }

    async fn read_state_bytes(
        &self,
        request: Request<proto::read_state_bytes::Request>,
    ) -> Answer<Self::ReadStateBytesStream> {
        only(refuse("ReadStateBytes", no_such("state store", &request.get_ref().type_name)).await)
    }

    async fn write_state_bytes(
        &self,
        _: Request<Streaming<proto::write_state_bytes::RequestChunk>>,
    ) -> Answer<proto::write_state_bytes::Response> {
        refuse("WriteStateBytes", no_such("state store", "")).await
    }

    async fn lock_state(
        &self,
        request: Request<proto::lock_state::Request>,
    ) -> Answer<proto::lock_state::Response> {
        refuse("LockState", no_such("state store", &request.get_ref().type_name)).await
    }

    async fn unlock_state(
        &self,
        request: Request<proto::unlock_state::Request>,
    ) -> Answer<proto::unlock_state::Response> {
        refuse("UnlockState", no_such("state store", &request.get_ref().type_name)).await
    }

    async fn get_states(
        &self,
        request: Request<proto::get_states::Request>,
    ) -> Answer<proto::get_states::Response> {
        refuse("GetStates", no_such("state store", &request.get_ref().type_name)).await
    }

    async fn delete_state(
        &self,
        request: Request<proto::delete_state::Request>,
    ) -> Answer<proto::delete_state::Response> {
        refuse("DeleteState", no_such("state store", &request.get_ref().type_name)).await
    }
}

/// The reply that `work` makes, or one that carries its errors; a panic in it is one of those. Everything
/// logged on the way names the RPC.
async fn answer<R: Reply>(
    rpc: &'static str,
    type_name: &str,
    work: impl Future<Output = Result<R, Diagnostics>> + Send,
) -> Answer<R> {
    let span = tracing::error_span!(
        "rpc",
        tf_req_id = %format_args!("{:032x}", fastrand::u128(..)),
        tf_rpc = rpc,
        tf_resource_type = type_name,
    );
    let served = async {
        tracing::trace!("Received request");
        let reply = fenced(work).await.unwrap_or_else(R::refused);
        tracing::trace!("Served request");
        reply
    };
    Ok(Response::new(served.instrument(span).await))
}

/// `result`; its errors come beside what was to be told anyway.
fn beside<T>(report: &Diagnostics, result: Result<T, Diagnostics>) -> Result<T, Diagnostics> {
    result.map_err(|errors| report.iter().cloned().chain(errors).collect())
}

async fn refuse<R: Reply>(rpc: &'static str, report: Diagnostics) -> Answer<R> {
    answer(rpc, "", async { Err(report) }).await
}

/// A stream of the one event that was answered.
fn only<E: Send + 'static>(event: Answer<E>) -> Answer<Events<E>> {
    event.map(|event| Response::new(stream::iter([Ok(event.into_inner())]).boxed()))
}

impl<P: Provider> Clone for Service<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Provider> fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&self.0.server).finish()
    }
}
