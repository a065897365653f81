//! What mining takes and what it returns.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bench::{CommitId, Draft, Profile, RepoId, SourceFile};

use crate::filter::SkipReason;
use crate::select::Caps;

/// Bytes of a Python file at most: larger ones are counted, not read. Our choice, far above any source file.
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// How repositories are mined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The rules; only [`Profile::Paper`] is built.
    pub profile: Profile,
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
        let cache = cache.into();
        Self { profile: Profile::Paper, caps: Caps::default(), max_file_bytes: MAX_FILE_BYTES, cache, mirrors: None }
    }
}

/// What a repository gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The repository.
    pub repo: RepoId,
    /// The commit that was read.
    pub commit: CommitId,
    /// Every assertion that passed the filters: files by path, walk order inside (R9, R45).
    pub drafts: Vec<Draft>,
    /// Test and production files, by path.
    pub sources: Vec<SourceFile>,
    /// Counts.
    pub statistics: Statistics,
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
    /// Test files whose syntax was read from the abstract tree, because the pinned grammar does not cover them.
    pub abstract_files: u64,
    /// Assertions found, rejected ones included.
    pub extracted: u64,
    /// Assertions that passed the filters.
    pub drafts: u64,
    /// Of these, the ones of the balanced selection.
    pub selected: u64,
    /// Labels that no assertion took.
    pub unused_labels: u64,
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
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    }

    pub(crate) fn skip(&mut self, reason: SkipReason, count: u64) {
        *self.skipped.entry(reason).or_default() += count;
    }
}
