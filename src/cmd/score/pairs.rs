//! `score --pairs`: metrics of any (prediction, target) pairs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::file::Partial;
use harness::{Answer as Cleaned, PairScorer, Reference, Slot, Strict, em_ast, em_strict};
use rayon::prelude::*;
use serde_json::{Map, Value};

use crate::exit::Answer;
use crate::ui::Ui;

/// Lines scored at a time: bounds memory, not meaning.
const BATCH: usize = 4096;
/// Bytes of a line at most.
const MAX_LINE: u64 = 16 << 20;

/// Writes a line for each line of `file` to `out`: its fields, then the metrics. Where a line has an `assertion_type`,
/// the exact matches that need one (`em_strict`, `em_ast`) follow.
pub(super) fn run(file: &Path, out: &Path, ui: &Ui) -> Result<Answer> {
    let input = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let bytes = input.metadata().map_or(0, |data| data.len());
    let bar = ui.bar("pairs", bytes, "bytes");
    let mut reader = BufReader::new(input);
    let (partial, target) = Partial::create(out)?;
    let failed = || format!("cannot write {}", partial.at().display());
    let mut writer = std::io::BufWriter::new(target);
    let (mut number, mut scored) = (0_u64, 0_u64);
    loop {
        let batch = lines(&mut reader, &mut number, file)?;
        if batch.is_empty() {
            break;
        }
        bar.inc(batch.iter().map(|(_, line)| line.len() as u64).sum());
        let of = |scorer: &mut PairScorer, (number, line): &(u64, String)| {
            scored_line(scorer, line).with_context(|| format!("{}, line {number}", file.display()))
        };
        let made: Vec<String> = batch.par_iter().map_init(PairScorer::default, of).collect::<Result<_>>()?;
        scored += made.len() as u64;
        made.iter().try_for_each(|line| writeln!(writer, "{line}")).with_context(failed)?;
    }
    let target = writer.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(failed)?;
    target.sync_all().with_context(failed)?;
    partial.complete()?;
    bar.finish_and_clear();
    ui.data(&format!("{scored}\t{}", out.display()));
    Ok(Answer::Done)
}

/// The next lines that are not blank, with their numbers.
fn lines(reader: &mut impl BufRead, number: &mut u64, file: &Path) -> Result<Vec<(u64, String)>> {
    let mut lines = Vec::with_capacity(BATCH);
    while lines.len() < BATCH {
        let mut bytes = Vec::new();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes);
        *number += 1;
        let place = || format!("{}, line {number}", file.display());
        let length = read.with_context(place)? as u64;
        if length == 0 {
            break;
        }
        if length == MAX_LINE {
            bail!("{}: is longer than {MAX_LINE} bytes", place());
        }
        let line = String::from_utf8(bytes).with_context(place)?;
        if !line.trim().is_empty() {
            lines.push((*number, line));
        }
    }
    Ok(lines)
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
