//! Options of `predict`: with a method of this program, with a served model, or with a plug-in.

use std::num::NonZeroU32;
use std::path::PathBuf;

use bench::{MethodProfile, Split};
use clap::{ArgGroup, Args, ValueEnum};

use super::parse_split;

/// What excludes options of served models. (A requirement alone does not: it is not looked at where the required option
/// is excluded itself.)
const NOT_SERVED: [&str; 2] = ["method", "plugin"];
/// What excludes options of requests to a server.
const NOT_ASKED: [&str; 3] = ["method", "plugin", "replay"];

#[derive(Debug, Clone, Args)]
#[command(
    group = ArgGroup::new("way").args(["method", "endpoint", "replay", "plugin"]).required(true).multiple(false),
    group = ArgGroup::new("served").args(["endpoint", "replay"]).multiple(false),
    group = ArgGroup::new("elsewhere").args(["endpoint", "replay", "plugin"]).multiple(false),
    after_help = "\
Examples:
  repopeft predict pretrained --release release --model base-model --out pretrained.jsonl
  repopeft predict rag --encoder hashed --release release --model base-model --splits cr_test --out rag.parquet
  repopeft predict drc --profile paper-g2 --release release --model base-model --out drc-g2.jsonl
      as the paper's evolution track was answered; `drc-g2` names the same
  repopeft predict slora --release release --model base-model --artifact slora --out slora.jsonl
      a method that `repopeft train` trained
  repopeft predict static --release release --model base-model --artifact static --vectors state.safetensors \\
      --out static.jsonl
      one whose network reads the vectors that `repopeft embed` wrote
  repopeft predict --endpoint http://127.0.0.1:8000/v1 --model-name qwen --release release --out qwen.jsonl
      a served model; the prompt is the prefix
  repopeft predict --endpoint https://api.example.org/v1 --model-name big --api chat --record big.rec \\
      --requests-per-minute 60 --price-prompt 2.5 --price-completion 10 --release release --out big.jsonl
      a chat model, with the key in the variable OPENAI_API_KEY
  repopeft predict --replay big.rec --model-name big --api chat --release release --out again.jsonl
      the same answers without the server
  repopeft predict --plugin 'python3 plugin.py' --release release --out plugin.jsonl
      a method in a process of its own, see docs/plugin.md

Exit code 1 means that --skip-failed left tasks without an answer."
)]
pub(crate) struct PredictArgs {
    /// A method of this program; `repopeft methods` lists them.
    pub(crate) method: Option<String>,
    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
    #[command(flatten)]
    pub(crate) local: LocalArgs,
    #[command(flatten)]
    pub(crate) served: ServedArgs,
    #[command(flatten)]
    pub(crate) plugin: PluginArgs,
    /// Tokens of a completion at most [default: 128 in the static track, 64 in the evolution track].
    #[arg(
        long,
        value_name = "N",
        requires = "elsewhere",
        conflicts_with = "method",
        help_heading = "Served models and plug-ins"
    )]
    pub(crate) max_new_tokens: Option<NonZeroU32>,
    /// Seconds that an answer may take [default: 120 from a server, 600 from a plug-in].
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "elsewhere", conflicts_with = "method",
        help_heading = "Served models and plug-ins",
        value_parser = clap::value_parser!(u32).range(1..=86_400)
    )]
    pub(crate) timeout: Option<u32>,
}

/// What is answered, and where the answers go.
#[derive(Debug, Clone, Args)]
pub(crate) struct AnswerArgs {
    /// The release to answer.
    #[arg(long, value_name = "DIR")]
    pub(crate) release: PathBuf,
    /// The predictions file, .jsonl or .parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The splits to answer; all evaluated ones if absent.
    #[arg(long, value_delimiter = ',', value_parser = parse_split, value_name = "SPLIT,...")]
    pub(crate) splits: Vec<Split>,
    /// Settings (TOML) over the embedded ones.
    #[arg(long, value_name = "FILE", conflicts_with = "plugin")]
    pub(crate) config: Option<PathBuf>,
}

/// How a method of this program computes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Methods of this program")]
pub(crate) struct LocalArgs {
    /// The base model: a Hugging Face folder.
    #[arg(long, value_name = "DIR", required_unless_present = "elsewhere", conflicts_with = "elsewhere")]
    pub(crate) model: Option<PathBuf>,
    /// Conditions of the run: fair, paper-g1 or paper-g2 [default: fair, or what the method's name says].
    #[arg(long, value_name = "PROFILE", conflicts_with = "elsewhere")]
    pub(crate) profile: Option<MethodProfile>,
    /// What `train` made for the method, where it is a trained one; the base model must be the one it was trained on.
    #[arg(long, value_name = "DIR", conflicts_with = "elsewhere")]
    pub(crate) artifact: Option<PathBuf>,
    /// What makes vectors for methods that search by them: `hashed`, or the Hugging Face folder of an encoder.
    #[arg(long, value_name = "hashed|DIR", conflicts_with = "elsewhere")]
    pub(crate) encoder: Option<PathBuf>,
    /// Files of vectors that `embed` wrote, for methods whose network reads the repository.
    #[arg(long, value_delimiter = ',', value_name = "FILE,...", conflicts_with = "elsewhere")]
    pub(crate) vectors: Vec<PathBuf>,
    /// Numbers the model computes in: auto, f32 or bf16.
    #[arg(long, default_value = "auto", value_name = "KIND", conflicts_with = "elsewhere")]
    pub(crate) precision: String,
    /// Prompts decoded at a time, at most.
    #[arg(long, default_value_t = 32, value_name = "N", conflicts_with = "elsewhere")]
    pub(crate) batch_rows: usize,
    /// Tokens in all rows of a batch, at most; bounds memory.
    #[arg(long, default_value_t = 32_768, value_name = "N", conflicts_with = "elsewhere")]
    pub(crate) batch_tokens: usize,
    /// What is guessed of a completion and verified in one pass: target, ngram, both or none. Answers do not depend on it.
    #[arg(long, default_value = "both", value_name = "KIND", conflicts_with = "elsewhere")]
    pub(crate) draft: String,
    /// Read each prompt from its start, even where another one begins alike.
    #[arg(long, conflicts_with = "elsewhere")]
    pub(crate) no_sharing: bool,
    /// Where tensors live: auto, cpu or cuda:N.
    #[arg(long, default_value = "auto", value_name = "DEVICE", conflicts_with = "elsewhere")]
    pub(crate) device: String,
}

