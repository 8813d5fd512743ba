//! The services of go-plugin that surround the provider: controller, stdio, broker, health.
//!
//! The host stops us through the first; it opens the next two and expects them to stay open, silent,
//! until the end; it never asks the last. Follows go-plugin's `grpc_controller.go`, `grpc_stdio.go`,
//! `grpc_broker.go`, and gRPC's health checking protocol.

use std::collections::BTreeMap;
use std::pin::Pin;

use futures_util::{Stream, StreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::go_plugin::{
    ConnInfo, Empty, StdioData, grpc_broker_server::GrpcBroker, grpc_controller_server::GrpcController,
    grpc_stdio_server::GrpcStdio,
};
use crate::proto::grpc_health::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
    health_check_response::ServingStatus, health_server::Health,
};

/// The one name that go-plugin's host asks the health service for.
const HEALTH_SERVICE: &str = "plugin";

/// All four services; they have nothing in common but the end.
#[derive(Clone, Debug)]
pub(super) struct Services {
    /// Cancelled by the host's `Shutdown`, or by whatever else ends the server. Ends the open streams.
    pub(super) ending: CancellationToken,
}

type OpenStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Services {
    /// A stream that says nothing and is over when the server is: left open, it would hold up the end.
    fn silence<T: Send + 'static>(&self) -> OpenStream<T> {
        let ending = self.ending.clone();
        Box::pin(stream::once(ending.cancelled_owned()).filter_map(async |()| None))
    }
}

#[tonic::async_trait]
impl GrpcController for Services {
    /// Answers, and thereby begins the end of the process.
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.ending.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcStdio for Services {
    type StreamStdioStream = OpenStream<StdioData>;

    /// Silent: the host would log anything said here as unexpected.
    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(self.silence()))
    }
}

#[tonic::async_trait]
impl GrpcBroker for Services {
    type StartStreamStream = OpenStream<ConnInfo>;

    /// Silent, and deaf: no side connection is ever brokered to a provider.
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let ignored = request.into_inner().filter_map(async |_| None::<Result<ConnInfo, Status>>);
        // The host's half may close or break first; ours stays open until the end all the same.
        let open = ignored.chain(self.silence()).take_until(self.ending.clone().cancelled_owned());
        Ok(Response::new(Box::pin(open)))
    }
}

#[tonic::async_trait]
impl Health for Services {
    type WatchStream = OpenStream<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match request.into_inner().service.as_str() {
            HEALTH_SERVICE => Ok(Response::new(health(ServingStatus::Serving))),
            _ => Err(Status::not_found("unknown service")),
        }
    }

    async fn list(&self, _: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let statuses = BTreeMap::from([(HEALTH_SERVICE.to_owned(), health(ServingStatus::Serving))]);
        Ok(Response::new(HealthListResponse { statuses }))
    }

    /// The present status, which does not change before the end.
    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let status = match request.into_inner().service.as_str() {
            HEALTH_SERVICE => ServingStatus::Serving,
            _ => ServingStatus::ServiceUnknown,
        };
        let first = stream::iter([Ok(health(status))]);
        Ok(Response::new(Box::pin(first.chain(self.silence()))))
    }
}

fn health(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}
