//! The results of an experiment as one table for other programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bench::{Metric, Summary};

use crate::cmd::score::summary;
use crate::ui::printable;

/// Decimals of means and interval ends.
const DECIMALS: usize = 6;

/// Writes a row a method, seed, split and metric into the file `out`, from folders of `scores` with their seeds: the mean,
/// its interval over repositories, and what training took (M38). What there is none of is empty.
pub(super) fn write(scores: &[(PathBuf, Option<u64>)], out: &Path) -> Result<()> {
    let mut text =
        "method\tseed\tsplit\ttasks\trepositories\tmetric\tmean\tlow\thigh\tsteps\texamples\tsupervised_tokens\n"
            .to_owned();
    for (folder, seed) in scores {
        rows(&summary(folder)?, *seed, &mut text);
    }
    bench::file::write_atomic(out, text.as_bytes()).with_context(|| format!("cannot write {}", out.display()))
}

fn rows(summary: &Summary, seed: Option<u64>, text: &mut String) {
    let count = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    let share = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.DECIMALS$}"));
    let budget = summary.card.training_budget.clone().unwrap_or_default();
    let took = [budget.steps, budget.examples, budget.supervised_tokens].map(count);
    for split in &summary.splits {
        let Some(all) = split.slices.first() else { continue };
        for estimate in &all.estimates {
            let [low, high] = estimate.cluster.map_or([None; 2], |[low, high]| [Some(low), Some(high)]);
            let mut cells = vec![
                printable(&summary.card.method),
                count(seed),
                split.split.to_string(),
                all.tasks.to_string(),
                all.repos.to_string(),
                Metric::name(estimate.metric).to_owned(),
            ];
            cells.extend([estimate.mean, low, high].map(share));
            cells.extend(took.clone());
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
    }
}
