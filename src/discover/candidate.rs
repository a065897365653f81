//! A repository as the search found it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::{RepoId, Timestamp};
use serde::{Deserialize, Serialize};

/// Bytes of a line of a candidates file at most; a record has a few thousand.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// A line of `candidates.jsonl`: what is recorded of a repository that was accepted (R23).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Candidate {
    /// `owner/name`.
    pub(crate) name: RepoId,
    /// The page of the repository, without credentials.
    pub(crate) url: String,
    /// The owner's description.
    pub(crate) description: Option<String>,
    /// Stars.
    pub(crate) stars: u64,
    /// Forks.
    pub(crate) forks: u64,
    /// Watchers.
    pub(crate) watchers: u64,
    /// Size in KB, as the host counts.
    pub(crate) size_kb: u64,
    /// Open issues.
    pub(crate) open_issues: u64,
    /// Main language.
    pub(crate) language: Option<String>,
    /// SPDX identifier of the licence, as the host guesses it.
    pub(crate) licence: Option<String>,
    /// Time of creation.
    pub(crate) created: Timestamp,
    /// Time of the last push.
    pub(crate) pushed: Option<Timestamp>,
    /// Time of the last change of the record.
    pub(crate) updated: Option<Timestamp>,
    /// The default branch.
    pub(crate) default_branch: String,
    /// Whether it is a fork.
    pub(crate) fork: bool,
    /// Whether it is archived.
    pub(crate) archived: bool,
    /// Whether it has a wiki.
    pub(crate) wiki: bool,
    /// Topics.
    pub(crate) topics: Vec<String>,
    /// The dependency file that names pytest (R21), if one does.
    pub(crate) evidence: Option<String>,
    /// When the host answered the search that found it.
    pub(crate) found: Timestamp,
    /// The pass of the query set that found it.
    pub(crate) pass: String,
}

impl Candidate {
    /// Where it is cloned from.
    pub(crate) fn source(&self) -> String {
        format!("{}.git", self.url)
    }
}

/// The candidates in the file at `path`.
pub(crate) fn read_candidates(path: &Path) -> Result<Vec<Candidate>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = BufReader::new(file);
    let mut candidates = Vec::new();
    for row in 1.. {
        let place = || format!("{}, line {row}", path.display());
        let mut line = Vec::new();
        let read = std::io::Read::take(&mut reader, MAX_LINE_BYTES).read_until(b'\n', &mut line);
        if read.with_context(place)? == 0 {
            break;
        }
        if line.len() as u64 == MAX_LINE_BYTES {
            bail!("{} has more than {MAX_LINE_BYTES} bytes; `discover` writes no such line", place());
        }
        if !line.trim_ascii().is_empty() {
            candidates.push(serde_json::from_slice(&line).with_context(place)?);
        }
    }
    Ok(candidates)
}
