//! Test suites: which statements each holds; [`super::page`] makes files of them.

use bench::{Family, Seed};

use super::dimension::Dimension;
use super::draw::Draw;
use super::local::{self, Pools};
use super::question;
use super::statement::{Spelling, Statement};
use super::surface::Surface;

/// How many suites a repository has.
pub(super) const SUITES: usize = 10;

const STEMS: [&str; 14] = [
    "basics",
    "entries",
    "flows",
    "edges",
    "morning",
    "rounds",
    "smoke",
    "stories",
    "customs",
    "behaviour",
    "journey",
    "daily",
    "guards",
    "corners",
];
const HELPERS: [&str; 3] = ["assert_same", "assert_matches", "assert_yields"];
const CLASSES: [&str; 4] = ["Usual", "Everyday", "Careful", "Steady"];

/// A test file, planned once and written for every commit.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) path: String,
    /// The first half of the name of its class.
    pub(super) class: &'static str,
    pub(super) spelling: Spelling,
    /// Whether methods stand before functions.
    pub(super) class_first: bool,
    /// The statements of each test function, in order.
    pub(super) tests: Vec<Vec<Statement>>,
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

/// Suites that ask for another error and another fraction instead of two of the plain conventions; chosen such that a
/// repository asks for errors and fractions four times each, for the others three or four times.
const RICHER: std::ops::Range<usize> = 3..5;

/// The five conventions that each suite asks for: one per family, none twice in a suite.
fn schedule(draw: &mut Draw) -> Vec<[(Family, Dimension); 5]> {
    let errors = draw.shuffled(Dimension::ERRORS.to_vec());
    let fractions = draw.shuffled(Dimension::FRACTIONS.to_vec());
    let plain = draw.shuffled(Dimension::PLAIN.to_vec());
    (0..SUITES)
        .map(|suite| {
            let nth = |k: usize| plain[(3 * suite + k) % plain.len()];
            let (own, star) = if RICHER.contains(&suite) {
                (errors[(suite + 1) % 3], fractions[(suite + 1) % 3])
            } else {
                (nth(0), nth(1))
            };
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
