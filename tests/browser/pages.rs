//! What a reader does with a small board, and that nothing of a stranger does anything.

use std::path::Path;
use std::process::Command;

use bench::{Split, Track};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::driver::Browser;
use crate::synthetic::{self, Size};
use crate::{pictures, tools};

const SMALL: Size = Size {
    methods: 8,
    tracks: &[Track::Static, Track::Evolution],
    splits: &[Split::CrossRepoTest, Split::InRepoTest, Split::OodTest],
    tasks: 300,
    repos: 12,
};

/// The places that every check looks at.
const PLACES: [&str; 7] = [
    "",
    "#/suite/static/cr_test?to=method-02&is.leaks=leak-free",
    "#/methods",
    "#/method/method-03",
    "#/compare/static/cr_test/method-05/method-02",
    "#/tasks/evolution/ood_test",
    "#/notes",
];

/// Text that attacks, in all ways at once.
const ATTACK: &str = "</script><script>window.attacked=1</script><img src=x onerror=window.attacked=1> \"'` \u{202e}\u{1b}[31m\u{0}\u{2066}\r\n=1+1|${7*7}";

fn small(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    synthetic::write(&SMALL, text, folder.path());
    folder
}

/// The address of the first task of a suite, and of its repository.
fn drill(browser: &Browser, page: &Path) -> (String, String) {
    browser.open(page, "#/tasks/static/cr_test");
    let task = browser.eval("document.querySelector('tbody th a').hash");
    let repo = browser.eval("'#/repo/static/cr_test/' + document.querySelector('tbody td').innerText");
    (task.as_str().expect("a link").to_owned(), repo.as_str().expect("a name").to_owned())
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn a_reader_sorts_filters_compares_and_drills_down() {
    let folder = small("");
    let page = folder.path().join("index.html");
    let browser = Browser::start();
    browser.view([1280, 900], "light");
    browser.open(&page, "");
    let means = || -> Vec<f64> {
        let cells = browser.run("const at = [...document.querySelectorAll('thead th')].findIndex((h) => h.innerText.startsWith('EM')); return [...document.querySelectorAll('tbody tr')].map((r) => r.cells[at].querySelector('.mean').innerText);");
        cells.as_array().expect("a list").iter().map(|v| v.as_str().expect("text").parse().expect("a number")).collect()
    };
    let first = means();
    assert_eq!(first.len(), SMALL.methods);
    assert!(first.is_sorted_by(|a, b| a >= b), "best first: {first:?}");

    browser.click("thead th:nth-child(4) button");
    assert!(means().is_sorted(), "the other way round");
    assert_eq!(browser.eval("document.querySelector('thead th:nth-child(4)').getAttribute('aria-sort')"), "ascending");
    browser.keys("thead th:nth-child(1) button", "\u{e007}");
    assert!(browser.texts("tbody th").is_sorted(), "a heading sorts by keyboard");
    assert!(browser.eval("location.hash").as_str().expect("a place").contains("sort=method.up"));

    browser.choose("metric", "em_strict");
    assert_ne!(means(), first);
    browser.choose("metric", "em_paper");
    browser.choose("to", "method-02");
    browser.wait("document.querySelector('thead').innerText.includes('Difference')");
    browser.run("document.querySelector('details.filters').open = true");
    let before = means();
    browser.choose("is-family", "assert");
    browser.wait("/of 300 tasks/.test(document.querySelector('.status').innerText)");
    assert_ne!(means(), before, "means are those of the tasks that are left");
    browser.click("#leak-free");
    browser.wait("location.hash.includes('is.leaks=leak-free')");
    browser.keys("#method-text", "07");
    browser.wait("document.querySelectorAll('tbody tr').length === 1");

    // The address holds all of it.
    let place = browser.eval("location.href");
    let shown = browser.text(".results");
    browser.visit(place.as_str().expect("an address"));
    assert_eq!(browser.text(".results"), shown);

    browser.open(&page, "#/compare/static/cr_test/method-05/method-02");
    assert!(browser.text("main").contains("Holm-adjusted"), "{}", browser.text("main"));
    let (task, repo) = drill(&browser, &page);
    browser.click("tbody th a");
    browser.wait("location.hash.startsWith('#/task/')");
    assert_eq!(browser.eval("location.hash"), task.as_str());
    assert!(browser.text("main").contains("def test_"), "the prompt is shown");
    assert_eq!(browser.texts("tbody tr").len(), SMALL.methods, "an answer a method");
    assert!(browser.eval("document.activeElement.tagName").as_str() == Some("H1"), "the new page is announced");
    assert!(browser.eval("[...document.querySelectorAll('a')].some((a) => a.href.startsWith('https://github.com/owner-') && a.href.endsWith('#L7'))") == Value::Bool(true));
    browser.open(&page, &repo);
    let rows = browser.eval("[...document.querySelectorAll('main table')].map((t) => t.tBodies[0].rows.length)");
    assert_eq!(rows[0], SMALL.methods, "a mean a method, and the tasks below");
    assert!(rows[1].as_u64().is_some_and(|tasks| (1..=50).contains(&tasks)), "{rows}");
    for place in ["#/task/static/cr_test/0000", "#/method/none", "#/nowhere", "#/suite/a/b", "#/__proto__/x"] {
        browser.open(&page, place);
        assert_eq!(browser.text("h1"), "Not found", "{place}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
    assert_eq!(browser.strangers(), [""; 0], "nothing but the folder is asked");
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn numbers_agree_with_the_page_without_scripts() {
    let folder = small("");
    let browser = Browser::start();
    let cells = "JSON.stringify([...document.querySelectorAll('tbody tr')].map((r) => [r.cells[0].innerText.trim(), [...r.querySelectorAll('.mean, .interval')].slice(0, 40).map((c) => c.innerText.trim())]))";
    browser.open(&folder.path().join("leaderboard.html"), "#cr_test");
    let read = |scope: &str| -> Value {
        let found = browser.eval(&cells.replace(
            "document.querySelectorAll('tbody tr')",
            &format!("document.querySelectorAll('{scope} tbody tr')"),
        ));
        serde_json::from_str(found.as_str().expect("text")).expect("JSON")
    };
    let plain = read("#cr_test > .scroll:first-of-type");
    let rows = plain.as_array().expect("rows");
    assert_eq!(rows.len(), SMALL.methods);
    browser.open(&folder.path().join("index.html"), "");
    for row in rows {
        let name =
            row[0].as_str().expect("a name").split('\n').next().expect("a line").trim_end_matches(" best").trim();
        let name = name.trim_end_matches("≈").trim();
        let key = name.to_lowercase().replace(' ', "-");
        browser.open(&folder.path().join("index.html"), &format!("#/method/{key}"));
        let line = read("main .scroll:first-of-type");
        let ours: Vec<&Value> = line[0][1].as_array().expect("cells").iter().collect();
        let theirs: Vec<&Value> = row[1].as_array().expect("cells").iter().collect();
        assert!(ours.len() >= 12, "{line}");
        assert_eq!(ours[..12], theirs[..12], "{name}: six metrics with their intervals");
    }
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn light_dark_wide_and_narrow_pass_the_accessibility_checker() {
    let axe = std::fs::read_to_string(tools().join("axe-core/axe.min.js")).expect("axe-core; run `make browser-test`");
    let folder = small("");
    let page = folder.path().join("index.html");
    let browser = Browser::start();
    let (task, repo) = drill(&browser, &page);
    let mut places: Vec<&str> = PLACES.into();
    places.extend([task.as_str(), repo.as_str()]);
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")] {
        browser.view([width, 900], scheme);
        for (number, place) in places.iter().enumerate() {
            browser.open(&page, place);
            browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
            let wide = browser.eval("document.documentElement.scrollWidth - innerWidth");
            assert!(wide.as_i64().is_some_and(|wide| wide <= 0), "{place} at {width}: {wide} pixels too wide");
            browser.run(&axe);
            let found = browser.promise("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 3).map((n) => n.html).join(' ')))");
            assert_eq!(found, json!([]), "{place} at {width}, {scheme}");
            browser.picture(&pictures().join(format!("{width}-{scheme}-{number}.png")));
        }
    }
    browser.open(&page, "");
    browser.click(".theme");
    let chosen = browser.eval("document.documentElement.dataset.theme");
    assert_eq!(chosen, "light", "the button turns the theme of the system round");
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn html_is_valid_as_written_and_as_shown() {
    let folder = small("");
    let browser = Browser::start();
    let page = folder.path().join("index.html");
    let mut files = vec![page.clone(), folder.path().join("leaderboard.html")];
    let (task, repo) = drill(&browser, &page);
    let mut places: Vec<&str> = PLACES.into();
    places.extend([task.as_str(), repo.as_str()]);
    for (number, place) in places.iter().enumerate() {
        browser.open(&page, place);
        let shown = browser.eval("document.documentElement.outerHTML");
        let file = folder.path().join(format!("shown-{number}.html"));
        std::fs::write(&file, format!("<!DOCTYPE html>\n{}", shown.as_str().expect("text"))).expect("written");
        files.push(file);
    }
    let validator = tools().join("vnu-jar/build/dist/vnu.jar");
    // A property of SVG that the validator's list of CSS lacks.
    let output = Command::new("java")
        .arg("-jar")
        .arg(validator)
        .arg("--errors-only")
        .args(["--filterpattern", ".*paint-order.*"])
        .args(&files)
        .output()
        .expect("java");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn text_of_strangers_is_inert() {
    let folder = small(ATTACK);
    let browser = Browser::start();
    let page = folder.path().join("index.html");
    let (task, repo) = drill(&browser, &page);
    let method = browser.eval("RP.board.methods[0].key");
    let places = [
        String::new(),
        "#/methods".to_owned(),
        format!("#/method/{}", method.as_str().expect("a key")),
        "#/notes".to_owned(),
        task,
        repo,
    ];
    for place in &places {
        browser.open(&page, place);
        browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
        assert_eq!(browser.eval("window.attacked || 0"), 0, "{place}");
        assert_eq!(browser.eval("document.querySelectorAll('main script, main img').length"), 0, "{place}");
        let text = browser.text("body");
        let bad = text.chars().find(|c| {
            c.is_control() && !"\n\t".contains(*c) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(bad, None, "{place}");
    }
    assert!(browser.text("body").contains("⟨U+202E⟩"), "what is hidden is shown");
    assert_eq!(browser.complaints(), [""; 0]);
    browser.open(&folder.path().join("leaderboard.html"), "");
    assert_eq!(browser.eval("window.attacked || 0"), 0);
}
