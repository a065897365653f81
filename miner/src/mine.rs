//! One repository from its source to its drafts.

use std::collections::BTreeSet;
use std::path::Path;

use bench::{CommitId, EvolutionTables, Partition, Profile, RepoId, RepoPath, RepoSpec, Role, SourceFile};

use crate::clone;
use crate::error::Result;
use crate::evolve::{self, Job, Scope, Tally, View};
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

/// Mines the static track of one repository (section 4) at the pinned revision, on the calling thread.
///
/// # Errors
/// If the repository cannot be cloned, opened or read, the revision names no commit, or the labels are malformed.
pub fn mine(spec: &RepoSpec, options: &Options, observer: &dyn Observer) -> Result<Outcome> {
    let needs = spec.needs.as_deref().map_or_else(|| Ok(Needs::default()), Needs::read)?;
    let repository = open(spec, options, observer)?;
    let commit = repository.resolve(spec.rev.as_deref())?;
    let tree = Tree::read(&repository, &commit)?;
    observer.hear(&spec.name, Event::Reading { files: tree.len() });
    let files = separate(&tree, options.max_file_bytes, options.profile)?;
    let statistics = Statistics {
        files: tree.len(),
        test_files: files.tests.len() as u64,
        production_files: files.production.len() as u64,
        framework: match options.profile {
            Profile::Paper => None,
            Profile::Strict => Some(Framework::of(&tree, &files.tests)?),
        },
        skipped: files.skipped.clone(),
        ..Statistics::default()
    };
    let mut run = Snapshot::new(&spec.name, &commit, needs, statistics);
    let mut drafts = run.drafts(&files.tests, options.profile, observer)?;
    run.rank(&mut drafts, options);
    let statistics = Statistics { unused_labels: run.needs.unused(), ..run.statistics };
    let sources = sources(&spec.name, &commit, files);
    Ok(Outcome { repo: spec.name.clone(), commit, drafts, sources, statistics })
}

/// Mines the evolution track of one repository up to `head`, into `tables`, on the calling thread.
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
    let repository = open(spec, options, observer)?;
    let (view, tests) = match spec.partition {
        Some(Partition::OodTest) => (View::OutOfDistribution, BTreeSet::new()),
        _ => (View::InDistribution, tests),
    };
    let scope = Scope::new(options.profile, options.max_file_bytes, tests);
    let job = Job { repo: &spec.name, repository: &repository, head, scope, view, options };
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
