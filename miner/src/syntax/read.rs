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

/// Scratch.
pub fn compare(text: &str, parser: &mut Parser) -> Option<String> {
    let module = Module::parse(text)?;
    let lines = LineIndex::new(text);
    let tree = parser.parse(text);
    let Some(concrete) = concrete::outline(&tree, text, &lines) else {
        return Some(if tree.root_node().has_error() { "error".into() } else { "uncertain".into() });
    };
    let other = abstract_tree::outline(&module, &lines);
    if concrete == other { return Some("same".into()); }
    let mut out = String::new();
    for (a, b) in concrete.sites.iter().zip(&other.sites) { if a != b { out += &format!("{a:?} / {b:?} "); break; } }
    for (a, b) in concrete.functions.iter().zip(&other.functions) { if a != b { out += &format!("{a:?} / {b:?} "); break; } }
    for (a, b) in concrete.classes.iter().zip(&other.classes) { if a != b { out += &format!("{:?} / {:?} ", (&a.name, a.lines), (&b.name, b.lines)); break; } }
    for (a, b) in concrete.header.iter().zip(&other.header) { if a != b { out += &format!("{a:?} / {b:?} "); break; } }
    Some(format!("DIFF sites {} {} functions {} {} classes {} {} header {} {} {out}", concrete.sites.len(), other.sites.len(), concrete.functions.len(), other.functions.len(), concrete.classes.len(), other.classes.len(), concrete.header.len(), other.header.len()))
}
