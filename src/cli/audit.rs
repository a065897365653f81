//! Options of `audit`.

use std::path::PathBuf;

use bench::{MethodProfile, Split};
use clap::Args;

use super::parse_split;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft audit static --release release --model base-model --artifact static --vectors state.safetensors --out audit/static
      does the network know the repositories of CR-test?
  repopeft audit plora --release release --model base-model --artifact plora --splits ir_test --out audit/plora
      adapters of training repositories, on tasks of these
  repopeft audit rag --encoder hashed --release release --model base-model --max-repos 8 --max-tasks 50 --out audit/rag
      a method whose prompts know the repository: contexts of others in place of adapters of others
  repopeft audit static --release release --model base-model --artifact static --vectors state.safetensors \\
      --plora plora --control audit/static-constant --control audit/static-permuted --out audit/static
      the same with the adapters of Per-repo LoRA and the audits of two training controls beside

An interrupted run is taken up where it stopped, and ends with the same bytes. What each number means: docs/audit.md.")]
pub(crate) struct AuditArgs {
    /// The method; one whose weights or prompts depend on the repository, or a control.
    pub(crate) method: String,
    /// The release whose tasks are scored.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// The base model: a Hugging Face folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Folder for audit.json, tasks.parquet and audit.html.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// What `train` made for the method, where it is a trained one.
    #[arg(long, value_name = "DIR")]
    pub(crate) artifact: Option<PathBuf>,
    /// Files of vectors that `embed` wrote, for methods whose network reads the repository.
    #[arg(long, value_delimiter = ',', value_name = "FILE,...")]
    pub(crate) vectors: Vec<PathBuf>,
    /// A file of vectors of another kind and the same width, which must not do better (M171).
    #[arg(long, value_name = "FILE")]
    pub(crate) swapped: Option<PathBuf>,
    /// What makes vectors for methods that search by them: `hashed`, or the Hugging Face folder of an encoder.
    #[arg(long, value_name = "hashed|DIR")]
    pub(crate) encoder: Option<PathBuf>,
    /// Conditions of the run: fair, paper-g1 or paper-g2 [default: fair, or what the method's name says].
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<MethodProfile>,
    /// Settings (TOML) over the embedded ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    #[command(flatten)]
    pub(crate) beside: BesideArgs,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Numbers the model computes in: auto, f32 or bf16.
    #[arg(long, default_value = "auto", value_name = "KIND")]
    pub(crate) precision: String,
    /// Prompts read at a time, at most.
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch_rows: u32,
    /// Tokens in all rows of a batch, at most; bounds memory.
    #[arg(long, default_value_t = 32_768, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch_tokens: u32,
}

/// What is scored.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "What is scored")]
pub(crate) struct ScopeArgs {
    /// The splits whose tasks are scored.
    #[arg(long, value_delimiter = ',', value_parser = parse_split, default_value = "cr_test", value_name = "SPLIT,...")]
    pub(crate) splits: Vec<Split>,
    /// Repositories at most, chosen by a hash of their names; all if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) max_repos: Option<u32>,
    /// Tasks of a repository at most, chosen by their ids, which are hashes; all if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_tasks: Option<u32>,
    /// Other repositories that each task is scored under, at most, the next ones by name; all if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_others: Option<u32>,
    /// Leave out what adds more and more of a residual (M167 to M170): the quickest audit with a verdict.
    #[arg(long)]
    pub(crate) no_blends: bool,
    /// Leave out completions, hence exact match: likelihoods alone.
    #[arg(long)]
    pub(crate) no_completions: bool,
    /// Groups of tasks that are looked at apart (JSON), declared before the run [default: those of the rules].
    #[arg(long, value_name = "FILE")]
    pub(crate) strata: Option<PathBuf>,
}

/// What is laid beside.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "What is laid beside")]
pub(crate) struct BesideArgs {
    /// An artifact of plora on the same base model: the geometry of adapters that were trained one a repository (M164).
    #[arg(long, value_name = "DIR")]
    pub(crate) plora: Option<PathBuf>,
    /// A folder that `audit` wrote for a control (M173), shown on the page; may be given several times.
    #[arg(long, value_name = "DIR")]
    pub(crate) control: Vec<PathBuf>,
}
