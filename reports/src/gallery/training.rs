//! Figure 8 and the curves of training runs.

use bench::TrainingStep;

use super::{Line, Sources};
use crate::paper::published::published_tables;
use crate::paper::{SCALED, scaling as scaled};
use crate::plot::{Drawn, Kind, Plot, Series, Xy};
use crate::text::Shown;

/// Points of a curve at most: more are not seen.
const POINTS: usize = 400;
/// Runs in a figure at most.
const RUNS: usize = 8;

/// Figure 8: exact match by the number of training repositories, with both curves of the paper.
pub(super) fn scaling(sources: &Sources<'_>) -> Option<Plot> {
    let ours: Vec<(f64, f64)> =
        scaled(sources.board).into_iter().map(|(count, mean)| (count as f64, mean * 100.0)).collect();
    let (first, last) = (ours.first()?.0, ours.last()?.0);
    let paper = published_tables();
    let published = paper.scaling.iter().map(|row| (row.repositories as f64, row.em)).collect();
    let series = |label: String, points, drawn| Series { label, points, drawn, names: Vec::new() };
    let mut all = vec![
        series("ours".to_owned(), ours.clone(), Drawn::Points),
        series("published".to_owned(), published, Drawn::Points),
    ];
    let curve = |at: &dyn Fn(f64) -> f64| {
        (0..=40)
            .map(|step| first * (last / first).powf(f64::from(step) / 40.0))
            .map(|count| (count, at(count)))
            .collect()
    };
    if let Some(Line { slope, intercept, r_squared }) = (sources.fits.logarithm)(&ours) {
        let points = curve(&|count| slope * count.ln() + intercept);
        all.push(series(format!("log-linear, R² {r_squared:.3}"), points, Drawn::Dashes));
    }
    if let Some(Line { slope, intercept, r_squared }) = (sources.fits.power)(&ours) {
        let points = curve(&|count| 100.0 - (slope * count.ln() + intercept).exp());
        all.push(series(format!("power law, R² {r_squared:.3} in log space"), points, Drawn::Line));
    }
    Some(Plot {
        id: "figure-8".to_owned(),
        title: "Figure 8: EM on CR-test by number of training repositories, static track".to_owned(),
        notes: vec![
            format!("Ours are the methods whose card has the setting \"{SCALED}\"."),
            format!(
                "The two R² do not compare: they are of different spaces. The paper's are {:.3} and {:.3}.",
                paper.scaling_fits.log_linear, paper.scaling_fits.power_law
            ),
        ],
        kind: Kind::Xy(Xy {
            x: "training repositories (logarithmic)".to_owned(),
            y: "EM (paper), percent".to_owned(),
            log: true,
            series: all,
            marks: Vec::new(),
        }),
    })
}

/// Training and validation loss of every run.
pub(super) fn curves(sources: &Sources<'_>) -> Vec<Plot> {
    let plot = |(number, runs): (usize, &[(String, Vec<TrainingStep>)])| {
        let of = |run: &(String, Vec<TrainingStep>), what: &str, value: fn(&TrainingStep) -> Option<f64>, drawn| {
            let steps: Vec<(f64, f64)> = run.1.iter().filter_map(|row| Some((row.step as f64, value(row)?))).collect();
            let points = thinned(&steps);
            let label = format!("{}, {what}", Shown::name(&run.0).shortened(24));
            (!points.is_empty()).then_some(Series { label, points, drawn, names: Vec::new() })
        };
        let series: Vec<Series> = runs
            .iter()
            .flat_map(|run| {
                [
                    of(run, "training", |row| row.loss, Drawn::Line),
                    of(run, "validation", |row| row.validation, Drawn::Both),
                ]
            })
            .flatten()
            .collect();
        let more = if number == 0 { String::new() } else { format!("-{}", number + 1) };
        (!series.is_empty()).then(|| Plot {
            id: format!("training{more}"),
            title: "Training curves".to_owned(),
            notes: vec![
                "Mean loss per supervised token of a step; long runs are averaged over neighbouring steps.".to_owned(),
            ],
            kind: Kind::Xy(Xy {
                x: "steps of the optimizer".to_owned(),
                y: "loss, nats per token".to_owned(),
                log: false,
                series,
                marks: Vec::new(),
            }),
        })
    };
    sources.curves.chunks(RUNS / 2).enumerate().filter_map(plot).collect()
}

/// Means of neighbouring points, at most [`POINTS`].
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let size = points.len().div_ceil(POINTS).max(1);
    let mean = |part: &[(f64, f64)]| {
        let count = part.len() as f64;
        (part.iter().map(|(x, _)| x).sum::<f64>() / count, part.iter().map(|(_, y)| y).sum::<f64>() / count)
    };
    points.chunks(size).map(mean).collect()
}
