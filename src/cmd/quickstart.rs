//! `quickstart`: every step once, from repositories to the leaderboard page.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::{Profile, Seed, Split, Track};
use miner::probe::ProbeOptions;

use crate::cli::{BuildArgs, ExperimentArgs, MineArgs, PretrainArgs, QuickstartArgs, TIME_LIMIT};
use crate::cmd;
use crate::cmd::experiment::{AFTER, Plan};
use crate::cmd::steps::Steps;
use crate::exit::Answer;
use crate::ui::Ui;

/// The methods of the static track, a row of the leaderboard each.
const STATIC: &[&str] = &[
    "pretrained",
    "rag",
    "drc",
    "icl",
    "fft",
    "fft-rag",
    "slora",
    "slora-shared",
    "plora",
    "text2lora",
    "paw",
    "static",
    "residual",
    "residual-constant",
    "residual-permuted",
];
/// Those of the evolution track: networks that read histories, and what they are held against.
const EVOLUTION: &[&str] = &["pretrained", "slora", "static-anchor", "evo", "residual-evo"];
/// Of all these, the ones that are audited.
const AUDITED: &[&str] =
    &["rag", "slora", "static", "evo", "residual", "residual-constant", "residual-permuted", "residual-evo"];
/// What each trained method is presented.
const BUDGET: &str = "examples=400";
/// Settings of training that differ from the embedded ones, until the user writes others: fewer measures, because runs are
/// short.
const TRAINING: &str = "[validation]\nmeasures = 3\n";
/// Repositories that an audit looks at, and tasks of each.
const AUDIT: (u32, u32) = (8, 8);

/// The encoder of methods that search by vectors: it has no weights to fetch.
const ENCODER: &str = "hashed";

/// Runs the pipeline into `args.out`; steps that are complete there are not repeated.
pub(crate) fn run(args: &QuickstartArgs, ui: &mut Ui) -> Result<Answer> {
    let place = Place::new(&args.out);
    let tracks = tracks(&args.methods)?;
    // Whoever changes the settings of a run keeps them.
    if !place.training().exists() {
        bench::file::write_atomic(&place.training(), TRAINING.as_bytes())
            .with_context(|| format!("cannot write {}", place.training().display()))?;
    }
    let plans: Vec<Plan> =
        tracks.iter().map(|track| Plan::new(&experiment(&place, *track, args))).collect::<Result<_>>()?;
    let list = match &args.repos {
        Some(list) => list.clone(),
        None => probe(&place, args.seed, ui)?,
    };
    let before = 1 + tracks.len() + 1;
    let mut steps = Steps::new(before + plans.iter().map(Plan::len).sum::<usize>() + AFTER, ui);
    steps.begin("mine: extracting tasks");
    let mine = MineArgs {
        repo: Vec::new(),
        repos: Some(list),
        out: place.mining(),
        cache: None,
        tracks: tracks.clone(),
        mirrors: None,
        profile: Profile::Paper,
        keep: None,
        skip_failed: args.repos.is_some(),
        time_limit: TIME_LIMIT,
    };
    cmd::mine::run(&mine, steps.ui)?;
    for track in &tracks {
        steps.begin(&format!("build: splitting and sealing the {track} track"));
        cmd::build::run(&build(&place, *track), steps.ui)?;
        if let Some(labels) = labels(&place, *track, args) {
            cmd::probe::label(&place.probe(), &place.release(*track), &labels, steps.ui)?;
        }
    }
    steps.begin("pretrain: a tokenizer and a small base model");
    let pretrain = PretrainArgs {
        release: place.release(tracks[0]),
        out: place.model(),
        config: args.pretrain_config.clone(),
        device: args.device.clone(),
        seed: args.seed,
    };
    cmd::torch::pretrain(&pretrain, steps.ui)?;
    cmd::experiment::finish(&plans, &cmd::experiment::Place::new(place.root), &mut steps)
}

/// The tracks on which any of the `chosen` methods is run, all of them if none is named.
fn tracks(chosen: &[String]) -> Result<Vec<Track>> {
    if let Some(other) = chosen.iter().find(|name| !STATIC.iter().chain(EVOLUTION).any(|method| method == name)) {
        bail!("quickstart does not run {other}; use `repopeft experiment` on the release that it wrote");
    }
    let any = |track: &Track| !methods(*track, chosen).is_empty();
    Ok([Track::Static, Track::Evolution].into_iter().filter(any).collect())
}

/// The methods of `track`.
fn methods(track: Track, chosen: &[String]) -> Vec<String> {
    let methods = match track {
        Track::Static => STATIC,
        Track::Evolution => EVOLUTION,
    };
    let is_chosen = |method: &&&str| chosen.is_empty() || chosen.iter().any(|name| name == **method);
    methods.iter().filter(is_chosen).map(|method| (*method).to_owned()).collect()
}

/// The splits of `track` that are answered: those of CR-test, and where adapters of training repositories are asked.
fn splits(track: Track) -> &'static [Split] {
    match track {
        Track::Static => &[Split::InRepoTest, Split::CrossRepoTest],
        Track::Evolution => &[Split::CrossRepoTest],
    }
}

/// The release of a track, as published.
fn build(place: &Place<'_>, track: Track) -> BuildArgs {
    let published = bench::BuildOptions::new(track);
    BuildArgs {
        mining: place.mining(),
        out: place.release(track),
        track,
        min_pairs: published.min_pairs,
        eval_cap: None,
        train_cap: None,
        file_cap: None,
        group: published.group,
    }
}

/// Where labels of the probe corpus are written for scores; releases of the static track carry their own.
fn labels(place: &Place<'_>, track: Track, args: &QuickstartArgs) -> Option<PathBuf> {
    (track == Track::Evolution && args.repos.is_none()).then(|| place.root.join("needs.jsonl"))
}

/// The methods of a track, compared on its release of this run.
fn experiment(place: &Place<'_>, track: Track, args: &QuickstartArgs) -> ExperimentArgs {
    let methods = methods(track, &args.methods);
    let audit = methods.iter().filter(|method| AUDITED.contains(&method.as_str())).cloned().collect();
    ExperimentArgs {
        release: place.release(track),
        model: place.model(),
        methods,
        out: place.experiment(track),
        budget: BUDGET.to_owned(),
        seeds: vec![args.seed],
        encoder: Some(PathBuf::from(ENCODER)),
        splits: splits(track).to_vec(),
        audit,
        audit_repos: AUDIT.0,
        audit_tasks: AUDIT.1,
        slices: labels(place, track, args),
        profile: None,
        train_config: Some(place.training()),
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

    fn release(&self, track: Track) -> PathBuf {
        match track {
            Track::Static => self.root.join("release"),
            Track::Evolution => self.root.join("release-evolution"),
        }
    }

    fn training(&self) -> PathBuf {
        self.root.join("training.toml")
    }

    fn model(&self) -> PathBuf {
        self.root.join("base-model")
    }

    fn experiment(&self, track: Track) -> PathBuf {
        match track {
            Track::Static => self.root.to_owned(),
            Track::Evolution => self.root.join("evolution"),
        }
    }
}
