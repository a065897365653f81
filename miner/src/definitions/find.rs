//! Definitions and imports in ruff's tree.

use bench::python::undecorated;
use bench::{DefinitionKind, Import};
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Alias, Expr, Stmt, StmtAssign, StmtClassDef, StmtFunctionDef};
use ruff_text_size::TextRange;

use super::Found;
use crate::syntax::{LineIndex, Module};

/// The definitions and imports of `module`, whose lines are `lines`, in source order.
pub(super) fn definitions(module: &Module<'_>, lines: &LineIndex) -> Vec<Found> {
    let mut finder = Finder { text: module.text(), lines, found: Vec::new(), depth: 0 };
    for stmt in &module.tree().body {
        finder.define(stmt);
        finder.visit_stmt(stmt);
    }
    // Stable: a method is found with its class, in front of the imports inside the methods before it.
    finder.found.sort_by_key(|found| found.start);
    finder.found
}

struct Finder<'a> {
    text: &'a str,
    lines: &'a LineIndex,
    found: Vec<Found>,
    /// Blocks around the statement that is visited.
    depth: usize,
}

impl<'a> StatementVisitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                let names = import.names.iter().map(|alias| alias.name.to_string()).collect();
                self.import(DefinitionKind::Import, import.range, Import { module: None, names, level: 0 });
            }
            Stmt::ImportFrom(import) => {
                let names = import.names.iter().map(|alias: &Alias| alias.name.to_string()).collect();
                let module = import.module.as_ref().map(ToString::to_string);
                self.import(DefinitionKind::ImportFrom, import.range, Import { module, names, level: import.level });
            }
            _ => {
                self.depth += 1;
                walk_stmt(self, stmt);
                self.depth -= 1;
            }
        }
    }
}

impl Finder<'_> {
    /// Notes what a statement of the module defines.
    fn define(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(DefinitionKind::Function, def, None),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Assign(assign) => self.assignment(assign),
            _ => {}
        }
    }

    fn function(&mut self, kind: DefinitionKind, def: &StmtFunctionDef, parent: Option<&str>) {
        let range = undecorated(self.text, def.range, &def.decorator_list);
        self.push(kind, &def.name, parent, range);
    }

    fn class(&mut self, def: &StmtClassDef) {
        let range = undecorated(self.text, def.range, &def.decorator_list);
        self.push(DefinitionKind::Class, &def.name, None, range);
        for stmt in &def.body {
            if let Stmt::FunctionDef(method) = stmt {
                self.function(DefinitionKind::Method, method, Some(&def.name));
            }
        }
    }

    fn assignment(&mut self, assign: &StmtAssign) {
        for target in &assign.targets {
            if let Expr::Name(name) = target {
                self.push(DefinitionKind::Assignment, &name.id, None, assign.range);
            }
        }
    }

    fn import(&mut self, kind: DefinitionKind, range: TextRange, import: Import) {
        self.push(kind, "", None, range);
        let top_level = self.depth == 0;
        let found = self.found.last_mut().expect("because it was just pushed");
        (found.import, found.top_level) = (Some(import), top_level);
    }

    fn push(&mut self, kind: DefinitionKind, name: &str, parent: Option<&str>, range: TextRange) {
        let (start, end) = (range.start().into(), range.end().into());
        self.found.push(Found {
            kind,
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            line: self.lines.line(start) - 1,
            start,
            end,
            top_level: parent.is_none(),
            import: None,
        });
    }
}
