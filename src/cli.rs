//! The command line: clap types and nothing else.

mod adapt;
mod audit;
mod check;
mod data;
mod embed;
mod experiment;
mod predict;
mod released;
mod report;
mod repositories;
mod scoring;
mod train;

use std::path::PathBuf;

use bench::partition::Grouping;
use bench::{Profile, Split, Track};
use clap::{Args, Parser, Subcommand, ValueEnum};

#[cfg(feature = "torch")]
pub(crate) use adapt::EncoderArgs;
pub(crate) use adapt::{AdaptArgs, ConvertArgs};
pub(crate) use audit::{AuditArgs, BesideArgs, ScopeArgs};
pub(crate) use check::{CheckArgs, Format};
pub(crate) use data::{BuildArgs, ExportArgs, ImportArgs, Layout, LeaksArgs};
#[cfg(feature = "torch")]
pub(crate) use embed::InspectModelArgs;
pub(crate) use embed::{EmbedArgs, InspectArgs, Inspected};
pub(crate) use experiment::ExperimentArgs;
pub(crate) use predict::{AnswerArgs, Interface, LocalArgs, MethodsArgs, PredictArgs, ServedArgs};
pub(crate) use released::{DiffArgs, StatsArgs, VerifyArgs};
pub(crate) use report::ReportArgs;
pub(crate) use repositories::{DiscoverArgs, FetchArgs, LockArgs};
pub(crate) use scoring::{CompareArgs, ExplainArgs, ScoreArgs, SelftestArgs};
pub(crate) use train::TrainArgs;

/// Regenerates RepoPeftBench from git repositories, runs methods on it, scores predictions, writes leaderboards.
///
/// Exit codes: 0 done; 1 the answer is no (predictions that do not cover their release, a release that is not whole,
/// releases that differ); 2 failed (wrong command line, or an
/// input that is missing, broken or invalid); 3 a threshold was missed.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 110, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) global: Global,
}

const EXAMPLES: &str = "\
Examples:
  repopeft quickstart
      everything on the built-in probe corpus: mine, build, pretrain, train, predict, score, audit, report
  repopeft mine --repo msiemens/tinydb=https://github.com/msiemens/tinydb --out mining
      the tasks of one repository
  repopeft check --release release mine.jsonl
      is everything answered, and nothing wrong?
  repopeft score --release release --predictions mine.jsonl --out scores
      score your own model
  repopeft predict --endpoint http://127.0.0.1:8000/v1 --model-name NAME --release release --out served.jsonl
      ask a model that an OpenAI-compatible server runs";

/// Options of every verb.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Threads to use; all processors if absent. Data and scores are the same with any number.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// No progress and no notes, only results and errors.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make the probe corpus: small generated repositories whose answers are known to depend on the repository.
    Probe(ProbeArgs),
    /// Find repositories on GitHub by the published criteria.
    Discover(DiscoverArgs),
    /// Clone repositories, bare and with full history, into a folder of mirrors.
    Fetch(FetchArgs),
    /// Pin repositories to commits and write the list of those that meet the criteria.
    Lock(LockArgs),
    /// Extract assertion-completion tasks from git repositories.
    Mine(MineArgs),
    /// Split mined tasks and seal them as a release.
    Build(BuildArgs),
    /// Show where answers are at hand, and which tasks were trained on.
    Leaks(LeaksArgs),
    /// Write tasks in a layout for other programs.
    Export(ExportArgs),
    /// Make a release of tables in the published column layout.
    Import(ImportArgs),
    /// Say whether a release is whole, recomputed from its tables and, if you like, from the repositories.
    Verify(VerifyArgs),
    /// Count what releases hold: the paper's tables and figures with its numbers beside.
    Stats(StatsArgs),
    /// Say what changed between two releases, or between a release and published tables.
    Diff(DiffArgs),
    /// Train a tokenizer and a small base model from mined source code.
    Pretrain(PretrainArgs),
    /// Train a method on the training tasks of a release.
    Train(TrainArgs),
    /// Make the adapter of one repository, from a clone and a trained network.
    Adapt(Box<AdaptArgs>),
    /// Make an artifact of a checkpoint that the authors released.
    Convert(ConvertArgs),
    /// Make vectors of repositories, which networks read to know where they are.
    Embed(EmbedArgs),
    /// Look into a model or a file of vectors.
    Inspect(InspectArgs),
    /// List the methods, or show the settings of one.
    Methods(MethodsArgs),
    /// Answer the tasks of a release with a method.
    Predict(Box<PredictArgs>),
    /// Say whether a method that claims to know repositories does: adapters and contexts of others in place of its own.
    Audit(Box<AuditArgs>),
    /// Say whether predictions fit their release, and everything that is wrong with them.
    Check(CheckArgs),
    /// Score predictions against their release.
    Score(ScoreArgs),
    /// Compare methods on the tasks that they share: paired differences, tests, ties.
    Compare(CompareArgs),
    /// Show one task: its source, the answers, how they were cleaned and scored.
    Explain(ExplainArgs),
    /// Score the golden vectors of the reference and report every difference.
    Selftest(SelftestArgs),
    /// Write the leaderboard page from scores.
    Report(ReportArgs),
    /// Train, answer and score with several methods, equally long, and write their leaderboard.
    Experiment(Box<ExperimentArgs>),
    /// Run everything once, from repositories to the leaderboard page.
    Quickstart(QuickstartArgs),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft probe --out probe && repopeft mine --repos probe/repos.toml --out mining
  repopeft probe --out probe --label evolution --labels needs.jsonl
      what the tasks of a release of the corpus need, for `score --slices needs.jsonl`")]
