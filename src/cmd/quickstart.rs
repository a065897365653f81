//! `quickstart`: every step once, from repositories to the leaderboard page.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bench::{Profile, Seed, Track};
use miner::probe::ProbeOptions;

use crate::cli::{BuildArgs, ExperimentArgs, MineArgs, PretrainArgs, QuickstartArgs, TIME_LIMIT};
use crate::cmd;
use crate::cmd::experiment::Plan;
use crate::cmd::steps::Steps;
use crate::exit::Answer;
use crate::ui::Ui;

/// The methods that are run, one row of the leaderboard each.
const METHODS: [&str; 2] = ["pretrained", "rag"];

/// Steps before the first method.
const BEFORE: usize = 3;

/// The encoder of methods that search by vectors: it has no weights to fetch.
const ENCODER: &str = "hashed";

/// Runs the pipeline into `args.out`; steps that are complete there are not repeated.
pub(crate) fn run(args: &QuickstartArgs, ui: &mut Ui) -> Result<Answer> {
    let place = Place::new(&args.out);
    let plan = Plan::new(&experiment(&place, args))?;
    let list = match &args.repos {
        Some(list) => list.clone(),
        None => probe(&place, args.seed, ui)?,
    };
    let mut steps = Steps::new(BEFORE + plan.len(), ui);
    steps.begin("mine: extracting tasks");
    let mine = MineArgs {
        repo: Vec::new(),
        repos: Some(list),
        out: place.mining(),
        cache: None,
        tracks: vec![Track::Static],
        mirrors: None,
        profile: Profile::Paper,
        keep: None,
        skip_failed: args.repos.is_some(),
        time_limit: TIME_LIMIT,
    };
    cmd::mine::run(&mine, steps.ui)?;
    steps.begin("build: splitting and sealing");
    let published = bench::BuildOptions::new(bench::Track::Static);
    let build = BuildArgs {
        mining: place.mining(),
        out: place.release(),
        track: published.track,
        min_pairs: published.min_pairs,
        eval_cap: published.caps.evaluated,
        train_cap: published.caps.trained,
        file_cap: published.caps.file,
        group: published.group,
    };
    cmd::build::run(&build, steps.ui)?;
    steps.begin("pretrain: a tokenizer and a small base model");
    let pretrain = PretrainArgs {
        release: place.release(),
        out: place.model(),
        config: args.pretrain_config.clone(),
        device: args.device.clone(),
        seed: args.seed,
    };
    cmd::torch::pretrain(&pretrain, steps.ui)?;
    cmd::experiment::finish(&plan, &mut steps)
}

/// The methods, compared on the release of this run.
fn experiment(place: &Place<'_>, args: &QuickstartArgs) -> ExperimentArgs {
    ExperimentArgs {
        release: place.release(),
        model: place.model(),
        methods: METHODS.map(str::to_owned).into(),
        out: args.out.clone(),
        budget: "epochs=1".to_owned(),
        seeds: vec![args.seed],
        encoder: Some(PathBuf::from(ENCODER)),
        splits: Vec::new(),
        profile: None,
        train_config: None,
        predict_config: None,
        precision: "auto".to_owned(),
        device: args.device.clone(),
        title: "RepoPeftBench quickstart".to_owned(),
    }
}

/// The probe corpus of the run's seed.
fn probe(place: &Place, seed: u64, ui: &mut Ui) -> Result<PathBuf> {
    let options = ProbeOptions { seed: Seed(seed), ..ProbeOptions::default() };
    cmd::probe::into(&place.probe(), &options, ui)?;
    Ok(place.probe().join("repos.toml"))
}

/// Where everything of a run lies.
struct Place<'a> {
    root: &'a Path,
}

impl<'a> Place<'a> {
    fn new(root: &'a Path) -> Self {
        Self { root }
    }

    fn probe(&self) -> PathBuf {
        self.root.join("probe")
    }

    fn mining(&self) -> PathBuf {
        self.root.join("mining")
    }

    fn release(&self) -> PathBuf {
        self.root.join("release")
    }

    fn model(&self) -> PathBuf {
        self.root.join("base-model")
    }
}
