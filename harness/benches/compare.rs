//! Time of a whole comparison: twelve methods, 20,000 tasks, 92 repositories.

use std::hint::black_box;

use bench::{Outcome, Seed};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use harness::{CompareOptions, Series, compare, mcnemar};
use rand_chacha::rand_core::Rng;

const METHODS: usize = 12;
const TASKS: usize = 20_000;
const REPOSITORIES: u32 = 92;

fn comparisons(criterion: &mut Criterion) {
    let mut rng = Seed(7).rng();
    let repositories: Vec<u32> = (0..TASKS).map(|_| rng.next_u32() % REPOSITORIES).collect();
    let names: Vec<String> = (0..METHODS).map(|method| format!("method-{method}")).collect();
    let mut values = |levels: u32| -> Vec<Vec<f64>> {
        let mut value = || f64::from(rng.next_u32() % levels) / f64::from(levels - 1);
        (0..METHODS).map(|_| (0..TASKS).map(|_| value()).collect()).collect()
    };
    let mut group = criterion.benchmark_group("compare");
    group.sample_size(10).throughput(Throughput::Elements((METHODS * TASKS) as u64));
    for (outcome, values) in [(Outcome::Binary, values(2)), (Outcome::Graded, values(101))] {
        let series: Vec<Series<'_>> = names.iter().zip(&values).map(|(name, values)| Series { name, values }).collect();
        let options = CompareOptions::default();
        group.bench_function(outcome.name(), |run| {
            run.iter(|| compare(black_box(&series), &repositories, outcome, &options).expect("because it is valid"));
        });
    }
    group.finish();
    criterion.bench_function("mcnemar_million", |run| run.iter(|| mcnemar(black_box(499_000), 501_000)));
}

criterion_group!(benches, comparisons);
criterion_main!(benches);
