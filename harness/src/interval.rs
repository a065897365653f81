//! Percentile bootstrap intervals of a mean; what is resampled is an argument (S75–S81).

use bench::Metric;

use crate::pcg64::{Pcg64, StreamSeed};

/// What is drawn as a whole when resampling: a task, or all tasks of a repository.
///
/// A resample's mean is the sum of its sums over the sum of its tasks, so tasks weigh the same whatever is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Unit {
    /// Sum of the values of its tasks.
    pub sum: f64,
    /// How many tasks, at least one.
    pub tasks: u32,
}

impl Unit {
    /// A single task.
    pub const fn task(value: f64) -> Self {
        Self { sum: value, tasks: 1 }
    }

    /// Takes in one more task.
    pub fn add(&mut self, value: f64) {
        self.sum += value;
        self.tasks += 1;
    }
}

/// How an interval is found: the percentile bootstrap of the mean, NumPy's stream and quantiles included.
///
/// Draws are row-major from one stream, so an interval depends on the order of the units: give tasks in the order of
/// their ids and repositories in the order of theirs.
///
/// ```
/// use harness::{Bootstrap, Unit};
/// let units = [0.0, 0.0, 1.0, 1.0].map(Unit::task);
/// let found = Bootstrap { resamples: 2000, ..Bootstrap::default() }.interval(&units);
/// assert_eq!((found.mean, found.low, found.high), (0.5, 0.0, 1.0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// How many resamples; with 0 both bounds are the mean (S76).
    pub resamples: u32,
    /// The share of resampled means inside the interval, 0..1.
    pub level: f64,
    /// The seed of the stream.
    pub seed: StreamSeed,
}

impl Bootstrap {
    /// Resamples of published intervals (S75).
    pub const RESAMPLES: u32 = 5000;
    /// Level of published intervals (S75).
    pub const LEVEL: f64 = 0.95;

    /// The mean of `units` with its interval.
    ///
    /// # Panics
    /// If there are 2³² units or more.
    pub fn interval(&self, units: &[Unit]) -> MeanInterval {
        if units.is_empty() {
            return MeanInterval::default();
        }
        let mean = mean(units.iter().copied());
        let tasks = units.iter().map(|unit| u64::from(unit.tasks)).sum();
        self.between(mean, self.resampled_means(units), tasks)
    }

    /// The means of the `K` values of each task with their intervals, all from the same draws: each is what
    /// [`interval`](Self::interval) finds of its values alone.
    ///
    /// # Panics
    /// If there are 2³² tasks or more.
    pub fn intervals<const K: usize>(&self, tasks: &[[f64; K]]) -> [MeanInterval; K] {
        let mut stream = Pcg64::new(&self.seed);
        let mut means = [const { Vec::new() }; K];
        if !tasks.is_empty() {
            for _ in 0..self.resamples {
                let sums = stream.draws(tasks).fold([0.0; K], added);
                means.iter_mut().zip(sums).for_each(|(means, sum)| means.push(sum / tasks.len() as f64));
            }
        }
        let sums = tasks.iter().copied().fold([0.0; K], added);
        let mut sums = sums.into_iter();
        means.map(|means| {
            let mean = sums.next().unwrap_or_default() / tasks.len() as f64;
            self.between(mean, means, tasks.len() as u64)
        })
    }

    /// The interval of `mean` over `tasks` tasks whose resampled means are `means`.
    fn between(&self, mean: f64, mut means: Vec<f64>, tasks: u64) -> MeanInterval {
        if tasks == 0 {
            return MeanInterval::default();
        }
        if means.is_empty() {
            return MeanInterval { mean, low: mean, high: mean, tasks };
        }
        means.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        MeanInterval { mean, low: quantile(&means, tail), high: quantile(&means, 1.0 - tail), tasks }
    }

    fn resampled_means(&self, units: &[Unit]) -> Vec<f64> {
        let mut stream = Pcg64::new(&self.seed);
        if units.iter().all(|unit| unit.tasks == 1) {
            let sums: Vec<f64> = units.iter().map(|unit| unit.sum).collect();
            let mut draw = || stream.draws(&sums).sum::<f64>() / sums.len() as f64;
            return (0..self.resamples).map(|_| draw()).collect();
        }
        (0..self.resamples).map(|_| mean(stream.draws(units))).collect()
    }
}

