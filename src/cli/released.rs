//! Options of the verbs that look at releases.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{Format, Keep, TIME_LIMIT};

#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("clones").args(["mirrors", "repos"]).multiple(true))]
#[command(after_help = "\
Examples:
  repopeft verify release
      are the tables those that were sealed, and do they say what they must?
  repopeft verify release --mining mining
      and do they follow from what was mined?
  repopeft verify release --mirrors mirrors --sample 5
      and is that what five of the repositories give when they are mined again?

Exit codes: 0 whole; 1 something is wrong, and is named; 2 the release, the mining folder or a repository cannot be read.
What is mined or built again goes into the system's folder for temporary files, which TMPDIR moves, and is removed.")]
pub(crate) struct VerifyArgs {
    /// The release.
    #[arg(value_name = "RELEASE")]
    pub(crate) release: PathBuf,
    /// Folder of the `mine` that the release was built from, or of another one of some of its repositories.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["mirrors", "repos"])]
    pub(crate) mining: Option<PathBuf>,
    /// Folder of mirrors that `fetch` made: the repositories are mined again.
    #[arg(long, value_name = "DIR")]
    pub(crate) mirrors: Option<PathBuf>,
    /// A list that tells where the repositories are; they are mined again. URLs with a mirror in --mirrors are not cloned.
    #[arg(long, value_name = "FILE")]
    pub(crate) repos: Option<PathBuf>,
    /// Folder for clones of URLs; the user's cache folder if absent.
    #[arg(long, value_name = "DIR", requires = "repos")]
    pub(crate) cache: Option<PathBuf>,
    /// Only so many repositories are mined again, drawn by --seed; all if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "clones", conflicts_with = "mining")]
    pub(crate) sample: Option<u32>,
    /// Root of the draw of --sample.
    #[arg(long, default_value_t = 0, value_name = "N", requires = "sample")]
    pub(crate) seed: u64,
    /// What --keep of `mine` was, for releases of the profile strict [default: random].
    #[arg(long, value_enum, value_name = "RULE", requires = "clones", conflicts_with = "mining")]
    pub(crate) keep: Option<Keep>,
    /// Seconds that mining one repository again may take.
    #[arg(long, default_value_t = TIME_LIMIT, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), requires = "clones", conflicts_with = "mining")]
    pub(crate) time_limit: u64,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft stats release --out stats
      the tables of one release, beside the paper's
  repopeft stats static evolution --out stats --tokenizer Qwen2.5-Coder-1.5B
      both tracks, with the token counts of Table 7 and Figure 3
  repopeft stats release --out stats --card
      and into the data card of the release")]
pub(crate) struct StatsArgs {
    /// The releases: of either track, or one of each.
    #[arg(value_name = "RELEASE", required = true)]
    pub(crate) releases: Vec<PathBuf>,
    /// Folder for stats.json, stats.md and the figures.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Folder of a model whose tokenizer counts tokens; they are not counted if absent. Needs a build with libtorch.
    #[arg(long, value_name = "DIR")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// Put the tables into README.md of every release too, in the place of those that stand there.
    #[arg(long)]
    pub(crate) card: bool,
    /// What is printed: the tables, or stats.json.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft diff release-1 release-2
  repopeft diff release hub
      against tables in the published layout: those of the authors, or of `export --layout hub`
  repopeft diff release-1 release-2 --format json | jq '.sets[] | select(.changed > 0)'

Exit codes: 0 equal; 1 different; 2 a side cannot be read, or they are of different tracks.")]
pub(crate) struct DiffArgs {
    /// The first side: a release, or a folder in the published layout.
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// The second side.
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
    /// Tasks of each kind of change of each split, and repositories, that are listed; all are counted.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) show: u32,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}
