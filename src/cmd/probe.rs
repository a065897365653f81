//! `probe`: the generated corpus whose answers are known to depend on the repository.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::{Release, Seed, Split, TaskSet};
use miner::probe::{Asked, ProbeOptions, generate};

use crate::cli::ProbeArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Generates the corpus into `args.out` and prints the path of its list.
pub(crate) fn run(args: &ProbeArgs, ui: &mut Ui) -> Result<Answer> {
    if let (Some(release), Some(labels)) = (&args.label, &args.labels) {
        label(&args.out, release, labels, ui)?;
        ui.data(&labels.display().to_string());
        return Ok(Answer::Done);
    }
    let count = |n: u32| usize::try_from(n).expect("because the counts are small");
    let options = ProbeOptions {
        seed: Seed(args.seed),
        train: count(args.train),
        cross_repo_val: count(args.cr_val),
        cross_repo_test: count(args.cr_test),
        ood: count(args.ood),
        commits: count(args.commits),
    };
    into(&args.out, &options, ui)?;
    ui.data(&args.out.join("repos.toml").display().to_string());
    Ok(Answer::Done)
}

/// Writes what the evaluated tasks of `release` need to the file `labels`, as `score --slices` reads it.
pub(crate) fn label(corpus: &Path, release: &Path, labels: &Path, ui: &Ui) -> Result<()> {
    let release =
        Release::open(release).with_context(|| format!("{} is no release that `build` wrote", release.display()))?;
    let (mut lines, mut counts, mut known) = (String::new(), BTreeMap::new(), BTreeMap::new());
    for split in release.splits().into_iter().filter(|split| Split::EVALUATED.contains(split)) {
        for tasks in release.stream(TaskSet::Split(split))? {
            for task in tasks? {
                let repo = &task.assertion.repo;
                if !known.contains_key(repo) {
                    known.insert(repo.clone(), Asked::open(corpus, repo)?);
                }
                let Some(need) = known[repo].as_ref().and_then(|asked| asked.need(&task.assertion)) else { continue };
                *counts.entry(need).or_insert(0_u64) += 1;
                let row = serde_json::json!({ "task": task.id().to_string(), "answer_stands_in": need.name() });
                lines.push_str(&row.to_string());
                lines.push('\n');
            }
        }
    }
    if counts.is_empty() {
        bail!("no task of the release is of the corpus in {}", corpus.display());
    }
    bench::file::write_atomic(labels, lines.as_bytes())?;
    let counts: Vec<String> = counts.into_iter().map(|(need, count)| format!("{count} {need}")).collect();
    ui.note(&format!("labelled: {}", counts.join(", ")));
    Ok(())
}

/// Generates the corpus that `options` describe into the folder `out`.
pub(crate) fn into(out: &Path, options: &ProbeOptions, ui: &Ui) -> Result<()> {
    let total = options.train + options.cross_repo_val + options.cross_repo_test + options.ood;
    let bar = ui.bar("probe", total as u64, "repositories");
    let repos = generate(options, out, &|done, _| bar.set_position(done as u64))
        .with_context(|| format!("cannot make the probe corpus in {}", out.display()))?;
    bar.finish_and_clear();
    ui.note(&format!("probe corpus: {} repositories in {}", repos.len(), out.display()));
    Ok(())
}
