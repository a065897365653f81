//! Figures 6 and 7: exact match of single repositories.

use bench::{Metric, Split, Track};

use super::Sources;
use crate::board::{BoardSlice, BoardSuite, slices};
use crate::paper::published::published_tables;
use crate::plot::{Drawn, Kind, Plot, Series, Spread, Xy, quantile};

/// The method against which repositories are counted as worse.
const REFERENCE: &str = "pretrained";
/// The method of Figure 7.
const PER_REPO: &str = "plora";

/// IR-test, of the evolution track if it was scored.
fn in_repo<'a>(sources: &Sources<'a>) -> Option<&'a BoardSuite> {
    let suites = sources.board.suites.iter().filter(|suite| suite.split == Split::InRepoTest);
    suites.max_by_key(|suite| sources.board.editions[suite.edition].track == Track::Evolution)
}

/// Exact match of every repository, in percent, by row of `suite`.
fn by_repo(sources: &Sources<'_>, suite: &BoardSuite) -> Vec<(String, Vec<Option<f64>>)> {
    let at = Metric::ALL.iter().position(|metric| *metric == Metric::ExactMatchPaper).unwrap_or(0);
    let found: Vec<BoardSlice> = slices(&sources.editions[suite.edition], suite.split);
    let repos = found.into_iter().filter(|slice| slice.by.as_str() == "repo").flat_map(|slice| slice.groups);
    repos
        .map(|group| {
            let mean = |row: &Option<Vec<[Option<f64>; 3]>>| row.as_ref()?[at][0].map(|mean| mean * 100.0);
            (group.name.to_string(), group.rows.iter().map(mean).collect())
        })
        .collect()
}

/// Figure 6: the distribution over repositories, a row a method.
pub(super) fn spread(sources: &Sources<'_>) -> Option<Plot> {
    let suite = in_repo(sources)?;
    let repos = by_repo(sources, suite);
    let complete: Vec<_> = repos.iter().filter(|(_, means)| means.iter().all(Option::is_some)).collect();
    let values = |row: usize| complete.iter().filter_map(|(_, means)| means[row]).collect::<Vec<f64>>();
    let id = |row: usize| sources.board.methods[suite.rows[row].method].id.as_str();
    let reference = (0..suite.rows.len()).find(|row| id(*row) == REFERENCE).map(values);
    let row = |place: usize| {
        let found = values(place);
        let note = describe(&found, reference.as_deref().filter(|_| id(place) != REFERENCE));
        (sources.label(suite.rows[place].method), found, note)
    };
    let rows: Vec<_> = (0..suite.rows.len()).map(row).filter(|(_, found, _)| !found.is_empty()).collect();
    let published = published_tables().repositories.iter().map(|row| {
        let deviation = row.deviation.map_or_else(String::new, |sd| format!(", sd {sd:.1}"));
        let below = row.below_pretrained.map_or_else(String::new, |share| format!(", {share:.1} % below Pretrained"));
        format!("{} median {:.1}{deviation}{below}", row.method, row.median)
    });
    let published = format!("Published, 389 repositories: {}.", published.collect::<Vec<_>>().join("; "));
    let track = sources.board.editions[suite.edition].track;
    (!rows.is_empty()).then(|| Plot {
        id: "figure-6".to_owned(),
        title: format!("Figure 6: EM (paper) by repository, IR-test, {track} track"),
        notes: vec![
            format!("{} repositories that all methods answered; a line is one of them.", complete.len()),
            published,
        ],
        kind: Kind::Spread(Spread { rows, axis: "EM (paper) of a repository, percent".to_owned() }),
    })
}

/// `median 63.4, sd 16.8, 1.3 % below`: the last counts repositories strictly below `reference`.
fn describe(values: &[f64], reference: Option<&[f64]>) -> String {
    if values.is_empty() {
        return String::new();
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
    let below = reference.map_or_else(String::new, |reference| {
        let count = values.iter().zip(reference).filter(|(ours, theirs)| ours < theirs).count();
        format!(", {:.1} % below", count as f64 * 100.0 / values.len() as f64)
    });
    format!("median {:.1}, sd {deviation:.1}{below}", quantile(&sorted, 0.5))
}

/// Figure 7: exact match of per-repository adapters by the number of training tasks.
pub(super) fn by_size(sources: &Sources<'_>) -> Option<Plot> {
    let of = |suite: &&BoardSuite| {
        suite.split == Split::InRepoTest && sources.board.editions[suite.edition].track == Track::Static
    };
    let suite = sources.board.suites.iter().find(of)?;
    let row = suite.rows.iter().position(|row| sources.board.methods[row.method].id.as_str() == PER_REPO)?;
    let tasks = |name: &str| {
        let found = sources.training_tasks.iter().find(|(repo, _)| repo.as_str() == name);
        found.map(|(_, count)| *count as f64).filter(|count| *count > 0.0)
    };
    let mut points: Vec<(f64, f64)> =
        by_repo(sources, suite).iter().filter_map(|(name, means)| Some((tasks(name)?, means[row]?))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (first, last) = (points.first()?.0, points.last()?.0);
    let mut series = vec![Series {
        label: format!("{}, a repository each", sources.label(suite.rows[row].method)),
        points: points.clone(),
        drawn: Drawn::Points,
        names: Vec::new(),
    }];
    let mut notes = vec!["The paper fits 14.7 points a decade and marks 50 tasks.".to_owned()];
    if let Some(line) = (sources.fits.logarithm)(&points) {
        let decade = line.slope * std::f64::consts::LN_10;
        let end = |count: f64| (count, line.slope * count.ln() + line.intercept);
        series.push(Series {
            label: format!("least squares: {decade:+.1} points a decade"),
            points: vec![end(first), end(last)],
            drawn: Drawn::Dashes,
            names: Vec::new(),
        });
        notes.push(format!("R² {:.3}.", line.r_squared));
    }
    Some(Plot {
        id: "figure-7".to_owned(),
        title: "Figure 7: per-repository adapters by training tasks, IR-test, static track".to_owned(),
        notes,
        kind: Kind::Xy(Xy {
            x: "training tasks of the repository (logarithmic)".to_owned(),
            y: "EM (paper), percent".to_owned(),
            log: true,
            series,
            marks: vec![(50.0, "50 tasks".to_owned())],
        }),
    })
}
