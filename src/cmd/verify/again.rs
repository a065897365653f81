//! A release against what was mined: a mining folder, or its repositories mined again.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use bench::verify::{self, Findings};
use bench::{Mining, Origin, Partition, Release, ReleasedRepo, RepoId, RepoList, RepoSpec, Seed, Shard};
use indicatif::ProgressBar;
use miner::{Options, mirror_path};
use rayon::prelude::*;
use tempfile::TempDir;

use super::{Compared, Outcome, Unread, repositories};
use crate::cli::VerifyArgs;
use crate::cmd::mine::{Progress, Run, choice};
use crate::settings;
use crate::ui::Ui;

/// Compares `release` with whatever `args` name and adds what is found to `outcome`.
pub(super) fn compare(args: &VerifyArgs, release: &Release, outcome: &mut Outcome, ui: &Ui) -> Result<()> {
    if args.mining.is_none() && args.mirrors.is_none() && args.repos.is_none() {
        return Ok(());
    }
    if release.manifest().contents.origin == Origin::Imported {
        bail!("{} was imported from tables of others; there is nothing that it was mined from", args.release.display());
    }
    match &args.mining {
        Some(folder) => with_mining(folder, release, outcome, ui),
        None => with_clones(args, release, outcome, ui),
    }
}

/// Compares with a mining folder: the whole, if it holds all repositories; if that fails or it does not, each of them.
fn with_mining(folder: &Path, release: &Release, outcome: &mut Outcome, ui: &Ui) -> Result<()> {
    let mining = Mining::at(folder);
    let index = mining.index().with_context(|| format!("{} is no folder of a finished `mine`", folder.display()))?;
    let contents = &release.manifest().contents;
    if index.profile != contents.profile || !index.tracks.contains(&contents.track) {
        let tracks: Vec<&str> = index.tracks.iter().map(|track| track.name()).collect();
        bail!(
            "{} was mined by the profile {} for {}, but the release is of the profile {} and the track {}",
            folder.display(),
            index.profile,
            tracks.join(", "),
            contents.profile,
            contents.track
        );
    }
    let shards: Vec<&Shard> = index.repos.iter().filter(|shard| contents.repo(&shard.repo).is_some()).collect();
    if shards.is_empty() {
        bail!("{} holds none of the repositories of the release", folder.display());
    }
    let scratch = scratch()?;
    let rebuilt = verify::rebuild(release, &mining, &index, &scratch.path().join("release"))?;
    let (of, known) = (repositories(release), shards.len() as u64);
    outcome.compared = Some(Compared { with: "mining", repositories: known, of, rebuilt: rebuilt.is_some() });
    let differs = rebuilt.as_ref().is_none_or(|findings| !findings.is_empty());
    outcome.findings.extend(rebuilt.unwrap_or_default());
    if differs {
        let bar = ui.bar("compare", known, "repositories");
        let each = shards.par_iter().map(|shard| {
            let found = reproduce(release, &mining, shard);
            bar.inc(1);
            (shard.repo.clone(), found)
        });
        let each: Vec<(RepoId, Result<Findings>)> = each.collect();
        bar.finish_and_clear();
        take(each, outcome);
    }
    Ok(())
}

/// Mines the repositories again, each into a folder that is gone when it was compared.
fn with_clones(args: &VerifyArgs, release: &Release, outcome: &mut Outcome, ui: &Ui) -> Result<()> {
    let contents = &release.manifest().contents;
    let list = args.repos.as_deref().map(RepoList::read).transpose()?;
    let listed: BTreeMap<&RepoId, &RepoSpec> =
        list.iter().flat_map(|list| &list.repos).map(|spec| (&spec.name, spec)).collect();
    let chosen = sample(&contents.repos, args.sample, Seed(args.seed));
    let options = Options {
        profile: contents.profile,
        choice: choice(contents.profile, args.keep)?,
        mirrors: args.mirrors.clone(),
        ..Options::new(settings::cache_folder(args.cache.as_ref()))
    };
    let scratch = scratch()?;
    let bar = ui.bar("mine again", chosen.len() as u64, "repositories");
    let again = Again { args, release, listed, options, scratch: scratch.path(), bar: &bar };
    let each: Vec<(RepoId, Result<Findings>)> = chosen
        .par_iter()
        .map(|known| {
            let found = again.one(known);
            bar.inc(1);
            (known.repo.clone(), found)
        })
        .collect();
    bar.finish_and_clear();
    let read = each.iter().filter(|(_, found)| found.is_ok()).count() as u64;
    outcome.compared = Some(Compared { with: "clones", repositories: read, of: repositories(release), rebuilt: false });
    take(each, outcome);
    Ok(())
}

