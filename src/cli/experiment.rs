//! Options of `experiment`.

use std::path::PathBuf;

use bench::{MethodProfile, Split};
use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft experiment --release release --model base-model --methods pretrained,rag,slora --encoder hashed --out run
      train, answer, score, and the leaderboard of the three
  repopeft experiment --release release --model base-model --methods slora,plora --budget examples=20000 \\
      --seeds 0,1,2 --out run
      each trained method three times, every time on as many examples
  repopeft experiment --release release --model base-model --methods slora,static --audit static --encoder hashed --out run
      the board also says whether the network's adapters know their repositories

An interrupted experiment is taken up where it stopped, and more methods or seeds can be added to a finished one.")]
pub(crate) struct ExperimentArgs {
    /// The release that is trained on and answered.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// The base model: a Hugging Face folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// The methods; `repopeft methods` lists them.
    #[arg(long, value_delimiter = ',', required = true, value_name = "METHOD,...")]
    pub(crate) methods: Vec<String>,
    /// Folder for everything.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How much each trained method is presented, all its adapters together: epochs=N, examples=N, tokens=N (supervised
    /// ones) or steps=N.
    #[arg(long, default_value = "epochs=1", value_name = "UNIT=N")]
    pub(crate) budget: String,
    /// Roots of randomness; each trained method is trained with each of them.
    #[arg(long, value_delimiter = ',', default_value = "0", value_name = "N,...")]
    pub(crate) seeds: Vec<u64>,
    /// What makes vectors, for methods that search by them and for networks that read those of repositories: `hashed`, or
    /// the Hugging Face folder of an encoder.
    #[arg(long, value_name = "hashed|DIR")]
    pub(crate) encoder: Option<PathBuf>,
    /// The splits to answer; all evaluated ones if absent.
    #[arg(long, value_delimiter = ',', value_parser = super::parse_split, value_name = "SPLIT,...")]
    pub(crate) splits: Vec<Split>,
    /// Those of the methods that are audited too; the board shows the verdicts.
    #[arg(long, value_delimiter = ',', value_name = "METHOD,...")]
    pub(crate) audit: Vec<String>,
    /// Repositories that an audit looks at, at most.
    #[arg(long, default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) audit_repos: u32,
    /// Tasks of each of them, at most.
    #[arg(long, default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) audit_tasks: u32,
    /// Groupings of your own for the scores, as for `score --slices`.
    #[arg(long, value_name = "FILE")]
    pub(crate) slices: Option<PathBuf>,
    /// Conditions of the methods whose names do not say theirs: fair, paper-g1 or paper-g2 [default: fair].
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<MethodProfile>,
    /// Settings of training (TOML) over the embedded ones, for every trained method.
    #[arg(long, value_name = "FILE")]
    pub(crate) train_config: Option<PathBuf>,
    /// Settings of answering (TOML) over the embedded ones, for every method.
    #[arg(long, value_name = "FILE")]
    pub(crate) predict_config: Option<PathBuf>,
    /// Numbers the base model computes in: auto, f32 or bf16.
    #[arg(long, default_value = "auto", value_name = "KIND")]
    pub(crate) precision: String,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Title of the page.
    #[arg(long, default_value = "RepoPeftBench experiment", value_name = "TEXT")]
    pub(crate) title: String,
}
