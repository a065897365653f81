//! What a method needs before it can answer.

use bench::{MethodProfile, VectorKind};

/// A method under a profile, as far as a run over many of them must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Its name, which says the profile.
    pub(crate) method: String,
    /// The profile.
    pub(crate) profile: MethodProfile,
    /// The training whose artifact it reads, if it is a trained one.
    pub(crate) training: Option<Training>,
    /// The vectors of repositories that its network reads.
    pub(crate) vectors: Vec<Vectors>,
    /// Whether it compares texts by vectors while it answers.
    pub(crate) encoder: bool,
}

/// A file of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vectors {
    /// What there is a vector of.
    pub(crate) kind: VectorKind,
    /// Whether test files are left out on demand; kinds that never read them are not asked.
    pub(crate) exclude_tests: bool,
}

impl std::fmt::Display for Vectors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tests = if self.exclude_tests { "-without-tests" } else { "" };
        write!(f, "{}{tests}", self.kind)
    }
}

/// A training that one or several methods need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Training {
    /// The id that `train` knows it by.
    pub(crate) recipe: String,
    /// The same with the profile, for folders.
    pub(crate) name: String,
    /// The profile.
    pub(crate) profile: MethodProfile,
    /// Whether it makes many adapters, which share the budget.
    pub(crate) shares_budget: bool,
}
