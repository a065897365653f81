//! A test as the authors read it: with the whole function around the assertion (M104, M105).

use bench::python::AbstractTree;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprAttribute, ModModule, Stmt, StmtFunctionDef};
use ruff_text_size::TextSize;

use super::{Names, Reading, Uses};
use crate::context::drc::import::Import;
use crate::context::drc::tree;

/// Reads the test file `text`, whose assertion stands in line `line`, counted from 1.
///
/// Imports are those directly in the module and those anywhere in the innermost function around the line; the names in
/// use are those of that function, or all that occur in `prefix` if there is none. A text that does not parse is read
/// line by line.
pub(in crate::context::drc) fn read_function<'a>(text: &str, line: u32, prefix: &'a str) -> Reading<'a> {
    let Some(tree) = tree(text) else {
        return Reading { imports: text.lines().flat_map(Import::on_line).collect(), uses: Uses::Text(prefix) };
    };
    let mut imports: Vec<Import> = tree.root().body.iter().flat_map(Import::of).collect();
    let Some(function) = innermost(&tree, line_range(text, line)) else {
        return Reading { imports, uses: Uses::Text(prefix) };
    };
    let mut user = User::default();
    // The whole definition with its decorators, as a walk over the node meets it.
    walk_stmt(&mut user, function);
    imports.extend(user.imports);
    Reading { imports, uses: Uses::Names(user.names) }
}

/// Where line `line` of `text` begins and where its content ends.
fn line_range(text: &str, line: u32) -> (TextSize, TextSize) {
    let skipped = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum::<usize>();
    let length = text[skipped..].find('\n').unwrap_or(text.len() - skipped);
    let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
    (size(skipped), size(skipped + length))
}

/// The function that begins last among those whose lines hold the line at `(start, end)`.
fn innermost<'t>(tree: &'t AbstractTree<'_, ModModule>, line: (TextSize, TextSize)) -> Option<&'t Stmt> {
    let mut finder = Finder { text: tree.text(), line, found: None };
    tree.root().body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    finder.found.map(|(_, stmt)| stmt)
}

struct Finder<'t> {
    text: &'t str,
    line: (TextSize, TextSize),
    found: Option<(TextSize, &'t Stmt)>,
}

impl<'t> Visitor<'t> for Finder<'t> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        if let Stmt::FunctionDef(def) = stmt {
            let start = self.keyword(def);
            let holds = start <= self.line.1 && self.line.0 <= def.range.end();
            if holds && self.found.is_none_or(|(known, _)| start >= known) {
                self.found = Some((start, stmt));
            }
        }
        walk_stmt(self, stmt);
    }

    /// No expression holds a function definition.
    fn visit_expr(&mut self, _: &'t Expr) {}
}

impl Finder<'_> {
    /// Lines are counted from the one of the keyword, decorators left out.
    fn keyword(&self, def: &StmtFunctionDef) -> TextSize {
        bench::python::undecorated(self.text, def.range, &def.decorator_list).start()
    }
}

#[derive(Default)]
struct User {
    names: Names,
    imports: Vec<Import>,
}

impl<'t> Visitor<'t> for User {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        self.imports.extend(Import::of(stmt));
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        match expr {
            Expr::Name(name) => self.names.push(None, &name.id),
            Expr::Attribute(attribute) => self.names.push(dotted(&attribute.value).as_deref(), &attribute.attr),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The dotted name that `expr` is.
fn dotted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(ExprAttribute { value, attr, .. }) => Some(format!("{}.{attr}", dotted(value)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
import a
from b import c
if True:
    import hidden

@decorate(x)
def outer():
    from d import e
    def inner():
        import f
        assert e.g.h(c) == value
        return later
    assert inner()

def other():
    import i
    assert i
";

    fn modules(reading: &Reading<'_>) -> Vec<String> {
        reading.imports.iter().map(|import| import.module.clone()).collect()
    }

    #[test]
    fn m104_the_innermost_function_around_the_line_is_read() {
        let inner = read_function(TEXT, 11, "");
        assert_eq!(modules(&inner), ["a", "b", "f"]);
        for name in ["c", "value", "later", "g", "h"] {
            assert!(inner.uses.has(name), "{name}");
        }
        assert!(!inner.uses.has("inner") && !inner.uses.has("x"));
        assert_eq!(inner.uses.attributes_of("e"), ["g"]);
        assert_eq!(inner.uses.attributes_of("e.g"), ["h"]);
        let outer = read_function(TEXT, 13, "");
        assert_eq!(modules(&outer), ["a", "b", "d", "f"]);
        assert!(outer.uses.has("x") && outer.uses.has("value") && !outer.uses.has("i"));
    }

    #[test]
    fn m105_without_a_function_names_are_looked_for_in_the_text_of_the_prefix() {
        let outside = read_function(TEXT, 4, "xxacxx");
        assert_eq!(modules(&outside), ["a", "b"]);
        assert!(outside.uses.has("ac") && !outside.uses.has("value"));
    }

    #[test]
    fn m104_a_file_that_does_not_parse_is_read_by_lines() {
        let broken = read_function("import a\ndef f(:\n    from .b import c\nfrom d import (e,\n  f)\n", 3, "c");
        assert_eq!(modules(&broken), ["a", "b", "d"]);
        assert!(broken.uses.has("c"));
    }
}
