//! The trees of one repository, and what stands in them at each commit, without their texts.

use std::collections::BTreeMap;

use super::diff::{comparable, newer_lines};
use super::standing::Answers;
use super::token::number;
use crate::error::Result;
use crate::evolution::{Blob, FileChange};
use crate::ids::{RepoId, RepoPath};
use crate::mining::ShardTable;
use crate::release::Release;
use crate::repo::Role;

/// Kept commits from the first to before the second.
type Interval = (u32, u32);

/// The trees at the kept commits.
#[derive(Debug, Default)]
pub(super) struct Trees {
    /// What becomes of each path: kept commit, role and new text.
    paths: BTreeMap<RepoPath, Vec<(u32, Role, Option<u32>)>>,
    /// By answer, when a production file holds it.
    held: Vec<Vec<Interval>>,
    /// By production text, the numbers of its lines, ascending.
    lines: BTreeMap<u32, Vec<u64>>,
}

impl Trees {
    /// The trees of `repo`, looked through for `answers`.
    pub(super) fn read(release: &Release, repo: &RepoId, answers: &Answers) -> Result<Self> {
        let mut trees = Self::default();
        for batch in release.rows::<FileChange>(repo, ShardTable::Files)? {
            for FileChange { commit_index, path, role, blob } in batch? {
                trees.paths.entry(path).or_default().push((commit_index, role, blob));
            }
        }
        for changes in trees.paths.values_mut() {
            changes.sort_by_key(|(commit_index, ..)| *commit_index);
        }
        let alive = trees.alive();
        for batch in release.rows::<Blob>(repo, ShardTable::Blobs)? {
            for blob in batch? {
                if let Some(intervals) = alive.get(&blob.number) {
                    trees.take(&blob, intervals, answers);
                }
            }
        }
        Ok(trees)
    }

    /// Of each production text, when a path holds it.
    fn alive(&self) -> BTreeMap<u32, Vec<Interval>> {
        let mut alive: BTreeMap<u32, Vec<Interval>> = BTreeMap::new();
        for changes in self.paths.values() {
            for (at, (from, role, blob)) in changes.iter().enumerate() {
                let until = changes.get(at + 1).map_or(u32::MAX, |(next, ..)| *next);
                if let (Role::Production, Some(blob)) = (role, blob) {
                    alive.entry(*blob).or_default().push((*from, until));
                }
            }
        }
        alive
    }

    fn take(&mut self, blob: &Blob, intervals: &[Interval], answers: &Answers) {
        for answer in answers.standing_in(&blob.text) {
            let at = answer as usize;
            if self.held.len() <= at {
                self.held.resize_with(at + 1, Vec::new);
            }
            self.held[at].extend(intervals);
        }
        let mut lines: Vec<u64> = blob.text.split(['\n', '\r']).map(|line| number(comparable(line))).collect();
        lines.sort_unstable();
        lines.dedup();
        self.lines.insert(blob.number, lines);
    }

    /// Whether a production file of the tree at the kept commit `index` holds `answer`.
    pub(super) fn holds(&self, answer: u32, index: u32) -> bool {
        let intervals = self.held.get(answer as usize);
        intervals.into_iter().flatten().any(|(from, until)| (*from..*until).contains(&index))
    }

    /// The number of the text at `path` in the tree at the kept commit `index`.
    pub(super) fn text_at(&self, path: &RepoPath, index: u32) -> Option<u32> {
        let changes = self.paths.get(path)?;
        let until = changes.partition_point(|(commit_index, ..)| *commit_index <= index);
        changes[..until].last()?.2
    }

    /// Whether all lines that `diff` says files hold stand in the tree at the kept commit `index`; files that the tree
    /// does not list are passed over.
    pub(super) fn fit(&self, diff: &str, index: u32) -> bool {
        let mut latest: Option<(&str, Option<&Vec<u64>>)> = None;
        newer_lines(diff).all(|(name, line)| {
            let lines = match latest {
                Some((known, lines)) if known == name => lines,
                _ => self.lines_of(name, index),
            };
            latest = Some((name, lines));
            let stands = |lines: &Vec<u64>| {
                line.split('\r').all(|piece| lines.binary_search(&number(comparable(piece))).is_ok())
            };
            lines.is_none_or(stands)
        })
    }

    fn lines_of(&self, name: &str, index: u32) -> Option<&Vec<u64>> {
        let path = RepoPath::new(name).ok()?;
        self.lines.get(&self.text_at(&path, index)?)
    }
}
