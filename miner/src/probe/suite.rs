//! Test suites: which statements each holds, and how they become a file.

use std::collections::{BTreeMap, BTreeSet};

use bench::{Family, Seed};

use super::dimension::Dimension;
use super::draw::Draw;
use super::local::{self, Pools};
use super::production::Fill;
use super::question;
use super::state::State;
use super::statement::{GAP, Site, Spelling, Statement};
use super::surface::Surface;

/// How many suites a repository has.
pub(super) const SUITES: usize = 10;

const STEMS: [&str; 14] = [
    "basics", "entries", "flows", "edges", "morning", "rounds", "smoke", "stories", "customs", "behaviour", "journey",
    "daily", "guards", "corners",
];
const HELPERS: [&str; 3] = ["assert_same", "assert_matches", "assert_yields"];
const CLASSES: [&str; 4] = ["Usual", "Everyday", "Careful", "Steady"];

/// A test file, planned once and written for every commit.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) path: String,
    class: &'static str,
    spelling: Spelling,
    class_first: bool,
    /// The statements of each test function, in order.
    tests: Vec<Vec<Statement>>,
}

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

/// The suites of a repository.
pub(super) fn plan(surface: &Surface, seed: Seed) -> Vec<Suite> {
    let mut draw = Draw::new(seed.derive("suites"));
    let folder = if surface.src_layout { "tests/unit" } else { "tests" };
    let stems = draw.shuffled(STEMS.to_vec());
    let schedule = schedule(&mut draw);
    (0..SUITES)
        .map(|index| {
            let spelling = match index % 3 {
                0 => Spelling::Own(draw.pick(&HELPERS)),
                1 => Spelling::Imported,
                _ => Spelling::Qualified,
            };
            let statements = statements(index, &schedule[index], surface, spelling, &mut draw);
            Suite {
                path: format!("{folder}/test_{}.py", stems[index]),
                class: draw.pick(&CLASSES),
                spelling,
                class_first: draw.chance(1, 2),
                tests: grouped(statements, &mut draw),
            }
        })
        .collect()
}

/// The five conventions that each suite asks for: one per family, none twice in a suite, all equally often over all.
fn schedule(draw: &mut Draw) -> Vec<[(Family, Dimension); 5]> {
    let errors = draw.shuffled(Dimension::ERRORS.to_vec());
    let fractions = draw.shuffled(Dimension::FRACTIONS.to_vec());
    let plain = draw.shuffled(Dimension::PLAIN.to_vec());
    (0..SUITES)
        .map(|suite| {
            let nth = |k: usize| plain[(3 * suite + k) % plain.len()];
            let own = if suite % 5 == 3 { errors[(suite + 1) % 3] } else { nth(0) };
            let star = if suite % 4 == 0 && suite > 0 { fractions[(suite + 1) % 3] } else { nth(1) };
            [
                (Family::PytestRaises, errors[suite % 3]),
                (Family::PytestApprox, fractions[suite % 3]),
                (Family::SelfAssert, own),
                (Family::AssertStar, star),
                (Family::Assert, nth(2)),
            ]
        })
        .collect()
}

/// The families of the statements of suite `index` that the text above answers: 3 or 4 of 5.
fn local_families(index: usize) -> impl Iterator<Item = Family> {
    let families = [
        (Family::PytestRaises, !index.is_multiple_of(5)),
        (Family::SelfAssert, index % 5 != 1),
        (Family::AssertStar, index % 5 != 2),
        (Family::Assert, index % 5 < 3),
        (Family::PytestApprox, !index.is_multiple_of(3)),
    ];
    families.into_iter().filter_map(|(family, present)| present.then_some(family))
}

fn statements(
    index: usize,
    conventions: &[(Family, Dimension); 5],
    surface: &Surface,
    spelling: Spelling,
    draw: &mut Draw,
) -> Vec<Statement> {
    let mut pools = Pools::new(draw);
    let mut statements = Vec::new();
    for &(family, dimension) in conventions {
        statements.push(question::statement(dimension, family, surface, spelling, draw));
    }
    for family in local_families(index) {
        statements.push(local::statement(family, surface, spelling, &mut pools, draw));
    }
    draw.shuffled(statements)
}

/// Statements as test functions; sometimes two neighbours of one site share one.
fn grouped(statements: Vec<Statement>, draw: &mut Draw) -> Vec<Vec<Statement>> {
    let mut tests: Vec<Vec<Statement>> = Vec::new();
    for statement in statements {
        let join = draw.chance(1, 3);
        match tests.last_mut() {
            Some(last)
                if join
                    && last.len() == 1
                    && last[0].is_plain()
                    && statement.is_plain()
                    && last[0].site == statement.site =>
            {
                last.push(statement);
            }
            _ => tests.push(vec![statement]),
        }
    }
    tests
}

