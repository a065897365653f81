//! The page as a whole: what is written, and that both formats say the same.

mod sample;

use std::path::Path;

use reports::render::{html, markdown};
use reports::{Error, Leaderboard};

fn board() -> Leaderboard {
    Leaderboard::from_summaries(&sample::summaries(), &sample::context()).expect("a leaderboard")
}

/// The text of every table cell after the caption, row by row: tags removed, the five entities resolved.
fn html_cells(page: &str) -> Vec<String> {
    let cells = page.split("<th ").skip(1).flat_map(|part| part.split("<td").map(str::to_owned).collect::<Vec<_>>());
    cells.filter_map(|cell| Some(plain(&cell[cell.find('>')? + 1..cell.find("</t")?]))).collect()
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(character),
            _ => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The numbers of a text, in order: what a reader would compare.
fn numbers(text: &str) -> Vec<String> {
    let digits = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    text.split(|c| !digits(c))
        .map(|part| part.trim_matches(['.', ',']))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_formats_hold_the_same_numbers_in_the_same_order() {
    let (page, text) = (html::render(&board()), markdown::render(&board()));
    let of_html: Vec<String> = html_cells(&page).iter().flat_map(|cell| numbers(cell)).collect();
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let of_markdown: Vec<String> = rows.flat_map(numbers).collect();
    assert!(of_html.len() > 500, "{}", of_html.len());
    assert_eq!(of_html, of_markdown);
}

#[test]
fn markdown_looks_as_reviewed() {
    insta::assert_snapshot!(markdown::render(&board()));
}

#[test]
fn the_body_of_the_page_looks_as_reviewed() {
    let page = html::render(&board());
    let body = &page[page.find("<body>").expect("a body")..page.find("<script>").expect("a script")];
    insta::assert_snapshot!(body.replace("><", ">\n<"));
}

#[test]
fn the_page_asks_for_nothing() {
    let page = html::render(&board());
    for forbidden in
        ["<link", "<img", "<iframe", "@import", "url(", " src=", "fetch(", " style=\"", " onclick", "href=\"http"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let addresses: Vec<&str> =
        page.split("://").skip(1).map(|rest| rest.split(['/', '"']).next().unwrap_or("")).collect();
    assert!(addresses.iter().all(|host| *host == "www.w3.org"), "only the name of SVG: {addresses:?}");
}

#[test]
fn the_same_scores_give_the_same_bytes_in_any_order() {
    let mut summaries = sample::summaries();
    let mut context = sample::context();
    let page = html::render(&board());
    summaries.reverse();
    context.files.reverse();
    let again = Leaderboard::from_summaries(&summaries, &context).expect("a leaderboard");
    assert_eq!(html::render(&again), page);
    assert_eq!(markdown::render(&again), markdown::render(&board()));
}

#[test]
fn files_are_complete_or_untouched() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("report");
    let written = reports::write(&board(), "leaderboard", &out).expect("files");
    let page = std::fs::read_to_string(&written.html).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    let names = std::fs::read_dir(&out).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    assert_eq!(names.count(), 2, "no temporary file remains");
    assert!(matches!(Leaderboard::from_summaries(&[], &sample::context()), Err(Error::Empty)));
    assert_eq!(std::fs::read_to_string(&written.html).expect("a page"), page);
    let blocked = reports::write(&board(), "leaderboard", &written.html);
    assert!(matches!(blocked, Err(Error::Io { action: "create", .. })), "{blocked:?}");
}

#[test]
fn the_sample_page_can_be_looked_at() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample-leaderboard");
    let written = reports::write(&board(), "leaderboard", &out).expect("files");
    assert!(written.markdown.is_file());
}
