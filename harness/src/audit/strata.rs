//! Groups of tasks that are declared before anything is scored (M167, M170, M175).

use bench::Need;
use serde::Deserialize;

use super::board::{Board, Cell};
use crate::error::{Error, Result};

/// Version of the file.
const FORMAT: u32 = 1;
/// What is declared if nothing else is.
const DECLARED: &str = include_str!("strata.json");

/// Whether a target is longer than the median of all tasks, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Length {
    /// No longer.
    Short,
    /// Longer.
    Long,
}

/// A group: the tasks that meet every condition that is given.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stratum {
    pub(super) id: String,
    pub(super) title: String,
    target_in_prefix: Option<bool>,
    target_length: Option<Length>,
    need: Option<Need>,
    average_nll_above: Option<f64>,
    average_nll_below: Option<f64>,
    average_rank_above: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    strata: Vec<Stratum>,
}

/// The declared strata.
#[derive(Debug, Clone, PartialEq)]
pub struct Strata {
    declared: Vec<Stratum>,
    text: String,
}

impl Strata {
    /// The strata that the JSON `text` declares.
    ///
    /// # Errors
    /// [`Error::Strata`] if it is no such text, declares none, or one twice.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |reason: String| Error::Strata { reason };
        let file: File = serde_json::from_str(text).map_err(|error| refused(error.to_string()))?;
        if file.format != FORMAT {
            return Err(refused(format!("it has format {}, this program reads {FORMAT}", file.format)));
        }
        for (at, stratum) in file.strata.iter().enumerate() {
            if file.strata[..at].iter().any(|other| other.id == stratum.id) {
                return Err(refused(format!("`{}` is declared twice", stratum.id)));
            }
        }
        if file.strata.is_empty() {
            return Err(refused("it declares none".to_owned()));
        }
        Ok(Self { declared: file.strata, text: text.to_owned() })
    }

    /// The text that declares them, to be hashed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The strata, in the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Stratum> {
        self.declared.iter()
    }
}

impl Default for Strata {
    /// Those of the rules, and the needs of the probe corpus.
    fn default() -> Self {
        Self::parse(DECLARED).expect("because the embedded file is valid")
    }
}

impl Stratum {
    /// Which tasks of `board` belong; `average` is what the mean adapter scores, a cell a task.
    pub(super) fn members(&self, board: &Board<'_>, average: &[Cell]) -> Vec<bool> {
        let median = median(board.tasks.iter().map(|task| task.target_tokens).collect());
        let belongs = |(task, cell): (&super::board::Facts<'_>, &Cell)| {
            let length = if f64::from(task.target_tokens) <= median { Length::Short } else { Length::Long };
            self.target_in_prefix.is_none_or(|wanted| wanted == task.target_in_prefix)
                && self.target_length.is_none_or(|wanted| wanted == length)
                && self.need.is_none_or(|wanted| Some(wanted) == task.need)
                && self.average_nll_above.is_none_or(|bound| cell.nll > bound)
                && self.average_nll_below.is_none_or(|bound| cell.nll < bound)
                && self.average_rank_above.is_none_or(|bound| cell.first_rank > bound)
        };
        board.tasks.iter().zip(average).map(belongs).collect()
    }
}

/// The median of `counts`; nought of none.
fn median(mut counts: Vec<u32>) -> f64 {
    counts.sort_unstable();
    let middle = counts.len() / 2;
    match counts.len() {
        0 => 0.0,
        length if length % 2 == 1 => f64::from(counts[middle]),
        _ => f64::midpoint(f64::from(counts[middle - 1]), f64::from(counts[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_strictly() {
        assert!(Strata::default().iter().count() > 10);
        let message = |text: &str| Strata::parse(text).unwrap_err().to_string();
        assert!(message("{}").contains("format"));
        assert!(message(r#"{"format":2,"strata":[]}"#).contains("format 2"));
        assert!(message(r#"{"format":1,"strata":[]}"#).contains("none"));
        let twice = r#"{"format":1,"strata":[{"id":"a","title":"A"},{"id":"a","title":"B"}]}"#;
        assert!(message(twice).contains("`a` is declared twice"));
        assert!(message(r#"{"format":1,"strata":[{"id":"a","title":"A","size":3}]}"#).contains("size"));
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "halves are exact")]
    fn medians_by_hand() {
        assert_eq!([median(vec![3, 1, 2]), median(vec![4, 1]), median(vec![])], [2.0, 2.5, 0.0]);
    }
}
