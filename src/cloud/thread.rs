//! Work that blocks, on a thread of its own.
//!
//! Not tokio's threads for such work: it panics where the system refuses one, and that is a failure like any
//! other.

use std::io;
use std::thread::Builder;

use tokio::sync::oneshot;

/// Runs `work` on a new thread called `name` and gives what it returns; an error where the system refuses the
/// thread. Dropping the future ends the wait, and leaves the thread to itself.
pub(crate) async fn on_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (send, done) = oneshot::channel();
    // Nobody waits any more where it cannot be sent.
    Builder::new().name(name.to_owned()).spawn(move || drop(send.send(work())))?;
    done.await.map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_returned_arrives_and_a_panic_is_an_error() {
        assert_eq!(on_thread("answer", || 7).await.unwrap(), 7);
        assert!(on_thread("panic", || -> u8 { panic!("of a test") }).await.is_err());
    }
}
