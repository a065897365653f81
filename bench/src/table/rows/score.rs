//! The table `scores`: one method's scores, a row a task.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::facts::{self, FactColumns};
use super::{bools, large_text, large_text_field, optional_ints, optional_text, schema};
use crate::error::Result;
use crate::failure::{ErrorClass, FailureMode};
use crate::score::{Altered, Components, TaskScore};
use crate::table::{Batch, Row};

/// A column: its name, and what it holds of a `T`.
type Part<T, V> = (&'static str, fn(&T) -> V);

/// The columns of numbers that every row has.
const NUMBERS: [Part<TaskScore, f64>; 3] = [
    ("edit_similarity", |row| row.edit_similarity),
    ("token_bleu", |row| row.token_bleu),
    ("code_bleu", |row| row.code_bleu),
];
/// The columns of the parts of `CodeBLEU`.
const PARTS: [Part<Components, f64>; 4] = [
    ("code_bleu_ngram", |parts| parts.ngram),
    ("code_bleu_weighted_ngram", |parts| parts.weighted_ngram),
    ("code_bleu_syntax", |parts| parts.syntax),
    ("code_bleu_data_flow", |parts| parts.data_flow),
];
/// The columns of yes or no.
const FLAGS: [Part<TaskScore, bool>; 8] = [
    ("answered", |row| row.answered),
    ("em_paper", |row| row.em_paper),
    ("em_uncut", |row| row.em_uncut),
    ("em_strict", |row| row.em_strict),
    ("em_ast", |row| row.em_ast),
    ("cut_to_line", |row| row.altered.lines),
    ("cut_at_comma", |row| row.altered.comma),
    ("cut_to_word", |row| row.altered.words),
];

impl Row for TaskScore {
    const TABLE: &'static str = "scores";
    const VERSION: u32 = 3;

    fn schema() -> SchemaRef {
        let mut fields = facts::fields();
        fields.push(Field::new("context_tokens", DataType::Int32, true));
        fields.extend([large_text_field("prediction"), large_text_field("reference")]);
        fields.extend(FLAGS.map(|(name, _)| Field::new(name, DataType::Boolean, false)));
        fields.extend(NUMBERS.map(|(name, _)| Field::new(name, DataType::Float64, false)));
        fields.extend(PARTS.map(|(name, _)| Field::new(name, DataType::Float64, true)));
        let named = ["error_class", "error_class_balanced", "failure_mode"];
        fields.extend(named.map(|name| Field::new(name, DataType::Utf8, true)));
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let mut columns = facts::encode(&rows.iter().map(|row| &*row.facts));
        columns.push(optional_ints(rows.iter().map(|row| row.context_tokens)));
        columns.push(large_text(rows.iter().map(|row| row.prediction.as_str())));
        columns.push(large_text(rows.iter().map(|row| row.reference.as_str())));
        columns.extend(FLAGS.map(|(_, flag)| bools(rows.iter().map(flag))));
        columns.extend(
            NUMBERS
                .map(|(_, number)| -> ArrayRef { Arc::new(Float64Array::from_iter_values(rows.iter().map(number))) }),
        );
        columns.extend(PARTS.map(|(_, part)| -> ArrayRef {
            Arc::new(rows.iter().map(|row| row.components.as_ref().map(part)).collect::<Float64Array>())
        }));
        columns.push(optional_text(rows.iter().map(|row| row.error_class.map(ErrorClass::name))));
        columns.push(optional_text(rows.iter().map(|row| row.error_class_balanced.map(ErrorClass::name))));
        columns.push(optional_text(rows.iter().map(|row| row.failure_mode.map(FailureMode::name))));
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let facts = FactColumns::of(batch)?;
        let (prediction, reference) = (batch.text("prediction")?, batch.text("reference")?);
        let context_tokens = batch.int("context_tokens")?;
        let flags = FLAGS.iter().map(|(name, _)| Ok((*name, batch.bool(name)?))).collect::<Result<BTreeMap<_, _>>>()?;
        let numbers = NUMBERS.iter().map(|(name, _)| *name).chain(PARTS.iter().map(|(name, _)| *name));
        let numbers = numbers.map(|name| Ok((name, batch.float(name)?))).collect::<Result<BTreeMap<_, _>>>()?;
        let (class, balanced) = (batch.text("error_class")?, batch.text("error_class_balanced")?);
        let mode = batch.text("failure_mode")?;
        let row = |at| {
            let flag = |name: &str| flags[name].value(at);
            let part = |name: &str| batch.unit_optional(name, numbers[name], at);
            let number = |name: &str| batch.unit(name, numbers[name], at);
            let parts = [part(PARTS[0].0)?, part(PARTS[1].0)?, part(PARTS[2].0)?, part(PARTS[3].0)?];
            Ok(Self {
                facts: Arc::new(facts.at(batch, at)?),
                context_tokens: batch.u32_optional("context_tokens", &context_tokens, at)?,
                prediction: batch.required("prediction", &prediction, at)?.to_owned(),
                reference: batch.required("reference", &reference, at)?.to_owned(),
                answered: flag("answered"),
                em_paper: flag("em_paper"),
                em_uncut: flag("em_uncut"),
                em_strict: flag("em_strict"),
                em_ast: flag("em_ast"),
                altered: Altered {
                    lines: flag("cut_to_line"),
                    comma: flag("cut_at_comma"),
                    words: flag("cut_to_word"),
                },
                edit_similarity: number("edit_similarity")?,
                token_bleu: number("token_bleu")?,
                code_bleu: number("code_bleu")?,
                components: match parts {
                    [Some(ngram), Some(weighted_ngram), Some(syntax), Some(data_flow)] => {
                        Some(Components { ngram, weighted_ngram, syntax, data_flow })
                    }
                    _ => None,
                },
                error_class: batch.parse_optional("error_class", &class, at)?,
                error_class_balanced: batch.parse_optional("error_class_balanced", &balanced, at)?,
                failure_mode: batch.parse_optional("failure_mode", &mode, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
