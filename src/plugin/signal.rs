//! Signals that would end the process, as events instead.

use std::io;

use tokio::sync::mpsc;

/// A wish that the process end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Signal {
    /// Ctrl-C, which a terminal sends to the host and to all its plugins at once.
    Interrupt,
    /// A supervisor, or the end of the session.
    Terminate,
}

/// From now on signals arrive here and no longer end the process. Called within a runtime.
#[cfg(unix)]
pub(super) fn signals() -> io::Result<mpsc::Receiver<Signal>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (send, receive) = mpsc::channel(1);
    for (kind, meaning) in [
        (SignalKind::interrupt(), Signal::Interrupt),
        (SignalKind::terminate(), Signal::Terminate),
        (SignalKind::hangup(), Signal::Terminate),
    ] {
        let (mut stream, send) = (signal(kind)?, send.clone());
        tokio::spawn(
            async move { while stream.recv().await.is_some() && send.send(meaning).await.is_ok() {} },
        );
    }
    Ok(receive)
}

/// From now on Ctrl-C arrives here and no longer ends the process. Called within a runtime.
#[cfg(not(unix))]
pub(super) fn signals() -> io::Result<mpsc::Receiver<Signal>> {
    let (send, receive) = mpsc::channel(1);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && send.send(Signal::Interrupt).await.is_ok() {}
    });
    Ok(receive)
}
