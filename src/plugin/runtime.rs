//! The asynchronous runtime, or one line about why there is none.
//!
//! Where the system refuses a thread or a descriptor, some of tokio's set-up returns an error, and some of it
//! panics and then waits for ever for the threads that it did get. So a panic ends the process before it
//! unwinds: nothing exists yet that must be cleaned up.

use std::io;
use std::panic;

use thiserror::Error;
use tokio::runtime::{Builder, Runtime};

use super::stderr;
use crate::ambient;

/// No runtime can be had.
#[derive(Debug, Error)]
#[error("cannot start: {ADVICE}")]
pub(super) struct RuntimeError(#[from] io::Error);

const ADVICE: &str =
    "the system refuses a thread or a file descriptor; raise its limits (ulimit -u, ulimit -n)";

/// A runtime with everything enabled. Two workers: calls mostly wait for the network, and every start of the
/// plugin pays for its threads.
///
/// Called before anything else runs: a panic anywhere meanwhile ends the process with exit status 1.
pub(super) fn build() -> Result<Runtime, RuntimeError> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        let cause = info.payload_as_str().unwrap_or("(no message)").replace(['\r', '\n'], " ");
        stderr::tell(&format!("[ERROR] cannot start: {ADVICE}: {cause}\n"));
        // To return is to wait for threads that never end.
        ambient::exit(1);
    }));
    let built = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    panic::set_hook(hook);
    Ok(built?)
}
