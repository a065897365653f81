//! One of the two sides: a release, or a folder in the published layout.

use std::collections::BTreeMap;
use std::path::Path;

use super::SettingDifference;
use super::repositories::Known;
use crate::error::{Error, Result};
use crate::hub::Published;
use crate::ids::RepoId;
use crate::profile::Track;
use crate::release::{Release, TaskSet};
use crate::task::Assertion;

/// What is compared.
pub enum Side {
    /// A sealed release.
    Release(Box<Release>),
    /// A folder in the published layout.
    Published(Published),
}

impl Side {
    /// The side in the folder `root`.
    ///
    /// # Errors
    /// If it holds neither a release nor tables in the published layout, or they cannot be opened.
    pub fn open(root: &Path) -> Result<Self> {
        if Release::exists(root) {
            return Ok(Self::Release(Box::new(Release::open(root)?)));
        }
        if Published::exists(root) {
            return Ok(Self::Published(Published::open(root)?));
        }
        let reason = "holds neither manifest.json nor qna/; give a folder of `build`, or one in the published layout";
        Err(Error::malformed(root, None, reason))
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        match self {
            Self::Release(release) => release.root(),
            Self::Published(published) => published.root(),
        }
    }

    /// Root hash of a release.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Release(release) => Some(release.id()),
            Self::Published(_) => None,
        }
    }

    /// The track.
    pub fn track(&self) -> Track {
        match self {
            Self::Release(release) => release.manifest().contents.track,
            Self::Published(published) => published.track(),
        }
    }

    /// Whether it has tasks of `set`.
    pub(super) fn has(&self, set: TaskSet) -> bool {
        match self {
            Self::Release(release) => {
                release.manifest().contents.table(&set.path()).is_some_and(|entry| entry.rows > 0)
            }
            Self::Published(published) => published.sets().any(|found| found == set),
        }
    }

    /// Whether it has tasks of `set`, or would have them if there were any.
    pub(super) fn tells(&self, set: TaskSet) -> bool {
        matches!((self, set), (Self::Release(_), _) | (_, TaskSet::Split(_))) || self.has(set)
    }

    /// What it says of its repositories.
    pub(super) fn repositories(&self) -> Result<BTreeMap<RepoId, Known>> {
        match self {
            Self::Release(release) => {
                let known = |known: &crate::release::ReleasedRepo| {
                    let commit = Some(known.commit.clone());
                    (known.repo.clone(), Known { partition: known.partition, commit })
                };
                Ok(release.manifest().contents.repos.iter().map(known).collect())
            }
            // The head of the walk is not published, and static tables may name no commit.
            Self::Published(published) => {
                let known = |(repo, partition)| (repo, Known { partition, commit: None });
                Ok(published.repositories()?.into_iter().map(known).collect())
            }
        }
    }

    /// Calls `take` with every task of `set` that is of `repo`.
    pub(super) fn each_task(&self, set: TaskSet, repo: &RepoId, take: &mut dyn FnMut(&Assertion)) -> Result<()> {
        match self {
            Self::Release(release) => {
                for piece in release.stream_of(set, repo)? {
                    piece?.iter().for_each(|task| take(&task.assertion));
                }
            }
            Self::Published(published) => {
                for piece in published.tasks_of(set, repo) {
                    piece?.iter().for_each(|(task, ..)| take(&task.assertion));
                }
            }
        }
        Ok(())
    }
}

/// The facts in which two releases differ.
pub(super) fn settings(a: &Side, b: &Side) -> Vec<SettingDifference> {
    let (Side::Release(a), Side::Release(b)) = (a, b) else { return Vec::new() };
    let facts = |release: &Release| {
        let contents = &release.manifest().contents;
        let caps =
            contents.caps.map(|c| format!("{} evaluated, {} trained, {} a file", c.evaluated, c.trained, c.file));
        [
            ("origin", contents.origin.to_string()),
            ("profile", contents.profile.to_string()),
            ("split_seed", contents.split_seed.to_string()),
            ("group", contents.group.to_string()),
            ("min_pairs", contents.min_pairs.to_string()),
            ("caps", caps.unwrap_or_else(|| "none".to_owned())),
        ]
    };
    let pairs = facts(a).into_iter().zip(facts(b)).filter(|(a, b)| a != b);
    pairs.map(|((name, a), (_, b))| SettingDifference { name, a, b }).collect()
}
