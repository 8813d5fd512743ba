//! The provider service: which RPC is answered where.
//!
//! Every RPC of the protocol answers, also those of features that nothing here declares: with a diagnostic,
//! never with a gRPC error. None depends on another having been called, except that some need a configured
//! provider. The answers are in the files beside this one, one for each family of RPCs: a method there
//! decodes, calls the framework, and encodes.

mod data_source;
mod deferral;
mod function;
mod list;
mod provider;
mod resource;
mod unsupported;

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
use crate::framework::diagnostic::Diagnostics;
use crate::framework::fence::fenced;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_server::{self, ProviderServer};

/// The largest message that is read or written: what the host's own servers allow.
pub const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// `P` as a gRPC service. Clones share everything.
pub struct Service<P: Provider>(Arc<Shared<P>>);

/// What the clones of a [`Service`] share. Has a method for each RPC, named like it.
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
}

type Answer<R> = Result<Response<R>, Status>;
type Events<E> = BoxStream<'static, Result<E, Status>>;

/// Writes the service from a table of its RPCs: the method that answers, the module of its messages, the
/// field of the request that names the type it is about (if it is about one), and the protocol's name.
///
/// Those that say what there `is` have no question to answer. Those that answer `at_once` are plain functions
/// of the request, those that answer `in_time` await something. An RPC that fits nowhere is written out as
/// `itself`.
macro_rules! service {
    (
        is { $($declared:ident = $declared_name:literal;)* }
        at_once { $($plain:ident($plain_messages:ident $(. $plain_type:ident)?) = $plain_name:literal;)* }
        in_time { $($awaited:ident($awaited_messages:ident $(. $awaited_type:ident)?) = $awaited_name:literal;)* }
        itself { $($itself:item)* }
    ) => {
        #[tonic::async_trait]
        impl<P: Provider> provider_server::Provider for Service<P> {
            type ListResourceStream = Events<proto::list_resource::Event>;
            type ReadStateBytesStream = Events<proto::read_state_bytes::Response>;
            type InvokeActionStream = Events<proto::invoke_action::Event>;

            $(async fn $declared(
                &self,
                _: Request<proto::$declared::Request>,
            ) -> Answer<proto::$declared::Response> {
                answer($declared_name, "", async { Ok(self.0.$declared()) }).await
            })*

            $(async fn $plain(
                &self,
                request: Request<proto::$plain_messages::Request>,
            ) -> Answer<proto::$plain_messages::Response> {
                let request = request.into_inner();
                let about = type_name!(request $(. $plain_type)?);
                answer($plain_name, &about, async { self.0.$plain(&request) }).await
            })*

            $(async fn $awaited(
                &self,
                request: Request<proto::$awaited_messages::Request>,
            ) -> Answer<proto::$awaited_messages::Response> {
                let request = request.into_inner();
                let about = type_name!(request $(. $awaited_type)?);
                answer($awaited_name, &about, self.0.$awaited(request)).await
            })*

            $($itself)*
        }
    };
}

/// The type that a request is about: its field of that name, or nothing.
macro_rules! type_name {
    ($request:ident) => {
        String::new()
    };
    ($request:ident . $field:ident) => {
        $request.$field.clone()
    };
}

service! {
    is {
        get_metadata = "GetMetadata";
        get_provider_schema = "GetProviderSchema";
        get_resource_identity_schemas = "GetResourceIdentitySchemas";
        get_functions = "GetFunctions";
    }
    at_once {
        validate_provider_config(validate_provider_config) = "ValidateProviderConfig";

        validate_resource_config(validate_resource_config.type_name) = "ValidateResourceConfig";
        upgrade_resource_state(upgrade_resource_state.type_name) = "UpgradeResourceState";
        upgrade_resource_identity(upgrade_resource_identity.type_name) = "UpgradeResourceIdentity";
        move_resource_state(move_resource_state.target_type_name) = "MoveResourceState";
        generate_resource_config(generate_resource_config.type_name) = "GenerateResourceConfig";

        validate_data_resource_config(validate_data_resource_config.type_name) = "ValidateDataResourceConfig";
        validate_list_resource_config(validate_list_resource_config.type_name) = "ValidateListResourceConfig";

        call_function(call_function) = "CallFunction";

        validate_ephemeral_resource_config(validate_ephemeral_resource_config.type_name)
            = "ValidateEphemeralResourceConfig";
        open_ephemeral_resource(open_ephemeral_resource.type_name) = "OpenEphemeralResource";
        renew_ephemeral_resource(renew_ephemeral_resource.type_name) = "RenewEphemeralResource";
        close_ephemeral_resource(close_ephemeral_resource.type_name) = "CloseEphemeralResource";
        validate_action_config(validate_action_config.type_name) = "ValidateActionConfig";
        plan_action(plan_action.action_type) = "PlanAction";
        validate_state_store_config(validate_state_store.type_name) = "ValidateStateStoreConfig";
        configure_state_store(configure_state_store.type_name) = "ConfigureStateStore";
        lock_state(lock_state.type_name) = "LockState";
        unlock_state(unlock_state.type_name) = "UnlockState";
        get_states(get_states.type_name) = "GetStates";
        delete_state(delete_state.type_name) = "DeleteState";
    }
    in_time {
        read_data_source(read_data_source.type_name) = "ReadDataSource";
        configure_provider(configure_provider) = "ConfigureProvider";
        read_resource(read_resource.type_name) = "ReadResource";
        plan_resource_change(plan_resource_change.type_name) = "PlanResourceChange";
        apply_resource_change(apply_resource_change.type_name) = "ApplyResourceChange";
        import_resource_state(import_resource_state.type_name) = "ImportResourceState";
    }
    itself {
        /// Returns at once, whatever is running.
        async fn stop_provider(
            &self,
            _: Request<proto::stop_provider::Request>,
        ) -> Answer<proto::stop_provider::Response> {
            self.0.stop.fire();
            Ok(Response::new(proto::stop_provider::Response::default()))
        }

        async fn list_resource(
            &self,
            request: Request<proto::list_resource::Request>,
        ) -> Answer<Self::ListResourceStream> {
            Ok(Response::new(self.0.list_resource(request.into_inner())))
        }

        async fn invoke_action(
            &self,
            request: Request<proto::invoke_action::Request>,
        ) -> Answer<Self::InvokeActionStream> {
            only(refuse("InvokeAction", no_such("action", &request.get_ref().action_type)).await)
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
    }
}

/// The reply that `work` makes, or one that carries its errors; a panic in it is one of those.
async fn answer<R: Reply>(
    rpc: &'static str,
    type_name: &str,
    work: impl Future<Output = Result<R, Diagnostics>> + Send,
) -> Answer<R> {
    let reply = async { fenced(work).await.unwrap_or_else(R::refused) };
    Ok(Response::new(traced(rpc, type_name, reply).await))
}

/// Runs `work` so that everything logged on the way names the RPC.
async fn traced<T>(rpc: &'static str, type_name: &str, work: impl Future<Output = T> + Send) -> T {
    let span = tracing::error_span!(
        "rpc",
        tf_req_id = %format_args!("{:032x}", fastrand::u128(..)),
        tf_rpc = rpc,
        tf_resource_type = type_name,
    );
    let served = async {
        tracing::trace!("Received request");
        let result = work.await;
        tracing::trace!("Served request");
        result
    };
    served.instrument(span).await
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
