//! `score`: predictions against their release.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::table::write_table;
use bench::{Metric, Predictions, Release, Summary, Task, TaskSet};
use harness::{RULES_VERSION, ScoreOptions};

use crate::cli::ScoreArgs;
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Version of `summary.json`.
pub(crate) const SUMMARY_FORMAT: u32 = 1;

/// The summary in a folder of scores.
pub(crate) fn summary_path(scores: &Path) -> PathBuf {
    scores.join("summary.json")
}

/// Scores `args.predictions`; [`Answer::No`] if they do not cover their splits.
pub(crate) fn run(args: &ScoreArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let predictions = Predictions::read(&args.predictions)?;
    if predictions.header.release != release.id() {
        bail!(
            "{} answers release {}, but {} is release {}",
            args.predictions.display(),
            printable(&predictions.header.release),
            args.release.display(),
            release.id()
        );
    }
    let splits = release.splits();
    if let Some(absent) = predictions.header.splits.iter().find(|split| !splits.contains(split)) {
        bail!("{} names {absent}, of which the release has no tasks", args.predictions.display());
    }
    let mut tasks: Vec<Task> = Vec::new();
    for split in splits {
        for batch in release.stream(TaskSet::Split(split))? {
            // Scores need no prefixes, and those of the evolution track are whole files.
            tasks.extend(batch?.into_iter().map(|mut task| {
                task.assertion.prefix = String::new();
                task
            }));
        }
    }
    let options = ScoreOptions { allow_missing: args.allow_missing, resamples: args.resamples, seed: args.seed };
    let (rows, splits) = match harness::score(&tasks, &predictions, &options) {
        Err(error @ harness::Error::Incomplete { .. }) => {
            ui.fault(&format!("{}: {error}", args.predictions.display()));
            return Ok(Answer::No);
        }
        result => result.with_context(|| format!("cannot score {}", args.predictions.display()))?,
    };
    let summary = Summary {
        format: SUMMARY_FORMAT,
        rules: RULES_VERSION.to_owned(),
        release: release.id().to_owned(),
        profile: release.manifest().contents.profile,
        predictions: bench::file::hash(&args.predictions)?,
        card: predictions.header.card,
        resamples: args.resamples,
        seed: args.seed,
        splits,
    };
    write_table(&args.out.join("scores.parquet"), &[("repopeft.release", release.id().to_owned())], rows)?;
    bench::file::write_json(&summary_path(&args.out), &summary)?;
    show(&summary, ui);
    Ok(Answer::Done)
}

/// Prints a line a split: tasks, repositories, and each metric with its interval over repositories.
fn show(summary: &Summary, ui: &Ui) {
    for split in &summary.splits {
        let Some(all) = split.slices.first() else { continue };
        let mut line = format!(
            "{}\t{}\t{} tasks\t{} repositories",
            summary.card.method,
            split.split.title(),
            all.tasks,
            all.repos
        );
        for estimate in &all.estimates {
            line.push('\t');
            line.push_str(&shown(estimate));
        }
        if split.missing > 0 {
            line.push('\t');
            line.push_str(&format_args!("{} missing, counted as wrong", split.missing).to_string());
        }
        ui.data(&printable(&line));
    }
}

fn shown(estimate: &bench::Estimate) -> String {
    let percent = |value: f64| format!("{:.1}", 100.0 * value);
    let value = match (estimate.mean, estimate.cluster) {
        (None, _) => "no task".to_owned(),
        (Some(mean), None) => percent(mean),
        (Some(mean), Some([low, high])) => format!("{} [{}, {}]", percent(mean), percent(low), percent(high)),
    };
    format!("{} {value}", Metric::title(estimate.metric))
}
