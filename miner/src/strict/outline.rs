//! The definitions of a file and the lines that prefixes are made of.

use std::collections::BTreeMap;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::prefix::is_fixture;
use crate::syntax::{LineIndex, LineRange, Module, push_bodies};

/// All definitions in source order, and the sections of the module.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Functions and classes; parents before their children.
    pub(super) definitions: Vec<Definition>,
    /// Top-level imports, and the `if` and `try` statements that hold one (Q8).
    pub(super) imports: Vec<LineRange>,
    /// Assignments and expressions before the first definition (R60).
    pub(super) settings: Vec<LineRange>,
    /// Top-level functions that are no tests, with their decorators (R62, Q7, Q10).
    pub(super) helpers: Vec<LineRange>,
    scopes: BTreeMap<(Option<usize>, String), usize>,
}

/// A function or class.
#[derive(Debug)]
pub(super) struct Definition {
    /// Its plain name.
    pub(super) name: String,
    /// The definition around it.
    pub(super) parent: Option<usize>,
    /// The first definition with the same qualified name.
    pub(super) scope: usize,
    /// From the first decorator to the colon of the header (Q7).
    pub(super) header: LineRange,
    /// What it is.
    pub(super) body: Body,
}

/// What stands beneath a header.
#[derive(Debug)]
pub(super) enum Body {
    /// A function's statements.
    Function,
    /// A class's members.
    Class(Members),
}

/// The statements of a class that prefixes are made of.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Fixture methods and assignments (R61).
    pub(super) section: Vec<LineRange>,
    /// Methods that are neither fixtures nor tests (R62).
    pub(super) helpers: Vec<LineRange>,
    /// Tests, by name.
    pub(super) tests: BTreeMap<String, Vec<LineRange>>,
}

/// Lines of nodes of one module.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) module: &'a Module<'a>,
    pub(super) lines: &'a LineIndex,
}

impl Outline {
    /// The sections of a module, without definitions.
    pub(super) fn of_module(reading: Reading<'_>) -> Self {
        let mut outline = Self::default();
        let mut defined = false;
        for stmt in &reading.module.tree().body {
            let range = reading.range(stmt.range());
            match stmt {
                Stmt::Import(_) | Stmt::ImportFrom(_) => add(&mut outline.imports, range),
                Stmt::If(_) | Stmt::Try(_) if holds_import(stmt) => add(&mut outline.imports, range),
                Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) if !defined => {
                    add(&mut outline.settings, range);
                }
                Stmt::Expr(node) if !defined && !node.value.is_string_literal_expr() => {
                    add(&mut outline.settings, range);
                }
                Stmt::FunctionDef(def) if !is_test(&def.name) => add(&mut outline.helpers, range),
                _ => {}
            }
            defined |= matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        }
        outline
    }

    /// Adds a definition inside `parent` and returns its place.
    pub(super) fn define(&mut self, name: &str, parent: Option<usize>, header: LineRange, body: Body) -> usize {
        let place = self.definitions.len();
        let around = parent.map(|parent| self.definitions[parent].scope);
        let scope = *self.scopes.entry((around, name.to_owned())).or_insert(place);
        self.definitions.push(Definition { name: name.to_owned(), parent, scope, header, body });
        place
    }

    /// The definitions around a place, innermost first.
    pub(super) fn chain(&self, place: Option<usize>) -> impl Iterator<Item = &Definition> {
        std::iter::successors(place.map(|place| &self.definitions[place]), |definition| {
            definition.parent.map(|parent| &self.definitions[parent])
        })
    }

    /// The names around a place as Python joins them in `__qualname__`; empty for the module.
    pub(super) fn qualified(&self, place: Option<usize>) -> String {
        let mut names: Vec<&str> = Vec::new();
        for definition in self.chain(place) {
            if !names.is_empty() {
                names.push(if matches!(definition.body, Body::Function) { ".<locals>." } else { "." });
            }
            names.push(&definition.name);
        }
        names.into_iter().rev().collect()
    }

    /// The innermost function and class around a place (R59, by the tree instead of by lines).
    pub(super) fn innermost(&self, place: Option<usize>) -> (Option<&Definition>, Option<(&Definition, &Members)>) {
        let function = self.chain(place).find(|definition| matches!(definition.body, Body::Function));
        let class = self.chain(place).find_map(|definition| match &definition.body {
            Body::Class(members) => Some((definition, members)),
            Body::Function => None,
        });
        (function, class)
    }
}

impl Members {
    pub(super) fn of(def: &StmtClassDef, reading: Reading<'_>) -> Self {
        let mut members = Self::default();
        for stmt in &def.body {
            let range = reading.range(stmt.range());
            match stmt {
                Stmt::Assign(_) | Stmt::AnnAssign(_) => add(&mut members.section, range),
                Stmt::FunctionDef(method) if is_fixture(&method.name) => add(&mut members.section, range),
                Stmt::FunctionDef(method) if is_test(&method.name) => {
                    members.tests.entry(method.name.to_string()).or_default().push(range);
                }
                Stmt::FunctionDef(_) => add(&mut members.helpers, range),
                _ => {}
            }
        }
        members
    }
}

impl Reading<'_> {
    /// The lines of a node; those of a definition start with its decorators.
    fn range(self, range: TextRange) -> LineRange {
        LineRange { first: self.lines.line(range.start().into()), last: self.lines.line(range.end().into()) }
    }

    pub(super) fn function_header(self, def: &StmtFunctionDef) -> LineRange {
        let end = def.returns.as_ref().map_or(def.parameters.end(), |returns| returns.end());
        self.header(def.start(), end)
    }

    pub(super) fn class_header(self, def: &StmtClassDef) -> LineRange {
        let end = def.type_params.as_ref().map_or(def.name.end(), |params| params.end());
        self.header(def.start(), def.arguments.as_ref().map_or(end, |arguments| arguments.end()))
    }

    /// From the line of `start` to that of the first colon behind `end`.
    fn header(self, start: TextSize, end: TextSize) -> LineRange {
        let tokens = self.module.tokens();
        let behind = &tokens[tokens.partition_point(|token| token.start() < end)..];
        let colon = behind.iter().find(|token| token.kind() == TokenKind::Colon).map_or(end, Ranged::start);
        LineRange { first: self.lines.line(start.into()), last: self.lines.line(colon.into()) }
    }
}

/// Names that test runners collect (Q10).
fn is_test(name: &str) -> bool {
    name.starts_with("test")
}

/// Whether an import stands in one of the blocks of `stmt`, outside of definitions.
fn holds_import(stmt: &Stmt) -> bool {
    let mut blocks = Vec::new();
    push_bodies(stmt, &mut blocks);
    while let Some(block) = blocks.pop() {
        for stmt in block {
            match stmt {
                Stmt::Import(_) | Stmt::ImportFrom(_) => return true,
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => push_bodies(stmt, &mut blocks),
            }
        }
    }
    false
}

/// Appends a range to an ascending list; what shares a line with the last one joins it.
fn add(ranges: &mut Vec<LineRange>, range: LineRange) {
    match ranges.last_mut() {
        Some(last) if range.first <= last.last => last.last = last.last.max(range.last),
        _ => ranges.push(range),
    }
}
