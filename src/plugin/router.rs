//! Sends each request to the service that its path names.
//!
//! Five services and an exact first segment: that takes a `match`, not a web framework. The provider's
//! service is not held here: each request brings that of its connection along (see `provision`).

use std::convert::Infallible;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;

use super::services::Services;
use crate::proto::go_plugin::{
    grpc_broker_server::GrpcBrokerServer, grpc_controller_server::GrpcControllerServer,
    grpc_stdio_server::GrpcStdioServer,
};
use crate::proto::grpc_health::health_server::HealthServer;

type Request = http::Request<Body>;
type Response = http::Response<Body>;

/// What tonic generates for a service, whichever it is; here, the provider's.
pub trait GrpcService:
    Service<Request, Response = Response, Error = Infallible, Future = BoxFuture<Response, Infallible>>
    + NamedService
    + Clone
    + Send
    + Sync
    + Unpin
    + 'static
{
}

impl<S> GrpcService for S where
    S: Service<Request, Response = Response, Error = Infallible, Future = BoxFuture<Response, Infallible>>
        + NamedService
        + Clone
        + Send
        + Sync
        + Unpin
        + 'static
{
}

/// The provider's service and those of go-plugin, as one.
#[derive(Clone, Debug)]
pub(super) struct Router<P> {
    provider: PhantomData<fn() -> P>,
    controller: GrpcControllerServer<Services>,
    stdio: GrpcStdioServer<Services>,
    broker: GrpcBrokerServer<Services>,
    health: HealthServer<Services>,
}

impl<P: GrpcService> Router<P> {
    /// `ending` is cancelled when the host asks for the end, and ends the open streams when cancelled.
    pub(super) fn new(ending: CancellationToken) -> Self {
        let services = Services { ending };
        Self {
            provider: PhantomData,
            controller: GrpcControllerServer::new(services.clone()),
            stdio: GrpcStdioServer::new(services.clone()),
            broker: GrpcBrokerServer::new(services.clone()),
            health: HealthServer::new(services),
        }
    }
}

impl<P: GrpcService> Service<Request> for Router<P> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<Response, Infallible>;

    /// Always ready, as everything that tonic generates is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        match request.uri().path().split('/').nth(1) {
            Some(name) if name == P::NAME => match request.extensions_mut().remove::<P>() {
                Some(mut provider) => provider.call(request),
                None => {
                    Box::pin(async { Ok(Status::internal("no provider on this connection").into_http()) })
                }
            },
            Some(GrpcControllerServer::<Services>::NAME) => self.controller.call(request),
            Some(GrpcStdioServer::<Services>::NAME) => self.stdio.call(request),
            Some(GrpcBrokerServer::<Services>::NAME) => self.broker.call(request),
            Some(HealthServer::<Services>::NAME) => self.health.call(request),
            _ => Box::pin(async { Ok(Status::unimplemented("unknown service").into_http()) }),
        }
    }
}
