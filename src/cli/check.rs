//! Options of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people: what is wrong on stderr, the result on stdout.
    Human,
    /// One JSON object on stdout.
    Json,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft check --release release mine.jsonl
      is this file complete, and if not, what is wrong with it?
  repopeft check --release release shard-0.jsonl shard-1.jsonl shard-2.parquet
      several files of one submission
  repopeft check --release release mine.jsonl --format json | jq '.faults[] | .message'
      for programs

Exit codes: 0 complete; 1 incomplete: answers are missing, and nothing else is wrong;
2 invalid, or the release cannot be read. docs/check.md lists the faults.")]
pub(crate) struct CheckArgs {
    /// The release that was answered.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// The files of one submission, .jsonl or .parquet, each with the header of the whole.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Faults of each kind that are shown; all are counted.
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) show: u32,
}