/// What of the registry is shown.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft methods
      a line a method and profile: name, title, context, weights, limits of tokens, rules
  repopeft methods rag-g1
      every setting of retrieval as the static track had it, as TOML that --config can start from")]
pub(crate) struct MethodsArgs {
    /// A method whose settings are shown; all methods are listed if absent.
    pub(crate) method: Option<String>,
    /// The profile of these settings: fair, paper-g1 or paper-g2 [default: fair, or what the method's name says].
    #[arg(long, value_name = "PROFILE", requires = "method")]
    pub(crate) profile: Option<MethodProfile>,
}

/// Which interface of a server is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Interface {
    /// The prompt is the prefix.
    Completions,
    /// The prompt is an instruction that holds the prefix.
    Chat,
}

/// How a served model is asked.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Served models")]
pub(crate) struct ServedArgs {
    /// The address of an OpenAI-compatible server, up to and without /completions.
    #[arg(long, value_name = "URL", requires = "model_name")]
    pub(crate) endpoint: Option<String>,
    /// Answers from a recording instead of a server; one that is missing ends the run.
    #[arg(long, value_name = "FILE", requires = "model_name")]
    pub(crate) replay: Option<PathBuf>,
    /// The model's name on the server.
    #[arg(long, value_name = "NAME", requires = "served", conflicts_with_all = NOT_SERVED, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) model_name: Option<String>,
    /// The interface.
    #[arg(long, value_enum, default_value_t = Interface::Completions, requires = "served", conflicts_with_all = NOT_SERVED)]
    pub(crate) api: Interface,
    /// The environment variable that holds the API key [default: `OPENAI_API_KEY`, if it is set]; '' for no key.
    #[arg(long, value_name = "NAME", requires = "endpoint", conflicts_with_all = NOT_ASKED)]
    pub(crate) api_key_env: Option<String>,
    /// Requests under way at a time, at most.
    #[arg(long, default_value_t = 8, value_name = "N", requires = "endpoint", conflicts_with_all = NOT_ASKED, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: u16,
    /// Requests a minute, at most.
    #[arg(long, value_name = "N", requires = "endpoint", conflicts_with_all = NOT_ASKED)]
    pub(crate) requests_per_minute: Option<NonZeroU32>,
    /// Tokens a minute, read and written, at most.
    #[arg(long, value_name = "N", requires = "endpoint", conflicts_with_all = NOT_ASKED)]
    pub(crate) tokens_per_minute: Option<NonZeroU32>,
    /// Further tries after a failure, each after twice the time, or after what Retry-After says.
    #[arg(long, default_value_t = 6, value_name = "N", requires = "endpoint", conflicts_with_all = NOT_ASKED, value_parser = clap::value_parser!(u32).range(..=100))]
    pub(crate) retries: u32,
    /// Root of the spread of waits between tries.
    #[arg(long, default_value_t = 0, value_name = "N", requires = "endpoint", conflicts_with_all = NOT_ASKED)]
    pub(crate) seed: u64,
    /// Finish without the tasks that the server refuses or does not answer with a completion.
    #[arg(long, requires = "endpoint", conflicts_with_all = NOT_ASKED)]
    pub(crate) skip_failed: bool,
    /// A text that ends a completion; may be given several times.
    #[arg(long, value_name = "TEXT", requires = "served", conflicts_with_all = NOT_SERVED, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) stop: Vec<String>,
    /// Characters of a prefix at most, the last ones; all if absent.
    #[arg(long, value_name = "N", requires = "served", conflicts_with_all = NOT_SERVED, value_parser = parse_chars)]
    pub(crate) max_prompt_chars: Option<usize>,
    /// Appends every answer to a recording; what it already holds is not asked again.
    #[arg(long, value_name = "FILE", requires = "endpoint", conflicts_with_all = NOT_ASKED)]
    pub(crate) record: Option<PathBuf>,
    /// Price of a million tokens read.
    #[arg(long, value_name = "PRICE", requires_all = ["served", "price_completion"], conflicts_with_all = NOT_SERVED, value_parser = parse_price)]
    pub(crate) price_prompt: Option<f64>,
    /// Price of a million tokens written.
    #[arg(long, value_name = "PRICE", requires_all = ["served", "price_prompt"], conflicts_with_all = NOT_SERVED, value_parser = parse_price)]
    pub(crate) price_completion: Option<f64>,
}

/// How a plug-in is started.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Plug-ins")]
pub(crate) struct PluginArgs {
    /// A program that speaks the plug-in protocol, with its arguments; quotes as in a shell, nothing is expanded.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) plugin: Option<String>,
}

fn parse_chars(word: &str) -> Result<usize, String> {
    word.parse().ok().filter(|count| *count > 0).ok_or_else(|| "it must be a number, at least 1".to_owned())
}

fn parse_price(word: &str) -> Result<f64, String> {
    let price = word.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    price.ok_or_else(|| "it must be a number, at least 0".to_owned())
}
