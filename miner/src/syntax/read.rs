//! Which of the two readers an outline comes from.

use bench::python::Parser;

use super::lines::LineIndex;
use super::module::Module;
use super::outline::Outline;
use super::{abstract_tree, concrete};

/// The tree that an outline was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The concrete tree of the pinned grammar.
    Concrete,
    /// The abstract tree, because the pinned grammar does not cover the text.
    Abstract,
}

impl Outline {
    /// The outline of `module`, whose lines are `lines`.
    pub(crate) fn read(module: &Module<'_>, lines: &LineIndex, parser: &mut Parser) -> (Self, Reader) {
        let tree = parser.parse(module.text());
        match concrete::outline(&tree, module.text(), lines) {
            Some(outline) => (outline, Reader::Concrete),
            None => (abstract_tree::outline(module, lines), Reader::Abstract),
        }
    }
}
