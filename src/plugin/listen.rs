//! Where the host connects: a Unix socket, or a loopback port where there are none.
//!
//! Only binds and accepts; what is said on a connection is not known here. A Unix socket lives in a
//! directory of our own that nobody else may enter, because without TLS its permissions are all the
//! protection there is. Follows go-plugin's `server.go` in the meaning of the `PLUGIN_*` variables.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use super::handshake::Address;
use super::listen_error::ListenError;
use crate::ambient::Env;

#[cfg(unix)]
use super::socket::Socket;

/// Bound, and connectable from the moment it exists. Dropping it removes what it left in the file system.
#[derive(Debug)]
pub struct Listener {
    address: Address,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    #[cfg(unix)]
    Unix(Socket),
    Tcp(TcpListener),
}

/// A byte stream in both directions, of whatever kind.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Listener {
    /// Listens in the way of this platform: a Unix socket where there are any, else TCP.
    ///
    /// Called within a runtime.
    pub fn bind(env: &dyn Env) -> Result<Self, ListenError> {
        #[cfg(unix)]
        return Self::unix(env);
        #[cfg(not(unix))]
        return Self::tcp(env);
    }

    /// Listens on a new Unix socket in `PLUGIN_UNIX_SOCKET_DIR`, or else in a directory of its own under
    /// `TMPDIR` or, where that cannot hold it, under `/tmp` or another place for such things; opened to the
    /// group in `PLUGIN_UNIX_SOCKET_GROUP` if that is set.
    #[cfg(unix)]
    pub fn unix(env: &dyn Env) -> Result<Self, ListenError> {
        let socket = Socket::bind(env)?;
        let address = Address { network: "unix", text: socket.path().to_owned() };
        Ok(Self { address, kind: Kind::Unix(socket) })
    }

    /// Listens on the first free port of the loopback address between `PLUGIN_MIN_PORT` and
    /// `PLUGIN_MAX_PORT`, or on any when neither is set.
    pub fn tcp(env: &dyn Env) -> Result<Self, ListenError> {
        let (min, max) = (port(env, "PLUGIN_MIN_PORT")?, port(env, "PLUGIN_MAX_PORT")?);
        if min > max {
            return Err(ListenError::Range { min, max });
        }
        let refused = |source| ListenError::Bind { place: format!("127.0.0.1:{min} to {max}"), source };
        let mut bound = Err(io::ErrorKind::AddrInUse.into());
        for port in min..=max {
            bound = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port));
            if bound.is_ok() {
                break;
            }
        }
        let listener = bound.and_then(|listener| {
            listener.set_nonblocking(true)?;
            TcpListener::from_std(listener)
        });
        let listener = listener.map_err(refused)?;
        let text = listener.local_addr().map_err(refused)?.to_string();
        Ok(Self { address: Address { network: "tcp", text }, kind: Kind::Tcp(listener) })
    }

    /// Where the host finds it.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection. Safe to cancel. An error concerns that connection or the moment (too many
    /// open files, say), not the listener: try again.
    pub async fn accept(&self) -> io::Result<Box<dyn Duplex>> {
        match &self.kind {
            #[cfg(unix)]
            Kind::Unix(socket) => Ok(Box::new(socket.accept().await?)),
            Kind::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Small messages in both directions: waiting to fill a packet costs 40 ms each.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

fn port(env: &dyn Env, name: &'static str) -> Result<u16, ListenError> {
    let Some(value) = env.var(name) else { return Ok(0) };
    value.parse().map_err(|_| ListenError::Port { name, value })
}
