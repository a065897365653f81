//! The section of one suite: its table, its figures, and the numbers of the figures.

use maud::{Markup, html};

use super::parts;
use crate::figure::{SERIES, bars, forest, key};
use crate::leaderboard::{Grouping, HEADLINE, Leaderboard, Suite};
use crate::render::notes::about;
use crate::render::{number, table};

pub(super) fn section(board: &Leaderboard, suite: &Suite) -> Markup {
    html! {
        section.suite id=(suite.split) aria-labelledby={ (suite.split) "-title" } {
            h2 id={ (suite.split) "-title" } tabindex="-1" { (suite.split.title()) }
            p.about {
                (number::tasks(suite.tasks))
                @if let Some(repos) = suite.repos { " of " (repos) " repositories" }
                ": " (about(suite.split)) "."
            }
            (parts::table(&table::suite(board, suite)))
            div.figures {
                figure {
                    figcaption {
                        b { (HEADLINE.title()) ", percent" }
                        " Dot: mean over tasks. Line: 95 % interval over repositories. Band: interval of the best row."
                    }
                    (forest(board, suite))
                }
                @for grouping in &suite.groupings { (by_group(board, suite, grouping)) }
            }
            @for grouping in &suite.groupings { (parts::table(&table::grouping(board, suite, grouping))) }
        }
    }
}

fn by_group(board: &Leaderboard, suite: &Suite, grouping: &Grouping) -> Markup {
    let chance = grouping.groups.iter().any(|group| group.chance.is_some());
    html! {
        figure {
            figcaption {
                b { (HEADLINE.title()) " by " (grouping.by) ", percent" }
                @if chance { " Dashed line: chance." }
                @if suite.rows.len() > SERIES { " The first " (SERIES) " methods; the table has all." }
                ol.keys {
                    @for (index, row) in suite.rows.iter().take(SERIES).enumerate() {
                        li { span class={ "swatch s" (index + 1) } { (key(index)) } " " (board.methods[row.method].label) }
                    }
                }
            }
            (bars(board, suite, grouping))
        }
    }
}
