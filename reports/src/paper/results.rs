//! Tables 2, 3 and 4: methods on the suites of a track.

use bench::{Metric, Split, Track};

use super::table::{Mark, Pair, Table, Unit};
use super::{Source, methods_of, notes_on};
use crate::board::{BoardSuite, SuiteRow};
use crate::published::{Figures, Reported, published};

/// The metrics of a table, as the paper heads them.
const METRICS: [(Metric, &str, Unit); 3] = [
    (Metric::ExactMatchPaper, "EM", Unit::Percent),
    (Metric::EditSimilarity, "ES", Unit::Decimal(3)),
    (Metric::TokenBleu, "CB", Unit::Decimal(3)),
];

/// A table of results: its number, the suites it shows and their headings.
struct Layout {
    number: u32,
    id: &'static str,
    track: Track,
    title: &'static str,
    suites: &'static [(Split, &'static str)],
}

const LAYOUTS: [Layout; 3] = [
    Layout {
        number: 2,
        id: "table-2",
        track: Track::Static,
        title: "Table 2: results on the static track",
        suites: &[(Split::CrossRepoTest, "CR-test"), (Split::InRepoTest, "IR-test")],
    },
    Layout {
        number: 3,
        id: "table-3",
        track: Track::Evolution,
        title: "Table 3: results on the evolution track",
        suites: &[(Split::CrossRepoTest, "CR-test"), (Split::InRepoTest, "IR-test")],
    },
    Layout {
        number: 4,
        id: "table-4",
        track: Track::Evolution,
        title: "Table 4: results on the out-of-distribution set",
        suites: &[(Split::OodTest, "OOD")],
    },
];

/// The three tables.
pub(super) fn tables(source: &Source<'_>) -> Vec<Table> {
    LAYOUTS.iter().map(|layout| table(source, layout)).collect()
}

fn table(source: &Source<'_>, layout: &Layout) -> Table {
    let reported: Vec<&Reported> = published()
        .results
        .iter()
        .filter(|row| row.track == layout.track && layout.suites.iter().any(|(split, _)| row.split.contains_key(split)))
        .collect();
    let suites: Vec<Option<&BoardSuite>> =
        layout.suites.iter().map(|(split, _)| source.suite(layout.track, *split)).collect();
    let row = |method: Option<usize>, paper: Option<&Reported>| -> Vec<Pair> {
        let of_suite = |(suite, (split, _)): (Option<&BoardSuite>, &(Split, &str))| {
            let found =
                suite.and_then(|suite| Some((suite, suite.rows.iter().find(|row| Some(row.method) == method)?)));
            let figures = paper.and_then(|row| row.split.get(split)).copied();
            METRICS.map(|(metric, _, unit)| pair(found, metric, unit, figures))
        };
        suites.iter().copied().zip(layout.suites).flat_map(of_suite).collect()
    };
    let mut rows: Vec<(String, Vec<Pair>)> = Vec::new();
    let mut shown = Vec::new();
    for paper in &reported {
        let method = source.method(&paper.method);
        shown.extend(method);
        rows.push((paper.title.clone(), row(method, Some(paper))));
    }
    // Ours that the paper does not have, in the order of the first suite.
    for method in methods_of(&suites) {
        if !shown.contains(&method) {
            rows.push((source.board.methods[method].label.to_string(), row(Some(method), None)));
        }
    }
    Table {
        id: layout.id,
        title: layout.title.to_owned(),
        notes: notes_on(source, layout.number, Some(layout.track)),
        of: "method",
        columns: layout.suites.iter().flat_map(|_| METRICS.map(|(_, name, unit)| (name, unit))).collect(),
        groups: layout.suites.iter().map(|(_, title)| (*title, METRICS.len())).collect(),
        rows,
    }
}

fn pair(found: Option<(&BoardSuite, &SuiteRow)>, metric: Metric, unit: Unit, figures: Option<Figures>) -> Pair {
    let paper = figures.map(|figures| match metric {
        Metric::EditSimilarity => figures.edit_similarity,
        Metric::TokenBleu => figures.token_bleu,
        _ => figures.em,
    });
    let Some((suite, row)) = found else { return Pair::new(None, paper) };
    let at = Metric::ALL.iter().position(|known| *known == metric);
    let mean = at.and_then(|at| row.estimates[at][0]);
    let ours = mean.map(|mean| if unit == Unit::Percent { mean * 100.0 } else { mean });
    Pair { mark: mark(suite, row, metric), ..Pair::new(ours, paper) }
}

/// Best if no other row has a higher mean, tied if the comparison does not tell it from the best.
pub(super) fn mark(suite: &BoardSuite, row: &SuiteRow, metric: Metric) -> Mark {
    let at = Metric::ALL.iter().position(|known| *known == metric).unwrap_or(0);
    let means = || suite.rows.iter().filter_map(|row| Some((row, row.estimates[at][0]?)));
    let Some((best, high)) = means().max_by(|(_, a), (_, b)| a.total_cmp(b)) else { return Mark::Plain };
    if means().count() < 2 || row.estimates[at][0].is_none() {
        return Mark::Plain;
    }
    if row.estimates[at][0] == Some(high) {
        return Mark::Best;
    }
    let letters = |method: usize| {
        let stand = suite.standings.get(&metric)?.rows.iter().find(|stand| stand.method == method)?;
        stand.letters.as_deref()
    };
    match (letters(row.method), letters(best.method)) {
        (Some(own), Some(others)) if are_tied(own, others) => Mark::Tied,
        _ => Mark::Plain,
    }
}

/// Whether the letters of two methods name a group in common.
fn are_tied(own: &str, others: &str) -> bool {
    groups(own).any(|group| groups(others).any(|other| other == group))
}

/// The groups that `letters` name, each a letter and perhaps a number: after `z` comes `a1`.
fn groups(letters: &str) -> impl Iterator<Item = &str> {
    let starts = letters.match_indices(|c: char| c.is_ascii_lowercase());
    starts.map(|(start, letter)| {
        let number = &letters[start + letter.len()..];
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        &letters[start..start + letter.len() + digits]
    })
}

#[cfg(test)]
mod tests {
    use super::are_tied;

    #[test]
    fn groups_are_letters_with_their_numbers() {
        assert!(are_tied("ab", "bc") && are_tied("za1", "a1b1") && are_tied("a12", "a12"));
        assert!(!are_tied("a", "b") && !are_tied("ab", "a1b1") && !are_tied("a1", "a12") && !are_tied("", "a"));
    }
}
