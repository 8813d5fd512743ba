//! Runs the simulator by hand: `simulator --help`.

mod arguments;

use std::io::{self, Write};
use std::process::ExitCode;

use arguments::{Arguments, USAGE};
use simulator::Server;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            _ = writeln!(io::stderr(), "simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if arguments.help {
        return Ok(io::stdout().write_all(USAGE.as_bytes())?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let mut interrupts = Interrupts::subscribe()?;
    let server = Server::listen(arguments.listen, arguments.cloud())?;
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", server.url())?;
    stdout.flush()?;
    runtime.block_on(interrupts.next());
    server.cloud().clear_faults();
    Ok(())
}

/// SIGINT and SIGTERM, subscribed to before anyone is told that the server is there.
#[cfg(unix)]
struct Interrupts(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Interrupts {
    fn subscribe() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Interrupts;

#[cfg(not(unix))]
impl Interrupts {
    fn subscribe() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        _ = tokio::signal::ctrl_c().await;
    }
}
