//! What a run of `predict` has to answer, and where its answers go: the same for every kind of method.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use bench::{
    Journal, JournalHeader, Ledger, MethodCard, Prediction, Predictions, PredictionsHeader, Release, Split, Task,
    TaskId, running_order,
};

use crate::cli::AnswerArgs;
use crate::ui::Ui;

/// The tasks of a release that a run answers.
pub(crate) struct Assignment {
    pub(crate) release: Release,
    pub(crate) splits: Vec<Split>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) out: PathBuf,
}

/// What the output is, before a run.
enum Output {
    Absent,
    /// What the run would write.
    Whole,
    /// The same without the answers to some tasks.
    Part(Vec<Prediction>),
    /// Of something else.
    Other,
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
        self.settled(&self.output(header), ui)
    }

    fn settled(&self, output: &Output, ui: &Ui) -> Result<bool> {
        match output {
            Output::Absent => Ok(false),
            Output::Whole => {
                // What a run that was killed in its last moment left.
                Journal::remove(&self.journal())?;
                ui.note(&format!("{} is up to date", self.out.display()));
                Ok(true)
            }
            Output::Part(_) | Output::Other => {
                bail!("{} holds something else; remove it or choose another --out", self.out.display())
            }
        }
    }

    /// [`Self::is_done`] of a run that may leave out tasks, and answers each without regard to the others: where the output
    /// lacks some, the journal gets what it has, so that only the rest is asked.
    ///
    /// # Errors
    /// As [`Self::is_done`]; if the journal is of another run.
    pub(crate) fn is_done_or_taken_up(&self, header: &PredictionsHeader, ui: &Ui) -> Result<bool> {
        let rows = match self.output(header) {
            Output::Part(rows) => rows,
            output => return self.settled(&output, ui),
        };
        let journal = JournalHeader::new(&header.release, &running_order(&self.tasks)?, "", &header.card);
        Ledger::open(Some(&self.journal()), &journal)?.add(rows)?;
        Ok(false)
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
            ui.note(&format!("took up {resumed} finished answers of an earlier run"));
        }
        let count = rows.len();
        Predictions { header, rows }.write(&self.out)?;
        Journal::remove(&self.journal())?;
        ui.data(&format!("{count}\t{}", self.out.display()));
        Ok(())
    }

    fn output(&self, header: &PredictionsHeader) -> Output {
        if !self.out.exists() {
            return Output::Absent;
        }
        let Ok(found) = Predictions::read(&self.out) else { return Output::Other };
        let answered: BTreeSet<&TaskId> = found.rows.iter().map(|row| &row.task).collect();
        let asked: BTreeSet<&TaskId> = self.tasks.iter().map(Task::id).collect();
        if found.header != *header || answered.len() != found.rows.len() || !answered.is_subset(&asked) {
            Output::Other
        } else if answered == asked {
            Output::Whole
        } else {
            Output::Part(found.rows)
        }
    }
}

/// The splits to answer: those asked for, or all evaluated ones that the release has.
///
/// # Errors
/// If the release lacks one of those asked for, or has none.
pub(crate) fn evaluated(release: &Release, asked: &[Split]) -> Result<Vec<Split>> {
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
