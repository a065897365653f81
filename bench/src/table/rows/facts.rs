//! The columns of scores that tell of the task.

use std::collections::BTreeMap;

use arrow_array::{ArrayRef, BooleanArray};
use arrow_schema::{DataType, Field};

use super::leaks::{FlagColumns, flag_columns, flag_fields};
use super::{bools, int_field, ints, optional_ints, optional_text, text, text_field};
use crate::error::Result;
use crate::need::Need;
use crate::score::TaskFacts;
use crate::table::{Batch, IntColumn, TextColumn};
use crate::target_type::TargetType;

pub(super) fn fields() -> Vec<Field> {
    let mut fields = vec![
        text_field("task"),
        text_field("split"),
        text_field("repo_id"),
        text_field("commit_sha"),
        Field::new("commit_index", DataType::Int32, true),
        Field::new("anchor_index", DataType::Int32, true),
        text_field("assertion_type"),
        Field::new("need", DataType::Utf8, true),
        text_field("difficulty"),
        Field::new("target_type", DataType::Utf8, true),
        int_field("target_chars"),
        int_field("prefix_chars"),
        Field::new("unscored_by_paper", DataType::Boolean, false),
        Field::new("own", DataType::Utf8, true),
        Field::new("commonplace", DataType::Boolean, false),
    ];
    fields.extend(flag_fields());
    fields
}

pub(super) fn encode<'a>(rows: &(impl Iterator<Item = &'a TaskFacts> + Clone)) -> Vec<ArrayRef> {
    let own: Vec<Option<String>> = rows
        .clone()
        .map(|row| {
            let json = || serde_json::to_string(&row.own).expect("because maps of text have a JSON form");
            (!row.own.is_empty()).then(json)
        })
        .collect();
    let mut columns = vec![
        text(rows.clone().map(|row| row.task.as_str())),
        text(rows.clone().map(|row| row.split.name())),
        text(rows.clone().map(|row| row.repo.as_str())),
        text(rows.clone().map(|row| row.commit.as_str())),
        optional_ints(rows.clone().map(|row| row.commit_index)),
        optional_ints(rows.clone().map(|row| row.anchor_index)),
        text(rows.clone().map(|row| row.kind.name())),
        optional_text(rows.clone().map(|row| row.need.map(Need::name))),
        text(rows.clone().map(|row| row.difficulty.name())),
        optional_text(rows.clone().map(|row| row.target_type.map(TargetType::name))),
        ints(rows.clone().map(|row| row.target_chars)),
        ints(rows.clone().map(|row| row.prefix_chars)),
        bools(rows.clone().map(|row| row.unscored_by_paper)),
        optional_text(own.iter().map(Option::as_deref)),
        bools(rows.clone().map(|row| row.commonplace)),
    ];
    columns.extend(flag_columns(&rows.clone().map(|row| &row.leaks)));
    columns
}

/// These columns of a batch.
pub(super) struct FactColumns<'a> {
    task: TextColumn<'a>,
    split: TextColumn<'a>,
    repo: TextColumn<'a>,
    commit: TextColumn<'a>,
    commit_index: IntColumn<'a>,
    anchor_index: IntColumn<'a>,
    kind: TextColumn<'a>,
    need: TextColumn<'a>,
    difficulty: TextColumn<'a>,
    target_type: TextColumn<'a>,
    target_chars: IntColumn<'a>,
    prefix_chars: IntColumn<'a>,
    unscored_by_paper: &'a BooleanArray,
    own: TextColumn<'a>,
    commonplace: &'a BooleanArray,
    leaks: FlagColumns<'a>,
}

impl<'a> FactColumns<'a> {
    pub(super) fn of(batch: &Batch<'a>) -> Result<Self> {
        Ok(Self {
            task: batch.text("task")?,
            split: batch.text("split")?,
            repo: batch.text("repo_id")?,
            commit: batch.text("commit_sha")?,
            commit_index: batch.int("commit_index")?,
            anchor_index: batch.int("anchor_index")?,
            kind: batch.text("assertion_type")?,
            need: batch.text("need")?,
            difficulty: batch.text("difficulty")?,
            target_type: batch.text("target_type")?,
            target_chars: batch.int("target_chars")?,
            prefix_chars: batch.int("prefix_chars")?,
            unscored_by_paper: batch.bool("unscored_by_paper")?,
            own: batch.text("own")?,
            commonplace: batch.bool("commonplace")?,
            leaks: FlagColumns::of(batch)?,
        })
    }

    /// The facts of `row`.
    pub(super) fn at(&self, batch: &Batch<'_>, row: usize) -> Result<TaskFacts> {
        let own = match self.own.get(row) {
            None => BTreeMap::new(),
            Some(json) => serde_json::from_str(json).map_err(|e| batch.bad(row, format!("column `own`: {e}")))?,
        };
        Ok(TaskFacts {
            task: batch.parse("task", &self.task, row)?,
            split: batch.parse("split", &self.split, row)?,
            repo: batch.parse("repo_id", &self.repo, row)?,
            commit: batch.parse("commit_sha", &self.commit, row)?,
            commit_index: batch.u32_optional("commit_index", &self.commit_index, row)?,
            anchor_index: batch.u32_optional("anchor_index", &self.anchor_index, row)?,
            kind: batch.parse("assertion_type", &self.kind, row)?,
            need: batch.parse_optional("need", &self.need, row)?,
            difficulty: batch.parse("difficulty", &self.difficulty, row)?,
            target_type: batch.parse_optional("target_type", &self.target_type, row)?,
            target_chars: batch.u32("target_chars", &self.target_chars, row)?,
            prefix_chars: batch.u32("prefix_chars", &self.prefix_chars, row)?,
            unscored_by_paper: self.unscored_by_paper.value(row),
            own,
            commonplace: self.commonplace.value(row),
            leaks: self.leaks.at(row),
        })
    }
}
