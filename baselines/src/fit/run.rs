//! From a release, a base model and settings to an artifact.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use bench::file::{claim_folder, read_json, remove_folder, write_json};
use bench::{MethodProfile, Release, RepoId, Seed};
use tch::Device;

use super::artifact::{ARTIFACT_FORMAT, Artifact, ArtifactManifest};
use super::recipe::Recipe;
use super::record::{Presented, TrainingRecord};
use super::session::Session;
use super::settings::{Kind, TrainingSettings};
use super::{generated, lora};
use crate::error::{Error, Result};
use crate::examples::{Examples, validation};
use crate::language_model::LanguageModel;
use crate::model::{Config, Precision, fingerprint, save};
use crate::tokenizer::Tokenizer;
use crate::train::{Event, Keep, NextToken, Observer, Outcome};

/// The record of a training.
const RECORD: &str = "training.json";
/// The folder of an unfinished run.
const STATE: &str = "state";
/// The steps of a run.
pub(super) const CURVE: &str = "curve.parquet";

/// What to train, and how.
#[derive(Debug, Clone)]
pub struct FitOptions {
    /// The method.
    pub recipe: &'static Recipe,
    /// The conditions.
    pub profile: MethodProfile,
    /// How it is trained.
    pub settings: TrainingSettings,
    /// Root of all randomness.
    pub seed: Seed,
    /// Where to compute.
    pub device: Device,
    /// The same as users write it.
    pub device_name: String,
    /// Threads.
    pub threads: usize,
    /// The kind of number the base model computes in.
    pub precision: Precision,
    /// Files of vectors, for networks.
    pub vectors: Vec<PathBuf>,
    /// A run that is killed loses at most this many steps; 0 never saves.
    pub checkpoint_every: u64,
}

/// What a training needs to know of where it takes place.
pub(super) struct Place<'a> {
    pub(super) release: &'a Release,
    pub(super) out: &'a Path,
    pub(super) options: &'a FitOptions,
    /// Hash of everything the result depends on.
    pub(super) identity: String,
    pub(super) base_name: String,
    base_hash: String,
    base_parameters: u64,
}

/// Trains `options.recipe` on the training tasks of `release`, beside or in place of the model in the folder `base`, and
/// leaves an artifact in `out`. A folder that already holds this very artifact is left as it is; an interrupted run is
/// continued. The second value is false if there was nothing to do.
///
/// # Errors
/// If settings or data are refused, the folder holds something else, files cannot be read or written, or training comes
/// to a number that is not finite.
pub fn fit(
    release: &Release,
    base: &Path,
    out: &Path,
    options: &FitOptions,
    observer: &mut dyn Observer,
) -> Result<(TrainingRecord, bool)> {
    let base_hash = fingerprint(base)?;
    let mut options = options.clone();
    options.settings = options.settings.effective().within(&Config::read(base)?);
    let options = &options;
    let identity = identity(release, &base_hash, options)?;
    if let Some(record) = finished(out, release, &base_hash, options)? {
        // What a run that was killed in its last moment left.
        remove_folder(&out.join(STATE))?;
        return Ok((record, false));
    }
    if options.settings.kind == Kind::Network {
        generated::check(release, options)?;
    }
    let _claim = claim(out, &identity)?;
    let model = LanguageModel::open(base, options.device, options.precision)?;
    let canonical = base.canonicalize().unwrap_or_else(|_| base.to_owned());
    let base_name =
        canonical.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned());
    let base_parameters = model.parameters().count();
    let place = Place { release, out, options, identity, base_name, base_hash, base_parameters };
    let state = out.join(STATE);
    let examples = Examples::read(release, &options.settings.data, &model.tokenizer, &state)?;
    observer.event(&Event::Prepared {
        documents: examples.len(),
        tokens: (0..examples.len()).map(|index| lengths(&examples, index)).sum(),
        vocabulary: model.tokenizer.rows(),
        parameters: base_parameters,
    });
    let record = match options.settings.kind {
        Kind::Full => full(&place, model, &examples, observer)?,
        Kind::Lora => lora::single(&place, model, &examples, observer)?,
        Kind::LoraPerRepository => lora::per_repository(&place, model, &examples, observer)?,
        Kind::Network => generated::network(&place, model, &examples, observer)?,
    };
    remove_folder(&state)?;
    Ok((record, true))
}

