//! `--fail-under`: a mean that a run must reach.

use std::str::FromStr;

use anyhow::{Context, Error, Result, bail};
use bench::{Metric, Split, Summary};

use crate::exit::Answer;
use crate::ui::Ui;

/// A metric, where it is looked at, and what it must reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Threshold {
    metric: Metric,
    /// Every scored split if none.
    split: Option<Split>,
    least: f64,
}

impl FromStr for Threshold {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let form =
            || format!("`{text}` is no threshold: write METRIC[@SPLIT]=VALUE, for example em_strict@cr_test=0.4");
        let (what, value) = text.split_once('=').with_context(form)?;
        let (metric, split) = match what.split_once('@') {
            Some((metric, split)) => (metric, Some(split.parse().with_context(form)?)),
            None => (what, None),
        };
        let least: f64 = value.parse().with_context(form)?;
        if !(0.0..=1.0).contains(&least) {
            bail!("{}: {least} is outside of 0..=1", form());
        }
        Ok(Self { metric: metric.parse().with_context(form)?, split, least })
    }
}

impl Threshold {
    /// Refuses a threshold on a split that is not scored.
    pub(super) fn check(&self, scored: &[Split]) -> Result<()> {
        match self.split.filter(|split| !scored.contains(split)) {
            Some(split) => bail!("--fail-under names {split}, which these predictions do not answer"),
            None => Ok(()),
        }
    }
}

/// [`Answer::Below`] if any of `thresholds` is missed, each of them named. A split without tasks misses every threshold.
pub(super) fn judge(thresholds: &[Threshold], summary: &Summary, ui: &Ui) -> Result<Answer> {
    let mut answer = Answer::Done;
    for Threshold { metric, split, least } in thresholds {
        for part in summary.splits.iter().filter(|part| split.is_none_or(|split| part.split == split)) {
            let all = part.slices.first().context("a summary has a slice of all tasks")?;
            let mean = all.estimates.iter().find(|estimate| estimate.metric == *metric).and_then(|found| found.mean);
            if mean.is_none_or(|mean| mean < *least) {
                let found = mean.map_or("no task".to_owned(), |mean| format!("{mean:.4}"));
                ui.fault(&format!("{metric} of {} is {found}, below {least}", part.split.title()));
                answer = Answer::Below;
            }
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let read = |text: &str| text.parse::<Threshold>();
        let strict = Threshold { metric: Metric::ExactMatchStrict, split: Some(Split::CrossRepoTest), least: 0.4 };
        assert_eq!(read("em_strict@cr_test=0.4").expect("a threshold"), strict);
        assert_eq!(read("code_bleu=1").expect("a threshold").split, None);
        for bad in ["em_strict", "em=0.4", "em_strict=40", "em_strict=nan", "em_strict@nowhere=0.1", "=0.1"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
