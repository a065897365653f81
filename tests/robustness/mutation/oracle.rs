//! Another reader of submissions: slow, naive, and without a line of the readers it judges.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use bench::{Roll, Split};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};

/// The answers by task, if nothing is wrong with the lines in `data` but that answers are missing.
pub(super) fn answers_of_lines(data: &[u8], roll: &Roll) -> Option<BTreeMap<String, String>> {
    let text = std::str::from_utf8(data).ok()?;
    let mut values = Vec::new();
    for line in text.split('\n').filter(|line| !line.as_bytes().trim_ascii().is_empty()) {
        match serde_json::from_str(line).ok()? {
            Value::Object(fields) => values.push(fields),
            _ => return None,
        }
    }
    let (header, rows) = values.split_first()?;
    let splits = header_splits(header)?;
    let mut answers = BTreeMap::new();
    for row in rows {
        let (task, completion) = row_answer(row)?;
        let known = roll.tasks().iter().find(|(id, _)| id.as_str() == task)?;
        if !splits.contains(&known.1.name().to_owned()) || answers.insert(task, completion).is_some() {
            return None;
        }
    }
    Some(answers)
}

/// The answers by task, if nothing is wrong with the table at `path` but that answers are missing.
pub(super) fn answers_of_table(path: &Path, roll: &Roll) -> Option<BTreeMap<String, String>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).ok()?).ok()?;
    let pairs = builder.metadata().file_metadata().key_value_metadata()?.clone();
    let header = pairs.into_iter().find(|pair| pair.key == "repopeft.predictions")?.value?;
    let Value::Object(header) = serde_json::from_str(&header).ok()? else { return None };
    let splits = header_splits(&header)?;
    let mut answers = BTreeMap::new();
    for batch in builder.build().ok()? {
        let batch = batch.ok()?;
        for at in 0..batch.num_rows() {
            let (task, completion) = row_answer(&row(&batch, at)?)?;
            let known = roll.tasks().iter().find(|(id, _)| id.as_str() == task)?;
            if !splits.contains(&known.1.name().to_owned()) || answers.insert(task, completion).is_some() {
                return None;
            }
        }
    }
    Some(answers)
}

/// A row as an object of JSON without its nulls.
fn row(batch: &RecordBatch, at: usize) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if column.is_null(at) {
            continue;
        }
        let value = match column.data_type() {
            DataType::Utf8 => Value::from(column.as_string::<i32>().value(at)),
            DataType::LargeUtf8 => Value::from(column.as_string::<i64>().value(at)),
            DataType::Int32 => Value::from(column.as_primitive::<Int32Type>().value(at)),
            _ => return None,
        };
        fields.insert(field.name().clone(), value);
    }
    Some(fields)
}

/// The splits that a header names, if nothing is wrong with it.
fn header_splits(header: &Map<String, Value>) -> Option<Vec<String>> {
    only(header, &["repopeft_predictions", "release", "splits", "rules", "card"])?;
    (header.get("repopeft_predictions")?.as_u64()? == 1 && header.get("release")?.as_str()? == "r").then_some(())?;
    header.get("rules").is_none_or(|rules| rules == "1").then_some(())?;
    card(header.get("card")?.as_object()?)?;
    let splits = header.get("splits")?.as_array()?;
    let names: Vec<String> = splits.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    let asked = [Split::CrossRepoTest.name(), Split::OodTest.name()];
    let fine = names.iter().enumerate().all(|(at, name)| asked.contains(&name.as_str()) && !names[..at].contains(name));
    (fine && !names.is_empty()).then_some(names)
}

/// Something, if nothing is wrong with the card.
fn card(card: &Map<String, Value>) -> Option<()> {
    let names = ["method", "title", "base_model", "base_model_hash", "licence", "contact", "url"];
    let sentences = ["context", "adaptation", "adapters", "hardware"];
    let others = ["parameters", "settings", "decoding", "training_budget", "open_weights"];
    only(card, &[&names[..], &sentences, &others].concat())?;
    for name in ["method", "title", "context", "adaptation", "base_model"] {
        card.get(name)?;
    }
    let text = |value: &Value, most: usize, blank: bool| {
        value.as_str().is_some_and(|text| text.chars().count() <= most && (blank || !text.trim().is_empty()))
    };
    names.iter().filter_map(|name| card.get(*name)).all(|value| text(value, 200, false)).then_some(())?;
    sentences.iter().filter_map(|name| card.get(*name)).all(|value| text(value, 2_000, true)).then_some(())?;
    let most = 1_000_000_000_000_000;
    card.get("parameters").is_none_or(|value| value.as_u64().is_some_and(|n| n <= most)).then_some(())?;
    card.get("open_weights").is_none_or(Value::is_boolean).then_some(())?;
    for name in ["settings", "decoding"] {
        let Some(settings) = card.get(name) else { continue };
        let settings = settings.as_object()?;
        let fine =
            |(key, value): (&String, &Value)| text(&Value::from(key.as_str()), 200, false) && text(value, 2_000, true);
        (settings.len() <= 200 && settings.iter().all(fine)).then_some(())?;
    }
    let Some(budget) = card.get("training_budget") else { return Some(()) };
    let budget = budget.as_object()?;
    only(budget, &["steps", "examples", "supervised_tokens", "gpu_hours", "note"])?;
    let count = |name: &str| budget.get(name).is_none_or(|value| value.as_u64().is_some_and(|n| n <= most));
    let hours = budget.get("gpu_hours").is_none_or(|value| value.as_f64().is_some_and(|n| (0.0..=1e9).contains(&n)));
    let note = budget.get("note").is_none_or(|value| text(value, 2_000, true));
    (count("steps") && count("examples") && count("supervised_tokens") && hours && note).then_some(())
}

/// The task and completion of a row, if nothing is wrong with it.
fn row_answer(row: &Map<String, Value>) -> Option<(String, String)> {
    only(row, &["task", "completion", "prompt_tokens", "context_tokens", "new_tokens", "stop"])?;
    let (task, completion) = (row.get("task")?.as_str()?, row.get("completion")?.as_str()?);
    (completion.len() <= 65_536).then_some(())?;
    for name in ["prompt_tokens", "context_tokens", "new_tokens"] {
        row.get(name).is_none_or(|value| value.as_u64().is_some_and(|n| n <= 100_000_000)).then_some(())?;
    }
    if let (Some(prompt), Some(context)) = (row.get("prompt_tokens"), row.get("context_tokens")) {
        (context.as_u64()? <= prompt.as_u64()?).then_some(())?;
    }
    row.get("stop").is_none_or(|stop| stop == "eos" || stop == "length").then_some(())?;
    Some((task.to_owned(), completion.to_owned()))
}

/// Something, if `fields` are among `known`.
fn only(fields: &Map<String, Value>, known: &[&str]) -> Option<()> {
    fields.keys().all(|key| known.contains(&key.as_str())).then_some(())
}
