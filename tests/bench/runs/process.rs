//! The plugin as a process: how soon it answers, what it takes of memory and processor, how large it is.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use simulator::Server;
use support::host::tls::ClientIdentity;
use support::host::{self, HostOptions};
use tokio::time::Instant;

use crate::cases::{Start, UNLIMITED, cloud, free};
use crate::configuration::Many;
use crate::sandbox::{Kept, Sandbox};
use crate::table::{Row, median, quantile};
use crate::watch::{self, Taken};
use crate::{Bench, Failure};

/// How often it is started.
const STARTS: usize = 200;

/// How much more a resource may cost among ten thousand than among a thousand: what a measurement is off by.
const EVEN: f64 = 1.1;

/// Start-up, size, and what plans take.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let plans = [plans_of(bench, 1_000)?, plans_of(bench, 10_000)?];
    Ok(vec![start_up(bench)?, memory(&plans[0]), size(bench)?, processor(&plans)])
}

/// From the start of the process to the line that tells the host where to connect, with a certificate of the
/// host's kind and thus with one of our own to make.
fn start_up(bench: &Bench) -> Result<Row, Failure> {
    let (identity, temporary) = (ClientIdentity::generate(), tempfile::tempdir()?);
    let options = HostOptions::default().binary(&bench.provider);
    let mut milliseconds = Vec::new();
    for _ in 0..STARTS {
        let mut command = host::command(&options, &identity, &temporary).into_std();
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let started = Instant::now();
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
        milliseconds.push(started.elapsed().as_secs_f64() * 1e3);
        child.kill()?;
        child.wait()?;
        if !line.starts_with("1|6|") {
            return Err(format!("no handshake: {line:?}").into());
        }
    }
    let [middle, ninth] = [0.5, 0.9].map(|share| quantile(milliseconds.iter().copied(), share));
    Ok(Row {
        name: format!("start of the process to handshake with mutual TLS, {STARTS} times"),
        ours: format!("{middle:.1} ms (nine in ten: {ninth:.1} ms)"),
        goal: "≤ 5 ms",
        met: middle <= 5.0,
        ..Row::default()
    })
}

/// What the provider's processes took in plans of so many resources, plan by plan.
#[derive(Debug)]
struct Plans {
    count: u32,
    taken: Vec<Vec<Taken>>,
}

/// Watches the provider's processes during plans of `count` resources that exist.
fn plans_of(bench: &Bench, count: u32) -> Result<Plans, Failure> {
    let many = Many::pairs(count.into());
    let sandbox = Sandbox::new(&bench.of(std::env::current_exe()?), true, Kept::InFile)?;
    sandbox.write("main.tf", &many.configuration(UNLIMITED))?;
    sandbox.set_state(Some(&many.state(&sandbox.address())))?;
    let plan = |number: usize| {
        let server = Server::start(cloud(many, Start::Applied, free()))?;
        let file = sandbox.inside(&format!("taken-{number}"));
        let mut command = sandbox.command(&["plan"], Some(&server))?;
        watch::watch(&mut command, &bench.provider, &file);
        sandbox.begin(command)?.end()?;
        watch::read(&file)
    };
    Ok(Plans { count, taken: (0..bench.runs).map(plan).collect::<Result<_, _>>()? })
}

fn memory(plans: &Plans) -> Row {
    let processes = || plans.taken.iter().flatten();
    let megabytes = processes().map(|taken| taken.peak).fold(0.0, f64::max) / f64::from(1 << 20);
    Row {
        name: format!("memory of a process in a plan of {} (most of {})", plans.count, processes().count()),
        ours: format!("{megabytes:.1} MiB"),
        goal: "≤ 15 MiB",
        met: megabytes > 0.0 && megabytes <= 15.0,
        ..Row::default()
    }
}

fn processor(plans: &[Plans; 2]) -> Row {
    let [each, each_of_more] = plans.each_ref().map(|plans| {
        let whole = |taken: &Vec<Taken>| taken.iter().map(|taken| taken.cpu).sum::<f64>();
        median(plans.taken.iter().map(whole)) * 1e6 / f64::from(plans.count)
    });
    Row {
        name: format!(
            "processor time of the provider alone, per resource, in a plan of {} and of {}",
            plans[0].count, plans[1].count
        ),
        ours: format!("{each:.0} µs and {each_of_more:.0} µs"),
        goal: "does not grow",
        met: each > 0.0 && each_of_more <= EVEN * each,
        ..Row::default()
    }
}

fn size(bench: &Bench) -> Result<Row, Failure> {
    let bytes = fs::metadata(&bench.provider)?.len();
    #[expect(clippy::cast_precision_loss, reason = "less than an exabyte")]
    let megabytes = bytes as f64 / f64::from(1 << 20);
    Ok(Row {
        name: "size of the stripped binary".to_owned(),
        ours: format!("{megabytes:.1} MiB"),
        goal: "≤ 15 MiB",
        met: megabytes <= 15.0,
        ..Row::default()
    })
}
