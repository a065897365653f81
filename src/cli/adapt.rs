//! Options of `adapt` and `convert`.

use std::path::PathBuf;

use bench::{Partition, Profile, Track};
use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft adapt --method static --checkpoint static --model base-model --encoder hashed --fit-on release --out adapter clone
      the adapter of the repository in the folder `clone`, of an artifact that `train` wrote
  repopeft adapt --method static --checkpoint code2lora_direct.pt --model Qwen2.5-Coder-1.5B --encoder Qwen3-Embedding-0.6B --out adapter clone
      the same of a checkpoint that the authors released
  repopeft adapt --method evo --state clone.state --checkpoint evo --model base-model --encoder hashed --fit-on evolution --out adapter clone
      reads the whole history the first time, and only what is new whenever it is called again

PeftModel.from_pretrained(model, \"adapter\") of the Python library `peft` loads the adapter, and so do the servers that read
its folders.")]
pub(crate) struct AdaptArgs {
    /// The repository: a folder with a clone, bare or not. Nothing in it is checked out or run.
    pub(crate) repo: PathBuf,
    /// The method whose network it is: static, static-layers, evo, text2lora, text2lora-shared, paw, residual or
    /// residual-evo.
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: String,
    /// An artifact of `train` or `convert`, the network.safetensors in one, or a released .pt.
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) checkpoint: PathBuf,
    /// The base model: a Hugging Face folder, of which only config.json is read unless the checkpoint is an artifact.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Folder for the adapter; one that stands there is replaced.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The commit, tag or branch that is adapted to; HEAD if absent.
    #[arg(long, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// The file that keeps the state of the repository, for methods that walk its history.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) encoder: EncoderArgs,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Repeat every step of the network, and print medians of 50 after 10 for warming up.
    #[arg(long)]
    pub(crate) measure: bool,
    /// The rules by which files are read, those of `mine`: paper or strict.
    #[arg(long, default_value_t = Profile::Paper, value_parser = parse_profile, value_name = "PROFILE", help_heading = "Reading")]
    pub(crate) profile: Profile,
    /// As which track reads them: static or evolution [default: static for vectors of the kind `static_g1`, else evolution].
    #[arg(long, value_parser = parse_track, value_name = "TRACK", help_heading = "Reading")]
    pub(crate) track: Option<Track>,
    /// The part of the benchmark that the repository belongs to: `ood_test` is told from the others.
    #[arg(long, value_parser = parse_partition, value_name = "PARTITION", help_heading = "Reading")]
    pub(crate) partition: Option<Partition>,
}

/// The encoder of a network that was trained.
#[derive(Debug, Clone, Args)]
pub(crate) struct EncoderArgs {
    /// The encoder of the network: `hashed`, or the Hugging Face folder of a Qwen3 or Qwen2 model.
    #[arg(long, value_name = "hashed|DIR")]
    pub(crate) encoder: PathBuf,
    /// The release whose training repositories say how the hashed encoder weighs words.
    #[arg(long, value_name = "DIR", help_heading = "Encoder")]
    pub(crate) fit_on: Option<PathBuf>,
    /// Root of the hashed encoder's projection [default: 0].
    #[arg(long, value_name = "N", help_heading = "Encoder")]
    pub(crate) encoder_seed: Option<u64>,
    /// f32 or bf16, of an encoder with weights [default: what the network was trained with; of released ones as published].
    #[arg(long, value_name = "PRECISION", help_heading = "Encoder")]
    pub(crate) encoder_precision: Option<String>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Example:
  repopeft convert code2lora_direct.pt --model Qwen2.5-Coder-1.5B --encoder Qwen3-Embedding-0.6B --out direct
  repopeft embed --release release --encoder Qwen3-Embedding-0.6B --kind repo_state_g2 --out state.safetensors
  repopeft predict static-g2 --release release --model Qwen2.5-Coder-1.5B --artifact direct --vectors state.safetensors --out static.jsonl")]
pub(crate) struct ConvertArgs {
    /// A released checkpoint: Code2LoRA-Static of either generation, or Code2LoRA-Evo.
    pub(crate) released: PathBuf,
    /// The base model that it was made for: a Hugging Face folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Folder for the artifact.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) encoder: EncoderArgs,
}

fn parse_profile(word: &str) -> Result<Profile, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}

fn parse_track(word: &str) -> Result<Track, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}

fn parse_partition(word: &str) -> Result<Partition, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}
