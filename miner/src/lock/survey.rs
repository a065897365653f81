//! What the files of a pinned commit say: test files, tasks, and the use of a test framework.

use bench::{Difficulty, Profile, RepoPath, pytext};

use crate::error::Result;
use crate::extract::Extractor;
use crate::outcome::MAX_FILE_BYTES;
use crate::rules;
use crate::select::{Caps, Entry, select};
use crate::syntax::Module;
use crate::tree::Tree;

/// The files that may name pytest, all in the root (R21).
pub const DEPENDENCY_FILES: [&str; 7] = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "Pipfile",
];
/// Packages whose import in a test file shows that it is one (R34).
const FRAMEWORKS: [&str; 2] = ["pytest", "unittest"];

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Files whose name ends in `.py`.
    pub(super) python_files: u64,
    /// Test files (R38).
    pub(super) test_files: u64,
    /// Tasks of the balanced selection (R71).
    pub(super) tasks: u64,
    /// The file that shows the use of a test framework.
    pub(super) evidence: Option<RepoPath>,
}

/// Whether the text of a dependency file shows the use of pytest (R21).
///
/// ```
/// assert!(miner::lock::names_pytest("[tool.PyTest.ini_options]"));
/// ```
pub fn names_pytest(text: &str) -> bool {
    text.to_ascii_lowercase().contains("pytest")
}

/// Surveys `tree`. Evidence is a dependency file that names pytest (R21), and in `strict` also a test file that imports
/// pytest or unittest (R34, C3).
///
/// # Errors
/// If an object is missing or damaged.
pub(super) fn survey(tree: &Tree<'_>, profile: Profile) -> Result<Survey> {
    let mut survey = Survey { evidence: dependency(tree)?, ..Survey::default() };
    let mut extractor = Extractor::new();
    let mut pairs: Vec<FoundPair> = Vec::new();
    for path in tree.paths().filter(|path| path.as_str().as_bytes().ends_with(b".py")) {
        survey.python_files += 1;
        let Some(text) = rules::is_candidate(path).then(|| text(tree, path)).transpose()?.flatten() else { continue };
        if !rules::is_test_path(path) && !rules::is_test_content(&text) {
            continue;
        }
        survey.test_files += 1;
        if survey.evidence.is_none() && profile == Profile::Strict && imports_framework(&text) {
            survey.evidence = Some(path.clone());
        }
        for pair in extractor.file(&text).into_iter().flat_map(|file| file.pairs) {
            let file = survey.test_files;
            let (difficulty, multiline) = (pair.difficulty, pair.multiline);
            let target = pair.target;
            pairs.push(FoundPair { file: file.to_string(), function: pair.function, target, multiline, difficulty });
        }
    }
    let entries: Vec<Entry<'_>> = pairs.iter().map(FoundPair::entry).collect();
    survey.tasks = select(&entries, Caps::default()).len() as u64;
    Ok(survey)
}

/// A pair without its prefix.
struct FoundPair {
    /// The number of its file.
    file: String,
    function: String,
    target: String,
    multiline: bool,
    difficulty: Difficulty,
}

impl FoundPair {
    fn entry(&self) -> Entry<'_> {
        Entry {
            file: &self.file,
            function: &self.function,
            target: &self.target,
            multiline: self.multiline,
            difficulty: self.difficulty,
        }
    }
}

/// The first dependency file that names pytest.
fn dependency(tree: &Tree<'_>) -> Result<Option<RepoPath>> {
    for name in DEPENDENCY_FILES {
        let path = RepoPath::new(name)?;
        if text(tree, &path)?.is_some_and(|text| names_pytest(&text)) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn imports_framework(text: &str) -> bool {
    Module::parse(text).is_some_and(|module| module.imports(&FRAMEWORKS))
}

/// The text of the file that `path` leads to, if it is one of sensible size.
fn text(tree: &Tree<'_>, path: &RepoPath) -> Result<Option<String>> {
    let Some(target) = tree.follow(path)? else { return Ok(None) };
    if tree.size(&target)?.is_none_or(|size| size > MAX_FILE_BYTES) {
        return Ok(None);
    }
    Ok(Some(pytext::universal_newlines(&pytext::decode_ignore(&tree.bytes(&target)?)).into_owned()))
}