/// `count` of `repos`, drawn by `seed`, in their order; all if no number is given.
fn sample(repos: &[ReleasedRepo], count: Option<u32>, seed: Seed) -> Vec<&ReleasedRepo> {
    let lot = |known: &ReleasedRepo| (seed.derive("verify").derive(known.repo.as_str()).0, known.repo.clone());
    let mut lots: Vec<(u64, RepoId)> = repos.iter().map(lot).collect();
    lots.sort();
    lots.truncate(count.map_or(usize::MAX, |count| count as usize));
    let drawn: std::collections::BTreeSet<RepoId> = lots.into_iter().map(|(_, repo)| repo).collect();
    repos.iter().filter(|known| drawn.contains(&known.repo)).collect()
}

/// What mining again needs.
struct Again<'a> {
    args: &'a VerifyArgs,
    release: &'a Release,
    listed: BTreeMap<&'a RepoId, &'a RepoSpec>,
    options: Options,
    scratch: &'a Path,
    bar: &'a ProgressBar,
}

impl Again<'_> {
    fn one(&self, known: &ReleasedRepo) -> Result<Findings> {
        let spec = self.spec(known)?;
        let folder = self.scratch.join(known.repo.file_stem());
        let mining = Mining::at(&folder);
        let progress = Progress::new(self.bar, self.args.time_limit);
        let tracks = [self.release.manifest().contents.track];
        let run = Run { spec: &spec, options: &self.options, tracks: &tracks, mining: &mining, observer: &progress };
        let found = run.shard().and_then(|shard| reproduce(self.release, &mining, &shard));
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        found
    }

    /// The repository as it was mined: at the commit of the release, from the list or its mirror.
    fn spec(&self, known: &ReleasedRepo) -> Result<RepoSpec> {
        let rev = Some(known.commit.to_string());
        // Only whether a repository is out of distribution decides how it is mined (R41).
        let partition = (known.partition == Partition::OodTest).then_some(Partition::OodTest);
        if let Some(spec) = self.listed.get(&known.repo) {
            return Ok(RepoSpec { rev, partition, ..(*spec).clone() });
        }
        if self.args.repos.is_some() {
            return Err(anyhow!("the list does not name it; add a [[repo]] with its source"));
        }
        let folder = self.args.mirrors.as_deref().context("no mirrors are given")?;
        let path = mirror_path(folder, &known.repo);
        if !path.exists() {
            return Err(anyhow!("there is no mirror {}; make it with `fetch`", path.display()));
        }
        Ok(RepoSpec { rev, partition, ..RepoSpec::new(known.repo.clone(), path.to_string_lossy()) })
    }
}

fn reproduce(release: &Release, mining: &Mining, shard: &Shard) -> Result<Findings> {
    Ok(verify::reproduce(release, mining, shard)?)
}

/// Takes what was found of each repository.
fn take(each: Vec<(RepoId, Result<Findings>)>, outcome: &mut Outcome) {
    for (repo, found) in each {
        match found {
            Ok(findings) => outcome.findings.extend(findings),
            Err(error) => outcome.unread.push(Unread { repo: repo.to_string(), reason: format!("{error:#}") }),
        }
    }
}

/// A folder for what is only compared; it goes with the value.
fn scratch() -> Result<TempDir> {
    tempfile::Builder::new().prefix("repopeft-verify-").tempdir().context("cannot make a temporary folder")
}
