//! `mine`: from repositories to drafts, one shard a repository.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use bench::{Mining, Profile, RepoId, RepoSpec, Shard, Track};
use indicatif::ProgressBar;
use miner::{Event, Observer, Options};
use rayon::prelude::*;

use crate::cli::MineArgs;
use crate::exit::Answer;
use crate::settings;
use crate::ui::Ui;

/// Repositories that are listed one by one, at most.
const LISTED: usize = 30;

/// Mines every repository of `args` into `args.out`; complete shards are used again.
pub(crate) fn run(args: &MineArgs, ui: &mut Ui) -> Result<Answer> {
    if args.profile == Profile::Strict {
        bail!("mining under the profile strict is not built yet; use --profile paper");
    }
    let list = settings::repositories(args)?;
    let mining = Mining::at(&args.out);
    refuse_foreign_folder(&mining)?;
    let options = Options {
        profile: args.profile,
        mirrors: args.mirrors.clone(),
        ..Options::new(settings::cache_folder(args.cache.as_ref()))
    };
    let bar = ui.bar("mine", list.repos.len() as u64, "repositories");
    let mine_one = |spec: &RepoSpec| {
        let shard = shard(spec, &options, &mining, &Progress { bar: &bar });
        bar.inc(1);
        shard.with_context(|| format!("cannot mine {}", spec.name))
    };
    let results: Vec<Result<Shard>> = list.repos.par_iter().map(mine_one).collect();
    bar.finish_and_clear();
    let (mut shards, mut failures) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(shard) => shards.push(shard),
            Err(error) => failures.push(error),
        }
    }
    settle(failures, list.repos.len(), args.skip_failed, ui)?;
    let index = mining.write_index(args.profile, Track::Static, shards)?;
    for shard in index.repos.iter().filter(|_| index.repos.len() <= LISTED) {
        let [commit, drafts, selected] =
            [&shard.commit.as_str()[..12], &shard.drafts.to_string(), &shard.selected.to_string()];
        ui.note(&format!("{:44} {commit}  {drafts:>6} tasks, {selected:>4} selected", shard.repo.as_str()));
    }
    let (drafts, selected): (u64, u64) =
        (index.repos.iter().map(|s| s.drafts).sum(), index.repos.iter().map(|s| s.selected).sum());
    ui.data(&format!("{drafts}\t{selected}\t{}", args.out.display()));
    Ok(Answer::Done)
}

/// The shard of one repository, mined unless a complete one stands there.
fn shard(spec: &RepoSpec, options: &Options, mining: &Mining, observer: &dyn Observer) -> Result<Shard> {
    let commit = miner::open(spec, options, observer)?.resolve(spec.rev.as_deref())?;
    let key = key(spec, options)?;
    if let Some(shard) = mining.shard(&spec.name, &commit, &key) {
        return Ok(Shard { licence: spec.licence.clone(), partition: spec.partition, ..shard });
    }
    let pinned = RepoSpec { rev: Some(commit.to_string()), ..spec.clone() };
    let outcome = miner::mine(&pinned, options, observer)?;
    let skipped = outcome.statistics.skipped.iter().map(|(reason, count)| (reason.name().to_owned(), *count));
    let shard = Shard {
        repo: spec.name.clone(),
        commit: outcome.commit.clone(),
        key,
        licence: spec.licence.clone(),
        partition: spec.partition,
        drafts: outcome.drafts.len() as u64,
        selected: outcome.drafts.iter().filter(|draft| draft.rank.is_some()).count() as u64,
        counts: outcome.statistics.counts(),
        skipped: skipped.collect(),
        hashes: [String::new(), String::new()],
    };
    Ok(mining.write_shard(shard, outcome.drafts, outcome.sources)?)
}

/// A hash of everything but the commit that decides a shard.
fn key(spec: &RepoSpec, options: &Options) -> Result<String> {
    let needs = spec.needs.as_deref().map(bench::file::hash).transpose()?;
    let parts = format!("{}\n{}\n{}", env!("CARGO_PKG_VERSION"), options.profile, needs.unwrap_or_default());
    Ok(bench::TaskId::of(&[parts.as_bytes()]).to_string())
}

/// Refuses to write beside files that no `mine` left there.
fn refuse_foreign_folder(mining: &Mining) -> Result<()> {
    let root: &Path = mining.root();
    let ours = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        ["mining.json", "drafts", "sources", "outcomes"].contains(&name.trim_end_matches(".partial"))
    };
    let foreign = std::fs::read_dir(root).is_ok_and(|entries| entries.flatten().any(|entry| !ours(&entry)));
    if root.is_file() || foreign {
        bail!("{} holds something that `mine` did not write; choose another --out", root.display());
    }
    Ok(())
}

/// Reports every failure; fails unless the caller wants to go on without them and something is left.
fn settle(failures: Vec<anyhow::Error>, total: usize, skip: bool, ui: &Ui) -> Result<()> {
    let failed = failures.len();
    match failures.into_iter().reduce(|first, other| {
        ui.fault(&format!("{other:#}"));
        first
    }) {
        None => Ok(()),
        Some(error) if skip && failed < total => {
            ui.fault(&format!("{error:#}"));
            ui.fault(&format!("{failed} of {total} repositories failed and are left out"));
            Ok(())
        }
        Some(error) if total == 1 => Err(error),
        Some(error) => {
            let rest =
                format!("{failed} of {total} repositories failed; mend them, or leave them out with --skip-failed");
            Err(anyhow!("{error:#}\n{rest}"))
        }
    }
}

/// Shows what one repository is at.
struct Progress<'a> {
    bar: &'a ProgressBar,
}

impl Observer for Progress<'_> {
    fn hear(&self, repo: &RepoId, event: Event) {
        let doing = match event {
            Event::Cloning { received, total: 0 } => format!("cloning, {received} objects"),
            Event::Cloning { received, total } => format!("cloning, {received} of {total} objects"),
            Event::Reading { files } => format!("reading {files} files"),
            Event::Extracting { done, total } => format!("extracting, {done} of {total} test files"),
            _ => String::new(),
        };
        self.bar.set_message(format!("{repo}: {doing}"));
    }
}
