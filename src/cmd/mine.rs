//! `mine`: from repositories to drafts, one shard a repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use bench::{Mining, Partition, Profile, RepoId, RepoSpec, Shard, ShardTable, Track};
use indicatif::ProgressBar;
use miner::{Choice, Event, Observer, Options, RULES_VERSION, Statistics};
use rayon::prelude::*;

use crate::cli::{Keep, MineArgs};
use crate::exit::Answer;
use crate::settings;
use crate::ui::Ui;

/// Repositories that are listed one by one, at most.
const LISTED: usize = 30;

/// Mines every repository of `args` into `args.out`; complete shards are used again.
pub(crate) fn run(args: &MineArgs, ui: &mut Ui) -> Result<Answer> {
    let choice = choice(args.profile, args.keep)?;
    let list = settings::repositories(args)?;
    let mining = Mining::at(&args.out);
    refuse_foreign_folder(&mining)?;
    refuse_other_profile(&mining, args.profile)?;
    let _claimed = bench::file::claim_folder(mining.root())?;
    let options = Options {
        profile: args.profile,
        choice,
        mirrors: args.mirrors.clone(),
        ..Options::new(settings::cache_folder(args.cache.as_ref()))
    };
    let bar = ui.bar("mine", list.repos.len() as u64, "repositories");
    let mine_one = |spec: &RepoSpec| {
        let progress = Progress::new(&bar, args.time_limit);
        let run = Run { spec, options: &options, tracks: &args.tracks, mining: &mining, observer: &progress };
        let shard = run.shard();
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
    let index = mining.write_index(args.profile, args.tracks.clone(), shards)?;
    for shard in index.repos.iter().filter(|_| index.repos.len() <= LISTED) {
        let [commit, drafts, selected] =
            [&shard.commit.as_str()[..12], &shard.rows(ShardTable::Drafts).to_string(), &shard.selected.to_string()];
        ui.note(&format!("{:44} {commit}  {drafts:>6} tasks, {selected:>4} selected", shard.repo.as_str()));
    }
    let (drafts, selected): (u64, u64) =
        (index.repos.iter().map(|s| s.rows(ShardTable::Drafts)).sum(), index.repos.iter().map(|s| s.selected).sum());
    ui.data(&format!("{drafts}\t{selected}\t{}", args.out.display()));
    Ok(Answer::Done)
}

/// Test files beyond which the tracks of a repository are mined one after the other, so that the memory that both take
/// is not taken at once. Our choice: far more than any real repository has.
const TESTS_AT_ONCE: usize = 100_000;

/// The mining of one repository.
pub(super) struct Run<'a> {
    pub(super) spec: &'a RepoSpec,
    pub(super) options: &'a Options,
    pub(super) tracks: &'a [Track],
    pub(super) mining: &'a Mining,
    pub(super) observer: &'a dyn Observer,
}

