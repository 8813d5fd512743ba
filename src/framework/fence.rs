//! The panic fence: a bug costs one reply, not the process with everyone's half-applied plan.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::diagnostic::{Diagnostic, Diagnostics};

/// Runs `operation` to its end. A panic in it becomes the error of this one operation, and an error that
/// says nothing is made to say so: the host takes a reply without an error for success.
pub async fn fenced<T>(
    operation: impl Future<Output = Result<T, Diagnostics>> + Send,
) -> Result<T, Diagnostics> {
    match AssertUnwindSafe(operation).catch_unwind().await {
        Ok(Err(mut report)) if !report.has_errors() => {
            report.push(Diagnostic::bug("The operation failed without saying why."));
            Err(report)
        }
        Ok(outcome) => outcome,
        Err(panic) => {
            Err(Diagnostic::bug(format!("The operation panicked: {}.", message(panic.as_ref()))).into())
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
