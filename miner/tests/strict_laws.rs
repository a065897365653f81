//! Laws of the profile `strict` on any text: prefixes and targets are contiguous pieces of the file (R151), nothing
//! overlaps, nothing panics.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use bench::{Difficulty, Track};
use miner::{Closing, PrefixKind, StrictAssertion, StrictFile, is_valid_python};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    source: String,
}

/// The sources of the reference's vectors.
fn sources() -> Vec<String> {
    let rows = include_str!("golden/extract.jsonl").lines();
    rows.map(|line| serde_json::from_str::<Row>(line).unwrap().source).collect()
}

/// Pieces that change how the text around them is read.
const PIECES: [&str; 16] = [
    "\n",
    "\r\n",
    "\r",
    "\u{c}",
    "é",
    " \\\n",
    "# c\n",
    "(",
    ")",
    ", ",
    "*",
    "'''",
    "pytest.approx(",
    "self.assertEqual(a, ",
    "lambda self: ",
    "f'{",
];

/// `source` with insertions and deletions.
fn changed(source: &str, edits: &[(prop::sample::Index, Option<usize>)]) -> String {
    let mut text: Vec<char> = source.chars().collect();
    for (at, piece) in edits {
        let at = at.index(text.len() + 1);
        match piece {
            Some(piece) => drop(text.splice(at..at, PIECES[*piece].chars())),
            None => drop(text.drain(at.min(text.len())..(at + 1).min(text.len()))),
        }
    }
    text.into_iter().collect()
}

fn check(file: &StrictFile, assertion: &StrictAssertion) {
    let text = file.text();
    let (start, cut) = (assertion.start as usize, assertion.cut as usize);
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    assert_eq!(
        (assertion.column as usize, text[..start].matches('\n').count() + 1),
        (start - line, assertion.line as usize)
    );
    let structured = file.prefix(assertion, PrefixKind::Structured);
    assert!(structured.ends_with(&text[line..cut]));
    assert!(text[..line].contains(structured[..structured.len() - (cut - line)].lines().next().unwrap_or("")));
    assert_eq!(file.prefix(assertion, PrefixKind::FullFile), text[..cut]);
    assert_eq!(file.inline(assertion), &text[start..cut]);
    let segment = &text[cut..assertion.cut_end as usize];
    assert!(assertion.multiline || !segment.contains('\n'));
    if !assertion.multiline {
        assert!(assertion.target.starts_with(segment), "{} / {segment}", assertion.target);
    }
    let whole = if assertion.closing == Closing::Operand { "(" } else { "f(" };
    let end = if assertion.closing == Closing::Operand { "\n)" } else { "" };
    // A generator without parentheses of its own brings those of the call with it (R10).
    let generator = assertion.closing == Closing::Early && assertion.difficulty == Difficulty::Collection;
    assert!(generator || is_valid_python(&format!("async def f():\n {whole}{}{end}\n", assertion.target)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn prefixes_and_targets_are_pieces_of_the_file(
        source in prop::sample::select(sources()),
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(0..PIECES.len())), 0..4),
        track in prop::sample::select(vec![Track::Static, Track::Evolution]),
    ) {
        let Some(file) = StrictFile::parse(&changed(&source, &edits), track) else { return Ok(()) };
        prop_assert!(file.assertions().is_sorted_by_key(|assertion| assertion.start));
        for (index, assertion) in file.assertions().iter().enumerate() {
            check(&file, assertion);
            let inside = |other: &&StrictAssertion| (assertion.cut..assertion.cut_end).contains(&other.start);
            prop_assert!(!file.assertions()[index + 1..].iter().any(|other| inside(&other)), "Q17");
        }
    }
}

/// The deepest trees that Python takes, on a thread with little stack.
#[test]
fn deep_trees_do_not_exhaust_the_stack() {
    let nested = |operator: &str| format!("def test_a():\n    assert {}assert_x(12)\n", operator.repeat(2_900));
    let chain = format!("def test_a():\n    assert_x(12{})\n", " + a".repeat(2_900));
    let targets = std::thread::spawn(move || {
        let sources = [nested("not "), nested("lambda: "), nested("-"), chain];
        sources.map(|source| StrictFile::parse(&source, Track::Static).map(|file| file.assertions().len()))
    });
    assert_eq!(targets.join().unwrap(), [Some(1); 4]);
}

/// A file of nothing but helpers and assertions.
#[test]
fn prefixes_of_large_files_are_full() {
    let helpers = (0..2_000).map(|i| format!("def h{i}(): pass\n")).collect::<Vec<_>>().concat();
    let tests = (0..2_000).map(|i| format!("    assert f() == {i}{i}\n")).collect::<Vec<_>>().concat();
    let source = format!("{helpers}def test_a():\n{tests}");
    let file = StrictFile::parse(&source, Track::Static).unwrap();
    let last = file.assertions().last().unwrap();
    assert_eq!(file.prefix(last, PrefixKind::Structured).lines().count(), 600);
    assert_eq!(miner::Extractor::of(bench::Profile::Strict).file(&source).unwrap().pairs.len(), 2_000);
}
