//! How much a block has to do with a prefix (M109.3).

use std::collections::BTreeMap;

use bench::pytext::is_word;
use bench::python::AbstractTree;
use ruff_python_ast::{Expr, Stmt};

/// What a block has to do with a prefix, least first. Only the order matters of the published numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relevance {
    /// It defines nothing that occurs in the prefix (0.1).
    Unrelated,
    /// It defines a name that occurs in the prefix (0.5),
    Mentioned,
    /// whose attributes the prefix reads (0.8),
    Accessed,
    /// that the prefix calls (1.0).
    Called,
}

/// The words of a prefix, each with the most that any of its occurrences is worth.
pub(super) struct Mentions<'a>(BTreeMap<&'a str, Relevance>);

impl<'a> Mentions<'a> {
    /// Those of `prefix`.
    pub(super) fn of(prefix: &'a str) -> Self {
        let mut words = BTreeMap::new();
        let mut rest = prefix;
        while let Some(start) = rest.find(is_word) {
            let (word, after) =
                rest[start..].split_at(rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start));
            let worth = match bench::pytext::strip_start(after).chars().next() {
                Some('(') => Relevance::Called,
                Some('.') => Relevance::Accessed,
                _ => Relevance::Mentioned,
            };
            let known = words.entry(word).or_insert(worth);
            *known = worth.max(*known);
            rest = after;
        }
        Self(words)
    }

    /// The most that a name is worth which `code` defines at its top level; the least if it defines none, or is no
    /// Python.
    pub(super) fn relevance(&self, code: &str) -> Relevance {
        let Some(tree) = AbstractTree::module(code) else { return Relevance::Unrelated };
        let names = tree.root().body.iter().flat_map(defined);
        names.filter_map(|name| self.0.get(name).copied()).max().unwrap_or(Relevance::Unrelated)
    }
}

/// The names that `stmt` defines.
fn defined(stmt: &Stmt) -> Vec<&str> {
    match stmt {
        Stmt::FunctionDef(def) => vec![&def.name],
        Stmt::ClassDef(def) => vec![&def.name],
        Stmt::Assign(assign) => assign.targets.iter().filter_map(name).collect(),
        Stmt::AnnAssign(assign) => name(&assign.target).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn name(target: &Expr) -> Option<&str> {
    if let Expr::Name(name) = target { Some(name.id.as_str()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::Relevance::{Accessed, Called, Mentioned, Unrelated};
    use super::*;

    #[test]
    fn m109_calls_count_most_then_attributes_then_mentions() {
        let mentions = Mentions::of("import area\nx = area (2)\nassert Shape.side == LIMIT and é1 == 'quoted'");
        let of = |code| mentions.relevance(code);
        assert_eq!(of("def area(): pass"), Called);
        assert_eq!(of("@d\nclass Shape: pass"), Accessed);
        assert_eq!(of("LIMIT = OTHER = 3"), Mentioned);
        assert_eq!(of("LIMIT: int"), Mentioned);
        assert_eq!(of("é1 = 0"), Mentioned);
        assert_eq!(of("OTHER = 1\ndef area(): pass\nLIMIT = 3"), Called, "the most of all names");
        assert_eq!(of("def are(): area()"), Unrelated);
        assert_eq!(of("import area"), Unrelated, "imports define nothing here");
        assert_eq!(of("def area(: pass"), Unrelated);
        assert_eq!(of(""), Unrelated);
    }
}
