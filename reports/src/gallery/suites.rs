//! Figures of single suites: intervals, differences, errors, positions, costs.

use bench::{ErrorClass, Metric, Split};

use super::Sources;
use crate::board::{BoardPair, BoardSuite, slices};
use crate::leaderboard::HEADLINE;
use crate::paper::published::published_tables;
use crate::plot::{Drawn, Kind, Matrix, Plot, Series, Stacked, Xy};
use crate::render::number;

/// The level at which a difference is found.
const LEVEL: f64 = 0.05;
/// The most methods whose lines can be told apart.
const LINES: usize = 12;
/// The most methods of a matrix.
const SIDE: usize = 50;

fn place(metric: Metric) -> usize {
    Metric::ALL.iter().position(|known| *known == metric).unwrap_or(0)
}

fn file(what: &str, suite: &BoardSuite) -> String {
    format!("{what}-{}", suite.key.replace('/', "-"))
}

fn title(sources: &Sources<'_>, suite: &BoardSuite) -> String {
    format!("{}, {} track", suite.title, sources.board.editions[suite.edition].track)
}

/// Means and intervals of each suite.
pub(super) fn forests(sources: &Sources<'_>) -> Vec<Plot> {
    let at = place(HEADLINE);
    let forest = |suite: &BoardSuite| {
        let rows = suite.rows.iter().filter_map(|row| {
            let [mean, low, high] = row.estimates[at];
            let ends = low.zip(high).map(|(low, high)| [low * 100.0, high * 100.0]);
            Some((sources.label(row.method), mean? * 100.0, ends))
        });
        let rows: Vec<_> = rows.collect();
        (!rows.is_empty()).then(|| Plot {
            id: file("intervals", suite),
            title: format!("{} on {}", HEADLINE.title(), title(sources, suite)),
            notes: vec![
                "Lines are 95 % intervals over repositories. To tell two methods apart, see the differences."
                    .to_owned(),
            ],
            kind: Kind::Forest { axis: format!("{}, percent", HEADLINE.title()), rows },
        })
    };
    sources.board.suites.iter().filter_map(forest).collect()
}

/// Differences of all pairs of each suite that was compared.
pub(super) fn matrices(sources: &Sources<'_>) -> Vec<Plot> {
    let matrix = |suite: &BoardSuite| {
        let mut pairs = sources.board.pairs(sources.editions, suite);
        let pairs = pairs.remove(&HEADLINE).filter(|pairs| !pairs.is_empty())?;
        let methods: Vec<usize> = suite.rows.iter().map(|row| row.method).take(SIDE).collect();
        let cell = |row: usize, column: usize| {
            let found = pairs.iter().find(|pair| [(pair.a, pair.b), (pair.b, pair.a)].contains(&(row, column)))?;
            let BoardPair { a, difference, p, .. } = found;
            let difference = difference.map(|value| if *a == row { value } else { -value })?;
            Some((difference * 100.0, p.is_some_and(|p| p <= LEVEL)))
        };
        Some(Plot {
            id: file("differences", suite),
            title: format!("Paired differences on {}", title(sources, suite)),
            notes: vec![
                "Found to differ: sign flips of repositories, p at most 0.05 after Holm's correction.".to_owned(),
            ],
            kind: Kind::Matrix(Matrix {
                names: methods.iter().map(|method| sources.label(*method)).collect(),
                cells: methods.iter().map(|row| methods.iter().map(|column| cell(*row, *column)).collect()).collect(),
                unit: format!("{}, points", HEADLINE.title()),
            }),
        })
    };
    sources.board.suites.iter().filter_map(matrix).collect()
}

/// Figure 12, both ways: by the published taxonomy, and by the one without artefacts of brackets.
pub(super) fn failures(sources: &Sources<'_>) -> Vec<Plot> {
    let suites = sources.board.suites.iter().filter(|suite| suite.split == Split::CrossRepoTest);
    suites.flat_map(|suite| [true, false].map(|published| taxonomy(sources, suite, published))).collect()
}

