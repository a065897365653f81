//! One repository from its source to its drafts.

use std::path::Path;

use bench::{Assertion, CommitId, Draft, Profile, RepoId, RepoPath, RepoSpec, Role, SourceFile, TaskId};

use crate::clone;
use crate::error::Result;
use crate::extract::{Extractor, Pair};
use crate::filter::SkipReason;
use crate::needs::Needs;
use crate::observer::{Event, Observer};
use crate::outcome::{Options, Outcome, Statistics};
use crate::repository::Repository;
use crate::select::{Entry, select};
use crate::separate::{Separated, separate};
use crate::strict::{Framework, StrictEntry, select_strict};
use crate::syntax::Reader;
use crate::tree::Tree;

/// Opens the repository of `spec`, cloning it into `cache` first if its source is a URL.
///
/// # Errors
/// If it cannot be cloned or opened.
pub fn open(spec: &RepoSpec, cache: &Path, observer: &dyn Observer) -> Result<Repository> {
    if bench::is_url(&spec.source) {
        Repository::open(&clone::cached(&spec.source, &spec.name, cache, observer)?)
    } else {
        Repository::open(Path::new(&spec.source))
    }
}

/// Mines the static track of one repository (section 4) at the pinned revision, on the calling thread.
///
/// # Errors
/// If the repository cannot be cloned, opened or read, the revision names no commit, or the labels are malformed.
pub fn mine(spec: &RepoSpec, options: &Options, observer: &dyn Observer) -> Result<Outcome> {
    let needs = spec.needs.as_deref().map_or_else(|| Ok(Needs::default()), Needs::read)?;
    let repository = open(spec, &options.cache, observer)?;
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
    let mut run = Run { repo: &spec.name, commit: &commit, needs, statistics, functions: Vec::new() };
    let mut drafts = run.drafts(&files, options.profile, observer);
    run.rank(&mut drafts, options);
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
    /// Qualified names of the functions around the drafts, where the profile gives them.
    functions: Vec<String>,
}

impl Run<'_> {
    /// The drafts of all test files, without ranks.
    fn drafts(&mut self, files: &Separated, profile: Profile, observer: &dyn Observer) -> Vec<Draft> {
        let mut extractor = Extractor::of(profile);
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
        self.functions.extend(pair.details.map(|details| details.qualified));
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
            evolution: None,
        };
        assertion.id = assertion.address();
        assertion.need = self.needs.take(&assertion);
        Draft { assertion, rank: None }
    }

    /// Ranks the drafts of the balanced selection (R71).
    fn rank(&mut self, drafts: &mut [Draft], options: &Options) {
        let assertions = drafts.iter().map(|draft| &draft.assertion);
        let selected = match options.profile {
            Profile::Paper => select(&assertions.map(entry).collect::<Vec<_>>(), options.caps),
            Profile::Strict => {
                let entries: Vec<_> = assertions.zip(&self.functions).map(|(a, name)| strict_entry(a, name)).collect();
                select_strict(&entries, options.caps, options.choice.of_repository(self.repo))
            }
        };
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

fn strict_entry<'a>(assertion: &'a Assertion, function: &'a str) -> StrictEntry<'a> {
    StrictEntry {
        file: assertion.path.as_str(),
        function,
        target: &assertion.target,
        multiline: assertion.multiline,
        difficulty: assertion.difficulty,
        family: assertion.kind.family(),
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
