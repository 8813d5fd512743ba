//! The loopback face: HTTP/1.1 with keep-alive on a thread of its own, so that a test's runtime is never
//! blocked and paused time is never touched. Knows nothing of the API; it carries out what [`Delivery`] asks
//! for.

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::cloud::Cloud;
use crate::control;
use crate::message::{Delivery, Request, Response};

/// A [`Cloud`] that listens on loopback until it is dropped.
///
/// # Panics
/// When dropped, if [`Cloud::verify`] finds something amiss and the thread is not panicking already.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    cloud: Mutex<Cloud>,
    connections: AtomicU64,
}

impl Shared {
    fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    pub fn start(cloud: Cloud) -> io::Result<Self> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), cloud)
    }

    /// Listens on this address; port 0 stands for any free one. Anything but loopback is refused with
    /// [`io::ErrorKind::InvalidInput`], since whoever reaches the simulator can change it.
    pub fn listen(address: SocketAddr, cloud: Cloud) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{address} is not loopback")));
        }
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { cloud: Mutex::new(cloud), connections: AtomicU64::new(0) });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = thread::Builder::new().name("simulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, served) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Such as `http://127.0.0.1:41234`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The cloud, locked: no request is answered until the guard is gone, so keep it for one expression.
    pub fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.shared.cloud()
    }

    /// How many connections were opened so far, including those closed since.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        let crashed = self.thread.take().is_some_and(|thread| thread.join().is_err());
        if !thread::panicking() {
            assert!(!crashed, "the simulator's thread panicked");
            self.cloud().verify();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // One connection died early, or file descriptors ran out: either way, wait for better times.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::spawn(converse(stream, number, Arc::clone(&shared)));
    }
}

/// Answers the requests of one connection until either side ends it.
async fn converse(stream: TcpStream, number: u64, shared: Arc<Shared>) {
    _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset));
        Box::pin(async move {
            let response = answer(&shared, number, request).await?;
            tokio::time::sleep(response.delay).await;
            if response.delivery == Delivery::Reset {
                reset.store(true, Ordering::SeqCst);
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            encode(response)
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    if reset.load(Ordering::SeqCst) {
        // Without lingering, closing sends RST in place of FIN.
        _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

async fn answer(shared: &Shared, connection: u64, request: hyper::Request<Incoming>) -> io::Result<Response> {
    let request = decode(request).await?;
    let mut cloud = shared.cloud();
    Ok(if request.path.starts_with(control::PREFIX) {
        control::handle(&mut cloud, &request)
    } else {
        cloud.handle_over(connection, now(), &request)
    })
}

async fn decode(request: hyper::Request<Incoming>) -> io::Result<Request> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let headers =
        parts.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    Ok(Request { method: parts.method.to_string(), path, headers, body })
}

fn encode(response: Response) -> io::Result<hyper::Response<Payload>> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Payload::new(response.body, response.delivery)).map_err(io::Error::other)
}

/// A body that announces its whole length and may end before it is all out.
#[derive(Debug)]
struct Payload {
    sent: Option<Bytes>,
    missing: u64,
    flushed: bool,
}

impl Payload {
    fn new(body: Vec<u8>, delivery: Delivery) -> Self {
        let mut sent = Bytes::from(body);
        let missing = if delivery == Delivery::Truncated { sent.split_off(sent.len() / 2).len() } else { 0 };
        Self { sent: Some(sent), missing: missing as u64, flushed: false }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(sent) = self.sent.take() {
            return Poll::Ready(Some(Ok(Frame::data(sent))));
        }
        if self.missing == 0 {
            return Poll::Ready(None);
        }
        if !self.flushed {
            // Let what was sent leave the machine before the connection ends.
            self.flushed = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::UnexpectedEof))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.sent.as_ref().map_or(0, Bytes::len) as u64 + self.missing)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the simulator meets the real clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests;
