//! Text that Python 3.12 accepts, and its abstract tree (R8).

use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

use super::limits::{refused_by_cpython, within_limits};

/// A text that `ast.parse` of CPython 3.12 accepts.
pub(crate) struct Module<'a> {
    text: &'a str,
    tree: Parsed<ModModule>,
}

impl<'a> Module<'a> {
    /// The module written as `text`, or none if Python 3.12 refuses it.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        // A byte-order mark survives decoding and is no character of Python (R5, Q19); a NUL ends the reference's parser.
        if text.starts_with('\u{feff}') || text.contains('\0') || !within_limits(text) {
            return None;
        }
        let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY312);
        let tree = parse_unchecked(text, options).try_into_module()?;
        let fits = tree.errors().is_empty() && tree.unsupported_syntax_errors().is_empty();
        (fits && !refused_by_cpython(text, tree.tokens())).then_some(Self { text, tree })
    }

    /// The text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The abstract tree.
    pub(crate) fn tree(&self) -> &ModModule {
        self.tree.syntax()
    }
}

/// Whether `ast.parse(text)` of CPython 3.12 succeeds (R8).
///
/// ```
/// use miner::is_valid_python;
/// assert!(is_valid_python("match x:\n    case [1, *_]: f(a=1, a=2)\n"));
/// assert!(!is_valid_python("print 'two'\n") && !is_valid_python("\u{feff}x = 1\n") && !is_valid_python("x = '\0'\n"));
/// ```
pub fn is_valid(text: &str) -> bool {
    Module::parse(text).is_some()
}
