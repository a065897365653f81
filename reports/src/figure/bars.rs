//! Bars of a grouping: one block a group, one bar a method, with the level of chance where it is known.

use maud::{Markup, html};

use super::{Scale, frame, grid};
use crate::leaderboard::{Cell, Group, Grouping, HEADLINE, Leaderboard, Suite};
use crate::render::number;

/// How many methods are drawn: as many as there are colours that everybody can tell apart.
pub(crate) const SERIES: usize = 6;

const HEADING: u32 = 26;
const BAR: u32 = 18;
const GAP: u32 = 14;
const AXIS: u32 = 24;

/// The figure of `grouping`: the first [`SERIES`] rows of `suite`, in the order of its table.
pub(crate) fn bars(board: &Leaderboard, suite: &Suite, grouping: &Grouping) -> Markup {
    let drawn = suite.rows.len().min(SERIES);
    let values = grouping.groups.iter().flat_map(|group| {
        let cells = group.cells.iter().take(drawn).flatten();
        cells
            .filter_map(|cell| cell.mean.map(|mean| cell.cluster.map_or(mean, |[_, high]| high.max(mean))))
            .chain(group.chance)
    });
    let scale = Scale::from_zero(values, [7.0, 88.0]);
    let block = HEADING + BAR * u32::try_from(drawn).unwrap_or(0) + GAP;
    let bottom = block * u32::try_from(grouping.groups.len()).unwrap_or(u32::MAX / block / 2);
    let title = format!("{} by {} on {}", HEADLINE.title(), grouping.by, suite.split.title());
    let body = html! {
        (grid(&scale, bottom))
        @for (top, group) in (0..).step_by(block as usize).zip(&grouping.groups) {
            (heading(top, group))
            @if let Some(chance) = group.chance {
                @let x = scale.place(chance);
                line.chance x1=(x) x2=(x) y1=(top + HEADING - 3) y2=(top + block - GAP + 3) {}
            }
            @for (index, cell) in group.cells.iter().take(drawn).enumerate() {
                (bar(&scale, top + HEADING + BAR * u32::try_from(index).unwrap_or(0), index, *cell))
            }
        }
    };
    // Place in the suite and property name the figure: the property is foreign text, its index is not.
    let place = suite.groupings.iter().position(|other| std::ptr::eq(other, grouping)).unwrap_or(0);
    let description = describe(board, suite, grouping, drawn);
    frame(&format!("bars-{}-{place}", suite.split), bottom + AXIS, [&title, &description], &body)
}

/// The letter that names the method of row `index` beside its bars.
pub(crate) fn key(index: usize) -> char {
    u8::try_from(index).ok().filter(|index| *index < 26).map_or('?', |index| char::from(b'A' + index))
}

fn heading(top: u32, group: &Group) -> Markup {
    html! {
        text.label x="0" y=(top + 16) { (group.name.shortened(24)) }
        text.value x="100%" y=(top + 16) text-anchor="end" {
            (group.size())
            @if let Some(chance) = group.chance { " · chance " (number::percent(chance)) }
        }
    }
}

fn bar(scale: &Scale, top: u32, index: usize, cell: Option<Cell>) -> Markup {
    let cell = cell.and_then(|cell| cell.mean.map(|mean| (mean, cell.cluster)));
    html! {
        text.key x="0" y=(top + 12) { (key(index)) }
        @if let Some((mean, cluster)) = cell {
            rect class={ "bar s" (index + 1) } x=(scale.place(0.0)) y=(top + 2) height=(BAR - 5)
                width=(scale.width([0.0, mean])) rx="1.5" {}
            @if let Some([low, high]) = cluster {
                line.whisker x1=(scale.place(low)) x2=(scale.place(high)) y1=(top + 8) y2=(top + 8) {}
            }
            text.value x=(scale.place(cluster.map_or(mean, |[_, high]| high.max(mean)))) dx="6" y=(top + 12) {
                (number::value(HEADLINE, mean))
            }
        } @else {
            text.value x=(scale.place(0.0)) dx="6" y=(top + 12) { (number::NONE) }
        }
    }
}

fn describe(board: &Leaderboard, suite: &Suite, grouping: &Grouping, drawn: usize) -> String {
    let line = |group: &Group| {
        let values = suite.rows.iter().zip(&group.cells).take(drawn).map(|(row, cell)| {
            let mean = cell.and_then(|cell| cell.mean);
            let value = mean.map_or_else(|| number::NONE.to_owned(), |mean| number::value(HEADLINE, mean));
            format!("{} {value}", board.methods[row.method].label)
        });
        format!("{}: {}", group.name, values.collect::<Vec<_>>().join(", "))
    };
    grouping.groups.iter().map(line).collect::<Vec<_>>().join("; ")
}
