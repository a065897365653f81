//! What the texts of tasks tell, a row a task: numbers only, so that millions of tasks fit into memory.

use polars::prelude::{Column, DataFrame, IntoLazy, LazyFrame};

use super::groups::PART;
use super::scan::failed;
use crate::error::Result;
use crate::leaks::{key, question};
use crate::pytext;
use crate::python::Parser;
use crate::stats::composition::{TableFamily, TableTarget, counted};
use crate::stats::part::Part;
use crate::task::Assertion;

/// Place of a family among [`TableFamily::ALL`] by words; absent rows are not counted by Table 6.
pub(super) const FAMILY_BY_WORDS: &str = "family_by_words";
/// Place of a type among [`TableTarget::ALL`] by the text.
pub(super) const TARGET_BY_TEXT: &str = "target_by_text";
/// Place of a type among [`TableTarget::ALL`] by syntax.
pub(super) const TARGET_BY_SYNTAX: &str = "target_by_syntax";
/// 1 if Table 6 counts the task.
pub(super) const COUNTED: &str = "counted";
/// Characters of the target.
pub(super) const TARGET_CHARS: &str = "target_chars";
/// Characters of the prefix.
pub(super) const PREFIX_CHARS: &str = "prefix_chars";
/// 1 if the target occurs in the prefix.
pub(super) const IN_PREFIX: &str = "in_prefix";
/// Tells prefix and target together from others.
pub(super) const WHOLE: &str = "whole";
/// Tells repository, function, last line and target together from others (R103).
pub(super) const ASSERTION: &str = "assertion";

/// Columns while they grow.
#[derive(Default)]
pub(super) struct Facts {
    parser: Parser,
    part: Vec<u32>,
    family_by_words: Vec<u32>,
    target_by_text: Vec<u32>,
    target_by_syntax: Vec<u32>,
    counted: Vec<u32>,
    target_chars: Vec<u64>,
    prefix_chars: Vec<u64>,
    in_prefix: Vec<u32>,
    whole: Vec<u64>,
    assertion: Vec<u64>,
}

impl Facts {
    /// Adds the row of `task`.
    pub(super) fn push(&mut self, part: Part, task: &Assertion) {
        let (prefix, target) = (task.prefix.as_str(), task.target.as_str());
        self.part.push(part as u32);
        self.family_by_words.push(TableFamily::by_words(prefix) as u32);
        self.target_by_text.push(TableTarget::by_text(target) as u32);
        self.target_by_syntax.push(TableTarget::by_syntax(&mut self.parser, task.kind, target) as u32);
        self.counted.push(u32::from(counted(prefix, target)));
        self.target_chars.push(target.chars().count() as u64);
        self.prefix_chars.push(prefix.chars().count() as u64);
        self.in_prefix.push(u32::from(prefix.contains(pytext::strip(target))));
        self.whole.push(key(&[prefix, target]));
        self.assertion.push(question(task));
    }

    /// The rows as a frame.
    ///
    /// # Errors
    /// Never; polars has the last word.
    pub(super) fn frame(self) -> Result<LazyFrame> {
        let rows = self.part.len();
        let columns = vec![
            Column::new(PART.into(), self.part),
            Column::new(FAMILY_BY_WORDS.into(), self.family_by_words),
            Column::new(TARGET_BY_TEXT.into(), self.target_by_text),
            Column::new(TARGET_BY_SYNTAX.into(), self.target_by_syntax),
            Column::new(COUNTED.into(), self.counted),
            Column::new(TARGET_CHARS.into(), self.target_chars),
            Column::new(PREFIX_CHARS.into(), self.prefix_chars),
            Column::new(IN_PREFIX.into(), self.in_prefix),
            Column::new(WHOLE.into(), self.whole),
            Column::new(ASSERTION.into(), self.assertion),
        ];
        let frame = DataFrame::new(rows, columns).map_err(|source| failed("gather facts", &source))?;
        Ok(frame.lazy())
    }
}
