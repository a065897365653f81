//! Every row of section 10 that concerns one file: what `paper` yields, and what `strict` makes of it (R156).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write;

use bench::{Profile, Track};
use miner::{Closing, Extractor, FilePairs, PrefixKind, StrictFile};
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    about: String,
    source: String,
    strict: String,
}

#[derive(Deserialize)]
struct Paper {
    id: String,
    listing: String,
}

fn cases() -> Vec<Case> {
    toml::from_str::<Cases>(include_str!("quirks/cases.toml")).unwrap().case
}

/// The form that `cases.toml` explains.
fn listing(file: Option<FilePairs>) -> String {
    let Some(file) = file else { return "invalid\n".to_owned() };
    let mut out = String::new();
    for pair in file.pairs {
        let plain = if pair.class.is_empty() { pair.function } else { format!("{}.{}", pair.class, pair.function) };
        let early = pair.details.as_ref().is_some_and(|details| details.closing == Closing::Early);
        let place = pair.details.map_or(plain, |details| details.qualified);
        let marks = [(pair.multiline, " multiline"), (early, " early")];
        let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
        writeln!(out, "{} {}{marks} {place}", pair.kind, pair.difficulty).unwrap();
        writeln!(out, "{}⟦{}⟧", pair.prefix, pair.target).unwrap();
    }
    for (reason, count) in file.skipped {
        writeln!(out, "{} {count}", reason.name()).unwrap();
    }
    out
}

#[test]
fn strict_repairs_what_paper_reproduces() {
    let papers = include_str!("quirks/paper.jsonl").lines().map(|line| serde_json::from_str::<Paper>(line).unwrap());
    let (cases, papers): (Vec<Case>, Vec<Paper>) = (cases(), papers.collect());
    assert_eq!(cases.len(), papers.len());
    for (case, paper) in cases.iter().zip(papers) {
        assert_eq!(case.id, paper.id);
        let of = |profile| listing(Extractor::of(profile).file(&case.source));
        assert_eq!(of(Profile::Paper), paper.listing, "{}, paper: {}", case.id, case.about);
        assert_eq!(of(Profile::Strict), case.strict, "{}, strict: {}", case.id, case.about);
        assert_ne!(case.strict, paper.listing, "{} tells the profiles apart", case.id);
    }
}

/// Q28 is kept: the lines before the assertion are its context, earlier answers included.
#[test]
fn earlier_assertions_stay_in_the_prefix() {
    let source = "def test_a():\n    assert f(1) == 12\n    assert f(2) == 34\n";
    let pairs = Extractor::of(Profile::Strict).file(source).unwrap().pairs;
    assert_eq!(pairs[1].prefix, "def test_a():\n    assert f(1) == 12\n    assert f(2) == ");
}

/// Q27: of a long file `paper` keeps the last 600 lines; `strict` gives up helpers, the earliest first.
#[test]
fn long_files_keep_their_imports() {
    let helpers = (0..400).map(|i| format!("def help_{i}():\n    return {i}\n\n")).collect::<Vec<_>>().concat();
    let source = format!("import os\nSIZE = 3\n\n{helpers}def test_a():\n    assert f(1) == 12\n");
    let prefix = |profile| Extractor::of(profile).file(&source).unwrap().pairs.remove(0).prefix;
    let (paper, strict) = (prefix(Profile::Paper), prefix(Profile::Strict));
    assert!(!paper.contains("import os") && paper.contains("help_399"));
    // Two lines of the module, 198 helpers and two lines of the test, with an empty line before each helper and the
    // test: one more helper would make 603 lines.
    assert_eq!(strict.split('\n').count(), 599);
    let kept = (202..400).map(|i| format!("\ndef help_{i}():\n    return {i}\n")).collect::<Vec<_>>().concat();
    assert_eq!(strict, format!("import os\nSIZE = 3\n{kept}\ndef test_a():\n    assert f(1) == "));
}

/// Q27: without helpers the settings of the module go before the test does, and imports stay.
#[test]
fn long_tests_keep_imports_and_headers() {
    let settings = (0..300).map(|i| format!("x{i} = {i}\n")).collect::<Vec<_>>().concat();
    let body = (0..700).map(|i| format!("        y{i} = {i}\n")).collect::<Vec<_>>().concat();
    let source = format!(
        "import os\n{settings}class TestA(\n    Base\n):\n    def test_a(self):\n{body}        assert f(1) == 12\n"
    );
    let prefix = Extractor::of(Profile::Strict).file(&source).unwrap().pairs.remove(0).prefix;
    let kept = (108..700).map(|i| format!("        y{i} = {i}\n")).collect::<Vec<_>>().concat();
    let headers = "class TestA(\n    Base\n):\n    def test_a(self):\n";
    assert!(prefix == format!("import os\n\n{headers}\n{kept}        assert f(1) == "), "{}", &prefix[..200]);
    assert_eq!(prefix.split('\n').count(), 600);
}

/// R151: what stands before the target is never shortened, in either kind of prefix.
#[test]
fn prefixes_end_with_the_source() {
    let arguments = (0..700).map(|i| format!("        {i},\n")).collect::<Vec<_>>().concat();
    let source = format!("import os\r\n\ndef test_a():\n    assert f(\n{arguments}    ) == 12\n");
    let file = StrictFile::parse(&source, Track::Static).unwrap();
    let assertion = &file.assertions()[0];
    let structured = file.prefix(assertion, PrefixKind::Structured);
    let whole = file.prefix(assertion, PrefixKind::FullFile);
    assert_eq!(structured, format!("def test_a():\n    assert f(\n{arguments}    ) == "));
    assert_eq!(whole, format!("import os\n\ndef test_a():\n    assert f(\n{arguments}    ) == "));
}

/// C10: the evolution track takes what no comparison is as well, but no chained one (Q11).
#[test]
fn the_evolution_track_takes_bare_assertions() {
    let source = "def test_a():\n    assert f(1)\n    assert 0 < g <= 1\n    assert all(assert_x(y, 22))\n";
    let targets = |track| {
        let file = StrictFile::parse(source, track).unwrap();
        file.assertions().iter().map(|found| format!("{}{}", file.inline(found), found.target)).collect::<Vec<_>>()
    };
    assert_eq!(targets(Track::Static), ["assert_x(y, 22)"]);
    assert_eq!(targets(Track::Evolution), ["assert f(1)", "assert_x(y, 22)"]);
}