pub(crate) struct ProbeArgs {
    /// Folder for the repositories, their labels and repos.toml.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Training repositories.
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) train: u32,
    /// Repositories of CR-val.
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) cr_val: u32,
    /// Repositories of CR-test.
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) cr_test: u32,
    /// Repositories of OOD.
    #[arg(long, default_value_t = 6, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) ood: u32,
    /// Commits of each repository, at least 32.
    #[arg(long, default_value_t = 40, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) commits: u32,
    /// Root of all randomness.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
    /// Make nothing, but say what the evaluated tasks of this release, made of the corpus in --out, need. Releases of the
    /// static track hold that already.
    #[arg(long, value_name = "DIR", requires = "labels", conflicts_with_all = ["train", "cr_val", "cr_test", "ood", "commits", "seed"])]
    pub(crate) label: Option<PathBuf>,
    /// The file for that.
    #[arg(long, value_name = "FILE", requires = "label")]
    pub(crate) labels: Option<PathBuf>,
}

/// Seconds that a repository may take; the largest real histories take minutes.
pub(crate) const TIME_LIMIT: u64 = 3_600;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft mine --repo msiemens/tinydb=clones/tinydb --out mining
  repopeft mine --repo pypa/pipx=https://github.com/pypa/pipx@1.7.1 --out mining
  repopeft mine --repos repos.toml --out mining --threads 8")]
pub(crate) struct MineArgs {
    /// A repository: a path (ordinary or bare clone) or a URL, optionally with a commit, tag or branch.
    #[arg(long = "repo", value_name = "OWNER/NAME=PATH_OR_URL[@REV]", required_unless_present = "repos")]
    pub(crate) repo: Vec<String>,
    /// A list of repositories.
    #[arg(long, value_name = "FILE", conflicts_with = "repo")]
    pub(crate) repos: Option<PathBuf>,
    /// Folder for the mined tables; complete shards in it are used again.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Folder for clones of URLs; the user's cache folder if absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Folder of mirrors that `fetch` made; URLs with a mirror there are not cloned.
    #[arg(long, value_name = "DIR")]
    pub(crate) mirrors: Option<PathBuf>,
    /// What is mined: static (one snapshot a repository), evolution (its history, which needs the snapshot too).
    #[arg(long, value_delimiter = ',', default_value = "static,evolution", value_parser = parse_track, value_name = "TRACK,...")]
    pub(crate) tracks: Vec<Track>,
    /// The rules: paper, what the authors ran; strict, what the paper describes, with their quirks repaired.
    #[arg(long, default_value_t = Profile::Paper, value_parser = parse_profile)]
    pub(crate) profile: Profile,
    /// Which tasks strict keeps where a limit binds [default: random]; paper always keeps the shortest.
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) keep: Option<Keep>,
    /// Finish without the repositories that fail instead of failing.
    #[arg(long)]
    pub(crate) skip_failed: bool,
    /// Seconds that one repository may take once it is cloned; one that takes longer fails. Looked at between commits and
    /// between files, so a run may go on for a little longer.
    #[arg(long, default_value_t = TIME_LIMIT, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) time_limit: u64,
}

/// Which tasks are kept where a limit binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keep {
    /// Any, drawn by the published seed.
    Random,
    /// Those with the shortest targets.
    Shortest,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Example:
  repopeft pretrain --release release --out base-model
      a folder that `transformers` loads: AutoModelForCausalLM.from_pretrained(\"base-model\")")]
pub(crate) struct PretrainArgs {
    /// The release whose training repositories are read.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// Folder for the model.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Settings (TOML) over the embedded ones, which docs/pretrain.md lists.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Root of all randomness.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft quickstart                       the probe corpus, into ./quickstart
  repopeft quickstart --repos mine.toml     real repositories
  repopeft quickstart --methods pretrained,rag,slora,static
      some of the methods

An interrupted run is taken up where it stopped.")]
pub(crate) struct QuickstartArgs {
    /// Real repositories instead of the probe corpus.
    #[arg(long, value_name = "FILE")]
    pub(crate) repos: Option<PathBuf>,
    /// Folder for everything.
    #[arg(long, default_value = "quickstart", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Of the methods only these; a track for which none is named is left out.
    #[arg(long, value_delimiter = ',', value_name = "METHOD,...")]
    pub(crate) methods: Vec<String>,
    /// Settings of `pretrain` (TOML) over the embedded ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) pretrain_config: Option<PathBuf>,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Root of all randomness.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
}

fn parse_profile(word: &str) -> Result<Profile, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}

fn parse_grouping(word: &str) -> Result<Grouping, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}

fn parse_split(word: &str) -> Result<Split, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}

fn parse_track(word: &str) -> Result<Track, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}
