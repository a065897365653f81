//! What mining takes and what it returns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bench::{CommitId, Draft, Profile, RepoId, RepoPath, Role, SourceFile};

use crate::filter::SkipReason;
use crate::select::Caps;
use crate::strict::{Choice, Framework};

/// Bytes of a Python file at most: larger ones are counted, not read. Our choice, far above any source file.
pub const MAX_FILE_BYTES: usize = 8 << 20;

/// How repositories are mined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The rules.
    pub profile: Profile,
    /// Which assertions `strict` keeps where a limit binds; `paper` always keeps the shortest.
    pub choice: Choice,
    /// Limits of the balanced selection.
    pub caps: Caps,
    /// Bytes of a Python file at most.
    pub max_file_bytes: usize,
    /// Folder of the bare clones of URLs.
    pub cache: PathBuf,
    /// Folder of mirrors, which is looked into before a URL is cloned.
    pub mirrors: Option<PathBuf>,
}

impl Options {
    /// The benchmark's own options, with clones in the folder `cache`.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self {
            profile: Profile::Paper,
            choice: Choice::default(),
            caps: Caps::default(),
            max_file_bytes: MAX_FILE_BYTES,
            cache: cache.into(),
            mirrors: None,
        }
    }
}

/// What a repository gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The repository.
    pub repo: RepoId,
    /// The commit that was read.
    pub commit: CommitId,
    /// Every assertion that passed the filters: files by path (R45), inside them in the order of the profile.
    pub drafts: Vec<Draft>,
    /// Test and production files, by path.
    pub sources: Vec<SourceFile>,
    /// Counts.
    pub statistics: Statistics,
}

impl Outcome {
    /// The paths of the test files.
    pub fn tests(&self) -> BTreeSet<RepoPath> {
        let tests = self.sources.iter().filter(|source| source.role == Role::Test);
        tests.map(|source| source.path.clone()).collect()
    }
}

/// Counts of one mining run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Files and links of the tree.
    pub files: u64,
    /// Test files (R38).
    pub test_files: u64,
    /// Production files (R133).
    pub production_files: u64,
    /// Test files that Python 3.12 does not parse.
    pub invalid_files: u64,
    /// Test files whose syntax was read from the abstract tree, because the pinned grammar does not cover them or
    /// the profile is `strict`.
    pub abstract_files: u64,
    /// Assertions found, rejected ones included.
    pub extracted: u64,
    /// Assertions that passed the filters.
    pub drafts: u64,
    /// Of these, the ones of the balanced selection.
    pub selected: u64,
    /// Labels that no assertion took.
    pub unused_labels: u64,
    /// The test frameworks in use, which only `strict` looks for (R34).
    pub framework: Option<Framework>,
    /// Rejected assertions and files, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
}

impl Statistics {
    /// The counts but the rejections, by name.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let counts = [
            ("files", self.files),
            ("test_files", self.test_files),
            ("production_files", self.production_files),
            ("invalid_files", self.invalid_files),
            ("abstract_files", self.abstract_files),
            ("extracted", self.extracted),
            ("drafts", self.drafts),
            ("selected", self.selected),
            ("unused_labels", self.unused_labels),
        ];
        let framework = self.framework.into_iter().flat_map(|framework| {
            [("pytest_dependency", u64::from(framework.pytest)), ("unittest_import", u64::from(framework.unittest))]
        });
        counts.into_iter().chain(framework).map(|(name, count)| (name.to_owned(), count)).collect()
    }

    pub(crate) fn skip(&mut self, reason: SkipReason, count: u64) {
        *self.skipped.entry(reason).or_default() += count;
    }
}
