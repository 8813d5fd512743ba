//! Binds, announces, serves, and ends: the life of one plugin process in order.
//!
//! What is served besides go-plugin's own services is the caller's: any service that tonic generated.
//! The only place that writes to stdout, and that exactly once.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::sync::Arc;

use rustls::ServerConfig;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use super::connection::{OpenConnections, accept};
use super::debug::reattach_notice;
use super::handshake::Launch;
use super::host::Host;
use super::lifetime::{Lifetime, Mode, until_end, wind_down};
use super::listen::Listener;
use super::listen_error::ListenError;
use super::provision::Provision;
use super::router::{GrpcService, Router};
use super::signal::{Signal, signals};
use super::tls::{Identity, TlsError};
use crate::ambient::{Clock, Env};

/// Streams that a host may open and reset before we see them; OpenTofu cancels whole walks of calls, and
/// the default of 20 would end the connection.
const RESET_STREAMS_MAX: usize = 10_000;

/// Enough for most requests to arrive without waiting for the window to be opened again.
const WINDOW_BYTES: u32 = 4 << 20;

/// Why a plugin could not serve.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No listener.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// No TLS identity.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No signal handlers.
    #[error("cannot handle signals")]
    Signals(#[source] io::Error),
    /// Nobody reads the handshake line.
    #[error("cannot write to stdout")]
    Announce(#[source] io::Error),
}

/// Serves the host that started this process, until it asks for the end or is gone.
///
/// The host can connect before `provider` is even called, and waits; so nothing slow delays the handshake.
/// `provider` makes the service to serve, with its message limits set, and keeps the [`Lifetime`]. Called
/// once. On return, after success and failure alike, the socket is gone from the file system.
pub async fn serve<P: GrpcService>(
    launch: &Launch,
    env: &dyn Env,
    clock: &dyn Clock,
    provider: impl Fn(&Lifetime) -> P,
) -> Result<(), ServeError> {
    let host = Host::of_this_process();
    let signals = signals().map_err(ServeError::Signals)?;
    let listener = Listener::bind(env)?;
    let client = launch.client_certificate.clone();
    let identity = client.map(|client| Identity::generate(client, clock.now())).transpose()?;
    let certificate = identity.as_ref().map(|identity| &identity.certificate);
    announce(&launch.line(listener.address(), certificate))?;
    let tls = identity.map(|identity| identity.server);
    run(Mode::Managed, &listener, tls, signals, || host.is_gone(), provider).await;
    Ok(())
}

/// Serves any number of hosts in turn and at once, in plaintext, until Ctrl-C or a termination signal.
///
/// Announces the value of `TF_REATTACH_PROVIDERS` under which hosts look for the provider `key`. `provider`
/// is called for each connection, with a [`Lifetime`] that stops when the connection ends.
pub async fn serve_debug<P: GrpcService>(
    key: &str,
    env: &dyn Env,
    provider: impl Fn(&Lifetime) -> P,
) -> Result<(), ServeError> {
    let signals = signals().map_err(ServeError::Signals)?;
    let listener = Listener::bind(env)?;
    announce(&reattach_notice(key, listener.address(), std::process::id()))?;
    run(Mode::Debug, &listener, None, signals, || false, provider).await;
    Ok(())
}

/// One write and a flush: a host reads the line as soon as it is there, and nothing else ever is.
fn announce(text: &str) -> Result<(), ServeError> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(format!("{text}\n").as_bytes()).and_then(|()| stdout.flush());
    written.map_err(ServeError::Announce)
}

async fn run<P: GrpcService>(
    mode: Mode,
    listener: &Listener,
    tls: Option<Arc<ServerConfig>>,
    signals: mpsc::Receiver<Signal>,
    host_is_gone: impl Fn() -> bool,
    provider: impl Fn(&Lifetime) -> P,
) {
    let (lifetime, ending, open) = (Lifetime::default(), CancellationToken::new(), OpenConnections::none());
    let (ready, connections) = mpsc::channel(1);
    let provision = Provision::new(mode, lifetime.clone(), provider);
    let server = Server::builder()
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .http2_max_pending_accept_reset_streams(Some(RESET_STREAMS_MAX))
        .serve_with_incoming_shutdown(
            Router::<P>::new(ending.clone()),
            ReceiverStream::new(connections).map(Ok::<_, Infallible>),
            ending.clone().cancelled_owned(),
        );
    let server = tokio::spawn(server);
    let end = tokio::select! {
        never = accept(listener, tls, &open, &provision, ready) => match never {},
        end = until_end(mode, &lifetime, &ending, open.subscribe(), signals, host_is_gone) => end,
    };
    ending.cancel();
    wind_down(end, &lifetime, server).await;
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
