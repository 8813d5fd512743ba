//! The go-plugin half of the pipe: from the start of the process to its end, and all between that is the
//! same for any provider.
//!
//! Begin at [`run`]. `handshake`, `debug` and `command` are pure; `listen`, `socket`, `connection` and `tls`
//! bring a connection about; `provision` says which of the provider's services
//! serves it, `router` and `services` answer on it; `lifetime`, `signal` and `host` decide when
//! it is over; `serve` puts them in order, in a `runtime`; `log` and `panic` are what the host reads on
//! `stderr`; `core_dump` keeps keys off the disk.
//! Knows no Terraform: the provider's service is handed in. Follows go-plugin 1.7.

pub mod command;
mod connection;
mod core_dump;
mod debug;
pub mod handshake;
mod host;
mod lifetime;
pub mod listen;
pub mod listen_error;
pub mod log;
pub mod panic;
mod provision;
mod router;
mod runtime;
pub mod serve;
mod services;
mod signal;
#[cfg(unix)]
mod socket;
mod stderr;
pub mod tls;

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use self::command::Command;
use self::handshake::{Launch, Refusal};
use crate::ambient::{Clock, Env};
use crate::causes::with_causes;

pub use self::lifetime::Lifetime;
pub use self::router::GrpcService;

/// What a plugin says about itself.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The provider's type name: its address in debug mode, and the end of its log variable.
    pub name: &'static str,
    /// What `--version` prints.
    pub version: &'static str,
    /// For someone who ran the program by hand: what it is and how it is used.
    pub usage: &'static str,
}

/// Runs the program: the whole of `main`.
///
/// Serves what `provider` makes, for the host that started this process or in debug mode, until it is over;
/// or prints what was asked for. `provider` is called within the runtime, after the host was answered: once
/// for a host that started this process, and for each connection in debug mode. Exit status: 0 after a run, 1
/// when it could not serve, 2 for arguments that mean nothing.
pub fn run<P: GrpcService>(
    program: Program,
    arguments: impl IntoIterator<Item = OsString>,
    env: &dyn Env,
    clock: &'static dyn Clock,
    provider: impl Fn(&Lifetime) -> P,
) -> ExitCode {
    core_dump::forbid();
    let command = match Command::parse(arguments, program.name) {
        Ok(command) => command,
        Err(misuse) => return print(io::stderr(), format!("{misuse}\n\n{}", program.usage), 2),
    };
    let served = match command {
        Command::Version => return print(io::stdout(), program.version, 0),
        Command::Help => return print(io::stdout(), program.usage, 0),
        Command::Debug { address } => {
            observe(program, env, clock);
            block_on(serve::serve_debug(&address, env, provider))
        }
        Command::Serve => match Launch::read(env) {
            Err(Refusal::ByHand) => return print(io::stderr(), program.usage, 1),
            Err(refusal) => Err(refusal.into()),
            Ok(launch) => {
                observe(program, env, clock);
                block_on(serve::serve(&launch, env, clock, provider))
            }
        },
    };
    match served {
        Ok(()) => {
            stderr::flush();
            ExitCode::SUCCESS
        }
        Err(error) => {
            // The mark tells the host's log the level of a line that is no JSON.
            stderr::tell(&format!("[ERROR] {}\n", with_causes(&*error)));
            ExitCode::FAILURE
        }
    }
}

fn observe(program: Program, env: &dyn Env, clock: &'static dyn Clock) {
    panic::install();
    log::install(program.name, env, clock);
}

fn block_on(serve: impl Future<Output = Result<(), serve::ServeError>>) -> Result<(), Box<dyn Error>> {
    let runtime = runtime::build()?;
    let served = runtime.block_on(serve);
    // Whatever still runs had its time; a name lookup, say, must not hold up the exit.
    runtime.shutdown_background();
    Ok(served?)
}

/// Says `text` to a person, who may have stopped listening, and turns `status` into the exit status.
fn print(mut to: impl io::Write, text: impl Display, status: u8) -> ExitCode {
    writeln!(to, "{text}").ok();
    ExitCode::from(status)
}
