//! The steps of an experiment, decided before the first one is taken.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::{Release, Roll, Split};
use harness::RULES_VERSION;
use reports::board::AUDIT;

use super::Place;
use super::needs::{Needs, Training, Vectors};
use crate::cli::{
    AnswerArgs, AuditArgs, BesideArgs, EmbedArgs, ExperimentArgs, LocalArgs, ReportArgs, ScopeArgs, ScoreArgs,
    TrainArgs,
};
use crate::cmd;
use crate::exit::Answer;
use crate::ui::Ui;

/// The name of the encoder without weights.
const HASHED: &str = "hashed";
/// Characters of a prompt that the pages show at most.
const PROMPT_CHARS: u32 = 2_000;
/// Prompts that are read at a time, and tokens of these, at most.
const BATCH: (u16, u16) = (32, 32_768);
/// Steps between checkpoints of a training.
const CHECKPOINT_EVERY: u64 = 100;

/// The splits whose tasks are audited.
const AUDITED: [Split; 1] = [Split::CrossRepoTest];

/// A method with the seed of its training, if it is a trained one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entrant {
    needs: Needs,
    pub(super) seed: Option<u64>,
}

/// One step.
#[derive(PartialEq, Eq)]
enum Step {
    Embed(Vectors),
    Train(Training, Vec<Vectors>, u64),
    Predict(Entrant),
    Score(Entrant),
    Audit(Entrant),
}

/// What an experiment does, in order.
pub(crate) struct Plan {
    args: ExperimentArgs,
    place: Place,
    entrants: Vec<Entrant>,
    steps: Vec<Step>,
}

impl Plan {
    /// The steps of `args` up to the report: each file of vectors and each training once, whatever the number of methods
    /// that read it, then answers, scores and audit of each method.
    ///
    /// # Errors
    /// If a method is unknown, named twice, needs what is not given or cannot be audited, or settings or budget are refused.
    pub(crate) fn new(args: &ExperimentArgs) -> Result<Self> {
        let mut needs: Vec<Needs> = Vec::new();
        for method in &args.methods {
            let next = cmd::torch::needs(method, args)?;
            if needs.contains(&next) {
                bail!("--methods names {method} twice");
            }
            if args.encoder.is_none() && (next.encoder || !next.vectors.is_empty()) {
                bail!("{method} needs vectors; give --encoder hashed, or the folder of an encoder");
            }
            needs.push(next);
        }
        if let Some(absent) = args.audit.iter().find(|name| !needs.iter().any(|needs| needs.method == **name)) {
            bail!("--audit names {absent}, which is not among --methods");
        }
        let mut seeds = args.seeds.clone();
        seeds.sort_unstable();
        if let Some([seed, _]) = seeds.array_windows().find(|[a, b]| a == b) {
            bail!("--seeds names {seed} twice");
        }
        let mut steps = Vec::new();
        let mut entrants = Vec::new();
        for needs in needs {
            let seeds: Vec<Option<u64>> =
                if needs.training.is_some() { args.seeds.iter().copied().map(Some).collect() } else { vec![None] };
            for seed in seeds {
                let mut fresh: Vec<Step> = needs.vectors.iter().map(|vectors| Step::Embed(*vectors)).collect();
                if let (Some(training), Some(seed)) = (&needs.training, seed) {
                    fresh.push(Step::Train(training.clone(), needs.vectors.clone(), seed));
                }
                fresh.retain(|step| !steps.contains(step));
                steps.extend(fresh);
                let entrant = Entrant { needs: needs.clone(), seed };
                steps.extend([Step::Predict(entrant.clone()), Step::Score(entrant.clone())]);
                if args.audit.contains(&needs.method) {
                    steps.push(Step::Audit(entrant.clone()));
                }
                entrants.push(entrant);
            }
        }
        Ok(Self { args: args.clone(), place: Place::new(&args.out), entrants, steps })
    }

    /// How many steps there are.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The folder of it all.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The folders of scores, in the order of the methods, with the seed of each.
    pub(super) fn scores(&self) -> Vec<(PathBuf, Option<u64>)> {
        let scores = |entrant: &Entrant| (self.place.scores(&entrant.needs.method, entrant.seed), entrant.seed);
        self.entrants.iter().map(scores).collect()
    }

