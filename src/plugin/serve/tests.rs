//! The life of a plugin within this process, around a provider that is made for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{self, Empty as NoStream};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio::time::Instant;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::*;
use crate::ambient::FixedEnv;
use crate::proto::go_plugin::Empty;
use crate::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use crate::proto::grpc_health::health_client::HealthClient;
use crate::proto::grpc_health::health_server::{Health, HealthServer};
use crate::proto::grpc_health::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
};

/// Any service can stand for the provider's; this one's calls behave as their argument says.
#[derive(Clone, Debug)]
struct Provider(Lifetime);

/// Never ends.
const HANG: &str = "hang";
/// Works on its own task until it is told to stop, and then tidies up for a moment.
const WORK: &str = "work";

#[tonic::async_trait]
impl Health for Provider {
    type WatchStream = NoStream<Result<HealthCheckResponse, Status>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let Self(lifetime) = self;
        match request.into_inner().service.as_str() {
            HANG => std::future::pending().await,
            WORK => {
                let stop = lifetime.stop.child_token();
                let work = lifetime.work.spawn(async move {
                    stop.cancelled().await;
                    tokio::task::yield_now().await;
                });
                work.await.unwrap();
            }
            _ => {}
        }
        Ok(Response::new(HealthCheckResponse { status: 7 }))
    }

    async fn list(&self, _: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let statuses = BTreeMap::from([("x".repeat(8 << 20), HealthCheckResponse { status: 7 })]);
        Ok(Response::new(HealthListResponse { statuses }))
    }

    async fn watch(&self, _: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented(""))
    }
}

/// A managed plugin in this process, and the lifetime of its one service.
struct Plugin {
    started: Started,
    lifetime: Lifetime,
}

/// A plugin in this process.
struct Started {
    address: String,
    /// What its services were made with.
    lifetimes: mpsc::UnboundedReceiver<Lifetime>,
    signals: mpsc::Sender<Signal>,
    host_is_gone: Arc<AtomicBool>,
    over: tokio::task::JoinHandle<()>,
    _temporary: TempDir,
}

async fn plugin() -> Plugin {
    let mut started = start(Mode::Managed);
    let lifetime = started.lifetimes.recv().await.unwrap();
    Plugin { started, lifetime }
}

fn start(mode: Mode) -> Started {
    let temporary = tempfile::tempdir().unwrap();
    let env = FixedEnv::from_iter([("TMPDIR", temporary.path().to_str().unwrap())]);
    let listener = Listener::bind(&env).unwrap();
    let address = listener.address().text.clone();
    let (signals, receive) = mpsc::channel(1);
    let (send, lifetimes) = mpsc::unbounded_channel();
    let host_is_gone = Arc::new(AtomicBool::new(false));
    let gone = Arc::clone(&host_is_gone);
    let over = tokio::spawn(async move {
        let provider = move |lifetime: &Lifetime| {
            send.send(lifetime.clone()).unwrap();
            HealthServer::new(Provider(lifetime.clone())).max_decoding_message_size(256 << 20)
        };
        run(mode, &listener, None, receive, || gone.load(Ordering::Relaxed), provider).await;
    });
    Started { address, lifetimes, signals, host_is_gone, over, _temporary: temporary }
}

impl Started {
    async fn connect(&self) -> Channel {
        let path = self.address.clone();
        let connector = tower::service_fn(move |_| {
            let path = path.clone();
            async { UnixStream::connect(path).await.map(TokioIo::new) }
        });
        Endpoint::from_static("http://localhost").connect_with_connector(connector).await.unwrap()
    }

    async fn over(self) {
        self.over.await.unwrap();
        assert!(!Path::new(&self.address).exists());
    }
}

impl Plugin {
    async fn connect(&self) -> Channel {
        self.started.connect().await
    }

    async fn over(self) {
        self.started.over().await;
        assert!(self.lifetime.work.is_empty());
    }
}

/// Makes the call `name` in the background; its answer is what the handle yields.
fn call(channel: &Channel, name: &str) -> tokio::task::JoinHandle<Result<i32, Status>> {
    let mut client = HealthClient::new(channel.clone());
    let request = HealthCheckRequest { service: name.to_owned() };
    tokio::spawn(async move { client.check(request).await.map(|answer| answer.into_inner().status) })
}

