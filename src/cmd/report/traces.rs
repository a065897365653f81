//! Raw answers, and the steps that made of each what was scored.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use bench::{Predictions, TaskId};
use harness::{Answer, Paper, Reference};
use reports::site::Trace;

use crate::cmd::compare::Scored;

/// Raw answers by the hash of their predictions.
#[derive(Default)]
pub(super) struct Traces(BTreeMap<String, BTreeMap<TaskId, String>>);

impl Traces {
    /// The answers in `files`, shards of one submission put together; each must have been scored by one of `scored`.
    pub(super) fn read(files: &[PathBuf], scored: &[&Scored]) -> Result<Self> {
        let mut whole: Vec<(Predictions, &PathBuf)> = Vec::new();
        for file in files {
            let found = Predictions::read(file)?;
            match whole.iter_mut().find(|(known, _)| known.header == found.header) {
                Some((known, _)) => known.rows.extend(found.rows),
                None => whole.push((found, file)),
            }
        }
        let mut traces = Self::default();
        for (predictions, file) in whole {
            let hash = predictions.hash();
            if !scored.iter().any(|scored| scored.summary.predictions == hash) {
                bail!(
                    "none of the scores is of the answers in {}; score them, or give all their shards",
                    file.display()
                );
            }
            traces.add(hash, predictions);
        }
        Ok(traces)
    }

    /// Adds the answers of `predictions`, whose hash is `hash`.
    fn add(&mut self, hash: String, predictions: Predictions) {
        self.0.insert(hash, predictions.rows.into_iter().map(|row| (row.task, row.completion)).collect());
    }

    /// How the answer to `task`, whose target is `target`, became what `scored` says; none if it is not at hand.
    pub(super) fn of(&self, scored: &Scored, task: &TaskId, target: &str) -> Option<Box<Trace>> {
        let raw = self.0.get(&scored.summary.predictions)?.get(task)?;
        let reference = Reference::<Paper>::clean(target);
        let (_, steps) = Answer::<Paper>::trace(raw, &reference);
        let mut before = raw.as_str();
        let mut changed = Vec::new();
        for (rule, what, after) in steps.listed() {
            if after != before {
                changed.push((rule, what, after.to_owned()));
            }
            before = after;
        }
        Some(Box::new(Trace { raw: raw.clone(), steps: changed }))
    }
}
