//! Agreement with `scipy`, `statsmodels` and definitions, as `golden/comparison.py` found them.

use bench::{Absence, McNemar, Outcome};
use harness::{CompareOptions, Series, compare, holm, mcnemar};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    mcnemar: Vec<Counts>,
    holm: Vec<Family>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Counts {
    a: u64,
    b: u64,
    p: f64,
    mid_p: f64,
}

#[derive(Deserialize)]
struct Family {
    raw: Vec<f64>,
    adjusted: Vec<f64>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    binary: bool,
    repos: Vec<u32>,
    a: Vec<f64>,
    b: Vec<f64>,
    difference: f64,
    p_cluster: f64,
    cluster: Option<[f64; 2]>,
    tasks: [f64; 2],
    standard_error: f64,
    detectable: f64,
    mcnemar: Option<Counts>,
    p_tasks: Option<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/comparison.json")).unwrap()
}

/// Fails unless `found` is `expected` to twelve digits.
#[track_caller]
fn same(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-300), "{what}: {found} is not {expected}");
}

#[track_caller]
fn same_test(found: McNemar, expected: &Counts) {
    same(found.p, expected.p, "p");
    same(found.mid_p, expected.mid_p, "mid-p");
}

#[test]
fn discordant_counts() {
    golden().mcnemar.iter().for_each(|row| same_test(mcnemar(row.a, row.b), row));
}

#[test]
fn families_of_tests() {
    for Family { raw, adjusted } in golden().holm {
        holm(&raw).into_iter().zip(adjusted).for_each(|(found, expected)| same(found, expected, "adjusted"));
    }
}

#[test]
fn whole_comparisons() {
    for row in golden().pairs {
        let series = [Series { name: "a", values: &row.a }, Series { name: "b", values: &row.b }];
        let outcome = if row.binary { Outcome::Binary } else { Outcome::Graded };
        let found = compare(&series, &row.repos, outcome, &CompareOptions::default()).unwrap();
        let pair = &found.pairs[0];
        assert!(found.exact, "{}", row.name);
        same(pair.difference.unwrap(), row.difference, &row.name);
        same(pair.p_cluster.unwrap(), row.p_cluster, &row.name);
        assert_eq!(pair.cluster.is_some(), row.cluster.is_some(), "{}", row.name);
        for (found, expected) in pair.cluster.iter().flatten().zip(row.cluster.iter().flatten()) {
            assert!((found - expected).abs() <= 1e-12, "{}: {found} is not {expected}", row.name);
        }
        pair.tasks.unwrap().into_iter().zip(row.tasks).for_each(|(found, expected)| same(found, expected, &row.name));
        same(pair.standard_error.unwrap(), row.standard_error, &row.name);
        match pair.detectable {
            Some(found) => same(found, row.detectable, &row.name),
            None => assert_eq!(pair.absent["detectable"], Absence::FewRepositories, "{}", row.name),
        }
        if let Some(expected) = &row.mcnemar {
            same_test(pair.mcnemar.unwrap(), expected);
            same(pair.p_tasks.unwrap(), expected.p, &row.name);
            assert_eq!((pair.a_better, pair.b_better), (expected.a, expected.b));
        }
        if let Some(expected) = row.p_tasks {
            same(pair.p_tasks.unwrap(), expected, &row.name);
        }
    }
}
