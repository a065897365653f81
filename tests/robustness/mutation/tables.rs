//! Altered Parquet for the readers of tables.

use std::fs;
use std::path::Path;

use bench::table::{Row, TableReader, read_table, write_table};
use bench::{
    Assertion, AssertionKind, CommitId, Difficulty, Draft, MethodCard, Prediction, Predictions, PredictionsHeader,
    RepoId, RepoPath, Role, SourceFile, Split, TaskId,
};
use tempfile::TempDir;

use super::engine::Engine;
use super::{FEW, MANY, Verdict, feed};
use crate::dice::Dice;

/// Numbers as Parquet's footers and page headers hold them, and names that it knows.
pub(super) const WORDS: &[&[u8]] = &[
    b"PAR1",
    b"PARE",
    b"\x15\xfe\xff\xff\xff\x0f",
    b"\x15\x00",
    b"\x15\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x19\xfc",
    b"\x19\xfc\xff\xff\xff\x7f",
    b"\x18\x05",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"repopeft.table",
    b"repopeft.version",
    b"drafts",
    b"sources",
    b"\x28\xb5\x2f\xfd",
    b"ARROW:schema",
];

fn commit() -> CommitId {
    CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("a commit")
}

fn repo() -> RepoId {
    RepoId::new("owner/name").expect("an id")
}

fn draft(line: u32) -> Draft {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: repo(),
        commit: commit(),
        path: RepoPath::new(format!("tests/test_{}.py", line % 7)).expect("a path"),
        line,
        column: 4,
        target_column: 15,
        kind: AssertionKind::AssertEqual,
        function: "test_a".to_owned(),
        class: String::new(),
        difficulty: Difficulty::NumericLiteral,
        multiline: false,
        prefix: "import a\n".repeat(line as usize % 50) + "def test_a():\n    self.assertEqual(f(1), ",
        target: format!("{line})"),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Draft { assertion, rank: line.is_multiple_of(3).then_some(line / 3) }
}

fn source(number: u32) -> SourceFile {
    SourceFile {
        repo: repo(),
        commit: commit(),
        path: RepoPath::new(format!("src/a{number}.py")).expect("a path"),
        role: if number.is_multiple_of(2) { Role::Test } else { Role::Production },
        text: format!("X = {number}\n").repeat(number as usize),
    }
}

fn header() -> PredictionsHeader {
    let card = MethodCard::new("oracle", "Oracle", "none");
    PredictionsHeader::new("0".repeat(64), [Split::CrossRepoTest], card)
}

/// The bytes of a table of `rows`.
fn table<R: Row>(folder: &Path, rows: impl IntoIterator<Item = R>) -> Vec<u8> {
    let path = folder.join("seed.parquet");
    write_table(&path, &[], rows).expect("written");
    fs::read(&path).expect("read")
}

/// An altered file, often altered where it hurts: in the footer, in its length, or in the header of a page.
pub(super) fn altered(engine: &mut Engine<'_>, seeds: &[Vec<u8>]) -> Vec<u8> {
    let kind = engine.dice().below(4);
    if kind == 0 {
        return engine.next();
    }
    let mut data = engine.dice().pick(seeds).clone();
    for _ in 0..=engine.dice().below(3) {
        match kind {
            1 => alter_footer(engine, &mut data),
            2 => alter_page(engine.dice(), &mut data),
            _ => alter_number(engine.dice(), &mut data),
        }
    }
    data
}

/// Changes the footer and mends its length, so that the reader gets beyond it.
fn alter_footer(engine: &mut Engine<'_>, data: &mut Vec<u8>) {
    let Some(length) = footer_length(data) else { return };
    let start = data.len() - 8 - length;
    let mut footer = data[start..start + length].to_vec();
    engine.alter(&mut footer);
    data.truncate(start);
    let length = u32::try_from(footer.len()).expect("because footers are short").to_le_bytes();
    data.extend(footer);
    data.extend(length);
    data.extend(b"PAR1");
}

