//! The columns that drafts and tasks share: those of R76, then ours.

use arrow_array::{ArrayRef, BooleanArray};
use arrow_schema::{DataType, Field};

use super::{bools, int_field, ints, large_text, large_text_field, optional_ints, optional_text, text, text_field};
use crate::error::Result;
use crate::evolution::{Event, Evolution};
use crate::table::{Batch, IntColumn, TextColumn};
use crate::task::Assertion;

pub(super) fn fields() -> Vec<Field> {
    vec![
        text_field("repo_id"),
        large_text_field("prefix"),
        text_field("target"),
        text_field("assertion_type"),
        text_field("difficulty"),
        text_field("test_file"),
        text_field("test_function"),
        text_field("test_class"),
        int_field("lineno"),
        text_field("task_id"),
        text_field("commit_sha"),
        int_field("col_offset"),
        int_field("target_col_offset"),
        Field::new("was_multiline", DataType::Boolean, false),
        Field::new("need", DataType::Utf8, true),
        Field::new("commit_index", DataType::Int32, true),
        Field::new("in_repo_split", DataType::Utf8, true),
        Field::new("event", DataType::Utf8, true),
        Field::new("target_lineno", DataType::Int32, true),
        Field::new("old_target", DataType::Utf8, true),
        Field::new("old_lineno", DataType::Int32, true),
        Field::new("old_col_offset", DataType::Int32, true),
    ]
}

pub(super) fn encode<'a>(rows: &(impl Iterator<Item = &'a Assertion> + Clone)) -> Vec<ArrayRef> {
    let evolution = || rows.clone().map(|row| row.evolution.as_ref());
    vec![
        text(rows.clone().map(|row| row.repo.as_str())),
        large_text(rows.clone().map(|row| row.prefix.as_str())),
        text(rows.clone().map(|row| row.target.as_str())),
        text(rows.clone().map(|row| row.kind.name())),
        text(rows.clone().map(|row| row.difficulty.name())),
        text(rows.clone().map(|row| row.path.as_str())),
        text(rows.clone().map(|row| row.function.as_str())),
        text(rows.clone().map(|row| row.class.as_str())),
        ints(rows.clone().map(|row| row.line)),
        text(rows.clone().map(|row| row.id.as_str())),
        text(rows.clone().map(|row| row.commit.as_str())),
        ints(rows.clone().map(|row| row.column)),
        ints(rows.clone().map(|row| row.target_column)),
        bools(rows.clone().map(|row| row.multiline)),
        optional_text(rows.clone().map(|row| row.need.map(crate::need::Need::name))),
        optional_ints(evolution().map(|own| own.map(|own| own.commit_index))),
        optional_text(evolution().map(|own| own.map(|own| own.stage.name()))),
        optional_text(evolution().map(|own| own?.event.map(Event::name))),
        optional_ints(evolution().map(|own| own?.target_line)),
        optional_text(evolution().map(|own| own?.old_target.as_deref())),
        optional_ints(evolution().map(|own| own?.old_line)),
        optional_ints(evolution().map(|own| own?.old_column)),
    ]
}

/// The shared columns of a batch.
pub(super) struct AssertionColumns<'a> {
    repo: TextColumn<'a>,
    prefix: TextColumn<'a>,
    target: TextColumn<'a>,
    kind: TextColumn<'a>,
    difficulty: TextColumn<'a>,
    path: TextColumn<'a>,
    function: TextColumn<'a>,
    class: TextColumn<'a>,
    line: IntColumn<'a>,
    id: TextColumn<'a>,
    commit: TextColumn<'a>,
    column: IntColumn<'a>,
    target_column: IntColumn<'a>,
    multiline: &'a BooleanArray,
    need: TextColumn<'a>,
    commit_index: IntColumn<'a>,
    stage: TextColumn<'a>,
    event: TextColumn<'a>,
    target_line: IntColumn<'a>,
    old_target: TextColumn<'a>,
    old_line: IntColumn<'a>,
    old_column: IntColumn<'a>,
}

impl<'a> AssertionColumns<'a> {
    pub(super) fn of(batch: &Batch<'a>) -> Result<Self> {
        Ok(Self {
            repo: batch.text("repo_id")?,
            prefix: batch.text("prefix")?,
            target: batch.text("target")?,
            kind: batch.text("assertion_type")?,
            difficulty: batch.text("difficulty")?,
            path: batch.text("test_file")?,
            function: batch.text("test_function")?,
            class: batch.text("test_class")?,
            line: batch.int("lineno")?,
            id: batch.text("task_id")?,
            commit: batch.text("commit_sha")?,
            column: batch.int("col_offset")?,
            target_column: batch.int("target_col_offset")?,
            multiline: batch.bool("was_multiline")?,
            need: batch.text("need")?,
            commit_index: batch.int("commit_index")?,
            stage: batch.text("in_repo_split")?,
            event: batch.text("event")?,
            target_line: batch.int("target_lineno")?,
            old_target: batch.text("old_target")?,
            old_line: batch.int("old_lineno")?,
            old_column: batch.int("old_col_offset")?,
        })
    }

    /// The assertion of `row`, whose id must be the address of its content.
    pub(super) fn at(&self, batch: &Batch<'_>, row: usize) -> Result<Assertion> {
        let text = |name, column: &TextColumn<'_>| batch.required(name, column, row).map(str::to_owned);
        let assertion = Assertion {
            id: batch.parse("task_id", &self.id, row)?,
            repo: batch.parse("repo_id", &self.repo, row)?,
            commit: batch.parse("commit_sha", &self.commit, row)?,
            path: batch.parse("test_file", &self.path, row)?,
            line: batch.u32("lineno", &self.line, row)?,
            column: batch.u32("col_offset", &self.column, row)?,
            target_column: batch.u32("target_col_offset", &self.target_column, row)?,
            kind: batch.parse("assertion_type", &self.kind, row)?,
            function: text("test_function", &self.function)?,
            class: text("test_class", &self.class)?,
            difficulty: batch.parse("difficulty", &self.difficulty, row)?,
            multiline: self.multiline.value(row),
            prefix: text("prefix", &self.prefix)?,
            target: text("target", &self.target)?,
            need: batch.parse_optional("need", &self.need, row)?,
            evolution: self.evolution(batch, row)?,
        };
        if assertion.address() != assertion.id {
            return Err(batch.bad(row, format!("task {} is not the address of its content", assertion.id)));
        }
        Ok(assertion)
    }

    fn evolution(&self, batch: &Batch<'_>, row: usize) -> Result<Option<Evolution>> {
        let Some(commit_index) = batch.u32_optional("commit_index", &self.commit_index, row)? else { return Ok(None) };
        Ok(Some(Evolution {
            commit_index,
            stage: batch.parse("in_repo_split", &self.stage, row)?,
            event: batch.parse_optional("event", &self.event, row)?,
            target_line: batch.u32_optional("target_lineno", &self.target_line, row)?,
            old_target: self.old_target.get(row).map(str::to_owned),
            old_line: batch.u32_optional("old_lineno", &self.old_line, row)?,
            old_column: batch.u32_optional("old_col_offset", &self.old_column, row)?,
        }))
    }
}
