//! Altered versions and diffs for what reads histories.

use std::cell::RefCell;

use bench::pytext;
use miner::DefinitionReader;
use miner::evolution::{Cut, Version, VersionReader};
use miner::history::{filter, kept_name};

use super::engine::Engine;
use super::python::{WORDS, seeds, text_of};
use super::{FEW, MANY, Verdict, feed};

/// The beginning of a chunk of a diff.
const CHUNK: &str = "diff --git ";
/// What has a meaning in a diff.
const DIFF_WORDS: &[&[u8]] = &[
    b"diff --git a/src/x.py b/src/x.py\n",
    b"diff --git a/x b/y b/x b/y\n",
    b"diff --git \"a/\\303\\251.py\" \"b/\\303\\251.py\"\n",
    b"diff --git ",
    b"index 0000000..1234567\n",
    b"@@ -1,2 +3,4 @@ def f():\n",
    b"@@ -0,0 +1 @@\n",
    b"--- /dev/null\n",
    b"+++ b/x.py\n",
    b"rename from a\nrename to b\n",
    b"Binary files a/x and b/y differ\n",
    b"\\ No newline at end of file\n",
    b" b/",
    b"a/",
    b"\n",
    b"\r",
    b"\x00",
];

/// Reads the versions of one file after one another: what was remembered of earlier ones changes nothing.
fn versions(reader: &RefCell<VersionReader>, data: &[u8]) -> Verdict {
    let text = text_of(data);
    let (remembered, alone) = (reader.borrow_mut().read(&text), Version::read(&text));
    let cuts =
        |version: &Option<Version>| version.as_ref().map(|version| version.cuts().map(described).collect::<Vec<_>>());
    assert_eq!(cuts(&remembered), cuts(&alone), "a version is what its text says");
    let Some(version) = alone else { return Verdict::Refused };
    for cut in version.cuts() {
        assert!(text.is_char_boundary(cut.prefix_end as usize), "the prefix is a piece of the text");
        assert!(!pytext::strip(cut.target).is_empty());
    }
    Verdict::Accepted
}

/// Everything that a cut says.
fn described(cut: Cut<'_>) -> String {
    format!("{cut:?}")
}

/// Finds the definitions of `data` after those of other texts, and alone.
fn definitions(reader: &RefCell<DefinitionReader>, data: &[u8]) -> Verdict {
    let text = text_of(data);
    let found = reader.borrow_mut().read(7, &text);
    assert_eq!(found, DefinitionReader::new().read(7, &text));
    for definition in &found {
        let piece = text.get(definition.start as usize..definition.end as usize);
        assert!(piece.is_some_and(|piece| !piece.is_empty()), "{definition:?} is a piece of the text");
    }
    if found.is_empty() { Verdict::Refused } else { Verdict::Accepted }
}

/// Filters the diff `data`: what stays is whole chunks in their order, and filtering again changes nothing.
fn diffs(data: &[u8]) -> Verdict {
    let text = pytext::decode_ignore(data);
    let is_kept = |path: &str| !path.len().is_multiple_of(3);
    let kept = filter(&text, &is_kept);
    assert_eq!(filter(&kept, &is_kept), kept);
    assert_eq!(filter(&text, &|_| false), "");
    let mut lines = text.split_inclusive('\n');
    assert!(kept.split_inclusive('\n').all(|line| lines.any(|other| other == line)), "lines stay in their order");
    for line in kept.lines().filter(|line| line.starts_with(CHUNK)) {
        assert!(kept_name(line).is_some_and(is_kept), "{line:?}");
    }
    if kept.is_empty() { Verdict::Refused } else { Verdict::Accepted }
}

/// Diffs of every kind of change.
fn diff_seeds() -> Vec<Vec<u8>> {
    let edit =
        "index 1111111..2222222 100644\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1,3 +1,4 @@ def f():\n a\n-b\n+c\n+d\n e\n";
    let added = "new file mode 100644\nindex 0000000..3333333\n--- /dev/null\n+++ b/b.py\n@@ -0,0 +1,2 @@\n+x\n+diff --git a/q b/q\n";
    let moved = "similarity index 90%\nrename from old.py\nrename to new.py\n";
    let chunks = [
        format!("{CHUNK}a/src/a.py b/src/a.py\n{edit}"),
        format!("{CHUNK}a/b.py b/b.py\n{added}"),
        format!("{CHUNK}a/old.py b/new.py\n{moved}"),
        format!("{CHUNK}a/x.bin b/x.bin\nBinary files a/x.bin and b/x.bin differ\n"),
        format!("{CHUNK}\"a/\\303\\251.py\" \"b/\\303\\251.py\"\n{edit}"),
    ];
    let mut seeds: Vec<Vec<u8>> = chunks.iter().map(|chunk| chunk.clone().into_bytes()).collect();
    seeds.push(chunks.concat().into_bytes());
    seeds
}

fn fuzz(count: usize) {
    let sources = seeds();
    let reader = RefCell::new(VersionReader::new());
    let mut engine = Engine::new(31, &sources, WORDS);
    feed("versions of test files", count, || engine.next(), |data| versions(&reader, data));
    let reader = RefCell::new(DefinitionReader::new());
    let mut engine = Engine::new(32, &sources, WORDS);
    feed("definitions", count, || engine.next(), |data| definitions(&reader, data));
    let sources = diff_seeds();
    let mut engine = Engine::new(33, &sources, DIFF_WORDS);
    feed("diff filter", count, || engine.next(), diffs);
}

#[test]
fn altered_histories_are_read_or_refused() {
    fuzz(FEW);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn much_altered_histories_are_read_or_refused() {
    fuzz(MANY);
}
