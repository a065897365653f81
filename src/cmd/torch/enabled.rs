//! With libtorch.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use baselines::device::{self, DeviceChoice, Selected};
use baselines::predict::{self, PredictEvent, PredictObserver, PredictOptions};
use baselines::{Base, LanguageModel, METHODS, registry};
use bench::{Predictions, PredictionsHeader, Release, Split, Task, TaskId};
use indicatif::ProgressBar;

use crate::cli::PredictArgs;
use crate::exit::Answer;
use crate::ui::Ui;

mod pretrain;
pub(crate) use pretrain::run as pretrain;

/// Prints the registry: a line a method.
#[expect(clippy::unnecessary_wraps, reason = "its twin without libtorch fails")]
pub(crate) fn methods(ui: &mut Ui) -> Result<Answer> {
    for entry in METHODS {
        ui.data(&format!("{}\t{}", entry.id, entry.title));
    }
    Ok(Answer::Done)
}

/// Answers the tasks of `args.release` with `args.method` into `args.out`.
pub(crate) fn predict(args: &PredictArgs, ui: &mut Ui) -> Result<Answer> {
    let entry = registry::find(&args.method)?;
    Predictions::check_name(&args.out)?;
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let splits = evaluated(&release, &args.splits)?;
    if args.batch_rows == 0 {
        bail!("--batch-rows must be at least 1");
    }
    let device = select(&args.device, ui)?;
    let precision = baselines::model::Precision::choose(args.precision.parse()?, device.device);
    let model = LanguageModel::open(&args.model, device.device, precision)?;
    let (name, hash) = (folder_name(&args.model), baselines::model::fingerprint(&args.model)?);
    let mut method = entry.method(&Base::of(&model, &name, Some(&hash)), args.config.as_deref())?;
    let header = PredictionsHeader {
        repopeft_predictions: bench::PREDICTIONS_FORMAT,
        release: release.id().to_owned(),
        splits: splits.clone(),
        card: method.card().clone(),
    };
    let mut tasks: Vec<Task> = Vec::new();
    for split in &splits {
        tasks.extend(release.tasks(*split)?);
    }
    if args.out.exists() {
        if holds(&args.out, &header, &tasks) {
            ui.note(&format!("{} is up to date", args.out.display()));
            return Ok(Answer::Done);
        }
        bail!("{} holds something else; remove it or choose another --out", args.out.display());
    }
    let journal = Journal::beside(&args.out);
    let options = PredictOptions {
        journal: Some(journal.clone()),
        batch_rows: args.batch_rows,
        batch_tokens: args.batch_tokens,
        engine: format!("{}, {} threads", device.name(), rayon::current_num_threads()),
        ..PredictOptions::new(release.id())
    };
    let mut views = |repo: &bench::RepoId, commit: &bench::CommitId| Ok(release.view(repo, commit)?);
    let mut progress = Progress { bar: ui.bar(&args.method, tasks.len() as u64, "tasks"), resumed: 0 };
    let rows = predict::run(method.as_mut(), &model, &tasks, &mut views, &options, &mut progress)?;
    progress.bar.finish_and_clear();
    if progress.resumed > 0 {
        ui.note(&format!("took up {} finished answers of an interrupted run", progress.resumed));
    }
    Predictions { header, rows }.write(&args.out)?;
    Journal::remove(&journal)?;
    ui.data(&format!("{}\t{}", tasks.len(), args.out.display()));
    Ok(Answer::Done)
}

/// Whether the file `out` is what the run would write: the same header, and an answer to each task.
fn holds(out: &Path, header: &PredictionsHeader, tasks: &[Task]) -> bool {
    let Ok(found) = Predictions::read(out) else { return false };
    let answered: BTreeSet<&TaskId> = found.rows.iter().map(|row| &row.task).collect();
    let asked: BTreeSet<&TaskId> = tasks.iter().map(Task::id).collect();
    found.header == *header && found.rows.len() == tasks.len() && answered == asked
}

/// The device of the run, named to the user.
fn select(device: &str, ui: &Ui) -> Result<Selected> {
    let choice: DeviceChoice = device.parse()?;
    let selected = device::select(choice)?;
    device::configure(rayon::current_num_threads());
    ui.note(&format!("device {} ({})", selected.name(), selected.reason));
    Ok(selected)
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

/// What the base model is called in tables: the name of its folder.
fn folder_name(folder: &Path) -> String {
    let canonical = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    canonical.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Draws a run.
struct Progress {
    bar: ProgressBar,
    resumed: usize,
}

impl PredictObserver for Progress {
    fn event(&mut self, event: &PredictEvent<'_>) {
        match event {
            PredictEvent::Started { resumed, .. } => {
                self.resumed = *resumed;
                self.bar.set_position(*resumed as u64);
                self.bar.reset_eta();
            }
            PredictEvent::Entered { repo, .. } => self.bar.set_message(repo.to_string()),
            PredictEvent::Done { tasks, tokens_per_second, .. } => {
                self.bar.set_position(*tasks as u64);
                self.bar.set_message(format!("{tokens_per_second:.0} tokens/s"));
            }
        }
    }
}