impl Default for Bootstrap {
    /// 5,000 resamples, level 0.95, seed 0 (S75).
    fn default() -> Self {
        Self { resamples: Self::RESAMPLES, level: Self::LEVEL, seed: StreamSeed::from(0_u64) }
    }
}

/// A mean over tasks with its interval; all zero if there is no task (S76).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeanInterval {
    /// The plain mean.
    pub mean: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// How many tasks.
    pub tasks: u64,
}

impl MeanInterval {
    /// Whether there is no task, hence no mean.
    pub fn is_empty(&self) -> bool {
        self.tasks == 0
    }

    /// The bounds, or none if there is no task.
    pub fn bounds(&self) -> Option<[f64; 2]> {
        (!self.is_empty()).then_some([self.low, self.high])
    }

    /// `mean [low, high]` with two decimals as published, exact match in percent; `n=0` if there is no task (S81).
    pub fn text(&self, metric: Metric) -> String {
        if self.is_empty() {
            return "n=0".to_owned();
        }
        let scale = if metric.is_binary() { 100.0 } else { 1.0 };
        format!("{:.2} [{:.2}, {:.2}]", self.mean * scale, self.low * scale, self.high * scale)
    }
}

fn added<const K: usize>(mut sums: [f64; K], values: [f64; K]) -> [f64; K] {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    sums
}

fn mean(units: impl Iterator<Item = Unit>) -> f64 {
    let (mut sum, mut tasks) = (0.0, 0_u64);
    for unit in units {
        sum += unit.sum;
        tasks += u64::from(unit.tasks);
    }
    sum / tasks as f64
}

/// The `q` quantile of `sorted`, at least one value, by linear interpolation (S78).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the place is clamped to the indices")]
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = (last as f64 * q).clamp(0.0, last as f64);
    let below = place as usize;
    let t = place - below as f64;
    let (a, b) = (sorted[below], sorted[(below + 1).min(last)]);
    if t < 0.5 { a + (b - a) * t } else { b - (b - a) * (1.0 - t) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_task_has_no_interval() {
        let found = Bootstrap::default().interval(&[]);
        assert_eq!((found.mean, found.bounds()), (0.0, None));
        assert_eq!(found.text(Metric::ExactMatchPaper), "n=0");
    }

    #[test]
    fn values_that_share_draws_have_their_own_intervals() {
        let tasks: Vec<[f64; 3]> = (0..40).map(|at| [f64::from(at % 2), f64::from(at) / 7.0, 0.0]).collect();
        let bootstrap = Bootstrap { resamples: 200, ..Bootstrap::default() };
        for (place, found) in bootstrap.intervals(&tasks).into_iter().enumerate() {
            let alone: Vec<Unit> = tasks.iter().map(|task| Unit::task(task[place])).collect();
            assert_eq!(found, bootstrap.interval(&alone));
        }
        assert_eq!(bootstrap.intervals::<2>(&[]), [MeanInterval::default(); 2]);
    }

    #[test]
    fn text_is_percent_for_exact_match() {
        let found = MeanInterval { mean: 0.5, low: 0.251, high: 0.7512, tasks: 9 };
        assert_eq!(found.text(Metric::ExactMatchStrict), "50.00 [25.10, 75.12]");
        assert_eq!(found.text(Metric::EditSimilarity), "0.50 [0.25, 0.75]");
    }

    #[test]
    fn clusters_of_one_task_are_tasks() {
        let values = [0.0, 1.0, 0.25, 0.5, 1.0];
        let tasks: Vec<Unit> = values.into_iter().map(Unit::task).collect();
        let mut clusters = vec![Unit::default(); 5];
        clusters.iter_mut().zip(values).for_each(|(unit, value)| unit.add(value));
        assert_eq!(Bootstrap::default().interval(&tasks), Bootstrap::default().interval(&clusters));
    }
}
