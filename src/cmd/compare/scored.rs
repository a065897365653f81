//! Folders of scores, read and checked against each other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use bench::table::read_table;
use bench::{ComparedMethod, SUMMARY_FORMAT, ScoreManifest, Summary, TaskScore};

use crate::cmd::score::{manifest_path, summary, summary_path, table_path};

/// What a folder of scores holds.
pub(crate) struct Scored {
    pub(crate) folder: PathBuf,
    /// The method's id; where folders share one, the folder instead.
    pub(crate) name: String,
    pub(crate) summary: Summary,
    /// By split, then task id.
    pub(crate) rows: Vec<TaskScore>,
}

impl Scored {
    pub(super) fn named(&self) -> ComparedMethod {
        ComparedMethod {
            name: self.name.clone(),
            title: self.summary.card.title.clone(),
            predictions: self.summary.predictions.clone(),
        }
    }
}

/// The scores in `folders`, which must be of one release and one version of the rules.
pub(super) fn read(folders: &[PathBuf]) -> Result<Vec<Scored>> {
    let mut methods = folders.iter().map(|folder| open(folder)).collect::<Result<Vec<Scored>>>()?;
    for method in &methods[1..] {
        let facts = |scored: &Scored| {
            let Summary { release, rules, profile, .. } = &scored.summary;
            [("release", release.clone()), ("rules", rules.clone()), ("profile", profile.to_string())]
        };
        for ((what, first), (_, other)) in facts(&methods[0]).into_iter().zip(facts(method)) {
            if first != other {
                let (a, b) = (methods[0].folder.display(), method.folder.display());
                bail!("{a} and {b} cannot be compared: {what} {first} and {what} {other}");
            }
        }
    }
    name_apart(&mut methods);
    Ok(methods)
}

/// Names methods that share an id by their folders.
pub(crate) fn name_apart(methods: &mut [Scored]) {
    let mut seen = BTreeSet::new();
    let shared: BTreeSet<String> =
        methods.iter().filter(|method| !seen.insert(method.name.clone())).map(|method| method.name.clone()).collect();
    for method in methods.iter_mut().filter(|method| shared.contains(&method.name)) {
        method.name = method.folder.display().to_string();
    }
}

/// The scores in `folder`, checked against its manifest.
pub(crate) fn open(folder: &Path) -> Result<Scored> {
    let summary = summary(folder)?;
    let manifest: ScoreManifest =
        bench::file::read_format(&manifest_path(folder), &["format"], SUMMARY_FORMAT, "summary")?;
    for path in [summary_path(folder), table_path(folder)] {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if manifest.files.get(&name) != Some(&bench::file::hash(&path)?) {
            bail!("{} is not what its manifest.json describes; score the predictions again", path.display());
        }
    }
    let rows: Vec<TaskScore> = read_table(&table_path(folder))?;
    if let Some([a, b]) =
        rows.array_windows().find(|[a, b]| (a.facts.split, &a.facts.task) >= (b.facts.split, &b.facts.task))
    {
        bail!("{}: task {} stands behind task {}", table_path(folder).display(), b.facts.task, a.facts.task);
    }
    Ok(Scored { folder: folder.to_owned(), name: summary.card.method.clone(), summary, rows })
}
