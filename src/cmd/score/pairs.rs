//! `score --pairs`: metrics of any (prediction, target) pairs.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::file::Partial;
use harness::{Answer as Cleaned, Lent, PairScorer, Pool, Reference, Slot, Strict, em_ast, em_strict};
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::lines::Lines;
use crate::exit::Answer;
use crate::ui::Ui;

/// Lines scored at a time: bounds memory, not meaning.
const BATCH: usize = 4096;

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
        let of = |scorer: &mut Lent<'_, PairScorer>, (number, line): &(u64, String)| {
            scored_line(scorer, line).with_context(|| lines.place(*number))
        };
        let made: Vec<String> = batch.par_iter().map_init(|| scorers.lend(), of).collect::<Result<_>>()?;
        scored += made.len();
        made.iter().try_for_each(|line| writeln!(writer, "{line}")).with_context(failed)?;
    }
    let target = writer.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(failed)?;
    target.sync_all().with_context(failed)?;
    partial.complete()?;
    bar.finish_and_clear();
    ui.data(&format!("{scored}\t{}", out.display()));
    Ok(Answer::Done)
}

fn scored_line(scorer: &mut PairScorer, line: &str) -> Result<String> {
    let Value::Object(mut fields) = serde_json::from_str(line)? else { bail!("is no JSON object") };
    let prediction = text(&fields, "prediction")?.to_owned();
    let target = text(&fields, "target")?.to_owned();
    let Value::Object(scores) = serde_json::to_value(scorer.score(&prediction, &target))? else {
        bail!("the metrics of a pair are a JSON object");
    };
    fields.extend(scores);
    if fields.contains_key("assertion_type") {
        let slot = Slot::of(text(&fields, "assertion_type")?.parse()?);
        let answer = Cleaned::<Strict>::clean(&prediction, slot);
        let reference = Reference::<Strict>::clean(&target, slot);
        fields.insert("em_strict".to_owned(), em_strict(&answer, &reference).into());
        fields.insert("em_ast".to_owned(), em_ast(&answer, &reference, slot).into());
    }
    Ok(serde_json::to_string(&fields)?)
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => bail!("`{name}` is {other}, but text is needed"),
        None => bail!("has no `{name}`; a pair needs prediction and target"),
    }
}
