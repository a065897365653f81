//! Comparisons as people read them.

use bench::{ComparedPart, ComparisonFile, Metric, PairComparison, RepoTally, Standing};

use crate::ui::{Ui, printable};

/// Prints a table of methods and one of pairs for each split and metric, then a line a slice and pair.
pub(super) fn print(file: &ComparisonFile, ui: &Ui) {
    let wholes = file.parts.chunk_by(|a, b| (a.split, a.metric) == (b.split, b.metric));
    for parts in wholes {
        let Some((whole, slices)) = parts.split_first() else { continue };
        let found = &whole.comparison;
        let mut lines = vec![format!(
            "{} · {} · {} tasks of {} repositories{}",
            whole.split.title(),
            whole.metric.title(),
            found.tasks,
            found.repos,
            if file.common { ", answered by all" } else { "" }
        )];
        lines.extend(standings(whole));
        let pairs = found.pairs.iter().zip(&whole.repos);
        lines.extend(pairs.map(|(pair, repos)| format!("  {}", pair_line(whole.metric, pair, Some(repos)))));
        for slice in slices {
            let count = format!("{} tasks of {} repositories", slice.comparison.tasks, slice.comparison.repos);
            lines.push(format!("    {} {} · {count}", slice.by, slice.group));
            lines.extend(
                slice.comparison.pairs.iter().map(|pair| format!("      {}", pair_line(slice.metric, pair, None))),
            );
        }
        ui.data(&printable(&lines.join("\n")));
        ui.data("");
    }
    ui.note(
        "differences are first minus second, with 95 % intervals and p-values over repositories; p is Holm-adjusted",
    );
    ui.note("within a table; methods that share a letter are statistically tied");
}

/// A line a method: its possible ranks, mean and letters.
fn standings(part: &ComparedPart) -> Vec<String> {
    let width = part.comparison.standings.iter().map(|standing| standing.method.chars().count()).max().unwrap_or(0);
    let line = |standing: &Standing| {
        let ranks = match standing.ranks {
            None => "-".to_owned(),
            Some([best, worst]) if best == worst => best.to_string(),
            Some([best, worst]) => format!("{best}-{worst}"),
        };
        let mean = standing.mean.map_or("no task".to_owned(), |mean| value(part.metric, mean));
        let letters = standing.letters.as_deref().unwrap_or("");
        format!("  {ranks:>5}  {:width$}  {mean:>7}  {letters}", standing.method)
    };
    let mut lines: Vec<String> = part.comparison.standings.iter().map(line).collect();
    lines.extend(part.comparison.undecided.map(|reason| format!("  no ranks: {}", reason.reason())));
    lines
}

fn pair_line(metric: Metric, pair: &PairComparison, repos: Option<&RepoTally>) -> String {
    let mut parts = vec![format!("{} - {}", pair.a, pair.b)];
    parts.push(pair.difference.map_or("no task".to_owned(), |difference| signed(metric, difference)));
    match (pair.cluster, pair.absent.get("cluster")) {
        (Some([low, high]), _) => parts.push(format!("[{}, {}]", signed(metric, low), signed(metric, high))),
        (None, Some(reason)) => parts.push(format!("no interval: {}", reason.reason())),
        (None, None) => {}
    }
    parts.extend(pair.p_adjusted.map(|p| format!("p {}", p_value(p))));
    parts.push(format!("tasks +{} -{}", pair.a_better, pair.b_better));
    parts.extend(repos.map(|repos| format!("repositories +{} -{} ={}", repos.better, repos.worse, repos.equal)));
    parts.extend(pair.mcnemar.map(|test| format!("McNemar {}", p_value(test.p))));
    parts.extend(pair.detectable.map(|least| format!("detectable {}", value(metric, least))));
    parts.join("  ")
}

/// A mean: exact match in percent, similarities as they are.
fn value(metric: Metric, value: f64) -> String {
    if metric.is_binary() { format!("{:.1}", 100.0 * value) } else { format!("{value:.3}") }
}

fn signed(metric: Metric, value: f64) -> String {
    if metric.is_binary() { format!("{:+.1}", 100.0 * value) } else { format!("{value:+.3}") }
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}
