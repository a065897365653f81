//! Figures 2 and 3: what the releases hold.

use bench::paper::ACTIVITY_WINDOW;
use bench::stats::{Component, Statistics};

use crate::plot::{Drawn, Kind, Plot, Series, Spread, Xy};
use crate::render::number;
use crate::text::Shown;

const DAY: f64 = 86_400.0;

/// The two figures, as far as `statistics` have their numbers.
pub(super) fn plots(statistics: &Statistics) -> Vec<Plot> {
    activity(statistics).into_iter().chain(lengths(statistics)).collect()
}

fn activity(statistics: &Statistics) -> Option<Plot> {
    let repos = &statistics.commits.as_ref()?.activity;
    let start = ACTIVITY_WINDOW[0].seconds();
    let row = |repo: &bench::stats::RepoActivity| {
        let days = repo.kept.iter().map(|dot| (dot.time.seconds() - start) as f64 / DAY).collect();
        let rows: u64 = repo.kept.iter().map(|dot| dot.rows).sum();
        let note = format!("{} commits, {} rows", number::count(repo.kept.len() as u64), number::count(rows));
        (repo.repo.to_string(), days, note)
    };
    let rows: Vec<_> = repos.iter().map(row).collect();
    (!rows.is_empty()).then(|| Plot {
        id: "figure-2".to_owned(),
        title: "Figure 2: kept commits, January to October 2024".to_owned(),
        notes: vec!["A line is a kept commit, the box holds the middle half of them.".to_owned()],
        kind: Kind::Spread(Spread { rows, axis: "days since 1 January 2024".to_owned() }),
    })
}

fn lengths(statistics: &Statistics) -> Option<Plot> {
    let tokens = statistics.tokens.as_ref()?;
    let histogram = &tokens.prefixes;
    if histogram.bins.iter().all(|count| *count == 0) {
        return None;
    }
    let width = histogram.end as f64 / histogram.bins.len() as f64;
    let steps = histogram.bins.iter().enumerate().flat_map(|(bin, count)| {
        let (left, count) = (bin as f64 * width, *count as f64);
        [(left, count), (left + width, count)]
    });
    let points = std::iter::once((0.0, 0.0)).chain(steps).chain(std::iter::once((histogram.end as f64, 0.0))).collect();
    let median = tokens.components.get(&Component::Prefix).map(|summary| summary.median);
    let mut marks: Vec<(f64, String)> = [512.0, 2048.0].map(|window| (window, format!("{window:.0}"))).into();
    marks.extend(median.map(|median| (median, format!("median {median:.0}"))));
    marks.retain(|(at, _)| *at <= histogram.end as f64);
    Some(Plot {
        id: "figure-3".to_owned(),
        title: "Figure 3, left: tokens of static prefixes".to_owned(),
        notes: vec![
            format!("Counted by the tokenizer of {}; the paper's median is 224.", Shown::name(&tokens.tokenizer)),
            "The right panel, with resolved context, is not drawn: a release holds no contexts.".to_owned(),
        ],
        kind: Kind::Xy(Xy {
            x: "tokens".to_owned(),
            y: "tasks".to_owned(),
            log: false,
            series: vec![Series { label: "prefixes".to_owned(), points, drawn: Drawn::Line, names: Vec::new() }],
            marks,
        }),
    })
}