impl Suite {
    /// The file in one state, with its assertions; none while nothing it tests is covered.
    pub(super) fn write(&self, surface: &Surface, state: &State) -> Option<(String, Vec<Mark>)> {
        let present = |statement: &&Statement| statement.modules.is_subset(&state.covered);
        let tests: Vec<Vec<&Statement>> = self
            .tests
            .iter()
            .map(|test| test.iter().filter(present).collect::<Vec<_>>())
            .filter(|test| !test.is_empty())
            .collect();
        if tests.is_empty() {
            return None;
        }
        let mut page = Page { fill: Fill { surface, state }, text: String::new(), marks: Vec::new(), line: 1 };
        let all: Vec<&Statement> = tests.iter().flatten().copied().collect();
        self.head(&mut page, &all);
        let of_site = |site| tests.iter().filter(move |test| test[0].site == site);
        let sites = if self.class_first { [Site::Method, Site::Function] } else { [Site::Function, Site::Method] };
        for site in sites {
            if site == Site::Method && of_site(site).next().is_some() {
                self.class(&mut page, &all);
            }
            for test in of_site(site) {
                page.test(test, site);
            }
        }
        let text = format!("{}\n", page.text.trim_end());
        Some((text, page.marks))
    }

    /// Imports, constants, helper and fixtures.
    fn head(&self, page: &mut Page<'_>, statements: &[&Statement]) {
        let families: BTreeSet<Family> = statements.iter().map(|statement| statement.family).collect();
        let has_class = statements.iter().any(|statement| statement.site == Site::Method);
        let starred = families.contains(&Family::AssertStar);
        let uses_pytest = statements.iter().any(|statement| {
            statement.parameter.is_some() || statement.line.contains("pytest.") || !statement.fixtures.is_empty()
        });
        if has_class {
            page.push("import unittest\n\n");
        }
        if starred && self.spelling == Spelling::Qualified {
            page.push("import numpy as np\n");
        }
        if uses_pytest {
            page.push("import pytest\n");
        }
        if starred && self.spelling == Spelling::Imported {
            page.push("from numpy.testing import assert_allclose, assert_equal\n");
        }
        if uses_pytest || starred && !matches!(self.spelling, Spelling::Own(_)) {
            page.push("\n");
        }
        let mut modules: Vec<&str> = page.modules(statements);
        modules.sort_unstable();
        page.push(&format!("from $pkg$ import {}\n", modules.join(", ")));
        let constants: String = statements.iter().flat_map(|s| &s.constants).map(|line| format!("{line}\n")).collect();
        page.push(&if constants.is_empty() { constants } else { format!("\n{constants}") });
        if let (true, Spelling::Own(name)) = (starred, self.spelling) {
            page.push(&format!(
                "\n\ndef {name}(actual, expected):\n    if actual != expected:\n        raise AssertionError(f\"{{actual!r}} is not {{expected!r}}\")\n"
            ));
        }
        for fixture in statements.iter().flat_map(|statement| &statement.fixtures) {
            page.push(&format!("\n\n{fixture}"));
        }
    }

    fn class(&self, page: &mut Page<'_>, statements: &[&Statement]) {
        page.push(&format!("\n\nclass {}Test(unittest.TestCase):\n", self.class));
        let setup: Vec<&String> = statements.iter().flat_map(|statement| &statement.setup).collect();
        if !setup.is_empty() {
            page.push("    def setUp(self):\n");
            for line in setup {
                page.push(&format!("        {line}\n"));
            }
            page.push("\n");
        }
    }
}

/// A file as it grows.
struct Page<'a> {
    fill: Fill<'a>,
    text: String,
    marks: Vec<Mark>,
    line: u32,
}

impl Page<'_> {
    fn push(&mut self, template: &str) {
        let text = self.fill.fill(template);
        self.line += text.bytes().filter(|&byte| byte == b'\n').count() as u32;
        self.text.push_str(&text);
    }

    /// The names of the modules that the suite has to import. Modules used without being named are left out.
    fn modules(&self, statements: &[&Statement]) -> Vec<&'static str> {
        let mut named: BTreeMap<&'static str, ()> = BTreeMap::new();
        for statement in statements {
            for &module in &statement.modules {
                named.insert(self.fill.name(module), ());
            }
        }
        named.into_keys().collect()
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
        let answer = statement.answer.text(statement.dimension, &self.fill.state.asserted, &self.fill.fill("$mod.errors$"));
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
