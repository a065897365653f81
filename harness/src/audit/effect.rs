//! From differences of tasks to effects: means, intervals, p-values (M175).

use bench::audit::Effect;

use super::board::Facts;
use super::options::AuditOptions;
use crate::compare::sign_flips;
use crate::interval::{Bootstrap, Unit};
use crate::pcg64::StreamSeed;

/// The tasks that differences are of.
pub(super) struct Sample<'a> {
    pub(super) tasks: &'a [Facts<'a>],
    /// How many repositories the board has.
    pub(super) repos: usize,
    pub(super) options: &'a AuditOptions,
}

impl Sample<'_> {
    /// The effect of `differences`, one a task; those that are none do not take part.
    pub(super) fn effect(&self, differences: &[Option<f64>]) -> Effect {
        let each: Vec<Unit> = differences.iter().flatten().copied().map(Unit::task).collect();
        if each.is_empty() {
            return Effect::default();
        }
        let clusters = self.clusters(differences);
        let mean = each.iter().map(|unit| unit.sum).sum::<f64>() / each.len() as f64;
        let bootstrap = self.bootstrap();
        let several = clusters.len() > 1;
        let sums: Vec<f64> = clusters.iter().map(|unit| unit.sum).collect();
        Effect {
            tasks: each.len() as u64,
            repos: clusters.len() as u64,
            mean: Some(mean),
            cluster: several.then(|| bootstrap.interval(&clusters).bounds()).flatten(),
            by_task: (each.len() > 1).then(|| bootstrap.interval(&each).bounds()).flatten(),
            p: several.then(|| sign_flips(&sums, each.len() as u64, self.options.flips, self.options.seed)),
            p_holm: None,
        }
    }

    /// The sums of `differences` over repositories, by name, those without any left out.
    pub(super) fn clusters(&self, differences: &[Option<f64>]) -> Vec<Unit> {
        let mut clusters = vec![Unit::default(); self.repos];
        for (task, difference) in self.tasks.iter().zip(differences) {
            difference.iter().for_each(|&difference| clusters[task.repo].add(difference));
        }
        clusters.retain(|unit| unit.tasks > 0);
        clusters
    }

    pub(super) fn bootstrap(&self) -> Bootstrap {
        let AuditOptions { resamples, level, seed, .. } = *self.options;
        Bootstrap { resamples, level, seed: StreamSeed::from(seed) }
    }
}
