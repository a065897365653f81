//! `import`: a release of tables in the published column layout.

use anyhow::{Context, Result};
use bench::Split;
use bench::hub::{Published, import};

use crate::cli::ImportArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Seals the tables of `args.from` into `args.out` and prints the tasks of each split.
pub(crate) fn run(args: &ImportArgs, ui: &mut Ui) -> Result<Answer> {
    let published = Published::open(&args.from)?;
    let release = import(&published, &args.out, args.profile)
        .with_context(|| format!("cannot import {}", args.from.display()))?;
    let contents = &release.manifest().contents;
    for split in Split::ALL {
        let tasks: u64 = contents.repos.iter().filter_map(|repo| repo.tasks.get(split)).sum();
        let repos = contents.repos.iter().filter(|repo| repo.tasks.contains_key(split)).count();
        ui.note(&format!("{:9} {tasks:7} tasks of {repos:4} repositories", split.title()));
    }
    ui.data(&format!("{}\t{}", release.id(), args.out.display()));
    Ok(Answer::Done)
}
