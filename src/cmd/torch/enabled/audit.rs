//! `audit`: whether a method that claims to know repositories does.

mod beside;
mod evaluate;
mod folder;

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use baselines::audit::{
    AuditEvent, AuditObserver, Cast, CastOptions, Findings, RunOptions, Scored, Subject, check_contexts,
    run as run_adapters, run_prompts, untrained,
};
use baselines::conditioning::ContextFiles;
use baselines::device::Selected;
use baselines::model::Precision;
use baselines::vectors::Vectors;
use baselines::{
    AdaptationSettings, Artifact, Base, ContextSettings, LanguageModel, Method, MethodSettings, ReleasePool, Resources,
    registry,
};
use bench::audit::{ControlGeometry, Geometry, Provenance};
use bench::{CommitId, Release, RepoId, Seed};
use indicatif::ProgressBar;

use super::{artifact, embedder, folder_name, select};
use crate::cli::{AuditArgs, ScopeArgs};
use crate::cmd::predict::evaluated;
use crate::exit::Answer;
use crate::ui::Ui;
use folder::AuditFolder;

/// What was found before statistics are made.
struct Found {
    cast: Cast,
    rows: Vec<Scored>,
    geometry: Option<Geometry>,
    controls: Vec<ControlGeometry>,
    provenance: Option<Provenance>,
    /// Repositories that were left out because the method has no adapter for them.
    without_adapter: Vec<RepoId>,
}

/// Audits `args.method`, writes what was found, and prints the verdicts.
pub(crate) fn run(args: &AuditArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let strata = evaluate::strata(args.scope.strata.as_deref())?;
    let laid = beside::controls(&args.beside.control)?;
    let (entry, profile) = registry::named(&args.method, args.profile)?;
    check_claim(&entry.name(profile), &entry.settings(profile, args.config.as_deref())?)?;
    let device = select(&args.device, ui)?;
    let precision = Precision::choose(args.precision.parse()?, device.device);
    let (name, hash) = (folder_name(&args.model), baselines::model::fingerprint(&args.model)?);
    let artifact = artifact(entry, profile, args.artifact.as_deref(), &hash)?;
    let weights = artifact.as_ref().and_then(Artifact::model);
    let model = LanguageModel::open(weights.as_deref().unwrap_or(&args.model), device.device, precision)?;
    let resources = resources(args, &release, &device)?;
    let base = Base::of(&model, &name, Some(&hash)).trained(artifact.as_ref()).with(&resources);
    let mut method = entry.method(&base, profile, args.config.as_deref())?;
    let settings = evaluate::settings(args, &device.name(), method.decoding());
    let folder = AuditFolder::new(&args.out);
    if let Some(report) = folder.current(args, &release, method.card(), &strata, &settings)? {
        ui.note(&format!("{} is up to date", args.out.display()));
        evaluate::print(&report, &folder, ui);
        return Ok(Answer::Done);
    }
    let cast = cast(&args.scope, &release, &model, method.as_ref())?;
    tell(&cast, ui);
    let options = options(args, &release, &folder, &device);
    let found = if method.source().is_some() {
        let swapped = args.swapped.as_deref().map(Vectors::open_any).transpose()?;
        let subject = Subject { method: method.as_mut(), model: &model, swapped: swapped.as_ref() };
        adapters(args, subject, cast, &release, &options, ui)?
    } else {
        if args.swapped.is_some() || args.beside.plora.is_some() {
            bail!("{} makes no adapters; leave --swapped and --plora out", entry.name(profile));
        }
        let mut bare = entry.bare(&base, profile, args.config.as_deref())?;
        prompts((method.as_mut(), bare.as_mut()), &model, cast, &release, &options, ui)?
    };
    let report = evaluate::report(&found, method.card(), &release, &strata, settings, &folder, ui)?;
    folder.finish(&report, &laid)?;
    evaluate::print(&report, &folder, ui);
    Ok(Answer::Done)
}

/// Refuses the method called `name` if its `settings` say that nothing of it can depend on a repository.
pub(super) fn check_claim(name: &str, settings: &MethodSettings) -> Result<()> {
    let has_adapters = match settings.adaptation {
        AdaptationSettings::Frozen {} | AdaptationSettings::Full {} | AdaptationSettings::Lora { merge: true } => false,
        AdaptationSettings::Lora { merge: false }
        | AdaptationSettings::LoraPerRepository {}
        | AdaptationSettings::Network(_) => true,
    };
    if !has_adapters && matches!(settings.context, ContextSettings::None {}) {
        bail!("{name} knows no repository: neither its weights nor its prompts depend on one");
    }
    Ok(())
}

