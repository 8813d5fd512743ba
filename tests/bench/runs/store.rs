//! A store for states, spoken to as Terraform's `http` backend does: it gets, puts and deletes one document.
//! Does not lock.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// A store on a loopback port, for as long as the program runs.
pub(crate) struct Store {
    address: SocketAddr,
    document: Document,
}

/// The state; none before the first is put.
#[derive(Clone, Default)]
struct Document(Arc<Mutex<Option<Vec<u8>>>>);

impl Store {
    /// An empty one.
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let store = Self { address: listener.local_addr()?, document: Document::default() };
        let document = store.document.clone();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that goes away is its own business; the host's exit status tells.
                answer(connection, &document).ok();
            }
        });
        Ok(store)
    }

    /// Where a host finds it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/state", self.address)
    }

    /// Replaces what is stored.
    pub(crate) fn put(&self, document: Option<Vec<u8>>) {
        *self.document.lock() = document;
    }
}

impl Document {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers one request, and closes.
fn answer(connection: TcpStream, document: &Document) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let method = line.split(' ').next().unwrap_or_default().to_owned();
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, content) = match method.as_str() {
        "GET" => match document.lock().clone() {
            Some(content) => ("200 OK", content),
            None => ("404 Not Found", Vec::new()),
        },
        "POST" => {
            *document.lock() = Some(body);
            ("200 OK", Vec::new())
        }
        "DELETE" => {
            *document.lock() = None;
            ("200 OK", Vec::new())
        }
        _ => ("405 Method Not Allowed", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", content.len());
    let connection = reader.get_mut();
    connection.write_all(head.as_bytes())?;
    connection.write_all(&content)
}
