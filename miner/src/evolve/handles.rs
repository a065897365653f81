//! One repository, open once for every thread that reads it.

use std::path::Path;
use std::sync::Mutex;

use crate::error::Result;
use crate::history::{History, Limits};
use crate::repository::Repository;

/// Lends handles of one repository, which cannot be shared between threads; as many are opened as are ever lent at once.
pub(crate) struct Handles<'a> {
    path: &'a Path,
    idle: Mutex<Vec<Repository>>,
}

impl<'a> Handles<'a> {
    /// The handles of the repository at `path`, none of them open yet.
    pub(crate) fn new(path: &'a Path) -> Self {
        Self { path, idle: Mutex::new(Vec::new()) }
    }

    /// What `work` makes of a handle.
    ///
    /// # Errors
    /// If the repository cannot be opened, or `work` fails.
    pub(super) fn lend<T>(&self, work: impl FnOnce(&Repository) -> Result<T>) -> Result<T> {
        let idle = self.lock().pop();
        let repository = idle.map_or_else(|| Repository::open(self.path), Ok)?;
        let done = work(&repository);
        self.lock().push(repository);
        done
    }

    /// What `work` makes of the history.
    ///
    /// # Errors
    /// If the repository or its history cannot be opened, or `work` fails.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&History<'_>) -> Result<T>) -> Result<T> {
        self.lend(|repository| work(&History::open(repository, Limits::default())?))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Repository>> {
        self.idle.lock().expect("because nothing panics while it holds the list")
    }
}