fn footer_length(data: &[u8]) -> Option<usize> {
    let at = data.len().checked_sub(8)?;
    let length = u32::from_le_bytes(data[at..at + 4].try_into().ok()?) as usize;
    (length <= at).then_some(length)
}

/// Changes one of the bytes at the start of a page, where its header stands.
fn alter_page(dice: &mut Dice, data: &mut [u8]) {
    // `15 xx 15`: the kind of a page, then the first byte of its size.
    let starts: Vec<usize> =
        data.windows(3).enumerate().filter(|(_, w)| w[0] == 0x15 && w[2] == 0x15).map(|(at, _)| at).collect();
    if let Some(byte) = starts.get(dice.below(starts.len())).and_then(|at| data.get_mut(at + 1 + dice.below(12))) {
        *byte = u8::try_from(dice.below(256)).expect("because it is below");
    }
}

/// Writes an extreme number over any four bytes.
fn alter_number(dice: &mut Dice, data: &mut [u8]) {
    let at = dice.below(data.len().saturating_sub(4));
    let number = *dice.pick(&[0, 1, u32::MAX, u32::MAX - 1, 1 << 31, (1 << 31) - 1, 1 << 24]);
    if let Some(place) = data.get_mut(at..at + 4) {
        place.copy_from_slice(&number.to_le_bytes());
    }
}

/// Reads `data` as a table of `R`s: whatever is accepted can be written and read again.
fn reading<R: Row + Clone + PartialEq + std::fmt::Debug>(folder: &Path, data: &[u8]) -> Verdict {
    let (path, again) = (folder.join("altered.parquet"), folder.join("again.parquet"));
    fs::write(&path, data).expect("written");
    if let Ok(reader) = TableReader::<R>::open_foreign(&path) {
        reader.take(100).for_each(drop);
    }
    let Ok(rows) = read_table::<R>(&path) else { return Verdict::Refused };
    write_table(&again, &[], rows.clone()).expect("written");
    assert_eq!(read_table::<R>(&again).expect("read"), rows);
    Verdict::Accepted
}

fn drafts(folder: &Path, data: &[u8]) -> Verdict {
    let verdict = reading::<Draft>(folder, data);
    if verdict == Verdict::Accepted {
        let rows = read_table::<Draft>(&folder.join("altered.parquet")).expect("read");
        assert!(rows.iter().all(|row| row.assertion.address() == row.assertion.id), "ids are addresses");
    }
    verdict
}

fn predictions(folder: &Path, data: &[u8]) -> Verdict {
    let path = folder.join("altered-predictions.parquet");
    fs::write(&path, data).expect("written");
    if Predictions::read(&path).is_ok() { Verdict::Accepted } else { Verdict::Refused }
}

fn fuzz(count: usize) {
    let folder = TempDir::new().expect("a folder");
    let here = folder.path();
    let seeds = [table(here, (1..200).map(draft)), table(here, (1..3).map(draft))];
    let mut engine = Engine::new(21, &seeds, WORDS);
    feed("tables of drafts", count, || altered(&mut engine, &seeds), |data| drafts(here, data));
    let seeds = [table(here, (1..60).map(source)), table(here, std::iter::empty::<SourceFile>())];
    let mut engine = Engine::new(22, &seeds, WORDS);
    feed("tables of sources", count, || altered(&mut engine, &seeds), |data| reading::<SourceFile>(here, data));
    let rows = (1..100).map(|line| Prediction {
        task: draft(line).assertion.id,
        completion: format!("{line})"),
        prompt_tokens: Some(7),
        context_tokens: None,
        new_tokens: Some(2),
        stop: None,
    });
    let whole = here.join("predictions.parquet");
    Predictions { header: header(), rows: rows.collect() }.write(&whole).expect("written");
    let seeds = [fs::read(&whole).expect("read")];
    let mut engine = Engine::new(23, &seeds, WORDS);
    feed("tables of predictions", count, || altered(&mut engine, &seeds), |data| predictions(here, data));
}

#[test]
fn altered_tables_are_read_or_refused() {
    fuzz(FEW);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn much_altered_tables_are_read_or_refused() {
    fuzz(MANY);
}
