//! What a base model is pretrained on: the code of the training repositories, and their training tests.
//!
//! No test file is taken from the sources, only tasks of [`Split::Train`], and no repository of another partition is
//! touched. Profile `paper` divides a training repository by task, so the prefix of a training task can hold an earlier
//! assertion that is held out (R86): what such a model answers in IR-val and IR-test is not clean, the rest is. Some training tasks are shown twice, alone and after the
//! production code that retrieval finds for them, so that a model learns both to go on from a prefix and to look things up before it.

use std::collections::BTreeMap;

use bench::{MethodProfile, Release, RepoId, Split, Task};

use crate::context::{Context, ContextSettings, Rag, RagSettings, SEPARATOR, Search};
use crate::error::{Error, Result};
use crate::pretrain::Document;
use crate::registry;

/// The method whose retrieval puts production code before a test.
const RETRIEVAL: &str = "rag";
/// Every how manyth training task is shown with retrieved code too. Our choice: such texts are several times longer.
const RETRIEVED_EVERY: usize = 4;

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
    let ContextSettings::Rag(settings) = registry::find(RETRIEVAL)?.settings(MethodProfile::Fair, None)?.context else {
        unreachable!("because the settings of `{RETRIEVAL}` are retrieval");
    };
    // By words alone: an encoder would be one more thing that a base model depends on.
    let mut retrieval = Rag::new(RagSettings { search: Search::Lexical, ..*settings }, None)?;
    let mut documents = Vec::new();
    for (repo, tasks) in tests {
        let view = release.snapshot(&repo)?;
        retrieval.enter(&view)?;
        let mut push = |text: String, answer| {
            documents.push(Document { repository: repo.to_string(), text, answer });
        };
        for file in view.production() {
            push(file.text.clone(), None);
        }
        for (index, task) in tasks.iter().enumerate() {
            let (prefix, target) = (&task.assertion.prefix, &task.assertion.target);
            push([prefix.as_str(), target].concat(), Some(prefix.len()));
            if index % RETRIEVED_EVERY == 0 {
                let shown = shown(&retrieval, prefix)?;
                push([&shown, prefix.as_str(), target].concat(), Some(shown.len() + prefix.len()));
            }
        }
    }
    Ok(documents)
}

/// The retrieved chunks for `prefix` as a prompt shows them, the best one last.
fn shown(retrieval: &Rag, prefix: &str) -> Result<String> {
    let found: Vec<&str> = retrieval.ranked(prefix)?.into_iter().map(|chunk| chunk.text.as_str()).collect();
    Ok(found.into_iter().rev().flat_map(|chunk| [chunk, SEPARATOR]).collect())
}
