//! Statistics as GitHub-flavoured Markdown.

use std::fmt::Write as _;

use bench::stats::Statistics;

use super::figures::Figure;
use super::published::published_statistics;
use crate::paper::markdown::print;
use crate::paper::table::Table;
use crate::render::markdown::escape;

/// The page, ending in a line feed.
pub(super) fn render(statistics: &Statistics, tables: &[Table], figures: &[Figure]) -> String {
    let mut page = "# Statistics\n\n".to_owned();
    head(&mut page, statistics);
    for table in tables {
        print(&mut page, "##", table);
    }
    for figure in figures {
        let _ = writeln!(page, "\n## {}\n\n![{}]({})", figure.title, figure.title, figure.file);
        notes(&mut page, &figure.notes);
    }
    page
}

/// The tables that have a number of ours, with headings of the third level.
pub(super) fn section(statistics: &Statistics, tables: &[Table]) -> String {
    let mut page = String::new();
    head(&mut page, statistics);
    for table in tables.iter().filter(|table| table.has(|pair| pair.ours)) {
        print(&mut page, "###", table);
    }
    page
}

fn head(page: &mut String, statistics: &Statistics) {
    for release in &statistics.releases {
        let _ = writeln!(page, "- Release `{}`: track {}, profile {}", release.root, release.track, release.profile);
    }
    let _ = writeln!(
        page,
        "\nA cell is our number, in brackets that of the paper ({}) and the difference. `–` is a number that is not there.",
        published_statistics().paper
    );
}

fn notes(page: &mut String, notes: &[String]) {
    for note in notes {
        let _ = writeln!(page, "\n{}", escape(note));
    }
}
