//! Finished predictions on disk while a run is under way, so that a run that was killed goes on where it stopped.
//!
//! A journal is JSON lines: a header that binds it to one run, then a line a prediction, or whatever else a run makes one
//! after the other, with a checksum over header and prediction. It is only ever appended to. Whatever follows the first
//! line that is torn or altered is dropped when the journal is opened again; those predictions are made anew.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::file::next_line;
use crate::prediction::{MethodCard, Prediction};
use crate::task::Task;

/// Version of the journal format.
const FORMAT: u32 = 1;
/// Bytes of a line at most; a longer one was not written by this module.
const MAX_LINE_BYTES: u64 = 16 << 20;
/// Hexadecimal digits of a checksum.
const SUM_DIGITS: usize = 16;

/// What a run must share with another to use its predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalHeader {
    repopeft_journal: u32,
    release: String,
    tasks: String,
    batches: String,
    card: MethodCard,
}

/// A journal open for appending, locked against every other run.
#[derive(Debug)]
pub struct Journal<R = Prediction> {
    file: File,
    path: PathBuf,
    /// The header line without its end: what every checksum covers first.
    header: Vec<u8>,
    rows: PhantomData<R>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<R> {
    row: R,
    sum: String,
}

impl JournalHeader {
    /// The header of a run of the method of `card` over `tasks` of `release`, which stand in running order. `batches`
    /// says how prompts are grouped for decoding, where that can change an answer; empty where it cannot.
    pub fn new(release: &str, tasks: &[&Task], batches: &str, card: &MethodCard) -> Self {
        let mut hasher = blake3::Hasher::new();
        for task in tasks {
            hasher.update(task.id().as_str().as_bytes());
        }
        Self {
            repopeft_journal: FORMAT,
            release: release.to_owned(),
            tasks: hasher.finalize().to_hex().to_string(),
            batches: batches.to_owned(),
            card: card.clone(),
        }
    }

    /// How the run of the header line `found` differs from this one.
    fn difference(&self, found: &[u8]) -> &'static str {
        match serde_json::from_slice::<Self>(found) {
            Err(_) => "it is no journal of predictions, or of another version",
            Ok(found) if found.release != self.release => "it belongs to another release",
            Ok(found) if found.card != self.card => "it belongs to another method, base model or settings",
            Ok(found) if found.tasks != self.tasks => "it belongs to other tasks",
            Ok(_) => "it belongs to a run with other options, or batches of another size or kind",
        }
    }
}

impl Journal {
    /// Where the journal of the predictions file `output` lies.
    pub fn beside(output: &Path) -> PathBuf {
        let mut name = output.file_name().unwrap_or_default().to_owned();
        name.push(".journal");
        output.with_file_name(name)
    }

    /// Deletes the journal at `path`, once what it held is safely in the predictions file; nothing happens if there is
    /// none.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove(path: &Path) -> Result<()> {
        crate::file::remove_file(path)
    }
}

impl<R: Serialize + DeserializeOwned> Journal<R> {
    /// Opens the journal at `path`, made if there is none, and returns it with the rows it holds, in the order in which
    /// they were made.
    ///
    /// # Errors
    /// [`Error::Journal`] if the file is in use or of a run that `header` does not describe; it is left as it is.
    ///
    /// # Panics
    /// Never: headers have a JSON form.
    pub fn open(path: &Path, header: &JournalHeader) -> Result<(Self, Vec<R>)> {
        let file = crate::file::claim(path)?.ok_or_else(|| refused(path, "another run is writing it"))?;
        let line = serde_json::to_vec(header).expect("because headers have a JSON form");
        let mut journal = Self { file, path: path.to_owned(), header: line, rows: PhantomData };
        let rows = journal.recover(header)?;
        Ok((journal, rows))
    }

    /// Appends `rows`, all of them in one write.
    ///
    /// # Errors
    /// If the system refuses.
    ///
    /// # Panics
    /// If a row has no JSON form.
    pub fn append(&mut self, rows: &[R]) -> Result<()> {
        let mut bytes = Vec::new();
        for row in rows {
            let line = Line { row, sum: self.sum(row) };
            serde_json::to_writer(&mut bytes, &line).expect("because rows have a JSON form");
            bytes.push(b'\n');
        }
        self.write(&bytes)
    }

    /// Reads the rows up to the first bad line and cuts the file there; writes the header if there is none.
    fn recover(&mut self, header: &JournalHeader) -> Result<Vec<R>> {
        let mut reader = BufReader::new(&self.file);
        let failed = |source| Error::io("read", &self.path, source);
        let mut rows = Vec::new();
        let mut whole = 0;
        let (first, ended) = next_line(&mut reader, MAX_LINE_BYTES).map_err(failed)?;
        if ended && first == self.header {
            whole = first.len() as u64 + 1;
            loop {
                let (line, ended) = next_line(&mut reader, MAX_LINE_BYTES).map_err(failed)?;
                let Some(row) = self.row(&line).filter(|_| ended) else { break };
                rows.push(row);
                whole += line.len() as u64 + 1;
            }
        } else if ended || !self.header.starts_with(&first) {
            return Err(refused(&self.path, header.difference(&first)));
        }
        self.cut(whole)?;
        if whole == 0 {
            let line = [self.header.as_slice(), b"\n"].concat();
            self.write(&line)?;
        }
        Ok(rows)
    }

