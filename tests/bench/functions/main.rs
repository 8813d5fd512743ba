//! What single functions cost, and how that grows: each with 10, 100, 1,000 and 10,000 pairs.
//!
//! `cargo bench --profile bench-driver --bench functions`; a word after `--` picks benches by name. Whole
//! runs are in the other bench.

mod call;
mod decisions;
mod rpc;
mod state;

use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, measurement::WallTime};

/// How many pairs.
const SIZES: [u64; 4] = [10, 100, 1_000, 10_000];

fn main() {
    let mut criterion = Criterion::default().without_plots().configure_from_args();
    call::bench(&mut criterion);
    state::bench(&mut criterion);
    decisions::bench(&mut criterion);
    rpc::bench(&mut criterion);
    criterion.final_summary();
}

/// Measures what `prepare` makes of each size.
fn sizes<F: FnMut()>(criterion: &mut Criterion, name: &str, mut prepare: impl FnMut(u64) -> F) {
    let mut group: BenchmarkGroup<'_, WallTime> = criterion.benchmark_group(name);
    for size in SIZES {
        let mut run = prepare(size);
        group.throughput(Throughput::Elements(size));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| bencher.iter(&mut run));
    }
    group.finish();
}
