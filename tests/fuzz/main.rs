//! Hostile bytes for everything that reads bytes: a fuzzer that anyone can run, with the stable toolchain.
//!
//! Without a budget it replays the committed corpus and a fixed number of seeded inputs, as one more test.
//! `make fuzz SECONDS=600` goes on for so long with each target; `ONLY=msgpack` picks one, `SEED=7` repeats a
//! run, `FILE=…` (with `ONLY`) runs one input, `LAST=…` names a file that each input is written to before it
//! runs, for what ends the process. An input that fails is kept, and the place is printed.
//!
//! A target must not panic, must not overflow the stack of a worker thread, and must not hold more memory at
//! any moment than it says; the rest of what it promises, it asserts itself. There is no instrumentation: an
//! input that makes something happen which has not happened before is kept to be varied further, and that
//! takes the place of it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "this is a test, and prints what it did"
)]

mod campaign;
mod corpus;
mod mutation;
mod target;
mod values;

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use peak_alloc::PeakAlloc;
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};

use self::campaign::{Budget, Campaign};
use self::target::Target;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a worker of the provider's runtime has.
const STACK_BYTES: usize = 2 << 20;

/// How many inputs each target gets when no time is given.
const EXECUTIONS: u64 = 1_000;

fn main() -> ExitCode {
    // As of any test binary: words among the arguments are a filter, flags are for other harnesses.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let filters: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let listing = arguments.iter().any(|argument| argument == "--list");
    let wanted = ProcessEnv.var("FUZZ_ONLY");
    let targets = target::all().into_iter().filter(|target| {
        let filtered = filters.is_empty() || filters.iter().any(|filter| target.name().contains(*filter));
        !listing && filtered && wanted.as_ref().is_none_or(|wanted| wanted == target.name())
    });
    let targets: Vec<Box<dyn Target + Send>> = targets.collect();
    let fuzzing =
        thread::Builder::new().stack_size(STACK_BYTES).spawn(|| targets.into_iter().all(fuzz)).unwrap();
    if fuzzing.join().unwrap_or(false) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether `target` kept all that it promises.
fn fuzz(mut target: Box<dyn Target + Send>) -> bool {
    let number = |name: &str| {
        ProcessEnv
            .var(name)
            .map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}: not a number")))
    };
    let seconds: Option<u64> = number("FUZZ_SECONDS");
    let budget =
        seconds.map_or(Budget::Executions(EXECUTIONS), |seconds| Budget::Time(Duration::from_secs(seconds)));
    // Chance, where time is given; the same every time as a test.
    let seed = number("FUZZ_SEED").unwrap_or_else(|| seconds.map_or(1, |_| fastrand::u64(..)));
    println!("fuzz {}: seed {seed}", target.name());
    let name = target.name();
    let mut campaign = Campaign::new(target.as_mut(), seed);
    let outcome = match ProcessEnv.var("FUZZ_FILE") {
        Some(file) => campaign.try_one(std::fs::read(file).unwrap()),
        None => campaign.run(budget),
    };
    println!("fuzz {name}: {campaign}");
    match outcome {
        Ok(()) => true,
        Err(failure) => {
            let file = corpus::keep_failure(name, &failure.input);
            println!(
                "fuzz {name}: FAILED: {}\n  input: {}\n  again: make fuzz ONLY={name} FILE={}\n  \
                 once mended, keep it: cp {} {}/",
                failure.why,
                failure.input.escape_ascii(),
                file.display(),
                file.display(),
                corpus::folder(name).display(),
            );
            false
        }
    }
}
