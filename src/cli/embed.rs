//! Options of `embed` and `inspect`.

use std::path::PathBuf;

use bench::VectorKind;
use clap::{Args, Subcommand};

/// Numbers of a repository vector that the hashed encoder makes, and at most. M24; our choice.
const WIDTHS: std::ops::RangeInclusive<u32> = 2..=1 << 17;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft embed --release release --encoder hashed --kind repo_state_g2 --out vectors/hashed.safetensors
      without any weights
  repopeft embed --release evolution --encoder Qwen3-Embedding-0.6B --kind diff_g2 --out vectors/diffs.safetensors
      the published encoder, from its folder
  repopeft embed --release other --encoder hashed --fit-on release --kind static_g1 --out vectors/other.safetensors
      vectors of another release, for a network that was trained on vectors of the first
  repopeft embed --release imported --stored published --encoder Qwen3-Embedding-0.6B --kind repo_state_g2 --out vectors/published.safetensors
      those that the published tables hold

An interrupted run is taken up where it stopped.")]
pub(crate) struct EmbedArgs {
    /// The release whose repositories are read.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// `hashed`, which needs no weights, or the Hugging Face folder of a Qwen3 or Qwen2 model (write ./hashed for a
    /// folder of this name).
    #[arg(long, value_name = "hashed|DIR")]
    pub(crate) encoder: PathBuf,
    /// What there is a vector of: `static_g1`, the production files of a snapshot; `repo_state_g2`, all Python files of
    /// a tree; `diff_g2`, the production diff of a kept commit.
    #[arg(long, value_parser = parse_kind, value_name = "KIND")]
    pub(crate) kind: VectorKind,
    /// The file of vectors, .safetensors.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Take the vectors that the tables in DIR hold, a folder in the published layout, instead of encoding anything;
    /// --encoder says which model made them.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["exclude_tests", "width", "fit_on", "seed"])]
    pub(crate) stored: Option<PathBuf>,
    /// Leave test files out of `repo_state_g2`; the published vectors count them in, the file of the task included.
    #[arg(long)]
    pub(crate) exclude_tests: bool,
    /// Numbers of a repository vector, an even number.
    #[arg(long, value_name = "N", help_heading = "Hashed encoder", value_parser = parse_width)]
    pub(crate) width: Option<u32>,
    /// The release whose training repositories say how much words weigh; --release if absent.
    #[arg(long, value_name = "DIR", help_heading = "Hashed encoder")]
    pub(crate) fit_on: Option<PathBuf>,
    /// Root of the projection [default: 0].
    #[arg(long, value_name = "N", help_heading = "Hashed encoder")]
    pub(crate) seed: Option<u64>,
    /// Where tensors live: auto, cpu or cuda:N [default: auto].
    #[arg(long, value_name = "DEVICE", help_heading = "Encoders with weights")]
    pub(crate) device: Option<String>,
    /// f32 or bf16 [default: bf16 for `static_g1`, f32 for the others, as published].
    #[arg(long, value_name = "PRECISION", help_heading = "Encoders with weights")]
    pub(crate) precision: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft inspect model base-model --ids ids.json --out logits.safetensors
      logits, to be held against another runtime
  repopeft inspect model Qwen3-Embedding-0.6B --ids ids.txt --hidden --out hidden.safetensors
  repopeft inspect vectors vectors/hashed.safetensors")]
pub(crate) struct InspectArgs {
    #[command(subcommand)]
    pub(crate) what: Inspected,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Inspected {
    /// Write what a model computes for given ids.
    Model(InspectModelArgs),
    /// Say what a file of vectors holds.
    Vectors {
        /// A file that `embed` wrote.
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct InspectModelArgs {
    /// A Hugging Face folder.
    pub(crate) folder: PathBuf,
    /// Ids: a JSON list of lists, or .txt with a row a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) ids: PathBuf,
    /// The file of tensors, logits.0, logits.1, … or hidden.0, …, each [tokens, numbers] in f32.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Hidden states after the last norm instead of logits.
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// What is computed in: f32, bf16, or auto, which is bf16 on a GPU.
    #[arg(long, default_value = "f32", value_name = "PRECISION")]
    pub(crate) precision: String,
}

fn parse_kind(word: &str) -> Result<VectorKind, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}

fn parse_width(word: &str) -> Result<u32, String> {
    word.parse()
        .ok()
        .filter(|width| WIDTHS.contains(width) && width % 2 == 0)
        .ok_or_else(|| format!("must be an even number from {} to {}", WIDTHS.start(), WIDTHS.end()))
}