    /// Takes every step; those that are complete are not repeated.
    ///
    /// # Errors
    /// If a step fails; the ones before it stay.
    pub(crate) fn run(&self, steps: &mut cmd::steps::Steps<'_>) -> Result<()> {
        self.check()?;
        for step in &self.steps {
            steps.begin(&step.title());
            self.take(step, steps.ui)?;
        }
        Ok(())
    }

    /// Finds what a step would refuse for want of an input, before anything is computed.
    fn check(&self) -> Result<()> {
        let args = &self.args;
        let release = Release::open(&args.release)
            .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
        cmd::predict::evaluated(&release, &args.splits)?;
        if !args.audit.is_empty() {
            cmd::predict::evaluated(&release, &AUDITED).context("--audit needs tasks of CR-test")?;
        }
        if let Some(slices) = &args.slices {
            cmd::score::slices(slices, &Roll::of(&release, RULES_VERSION)?)?;
        }
        cmd::torch::check_model(&args.model)
    }

    fn take(&self, step: &Step, ui: &mut Ui) -> Result<()> {
        match step {
            Step::Embed(vectors) => cmd::torch::embed(&self.embed(*vectors)?, ui).map(drop),
            Step::Train(training, vectors, seed) => {
                cmd::torch::train(&self.train(training, vectors, *seed), ui).map(drop)
            }
            Step::Predict(entrant) => {
                let (answer, local) = self.predict(entrant);
                cmd::torch::predict(&entrant.needs.method, &answer, &local, ui).map(drop)
            }
            Step::Score(entrant) => {
                let args = self.score(entrant);
                if cmd::score::is_current(&args) {
                    ui.note(&format!("{} is up to date", args.out.display()));
                    return Ok(());
                }
                match cmd::score::run(&args, ui)? {
                    Answer::Done => Ok(()),
                    _ => bail!("{} cannot be scored as it is", args.predictions[0].display()),
                }
            }
            Step::Audit(entrant) => self.audit(entrant, ui),
        }
    }

    fn embed(&self, vectors: Vectors) -> Result<EmbedArgs> {
        let args = &self.args;
        let encoder = args.encoder.clone().context("--encoder is missing")?;
        // The encoder without weights has no device.
        let device = (encoder != Path::new(HASHED)).then(|| args.device.clone());
        Ok(EmbedArgs {
            release: args.release.clone(),
            encoder,
            kind: vectors.kind,
            out: self.place.vectors(vectors),
            stored: None,
            exclude_tests: vectors.exclude_tests,
            width: None,
            fit_on: None,
            seed: None,
            device,
            precision: None,
        })
    }

    fn files(&self, vectors: &[Vectors]) -> Vec<PathBuf> {
        vectors.iter().map(|vectors| self.place.vectors(*vectors)).collect()
    }

    fn train(&self, training: &Training, vectors: &[Vectors], seed: u64) -> TrainArgs {
        let args = &self.args;
        TrainArgs {
            method: training.recipe.clone(),
            release: args.release.clone(),
            model: args.model.clone(),
            out: self.place.artifact(&training.name, seed),
            vectors: self.files(vectors),
            profile: training.profile,
            config: args.train_config.clone(),
            budget: Some(args.budget.clone()),
            share_budget: training.shares_budget,
            seed,
            device: args.device.clone(),
            precision: args.precision.clone(),
            checkpoint_every: CHECKPOINT_EVERY,
            dry_run: false,
        }
    }

    fn predict(&self, entrant: &Entrant) -> (AnswerArgs, LocalArgs) {
        let (args, needs) = (&self.args, &entrant.needs);
        let answer = AnswerArgs {
            release: args.release.clone(),
            out: self.place.predictions(&needs.method, entrant.seed),
            splits: args.splits.clone(),
            config: args.predict_config.clone(),
        };
        let local = LocalArgs {
            encoder: args.encoder.clone().filter(|_| needs.encoder),
            vectors: self.files(&needs.vectors),
            profile: Some(needs.profile),
            model: Some(args.model.clone()),
            artifact: self.artifact(entrant),
            precision: args.precision.clone(),
            batch_rows: BATCH.0.into(),
            batch_tokens: BATCH.1.into(),
            draft: "both".to_owned(),
            no_sharing: false,
            device: args.device.clone(),
        };
        (answer, local)
    }

