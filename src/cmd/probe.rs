//! `probe`: the generated corpus whose answers are known to depend on the repository.

use std::path::Path;

use anyhow::{Context, Result};
use bench::Seed;
use miner::probe::{ProbeOptions, generate};

use crate::cli::ProbeArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Generates the corpus into `args.out` and prints the path of its list.
pub(crate) fn run(args: &ProbeArgs, ui: &mut Ui) -> Result<Answer> {
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
