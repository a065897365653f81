//! What a run of `predict` has to answer, and where its answers go: the same for every kind of method.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use bench::{Journal, MethodCard, Prediction, Predictions, PredictionsHeader, Release, Split, Task, TaskId};

use crate::cli::AnswerArgs;
use crate::ui::Ui;

/// The tasks of a release that a run answers.
pub(crate) struct Assignment {
    pub(crate) release: Release,
    pub(crate) splits: Vec<Split>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) out: PathBuf,
}

impl Assignment {
    /// The tasks that `args` names.
    ///
    /// # Errors
    /// If the output has a wrong name, there is no release, or it has no such tasks.
    pub(crate) fn open(args: &AnswerArgs) -> Result<Self> {
        Predictions::check_name(&args.out)?;
        let release = Release::open(&args.release)
            .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
        let splits = evaluated(&release, &args.splits)?;
        let mut tasks: Vec<Task> = Vec::new();
        for split in &splits {
            tasks.extend(release.tasks(*split)?);
        }
        Ok(Self { release, splits, tasks, out: args.out.clone() })
    }

    /// What the predictions of the method of `card` say of themselves.
    pub(crate) fn header(&self, card: &MethodCard) -> PredictionsHeader {
        PredictionsHeader::new(self.release.id(), self.splits.clone(), card.clone())
    }

    /// Whether the output is there already, whole and of this very run.
    ///
    /// # Errors
    /// If it holds something else.
    pub(crate) fn is_done(&self, header: &PredictionsHeader, ui: &Ui) -> Result<bool> {
        if !self.out.exists() {
            return Ok(false);
        }
        if self.holds(header) {
            ui.note(&format!("{} is up to date", self.out.display()));
            return Ok(true);
        }
        bail!("{} holds something else; remove it or choose another --out", self.out.display());
    }

    /// Where finished answers are kept until the run is over.
    pub(crate) fn journal(&self) -> PathBuf {
        Journal::beside(&self.out)
    }

    /// Writes `rows` to the output and removes the journal, which gave `resumed` of them.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub(crate) fn finish(
        &self,
        header: PredictionsHeader,
        rows: Vec<Prediction>,
        resumed: usize,
        ui: &Ui,
    ) -> Result<()> {
        if resumed > 0 {
            ui.note(&format!("took up {resumed} finished answers of an interrupted run"));
        }
        let count = rows.len();
        Predictions { header, rows }.write(&self.out)?;
        Journal::remove(&self.journal())?;
        ui.data(&format!("{count}\t{}", self.out.display()));
        Ok(())
    }

    /// Whether the output is what the run would write: the same header, and an answer to each task.
    fn holds(&self, header: &PredictionsHeader) -> bool {
        let Ok(found) = Predictions::read(&self.out) else { return false };
        let answered: BTreeSet<&TaskId> = found.rows.iter().map(|row| &row.task).collect();
        let asked: BTreeSet<&TaskId> = self.tasks.iter().map(Task::id).collect();
        found.header == *header && found.rows.len() == self.tasks.len() && answered == asked
    }
}

/// The splits to answer: those asked for, or all evaluated ones that the release has.
fn evaluated(release: &Release, asked: &[Split]) -> Result<Vec<Split>> {
    let has = release.splits();
    if let Some(absent) = asked.iter().find(|split| !has.contains(split)) {
        let names: Vec<&str> = has.iter().map(|split| split.name()).collect();
        bail!("the release has no tasks of {absent}; it has {}", names.join(", "));
    }
    let wanted =
        |split: &Split| if asked.is_empty() { Split::EVALUATED.contains(split) } else { asked.contains(split) };
    let splits: Vec<Split> = has.into_iter().filter(wanted).collect();
    if splits.is_empty() {
        bail!("the release has only training tasks; name them with --splits train, or build it from more repositories");
    }
    Ok(splits)
}
