//! What a submission is held against: which tasks a release asks, and under which rules.

use crate::error::Result;
use crate::ids::TaskId;
use crate::release::{Release, TaskSet};
use crate::split::Split;
use crate::table::{TableReader, TaskKey};

/// Tasks that room is made for before they are read: a manifest can claim any number.
const MOST_RESERVED: usize = 1 << 20;

/// Every task of a release with its split, and the names that a header must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    release: String,
    rules: String,
    /// By id, each once.
    tasks: Vec<(TaskId, Split)>,
}

impl Roll {
    /// The roll of `release`, whose answers are scored by the rules of version `rules`. Only ids are read.
    ///
    /// # Errors
    /// If a table was changed after sealing or cannot be read.
    pub fn of(release: &Release, rules: &str) -> Result<Self> {
        let counts = release.manifest().contents.repos.iter().flat_map(|repo| repo.tasks.values());
        let claimed =
            counts.fold(0, |sum: usize, &count| sum.saturating_add(usize::try_from(count).unwrap_or(usize::MAX)));
        let mut tasks = Vec::with_capacity(claimed.min(MOST_RESERVED));
        for split in release.splits() {
            let path = release.checked(&TaskSet::Split(split).path())?;
            // The hash of the table is that of the manifest, so that neither its name nor its version need be looked at.
            for batch in TableReader::<TaskKey>::open_foreign(&path)? {
                tasks.extend(batch?.into_iter().map(|key| (key.task, split)));
            }
        }
        Ok(Self::new(release.id(), rules, tasks))
    }

    /// The roll of `tasks` of the release called `release`; of equal ids only the first counts.
    pub fn new(release: impl Into<String>, rules: impl Into<String>, mut tasks: Vec<(TaskId, Split)>) -> Self {
        tasks.sort_unstable();
        tasks.dedup_by(|later, first| later.0 == first.0);
        Self { release: release.into(), rules: rules.into(), tasks }
    }

    /// The root hash of the release.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The version of the scoring rules.
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// The tasks with their splits, by id.
    pub fn tasks(&self) -> &[(TaskId, Split)] {
        &self.tasks
    }

    /// Whether `task` is one of the release.
    pub fn has(&self, task: &TaskId) -> bool {
        self.place(task).is_some()
    }

    /// The place of `task` among [`Roll::tasks`], if it is there.
    pub(super) fn place(&self, task: &TaskId) -> Option<usize> {
        self.tasks.binary_search_by(|(known, _)| known.cmp(task)).ok()
    }
}