fn resources(args: &AuditArgs, release: &Release, device: &Selected) -> Result<Resources> {
    let embedder = args.encoder.as_deref().map(|encoder| embedder(encoder, release, device)).transpose()?;
    let contexts = (!args.vectors.is_empty()).then(|| ContextFiles::open(release, &args.vectors)).transpose()?;
    let examples = Some(Arc::new(ReleasePool::new(release.clone())) as _);
    Ok(Resources { embedder, examples, contexts: contexts.map(Arc::new) })
}

fn cast(scope: &ScopeArgs, release: &Release, model: &LanguageModel, method: &dyn Method) -> Result<Cast> {
    evaluated(release, &scope.splits)?;
    let number = |given: Option<u32>| given.map(|number| number as usize);
    let options = CastOptions {
        splits: scope.splits.clone(),
        max_repos: number(scope.max_repos),
        max_tasks: number(scope.max_tasks),
        max_others: number(scope.max_others),
        max_target_tokens: method.decoding().max_new_tokens,
    };
    Ok(Cast::of(release, &model.tokenizer, &options)?)
}

fn tell(cast: &Cast, ui: &Ui) {
    let (repos, tasks) = (cast.repos.len(), cast.tasks());
    ui.note(&format!("{tasks} tasks of {repos} repositories, each under {} others", cast.others));
    if repos < 8 {
        ui.note("fewer than 8 repositories (M159): verdicts on so few are seldom more than inconclusive");
    }
    if cast.left_out > 0 {
        ui.note(&format!("{} tasks are left out: their targets are blank or too long for a completion", cast.left_out));
    }
}

fn options(args: &AuditArgs, release: &Release, folder: &AuditFolder, device: &Selected) -> RunOptions {
    RunOptions {
        release: release.id().to_owned(),
        journal: Some(folder.journal()),
        batch_rows: args.batch_rows as usize,
        batch_tokens: args.batch_tokens as usize,
        completions: !args.scope.no_completions,
        blends: !args.scope.no_blends,
        engine: format!("{}, {} threads", device.name(), rayon::current_num_threads()),
    }
}

/// The audit of a method with adapters, and the geometry of others beside.
fn adapters(
    args: &AuditArgs,
    mut subject: Subject<'_>,
    cast: Cast,
    release: &Release,
    options: &RunOptions,
    ui: &Ui,
) -> Result<Found> {
    let mut views = |repo: &RepoId, commit: &CommitId| Ok(release.view(repo, commit)?);
    let mut progress = Progress { bar: ui.bar("audit", 0, "pieces") };
    let training = cast.training.clone();
    let findings = run_adapters(&mut subject, cast, &mut views, options, &mut progress)?;
    progress.bar.finish_and_clear();
    let files = args.vectors.iter().map(|path| Vectors::open_any(path)).collect::<Result<Vec<_>, _>>()?;
    let source = subject.method.source().context("the method has lost its adapters")?;
    let provenance = check_contexts(source, &files, &findings.cast)?;
    let device = subject.model.model.device();
    let fresh = untrained(source, &findings.contexts, &training, (Seed(0), device))?;
    let mut controls: Vec<ControlGeometry> = fresh.into_iter().collect();
    if let Some(plora) = &args.beside.plora {
        controls.push(beside::per_repository(plora, subject.model, &args.model)?);
    }
    let Findings { cast, rows, geometry, without_adapter, .. } = findings;
    if !without_adapter.is_empty() {
        ui.note(&format!("{} repositories are left out: the method has no adapter for them", without_adapter.len()));
    }
    Ok(Found { cast, rows, geometry: Some(geometry), controls, provenance, without_adapter })
}

/// The audit of a method whose prompts know the repository.
fn prompts(
    (method, bare): (&mut dyn Method, &mut dyn Method),
    model: &LanguageModel,
    cast: Cast,
    release: &Release,
    options: &RunOptions,
    ui: &Ui,
) -> Result<Found> {
    let mut views = |repo: &RepoId, commit: &CommitId| Ok(release.view(repo, commit)?);
    let mut progress = Progress { bar: ui.bar("audit", 0, "pieces") };
    let rows = run_prompts((method, bare), model, &cast, &mut views, options, &mut progress)?;
    progress.bar.finish_and_clear();
    Ok(Found { cast, rows, geometry: None, controls: Vec::new(), provenance: None, without_adapter: Vec::new() })
}

/// Draws the run.
struct Progress {
    bar: ProgressBar,
}

impl AuditObserver for Progress {
    fn event(&mut self, event: &AuditEvent<'_>) {
        match event {
            AuditEvent::Averaging { repos } => self.bar.set_message(format!("averaging {repos} adapters")),
            AuditEvent::Started { units, resumed } => {
                self.bar.set_length(*units as u64);
                self.bar.set_position(*resumed as u64);
                self.bar.reset_eta();
            }
            AuditEvent::Entered { repo } => self.bar.set_message(repo.to_string()),
            AuditEvent::Done { units } => self.bar.set_position(*units as u64),
        }
    }
}
