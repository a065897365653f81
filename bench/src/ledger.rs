//! What a run has answered so far, in memory and, if it keeps a journal, on disk.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Result;
use crate::ids::TaskId;
use crate::journal::{Journal, JournalHeader};
use crate::prediction::Prediction;
use crate::task::Task;

/// The answers of a run, those of an interrupted one included.
#[derive(Debug)]
pub struct Ledger {
    journal: Option<Journal<Prediction>>,
    done: BTreeMap<TaskId, Prediction>,
}

impl Ledger {
    /// The answers in the journal at `path`, to which further ones are appended; an empty ledger in memory if there is no
    /// `path`.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open(path: Option<&Path>, header: &JournalHeader) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self { journal: None, done: BTreeMap::new() });
        };
        let (journal, rows) = Journal::<Prediction>::open(path, header)?;
        let done = rows.into_iter().map(|row| (row.task.clone(), row)).collect();
        Ok(Self { journal: Some(journal), done })
    }

    /// How many tasks are answered.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// Whether no task is answered.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// The answer to `task`, if there is one.
    pub fn get(&self, task: &TaskId) -> Option<&Prediction> {
        self.done.get(task)
    }

    /// Whether every one of `tasks` is answered.
    pub fn holds(&self, tasks: &[&Task]) -> bool {
        tasks.iter().all(|task| self.done.contains_key(task.id()))
    }

    /// Adds those of `rows` whose tasks are not answered yet, in one write.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn add(&mut self, rows: impl IntoIterator<Item = Prediction>) -> Result<()> {
        let new: Vec<Prediction> = rows.into_iter().filter(|row| !self.done.contains_key(&row.task)).collect();
        if let Some(journal) = &mut self.journal {
            journal.append(&new)?;
        }
        self.done.extend(new.into_iter().map(|row| (row.task.clone(), row)));
        Ok(())
    }

    /// Every answer, by task id.
    pub fn into_rows(self) -> Vec<Prediction> {
        self.done.into_values().collect()
    }
}
