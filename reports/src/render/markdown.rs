//! A leaderboard as GitHub-flavoured Markdown.

use std::fmt::Write as _;

use super::notes::{VERBS, about, notes};
use super::number;
use super::table::{self, Entry, Mark, Table};
use crate::leaderboard::{Leaderboard, Suite};

/// The leaderboard as Markdown, ending in a line feed. Foreign text is escaped: it cannot make links, tags or table cells.
pub fn render(board: &Leaderboard) -> String {
    let mut page = format!("# {}\n\n", escape(board.title.as_str()));
    head(&mut page, board);
    section(&mut page, "Overview");
    print(&mut page, &table::overview(board));
    for suite in &board.suites {
        print_suite(&mut page, board, suite);
    }
    reported(&mut page, board);
    methods(&mut page, board);
    section(&mut page, "Notes");
    for (term, note) in notes(board) {
        item(&mut page, &format!("**{term}**: {note}"));
    }
    reproduce(&mut page, board);
    page
}

fn head(page: &mut String, board: &Leaderboard) {
    let facts = [
        ("Corpus", board.corpus.to_string()),
        ("Track", board.track.to_string()),
        ("Profile", board.profile.to_string()),
        ("Base model", board.base_models().into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        ("Tasks", number::tasks(board.tasks())),
        ("Release", board.release.to_string()),
        ("Scoring rules", board.rules.to_string()),
    ];
    for (name, value) in facts {
        item(page, &format!("{name}: {}", escape(&value)));
    }
    if !board.warnings.is_empty() {
        section(page, "Warnings");
        for warning in &board.warnings {
            item(page, &escape(warning.as_str()));
        }
    }
}

fn print_suite(page: &mut String, board: &Leaderboard, suite: &Suite) {
    section(page, suite.split.title());
    let repos = suite.repos.map_or_else(String::new, |repos| format!(" of {repos} repositories"));
    let _ = writeln!(page, "{}{repos}: {}.\n", number::tasks(suite.tasks), about(suite.split));
    print(page, &table::suite(board, suite));
    for grouping in &suite.groupings {
        print(page, &table::grouping(board, suite, grouping));
    }
}

fn reported(page: &mut String, board: &Leaderboard) {
    let Some(reported) = &board.reported else { return };
    section(page, "Reported in the paper");
    if !reported.differences.is_empty() {
        page.push_str("Not comparable with the results above:\n\n");
        for reason in &reported.differences {
            item(page, &escape(reason.as_str()));
        }
    }
    print(page, &table::reported(board, reported));
}

fn methods(page: &mut String, board: &Leaderboard) {
    section(page, "Methods");
    for method in &board.methods {
        item(page, &format!("**{}**", escape(method.label.as_str())));
        for (name, value) in table::card(method) {
            let _ = writeln!(page, "  - {}: {}", escape(name), escape(&value));
        }
    }
}

fn reproduce(page: &mut String, board: &Leaderboard) {
    section(page, "How to reproduce");
    for (verb, does) in VERBS {
        item(page, &format!("`{verb}` {does}"));
    }
    if !board.commands.is_empty() {
        // A paragraph ends the list; an indented block right after it would be part of its last item.
        page.push_str("\nThis page was made by:\n\n");
        for command in &board.commands {
            // An indented block: nothing in it is markup, and foreign text has no line feed to end it with.
            let _ = writeln!(page, "    {command}");
        }
    }
}

fn section(page: &mut String, title: &str) {
    if !page.ends_with("\n\n") {
        page.push('\n');
    }
    let _ = writeln!(page, "## {title}\n");
}

fn item(page: &mut String, text: &str) {
    let _ = writeln!(page, "- {text}");
}

fn print(page: &mut String, table: &Table) {
    if !page.ends_with("\n\n") {
        page.push('\n');
    }
    let _ = writeln!(page, "{}\n", escape(&table.caption));
    let heading = table.columns.iter().map(|column| match &column.note {
        Some(note) => format!("{}, {}", escape(&column.title), escape(note)),
        None => escape(&column.title),
    });
    line(page, heading);
    line(page, (0..table.columns.len()).map(|column| if column == 0 { "---" } else { "---:" }.to_owned()));
    for row in table.rows.iter().chain(&table.reference) {
        line(page, row.iter().map(entry));
    }
    page.push('\n');
}

fn line(page: &mut String, cells: impl Iterator<Item = String>) {
    let _ = writeln!(page, "| {} |", cells.collect::<Vec<_>>().join(" | "));
}

fn entry(entry: &Entry) -> String {
    let mut text = match entry.mark {
        Mark::Best => format!("**{}**", escape(&entry.text)),
        Mark::Warning => format!("{} (!)", escape(&entry.text)),
        Mark::Plain => escape(&entry.text),
    };
    if let Some(interval) = &entry.interval {
        let _ = write!(text, " {interval}");
    }
    if let Some(badge) = entry.badge {
        let _ = write!(text, " ({badge})");
    }
    text
}

/// `text` with everything escaped that Markdown gives a meaning inside a line.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' | '@' => escaped.extend(['\\', character]),
            // Without these two, bare addresses stay text.
            ':' if text[at..].starts_with("://") => escaped.push_str("\\:"),
            '.' if ends_with_www(&text[..at]) => escaped.push_str("\\."),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn ends_with_www(text: &str) -> bool {
    text.len().checked_sub(3).and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("a|b"), "a\\|b");
        assert_eq!(escape("<img src=x>"), "&lt;img src=x&gt;");
        assert_eq!(escape("[x](javascript:1) `c` **b**"), "\\[x\\](javascript:1) \\`c\\` \\*\\*b\\*\\*");
        assert_eq!(escape("https://a.b www.c.d"), "https\\://a.b www\\.c.d");
        assert_eq!(escape("größer 45.7, (k = 3)"), "größer 45.7, (k = 3)");
    }
}
