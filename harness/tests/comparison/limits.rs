//! What cannot be compared, and what cannot be said of what can.

use bench::{Absence, Comparison, Outcome};
use harness::{CompareOptions, Error, MOST_METHODS, Result, Series, compare};

fn two(a: &[f64], b: &[f64], repos: &[u32], outcome: Outcome) -> Result<Comparison> {
    let series = [Series { name: "a", values: a }, Series { name: "b", values: b }];
    compare(&series, repos, outcome, &CompareOptions::default())
}

/// The fields of the only pair that are none, with their reasons.
fn absent(found: &Comparison) -> Vec<(&str, Absence)> {
    found.pairs[0].absent.iter().map(|(field, reason)| (field.as_str(), *reason)).collect()
}

#[test]
fn without_tasks_nothing_is_known() {
    let found = two(&[], &[], &[], Outcome::Binary).unwrap();
    assert_eq!((found.tasks, found.repos, found.undecided), (0, 0, Some(Absence::NoTask)));
    assert_eq!(absent(&found).len(), 10);
    assert!(absent(&found).iter().all(|(_, reason)| *reason == Absence::NoTask));
    assert!(found.standings.iter().all(|row| row.mean.is_none() && row.ranks.is_none() && row.letters.is_none()));
}

#[test]
fn one_repository_says_nothing_of_others() {
    let found = two(&[1.0, 1.0, 0.0], &[0.0, 1.0, 0.0], &[7, 7, 7], Outcome::Binary).unwrap();
    let fields = ["cluster", "detectable", "p_adjusted", "p_cluster", "percentile", "standard_error"];
    assert_eq!(absent(&found), fields.map(|field| (field, Absence::OneRepository)));
    assert_eq!((found.pairs[0].p_tasks, found.undecided), (Some(1.0), Some(Absence::OneRepository)));
}

#[test]
fn five_repositories_exclude_nothing_and_six_do() {
    let repos = |count: u32| (0..count * 4).map(|task| task / 4).collect::<Vec<_>>();
    let values = |count: usize| (vec![1.0; count * 4], [0.0, 0.0, 0.0, 1.0].repeat(count));
    let (a, b) = values(5);
    let five = two(&a, &b, &repos(5), Outcome::Binary).unwrap();
    assert_eq!(five.pairs[0].p_cluster, Some(2.0 / 32.0));
    let few = Absence::FewRepositories;
    assert_eq!(absent(&five), [("cluster", few), ("detectable", few)]);
    let (a, b) = values(6);
    let six = two(&a, &b, &repos(6), Outcome::Binary).unwrap();
    assert_eq!((six.pairs[0].p_cluster, six.pairs[0].cluster), (Some(2.0 / 64.0), Some([0.75, 0.75])));
    assert_eq!(absent(&six), [("detectable", Absence::NoVariation)]);
}

#[test]
fn equal_methods_are_equal() {
    let values: Vec<f64> = (0..40).map(|task| f64::from(task % 2)).collect();
    let repos: Vec<u32> = (0..40).map(|task| task / 4).collect();
    for outcome in [Outcome::Binary, Outcome::Graded] {
        let found = two(&values, &values, &repos, outcome).unwrap();
        let pair = &found.pairs[0];
        assert_eq!((pair.difference, pair.cluster), (Some(0.0), Some([0.0, 0.0])));
        assert_eq!([pair.p_cluster, pair.p_adjusted, pair.p_tasks], [Some(1.0); 3]);
        let letters: Vec<_> = found.standings.iter().map(|row| row.letters.as_deref().unwrap()).collect();
        assert_eq!(letters, ["a", "a"]);
    }
}

#[test]
fn graded_values_have_no_exact_test() {
    let found = two(&[0.5; 12], &[0.25; 12], &[0; 12], Outcome::Graded).unwrap();
    assert_eq!(found.pairs[0].absent["mcnemar"], Absence::Graded);
    assert_eq!(found.pairs[0].p_tasks, Some(2.0 / 4096.0));
}

/// Holm's correction for all pairs multiplies what no number of flips makes smaller than 1 / (flips + 1).
#[test]
fn many_methods_can_still_be_told_apart() {
    let names: Vec<String> = (0..40).map(|method| format!("m{method:02}")).collect();
    let repos: Vec<u32> = (0..30).collect();
    let (best, rest) = ([1.0; 30], [0.0; 30]);
    let series: Vec<Series<'_>> =
        names.iter().map(|name| Series { name, values: if name == "m00" { &best } else { &rest } }).collect();
    let letters = |options: &CompareOptions| {
        let found = compare(&series, &repos, Outcome::Binary, options).unwrap();
        found.standings[..2].iter().map(|row| row.letters.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(letters(&CompareOptions::default()), ["a", "a"], "10,000 flips are too few");
    assert_eq!(letters(&CompareOptions::of_methods(40)), ["a", "b"]);
}

#[test]
fn usual_numbers_of_methods_have_the_usual_flips() {
    for methods in [0, 1, 2, 22] {
        assert_eq!(CompareOptions::of_methods(methods), CompareOptions::default());
    }
    let flips = [23, MOST_METHODS, 1_000_000].map(|methods| CompareOptions::of_methods(methods).flips);
    assert_eq!(flips, [10_120, 80_640, 80_640]);
}

#[test]
fn bad_values_are_refused() {
    let refused = |value: f64, outcome| {
        let error = two(&[0.0, 1.0], &[1.0, value], &[0, 1], outcome).unwrap_err();
        assert!(matches!(error, Error::Value { row: 1, .. }), "{error}");
        error.to_string()
    };
    for value in [f64::NAN, f64::INFINITY, -0.1, 1.5] {
        refused(value, Outcome::Binary);
        refused(value, Outcome::Graded);
    }
    let expected = "value 1 of method `b` is 0.5, a binary outcome is 0 or 1: score the method again";
    assert_eq!(refused(0.5, Outcome::Binary), expected);
}

#[test]
fn bad_series_are_refused() {
    let check = |names: &[&str], values: &[f64]| {
        let series: Vec<_> = names.iter().map(|name| Series { name, values }).collect();
        compare(&series, &[0, 1], Outcome::Binary, &CompareOptions::default()).unwrap_err()
    };
    let values = [0.0, 1.0];
    assert!(matches!(check(&[], &values), Error::Methods { found: 0, .. }));
    assert!(matches!(check(&["a"], &values), Error::Methods { found: 1, .. }));
    assert!(matches!(check(&["a"; 65], &values), Error::Methods { found: 65, .. }));
    assert!(matches!(check(&["a", "a"], &values), Error::Twice { .. }));
    assert!(matches!(check(&["a", "b"], &values[..1]), Error::Unaligned { found: 1, tasks: 2, .. }));
}

#[test]
fn bad_options_are_refused() {
    let check = |options: CompareOptions| {
        let series = [Series { name: "a", values: &[1.0] }, Series { name: "b", values: &[1.0] }];
        let error = compare(&series, &[0], Outcome::Binary, &options).unwrap_err();
        assert!(matches!(error, Error::CompareOption { .. }), "{error}");
    };
    let usual = CompareOptions::default();
    for level in [0.0, 1.0, f64::NAN] {
        check(CompareOptions { level, ..usual });
    }
    for power in [0.4, 1.0, f64::NAN] {
        check(CompareOptions { power, ..usual });
    }
    for draws in [0, CompareOptions::MOST_DRAWS + 1] {
        check(CompareOptions { flips: draws, ..usual });
        check(CompareOptions { resamples: draws, ..usual });
    }
}
