//! Laws that hold for any values.

use bench::{Comparison, Outcome};
use harness::{CompareOptions, Series, compare, holm, mcnemar};
use proptest::collection::vec;
use proptest::prelude::*;

/// Values of three methods and repositories of some tasks.
#[derive(Debug, Clone)]
struct Values {
    methods: [Vec<f64>; 3],
    repos: Vec<u32>,
    outcome: Outcome,
}

impl Values {
    fn compare(&self, order: [usize; 3]) -> Comparison {
        let series = order.map(|place| Series { name: ["x", "y", "z"][place], values: &self.methods[place] });
        let options = CompareOptions { resamples: 200, flips: 300, ..CompareOptions::default() };
        compare(&series, &self.repos, self.outcome, &options).unwrap()
    }
}

fn values() -> impl Strategy<Value = Values> {
    let rows = (0..4_u8, 0..4_u8, 0..4_u8, 0..12_u32);
    (vec(rows, 2..60), any::<bool>()).prop_map(|(rows, binary)| {
        let value = |part: u8| if binary { f64::from(part / 2) } else { f64::from(part) / 3.0 };
        Values {
            methods: [
                rows.iter().map(|row| value(row.0)).collect(),
                rows.iter().map(|row| value(row.1)).collect(),
                rows.iter().map(|row| value(row.2)).collect(),
            ],
            repos: rows.iter().map(|row| row.3).collect(),
            outcome: if binary { Outcome::Binary } else { Outcome::Graded },
        }
    })
}

fn close(a: Option<f64>, b: Option<f64>) -> bool {
    a.is_some() == b.is_some() && a.zip(b).is_none_or(|(a, b)| (a - b).abs() <= 1e-12)
}

/// Whether one interval is the other mirrored at 0.
fn mirrored(a: Option<[f64; 2]>, b: Option<[f64; 2]>) -> bool {
    close(a.map(|a| a[0]), b.map(|b| -b[1])) && close(a.map(|a| a[1]), b.map(|b| -b[0]))
}

/// Three thirds of a difference add up to more than 1.
#[test]
fn means_that_round_beyond_one_are_cut() {
    let third = 1.0 / 3.0;
    let methods = [
        vec![third, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        vec![1.0, 1.0, 1.0, 1.0, 0.0, third, 1.0, 1.0, 0.0],
        vec![0.0, 0.0, 0.0, 0.0, 2.0 * third, third, third, 0.0, third],
    ];
    let values = Values { methods, repos: vec![5, 11, 2, 7, 0, 5, 3, 0, 0], outcome: Outcome::Graded };
    for pair in values.compare([0, 1, 2]).pairs {
        assert!(pair.cluster.is_none_or(|[low, high]| -1.0 <= low && high <= 1.0), "{:?}", pair.cluster);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn numbers_are_in_range(values in values()) {
        let found = values.compare([0, 1, 2]);
        for pair in &found.pairs {
            for p in [pair.p_cluster, pair.p_adjusted, pair.p_tasks].into_iter().flatten() {
                prop_assert!(p > 0.0 && p <= 1.0);
            }
            prop_assert!(pair.p_adjusted >= pair.p_cluster);
            let difference = pair.difference.unwrap();
            for [low, high] in [pair.cluster, pair.tasks].into_iter().flatten() {
                prop_assert!(low <= difference + 1e-12 && difference <= high + 1e-12);
                prop_assert!(low >= -1.0 && high <= 1.0);
            }
            prop_assert!(pair.detectable.is_none_or(|least| least > 0.0 && least <= 1.0));
            // Fields are none exactly if there is a reason.
            let row = serde_json::to_value(pair).unwrap();
            for (field, value) in row.as_object().unwrap() {
                prop_assert_eq!(value.is_null(), pair.absent.contains_key(field), "{}", field);
            }
        }
    }

    #[test]
    fn intervals_exclude_nought_exactly_if_flips_do(values in values()) {
        for pair in values.compare([0, 1, 2]).pairs {
            if let Some([low, high]) = pair.cluster {
                prop_assert_eq!(pair.p_cluster.unwrap() <= 0.05 + 1e-9, low > 0.0 || high < 0.0);
            }
        }
    }

    #[test]
    fn methods_are_treated_alike(values in values()) {
        let (one, other) = (values.compare([0, 1, 2]), values.compare([1, 0, 2]));
        let (ab, ba) = (&one.pairs[0], &other.pairs[0]);
        prop_assert!(close(ab.difference, ba.difference.map(|difference| -difference)));
        prop_assert!(mirrored(ab.cluster, ba.cluster));
        prop_assert!(mirrored(ab.percentile, ba.percentile));
        prop_assert!(mirrored(ab.tasks, ba.tasks));
        for (a, b) in [(ab.p_cluster, ba.p_cluster), (ab.p_adjusted, ba.p_adjusted), (ab.p_tasks, ba.p_tasks)] {
            prop_assert!(close(a, b));
        }
        prop_assert_eq!((ab.a_better, ab.b_better), (ba.b_better, ba.a_better));
        prop_assert_eq!(ab.mcnemar, ba.mcnemar);
        prop_assert_eq!(one.standings, other.standings);
    }

    #[test]
    fn tasks_that_are_right_or_wrong_have_no_order(mut values in values(), shift in 0_usize..60) {
        values.outcome = Outcome::Binary;
        values.methods.iter_mut().flatten().for_each(|value| *value = value.round());
        let sorted = values.compare([0, 1, 2]);
        let shift = shift % values.repos.len();
        values.methods.iter_mut().for_each(|method| method.rotate_left(shift));
        values.repos.rotate_left(shift);
        prop_assert_eq!(sorted, values.compare([0, 1, 2]));
    }

    #[test]
    fn files_keep_comparisons(values in values()) {
        let found = values.compare([2, 0, 1]);
        let text = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), found);
    }

    #[test]
    fn more_even_counts_are_more_likely(a in 0_u64..400, b in 0_u64..400) {
        let found = mcnemar(a, b);
        prop_assert_eq!(found, mcnemar(b, a));
        prop_assert!(found.mid_p > 0.0 && found.mid_p <= found.p && found.p <= 1.0);
        if a > b {
            prop_assert!(found.p <= mcnemar(a - 1, b + 1).p * (1.0 + 1e-12));
        }
    }

    #[test]
    fn corrections_only_weaken(raw in vec(0.0..=1.0_f64, 1..40)) {
        let adjusted = holm(&raw);
        prop_assert!(raw.iter().zip(&adjusted).all(|(raw, adjusted)| raw <= adjusted && *adjusted <= 1.0));
        for (a, b) in (0..raw.len()).flat_map(|a| (0..raw.len()).map(move |b| (a, b))) {
            prop_assert!(raw[a] > raw[b] || adjusted[a] <= adjusted[b]);
        }
        let least = (0..raw.len()).min_by(|&a, &b| raw[a].total_cmp(&raw[b])).unwrap();
        prop_assert!((adjusted[least] - (raw[least] * raw.len() as f64).min(1.0)).abs() < 1e-15);
    }
}
