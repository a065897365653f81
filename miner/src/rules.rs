//! Test files, production files and everything else: the separation of the static track (R35–R38, R133).

mod evolution;

use bench::paper::SKIPPED_FOLDERS;
use bench::{Profile, RepoPath, pytext};

use crate::filter::SkipReason;
use crate::strict;
use crate::syntax::Module;
pub use evolution::{is_evolution_production, is_evolution_test};

/// What the profiles do differently while files are separated.
#[derive(Clone, Copy)]
pub(crate) struct FileRules {
    /// Whether a candidate with this text is a test file.
    pub(crate) is_test: fn(&RepoPath, &str) -> bool,
    /// Whether what is no test file is production code.
    pub(crate) is_production: fn(&RepoPath) -> bool,
    /// The text of a file, or why it has none.
    pub(crate) decode: fn(&[u8]) -> Result<String, SkipReason>,
}

impl FileRules {
    /// The rules of `profile`.
    pub(crate) fn of(profile: Profile) -> Self {
        match profile {
            Profile::Paper => {
                Self { is_test: |path, text| is_test_path(path) || is_test_content(text), is_production, decode }
            }
            Profile::Strict => Self {
                is_test: strict::files::is_test,
                is_production: strict::files::is_production,
                decode: strict::text::decode,
            },
        }
    }
}

/// Directories whose files are no production files (R41).
const NOT_PRODUCTION: [&str; 11] =
    [".git", "__pycache__", ".venv", "venv", "env", "node_modules", "dist", "build", ".tox", ".mypy_cache", SEPARATED];
/// The folder into which the reference moves test files (R38).
const SEPARATED: &str = "TEST_HYPERNET";
/// Words that make a test file wherever they stand, comments included (R37).
const WORDS: [&str; 6] = ["import pytest", "from pytest", "pytest.", "import unittest", "from unittest", "unittest."];
/// Suffixes of production files (R133); the first is that of test files.
const SUFFIXES: [&str; 3] = ["py", "md", "rst"];

/// Whether the file at `path` can be a test file (R35).
pub(crate) fn is_candidate(path: &RepoPath) -> bool {
    let separated = folders(path).next().is_some_and(|top| top.starts_with(SEPARATED));
    path.as_str().as_bytes().ends_with(b".py")
        && !separated
        && !folders(path).any(|folder| SKIPPED_FOLDERS.contains(&folder))
}

/// Whether the file at `path` can be a test file of an anchor (R43): as on disk, but for the folder of separated files.
pub(crate) fn is_anchor_candidate(path: &RepoPath) -> bool {
    path.as_str().as_bytes().ends_with(b".py") && !path.components().any(|part| SKIPPED_FOLDERS.contains(&part))
}

/// The path rule: some component contains "test" in any case (R36, Q34).
///
/// ```
/// assert!(miner::is_test_path(&bench::RepoPath::new("src/latest/x.py").unwrap()));
/// ```
pub fn is_test_path(path: &RepoPath) -> bool {
    path.components().any(|component| contains_ignoring_case(component, "test"))
}

/// The content rule: a word of pytest or unittest, or a definition named like a test (R37).
///
/// ```
/// assert!(miner::is_test_content("# see unittest.mock\n"));
/// assert!(!miner::is_test_content("def check(): pass\n"));
/// ```
pub fn is_test_content(text: &str) -> bool {
    WORDS.iter().any(|word| contains_ignoring_case(text, word))
        || Module::parse(text).is_some_and(|module| {
            module.defines(|function| function.starts_with("test_"), |class| contains_ignoring_case(class, "test"))
        })
}

/// Whether the file at `path` is a production file, provided it is no test file (R133).
pub(crate) fn is_production(path: &RepoPath) -> bool {
    let name = path.file_name();
    let fits = suffix(name).is_some_and(|suffix| SUFFIXES.iter().any(|known| known.eq_ignore_ascii_case(suffix)));
    fits && !name.contains(".min.") && !folders(path).any(|folder| NOT_PRODUCTION.contains(&folder))
}

/// The text as the reference reads files: invalid bytes dropped, line ends universal (R5). Never refused.
#[expect(clippy::unnecessary_wraps, reason = "the other profile refuses files")]
fn decode(bytes: &[u8]) -> Result<String, SkipReason> {
    Ok(pytext::universal_newlines(&pytext::decode_ignore(bytes)).into_owned())
}

/// The suffix of a file name without its dot: none if the dot is the first or last character (R7).
fn suffix(name: &str) -> Option<&str> {
    let (stem, suffix) = name.rsplit_once('.')?;
    (!stem.is_empty() && !suffix.is_empty()).then_some(suffix)
}

/// The folders of a path, outermost first.
pub(crate) fn folders(path: &RepoPath) -> impl Iterator<Item = &str> {
    let depth = path.components().count();
    path.components().take(depth - 1)
}

/// Whether `text`, in lower case, contains the ASCII word `word`. No character outside of ASCII becomes one of its
/// letters in lower case.
fn contains_ignoring_case(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let first = [word[0], word[0].to_ascii_uppercase()];
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|byte| first.contains(byte)) {
        from += at;
        if text.get(from..from + word.len()).is_some_and(|piece| piece.eq_ignore_ascii_case(word)) {
            return true;
        }
        from += 1;
    }
    false
}
