//! `score`: predictions against their release.

mod current;
mod groups;
mod lines;
mod pairs;
mod tasks;
mod threshold;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::table::write_table;
use bench::{
    MethodCard, Metric, Predictions, Release, Roll, SUMMARY_FORMAT, ScoreManifest, Submission, Summary, Verdict,
};
use harness::{Asked, RULES_VERSION, ScoreOptions};
use reports::board::{AUDIT, COST};

use crate::cli::ScoreArgs;
use crate::cmd::check;
use crate::exit::Answer;
use crate::ui::{Ui, printable};
use groups::Groups;
use threshold::Threshold;

pub(crate) use current::is_current;
pub(crate) use tasks::asked;

/// Faults of each kind that are shown; `check` shows more.
const FAULTS_SHOWN: usize = 5;

/// The table of a folder of scores.
const TABLE: &str = "scores.parquet";
/// The summary of a folder of scores.
const SUMMARY: &str = "summary.json";
/// What binds the files of a folder of scores to their inputs.
const MANIFEST: &str = "manifest.json";

/// The summary in a folder of scores.
pub(crate) fn summary_path(scores: &Path) -> PathBuf {
    scores.join(SUMMARY)
}

/// What the summary in the folder `scores` says, unchecked.
pub(crate) fn summary(scores: &Path) -> Result<Summary> {
    Ok(bench::file::read_format(&summary_path(scores), &["format"], SUMMARY_FORMAT, "summary")?)
}

/// The rows in a folder of scores.
pub(crate) fn table_path(scores: &Path) -> PathBuf {
    scores.join(TABLE)
}

/// The manifest in a folder of scores.
pub(crate) fn manifest_path(scores: &Path) -> PathBuf {
    scores.join(MANIFEST)
}

/// Scores what `args` names; [`Answer::No`] if the predictions do not cover their splits, [`Answer::Below`] if a
/// threshold is missed.
pub(crate) fn run(args: &ScoreArgs, ui: &mut Ui) -> Result<Answer> {
    match (&args.pairs, &args.release) {
        (Some(file), _) => pairs::run(file, &args.out, ui),
        (None, Some(release)) => against(release, args, ui),
        (None, None) => bail!("give --release and --predictions, or --pairs"),
    }
}

fn against(release: &Path, args: &ScoreArgs, ui: &mut Ui) -> Result<Answer> {
    let thresholds = args.fail_under.iter().map(|text| text.parse()).collect::<Result<Vec<Threshold>>>()?;
    let release =
        Release::open(release).with_context(|| format!("{} is no release that `build` wrote", release.display()))?;
    let roll = Roll::of(&release, RULES_VERSION)?;
    let submission = Submission::read(&args.predictions, &roll, FAULTS_SHOWN);
    let incomplete = submission.verdict() == Verdict::Incomplete && !args.allow_missing;
    if incomplete || submission.verdict() == Verdict::Invalid {
        check::show(&submission, ui);
        return Ok(if incomplete { Answer::No } else { Answer::Invalid });
    }
    let own = args.slices.as_deref().map(|path| slices(path, &roll)).transpose()?;
    drop(roll);
    let predictions = submission.into_predictions().context("a submission that is not invalid has a header")?;
    thresholds.iter().try_for_each(|threshold| threshold.check(&predictions.header.splits))?;
    refuse_foreign(&args.out, &release, &predictions.header.card)?;
    let tasks = asked(&release, &predictions.header.splits, own.as_ref(), ui)?;
    let options = options(args);
    let slices = own.map(|own| own.hash);
    let summary = write(&release, &tasks, predictions, &options, slices, &args.out)
        .with_context(|| format!("cannot score {}", names(&args.predictions)))?;
    show(&summary, ui);
    threshold::judge(&thresholds, &summary, ui)
}

/// The user's own groupings in the file at `path`, of tasks on `roll`.
pub(crate) fn slices(path: &Path, roll: &Roll) -> Result<Groups> {
    let own = groups::read(path)?;
    own.check_tasks(roll)?;
    Ok(own)
}

/// Refuses the folder `out` if an audit or costs lie there beside scores that are not of the method of `card` on `release`:
/// they would pass for those of this one.
fn refuse_foreign(out: &Path, release: &Release, card: &MethodCard) -> Result<()> {
    let beside = [AUDIT, COST].map(|name| out.join(name)).into_iter().find(|path| path.exists());
    let Some(beside) = beside.filter(|_| summary_path(out).exists()) else { return Ok(()) };
    let known = summary(out)?;
    if known.card == *card && known.release == release.id() {
        return Ok(());
    }
    bail!(
        "{} is about the scores beside it, which are of another method, other settings or another release; remove it or \
         choose another --out",
        beside.display()
    )
}

/// Scores `predictions`, which answer `tasks` of `release`, into the folder `out`. The user's own groupings, which are in
/// `tasks`, have the hash `slices`.
pub(crate) fn write(
    release: &Release,
    tasks: &[Asked],
    predictions: Predictions,
    options: &ScoreOptions,
    slices: Option<String>,
    out: &Path,
) -> Result<Summary> {
    let (rows, splits) = harness::score(tasks, &predictions, options)?;
    let summary = Summary {
        format: SUMMARY_FORMAT,
        rules: RULES_VERSION.to_owned(),
        release: release.id().to_owned(),
        profile: release.manifest().contents.profile,
        predictions: predictions.hash(),
        card: predictions.header.card,
        resamples: options.resamples,
        seed: options.seed,
        splits,
    };
    write_table(&out.join(TABLE), &[("repopeft.release", release.id().to_owned())], rows)?;
    bench::file::write_json(&out.join(SUMMARY), &summary)?;
    bench::file::write_json(&out.join(MANIFEST), &manifest(&summary, options, slices, out)?)?;
    Ok(summary)
}

/// The predictions files, for messages.
fn names(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// What binds the written files to what they were made of.
fn manifest(summary: &Summary, options: &ScoreOptions, slices: Option<String>, out: &Path) -> Result<ScoreManifest> {
    let mut files = BTreeMap::new();
    for name in [TABLE, SUMMARY] {
        files.insert(name.to_owned(), bench::file::hash(&out.join(name))?);
    }
    Ok(ScoreManifest {
        format: SUMMARY_FORMAT,
        release: summary.release.clone(),
        predictions: summary.predictions.clone(),
        slices,
        options: named(options),
        versions: harness::versions(),
        files,
    })
}

/// How `args` say to score.
fn options(args: &ScoreArgs) -> ScoreOptions {
    ScoreOptions { allow_missing: args.allow_missing, resamples: args.resamples, seed: args.seed }
}

/// Every option that can change a byte.
fn named(options: &ScoreOptions) -> BTreeMap<String, String> {
    let options = [
        ("allow_missing", options.allow_missing.to_string()),
        ("resamples", options.resamples.to_string()),
        ("seed", options.seed.to_string()),
    ];
    options.map(|(name, value)| (name.to_owned(), value)).into()
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
