//! What a model computes for given ids, in a file that any program reads.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};
use crate::model::{Config, Input, Layout, Part, Positions, Precision, Qwen2, fingerprint, load_part, size, write};

/// Bytes of tensors in a file at most: they are held in memory until it is written.
const MAX_BYTES: i64 = 8 << 30;
/// Bytes of a list of ids at most.
const MAX_LIST_BYTES: u64 = 64 << 20;

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Logits at every position: [T, V] a row.
    Logits,
    /// Hidden states after the last norm: [T, D] a row. The checkpoint needs no output head.
    Hidden,
}

impl Asked {
    /// What tensors are called, before the number of their row.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logits => "logits",
            Self::Hidden => "hidden",
        }
    }
}

/// What was computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelReport {
    /// Rows of ids.
    pub rows: usize,
    /// Ids in all rows.
    pub tokens: usize,
    /// Numbers at each position: V or D.
    pub width: i64,
}

/// The rows of ids in the file at `path`: a JSON list of lists of ids, or of ids alone, which is one row; in a file that
/// ends in `.txt`, a row a line, ids separated by blanks or commas.
///
/// # Errors
/// If the file cannot be read, is no such list, or has an empty row.
pub fn read_ids(path: &Path) -> Result<Vec<Vec<u32>>> {
    let read = |source| Error::io("read", path, source);
    if std::fs::metadata(path).map_err(read)?.len() > MAX_LIST_BYTES {
        return Err(Error::option("ids", path.display(), format!("at most {} MiB are read", MAX_LIST_BYTES >> 20)));
    }
    let bytes = std::fs::read(path).map_err(read)?;
    let is_text = path.extension().is_some_and(|suffix| suffix == "txt");
    let rows = if is_text { lines(path, &bytes)? } else { lists(path, &bytes)? };
    match rows.iter().position(Vec::is_empty) {
        Some(row) => Err(Error::option("ids", path.display(), format!("row {} is empty", row + 1))),
        None if rows.is_empty() => Err(Error::option("ids", path.display(), "it has no rows")),
        None => Ok(rows),
    }
}

fn lists(path: &Path, bytes: &[u8]) -> Result<Vec<Vec<u32>>> {
    let error = |source| Error::Json { path: path.to_owned(), source };
    if let Ok(row) = serde_json::from_slice::<Vec<u32>>(bytes) {
        return Ok(vec![row]);
    }
    serde_json::from_slice(bytes).map_err(error)
}

fn lines(path: &Path, bytes: &[u8]) -> Result<Vec<Vec<u32>>> {
    let text = String::from_utf8_lossy(bytes);
    let id = |row: usize, word: &str| {
        let reason = || format!("line {} holds `{word}`, which is no id", row + 1);
        word.parse().map_err(|_| Error::option("ids", path.display(), reason()))
    };
    let separates = |c: char| c.is_whitespace() || c == ',';
    let row = |(row, line): (usize, &str)| {
        line.split(separates).filter(|word| !word.is_empty()).map(|word| id(row, word)).collect()
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(row).collect()
}

/// Writes what the model in `folder` computes for each of `rows` to the file `out`: f32 tensors `logits.0`, `logits.1`, …
/// or `hidden.0`, …, one row at a time, without padding.
///
/// # Errors
/// If the folder cannot be opened, an id is outside the vocabulary, a row is longer than the model reads, the file would be
/// larger than 8 GiB, or it cannot be written.
pub fn inspect_model(
    folder: &Path,
    rows: &[Vec<u32>],
    asked: Asked,
    out: &Path,
    device: Device,
    precision: Precision,
) -> Result<ModelReport> {
    let part = if asked == Asked::Logits { Part::Whole } else { Part::Body };
    let (config, parameters) = load_part(folder, part, precision, device)?;
    let report = check(&config, rows, asked)?;
    let model = Qwen2::new(&config, &parameters);
    let mut tensors = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        tensors.insert(format!("{}.{index}", asked.name()), states(&model, row, asked));
    }
    let about = json!({ "fingerprint": fingerprint(folder)?, "precision": precision.to_string() }).to_string();
    write(out, &tensors.iter().map(|(name, tensor)| (name.clone(), tensor)).collect(), ("repopeft", &about))?;
    Ok(report)
}

fn check(config: &Config, rows: &[Vec<u32>], asked: Asked) -> Result<ModelReport> {
    let (vocabulary, limit) = (config.vocab_size, config.max_position_embeddings);
    for (number, row) in (1..).zip(rows) {
        if let Some(id) = row.iter().find(|&&id| i64::from(id) >= vocabulary) {
            return Err(Error::option("ids", id, format!("row {number}: the vocabulary ends at {vocabulary}")));
        }
        if size(row.len()) > limit {
            let reason = format!("row {number}: the model reads {limit} tokens at most");
            return Err(Error::option("ids", row.len(), reason));
        }
    }
    let tokens: usize = rows.iter().map(Vec::len).sum();
    let width = if asked == Asked::Logits { vocabulary } else { config.hidden_size };
    let bytes = size(tokens).saturating_mul(width).saturating_mul(4);
    if bytes > MAX_BYTES {
        let reason = format!("the file would have {} GiB, 8 at most; give fewer ids or --hidden", bytes >> 30);
        return Err(Error::option("ids", format!("{tokens} long in all"), reason));
    }
    Ok(ModelReport { rows: rows.len(), tokens, width })
}

/// [T, V] or [T, D] in f32 on the CPU.
fn states(model: &Qwen2, row: &[u32], asked: Asked) -> Tensor {
    let ids: Vec<i64> = row.iter().map(|&id| i64::from(id)).collect();
    let ids = Tensor::from_slice(&ids).unsqueeze(0).to_device(model.device());
    let input = Input { ids: &ids, layout: Layout::Left(&[0]), positions: Positions::All, adapters: None, noise: None };
    let states = tch::no_grad(|| match asked {
        Asked::Logits => model.forward(&input, None),
        Asked::Hidden => model.hidden(&input, None),
    });
    states.squeeze_dim(0).to_kind(Kind::Float).to_device(Device::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Vec<Vec<u32>>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_ids(&path)
    }

    #[test]
    fn lists_of_ids_are_read_in_three_forms() {
        assert_eq!(read("a.json", "[[1, 2], [3]]").unwrap(), [vec![1, 2], vec![3]]);
        assert_eq!(read("a.json", "[1, 2]").unwrap(), [[1, 2]]);
        assert_eq!(read("a.txt", "1 2\n\n3, 4\r\n").unwrap(), [[1, 2], [3, 4]]);
    }

    #[test]
    fn what_is_no_list_of_ids_is_refused() {
        for (name, text, part) in [
            ("a.json", "[[1], []]", "row 2 is empty"),
            ("a.json", "[]", "row 1 is empty"),
            ("a.json", "[[-1]]", "not valid JSON of the expected form"),
            ("a.json", "{}", "not valid JSON of the expected form"),
            ("a.txt", "1 x", "line 1 holds `x`"),
            ("a.txt", " \n", "it has no rows"),
        ] {
            let message = read(name, text).unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