impl Run<'_> {
    /// The repository's shard, mined unless a complete one stands there.
    pub(super) fn shard(&self) -> Result<Shard> {
        let spec = self.spec;
        let commit = miner::open(spec, self.options, self.observer)?.resolve(spec.rev.as_deref())?;
        let key = self.key()?;
        if let Some(shard) = self.mining.shard(&spec.name, &commit, &key) {
            let (licence, address, partition) = (spec.licence.clone(), spec.address(), spec.partition);
            return Ok(Shard { licence, address, partition, ..shard });
        }
        let pinned = RepoSpec { rev: Some(commit.to_string()), ..spec.clone() };
        let files = miner::read(&pinned, self.options, self.observer)?;
        let tests = files.tests();
        let many = tests.len() > TESTS_AT_ONCE;
        let mut writer = self.mining.start(&spec.name)?;
        let mut tables = self.tracks.contains(&Track::Evolution).then(|| writer.evolution()).transpose()?;
        let snapshot = || -> Result<Statistics> {
            let outcome = files.mine(self.options, self.observer)?;
            writer.snapshot(outcome.drafts, outcome.sources)?;
            Ok(outcome.statistics)
        };
        let evolution = || {
            let evolve = |tables| miner::evolve(&pinned, &commit, tests, self.options, tables, self.observer);
            tables.as_mut().map(evolve).transpose()
        };
        let (statistics, tally) = if many { (snapshot(), evolution()) } else { rayon::join(snapshot, evolution) };
        let (statistics, tally) = (statistics?, tally?);
        tables.map(|tables| writer.close(tables)).transpose()?;
        let skipped = statistics.skipped.iter().map(|(reason, count)| (reason.name().to_owned(), *count));
        let (mut counts, skipped, selected) = (statistics.counts(), skipped.collect(), statistics.selected);
        let tally = tally.iter().flat_map(miner::Tally::counts);
        counts.extend(tally.map(|(name, count)| (name.to_owned(), count)));
        let (repo, licence, partition) = (spec.name.clone(), spec.licence.clone(), spec.partition);
        let (address, tables) = (spec.address(), BTreeMap::new());
        let shard = Shard { repo, commit, key, licence, address, partition, selected, counts, skipped, tables };
        Ok(writer.finish(shard)?)
    }

    /// A hash of everything but the commit that decides a shard.
    fn key(&self) -> Result<String> {
        let needs = self.spec.needs.as_deref().map(bench::file::hash).transpose()?.unwrap_or_default();
        let tracks: Vec<&str> = self.tracks.iter().map(|track| track.name()).collect();
        let ood = self.spec.partition == Some(Partition::OodTest);
        let parts = [RULES_VERSION, &self.rules(), &tracks.join(","), &ood.to_string(), &needs];
        Ok(bench::TaskId::of(&parts.map(str::as_bytes)).to_string())
    }

    /// The profile, with what it leaves open.
    fn rules(&self) -> String {
        match (self.options.profile, self.options.choice) {
            (Profile::Paper, _) => "paper".to_owned(),
            (Profile::Strict, Choice::Random(seed)) => format!("strict random {}", seed.0),
            (Profile::Strict, Choice::Shortest) => "strict shortest".to_owned(),
        }
    }
}

/// How `profile` chooses between tasks if `keep` is asked for.
pub(super) fn choice(profile: Profile, keep: Option<Keep>) -> Result<Choice> {
    match (profile, keep) {
        (_, None) | (Profile::Strict, Some(Keep::Random)) => Ok(Choice::default()),
        (Profile::Strict, Some(Keep::Shortest)) => Ok(Choice::Shortest),
        (Profile::Paper, Some(_)) => {
            bail!("--keep belongs to --profile strict; paper always keeps the shortest targets")
        }
    }
}

/// Refuses to write beside files that no `mine` left there.
fn refuse_foreign_folder(mining: &Mining) -> Result<()> {
    let root: &Path = mining.root();
    let ours = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        Mining::names().any(|own| own == name.trim_end_matches(".partial"))
    };
    let foreign = std::fs::read_dir(root).is_ok_and(|entries| entries.flatten().any(|entry| !ours(&entry)));
    if root.is_file() || foreign {
        bail!("{} holds something that `mine` did not write; choose another --out", root.display());
    }
    Ok(())
}

/// Refuses to write beside tasks of the other profile.
fn refuse_other_profile(mining: &Mining, profile: Profile) -> Result<()> {
    match mining.index() {
        Ok(index) if index.profile != profile => {
            bail!("{} holds tasks of the profile {}; choose another --out", mining.root().display(), index.profile)
        }
        _ => Ok(()),
    }
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

/// Shows what one repository is at, and how long it may take.
pub(super) struct Progress<'a> {
    bar: &'a ProgressBar,
    limit: Duration,
    /// When mining was first asked whether it may go on: behind the clone.
    begin: OnceLock<Instant>,
}

impl<'a> Progress<'a> {
    /// A view of one repository, which may take `seconds`, on `bar`.
    pub(super) const fn new(bar: &'a ProgressBar, seconds: u64) -> Self {
        Self { bar, limit: Duration::from_secs(seconds), begin: OnceLock::new() }
    }
}

impl Observer for Progress<'_> {
    fn hear(&self, repo: &RepoId, event: Event) {
        let doing = match event {
            Event::Cloning { received, total: 0 } => format!("cloning, {received} objects"),
            Event::Cloning { received, total } => format!("cloning, {received} of {total} objects"),
            Event::Reading { files } => format!("reading {files} files"),
            Event::Extracting { done, total } => format!("extracting, {done} of {total} test files"),
            Event::Walking { done, total } => format!("walking, {done} of {total} commits"),
            Event::Diffing { done, total } => format!("writing diffs, {done} of {total} commits"),
            _ => String::new(),
        };
        self.bar.set_message(format!("{repo}: {doing}"));
    }

    fn may_go_on(&self, _: &RepoId) -> bool {
        self.begin.get_or_init(Instant::now).elapsed() < self.limit
    }
}
