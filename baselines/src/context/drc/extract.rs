//! The definitions of some names in a file (M108).

use std::collections::BTreeSet;

use bench::python::undecorated;
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange};

use super::settings::Rules;
use super::tree;

/// Snippets of a file at most, where it defines none of the names.
const MAX_SNIPPETS: usize = 5;
/// Lines of a snippet before the one that holds a name.
const LINES_BEFORE: usize = 2;
/// Lines of a snippet from that line on.
const LINES_FROM: usize = 10;

/// The source of what `text` defines under the `wanted` names, in its order, blank lines between; where it defines
/// nothing of the kind or does not parse, the lines around those that hold a name. None if there is nothing at all.
///
/// A definition is a function, a class, a class with a method of such a name, or an assignment, directly in the module
/// (M108).
pub(super) fn extract(text: &str, wanted: &BTreeSet<String>, rules: Rules) -> Option<String> {
    if wanted.is_empty() {
        return None;
    }
    let found = definitions(text, wanted, rules);
    let found = if found.is_empty() { snippets(text, wanted) } else { found };
    (!found.is_empty()).then(|| found.join("\n\n"))
}

fn definitions(text: &str, wanted: &BTreeSet<String>, rules: Rules) -> Vec<String> {
    let Some(tree) = tree(text) else { return Vec::new() };
    let has = |name: &str| wanted.contains(name);
    let source = |range: TextRange| text[range].to_owned();
    let mut found = Vec::new();
    for stmt in &tree.root().body {
        match stmt {
            Stmt::FunctionDef(def) if has(&def.name) => {
                found.push(source(shown(text, def.range, &def.decorator_list, rules)));
            }
            Stmt::ClassDef(def) if has(&def.name) || methods(def).any(has) => {
                found.push(source(shown(text, def.range, &def.decorator_list, rules)));
            }
            Stmt::Assign(assign) if assign.targets.iter().any(|target| is_name(target, has)) => {
                found.push(source(assign.range));
            }
            Stmt::AnnAssign(assign) if rules == Rules::Repaired && is_name(&assign.target, has) => {
                found.push(source(assign.range()));
            }
            _ => {}
        }
    }
    found
}

/// The part of a definition that is shown: as published without its decorators.
fn shown(text: &str, range: TextRange, decorators: &[ruff_python_ast::Decorator], rules: Rules) -> TextRange {
    match rules {
        Rules::Published => undecorated(text, range, decorators),
        Rules::Repaired => range,
    }
}

fn methods(def: &StmtClassDef) -> impl Iterator<Item = &str> {
    def.body.iter().filter_map(|stmt| stmt.as_function_def_stmt()).map(|method| method.name.as_str())
}

fn is_name(target: &Expr, has: impl Fn(&str) -> bool) -> bool {
    target.as_name_expr().is_some_and(|name| has(&name.id))
}

/// The first snippets, each from a line that holds a name and is not in the snippet before.
fn snippets(text: &str, wanted: &BTreeSet<String>) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut snippets = Vec::new();
    let mut next = 0;
    while snippets.len() < MAX_SNIPPETS {
        let holds = |line: &&str| wanted.iter().any(|name| line.contains(name.as_str()));
        let Some(hit) = lines[next..].iter().position(holds).map(|at| next + at) else { break };
        next = (hit + LINES_FROM).min(lines.len());
        snippets.push(lines[hit.saturating_sub(LINES_BEFORE)..next].join("\n"));
    }
    snippets
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
import os
LIMIT = OTHER = 3
typed: int = 4
(a, b) = 1, 2

@cache
@wraps(os)
def price(good):
    return 3


class Cart:
    def total(self):
        return 0

@frozen
class Rate: pass

if os:
    def hidden(): pass
";

    fn of(text: &str, names: &[&str], rules: Rules) -> Option<String> {
        extract(text, &names.iter().map(|name| (*name).to_owned()).collect(), rules)
    }

    #[test]
    fn m108_definitions_come_in_file_order_without_decorators() {
        let found = of(TEXT, &["Rate", "price", "LIMIT"], Rules::Published);
        assert_eq!(found.unwrap(), "LIMIT = OTHER = 3\n\ndef price(good):\n    return 3\n\nclass Rate: pass");
        let found = of(TEXT, &["price", "typed"], Rules::Repaired);
        assert_eq!(found.unwrap(), "typed: int = 4\n\n@cache\n@wraps(os)\ndef price(good):\n    return 3");
    }

    #[test]
    fn m108_a_method_brings_its_whole_class() {
        let class = "class Cart:\n    def total(self):\n        return 0";
        assert_eq!(of(TEXT, &["total"], Rules::Published).unwrap(), class);
        assert_eq!(of(TEXT, &[], Rules::Published), None);
    }

    #[test]
    fn m108_where_nothing_is_defined_lines_around_the_names_are_shown() {
        let found = of(TEXT, &["hidden"], Rules::Published).unwrap();
        assert_eq!(found, "\nif os:\n    def hidden(): pass");
        assert_eq!(of(TEXT, &["absent"], Rules::Published), None);
        let broken = (0..100).map(|n| format!("line {n} (\n")).collect::<Vec<_>>().concat();
        let found = of(&broken, &["line"], Rules::Published).unwrap();
        let snippets: Vec<&str> = found.split("\n\n").collect();
        assert_eq!(snippets.len(), 5);
        assert_eq!((snippets[0].lines().count(), snippets[1].lines().count()), (10, 12));
        assert!(snippets[1].starts_with("line 8 (") && snippets[1].ends_with("line 19 ("));
    }
}
