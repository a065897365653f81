//! What else figures and tables are made of: statistics, training curves, fits.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use bench::stats::{STATISTICS_FORMAT, Statistics};
use bench::table::read_table;
use bench::{RepoId, Split, Track, TrainingStep};
use reports::gallery::{Fits, Line};
use serde::Deserialize;
use serde_json::Value;

use super::opened::Opened;

/// The curve in the folder of a training run.
pub(crate) const CURVE: &str = "curve.parquet";

/// What `stats` writes, as far as it is needed.
#[derive(Deserialize)]
struct Document {
    measured: Value,
}

/// The statistics in the file at `path`, which must be of the releases that are `opened`.
pub(super) fn statistics(path: &Path, opened: &[Opened]) -> Result<Statistics> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let stray = || format!("{} is no stats.json that `stats` wrote; write it again", path.display());
    let document: Document = serde_json::from_slice(&bytes).with_context(stray)?;
    let format = document.measured.get("format").and_then(Value::as_u64);
    if format != Some(STATISTICS_FORMAT.into()) {
        bail!("{} has statistics of another format; run `stats` again", path.display());
    }
    let statistics: Statistics = serde_json::from_value(document.measured).with_context(stray)?;
    let known = |root: &str| opened.iter().any(|one| one.release.id() == root);
    match statistics.releases.iter().find(|release| !known(&release.root)) {
        Some(other) => bail!("{} measures release {}, which is not on this board", path.display(), other.root),
        None => Ok(statistics),
    }
}

/// The curves of the training runs in `folders`, each called by the name of its folder, and by the path to it from where
/// they part if several have that name.
pub(super) fn curves(folders: &[PathBuf]) -> Result<Vec<(String, Vec<TrainingStep>)>> {
    let curve = |folder: &PathBuf| {
        let namesakes: Vec<&PathBuf> = folders.iter().filter(|other| other.file_name() == folder.file_name()).collect();
        let rows = read_table(&folder.join(CURVE))
            .with_context(|| format!("{} has no curve; is it a folder that `train` wrote?", folder.display()))?;
        Ok((name(folder, &namesakes), rows))
    };
    folders.iter().map(curve).collect()
}

/// The name of `folder` among `namesakes`, itself included.
fn name(folder: &Path, namesakes: &[&PathBuf]) -> String {
    let shared = |count: &usize| {
        let parts = |path: &Path| path.components().nth(*count).map(|part| part.as_os_str().to_owned());
        namesakes.iter().all(|other| parts(other) == parts(folder))
    };
    let skipped = (0..folder.components().count().saturating_sub(1)).take_while(shared).count();
    folder.components().skip(skipped).collect::<PathBuf>().display().to_string()
}

/// The training tasks of the repositories of the static track.
pub(super) fn training_tasks(opened: &[Opened]) -> BTreeMap<RepoId, u64> {
    let contents = opened.iter().map(|one| &one.release.manifest().contents);
    let repos = contents.filter(|contents| contents.track == Track::Static).flat_map(|contents| &contents.repos);
    repos.filter_map(|repo| Some((repo.repo.clone(), *repo.tasks.get(&Split::Train)?))).collect()
}

/// The fits of the harness.
pub(super) const fn fits() -> Fits {
    Fits {
        logarithm: |points| harness::fit_logarithm(points).map(line),
        power: |points| harness::fit_power_law(points).map(line),
    }
}

const fn line(fit: harness::Fit) -> Line {
    Line { slope: fit.slope, intercept: fit.intercept, r_squared: fit.r_squared }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_name_are_told_apart() {
        let folders = ["run/seed-0/slora", "run/evolution/seed-0/slora", "run/seed-0/evo"].map(PathBuf::from);
        assert_eq!(name(&folders[2], &[&folders[2]]), "evo");
        let both = [&folders[0], &folders[1]];
        assert_eq!(both.map(|folder| name(folder, &both)), ["seed-0/slora", "evolution/seed-0/slora"]);
    }
}
