//! `quickstart`: every step once, from repositories to the leaderboard page.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use bench::{Profile, Release, Seed, Track};
use miner::probe::ProbeOptions;

use crate::cli::{
    AnswerArgs, BuildArgs, LocalArgs, MineArgs, PretrainArgs, QuickstartArgs, ReportArgs, ScoreArgs, TIME_LIMIT,
};
use crate::cmd;
use crate::exit::Answer;
use crate::ui::{Ui, duration};

/// The methods that are run, one row of the leaderboard each.
const METHODS: [&str; 2] = ["pretrained", "rag"];

/// Runs the pipeline into `args.out`; steps that are complete there are not repeated.
pub(crate) fn run(args: &QuickstartArgs, ui: &mut Ui) -> Result<Answer> {
    let start = Instant::now();
    let place = Place::new(&args.out);
    let list = match &args.repos {
        Some(list) => list.clone(),
        None => probe(&place, args.seed, ui)?,
    };
    let mut steps = Steps { ui, start, total: 4 + 2 * METHODS.len(), done: 0 };
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
    for method in METHODS {
        answer_and_score(&place, method, args, &mut steps)?;
    }
    steps.begin("report: the leaderboard");
    let report = ReportArgs {
        release: vec![place.release()],
        scores: METHODS.iter().map(|method| place.scores(method)).collect(),
        predictions: METHODS.iter().map(|method| place.predictions(method)).collect(),
        submissions: None,
        serve: None,
        training: Vec::new(),
        statistics: None,
        out: place.report(),
        title: "RepoPeftBench quickstart".to_owned(),
        prompt_chars: 2_000,
    };
    cmd::report::run(&report, steps.ui)?;
    let page = place.report().join("index.html");
    let page = page.canonicalize().unwrap_or(page);
    ui.note(&format!("done in {}", duration(start.elapsed())));
    ui.data(&format!("open {}", page.display()));
    Ok(Answer::Done)
}

/// The probe corpus of the run's seed.
fn probe(place: &Place, seed: u64, ui: &mut Ui) -> Result<PathBuf> {
    let options = ProbeOptions { seed: Seed(seed), ..ProbeOptions::default() };
    cmd::probe::into(&place.probe(), &options, ui)?;
    Ok(place.probe().join("repos.toml"))
}

/// Answers every evaluated split with `method` and scores the answers.
fn answer_and_score(place: &Place, method: &str, args: &QuickstartArgs, steps: &mut Steps<'_>) -> Result<()> {
    steps.begin(&format!("predict: {method}"));
    let release = Release::open(&place.release()).context("the release was just built")?;
    let evaluated = release.splits().into_iter().filter(|split| bench::Split::EVALUATED.contains(split)).collect();
    let answer =
        AnswerArgs { release: place.release(), out: place.predictions(method), splits: evaluated, config: None };
    let local = LocalArgs {
        encoder: None,
        vectors: Vec::new(),
        profile: None,
        model: Some(place.model()),
        artifact: None,
        precision: "auto".to_owned(),
        batch_rows: 32,
        batch_tokens: 32_768,
        draft: "both".to_owned(),
        no_sharing: false,
        device: args.device.clone(),
    };
    cmd::torch::predict(method, &answer, &local, steps.ui)?;
    steps.begin(&format!("score: {method}"));
    let score = ScoreArgs {
        release: Some(place.release()),
        predictions: vec![place.predictions(method)],
        out: place.scores(method),
        pairs: None,
        allow_missing: false,
        slices: None,
        fail_under: Vec::new(),
        resamples: bench::paper::RESAMPLES,
        seed: args.seed,
    };
    cmd::score::run(&score, steps.ui)?;
    Ok(())
}

/// Announces steps with their number and the time that has passed.
struct Steps<'a> {
    ui: &'a mut Ui,
    start: Instant,
    total: usize,
    done: usize,
}

impl Steps<'_> {
    fn begin(&mut self, what: &str) {
        self.done += 1;
        self.ui.note(&format!("[{}/{}, {}] {what}", self.done, self.total, duration(self.start.elapsed())));
    }
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

    fn predictions(&self, method: &str) -> PathBuf {
        self.root.join("predictions").join(format!("{method}.parquet"))
    }

    fn scores(&self, method: &str) -> PathBuf {
        self.root.join("scores").join(method)
    }

    fn report(&self) -> PathBuf {
        self.root.join("report")
    }
}
