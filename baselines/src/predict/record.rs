//! What a run has answered so far.

use std::collections::BTreeMap;

use bench::{Prediction, Task, TaskId};

use super::plan::Asked;
use super::{Answer, PredictOptions, WINDOW_TASKS};
use crate::error::Result;
use crate::journal::{Header, Journal};
use crate::method::Method;

/// What is answered so far, in memory and on disk.
pub(super) struct Record {
    journal: Option<Journal>,
    pub(super) done: BTreeMap<TaskId, Prediction>,
}

impl Record {
    pub(super) fn open(method: &dyn Method, order: &[&Task], options: &PredictOptions) -> Result<Self> {
        let Some(path) = &options.journal else {
            return Ok(Self { journal: None, done: BTreeMap::new() });
        };
        let mut hasher = blake3::Hasher::new();
        for task in order {
            hasher.update(task.id().as_str().as_bytes());
        }
        let batches = format!("{WINDOW_TASKS}/{}/{}/{}", options.batch_rows, options.batch_tokens, options.engine);
        let tasks = hasher.finalize().to_hex().to_string();
        let header = Header::new(&options.release, tasks, batches, method.card());
        let (journal, rows) = Journal::open(path, &header)?;
        let done = rows.into_iter().map(|row| (row.task.clone(), row)).collect();
        Ok(Self { journal: Some(journal), done })
    }

    pub(super) fn holds(&self, window: &[&Task]) -> bool {
        window.iter().all(|task| self.done.contains_key(task.id()))
    }

    /// Adds what is new in `batch`.
    pub(super) fn add(&mut self, asked: &[Asked<'_>], batch: &[Vec<usize>], answers: &[Answer]) -> Result<()> {
        let rows: Vec<Prediction> = batch
            .iter()
            .zip(answers)
            .flat_map(|(equal, answer)| equal.iter().map(move |&at| prediction(&asked[at], answer)))
            .filter(|row| !self.done.contains_key(&row.task))
            .collect();
        if let Some(journal) = &mut self.journal {
            journal.append(&rows)?;
        }
        self.done.extend(rows.into_iter().map(|row| (row.task.clone(), row)));
        Ok(())
    }
}

fn prediction(asked: &Asked<'_>, answer: &Answer) -> Prediction {
    Prediction {
        task: asked.task.id().clone(),
        completion: answer.completion.clone(),
        prompt_tokens: Some(asked.prompt.prompt_tokens()),
        context_tokens: Some(asked.prompt.context_tokens),
        new_tokens: Some(answer.new_tokens),
        stop: Some(answer.stop),
    }
}
