//! The table `audit_tasks`: a row a task and setting.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{bools, int_field, ints, optional_text, schema, text, text_field};
use crate::audit::{AuditRow, Setting};
use crate::error::Result;
use crate::ids::RepoId;
use crate::need::Need;
use crate::table::{Batch, Row};

impl Row for AuditRow {
    const TABLE: &'static str = "audit_tasks";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("task"),
            text_field("repo"),
            text_field("commit"),
            text_field("setting"),
            Field::new("lambda", DataType::Float64, true),
            Field::new("other", DataType::Utf8, true),
            Field::new("nll", DataType::Float64, false),
            Field::new("nll_with_eos", DataType::Float64, false),
            int_field("rank"),
            Field::new("em", DataType::Boolean, true),
            Field::new("need", DataType::Utf8, true),
            Field::new("target_in_prefix", DataType::Boolean, false),
            int_field("target_tokens"),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let numbers = |number: fn(&Self) -> Option<f64>| -> ArrayRef {
            Arc::new(rows.iter().map(number).collect::<Float64Array>())
        };
        let columns = vec![
            text(rows.iter().map(|row| row.task.as_str())),
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.commit.as_str())),
            text(rows.iter().map(|row| row.setting.name())),
            numbers(|row| row.lambda),
            optional_text(rows.iter().map(|row| row.other.as_ref().map(RepoId::as_str))),
            numbers(|row| Some(row.nll)),
            numbers(|row| Some(row.nll_with_eos)),
            ints(rows.iter().map(|row| row.rank)),
            Arc::new(rows.iter().map(|row| row.em).collect::<BooleanArray>()),
            optional_text(rows.iter().map(|row| row.need.map(Need::name))),
            bools(rows.iter().map(|row| row.target_in_prefix)),
            ints(rows.iter().map(|row| row.target_tokens)),
        ];
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (task, repo, commit) = (batch.text("task")?, batch.text("repo")?, batch.text("commit")?);
        let (setting, other, need) = (batch.text("setting")?, batch.text("other")?, batch.text("need")?);
        let [lambda, nll, nll_with_eos] = ["lambda", "nll", "nll_with_eos"].map(|name| batch.float(name));
        let (lambda, nll, nll_with_eos) = (lambda?, nll?, nll_with_eos?);
        let (rank, target_tokens) = (batch.int("rank")?, batch.int("target_tokens")?);
        let (em, target_in_prefix) = (batch.bool("em")?, batch.bool("target_in_prefix")?);
        let finite = |name: &str, column: &Float64Array, at: usize| {
            let value = column.is_valid(at).then(|| column.value(at)).filter(|value| value.is_finite());
            value.ok_or_else(|| batch.bad(at, format!("column `{name}` holds no number")))
        };
        let row = |at: usize| {
            Ok(Self {
                task: batch.parse("task", &task, at)?,
                repo: batch.parse("repo", &repo, at)?,
                commit: batch.parse("commit", &commit, at)?,
                setting: batch.parse::<Setting>("setting", &setting, at)?,
                lambda: lambda.is_valid(at).then(|| finite("lambda", lambda, at)).transpose()?,
                other: batch.parse_optional("other", &other, at)?,
                nll: finite("nll", nll, at)?,
                nll_with_eos: finite("nll_with_eos", nll_with_eos, at)?,
                rank: batch.u32("rank", &rank, at)?,
                em: em.is_valid(at).then(|| em.value(at)),
                need: batch.parse_optional("need", &need, at)?,
                target_in_prefix: target_in_prefix.value(at),
                target_tokens: batch.u32("target_tokens", &target_tokens, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;
    use crate::table::{read_table, write_table};

    #[test]
    fn rows_are_read_back() {
        let row = AuditRow {
            task: TaskId::of(&[b"t"]),
            repo: "a/b".parse().expect("a repository"),
            commit: "0".repeat(40).parse().expect("a commit"),
            setting: Setting::FactorNext,
            lambda: Some(0.5),
            other: Some("c/d".parse().expect("a repository")),
            nll: 1.25,
            nll_with_eos: 1.5,
            rank: 3,
            em: Some(true),
            need: Some(Need::Repository),
            target_in_prefix: false,
            target_tokens: 4,
        };
        let bare = AuditRow { lambda: None, other: None, em: None, need: None, setting: Setting::Own, ..row.clone() };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tasks.parquet");
        write_table(&path, &[], [row.clone(), bare.clone()]).expect("written");
        assert_eq!(read_table::<AuditRow>(&path).expect("read"), [row.clone(), bare.clone()]);
        assert!(bare.order(&row).is_lt(), "own stands before blends");
        write_table(&path, &[], [AuditRow { nll: f64::NAN, ..row }]).expect("written");
        assert!(read_table::<AuditRow>(&path).is_err());
    }
}
