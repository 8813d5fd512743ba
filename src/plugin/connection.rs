//! Accepts connections, secures them, gives each the provider's service that it is served by, and counts the
//! open ones.
//!
//! A TLS handshake that fails is logged and forgotten; one that stalls holds up nobody and is given up
//! after a while. The count tells `lifetime` whether a host is still there.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;
use tracing::{debug, error, warn};

use super::lifetime::Lifetime;
use super::listen::{Duplex, Listener};
use super::provision::{Provided, Provision};
use super::router::GrpcService;

/// A peer that does not finish its handshake within this has not meant to connect.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);

/// How long to wait after a failed accept; the usual cause, too many open files, needs time to pass.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A connection ready for HTTP/2.
pub(super) struct Connection<P> {
    stream: Box<dyn Duplex>,
    provided: Provided<P>,
    _open: Open,
}

/// How many connections are open, those in their handshake included.
#[derive(Clone, Debug)]
pub(super) struct OpenConnections(Arc<watch::Sender<usize>>);

/// One open connection, until it is dropped.
struct Open(OpenConnections);

impl OpenConnections {
    pub(super) fn none() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<usize> {
        self.0.subscribe()
    }

    fn open(&self) -> Open {
        self.0.send_modify(|count| *count = count.saturating_add(1));
        Open(self.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Self(OpenConnections(count)) = self;
        count.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Accepts for as long as it is polled, and sends what is ready for HTTP/2 to `ready`.
pub(super) async fn accept<P: GrpcService>(
    listener: &Listener,
    tls: Option<Arc<ServerConfig>>,
    connections: &OpenConnections,
    provision: &Provision<P, impl Fn(&Lifetime) -> P>,
    ready: mpsc::Sender<Connection<P>>,
) -> Infallible {
    let tls = tls.map(TlsAcceptor::from);
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let (open, tls, ready) = (connections.open(), tls.clone(), ready.clone());
                let provided = provision.provide();
                tokio::spawn(async move {
                    match secure(stream, tls).await {
                        // The receiver is gone when the server ends; so may be the connection.
                        Ok(stream) => drop(ready.send(Connection { stream, provided, _open: open }).await),
                        // The host only says "Plugin did not respond", so this line is the explanation.
                        Err(error) => error!(error = %error, "TLS handshake with the host failed"),
                    }
                });
            }
            Err(error) => {
                warn!(error = %error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn secure(stream: Box<dyn Duplex>, tls: Option<TlsAcceptor>) -> io::Result<Box<dyn Duplex>> {
    let Some(tls) = tls else { return Ok(stream) };
    let stream = timeout(HANDSHAKE_TIME_MAX, tls.accept(stream)).await.map_err(io::Error::from)??;
    let (_, session) = stream.get_ref();
    let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or("unknown");
    debug!(version, "the host is connected over mutual TLS");
    Ok(Box::new(stream))
}

/// tonic puts the provider's service into every request of the connection, where the router finds it.
impl<P: GrpcService> Connected for Connection<P> {
    type ConnectInfo = P;

    fn connect_info(&self) -> P {
        self.provided.service.clone()
    }
}

impl<P: GrpcService> AsyncRead for Connection<P> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<P: GrpcService> AsyncWrite for Connection<P> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
