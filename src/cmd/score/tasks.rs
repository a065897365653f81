//! The tasks of a release as scoring needs them: without prefixes, which for the evolution track are whole files.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use bench::leaks::{LeakFlags, LeakRows, table_path};
use bench::{Release, Split, Task, TaskSet};
use harness::Asked;

use super::groups::Groups;
use crate::ui::Ui;

/// The tasks of `splits` of `release`, with the leaks that it states and the user's `own` groups.
pub(crate) fn asked(release: &Release, splits: &[Split], own: Option<&Groups>, ui: &Ui) -> Result<Vec<Asked>> {
    let contents = &release.manifest().contents;
    let counts = contents.repos.iter().flat_map(|repo| &repo.tasks);
    let total = counts.filter(|(split, _)| splits.contains(split)).map(|(_, count)| count).sum();
    let bar = ui.bar("tasks", total, "tasks");
    let mut tasks: Vec<Asked> = Vec::new();
    for &split in splits {
        let mut rows = release.leaks(split)?;
        let path = release.root().join(table_path(split));
        for batch in release.stream(TaskSet::Split(split))? {
            let batch = batch?;
            bar.inc(batch.len() as u64);
            for task in batch {
                let leaks = rows.as_mut().map(|rows| stated(rows, &task, &path)).transpose()?;
                let mut asked = Asked::of(task, leaks);
                let anchor = contents.repo(&asked.facts.repo).and_then(|known| known.anchor.as_ref());
                let facts = Arc::make_mut(&mut asked.facts);
                facts.anchor_index = anchor.map(|anchor| anchor.index);
                facts.own = own.map(|own| own.of(&facts.task)).unwrap_or_default();
                tasks.push(asked);
            }
        }
    }
    bar.finish_and_clear();
    Ok(tasks)
}

/// The leaks of `task`, which the next of `rows` must tell; `path` is where they are read from.
fn stated(rows: &mut LeakRows, task: &Task, path: &Path) -> Result<LeakFlags> {
    match rows.next().transpose()? {
        Some(row) if row.task == *task.id() => Ok(row.flags),
        other => {
            let found = other.map_or_else(|| "ends".to_owned(), |row| format!("goes on with {}", row.task));
            bail!("{} {found} where task {} follows; build the release again", path.display(), task.id())
        }
    }
}
