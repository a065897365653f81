//! A history up to its newest commit: which commits are kept, and what stands in them.

use std::collections::BTreeSet;

use bench::{CommitId, Profile, RepoPath, RepoView, SourceFile};

use super::{Live, Memory};
use crate::RULES_VERSION;
use crate::error::Result;
use crate::evolve::{View, diffs, follow, python_files};
use crate::history::{History, Limits};
use crate::observer::Observer;
use crate::repository::Repository;
use crate::rules::{self, FileRules};
use crate::separate::{MAX_TEXT_BYTES, test_paths};
use crate::tree::Tree;

/// What git calls the files whose words shape diffs (R106).
const ATTRIBUTES: &[u8] = b".gitattributes";

/// A history with what its newest commit says of all of it.
pub struct Survey<'a> {
    live: &'a Live,
    head: CommitId,
    /// Files that their content makes test files at the head (R41).
    tests: BTreeSet<RepoPath>,
    /// Bytes of text in test files there, at least.
    test_bytes: u64,
    rules: String,
}

/// Kept commits, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCommits {
    /// The commits.
    pub commits: Vec<CommitId>,
    /// What the next survey may be told.
    pub memory: Memory,
}

impl<'a> Survey<'a> {
    pub(super) fn new(live: &'a Live, head: &CommitId, memory: Option<&Memory>) -> Result<Self> {
        let repository = Repository::open(&live.path)?;
        let history = History::open(&repository, Limits::default())?;
        let (tests, test_bytes) = match (live.options.profile, live.view()) {
            (Profile::Strict, _) | (Profile::Paper, View::OutOfDistribution) => (BTreeSet::new(), 0),
            (Profile::Paper, View::InDistribution) => {
                let tree = Tree::read(&repository, head)?;
                let known =
                    memory.map(|memory| Self::changed_tests(live, &repository, &history, &tree, (head, memory)));
                match known.transpose()?.flatten() {
                    Some(known) => known,
                    None => Self::all_tests(live, &tree)?,
                }
            }
        };
        let mut survey = Self { live, head: head.clone(), tests, test_bytes, rules: String::new() };
        survey.rules = survey.digest(&repository, &history)?;
        Ok(survey)
    }

    /// A digest of everything but the commits themselves that decides which commits are kept and what their diffs say: the
    /// version of the rules, and what the newest commit says of all others.
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// The kept commits after those that an earlier survey left in `memory`, whose rules must have been the same; all of
    /// them without. None if its newest commit is no first-parent ancestor of this one's.
    ///
    /// # Errors
    /// If an object cannot be read, or `memory` is not of this repository.
    pub fn kept(&self, memory: Option<Memory>, observer: &dyn Observer) -> Result<Option<KeptCommits>> {
        let job = self.live.job(&self.head, self.tests.clone());
        let memory = memory.map(|memory| (memory.head, memory.files));
        let followed = follow(&job, memory.as_ref().map(|(head, files)| (head, files.clone())), observer)?;
        Ok(followed.map(|followed| KeptCommits {
            commits: followed.kept,
            memory: Memory {
                head: self.head.clone(),
                tests: self.tests.clone(),
                test_bytes: self.test_bytes,
                files: followed.files,
            },
        }))
    }

    /// The production diff of each of `commits`, neighbours among the kept ones, `before` being the one before the first
    /// (R105–R107). Made on all threads.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn diffs(&self, before: Option<&CommitId>, commits: &[CommitId]) -> Result<Vec<String>> {
        let repository = Repository::open(&self.live.path)?;
        let trees = commits.iter().map(|commit| repository.tree_id(commit)).collect::<Result<Vec<_>>>()?;
        let first = before.map(|before| repository.tree_id(before)).transpose()?;
        let bases = std::iter::once(first).chain(trees.iter().copied().map(Some));
        let pairs: Vec<_> = bases.zip(trees.iter().copied()).collect();
        diffs(&self.live.job(&self.head, self.tests.clone()), &pairs)
    }

    /// The Python files at `commit` as the evolution track reads them.
    ///
    /// # Errors
    /// If the tree cannot be read.
    pub fn tree(&self, commit: &CommitId) -> Result<RepoView> {
        let tree = Repository::open(&self.live.path)?.tree_id(commit)?;
        let repo = &self.live.repo;
        let files = python_files(&self.live.job(&self.head, self.tests.clone()), tree)?;
        let file = |(path, role, text)| SourceFile { repo: repo.clone(), commit: commit.clone(), path, role, text };
        Ok(RepoView { repo: repo.clone(), commit: commit.clone(), files: files.into_iter().map(file).collect() })
    }

    /// The test files of the head that only their content makes such.
    fn all_tests(live: &Live, tree: &Tree<'_>) -> Result<(BTreeSet<RepoPath>, u64)> {
        let (mut tests, bytes) = test_paths(tree, live.options.max_file_bytes, live.options.profile)?;
        tests.retain(|path| !rules::is_evolution_test(path.as_str()));
        Ok((tests, bytes))
    }

    /// The same, found by looking at what changed since an earlier survey. None where that does not do: links are test files
    /// by what they lead to, and a tree with more text than is ever read has other ones.
    fn changed_tests(
        live: &Live,
        repository: &Repository,
        history: &History<'_>,
        tree: &Tree<'_>,
        (head, memory): (&CommitId, &Memory),
    ) -> Result<Option<(BTreeSet<RepoPath>, u64)>> {
        if tree.links().any(rules::is_candidate) {
            return Ok(None);
        }
        let Ok(before) = repository.tree_id(&memory.head) else { return Ok(None) };
        let rules = FileRules::of(live.options.profile);
        let (mut tests, mut bytes) = (memory.tests.clone(), memory.test_bytes);
        for change in history.differences(Some(before), repository.tree_id(head)?)? {
            let path = std::str::from_utf8(&change.path).ok().and_then(|path| RepoPath::new(path).ok());
            let Some(path) = path.filter(rules::is_candidate) else { continue };
            tests.remove(&path);
            let size = tree.size(&path)?.filter(|&size| size <= live.options.max_file_bytes);
            let Some(size) = size.filter(|_| tree.has(&path)) else { continue };
            let Ok(text) = (rules.decode)(&tree.bytes(&path)?) else { continue };
            if (rules.is_test)(&path, &text) {
                bytes += size as u64;
                if !rules::is_evolution_test(path.as_str()) {
                    tests.insert(path);
                }
            }
        }
        Ok((bytes <= MAX_TEXT_BYTES as u64).then_some((tests, bytes)))
    }

    fn digest(&self, repository: &Repository, history: &History<'_>) -> Result<String> {
        let profile = self.live.options.profile;
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        add(RULES_VERSION.as_bytes());
        add(profile.name().as_bytes());
        add(format!("{:?}", self.live.view()).as_bytes());
        add(&self.live.options.max_file_bytes.to_le_bytes());
        for path in &self.tests {
            add(path.as_str().as_bytes());
        }
        add(b"attributes");
        if profile == Profile::Paper {
            for change in history.differences(None, repository.tree_id(&self.head)?)? {
                let name = change.path.rsplit(|&byte| byte == b'/').next();
                if let Some(version) = change.new.filter(|_| name == Some(ATTRIBUTES)) {
                    add(&change.path);
                    add(version.id.as_bytes());
                }
            }
        }
        Ok(hasher.finalize().to_hex().to_string())
    }
}
