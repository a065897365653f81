//! Pieces that several sections share.

use maud::{Markup, html};

use crate::render::table::{Entry, Mark, Table};

/// `table` in a frame that scrolls sideways by keyboard or finger where the page is narrow.
pub(super) fn table(table: &Table) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(table.caption) {
            table {
                caption { (table.caption) }
                thead {
                    tr {
                        @for column in &table.columns {
                            th scope="col" {
                                span.title { (column.title) }
                                @if let Some(note) = &column.note { " " span.note { (note) } }
                            }
                        }
                    }
                }
                tbody { @for row in &table.rows { (line(row)) } }
                @if let Some(reference) = &table.reference { tfoot { (line(reference)) } }
            }
        }
    }
}

fn line(row: &[Entry]) -> Markup {
    html! {
        tr {
            @for (index, entry) in row.iter().enumerate() {
                @if index == 0 {
                    th scope="row" {
                        (entry.text)
                        @if let Some(badge) = entry.badge { " " span.badge.best[badge == "best"] { (badge) } }
                    }
                } @else {
                    td data-value=[entry.sort] { (number(entry)) }
                }
            }
        }
    }
}

fn number(entry: &Entry) -> Markup {
    html! {
        @match entry.mark {
            Mark::Plain => span.mean { (entry.text) },
            Mark::Best => strong.mean { (entry.text) },
            Mark::Warning => span.mean.alert { (entry.text) " (!)" },
        }
        @if let Some(interval) = &entry.interval { " " span.interval { (interval) } }
    }
}

/// Our own `text`, its parts between backticks as code.
pub(super) fn with_code(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
