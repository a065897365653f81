//! One assertion statement of a test suite with all that must stand around it.

use std::collections::BTreeSet;

use bench::Family;

use super::dimension::{Answer, Dimension};
use super::state::Module;

/// Stands for the answer in [`Statement::line`].
pub(super) const GAP: char = '§';

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// In a test function.
    Function,
    /// In a method of the suite's `unittest.TestCase`.
    Method,
}

/// An assertion statement. All texts are templates of [`super::production::Fill`].
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) family: Family,
    pub(super) site: Site,
    /// The modules it uses: it is written once all of them are covered.
    pub(super) modules: BTreeSet<Module>,
    /// The convention it asks for, if any.
    pub(super) dimension: Option<Dimension>,
    pub(super) answer: Answer,
    /// The name of the test function, should this statement be its first.
    pub(super) name: String,
    /// Assignments among the imports.
    pub(super) constants: Vec<String>,
    /// Functions before the first test.
    pub(super) fixtures: Vec<String>,
    /// Lines of `setUp`.
    pub(super) setup: Vec<String>,
    /// Decorator of the test function, and its parameter.
    pub(super) parameter: Option<(Option<String>, String)>,
    /// Lines before the assertion.
    pub(super) before: Vec<String>,
    /// The assertion statement, with [`GAP`] for the answer.
    pub(super) line: String,
    /// Lines after it.
    pub(super) after: Vec<String>,
}

impl Statement {
    /// A statement without surroundings.
    pub(super) fn new(family: Family, site: Site, name: String, answer: Answer, line: String) -> Self {
        Self {
            family,
            site,
            modules: BTreeSet::new(),
            dimension: None,
            answer,
            name,
            constants: Vec::new(),
            fixtures: Vec::new(),
            setup: Vec::new(),
            parameter: None,
            before: Vec::new(),
            line,
            after: Vec::new(),
        }
    }

    /// Whether it may share a test function with others.
    pub(super) fn is_plain(&self) -> bool {
        self.parameter.is_none()
    }

    /// Whether its text names pytest.
    pub(super) fn uses_pytest(&self) -> bool {
        let named = |text: &String| text.contains("pytest.");
        let decorator = self.parameter.iter().filter_map(|(decorator, _)| decorator.as_ref());
        decorator.chain(&self.fixtures).chain([&self.line]).any(named)
    }
}

/// How a suite spells assertions of the family `assert_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// A function of the suite itself.
    Own(&'static str),
    /// `from numpy.testing import assert_equal, assert_allclose`.
    Imported,
    /// `import numpy as np`.
    Qualified,
}

impl Spelling {
    /// The functions for equal values and for close fractions.
    pub(super) const fn functions(self) -> (&'static str, &'static str) {
        match self {
            Self::Own(name) => (name, name),
            Self::Imported => ("assert_equal", "assert_allclose"),
            Self::Qualified => ("np.testing.assert_equal", "np.testing.assert_allclose"),
        }
    }
}
