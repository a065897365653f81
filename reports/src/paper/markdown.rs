//! Tables of numbers beside the paper's as GitHub-flavoured Markdown.

use std::fmt::Write as _;

use super::table::{Mark, Pair, Table, Unit};
use crate::render::markdown::escape;

/// The table under a heading of the given level, `##`.
pub(crate) fn print(page: &mut String, level: &str, table: &Table) {
    let _ = writeln!(page, "\n{level} {}", table.title);
    for note in &table.notes {
        let _ = writeln!(page, "\n{}", escape(note));
    }
    page.push('\n');
    let head = std::iter::once(table.of.to_owned()).chain(table.headings());
    line(page, head.map(|name| escape(&name)));
    let _ = writeln!(
        page,
        "|{}|",
        std::iter::once(" --- ").chain(vec![" ---: "; table.columns.len()]).collect::<Vec<_>>().join("|")
    );
    for (name, pairs) in &table.rows {
        let cells = pairs.iter().zip(&table.columns).map(|(pair, (_, unit))| cell(pair, *unit));
        line(page, std::iter::once(escape(name)).chain(cells));
    }
}

fn line(page: &mut String, cells: impl Iterator<Item = String>) {
    let _ = writeln!(page, "| {} |", cells.collect::<Vec<_>>().join(" | "));
}

/// `**63.8** (63.8, ±0.0)`; a dagger where the number was not found to differ from the best.
fn cell(pair: &Pair, unit: Unit) -> String {
    let (text, own) = (escape(&pair.text(unit)), escape(&pair.own(unit)));
    let rest = text.strip_prefix(&own).unwrap_or_default();
    match pair.mark {
        Mark::Plain => text,
        Mark::Best => format!("**{own}**{rest}"),
        Mark::Tied => format!("{own}†{rest}"),
    }
}

/// The table as a page of its own.
pub(super) fn page(table: &Table) -> String {
    let mut page = String::new();
    print(&mut page, "#", table);
    page.trim_start().to_owned()
}

/// All `tables` on one page.
pub(super) fn all(tables: &[Table], paper: &str) -> String {
    let mut page = format!(
        "# Tables\n\nA cell is our number, in brackets that of the paper ({paper}) and the difference. Bold: our best; †: not \
         found to differ from it. `–` is a number that is not there.\n"
    );
    tables.iter().for_each(|table| print(&mut page, "##", table));
    page
}
