//! `score --pairs`: metrics of any (prediction, target) pairs.

use std::borrow::Cow;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::file::Partial;
use harness::{Answer as Cleaned, Lent, PairScorer, Pool, Reference, Slot, Strict, em_ast, em_strict};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::lines::Lines;
use crate::exit::Answer;
use crate::ui::Ui;

/// Lines scored at a time: bounds memory, not meaning.
const BATCH: usize = 8192;

/// Lines that one thread scores in a row.
const PIECE: usize = 128;

/// Writes a line for each line of `file` to `out`: its fields, then the metrics. Where a line has an `assertion_type`,
/// the exact matches that need one (`em_strict`, `em_ast`) follow.
pub(super) fn run(file: &Path, out: &Path, ui: &Ui) -> Result<Answer> {
    let mut lines = Lines::open(file)?;
    let bytes = std::fs::metadata(file).map_or(0, |data| data.len());
    let bar = ui.bar("pairs", bytes, "bytes");
    let (partial, target) = Partial::create(out)?;
    let failed = || format!("cannot write {}", partial.at().display());
    let mut writer = std::io::BufWriter::new(target);
    let scorers: Pool<PairScorer> = Pool::default();
    let mut scored = 0;
    loop {
        let batch = lines.by_ref().take(BATCH).collect::<Result<Vec<(u64, String)>>>()?;
        if batch.is_empty() {
            break;
        }
        bar.inc(batch.iter().map(|(_, line)| line.len() as u64).sum());
        let of = |scorer: &mut Lent<'_, PairScorer>, piece: &[(u64, String)]| {
            let mut made = Vec::with_capacity(piece.iter().map(|(_, line)| line.len() + MOST_WRITTEN).sum());
            for (number, line) in piece {
                scored_line(scorer, line, &mut made).with_context(|| lines.place(*number))?;
            }
            Ok(made)
        };
        let pieces = batch.par_chunks(PIECE).map_init(|| scorers.lend(), of).collect::<Result<Vec<Vec<u8>>>>()?;
        scored += batch.len();
        pieces.iter().try_for_each(|piece| writer.write_all(piece)).with_context(failed)?;
    }
    let target = writer.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(failed)?;
    target.sync_all().with_context(failed)?;
    partial.complete()?;
    bar.finish_and_clear();
    ui.data(&format!("{scored}\t{}", out.display()));
    Ok(Answer::Done)
}

/// Bytes that are commonly written beside a line.
const MOST_WRITTEN: usize = 400;

/// The fields that are written; where a line has one of them already, it is replaced.
const WRITTEN: [&str; 13] = [
    "pred_clean",
    "ref_clean",
    "exact_match",
    "edit_similarity",
    "code_bleu",
    "code_bleu_fallback",
    "codebleu_components",
    "hash_sensitive",
    "code_bleu_admissible",
    "dataflow_match_admissible",
    "admissible_cut_short",
    "em_strict",
    "em_ast",
];

/// What is read of a line.
#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    prediction: Cow<'a, str>,
    #[serde(borrow)]
    target: Cow<'a, str>,
    #[serde(borrow, default)]
    assertion_type: Option<Cow<'a, str>>,
}

/// Appends the line that is written for `line`.
fn scored_line(scorer: &mut PairScorer, line: &str, out: &mut Vec<u8>) -> Result<()> {
    if !names_written(line)
        && let Ok(pair) = serde_json::from_str::<Pair<'_>>(line)
    {
        return scored(scorer, &pair, line.trim_end(), out);
    }
    let Value::Object(mut fields) = serde_json::from_str(line)? else { bail!("is no JSON object") };
    fields.retain(|name, _| !WRITTEN.contains(&name.as_str()));
    let has_kind = fields.get("assertion_type").is_some_and(|kind| !kind.is_null());
    let of_kind = has_kind.then(|| text(&fields, "assertion_type")).transpose()?;
    let (prediction, target) = (text(&fields, "prediction")?.into(), text(&fields, "target")?.into());
    let pair = Pair { prediction, target, assertion_type: of_kind.map(Cow::from) };
    scored(scorer, &pair, &serde_json::to_string(&fields)?, out)
}

/// Whether one of [`WRITTEN`] stands anywhere in `line`; each of them has an underscore.
fn names_written(line: &str) -> bool {
    let stands = |name: &str, at: usize| {
        let start = name.find('_').and_then(|before| at.checked_sub(before));
        start.is_some_and(|start| line.as_bytes()[start..].starts_with(name.as_bytes()))
    };
    line.match_indices('_').any(|(at, _)| WRITTEN.iter().any(|name| stands(name, at)))
}

/// Appends the object `fields`, which holds `pair`, with the metrics behind its own fields.
fn scored(scorer: &mut PairScorer, pair: &Pair<'_>, fields: &str, out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(fields.strip_suffix('}').context("is no JSON object")?.as_bytes());
    out.push(b',');
    scorer.write(&pair.prediction, &pair.target, out);
    if let Some(kind) = &pair.assertion_type {
        let slot = Slot::of(kind.parse()?);
        let answer = Cleaned::<Strict>::clean(&pair.prediction, slot);
        let reference = Reference::<Strict>::clean(&pair.target, slot);
        let (strict, ast) = (em_strict(&answer, &reference), em_ast(&answer, &reference, slot));
        write!(out, ",\"em_strict\":{strict},\"em_ast\":{ast}")?;
    }
    out.extend_from_slice(b"}\n");
    Ok(())
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => bail!("`{name}` is {other}, but text is needed"),
        None => bail!("has no `{name}`; a pair needs prediction and target"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_wherever_they_stand() {
        for name in WRITTEN {
            assert!(name.contains('_'));
            for line in [format!("{{\"{name}\": 1}}"), name.to_owned(), format!("_a__{name}"), format!("é_{name}_")] {
                assert!(names_written(&line), "{line}");
            }
            for part in [&name[1..], &name[..name.len() - 1]] {
                assert_eq!(names_written(part), WRITTEN.iter().any(|other| part.contains(other)), "{part}");
            }
        }
        assert!(!names_written("") && !names_written("_") && !names_written("em_x pred_"));
    }
}
