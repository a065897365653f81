//! Which files of a history are test files, and under which names they are known (R36–R43, R88).

use std::borrow::Cow;
use std::collections::BTreeSet;

use bench::{Profile, RepoPath, Role, pytext};

use crate::history::{Names, quoted_name};
use crate::{rules, strict};

/// The files that the evolution track looks at.
pub(crate) struct Scope {
    /// Bytes of a file at most.
    pub(super) max_file_bytes: usize,
    /// How listings show names.
    pub(super) names: Names,
    tests: Tests,
}

/// How test files are told from production files.
enum Tests {
    /// By their path, or because they are among these (R41).
    Listed(BTreeSet<RepoPath>),
    /// By their path, or by what this version of them holds (R40, Q36).
    Decided,
}

impl Scope {
    /// The files of `profile`; `tests` are the test files of the newest commit, which its content may have decided (R41).
    pub(crate) fn new(profile: Profile, max_file_bytes: usize, tests: BTreeSet<RepoPath>) -> Self {
        let (names, tests) = match profile {
            Profile::Paper => (Names::Quoted, Tests::Listed(tests)),
            Profile::Strict => (Names::Raw, Tests::Decided),
        };
        Self { max_file_bytes, names, tests }
    }

    /// The name under which the profile knows the path written as `bytes`.
    pub(super) fn listed<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        match self.names {
            Names::Quoted => quoted_name(bytes),
            Names::Raw => String::from_utf8_lossy(bytes),
        }
    }

    /// Whether a version of the file at `path` can be a test file, as far as its path says.
    pub(super) fn may_be_test(&self, path: &RepoPath) -> bool {
        match &self.tests {
            Tests::Listed(tests) => rules::is_evolution_test(path.as_str()) || tests.contains(path),
            Tests::Decided => rules::is_candidate(path),
        }
    }

    /// Whether the version `text` of such a file is one.
    pub(super) fn is_test(&self, path: &RepoPath, text: &str) -> bool {
        match &self.tests {
            Tests::Listed(_) => true,
            Tests::Decided => strict::files::is_test(path, text),
        }
    }

    /// What the version `text` of any Python file is to the benchmark.
    pub(super) fn role(&self, path: &RepoPath, text: &str) -> Role {
        let is_test = self.may_be_test(path) && self.is_test(path, text);
        if is_test { Role::Test } else { Role::Production }
    }

    /// What every version of the Python file at `path` is to the benchmark; none if its content decides.
    pub(super) fn role_by_path(&self, path: &RepoPath) -> Option<Role> {
        match (&self.tests, self.may_be_test(path)) {
            (_, false) => Some(Role::Production),
            (Tests::Listed(_), true) => Some(Role::Test),
            (Tests::Decided, true) => strict::files::is_test_path(path).then_some(Role::Test),
        }
    }

    /// The text of a version, or none if the profile refuses its bytes (R91, Q20).
    pub(super) fn decode(&self, bytes: Vec<u8>) -> Option<String> {
        match &self.tests {
            Tests::Listed(_) => Some(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => pytext::decode_replace(error.as_bytes()).into_owned(),
            }),
            Tests::Decided => strict::text::decode(&bytes).ok(),
        }
    }

    /// Whether the file at `path` is shown in production diffs (R42, R40).
    pub(super) fn is_in_diff(&self, path: &str) -> bool {
        match &self.tests {
            Tests::Listed(_) => rules::is_evolution_production(path),
            Tests::Decided => RepoPath::new(path).is_ok_and(|path| strict::files::is_production(&path)),
        }
    }
}
