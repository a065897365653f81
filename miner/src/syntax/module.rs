//! Text that Python 3.12 accepts, and its abstract tree (R8).

use bench::python::{AbstractTree, MAX_DEPTH};
use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;

use super::abstract_tree::Trace;

/// A text that `ast.parse` of CPython 3.12 accepts.
pub(crate) struct Module<'a>(AbstractTree<'a, ModModule>);

impl<'a> Module<'a> {
    /// The module written as `text`, or none if Python 3.12 refuses it.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let module = Self(AbstractTree::module(text)?);
        (module.0.is_shallow() || Trace::of(&module).levels <= MAX_DEPTH).then_some(module)
    }

    /// The text.
    pub(crate) fn text(&self) -> &'a str {
        self.0.text()
    }

    /// The abstract tree.
    pub(crate) fn tree(&self) -> &ModModule {
        self.0.root()
    }

    /// The tokens that it was made of.
    pub(crate) fn tokens(&self) -> &Tokens {
        self.0.tokens()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits of CPython 3.12.1, found by bisection.
    #[test]
    fn depth_is_that_of_cpython() {
        let chain = |n: usize| format!("a{}\n", " + a".repeat(n));
        assert!(is_valid(&chain(2_980)) && !is_valid(&chain(3_000)));
        assert!(is_valid(&format!("a{}\n", " and a".repeat(30_000))));
        assert!(is_valid(&format!("a{}\n", " + a * b * c".repeat(2_900))));
    }

    #[test]
    fn f_strings_and_elifs_nest_as_deep_as_in_cpython() {
        let strings = |n: usize| format!("{}1{}\n", "f'{".repeat(n), "}'".repeat(n));
        assert!(is_valid(&strings(149)) && !is_valid(&strings(150)));
        let elifs = |n: usize| format!("if a: pass\n{}", "elif a: pass\n".repeat(n));
        assert!(is_valid(&elifs(2_980)) && !is_valid(&elifs(3_000)));
        assert!(is_valid(&elifs(100).repeat(100)));
    }

    #[test]
    fn deep_trees_do_not_exhaust_the_stack() {
        for operator in ["-", "not ", "lambda: ", "a ** ", "a if b else "] {
            assert!(!is_valid(&format!("{}a\n", operator.repeat(30_000))), "{operator}");
        }
        for operator in [" + a", ".a", "()", "[0]"] {
            assert!(!is_valid(&format!("a{}\n", operator.repeat(90_000))), "{operator}");
        }
    }

    #[test]
    fn tokens_that_cpython_refuses_are_refused() {
        assert!(is_valid(&"1".repeat(4_300)) && !is_valid(&"1".repeat(4_301)));
        assert!(is_valid(&format!("0x{}", "1".repeat(5_000))) && is_valid(&"0".repeat(5_000)));
        assert!(is_valid("(x := y)") && !is_valid("((x) := y)"));
    }
}