/// Marks the folder of unfinished runs as that of this training, and of this process for as long as the value lives.
fn claim(out: &Path, identity: &str) -> Result<File> {
    let state = out.join(STATE);
    let claim = claim_folder(&state)?;
    let path = state.join("identity.json");
    if !path.exists() {
        write_json(&path, &identity)?;
        return Ok(claim);
    }
    if read_json::<String>(&path)? == identity {
        return Ok(claim);
    }
    let reason = "it belongs to an unfinished training with other options or data".to_owned();
    Err(Error::Checkpoint { path: out.to_owned(), reason })
}

fn lengths(examples: &Examples, index: usize) -> usize {
    let (prefix, target) = examples.lengths(u32::try_from(index).expect("because examples are counted in 32 bits"));
    prefix + target
}

/// A hash of everything that the last bit of the result depends on.
fn identity(release: &Release, base_hash: &str, options: &FitOptions) -> Result<String> {
    let FitOptions { recipe, profile, settings, seed, device_name, threads, precision, vectors, .. } = options;
    let settings = serde_json::to_string(settings).expect("because settings are plain");
    let mut parts = format!(
        "{}/{profile}/{settings}/{}/{device_name}/{threads}/{precision}/{base_hash}/{}",
        recipe.id,
        seed.0,
        release.id()
    );
    for hash in hashes(vectors)? {
        parts.push('/');
        parts.push_str(&hash);
    }
    Ok(blake3::hash(parts.as_bytes()).to_hex().to_string())
}

/// What is in `files`.
fn hashes(files: &[PathBuf]) -> Result<Vec<String>> {
    Ok(files.iter().map(|path| bench::file::hash(path)).collect::<std::result::Result<_, _>>()?)
}

/// The record of `out` if it holds exactly what these options make, up to device and threads.
fn finished(out: &Path, release: &Release, base_hash: &str, options: &FitOptions) -> Result<Option<TrainingRecord>> {
    let foreign = |what: &str| Error::option("out", out.display(), format!("it holds {what}; choose another folder"));
    if !Artifact::exists(out) {
        let entries = std::fs::read_dir(out).map_or(0, Iterator::count);
        return if entries > 0 && !out.join(STATE).exists() { Err(foreign("something else")) } else { Ok(None) };
    }
    let artifact = Artifact::open(out)?;
    let found = artifact.manifest();
    let same = found.method == options.recipe.id
        && found.profile == options.profile
        && found.base_model_hash == base_hash
        && found.release.as_deref() == Some(release.id())
        && found.seed == Some(options.seed)
        && found.precision == Some(options.precision.to_string())
        && found.vectors == hashes(&options.vectors)?
        && found.settings.clone().effective() == options.settings;
    if same { Ok(Some(read_json(&out.join(RECORD))?)) } else { Err(foreign("an artifact of another training")) }
}

