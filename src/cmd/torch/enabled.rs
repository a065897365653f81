//! With libtorch.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use baselines::conditioning::ContextFiles;
use baselines::device::{self, DeviceChoice, Selected};
use baselines::encoder::{FirstWindow, HASHED, HashedEncoder, ModelEncoder, Weighting};
use baselines::model::Precision;
use baselines::predict::{self, PredictEvent, PredictObserver, PredictOptions};
use baselines::{Artifact, Base, Embedder, Entry, LanguageModel, ReleasePool, Resources, registry};
use bench::{MethodProfile, Release, Seed};
use indicatif::ProgressBar;

use crate::cli::{AnswerArgs, LocalArgs};
use crate::cmd::predict::Assignment;
use crate::exit::Answer;
use crate::ui::Ui;

mod adapt;
mod audit;
mod convert;
mod embed;
mod encoder;
mod inspect;
mod methods;
mod needs;
mod pretrain;
mod tokens;
mod train;
pub(crate) use adapt::run as adapt;
pub(crate) use audit::run as audit;
pub(crate) use convert::run as convert;
pub(crate) use embed::run as embed;
pub(crate) use inspect::run as inspect;
pub(crate) use methods::run as methods;
pub(crate) use needs::{check_model, needs};
pub(crate) use pretrain::run as pretrain;
pub(crate) use tokens::token_counter;
pub(crate) use train::run as train;

/// Answers the tasks of `args.release` with `method` into `args.out`.
pub(crate) fn predict(method: &str, args: &AnswerArgs, local: &LocalArgs, ui: &mut Ui) -> Result<Answer> {
    let (entry, profile) = registry::named(method, local.profile)?;
    let assignment = Assignment::open(args)?;
    if local.batch_rows == 0 {
        bail!("--batch-rows must be at least 1");
    }
    let folder = local.model.as_ref().context("--model is missing")?;
    let device = select(&local.device, ui)?;
    let precision = Precision::choose(local.precision.parse()?, device.device);
    let (name, hash) = (folder_name(folder), baselines::model::fingerprint(folder)?);
    let artifact = artifact(entry, profile, local.artifact.as_deref(), &hash)?;
    let weights = artifact.as_ref().and_then(Artifact::model);
    let model = LanguageModel::open(weights.as_deref().unwrap_or(folder), device.device, precision)?;
    let examples = Arc::new(ReleasePool::new(assignment.release.clone()));
    let embedder = local.encoder.as_deref().map(|encoder| embedder(encoder, &assignment.release, &device));
    let contexts = (!local.vectors.is_empty()).then(|| ContextFiles::open(&assignment.release, &local.vectors));
    let contexts = contexts.transpose()?.map(Arc::new);
    let resources = Resources { embedder: embedder.transpose()?, examples: Some(examples), contexts };
    let base = Base::of(&model, &name, Some(&hash)).trained(artifact.as_ref()).with(&resources);
    let mut method = entry.method(&base, profile, args.config.as_deref())?;
    if local.encoder.is_some() && !method.card().settings.contains_key("encoder") {
        bail!("{} searches by no vectors; leave --encoder out", entry.name(profile));
    }
    if !local.vectors.is_empty() && !method.card().settings.contains_key("vectors") {
        bail!("{} reads no vectors of repositories; leave --vectors out", entry.name(profile));
    }
    let header = assignment.header(method.card());
    if assignment.is_done(&header, ui)? {
        return Ok(Answer::Done);
    }
    let options = PredictOptions {
        journal: Some(assignment.journal()),
        batch_rows: local.batch_rows,
        batch_tokens: local.batch_tokens,
        draft: local.draft.parse()?,
        share: !local.no_sharing,
        engine: format!("{}, {} threads", device.name(), rayon::current_num_threads()),
        ..PredictOptions::new(assignment.release.id())
    };
    let mut views = |repo: &bench::RepoId, commit: &bench::CommitId| Ok(assignment.release.view(repo, commit)?);
    let tasks = &assignment.tasks;
    let mut progress = Progress { bar: ui.bar(&header.card.method, tasks.len() as u64, "tasks"), resumed: 0 };
    let rows = predict::run(method.as_mut(), &model, tasks, &mut views, &options, &mut progress)?;
    progress.bar.finish_and_clear();
    assignment.finish(header, rows, progress.resumed, ui)?;
    Ok(Answer::Done)
}

/// What was trained for the method of `entry` on the base model with this hash; nothing for methods without training.
fn artifact(entry: &Entry, profile: MethodProfile, given: Option<&Path>, base_hash: &str) -> Result<Option<Artifact>> {
    match (given, entry.trained) {
        (None, None) => Ok(None),
        (Some(_), None) => bail!("{} is not trained; leave --artifact out", entry.id),
        (None, Some(recipe)) => {
            bail!("{} is trained first: `repopeft train {recipe}` makes the folder for --artifact", entry.id)
        }
        (Some(root), Some(recipe)) => {
            let artifact = Artifact::open(root)?;
            artifact.check(recipe, profile, base_hash)?;
            Ok(Some(artifact))
        }
    }
}

/// What makes vectors of texts, by the name that was given.
fn embedder(encoder: &Path, release: &Release, device: &Selected) -> Result<Arc<dyn Embedder>> {
    if encoder == Path::new(HASHED) {
        let width = bench::paper::VECTOR_WIDTH / 2;
        return Ok(Arc::new(FirstWindow::of_words(Box::new(HashedEncoder::fit_on(
            release,
            width,
            Weighting::Rarity,
            Seed(0),
        )?))));
    }
    // M93: bf16, whatever the base model computes in.
    Ok(Arc::new(FirstWindow::of_model(ModelEncoder::open(encoder, device.device, Precision::BF16)?)))
}

/// The device of the run, named to the user.
fn select(device: &str, ui: &Ui) -> Result<Selected> {
    let choice: DeviceChoice = device.parse()?;
    let selected = device::select(choice)?;
    device::configure(rayon::current_num_threads());
    ui.note(&format!("device {} ({})", selected.name(), selected.reason));
    Ok(selected)
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
