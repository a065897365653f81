//! Simulated benchmarks whose truth is known: do intervals hold it as often as they say, and tests find it?

use bench::{Outcome, PairComparison, Seed};
use harness::{CompareOptions, Series, compare};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use rayon::prelude::*;

const SIMULATIONS: u64 = 1000;

/// A population of repositories; a benchmark is a draw from it.
#[derive(Clone, Copy)]
struct World {
    repositories: u32,
    /// Tasks of the largest repositories; the smallest have 15. All have 60 if this is 0.
    most_tasks: u32,
    /// The true difference of two methods' rates of right answers.
    difference: f64,
    /// How far a repository's difference may be from it, uniformly.
    spread: f64,
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0)
}

impl World {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small")]
    fn size(&self, rng: &mut ChaCha8Rng) -> u32 {
        if self.most_tasks == 0 {
            return 60;
        }
        // A heavy tail: every tenth repository has about six times the least.
        let size = 15.0 * (1.0 - uniform(rng)).powf(-0.8);
        size.min(f64::from(self.most_tasks)) as u32
    }

    /// One benchmark, compared: methods mostly fail on the same tasks, and tasks of a repository resemble each other.
    fn comparison(&self, seed: Seed) -> PairComparison {
        let mut rng = seed.rng();
        let (mut a, mut b, mut repos) = (Vec::new(), Vec::new(), Vec::new());
        for repo in 0..self.repositories {
            let rate = 0.35 + 0.3 * uniform(&mut rng);
            let half = 0.5 * self.difference + self.spread * (uniform(&mut rng) - 0.5);
            for _ in 0..self.size(&mut rng) {
                let hardness = uniform(&mut rng);
                let own = if uniform(&mut rng) < 0.5 { hardness } else { uniform(&mut rng) };
                a.push(f64::from(u8::from(hardness < rate + half)));
                b.push(f64::from(u8::from(own < rate - half)));
                repos.push(repo);
            }
        }
        let series = [Series { name: "a", values: &a }, Series { name: "b", values: &b }];
        let options = CompareOptions { resamples: 199, flips: 399, seed: seed.0, ..CompareOptions::default() };
        compare(&series, &repos, Outcome::Binary, &options).unwrap().pairs.remove(0)
    }

    /// The shares of simulations in which each of `events` happens.
    fn shares<const N: usize>(&self, seed: Seed, events: [fn(&PairComparison, f64) -> bool; N]) -> [f64; N] {
        let happened = |index: u64| {
            let pair = self.comparison(seed.chunk(index));
            events.map(|event| u32::from(event(&pair, self.difference)))
        };
        let counts: Vec<[u32; N]> = (0..SIMULATIONS).into_par_iter().map(happened).collect();
        std::array::from_fn(|event| f64::from(counts.iter().map(|one| one[event]).sum::<u32>()) / SIMULATIONS as f64)
    }
}

fn holds(interval: Option<[f64; 2]>, truth: f64) -> bool {
    interval.is_some_and(|[low, high]| low <= truth && truth <= high)
}

#[test]
fn the_clustered_interval_holds_the_truth_as_often_as_it_says() {
    let worlds = [
        World { repositories: 10, most_tasks: 400, difference: 0.08, spread: 0.3 },
        World { repositories: 20, most_tasks: 400, difference: 0.05, spread: 0.3 },
        World { repositories: 52, most_tasks: 400, difference: 0.05, spread: 0.25 },
        World { repositories: 52, most_tasks: 0, difference: 0.0, spread: 0.3 },
    ];
    for (place, world) in worlds.iter().enumerate() {
        let shares = world.shares(
            Seed(2026).chunk(place as u64),
            [|pair, truth| holds(pair.cluster, truth), |pair, truth| holds(pair.tasks, truth)],
        );
        println!("world {place}: clustered {:.1} %, tasks alone {:.1} %", 100.0 * shares[0], 100.0 * shares[1]);
        assert!((0.94..=0.96).contains(&shares[0]), "world {place}, clustered: {shares:?}");
        assert!(shares[1] < 0.85, "world {place}, tasks taken for independent: {shares:?}");
    }
}

#[test]
fn where_nothing_differs_little_is_found() {
    let world = World { repositories: 10, most_tasks: 400, difference: 0.0, spread: 0.3 };
    let [clustered, exact, percentile] = world.shares(
        Seed(9),
        [
            |pair, _| pair.p_adjusted.unwrap() <= 0.05,
            |pair, _| pair.mcnemar.unwrap().p <= 0.05,
            |pair, truth| holds(pair.percentile, truth),
        ],
    );
    assert!((0.035..=0.065).contains(&clustered), "{clustered}");
    assert!(exact > 0.15, "the test that takes tasks for independent finds what is not there: {exact}");
    assert!(percentile < 0.92, "the percentile interval is too narrow for ten repositories: {percentile}");
}

#[test]
fn a_detectable_difference_is_found_four_times_in_five() {
    let world = |difference| World { repositories: 52, most_tasks: 200, difference, spread: 0.3 };
    // What is detectable hardly depends on the difference itself: measure it once, then put it in.
    let seeds = (0..200).into_par_iter().map(|index| Seed(1).chunk(index));
    let detectable: Vec<f64> = seeds.map(|seed| world(0.1).comparison(seed).detectable.unwrap()).collect();
    let mean = detectable.iter().sum::<f64>() / 200.0;
    let [found] = world(mean).shares(Seed(4), [|pair, _| pair.p_cluster.unwrap() <= 0.05]);
    assert!((0.76..=0.84).contains(&found), "{mean}: {found}");
}

#[test]
fn threads_do_not_matter() {
    let world = World { repositories: 30, most_tasks: 100, difference: 0.05, spread: 0.3 };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| world.comparison(Seed(3)))
    };
    assert_eq!(run(1), run(4));
}