    fn artifact(&self, entrant: &Entrant) -> Option<PathBuf> {
        let (training, seed) = entrant.needs.training.as_ref().zip(entrant.seed)?;
        Some(self.place.artifact(&training.name, seed))
    }

    /// Audits, unless the audit is current, and lays the verdict beside the scores, where the board looks for it.
    fn audit(&self, entrant: &Entrant, ui: &mut Ui) -> Result<()> {
        let (method, seed) = (&entrant.needs.method, entrant.seed);
        let (folder, scores) = (self.place.audit(method, seed), self.place.scores(method, seed));
        let found = folder.join(AUDIT);
        cmd::torch::audit(&self.audited(entrant, folder), ui)?;
        let verdict = std::fs::read(&found).with_context(|| format!("cannot read {}", found.display()))?;
        bench::file::write_atomic(&scores.join(AUDIT), &verdict)?;
        Ok(())
    }

    fn audited(&self, entrant: &Entrant, out: PathBuf) -> AuditArgs {
        let (answer, local) = self.predict(entrant);
        let args = &self.args;
        AuditArgs {
            method: entrant.needs.method.clone(),
            release: answer.release,
            model: args.model.clone(),
            out,
            artifact: local.artifact,
            vectors: local.vectors,
            swapped: None,
            encoder: local.encoder,
            profile: local.profile,
            config: answer.config,
            scope: ScopeArgs {
                splits: AUDITED.into(),
                max_repos: Some(args.audit_repos),
                max_tasks: Some(args.audit_tasks),
                max_others: None,
                no_blends: true,
                no_completions: true,
                strata: None,
            },
            beside: BesideArgs { plora: None, control: Vec::new() },
            device: local.device,
            precision: local.precision,
            batch_rows: BATCH.0.into(),
            batch_tokens: BATCH.1.into(),
        }
    }

    fn score(&self, entrant: &Entrant) -> ScoreArgs {
        ScoreArgs {
            release: Some(self.args.release.clone()),
            predictions: vec![self.place.predictions(&entrant.needs.method, entrant.seed)],
            out: self.place.scores(&entrant.needs.method, entrant.seed),
            pairs: None,
            allow_missing: false,
            slices: self.args.slices.clone(),
            fail_under: Vec::new(),
            resamples: bench::paper::RESAMPLES,
            seed: 0,
        }
    }

    /// How the leaderboard is written, into the folder `out`.
    pub(crate) fn report(&self, out: PathBuf) -> ReportArgs {
        // Adapters of repositories have no curve in common.
        let has_curve = |artifact: &PathBuf| artifact.join(cmd::report::CURVE).exists();
        let artifacts = self.entrants.iter().filter_map(|entrant| self.artifact(entrant));
        let mut training: Vec<PathBuf> = artifacts.filter(has_curve).collect();
        training.sort();
        training.dedup();
        ReportArgs {
            release: vec![self.args.release.clone()],
            scores: self.scores().into_iter().map(|(folder, _)| folder).collect(),
            predictions: Vec::new(),
            submissions: None,
            serve: None,
            training,
            statistics: None,
            out,
            title: self.args.title.clone(),
            prompt_chars: PROMPT_CHARS,
        }
    }
}

impl Step {
    fn title(&self) -> String {
        let of = |entrant: &Entrant| {
            let seed = entrant.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
            format!("{}{seed}", entrant.needs.method)
        };
        match self {
            Self::Embed(vectors) => format!("embed: {vectors}"),
            Self::Train(training, _, seed) => format!("train: {}, seed {seed}", training.name),
            Self::Predict(entrant) => format!("predict: {}", of(entrant)),
            Self::Score(entrant) => format!("score: {}", of(entrant)),
            Self::Audit(entrant) => format!("audit: {}", of(entrant)),
        }
    }
}
