//! A leaderboard as one HTML page that needs nothing else: no request, no file, no script to be read.

mod parts;
pub(crate) mod policy;
mod suite;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::notes::{VERBS, notes};
use super::{number, table};
use crate::leaderboard::{HEADLINE, Leaderboard, Method};
use crate::text::Shown;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page. Without scripts all suites stand below each other; with them one is chosen and tables can be sorted.
pub fn render(board: &Leaderboard) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::content_security_policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (board.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#overview" { "Skip to the results" }
                (header(board))
                main {
                    (warnings(&board.warnings))
                    (overview(board))
                    (navigation(board))
                    @for suite in &board.suites { (suite::section(board, suite)) }
                    (reported(board))
                    (methods(&board.methods))
                    (reading(board))
                    (reproduce(board))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

fn header(board: &Leaderboard) -> Markup {
    let models = board.base_models().into_iter().map(Shown::as_str).collect::<Vec<_>>().join(", ");
    html! {
        header.page {
            div.bar {
                p.eyebrow { "RepoPeftBench · assertion completion" }
                button.theme type="button" hidden { "Dark" }
            }
            h1 { (board.title) }
            dl.facts {
                (fact("Corpus", &html! { (board.corpus) }))
                (fact("Tasks", &html! { (number::tasks(board.tasks())) }))
                (fact("Base model", &html! { (models) }))
                (fact("Track", &html! { (board.track) ", profile " (board.profile) }))
                (fact("Scoring rules", &html! { (board.rules) }))
                (fact("Release", &html! { code title=(board.release) { (board.release.shortened(13)) } }))
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn warnings(warnings: &[Shown]) -> Markup {
    html! {
        @if !warnings.is_empty() {
            aside.warning aria-labelledby="warnings" {
                h2 id="warnings" { "Before you read the numbers" }
                ul { @for warning in warnings { li { (warning) } } }
            }
        }
    }
}

fn overview(board: &Leaderboard) -> Markup {
    html! {
        section id="overview" aria-labelledby="overview-title" {
            h2 id="overview-title" { "Overview" }
            (parts::table(&table::overview(board)))
            p.legend {
                b { "Bold" } ": highest mean of a suite. Brackets: 95 % interval over repositories. "
                span.badge { "≈ best" } ": not separable from the best row by its interval. "
                a href="#reading" { "How to read the numbers" }
            }
        }
    }
}

fn navigation(board: &Leaderboard) -> Markup {
    html! {
        nav.suites aria-label="Suites" {
            @for suite in &board.suites { a href={ "#" (suite.split) } { (suite.split.title()) } }
        }
    }
}

fn reported(board: &Leaderboard) -> Markup {
    let Some(reported) = &board.reported else { return html! {} };
    html! {
        section.reported id="reported" aria-labelledby="reported-title" {
            h2 id="reported-title" { "Reported in the paper" }
            @if reported.differences.is_empty() {
                p { "The release is the published one; our " (HEADLINE.title()) " stands beside the reported figure." }
            } @else {
                p { strong { "Not comparable with the results above." } }
                ul { @for reason in &reported.differences { li { (reason) } } }
            }
            (parts::table(&table::reported(board, reported)))
        }
    }
}

fn methods(methods: &[Method]) -> Markup {
    html! {
        section id="methods" aria-labelledby="methods-title" {
            h2 id="methods-title" { "Methods" }
            div.cards {
                @for method in methods {
                    article {
                        h3 { (method.label) }
                        dl {
                            @for (name, value) in table::card(method) {
                                dt { (name) }
                                dd.hash[name.ends_with("hash")] { (value) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reading(board: &Leaderboard) -> Markup {
    html! {
        section id="reading" aria-labelledby="reading-title" {
            h2 id="reading-title" { "How to read the numbers" }
            dl.notes {
                @for (term, note) in notes(board) {
                    dt { (term) }
                    dd { (parts::with_code(&note)) }
                }
            }
        }
    }
}

fn reproduce(board: &Leaderboard) -> Markup {
    html! {
        section id="reproduce" aria-labelledby="reproduce-title" {
            h2 id="reproduce-title" { "How to reproduce" }
            ol { @for (verb, does) in VERBS { li { code { (verb) } " " (does) } } }
            @if !board.commands.is_empty() {
                p { "This page was made by:" }
                pre tabindex="0" { code { @for command in &board.commands { (command) "\n" } } }
            }
        }
    }
}
