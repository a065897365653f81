//! How much a block has to do with a prefix (M109.3).

use std::collections::BTreeMap;

use bench::pytext::is_word;
use bench::python::AbstractTree;
use ruff_python_ast::{Expr, Stmt};

/// Relevance of a block that defines a name which the prefix calls.
const CALLED: f64 = 1.0;
/// … whose attributes the prefix uses.
const ACCESSED: f64 = 0.8;
/// … which occurs in the prefix.
const MENTIONED: f64 = 0.5;
/// … and of every other block.
const UNRELATED: f64 = 0.1;

/// The words of a prefix, each with the most that any of its occurrences is worth.
pub(super) struct Mentions<'a>(BTreeMap<&'a str, f64>);

impl<'a> Mentions<'a> {
    /// Those of `prefix`.
    pub(super) fn of(prefix: &'a str) -> Self {
        let mut words = BTreeMap::new();
        let mut rest = prefix;
        while let Some(start) = rest.find(is_word) {
            let (word, after) =
                rest[start..].split_at(rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start));
            let worth = match bench::pytext::strip_start(after).chars().next() {
                Some('(') => CALLED,
                Some('.') => ACCESSED,
                _ => MENTIONED,
            };
            let known = words.entry(word).or_insert(worth);
            *known = known.max(worth);
            rest = after;
        }
        Self(words)
    }

    /// The most that a name is worth which `code` defines at its top level; the least if it defines none, or is no
    /// Python.
    pub(super) fn relevance(&self, code: &str) -> f64 {
        let Some(tree) = AbstractTree::module(code) else { return UNRELATED };
        let names = tree.root().body.iter().flat_map(defined);
        names.filter_map(|name| self.0.get(name).copied()).fold(UNRELATED, f64::max)
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
    use super::*;

    #[test]
    fn m109_calls_count_most_then_attributes_then_mentions() {
        let mentions = Mentions::of("import area\nx = area (2)\nassert Shape.side == LIMIT and é1 == 'quoted'");
        let of = |code| mentions.relevance(code);
        assert!((of("def area(): pass") - CALLED).abs() < f64::EPSILON);
        assert!((of("@d\nclass Shape: pass") - ACCESSED).abs() < f64::EPSILON);
        assert!((of("LIMIT = OTHER = 3") - MENTIONED).abs() < f64::EPSILON);
        assert!((of("LIMIT: int") - MENTIONED).abs() < f64::EPSILON);
        assert!((of("é1 = 0") - MENTIONED).abs() < f64::EPSILON);
        assert!((of("OTHER = 1\ndef area(): pass\nLIMIT = 3") - CALLED).abs() < f64::EPSILON, "the most of all names");
        assert!((of("def are(): area()") - UNRELATED).abs() < f64::EPSILON);
        assert!((of("import area") - UNRELATED).abs() < f64::EPSILON, "imports define nothing here");
        assert!((of("def area(: pass") - UNRELATED).abs() < f64::EPSILON);
        assert!((of("") - UNRELATED).abs() < f64::EPSILON);
    }
}
