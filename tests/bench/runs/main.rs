//! `make bench`: whole runs of the real Terraform with the release binary, against the simulator.
//!
//! Each case of `cases.rs` runs a few times, and before each time the same command runs over as many of
//! Terraform's own `terraform_data`: the floor under any provider. Medians go into a table, with the calls
//! that the simulator counted. `CASE=` picks one case, `RUNS=` says how often, `HOST=` and `PROVIDER=` name
//! the programs.
//!
//! A host may also start it as a plugin: to have ours watched (`watch.rs`), or for one that does nothing
//! (`bare.rs`).

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

mod adoption;
mod bare;
mod cases;
mod configuration;
mod departments;
mod pipelines;
mod process;
mod review;
mod sandbox;
mod store;
mod table;
mod watch;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};

/// Whatever went wrong: it ends the program, with its text.
type Failure = Box<dyn Error>;

/// What to run.
#[derive(Debug)]
struct Bench {
    /// Terraform or OpenTofu.
    host: PathBuf,
    /// The provider's release binary.
    provider: PathBuf,
    runs: usize,
}

impl Bench {
    /// The same, for another provider.
    fn of(&self, provider: PathBuf) -> Self {
        Self { provider, host: self.host.clone(), runs: self.runs }
    }

    /// The same, with no more runs than that: for what takes minutes.
    fn at_most(&self, runs: usize) -> Self {
        Self { runs: self.runs.min(runs), host: self.host.clone(), provider: self.provider.clone() }
    }
}

fn main() -> Result<ExitCode, Failure> {
    if watch::is_wanted() {
        return watch::run();
    }
    if bare::is_wanted() {
        return Ok(bare::serve());
    }
    let path = |name| ProcessEnv.var(name).ok_or(format!("{name} is not set: run `make bench`"));
    let runs = ProcessEnv.var("RUNS").map_or(Ok(5), |runs| runs.parse())?;
    let bench = Bench { host: path("HOST")?.into(), provider: path("PROVIDER")?.into(), runs };
    let chosen = ProcessEnv.var("CASE");
    let cases: Vec<_> =
        cases::ALL.iter().filter(|case| chosen.as_ref().is_none_or(|name| case.name == name)).collect();
    if cases.is_empty() {
        let names: Vec<&str> = cases::ALL.iter().map(|case| case.name).collect();
        return Err(format!("no such case; there are: {}", names.join(", ")).into());
    }
    println!("{}", table::HEAD);
    for case in cases {
        for row in (case.run)(&bench)? {
            println!("{row}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
