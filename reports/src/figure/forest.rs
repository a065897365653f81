//! The forest plot of a suite: one method a row, its mean as a dot, its cluster interval as a line.

use maud::{Markup, html};

use super::{LABEL, Scale, frame, grid};
use crate::leaderboard::{Cell, HEADLINE, Leaderboard, Row, Standing, Suite};
use crate::render::number;

const ROW: u32 = 46;
const AXIS: u32 = 26;

/// The figure of `suite`: rows in the order of its table; the band is the interval of the best row.
pub(crate) fn forest(board: &Leaderboard, suite: &Suite) -> Markup {
    let cells: Vec<Cell> = suite.rows.iter().map(|row| row.cell(HEADLINE)).collect();
    let values = cells.iter().flat_map(|cell| cell.mean.into_iter().chain(cell.cluster.into_iter().flatten()));
    let scale = Scale::around(values, [2.0, 98.0]);
    let rows = u32::try_from(suite.rows.len()).unwrap_or(u32::MAX / ROW / 2);
    let name = |row: &Row| &board.methods[row.method].label;
    let title = format!("{} on {}: means and 95 % intervals", HEADLINE.title(), suite.split.title());
    let lines: Vec<String> =
        suite.rows.iter().map(|row| format!("{}: {}", name(row), text(&row.cell(HEADLINE)))).collect();
    let body = html! {
        @if let Some(band) = cells.first().and_then(|cell| cell.cluster).filter(|_| cells.len() > 1) {
            rect.band x=(scale.place(band[0])) width=(scale.width(band)) y="0" height=(rows * ROW) {}
        }
        (grid(&scale, rows * ROW))
        @for (top, row) in (0..).step_by(ROW as usize).zip(&suite.rows) {
            (strip(&scale, top, row, &name(row).shortened(LABEL)))
        }
    };
    frame(&format!("forest-{}", suite.split), rows * ROW + AXIS, [&title, &lines.join("; ")], &body)
}

fn strip(scale: &Scale, top: u32, row: &Row, name: &str) -> Markup {
    let cell = row.cell(HEADLINE);
    let class = match row.standing {
        Standing::Best | Standing::Alone => "best",
        Standing::NotSeparable => "tied",
        Standing::Behind => "behind",
        Standing::Unknown => "unknown",
    };
    html! {
        text.label x="0" y=(top + 18) { (name) }
        text.value x="100%" y=(top + 18) text-anchor="end" { (text(&cell)) }
        @if let Some([low, high]) = cell.cluster {
            line class={ "range " (class) } x1=(scale.place(low)) x2=(scale.place(high)) y1=(top + 33) y2=(top + 33) {}
        }
        @if let Some(mean) = cell.mean {
            circle class={ "dot " (class) } cx=(scale.place(mean)) cy=(top + 33) r="5" {}
        }
    }
}

fn text(cell: &Cell) -> String {
    let mean = cell.mean.map_or_else(|| number::NONE.to_owned(), |mean| number::value(cell.metric, mean));
    cell.cluster.map_or_else(|| mean.clone(), |cluster| format!("{mean} {}", number::interval(cell.metric, cluster)))
}
