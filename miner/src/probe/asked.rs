//! What tasks of the evolution track need: the conventions and labels of the corpus, read for any commit.
//!
//! `needs/*.jsonl` labels the head. At another commit an assertion stands on another line, and a convention may have had
//! fewer values; what a test function asks for stays. So a task is labelled by its function: `prefix` if its answer stands
//! above the cut, else by whether the convention that the function asks for had another value by then.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use bench::{Assertion, CommitId, Need, RepoId};

use super::corpus;
use super::error::{Error, Result};
use super::history::Conventions;
use super::labels::stands_in;
use super::{NeedRow, OWNER};

/// What the tests of one repository ask for, over its history.
#[derive(Debug)]
pub struct Asked {
    /// The place of each commit on the first-parent line. Looked up only, so its order cannot show.
    line: HashMap<CommitId, usize>,
    /// The conventions that each test function asks for, by path and name.
    functions: BTreeMap<(String, String), BTreeSet<String>>,
    /// From which commits on each convention had a value.
    changes: BTreeMap<String, Vec<usize>>,
}

impl Asked {
    /// The labels of `repo` in the corpus at `folder`; none if it is not of the corpus.
    ///
    /// # Errors
    /// If a file of the corpus or its repository cannot be read.
    pub fn open(folder: &Path, repo: &RepoId) -> Result<Option<Self>> {
        let needs = folder.join(corpus::needs_file(repo.name()));
        if repo.owner() != OWNER || !needs.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&needs).map_err(|source| Error::io("read", &needs, source))?;
        let mut functions: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for line in text.lines() {
            let row: NeedRow = serde_json::from_str(line).map_err(|error| Error::damaged(&needs, error.to_string()))?;
            functions.entry((row.path, row.function)).or_default().extend(row.dimension);
        }
        let path = folder.join(corpus::conventions_file(repo.name()));
        let conventions: Conventions = bench::file::read_json(&path)?;
        let changes = conventions.dimensions.into_iter().map(|convention| {
            (convention.dimension, convention.values.iter().map(|value| value.commit_index).collect())
        });
        let git_dir = folder.join(corpus::git_dir(repo.name()));
        Ok(Some(Self { line: first_parents(&git_dir)?, functions, changes: changes.collect() }))
    }

    /// What `assertion` needs; none where that cannot be told.
    pub fn need(&self, assertion: &Assertion) -> Option<Need> {
        let place = *self.line.get(&assertion.commit)?;
        let answer = answer(&assertion.target);
        if stands_in(&assertion.prefix, answer) {
            return Some(Need::Prefix);
        }
        let key = (assertion.path.as_str().to_owned(), assertion.function.clone());
        let changed = self.functions.get(&key)?.iter().map(|dimension| {
            let values = self.changes.get(dimension).map_or(&[][..], Vec::as_slice);
            values.iter().filter(|&&since| since <= place).count() > 1
        });
        let changed: BTreeSet<bool> = changed.collect();
        match changed.iter().copied().collect::<Vec<_>>()[..] {
            [true] => Some(Need::History),
            [false] => Some(Need::Repository),
            // Asked for nothing, or for conventions of both kinds.
            _ => None,
        }
    }
}

/// The answer in `target`, which may go on with what closes the assertion.
fn answer(target: &str) -> &str {
    let inner = target.strip_prefix("pytest.approx(").unwrap_or(target);
    let (mut depth, mut quote) = (0_i32, None);
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = (c != open).then_some(open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}' | ':') if depth == 0 => return inner[..at].trim_end(),
            (None, ')' | ']' | '}') => depth -= 1,
            (None, _) => {}
        }
    }
    inner.trim_end()
}

/// The place of each commit on the first-parent line of the repository at `git_dir`, oldest first.
fn first_parents(git_dir: &Path) -> Result<HashMap<CommitId, usize>> {
    let failed = Error::git(git_dir);
    let repository = git2::Repository::open_bare(git_dir).map_err(&failed)?;
    let mut next = Some(repository.head().and_then(|head| head.peel_to_commit()).map_err(&failed)?);
    let mut ids = Vec::new();
    while let Some(commit) = next {
        ids.push(CommitId::new(commit.id().to_string())?);
        next = if commit.parent_count() > 0 { Some(commit.parent(0).map_err(&failed)?) } else { None };
    }
    Ok(ids.into_iter().rev().enumerate().map(|(place, id)| (id, place)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_end_where_the_assertion_closes() {
        for (target, expected) in [
            ("NotFound):", "NotFound"),
            ("\"id_)\")", "\"id_)\""),
            ("pytest.approx(0.12))", "0.12"),
            ("f(1, [2])", "f(1, [2])"),
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("30", "30"),
        ] {
            assert_eq!(answer(target), expected);
        }
    }
}
