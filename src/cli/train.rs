//! Options of `train`.

use std::path::PathBuf;

use bench::MethodProfile;
use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft train slora --release release --model base-model --out slora --dry-run
      what it would present, and what memory and time it would take
  repopeft train slora --release release --model base-model --out slora
  repopeft train fft --release release --model base-model --out fft --budget examples=20000
      as many examples as another method was presented
  repopeft train plora --release release --model base-model --out plora-g1 --profile paper-g1
      as the authors trained it for their Table 2
  repopeft train static --release release --model base-model --vectors state.safetensors --out static
      a network that makes an adapter of a repository's vector, which `repopeft embed` wrote
  repopeft train evo --release release --model base-model --vectors state.safetensors,diffs.safetensors --out evo
      one that takes up every commit's diff

An interrupted run is taken up at its last checkpoint, and ends with the same bytes.")]
pub(crate) struct TrainArgs {
    /// The method, without a profile: fft, slora, slora-shared, plora, text2lora, text2lora-shared, paw, static,
    /// static-layers, evo, residual, residual-evo, or a control of one of these.
    pub(crate) method: String,
    /// The release whose training tasks are read.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// The base model: a Hugging Face folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Folder for the artifact.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The conditions: fair, paper-g1 or paper-g2.
    #[arg(long, default_value_t = MethodProfile::Fair, value_name = "PROFILE", value_parser = parse_profile)]
    pub(crate) profile: MethodProfile,
    /// Settings (TOML) over the embedded ones, which docs/train.md lists.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Files of vectors that `embed` wrote, for methods whose network reads the repository.
    #[arg(long, value_delimiter = ',', value_name = "FILE,...")]
    pub(crate) vectors: Vec<PathBuf>,
    /// How much is presented: epochs=N, examples=N, tokens=N (supervised ones) or steps=N; for plora, to each adapter.
    #[arg(long, value_name = "UNIT=N")]
    pub(crate) budget: Option<String>,
    /// Divide the budget among the adapters of plora, and of no other method: all of them together are presented so much.
    #[arg(long)]
    pub(crate) share_budget: bool,
    /// Root of all randomness.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Numbers the base model computes in: auto, f32 or bf16. Adapters are in f32.
    #[arg(long, default_value = "auto", value_name = "KIND")]
    pub(crate) precision: String,
    /// Steps between checkpoints: a killed run loses at most these.
    #[arg(long, default_value_t = 25, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) checkpoint_every: u64,
    /// Say what would be presented, and what memory and time it would take, without reading weights.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

fn parse_profile(word: &str) -> Result<MethodProfile, String> {
    word.parse().map_err(|e: bench::Error| e.to_string())
}
