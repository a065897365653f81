//! Options of the verbs that turn predictions into numbers.

use std::path::PathBuf;

use clap::Args;

use super::Format;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft score --release release --predictions predictions/rag.jsonl --out scores/rag
  repopeft score --release release --predictions shard-0.jsonl --predictions shard-1.jsonl --out scores/rag
  repopeft score --release release --predictions mine.parquet --out scores/mine --fail-under em_strict@cr_test=0.40
  repopeft score --pairs pairs.jsonl --out scored.jsonl
      metrics of any (prediction, target) pairs, without a release

Exit codes: 0 scored; 1 the predictions do not cover their splits (with --allow-missing, tasks without an answer count
as wrong instead); 2 failed or invalid; 3 scored, but a threshold of --fail-under was missed.")]
pub(crate) struct ScoreArgs {
    /// The release that was answered.
    #[arg(long, value_name = "DIR", required_unless_present = "pairs")]
    pub(crate) release: Option<PathBuf>,
    /// A predictions file, .jsonl or .parquet; give one for each shard.
    #[arg(long, value_name = "FILE", required_unless_present = "pairs")]
    pub(crate) predictions: Vec<PathBuf>,
    /// Folder for scores.parquet, summary.json and manifest.json; with --pairs a .jsonl file.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
    /// Score the pairs of this file instead: JSON lines with `prediction` and `target`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["release", "predictions", "allow_missing", "slices", "fail_under", "resamples", "seed"])]
    pub(crate) pairs: Option<PathBuf>,
    /// Count tasks without an answer as wrong.
    #[arg(long)]
    pub(crate) allow_missing: bool,
    /// Your own groupings: JSON lines with `task` and any other columns of text.
    #[arg(long, value_name = "FILE")]
    pub(crate) slices: Option<PathBuf>,
    /// Exit with code 3 if a mean is below VALUE (0..=1), of a split or of every scored one.
    #[arg(long, value_name = "METRIC[@SPLIT]=VALUE")]
    pub(crate) fail_under: Vec<String>,
    /// Bootstrap resamples.
    #[arg(long, default_value_t = bench::paper::RESAMPLES, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) resamples: u32,
    /// Seed of the bootstrap (S77).
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft compare scores/pretrained scores/rag
  repopeft compare scores/pretrained scores/rag scores/slora --metric em_strict --split cr_test --by family --by target_type
  repopeft compare scores/a scores/b --common --format json --out comparison.json")]
pub(crate) struct CompareArgs {
    /// Folders that `score` wrote, two or more; differences are first minus second.
    #[arg(required = true, num_args = 2.., value_name = "SCORES")]
    pub(crate) scores: Vec<PathBuf>,
    /// The metrics to compare; all of them if absent.
    #[arg(long, value_delimiter = ',', value_parser = parse_metric, value_name = "METRIC,...")]
    pub(crate) metric: Vec<bench::Metric>,
    /// The splits to compare; all that every folder has if absent.
    #[arg(long, value_delimiter = ',', value_parser = super::parse_split, value_name = "SPLIT,...")]
    pub(crate) split: Vec<bench::Split>,
    /// Compare within the groups of these properties as well: family, kind, difficulty, …, or your own.
    #[arg(long, value_delimiter = ',', value_name = "PROPERTY,...")]
    pub(crate) by: Vec<String>,
    /// Compare on the tasks that every method answered, instead of counting missing answers as wrong.
    #[arg(long)]
    pub(crate) common: bool,
    /// Bootstrap resamples; sign flips are as many, and at least 10,000.
    #[arg(long, default_value_t = bench::paper::RESAMPLES, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) resamples: u32,
    /// Seed of the draws.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
    /// What is printed.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Write the comparison to this file as well, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft explain 0123456789abcdef0123456789abcdef --release release --predictions predictions/rag.jsonl
  repopeft explain 0123abcd --release release --predictions a.jsonl --predictions b.jsonl --lines 12
      the first digits of an id suffice; several files show several methods")]
pub(crate) struct ExplainArgs {
    /// The task's id, or enough of its first digits.
    #[arg(value_name = "TASK")]
    pub(crate) task: String,
    /// The release.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// Predictions files; without any, only the task is shown.
    #[arg(long, value_name = "FILE")]
    pub(crate) predictions: Vec<PathBuf>,
    /// Lines of source before and after the cut.
    #[arg(long, default_value_t = 8, value_name = "N")]
    pub(crate) lines: usize,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft selftest
  repopeft selftest --golden golden
      other vectors of the same layout: metrics.jsonl, bootstrap.jsonl, taxonomy.jsonl")]
pub(crate) struct SelftestArgs {
    /// Folder of golden files; those inside the binary if absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) golden: Option<PathBuf>,
}

fn parse_metric(word: &str) -> Result<bench::Metric, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}