    fn cut(&mut self, length: u64) -> Result<()> {
        let mut cut = || {
            self.file.set_len(length)?;
            self.file.seek(SeekFrom::Start(length))
        };
        cut().map(drop).map_err(|source| Error::io("write", &self.path, source))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|source| Error::io("write", &self.path, source))
    }

    /// The row of `line`, if its checksum says that it is whole and of this journal.
    fn row(&self, line: &[u8]) -> Option<R> {
        let Line::<R> { row, sum } = serde_json::from_slice(line).ok()?;
        (sum == self.sum(&row)).then_some(row)
    }

    fn sum(&self, row: &R) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.header);
        hasher.update(&serde_json::to_vec(row).expect("because rows have a JSON form"));
        hasher.finalize().to_hex()[..SUM_DIGITS].to_owned()
    }
}

fn refused(path: &Path, reason: &str) -> Error {
    Error::Journal { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::{Stop, TaskId};

    fn header(release: &str) -> JournalHeader {
        let card = MethodCard { parameters: Some(7), ..MethodCard::new("pretrained", "Pretrained", "tiny") };
        JournalHeader::new(release, &[], "batches", &card)
    }

    fn row(number: u8) -> Prediction {
        Prediction {
            task: TaskId::of(&[&[number]]),
            completion: format!("line\nand \"é\" {number}"),
            prompt_tokens: Some(3),
            context_tokens: Some(0),
            new_tokens: Some(2),
            stop: Some(Stop::Eos),
        }
    }

    #[test]
    fn a_journal_cut_at_any_byte_holds_a_head_of_its_rows_and_can_be_completed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl.journal");
        let rows: Vec<Prediction> = (0..4).map(row).collect();
        let (mut journal, none) = Journal::<Prediction>::open(&path, &header("r")).unwrap();
        assert_eq!(none, []);
        journal.append(&rows[..2]).unwrap();
        journal.append(&rows[2..]).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let (mut journal, found) = Journal::<Prediction>::open(&path, &header("r")).unwrap();
            assert_eq!(found, rows[..found.len()], "{length}");
            let lines = whole[..length].split_inclusive(|&byte| byte == b'\n').filter(|line| line.ends_with(b"\n"));
            assert_eq!(found.len(), lines.count().saturating_sub(1), "{length}");
            journal.append(&rows[found.len()..]).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), whole, "{length}");
        }
    }

    #[test]
    fn an_altered_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let rows: Vec<Prediction> = (0..2).map(row).collect();
        Journal::<Prediction>::open(&path, &header("r")).unwrap().0.append(&rows).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let start = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        for at in start..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 1;
            std::fs::write(&path, altered).unwrap();
            let (_, found) = Journal::<Prediction>::open(&path, &header("r")).unwrap();
            assert!(found.len() < rows.len(), "byte {at}");
            assert_eq!(found, rows[..found.len()], "byte {at}");
        }
    }

    /// Lines and bytes are dropped, doubled, moved and changed: a journal is refused, or every row it yields was made.
    #[test]
    fn altered_journals_yield_no_row_that_was_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let rows: Vec<Prediction> = (0..6).map(row).collect();
        Journal::<Prediction>::open(&path, &header("r")).unwrap().0.append(&rows).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let mut state = 1_u64;
        let mut below = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % end.max(1)
        };
        let mut accepted = 0;
        for number in 0..2_000 {
            let mut lines: Vec<Vec<u8>> = whole.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
            for _ in 0..=below(2) {
                let (at, other) = (below(lines.len()), below(lines.len()));
                match below(6) {
                    0 => lines.swap(at, other),
                    1 => lines.insert(other, lines[at].clone()),
                    2 if lines.len() > 1 => drop(lines.remove(at)),
                    3 => lines[at].truncate(other),
                    4 => lines[at].insert(0, 0xff),
                    _ => {
                        let byte = below(lines[at].len());
                        lines[at].iter_mut().skip(byte).take(1).for_each(|byte| *byte ^= 1 << (number % 8));
                    }
                }
            }
            std::fs::write(&path, lines.concat()).unwrap();
            if let Ok((_, found)) = Journal::<Prediction>::open(&path, &header("r")) {
                accepted += 1;
                assert!(found.iter().all(|row| rows.contains(row)), "{number}");
            }
        }
        assert!((1_000..2_000).contains(&accepted), "{accepted} were accepted");
    }

    #[test]
    fn files_of_another_run_are_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let refusal = || Journal::<Prediction>::open(&path, &header("r")).unwrap_err().to_string();
        drop(Journal::<Prediction>::open(&path, &header("other")).unwrap());
        let before = std::fs::read(&path).unwrap();
        assert!(refusal().contains("another release; delete it"), "{}", refusal());
        assert_eq!(std::fs::read(&path).unwrap(), before);
        for text in ["precious notes", "precious notes\n"] {
            std::fs::write(&path, text).unwrap();
            assert!(refusal().contains("no journal"), "{}", refusal());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn two_runs_cannot_share_a_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = Journal::beside(&folder.path().join("rag.parquet"));
        assert_eq!(path.file_name().unwrap(), "rag.parquet.journal");
        let held = Journal::<Prediction>::open(&path, &header("r")).unwrap();
        let error = Journal::<Prediction>::open(&path, &header("r")).unwrap_err().to_string();
        assert!(error.contains("another run is writing it"), "{error}");
        drop(held);
        Journal::<Prediction>::open(&path, &header("r")).unwrap();
        Journal::remove(&path).unwrap();
        Journal::remove(&path).unwrap();
        assert!(!path.exists());
    }
}