/// Waits until work is in flight.
async fn working(lifetime: &Lifetime) {
    while lifetime.work.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn s21_shutdown_ends_the_plugin_with_a_call_in_flight() {
    let plugin = plugin().await;
    let channel = plugin.connect().await;
    let (hanging, working_call) = (call(&channel, HANG), call(&channel, WORK));
    working(&plugin.lifetime).await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    // What can stop does, and is answered; what cannot is left behind.
    assert_eq!(working_call.await.unwrap().unwrap(), 7);
    plugin.over().await;
    hanging.abort();
}

#[tokio::test]
async fn a_plugin_whose_host_is_gone_stops_its_work_before_it_ends() {
    let plugin = plugin().await;
    let channel = plugin.connect().await;
    let working_call = call(&channel, WORK);
    working(&plugin.lifetime).await;
    assert!(!plugin.lifetime.stop.is_cancelled());
    working_call.abort();
    plugin.started.host_is_gone.store(true, Ordering::Relaxed);
    drop(channel);
    plugin.over().await;
}

#[tokio::test]
async fn a_termination_signal_stops_the_work_and_its_answer_still_arrives() {
    let plugin = plugin().await;
    let channel = plugin.connect().await;
    let working_call = call(&channel, WORK);
    working(&plugin.lifetime).await;
    plugin.started.signals.send(Signal::Terminate).await.unwrap();
    assert_eq!(working_call.await.unwrap().unwrap(), 7);
    assert_eq!(call(&channel, "").await.unwrap().unwrap(), 7);
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    plugin.over().await;
}

/// The clock moves on by itself whenever everybody waits, so that this takes a moment.
#[tokio::test(start_paused = true)]
async fn s37_ctrl_c_ends_a_debug_process_within_five_seconds_whatever_its_client_does() {
    let plugin = start(Mode::Debug);
    let (idle, channel) = (plugin.connect().await, plugin.connect().await);
    // A call that never ends, a request that is never complete, and a connection on which nothing is ever
    // said.
    let hanging = call(&channel, HANG);
    let mut half = tonic::client::Grpc::new(plugin.connect().await);
    half.ready().await.unwrap();
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let endless = stream::iter([HealthCheckRequest::default()]).chain(stream::pending());
    let codec = ProstCodec::<HealthCheckRequest, HealthCheckResponse>::default();
    let half = tokio::spawn(async move { half.client_streaming(Request::new(endless), path, codec).await });
    let silent = UnixStream::connect(&plugin.address).await.unwrap();
    assert_eq!(call(&channel, "").await.unwrap().unwrap(), 7, "the others are there by now");

    let asked = Instant::now();
    plugin.signals.send(Signal::Interrupt).await.unwrap();
    plugin.over().await;
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert!(!hanging.is_finished() || hanging.await.unwrap().is_err());
    assert!(!half.is_finished() || half.await.unwrap().is_err());
    drop((idle, silent));
}

#[tokio::test]
async fn a_host_that_comes_back_to_a_managed_plugin_finds_the_service_that_it_left() {
    let mut plugin = plugin().await;
    for _ in 0..2 {
        assert_eq!(call(&plugin.connect().await, "").await.unwrap().unwrap(), 7);
    }
    assert!(plugin.started.lifetimes.try_recv().is_err(), "one service only");
    assert!(!plugin.lifetime.stop.is_cancelled());
}

#[tokio::test]
async fn each_connection_to_a_debugged_plugin_has_a_service_that_stops_with_it() {
    let mut plugin = start(Mode::Debug);
    let (left, stays) = (plugin.connect().await, plugin.connect().await);
    let (first, second) = (plugin.lifetimes.recv().await.unwrap(), plugin.lifetimes.recv().await.unwrap());
    let (lost, heard) = (call(&left, WORK), call(&stays, WORK));
    while first.work.len() < 2 {
        tokio::task::yield_now().await;
    }
    // The host of the first connection dies.
    lost.abort();
    drop(left);
    first.stop.cancelled().await;
    assert!(!second.stop.is_cancelled());
    // Ctrl-C ends what is left, and waits for it.
    plugin.signals.send(Signal::Interrupt).await.unwrap();
    assert_eq!(heard.await.unwrap().unwrap(), 7);
    drop(stays);
    plugin.over().await;
    assert!(first.work.is_empty());
}

#[tokio::test]
async fn s25_a_request_of_many_mebibytes_is_read() {
    let plugin = plugin().await;
    let channel = plugin.connect().await;
    assert_eq!(call(&channel, &"x".repeat(64 << 20)).await.unwrap().unwrap(), 7);
}

#[tokio::test]
async fn s26_an_answer_of_many_mebibytes_is_sent() {
    let plugin = plugin().await;
    let mut client = HealthClient::new(plugin.connect().await).max_decoding_message_size(64 << 20);
    let listed = client.list(HealthListRequest {}).await.unwrap().into_inner();
    assert_eq!(listed.statuses.keys().map(String::len).collect::<Vec<_>>(), [8 << 20]);
}
