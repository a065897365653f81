//! `build`: splits mined tasks and seals them.

use anyhow::{Context, Result, bail};
use bench::{BuildOptions, Caps, Mining, Release, Split, Track};

use crate::cli::BuildArgs;
use crate::cmd::leaks::Watch;
use crate::exit::Answer;
use crate::ui::Ui;

/// Seals `args.mining` into `args.out` and prints the tasks of each split.
pub(crate) fn run(args: &BuildArgs, ui: &mut Ui) -> Result<Answer> {
    let (track, min_pairs, group) = (args.track, args.min_pairs, args.group);
    let given = [args.eval_cap, args.train_cap, args.file_cap];
    if track == Track::Static && given.iter().any(Option::is_some) {
        bail!(
            "--eval-cap, --train-cap and --file-cap bound the tasks of commits; the static track has none, leave them out"
        );
    }
    let Caps { evaluated, trained, file } = Caps::default();
    let caps = Caps {
        evaluated: args.eval_cap.unwrap_or(evaluated),
        trained: args.train_cap.unwrap_or(trained),
        file: args.file_cap.unwrap_or(file),
    };
    let options = BuildOptions { track, min_pairs, caps, group, tools: miner::versions() };
    let watch = Watch::new(ui);
    let release = Release::seal_watched(&Mining::at(&args.mining), &args.out, &options, &|done| watch.follow(done))
        .with_context(|| format!("cannot build a release from {}", args.mining.display()))?;
    watch.finish();
    let contents = &release.manifest().contents;
    for split in Split::ALL {
        let of = |tasks: &std::collections::BTreeMap<Split, u64>| tasks.get(split).copied().unwrap_or(0);
        let counts: Vec<u64> = contents.repos.iter().map(|repo| of(&repo.tasks)).filter(|n| *n > 0).collect();
        ui.note(&format!(
            "{:9} {:7} tasks of {:4} repositories",
            split.title(),
            counts.iter().sum::<u64>(),
            counts.len()
        ));
    }
    if !contents.left_out.is_empty() {
        let names: Vec<&str> = contents.left_out.keys().map(bench::RepoId::as_str).collect();
        ui.note(&format!("left out, fewer than {} selected tasks: {}", args.min_pairs, names.join(", ")));
    }
    if !contents.without_commits.is_empty() {
        let names: Vec<&str> = contents.without_commits.iter().map(bench::RepoId::as_str).collect();
        ui.note(&format!("left out, no commit with a task: {}", names.join(", ")));
    }
    ui.data(&format!("{}\t{}", release.id(), args.out.display()));
    Ok(Answer::Done)
}
