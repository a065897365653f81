//! The table `flat`: one self-contained row a task, for other programs.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};
use serde::Serialize;

use super::{bools, int_field, ints, large_text, large_text_field, optional_text, schema, text, text_field};
use crate::difficulty::Difficulty;
use crate::error::Result;
use crate::ids::{CommitId, RepoId, RepoPath, TaskId};
use crate::kind::AssertionKind;
use crate::split::Split;
use crate::table::{Batch, Row, Shape};
use crate::task::{Assertion, Task};

/// An assertion with everything that identifies it, as `export --layout flat` writes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlatRow {
    /// `owner/name`.
    pub repo: RepoId,
    /// 40 hexadecimal digits.
    pub commit: CommitId,
    /// Path of the test file in the tree.
    pub file: RepoPath,
    /// Line of the assertion node, from 1.
    pub line: u32,
    /// Column of the assertion node, from 0, in UTF-8 bytes.
    pub column: u32,
    /// The published type string.
    pub kind: AssertionKind,
    /// Enclosing function, or empty.
    pub function: String,
    /// Enclosing class, or empty.
    pub class: String,
    /// The tier of the target.
    pub difficulty: Difficulty,
    /// What a model reads.
    pub prefix: String,
    /// What a model is asked for.
    pub target: String,
    /// Whether the balanced selection took it.
    pub selected: bool,
    /// The task's id, by which predictions name it; only releases have tasks.
    pub task_id: Option<TaskId>,
    /// Its split, likewise.
    pub split: Option<Split>,
}

impl FlatRow {
    /// The row of `task`.
    pub fn of(task: Task) -> Self {
        let (task_id, split) = (Some(task.assertion.id.clone()), Some(task.split));
        Self { task_id, split, ..Self::new(task.assertion, true) }
    }

    /// The row of `assertion`, which is no task yet.
    pub fn new(assertion: Assertion, selected: bool) -> Self {
        Self {
            task_id: None,
            split: None,
            repo: assertion.repo,
            commit: assertion.commit,
            file: assertion.path,
            line: assertion.line,
            column: assertion.column,
            kind: assertion.kind,
            function: assertion.function,
            class: assertion.class,
            difficulty: assertion.difficulty,
            prefix: assertion.prefix,
            target: assertion.target,
            selected,
        }
    }
}

impl Row for FlatRow {
    const TABLE: &'static str = "flat";
    const VERSION: u32 = 2;
    const SHAPE: Shape = Shape::Texts(&["prefix"]);

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("repo"),
            text_field("commit"),
            text_field("file"),
            int_field("line"),
            int_field("column"),
            text_field("kind"),
            text_field("function"),
            text_field("class"),
            text_field("difficulty"),
            large_text_field("prefix"),
            large_text_field("target"),
            Field::new("selected", DataType::Boolean, false),
            Field::new("task_id", DataType::Utf8, true),
            Field::new("split", DataType::Utf8, true),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.commit.as_str())),
            text(rows.iter().map(|row| row.file.as_str())),
            ints(rows.iter().map(|row| row.line)),
            ints(rows.iter().map(|row| row.column)),
            text(rows.iter().map(|row| row.kind.name())),
            text(rows.iter().map(|row| row.function.as_str())),
            text(rows.iter().map(|row| row.class.as_str())),
            text(rows.iter().map(|row| row.difficulty.name())),
            large_text(rows.iter().map(|row| row.prefix.as_str())),
            large_text(rows.iter().map(|row| row.target.as_str())),
            bools(rows.iter().map(|row| row.selected)),
            optional_text(rows.iter().map(|row| row.task_id.as_ref().map(TaskId::as_str))),
            optional_text(rows.iter().map(|row| row.split.map(Split::name))),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, commit, file) = (batch.text("repo")?, batch.text("commit")?, batch.text("file")?);
        let (line, column, kind) = (batch.int("line")?, batch.int("column")?, batch.text("kind")?);
        let (function, class) = (batch.text("function")?, batch.text("class")?);
        let (difficulty, selected) = (batch.text("difficulty")?, batch.bool("selected")?);
        let (prefix, target) = (batch.text("prefix")?, batch.text("target")?);
        let (task_id, split) = (batch.text("task_id")?, batch.text("split")?);
        let row = |at| {
            Ok(Self {
                repo: batch.parse("repo", &repo, at)?,
                commit: batch.parse("commit", &commit, at)?,
                file: batch.parse("file", &file, at)?,
                line: batch.u32("line", &line, at)?,
                column: batch.u32("column", &column, at)?,
                kind: batch.parse("kind", &kind, at)?,
                function: batch.required("function", &function, at)?.to_owned(),
                class: batch.required("class", &class, at)?.to_owned(),
                difficulty: batch.parse("difficulty", &difficulty, at)?,
                prefix: batch.required("prefix", &prefix, at)?.to_owned(),
                target: batch.required("target", &target, at)?.to_owned(),
                selected: selected.value(at),
                task_id: batch.parse_optional("task_id", &task_id, at)?,
                split: batch.parse_optional("split", &split, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.prefix.len()
    }
}
