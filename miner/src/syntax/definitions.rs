//! Names that a module defines (R37) or imports (R34), at any nesting.

use ruff_python_ast::{ExceptHandler, Stmt};

use super::module::Module;

impl Module<'_> {
    /// Whether a function's name passes `function` or a class's name passes `class`.
    pub(crate) fn defines(&self, function: impl Fn(&str) -> bool, class: impl Fn(&str) -> bool) -> bool {
        let mut bodies: Vec<&[Stmt]> = vec![&self.tree().body];
        while let Some(body) = bodies.pop() {
            for stmt in body {
                match stmt {
                    Stmt::FunctionDef(def) if function(&def.name) => return true,
                    Stmt::ClassDef(def) if class(&def.name) => return true,
                    _ => push_bodies(stmt, &mut bodies),
                }
            }
        }
        false
    }

    /// Whether one of the `packages` is imported, as a whole or in part.
    pub(crate) fn imports(&self, packages: &[&str]) -> bool {
        let named = |module: &str| packages.contains(&module.split('.').next().unwrap_or(module));
        let mut bodies: Vec<&[Stmt]> = vec![&self.tree().body];
        while let Some(body) = bodies.pop() {
            for stmt in body {
                match stmt {
                    Stmt::Import(import) if import.names.iter().any(|alias| named(&alias.name)) => return true,
                    Stmt::ImportFrom(import) if import.level == 0 && import.module.as_deref().is_some_and(named) => {
                        return true;
                    }
                    _ => push_bodies(stmt, &mut bodies),
                }
            }
        }
        false
    }
}

/// Adds the blocks of a compound statement.
pub(crate) fn push_bodies<'a>(stmt: &'a Stmt, bodies: &mut Vec<&'a [Stmt]>) {
    match stmt {
        Stmt::FunctionDef(node) => bodies.push(&node.body),
        Stmt::ClassDef(node) => bodies.push(&node.body),
        Stmt::For(node) => bodies.extend([&*node.body, &*node.orelse]),
        Stmt::While(node) => bodies.extend([&*node.body, &*node.orelse]),
        Stmt::If(node) => {
            bodies.push(&node.body);
            bodies.extend(node.elif_else_clauses.iter().map(|clause| &*clause.body));
        }
        Stmt::With(node) => bodies.push(&node.body),
        Stmt::Match(node) => bodies.extend(node.cases.iter().map(|case| &*case.body)),
        Stmt::Try(node) => {
            bodies.extend([&*node.body, &*node.orelse, &*node.finalbody]);
            bodies.extend(node.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| &*handler.body));
        }
        _ => {}
    }
}
