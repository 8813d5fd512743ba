//! A report of a panic in the shape that the host recognises, so that it can tell its user who crashed.
//!
//! Rust's own report begins with the thread and is not recognised: the user would only read "Plugin did
//! not respond". Catching a panic, so that it costs one reply and not the process, is not done here.
//! Follows Terraform's `internal/logging/panic.go`, which looks for a first word and never for JSON.

use std::panic;
use std::thread;

use super::stderr;

/// From now on every panic of this process is reported on stderr in the host's shape.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("(no message)");
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let thread = thread::current();
        stderr::tell(&report(message, &location, thread.name().unwrap_or("unnamed")));
    }));
}

/// `panic: ` and the message, then indented lines; no line can be taken for JSON or for a level.
fn report(message: &str, location: &str, thread: &str) -> String {
    let message = message.lines().collect::<Vec<_>>().join("\n\t");
    format!("panic: {message}\n\tat {location}\n\tin thread {thread}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_recognised_and_no_line_is_json() {
        let report = report("lost\n{\"@level\":1}", "src/x.rs:1:2", "main");
        assert_eq!(report, "panic: lost\n\t{\"@level\":1}\n\tat src/x.rs:1:2\n\tin thread main\n");
    }
}
