//! Labels of a generated corpus: what each task needs.

use std::collections::BTreeMap;
use std::path::Path;

use bench::{Assertion, Need};
use serde::Deserialize;

use crate::error::{Error, Result};

/// The labels of one repository, by where the assertion stands.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    labels: BTreeMap<(String, u32, String), Label>,
}

#[derive(Debug)]
struct Label {
    need: Need,
    used: bool,
}

/// A line of the file; other members are the generator's own.
#[derive(Deserialize)]
struct Row {
    path: String,
    line: u32,
    function: String,
    need: Need,
}

impl Needs {
    /// The labels in the JSON lines file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, a line is malformed, or two lines label one assertion.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        let mut labels = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let malformed = |reason: String| Error::Labels { path: path.to_owned(), row: index + 1, reason };
            let row: Row = serde_json::from_str(line).map_err(|error| malformed(error.to_string()))?;
            let label = Label { need: row.need, used: false };
            if labels.insert((row.path, row.line, row.function), label).is_some() {
                return Err(malformed("labels an assertion that an earlier line labels".to_owned()));
            }
        }
        Ok(Self { labels })
    }

    /// The need of the assertion, if it is labelled.
    pub(crate) fn take(&mut self, assertion: &Assertion) -> Option<Need> {
        if self.labels.is_empty() {
            return None;
        }
        let key = (assertion.path.as_str().to_owned(), assertion.line, assertion.function.clone());
        let label = self.labels.get_mut(&key)?;
        label.used = true;
        Some(label.need)
    }

    /// Labels that no assertion took.
    pub(crate) fn unused(&self) -> u64 {
        self.labels.values().filter(|label| !label.used).count() as u64
    }
}
