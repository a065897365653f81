//! The tasks of a release as scoring needs them: without prefixes, which for the evolution track are whole files.

use anyhow::Result;
use bench::{Release, Split, TaskSet};
use harness::{Asked, TrainingLines};

use super::groups::Groups;
use crate::ui::Ui;

/// Every task of `release`. Training tasks are read first: held-out ones are looked up among their lines.
pub(crate) fn asked(release: &Release, own: Option<&Groups>, ui: &Ui) -> Result<Vec<Asked>> {
    let splits = release.splits();
    let contents = &release.manifest().contents;
    let total = contents.repos.iter().flat_map(|repo| repo.tasks.values()).sum();
    let bar = ui.bar("tasks", total, "tasks");
    let mut lines = splits.contains(&Split::Train).then(TrainingLines::default);
    let mut tasks: Vec<Asked> = Vec::new();
    for split in splits {
        for batch in release.stream(TaskSet::Split(split))? {
            let batch = batch?;
            bar.inc(batch.len() as u64);
            if let (Split::Train, Some(lines)) = (split, &mut lines) {
                batch.iter().for_each(|task| lines.read(task));
            }
            let looked_at = lines.as_ref().filter(|_| split != Split::Train);
            tasks.extend(batch.into_iter().map(|task| {
                let mut asked = Asked::of(task, looked_at);
                let anchor = contents.repo(&asked.facts.repo).and_then(|known| known.anchor.as_ref());
                asked.facts.anchor_index = anchor.map(|anchor| anchor.index);
                asked
            }));
        }
    }
    bar.finish_and_clear();
    if let Some(own) = own {
        own.lay_over(&mut tasks)?;
    }
    Ok(tasks)
}
