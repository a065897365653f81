//! One repository from its source to its drafts.

use std::collections::BTreeSet;
use std::path::Path;

use bench::{CommitId, EvolutionTables, Partition, Profile, RepoId, RepoPath, RepoSpec, Role, SourceFile};

use crate::clone;
use crate::error::Result;
use crate::evolve::{self, Handles, Job, Scope, Tally, View};
use crate::needs::Needs;
use crate::observer::{Event, Observer};
use crate::outcome::{Options, Outcome, Statistics};
use crate::repository::Repository;
use crate::separate::{Separated, separate};
use crate::snapshot::Snapshot;
use crate::strict::Framework;
use crate::tree::Tree;

/// Opens the repository of `spec`; if its source is a URL, its mirror, or a clone in the cache, made if need be.
///
/// # Errors
/// If it cannot be cloned or opened.
pub fn open(spec: &RepoSpec, options: &Options, observer: &dyn Observer) -> Result<Repository> {
    if !bench::is_url(&spec.source) {
        return Repository::open(Path::new(&spec.source));
    }
    let mirror = options.mirrors.as_deref().map(|folder| clone::mirror_path(folder, &spec.name));
    match mirror.filter(|path| path.exists()) {
        Some(path) => Repository::open(&path),
        None => Repository::open(&clone::cached(&spec.source, &spec.name, &options.cache, observer)?),
    }
}

/// The files of one commit, told apart: what the static track is extracted from, and the evolution track is told.
pub struct Files<'a> {
    repo: &'a RepoId,
    commit: CommitId,
    needs: Needs,
    separated: Separated,
    statistics: Statistics,
}

/// Reads the files of one repository at the pinned revision (R35–R38).
///
/// # Errors
/// If the repository cannot be cloned, opened or read, the revision names no commit, or the labels are malformed.
pub fn read<'a>(spec: &'a RepoSpec, options: &Options, observer: &dyn Observer) -> Result<Files<'a>> {
    let needs = spec.needs.as_deref().map_or_else(|| Ok(Needs::default()), Needs::read)?;
    let repository = open(spec, options, observer)?;
    let commit = repository.resolve(spec.rev.as_deref())?;
    Ok(Files { needs, ..read_commit(&spec.name, &repository, &commit, options, observer)? })
}

/// Reads the files at one commit of an opened repository, which is to be called `repo`; nothing is known of what they need.
///
/// # Errors
/// If the tree cannot be read.
pub(crate) fn read_commit<'a>(
    repo: &'a RepoId,
    repository: &Repository,
    commit: &CommitId,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Files<'a>> {
    let tree = Tree::read(repository, commit)?;
    observer.hear(repo, Event::Reading { files: tree.len() });
    let separated = separate(&tree, options.max_file_bytes, options.profile)?;
    let statistics = Statistics {
        files: tree.len(),
        test_files: separated.tests.len() as u64,
        production_files: separated.production.len() as u64,
        framework: match options.profile {
            Profile::Paper => None,
            Profile::Strict => Some(Framework::of(&tree, &separated.tests)?),
        },
        skipped: separated.skipped.clone(),
        ..Statistics::default()
    };
    Ok(Files { repo, commit: commit.clone(), needs: Needs::default(), separated, statistics })
}

impl Files<'_> {
    /// The paths of the test files.
    pub fn tests(&self) -> BTreeSet<RepoPath> {
        self.separated.tests.keys().cloned().collect()
    }

    /// All of them with their texts, by path.
    pub(crate) fn sources(self) -> Vec<SourceFile> {
        sources(self.repo, &self.commit, self.separated)
    }

    /// The static track (section 4).
    ///
    /// # Errors
    /// If the observer does not want to go on.
    pub fn mine(self, options: &Options, observer: &dyn Observer) -> Result<Outcome> {
        let Self { repo, commit, needs, separated, statistics } = self;
        let mut run = Snapshot::new(repo, &commit, needs, statistics);
        let mut drafts = run.drafts(separated.tests.iter(), options.profile, observer)?;
        run.rank(&mut drafts, options);
        let statistics = Statistics { unused_labels: run.needs.unused(), ..run.statistics };
        let sources = sources(repo, &commit, separated);
        Ok(Outcome { repo: repo.clone(), commit, drafts, sources, statistics })
    }
}

/// Mines the static track of one repository (section 4) at the pinned revision.
///
/// # Errors
/// As [`read`] and [`Files::mine`].
pub fn mine(spec: &RepoSpec, options: &Options, observer: &dyn Observer) -> Result<Outcome> {
    read(spec, options, observer)?.mine(options, observer)
}

/// Mines the evolution track of one repository up to `head`, into `tables`, on all threads.
///
/// `tests` are the test files of the static track at `head` (R38): under the profile `paper`, what their content decided
/// there holds for all of history (R41). The reference had no such list for the repositories out of distribution.
///
/// # Errors
/// If the repository cannot be opened or read, a limit is exceeded, the observer wants to stop, or a table cannot be
/// written.
pub fn evolve(
    spec: &RepoSpec,
    head: &CommitId,
    tests: BTreeSet<RepoPath>,
    options: &Options,
    tables: &mut EvolutionTables,
    observer: &dyn Observer,
) -> Result<Tally> {
    let path = open(spec, options, observer)?.path;
    let (view, tests) = match spec.partition {
        Some(Partition::OodTest) => (View::OutOfDistribution, BTreeSet::new()),
        _ => (View::InDistribution, tests),
    };
    let scope = Scope::new(options.profile, options.max_file_bytes, tests);
    let handles = Handles::new(&path);
    let job = Job { repo: &spec.name, handles, head, scope, view, options };
    evolve::evolve(&job, tables, observer)
}

fn sources(repo: &RepoId, commit: &CommitId, files: Separated) -> Vec<SourceFile> {
    let source = |role| move |(path, text)| SourceFile { repo: repo.clone(), commit: commit.clone(), path, role, text };
    let tests = files.tests.into_iter().map(source(Role::Test));
    let mut sources: Vec<SourceFile> =
        tests.chain(files.production.into_iter().map(source(Role::Production))).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}
