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

/// The outline of either reader, for tests that hold them against each other.
#[cfg(test)]
pub(crate) fn both(module: &Module<'_>, lines: &LineIndex) -> (Option<Outline>, Outline) {
    let tree = Parser::new().parse(module.text());
    (concrete::outline(&tree, module.text(), lines), abstract_tree::outline(module, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The readers agree on every golden source, and the concrete one answers for nearly all of them.
    #[test]
    fn readers_agree_on_golden_sources() {
        let (mut concrete_files, mut files) = (0, 0);
        for line in include_str!("../../tests/golden/extract.jsonl").lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = row["source"].as_str().unwrap();
            let Some(module) = Module::parse(text) else { continue };
            let (concrete, other) = both(&module, &LineIndex::new(text));
            files += 1;
            if let Some(concrete) = concrete {
                concrete_files += 1;
                assert_eq!(concrete, other, "{}", row["id"]);
            }
        }
        assert!(concrete_files * 10 >= files * 9, "{concrete_files} of {files}");
    }
}
