//! Intervals: every row of the reference (S75–S79), and what clustering is for (S80).

use bench::Seed;
use harness::{Bootstrap, Pcg64, StreamSeed, Unit};
use rand_chacha::rand_core::Rng;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    samples: Vec<f64>,
    n_resamples: u32,
    ci: f64,
    seed: String,
    first_indices: Vec<u32>,
    mean: f64,
    low: f64,
    high: f64,
    n: u64,
    empty: bool,
}

#[test]
fn every_reference_row_agrees() {
    let rows: Vec<Row> =
        include_str!("../golden/bootstrap.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 80);
    for row in rows {
        let seed: StreamSeed = row.seed.parse().unwrap();
        if !row.samples.is_empty() {
            let mut stream = Pcg64::new(&seed);
            let drawn: Vec<u32> = row.first_indices.iter().map(|_| stream.index(row.samples.len() as u32)).collect();
            assert_eq!(drawn, row.first_indices, "{}", row.id);
        }
        let units: Vec<Unit> = row.samples.iter().copied().map(Unit::task).collect();
        let found = Bootstrap { resamples: row.n_resamples, level: row.ci, seed }.interval(&units);
        assert_eq!((found.tasks, found.is_empty()), (row.n, row.empty), "{}", row.id);
        for (got, expected) in [(found.mean, row.mean), (found.low, row.low), (found.high, row.high)] {
            assert!((got - expected).abs() <= 1e-12, "{}: {got} is not {expected}", row.id);
        }
    }
}

/// Width of the interval over repositories divided by the one over tasks, for exact matches of 60 repositories.
fn width_ratio(rate: impl Fn(f64) -> f64) -> f64 {
    let mut rng = Seed(11).rng();
    let mut uniform = || f64::from(rng.next_u32()) / f64::from(u32::MAX);
    let (mut tasks, mut repos) = (Vec::new(), Vec::new());
    for _ in 0..60 {
        let rate = rate(uniform());
        let mut repo = Unit::default();
        for _ in 0..40 {
            let value = f64::from(u8::from(uniform() < rate));
            tasks.push(Unit::task(value));
            repo.add(value);
        }
        repos.push(repo);
    }
    let width = |units: &[Unit]| {
        let found = Bootstrap { resamples: 1000, ..Bootstrap::default() }.interval(units);
        assert!(found.low <= found.mean && found.mean <= found.high);
        found.high - found.low
    };
    width(&repos) / width(&tasks)
}

#[test]
fn clusters_widen_intervals_only_where_tasks_resemble_each_other() {
    let alike = width_ratio(|u| u);
    let independent = width_ratio(|_| 0.5);
    assert!(alike > 2.5, "tasks of one repository share their rate: {alike}");
    assert!((0.75..1.3).contains(&independent), "tasks are independent: {independent}");
}

#[test]
fn seeds_are_whole_numbers() {
    for bad in ["", "-1", "1.0", "0x1", " 1", &"9".repeat(1000)] {
        assert!(bad.parse::<StreamSeed>().is_err(), "{bad}");
    }
    assert_eq!("18446744073709551616".parse::<StreamSeed>().unwrap(), StreamSeed::from(1_u128 << 64));
    assert_eq!("007".parse::<StreamSeed>().unwrap(), StreamSeed::from(7_u64));
}
