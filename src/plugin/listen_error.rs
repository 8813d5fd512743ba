//! Why nothing listens, in words for whoever chose the place.

use std::io;

use thiserror::Error;

/// Why nothing listens.
#[derive(Debug, Error)]
pub enum ListenError {
    /// The operating system refused.
    #[error("cannot listen in {place}")]
    Bind {
        /// The directory or the port range.
        place: String,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// None of the directories in which we may choose a place can hold a socket.
    #[error(
        "cannot listen: no directory can hold the socket ({0}); set TMPDIR to one that can be written to"
    )]
    Nowhere(String),
    /// The directory that the host chose leads to a path that a socket or the handshake cannot carry.
    #[error("PLUGIN_UNIX_SOCKET_DIR is not usable: {0} is too long for a socket, or holds a `|`")]
    Path(String),
    /// `PLUGIN_UNIX_SOCKET_GROUP` names no group of this machine.
    #[error("PLUGIN_UNIX_SOCKET_GROUP names no group: {0}")]
    Group(String),
    /// A port variable is not a port.
    #[error("{name} is not a port: {value}")]
    Port {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
    },
    /// `PLUGIN_MIN_PORT` is above `PLUGIN_MAX_PORT`.
    #[error("PLUGIN_MIN_PORT {min} is greater than PLUGIN_MAX_PORT {max}")]
    Range {
        /// The lower bound.
        min: u16,
        /// The upper bound.
        max: u16,
    },
}