fn taxonomy(sources: &Sources<'_>, suite: &BoardSuite, published: bool) -> Plot {
    let row = |row: &crate::board::SuiteRow| {
        let classes = if published { &row.errors.classes } else { &row.errors.balanced };
        let all = if published { row.errors.failures } else { row.errors.strict_failures };
        let counts = ErrorClass::ALL.iter().map(|class| classes.get(class).copied().unwrap_or(0)).collect();
        (sources.label(row.method), counts, number::count(all))
    };
    let mut rows: Vec<_> = suite.rows.iter().map(row).collect();
    let (what, note) = if published {
        let paper = &published_tables().failures;
        let counts: Vec<u64> = ErrorClass::ALL.iter().map(|class| paper.get(class).copied().unwrap_or(0)).collect();
        let all = number::count(counts.iter().sum());
        rows.push(("Code2LoRA-Static as published".to_owned(), counts, all));
        (
            "the published taxonomy",
            "Targets of calls end in a bracket that the prefix opened, so well-formed answers count as syntax errors (S108).",
        )
    } else {
        (
            "brackets balanced",
            "Brackets that the slot closes are removed before a text is read (S108); the paper has no such numbers.",
        )
    };
    Plot {
        id: file(if published { "figure-12" } else { "figure-12-balanced" }, suite),
        title: format!("Figure 12: what went wrong on {}, {what}", title(sources, suite)),
        notes: vec![note.to_owned(), "Behind each bar: failures.".to_owned()],
        kind: Kind::Stacked(Stacked {
            parts: ErrorClass::ALL.iter().map(ToString::to_string).collect(),
            rows,
            axis: "percent of failures".to_owned(),
        }),
    }
}

/// Figure 9: exact match by the position of the commit.
pub(super) fn positions(sources: &Sources<'_>) -> Vec<Plot> {
    let at = place(HEADLINE);
    let plot = |suite: &BoardSuite| {
        let found = slices(&sources.editions[suite.edition], suite.split);
        let slice = found.into_iter().find(|slice| slice.by.as_str() == "commit_position")?;
        let bins = slice.groups.len().max(1) as f64;
        let series = suite.rows.iter().enumerate().take(LINES).map(|(row, found)| {
            let point = |(bin, group): (usize, &crate::board::BoardGroup)| {
                let mean = group.rows[row].as_ref()?[at][0]?;
                Some(((bin as f64 + 0.5) * 100.0 / bins, mean * 100.0))
            };
            let points = slice.groups.iter().enumerate().filter_map(point).collect();
            Series { label: sources.label(found.method), points, drawn: Drawn::Both, names: Vec::new() }
        });
        Some(Plot {
            id: if suite.split == Split::CrossRepoTest { "figure-9".to_owned() } else { file("positions", suite) },
            title: format!("Figure 9: {} by commit position on {}", HEADLINE.title(), title(sources, suite)),
            notes: vec![
                "Bins of the scored commits of each repository; a value is the mean over the tasks of a bin, so large repositories \
                 weigh more. The paper prints no values."
                    .to_owned(),
            ],
            kind: Kind::Xy(Xy {
                x: "position of the commit, percent".to_owned(),
                y: format!("{}, percent", HEADLINE.title()),
                log: false,
                series: series.collect(),
                marks: Vec::new(),
            }),
        })
    };
    let tested = |suite: &&BoardSuite| [Split::CrossRepoTest, Split::InRepoTest].contains(&suite.split);
    sources.board.suites.iter().filter(tested).filter_map(plot).collect()
}

/// Cost against accuracy on the first suite of each release: tokens read for an answer, and tokens trained on.
pub(super) fn costs(sources: &Sources<'_>) -> Vec<Plot> {
    let mut plots = Vec::new();
    for edition in 0..sources.board.editions.len() {
        let Some(suite) = sources.board.suites.iter().find(|suite| suite.edition == edition) else { continue };
        let read = |row: &crate::board::SuiteRow| row.tokens[0];
        let trained = |row: &crate::board::SuiteRow| {
            let runs = &sources.board.methods[row.method].runs;
            runs.iter().find(|run| run.edition == edition)?.supervised_tokens.map(|tokens| tokens as f64)
        };
        plots.extend(cost(sources, suite, "read", "tokens read for an answer, mean", &read));
        plots.extend(cost(sources, suite, "trained", "supervised tokens of training (logarithmic)", &trained));
    }
    plots
}

fn cost(
    sources: &Sources<'_>,
    suite: &BoardSuite,
    what: &str,
    axis: &str,
    of: &dyn Fn(&crate::board::SuiteRow) -> Option<f64>,
) -> Option<Plot> {
    let at = place(HEADLINE);
    let log = what == "trained";
    let point = |row: &crate::board::SuiteRow| {
        let cost = of(row).filter(|cost| !log || *cost > 0.0)?;
        Some(((cost, row.estimates[at][0]? * 100.0), sources.label(row.method)))
    };
    let (points, names): (Vec<_>, Vec<_>) = suite.rows.iter().filter_map(point).unzip();
    (points.len() > 1).then(|| Plot {
        id: file(&format!("cost-{what}"), suite),
        title: format!("Cost against accuracy on {}", title(sources, suite)),
        notes: Vec::new(),
        kind: Kind::Xy(Xy {
            x: axis.to_owned(),
            y: format!("{}, percent", HEADLINE.title()),
            log,
            series: vec![Series { label: "methods".to_owned(), points, drawn: Drawn::Points, names }],
            marks: Vec::new(),
        }),
    })
}
