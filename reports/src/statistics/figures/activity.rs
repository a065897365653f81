//! Figure 2: when repositories change their tests (R144).

use bench::Timestamp;
use bench::paper::ACTIVITY_WINDOW;
use bench::stats::RepoActivity;
use maud::{Markup, html};

use super::{Figure, axis, file};
use crate::figure::Scale;
use crate::render::number;

const ROW: u32 = 62;
const AXIS: u32 = 26;
/// The area of the greatest dot is that of a circle of this radius, in pixels.
const RADIUS: f64 = 17.0;
const LEAST: f64 = 1.5;

/// The figure of `repos`; none if there is none.
pub(super) fn activity(repos: &[RepoActivity]) -> Option<Figure> {
    let most = repos.iter().flat_map(|repo| &repo.kept).map(|dot| dot.rows).max()?;
    let scale = Scale::from_zero(std::iter::once(1.0), [1.5, 98.5]);
    let bottom = ROW * u32::try_from(repos.len()).ok()?;
    let months = months();
    let body = html! {
        (axis(scale, bottom, months.iter().map(|(share, name)| (*share, *name))))
        @for (top, repo) in (0..).step_by(ROW as usize).zip(repos) { (strip(scale, top, repo, most)) }
    };
    let title = "Figure 2: kept commits, January to October 2024".to_owned();
    let line = |repo: &RepoActivity| format!("{}: {}", repo.repo, summary(repo));
    let description = repos.iter().map(line).collect::<Vec<_>>().join("; ");
    let svg = file("activity", bottom + AXIS, [&title, &description], &body);
    let notes = vec![
        "A dot is a kept commit at its author date; its area is proportional to its rows before the caps.".to_owned(),
        "The paper also draws the commits without rows, in grey; a release does not hold them.".to_owned(),
    ];
    Some(Figure { file: "figure-2.svg", title, notes, svg })
}

fn strip(scale: Scale, top: u32, repo: &RepoActivity, most: u64) -> Markup {
    html! {
        text.label x="0" y=(top + 15) { (repo.repo) }
        text.value x="100%" y=(top + 15) text-anchor="end" { (summary(repo)) }
        @for dot in &repo.kept {
            @let radius = (RADIUS * (dot.rows as f64 / most.max(1) as f64).sqrt()).max(LEAST);
            circle.kept cx=(scale.place(share(dot.time))) cy=(top + 39) r=(format!("{radius:.2}")) {}
        }
    }
}

fn summary(repo: &RepoActivity) -> String {
    let rows: u64 = repo.kept.iter().map(|dot| dot.rows).sum();
    format!("{} kept commits, {} rows", number::count(repo.kept.len() as u64), number::count(rows))
}

/// The first days of the months of the window, and their names.
fn months() -> Vec<(f64, &'static str)> {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"];
    let start = |(month, name): (usize, &'static str)| {
        let day: Option<Timestamp> = format!("2024-{month:02}-01").parse().ok();
        day.map(|day| (share(day), name))
    };
    (1..).zip(names).filter_map(start).collect()
}

/// Where `time` stands in the window, 0..=1.
fn share(time: Timestamp) -> f64 {
    let [start, end] = ACTIVITY_WINDOW.map(Timestamp::seconds);
    (time.seconds() - start) as f64 / (end - start) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_window() {
        let months = months();
        assert_eq!((months.len(), months[0]), (10, (0.0, "Jan")));
        assert!(months.is_sorted_by(|a, b| a.0 < b.0) && months[9].0 < 1.0);
    }
}
