//! Writes a suite as a Python file, and notes where its assertions stand.

use std::collections::BTreeSet;

use bench::Family;

use super::dimension::Dimension;
use super::production::Fill;
use super::state::State;
use super::statement::{GAP, Site, Spelling, Statement};
use super::suite::Suite;
use super::surface::Surface;

/// An assertion of a written suite.
#[derive(Debug)]
pub(super) struct Mark {
    /// Line of the statement, from 1.
    pub(super) line: u32,
    /// Bytes of the file before the answer.
    pub(super) cut: usize,
    pub(super) function: String,
    pub(super) answer: String,
    pub(super) dimension: Option<Dimension>,
}

/// The file of `suite` in one state, with its assertions; none while nothing it tests is covered.
pub(super) fn write(suite: &Suite, surface: &Surface, state: &State) -> Option<(String, Vec<Mark>)> {
    let present = |statement: &&Statement| statement.modules.is_subset(&state.covered);
    let tests: Vec<Vec<&Statement>> = suite
        .tests
        .iter()
        .map(|test| test.iter().filter(present).collect::<Vec<_>>())
        .filter(|test| !test.is_empty())
        .collect();
    let statements: Vec<&Statement> = tests.iter().flatten().copied().collect();
    if statements.is_empty() {
        return None;
    }
    let mut page = Page { fill: Fill { surface, state }, text: String::new(), marks: Vec::new(), line: 1 };
    page.imports(&statements, suite.spelling);
    page.definitions(&statements, suite.spelling);
    let sites = if suite.class_first { [Site::Method, Site::Function] } else { [Site::Function, Site::Method] };
    for site in sites {
        let mut of_site = tests.iter().filter(|test| test[0].site == site).peekable();
        if site == Site::Method && of_site.peek().is_some() {
            page.class(suite.class, &statements);
        }
        for test in of_site {
            page.test(test, site);
        }
    }
    Some((format!("{}\n", page.text.trim_end()), page.marks))
}

/// A file as it grows.
struct Page<'a> {
    fill: Fill<'a>,
    text: String,
    marks: Vec<Mark>,
    /// The line that the next character stands in, from 1.
    line: u32,
}

impl Page<'_> {
    fn push(&mut self, template: &str) {
        let text = self.fill.fill(template);
        for _ in text.matches('\n') {
            self.line += 1;
        }
        self.text.push_str(&text);
    }

    fn imports(&mut self, statements: &[&Statement], spelling: Spelling) {
        let any = |holds: fn(&Statement) -> bool| statements.iter().any(|statement| holds(statement));
        if any(|statement| statement.site == Site::Method) {
            self.push("import unittest\n\n");
        }
        let mut foreign = Vec::new();
        let starred = any(|statement| statement.family == Family::AssertStar);
        if starred && spelling == Spelling::Qualified {
            foreign.push("import numpy as np\n");
        }
        if any(Statement::uses_pytest) {
            foreign.push("import pytest\n");
        }
        if starred && spelling == Spelling::Imported {
            foreign.push("from numpy.testing import assert_allclose, assert_equal\n");
        }
        if !foreign.is_empty() {
            self.push(&format!("{}\n", foreign.concat()));
        }
        let modules: BTreeSet<&str> =
            statements.iter().flat_map(|statement| &statement.modules).map(|&module| self.fill.name(module)).collect();
        let modules: Vec<&str> = modules.into_iter().collect();
        self.push(&format!("from $pkg$ import {}\n", modules.join(", ")));
    }

    /// Constants, the suite's own assertion and fixtures.
    fn definitions(&mut self, statements: &[&Statement], spelling: Spelling) {
        for (index, constant) in statements.iter().flat_map(|statement| &statement.constants).enumerate() {
            self.push(&format!("{}{constant}\n", if index == 0 { "\n" } else { "" }));
        }
        let starred = statements.iter().any(|statement| statement.family == Family::AssertStar);
        if let (true, Spelling::Own(name)) = (starred, spelling) {
            self.push(&format!("\n\ndef {name}(actual, expected):\n    if actual != expected:\n"));
            self.push("        raise AssertionError(f\"{actual!r} is not {expected!r}\")\n");
        }
        for fixture in statements.iter().flat_map(|statement| &statement.fixtures) {
            self.push(&format!("\n\n{fixture}"));
        }
    }

    fn class(&mut self, name: &str, statements: &[&Statement]) {
        self.push(&format!("\n\nclass {name}Test(unittest.TestCase):\n"));
        let setup: Vec<&String> = statements.iter().flat_map(|statement| &statement.setup).collect();
        if !setup.is_empty() {
            self.push("    def setUp(self):\n");
            for line in setup {
                self.push(&format!("        {line}\n"));
            }
            self.push("\n");
        }
    }

    fn test(&mut self, statements: &[&Statement], site: Site) {
        let first = statements[0];
        let (margin, receiver) = if site == Site::Method { ("    ", "self") } else { ("", "") };
        if !self.text.ends_with("\n\n") && (site == Site::Function || !self.text.ends_with(":\n")) {
            self.push(if site == Site::Method { "\n" } else { "\n\n" });
        }
        if let Some((Some(decorator), _)) = &first.parameter {
            self.push(&format!("{margin}{decorator}\n"));
        }
        let parameter = first.parameter.as_ref().map_or(receiver, |(_, name)| name.as_str());
        self.push(&format!("{margin}def {}({parameter}):\n", first.name));
        for statement in statements {
            self.statement(statement, &format!("{margin}    "), &first.name);
        }
    }

    fn statement(&mut self, statement: &Statement, margin: &str, function: &str) {
        for line in &statement.before {
            self.push(&if line.is_empty() { "\n".to_owned() } else { format!("{margin}{line}\n") });
        }
        let errors = self.fill.fill("$mod.errors$");
        let answer = statement.answer.text(statement.dimension, &self.fill.state.asserted, &errors);
        let (left, right) = statement.line.split_once(GAP).expect("because every statement has a gap");
        let line = self.line;
        self.push(&format!("{margin}{left}"));
        let cut = self.text.len();
        self.text.push_str(&answer);
        self.push(&format!("{right}\n"));
        self.marks.push(Mark { line, cut, function: function.to_owned(), answer, dimension: statement.dimension });
        for line in &statement.after {
            self.push(&format!("{margin}{line}\n"));
        }
    }
}