impl Place<'_> {
    /// The folder of unfinished runs.
    pub(super) fn state(&self) -> PathBuf {
        self.out.join(STATE)
    }

    /// The folder of the unfinished run for `repo`.
    pub(super) fn state_of(&self, repo: &RepoId) -> PathBuf {
        self.state().join(repo.file_stem())
    }

    /// Forgets the run for `repo`, whose adapter is written: as many states as repositories are more than disks hold.
    pub(super) fn forget(&self, repo: &RepoId) -> Result<()> {
        Ok(remove_folder(&self.state_of(repo))?)
    }

    /// The runs of this training.
    pub(super) fn session<'a>(&'a self, examples: &'a Examples, tokenizer: &'a Tokenizer) -> Session<'a> {
        Session {
            examples,
            settings: &self.options.settings,
            tokenizer,
            checkpoint_every: self.options.checkpoint_every,
            identity: &self.identity,
        }
    }

    /// The tasks that all methods are validated on.
    ///
    /// # Errors
    /// If the best parameters are to be kept, and there are none to measure on.
    pub(super) fn validation(&self) -> Result<Vec<bench::Task>> {
        let settings = &self.options.settings.validation;
        let tasks = validation(self.release, &settings.sample())?;
        if tasks.is_empty() && settings.keep == Keep::Best {
            let reason = "the release has no task of this split; name another, or set validation.keep = \"last\"";
            return Err(Error::option("validation.split", settings.split, reason));
        }
        Ok(tasks)
    }

    /// The record of a run, or of the sum of many.
    pub(super) fn record(
        &self,
        parameters: u64,
        examples: &Examples,
        outcome: &Outcome,
        tasks: usize,
    ) -> TrainingRecord {
        let FitOptions { recipe, settings, seed, device, device_name, threads, precision, .. } = self.options;
        TrainingRecord {
            method: recipe.id.to_owned(),
            repo: None,
            base_parameters: self.base_parameters,
            parameters,
            presented: Presented::of(outcome),
            distinct_examples: examples.len() as u64,
            dropped: examples.dropped(),
            repositories: examples.repos().len(),
            clipped_steps: outcome.clipped,
            last_loss: outcome.last_loss,
            best: outcome.best,
            calibration: None,
            validation_tasks: tasks,
            seconds: outcome.seconds,
            peak_bytes: outcome.peak_bytes.filter(|_| *device == Device::Cpu),
            device: device_name.clone(),
            threads: *threads,
            precision: precision.to_string(),
            base_model_hash: self.base_hash.clone(),
            release: self.release.id().to_owned(),
            seed: *seed,
            settings: settings.clone(),
        }
    }

    /// Writes the record, then the manifest over `files` and `repos`.
    pub(super) fn seal(
        &self,
        record: &TrainingRecord,
        files: &[String],
        repos: BTreeMap<RepoId, String>,
    ) -> Result<()> {
        let FitOptions { recipe, profile, settings, seed, precision, vectors, .. } = self.options;
        write_json(&self.out.join(RECORD), record)?;
        let manifest = ArtifactManifest {
            format: ARTIFACT_FORMAT,
            method: recipe.id.to_owned(),
            profile: *profile,
            kind: settings.kind,
            base_model: self.base_name.clone(),
            base_model_hash: self.base_hash.clone(),
            precision: Some(precision.to_string()),
            release: Some(self.release.id().to_owned()),
            seed: Some(*seed),
            parameters: record.parameters,
            presented: Some(record.presented),
            converted: None,
            settings: settings.clone(),
            vectors: hashes(vectors)?,
            repos,
            files: BTreeMap::new(),
        };
        Artifact::seal(self.out, manifest, files)
    }
}

/// Full fine-tuning.
fn full(
    place: &Place<'_>,
    model: LanguageModel,
    examples: &Examples,
    observer: &mut dyn Observer,
) -> Result<TrainingRecord> {
    let config: Config = model.config().clone();
    let (model, tokenizer, parameters) = model.into_parts();
    let count = parameters.count();
    let objective = NextToken::new(model, parameters)
        .with_activations(place.options.settings.activations)
        .with_regularization(place.options.settings.regularization);
    let session = place.session(examples, &tokenizer);
    let seed = place.options.seed;
    let plan = session.plan(examples.groups(), seed)?;
    let tasks = place.validation()?;
    observer.event(&lora::part("all repositories", (1, 1), &plan));
    let outcome = session.run(&objective, &plan, &tasks, (&place.state(), seed), observer)?;
    let record = place.record(count, examples, &outcome, tasks.len());
    lora::write_curve(&place.out.join(CURVE), &outcome)?;
    save(&place.out.join(Artifact::MODEL), &config, &objective.into_parameters(), &tokenizer)?;
    let files =
        ["config.json", "model.safetensors", "tokenizer.json"].map(|name| format!("{}/{name}", Artifact::MODEL));
    place.seal(&record, &files, BTreeMap::new())?;
    Ok(record)
}
