//! What a base model is pretrained on: the code of the training repositories, and their training tests.
//!
//! Held-out tasks are never read: no test file is taken from the sources, only tasks of [`Split::Train`], and no
//! repository of another partition is touched. A training test is shown twice, alone and after the production code that
//! retrieval finds for it, so that a model learns both to go on from a prefix and to look things up before it.

use std::collections::BTreeMap;

use bench::{Release, RepoId, Split, Task};

use crate::context::{Context, ContextSettings, Rag, SEPARATOR};
use crate::error::{Error, Result};
use crate::pretrain::Document;
use crate::registry;

/// The method whose retrieval puts production code before a test.
const RETRIEVAL: &str = "rag";

/// The documents of `release`: repository by repository, production files by path, then training tests by place.
///
/// # Errors
/// If the release has no training tasks, or a table cannot be read.
pub fn documents(release: &Release) -> Result<Vec<Document>> {
    let mut tests: BTreeMap<RepoId, Vec<Task>> = BTreeMap::new();
    for task in release.tasks(Split::Train)? {
        tests.entry(task.assertion.repo.clone()).or_default().push(task);
    }
    if tests.is_empty() {
        return Err(Error::option(
            "release",
            release.id(),
            "it has no training tasks, so there is nothing to learn from",
        ));
    }
    let ContextSettings::Rag(settings) = registry::find(RETRIEVAL)?.settings(None)?.context else {
        unreachable!("because the settings of `{RETRIEVAL}` are retrieval");
    };
    let mut retrieval = Rag::new(settings)?;
    let mut documents = Vec::new();
    for (repo, tasks) in tests {
        let view = release.view(&repo)?;
        retrieval.enter(&view)?;
        let mut push = |text: String| documents.push(Document { repository: repo.to_string(), text });
        for file in view.production() {
            push(file.text.clone());
        }
        for task in last_of_each_function(&tasks) {
            let shown = format!("{}{}", task.assertion.prefix, task.assertion.target);
            let mut blocks: Vec<&str> =
                retrieval.ranked(&task.assertion.prefix).map(|chunk| chunk.text.as_str()).collect();
            blocks.reverse();
            blocks.push(&shown);
            push(blocks.join(SEPARATOR));
            push(shown);
        }
    }
    Ok(documents)
}

/// The task with the longest prefix of every test function, by place: it shows what the others show.
fn last_of_each_function(tasks: &[Task]) -> Vec<&Task> {
    let mut last: BTreeMap<(&str, &str, &str), &Task> = BTreeMap::new();
    for task in tasks {
        let at = &task.assertion;
        let place = last.entry((at.path.as_str(), &at.class, &at.function)).or_insert(task);
        if (at.line, at.column) > (place.assertion.line, place.assertion.column) {
            *place = task;
        }
    }
    last.into_values().collect()
}
