//! One repository from its source to its drafts.

use std::path::Path;

use bench::{Assertion, CommitId, Draft, Profile, RepoId, RepoPath, RepoSpec, Role, SourceFile, TaskId};

use crate::clone;
use crate::error::{Error, Result};
use crate::extract::{Extractor, Pair};
use crate::filter::SkipReason;
use crate::needs::Needs;
use crate::observer::{Event, Observer};
use crate::outcome::{Options, Outcome, Statistics};
use crate::repository::Repository;
use crate::select::{Caps, Entry, select};
use crate::separate::{Separated, separate};
use crate::syntax::Reader;
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
    if options.profile == Profile::Strict {
        return Err(Error::Unsupported { what: "mining under the profile `strict`" });
    }
    let needs = spec.needs.as_deref().map_or_else(|| Ok(Needs::default()), Needs::read)?;
    let repository = open(spec, options, observer)?;
    let commit = repository.resolve(spec.rev.as_deref())?;
    let tree = Tree::read(&repository, &commit)?;
    observer.hear(&spec.name, Event::Reading { files: tree.len() });
    let files = separate(&tree, options.max_file_bytes)?;
    let statistics = Statistics {
        files: tree.len(),
        test_files: files.tests.len() as u64,
        production_files: files.production.len() as u64,
        skipped: files.skipped.clone(),
        ..Statistics::default()
    };
    let mut run = Run { repo: &spec.name, commit: &commit, needs, statistics };
    let mut drafts = run.drafts(&files, observer);
    run.rank(&mut drafts, options.caps);
    let statistics = Statistics { unused_labels: run.needs.unused(), ..run.statistics };
    let sources = sources(&spec.name, &commit, files);
    Ok(Outcome { repo: spec.name.clone(), commit, drafts, sources, statistics })
}

/// The state of mining one commit.
struct Run<'a> {
    repo: &'a RepoId,
    commit: &'a CommitId,
    needs: Needs,
    statistics: Statistics,
}

impl Run<'_> {
    /// The drafts of all test files, without ranks.
    fn drafts(&mut self, files: &Separated, observer: &dyn Observer) -> Vec<Draft> {
        let mut extractor = Extractor::new();
        let mut drafts = Vec::new();
        let total = files.tests.len() as u64;
        for (done, (path, text)) in files.tests.iter().enumerate() {
            observer.hear(self.repo, Event::Extracting { done: done as u64, total });
            let Some(file) = extractor.file(text) else {
                self.statistics.invalid_files += 1;
                self.statistics.skip(SkipReason::FileInvalid, 1);
                continue;
            };
            self.statistics.abstract_files += u64::from(file.reader == Reader::Abstract);
            self.statistics.extracted += file.pairs.len() as u64;
            for (reason, count) in file.skipped {
                self.statistics.extracted += count;
                self.statistics.skip(reason, count);
            }
            drafts.extend(file.pairs.into_iter().map(|pair| self.draft(path, pair)));
        }
        observer.hear(self.repo, Event::Extracting { done: total, total });
        self.statistics.drafts = drafts.len() as u64;
        drafts
    }

    fn draft(&mut self, path: &RepoPath, pair: Pair) -> Draft {
        let mut assertion = Assertion {
            id: TaskId::of(&[]),
            repo: self.repo.clone(),
            commit: self.commit.clone(),
            path: path.clone(),
            line: pair.line,
            column: pair.column,
            target_column: pair.target_column,
            kind: pair.kind,
            function: pair.function,
            class: pair.class,
            difficulty: pair.difficulty,
            multiline: pair.multiline,
            prefix: pair.prefix,
            target: pair.target,
            need: None,
        };
        assertion.id = assertion.address();
        assertion.need = self.needs.take(&assertion);
        Draft { assertion, rank: None }
    }

    /// Ranks the drafts of the balanced selection (R71).
    fn rank(&mut self, drafts: &mut [Draft], caps: Caps) {
        let entries: Vec<Entry<'_>> = drafts.iter().map(|draft| entry(&draft.assertion)).collect();
        let selected = select(&entries, caps);
        self.statistics.selected = selected.len() as u64;
        for (rank, index) in (0..).zip(selected) {
            drafts[index].rank = Some(rank);
        }
    }
}

fn entry(assertion: &Assertion) -> Entry<'_> {
    Entry {
        file: assertion.path.as_str(),
        function: &assertion.function,
        target: &assertion.target,
        multiline: assertion.multiline,
        difficulty: assertion.difficulty,
    }
}

fn sources(repo: &RepoId, commit: &CommitId, files: Separated) -> Vec<SourceFile> {
    let source = |role| move |(path, text)| SourceFile { repo: repo.clone(), commit: commit.clone(), path, role, text };
    let tests = files.tests.into_iter().map(source(Role::Test));
    let mut sources: Vec<SourceFile> =
        tests.chain(files.production.into_iter().map(source(Role::Production))).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}
