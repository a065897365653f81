//! Where the parts of an experiment lie.

use std::path::{Path, PathBuf};

use super::needs::Vectors;

/// The folder of an experiment. What does not depend on a seed lies in it, everything else in the folder of its seed, so
/// that seeds can be added later.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    root: PathBuf,
}

impl Place {
    /// The experiment in the folder `root`.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Vectors of repositories.
    pub(crate) fn vectors(&self, vectors: Vectors) -> PathBuf {
        self.root.join("vectors").join(format!("{vectors}.safetensors"))
    }

    /// What was trained.
    pub(crate) fn artifact(&self, training: &str, seed: u64) -> PathBuf {
        self.of(Some(seed)).join("artifacts").join(training)
    }

    /// The answers of a method.
    pub(crate) fn predictions(&self, method: &str, seed: Option<u64>) -> PathBuf {
        self.of(seed).join("predictions").join(format!("{method}.parquet"))
    }

    /// Their scores.
    pub(crate) fn scores(&self, method: &str, seed: Option<u64>) -> PathBuf {
        self.of(seed).join("scores").join(method)
    }

    /// The audit of a method.
    pub(crate) fn audit(&self, method: &str, seed: Option<u64>) -> PathBuf {
        self.of(seed).join("audits").join(method)
    }

    /// The leaderboard.
    pub(crate) fn report(&self) -> PathBuf {
        self.root.join("report")
    }

    /// The table of all results.
    pub(crate) fn results(&self) -> PathBuf {
        self.root.join("results.tsv")
    }

    fn of(&self, seed: Option<u64>) -> PathBuf {
        seed.map_or_else(|| self.root.clone(), |seed| self.root.join(format!("seed-{seed}")))
    }
}
