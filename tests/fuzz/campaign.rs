//! One target's run: the corpus first, then what chance makes of it, each input held to what every target
//! promises.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use fastrand::Rng;
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};
use tokio::time::Instant;

use super::target::Target;
use super::{MEMORY, corpus, mutation};

/// When to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    Executions(u64),
    Time(Duration),
}

/// An input under which a target broke a promise.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) input: Vec<u8>,
    pub(crate) why: String,
}

/// A target under way. Displays as what was done so far.
pub(crate) struct Campaign<'t> {
    target: &'t mut dyn Target,
    random: Rng,
    /// Inputs worth varying: the corpus, and each that made something new happen.
    pool: Vec<Vec<u8>>,
    /// What has happened.
    seen: BTreeSet<String>,
    executions: u64,
    /// The most memory that an input took, and how much it might have.
    most: (usize, usize),
    last: Option<String>,
}

const POOL_MAX: usize = 4_000;
const SEEN_MAX: usize = 50_000;

impl<'t> Campaign<'t> {
    pub(crate) fn new(target: &'t mut dyn Target, seed: u64) -> Self {
        // The provider's own dice, for jitter and names.
        fastrand::seed(seed);
        Self {
            target,
            random: Rng::with_seed(seed),
            pool: Vec::new(),
            seen: BTreeSet::new(),
            executions: 0,
            most: (0, 1),
            last: ProcessEnv.var("FUZZ_LAST"),
        }
    }

    pub(crate) fn run(&mut self, budget: Budget) -> Result<(), Failure> {
        for input in corpus::load(self.target.name()) {
            self.pool.push(input.clone());
            self.try_one(input)?;
        }
        let began = Instant::now();
        while match budget {
            Budget::Executions(number) => self.executions < number,
            Budget::Time(limit) => began.elapsed() < limit,
        } {
            for _ in 0..50 {
                let input = self.next();
                self.try_one(input)?;
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Vec<u8> {
        let mut input = match self.random.u8(..8) {
            0 => self.target.fresh(&mut self.random),
            1 => {
                let fresh = self.target.fresh(&mut self.random);
                mutation::vary(&mut self.random, &fresh, &fresh)
            }
            _ => {
                let [base, other] =
                    [(); 2].map(|()| self.random.choice(&self.pool).cloned().unwrap_or_default());
                mutation::vary(&mut self.random, &base, &other)
            }
        };
        input.truncate(self.target.input_bytes_max());
        input
    }

    /// Runs one input, and keeps it to be varied if it made something new happen.
    pub(crate) fn try_one(&mut self, input: Vec<u8>) -> Result<(), Failure> {
        if let Some(last) = &self.last {
            fs::write(last, &input).unwrap();
        }
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.target.run(&input)));
        let used = MEMORY.peak_usage().saturating_sub(before);
        self.executions += 1;
        let happened = match outcome {
            Ok(happened) => happened,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text
                    .or_else(|| panic.downcast_ref::<&str>().copied())
                    .unwrap_or("a panic without a text");
                return Err(Failure { input, why: text.to_owned() });
            }
        };
        let allowed = self.target.allocation_max(&input);
        if used > allowed {
            let why =
                format!("{used} bytes were in use, where {allowed} are allowed for {} of input", input.len());
            return Err(Failure { input, why });
        }
        // used / allowed > most.0 / most.1
        if used.saturating_mul(self.most.1) > self.most.0.saturating_mul(allowed) {
            self.most = (used, allowed);
        }
        if self.seen.len() < SEEN_MAX && self.seen.insert(happened) {
            if self.pool.len() < POOL_MAX {
                self.pool.push(input);
            } else {
                let place = self.random.usize(..self.pool.len());
                self.pool[place] = input;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Campaign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (used, allowed) = self.most;
        write!(
            f,
            "{} executions, {} different outcomes, {}% of the allowed memory at most",
            self.executions,
            self.seen.len(),
            used.saturating_mul(100) / allowed
        )
    }
}
