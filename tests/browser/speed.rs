//! How long a large board takes to appear and to be filtered.

use std::path::Path;
use std::time::Instant;

use bench::{Split, Track};
use serde_json::Value;

use crate::driver::Browser;
use crate::synthetic::{self, Size};

const BOARD: Size = Size {
    methods: 12,
    tracks: &[Track::Static, Track::Evolution],
    splits: &[Split::CrossRepoTest, Split::InRepoTest, Split::OodTest],
    tasks: 20_000,
    repos: 52,
};
const LARGE: Size =
    Size { methods: 50, tracks: &[Track::Static], splits: &[Split::CrossRepoTest], tasks: 100_000, repos: 400 };

/// Milliseconds that a view may take on a busy machine; idle ones take a tenth.
const MOST: f64 = 5_000.0;

fn milliseconds(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Looks at the board of `size` and says how long things took.
fn look(size: &Size, out: &Path) {
    let start = Instant::now();
    synthetic::write(size, "", out);
    let written = start.elapsed();
    let browser = Browser::start();
    browser.view([1280, 900], "light");
    browser.open(&out.join("index.html"), "");
    let paint = milliseconds(&browser.eval("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
    let shown = milliseconds(&browser.eval("RP.shown"));
    let change = |list: &str, value: &str| {
        browser.eval("RP.took = undefined");
        browser.choose(list, value);
        browser.wait("RP.took !== undefined");
        milliseconds(&browser.eval("RP.took"))
    };
    let first = change("is-family", "assert");
    let next = change("is-target_type", "string_literal");
    let metric = change("metric", "code_bleu");
    let to = change("to", "method-02");
    let bytes = std::process::Command::new("du").args(["-sk"]).arg(out).output().expect("du");
    let size_text = String::from_utf8_lossy(&bytes.stdout).split_whitespace().next().unwrap_or_default().to_owned();
    let report = format!(
        "{} methods × {} suites × {} tasks: written in {:.1} s, {size_text} KiB; first paint {paint:.0} ms, rows shown {shown:.0} ms; \
         filter {first:.0} ms (with its data), {next:.0} ms; another metric {metric:.0} ms; differences {to:.0} ms\n",
        size.methods,
        size.tracks.len() * size.splits.len(),
        size.tasks,
        written.as_secs_f64()
    );
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("speed-{}.txt", size.methods)), &report)
        .expect("written");
    for (what, took) in
        [("paint", paint), ("rows", shown), ("filter", first), ("filter again", next), ("metric", metric), ("to", to)]
    {
        assert!(took < MOST, "{what}: {report}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn twelve_methods_on_six_suites_are_quick() {
    let folder = tempfile::tempdir().expect("a folder");
    look(&BOARD, folder.path());
}

#[test]
#[ignore = "needs chromium: make browser-test"]
fn fifty_methods_on_a_hundred_thousand_tasks_are_quick() {
    let folder = tempfile::tempdir().expect("a folder");
    look(&LARGE, folder.path());
}
