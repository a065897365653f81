//! Options of the verbs that find, fetch and pin repositories.

use std::path::PathBuf;
use std::str::FromStr;

use bench::{Partition, Profile, Timestamp};
use clap::Args;

use super::parse_profile;

/// A list of known members of the published benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    /// The part they belong to; none if only their membership is known.
    pub(crate) partition: Option<Partition>,
    /// The file: one `owner/name` a line.
    pub(crate) path: PathBuf,
}

/// The word for members whose part is unknown.
const UNKNOWN: &str = "unknown";

impl FromStr for Membership {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write PARTITION=FILE, where PARTITION is train, cr_val, cr_test, ood_test or unknown";
        let (word, path) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`; {form}"))?;
        let partition = match word {
            UNKNOWN => None,
            word => Some(word.parse::<Partition>().map_err(|error| format!("{error}; {form}"))?),
        };
        Ok(Self { partition, path: path.into() })
    }
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft discover --token-file token.txt --out found
  repopeft discover --profile strict --baseline repos.toml --out found
  repopeft discover --out found --offline                 the same candidates from the answers that were kept

Every answer of the host is kept in found/responses: an interrupted run goes on where it stopped. Without a token the
host answers a few requests a minute; GITHUB_TOKEN and GH_TOKEN are read if --token-file is absent.")]
pub(crate) struct DiscoverArgs {
    /// Folder for candidates.jsonl, queries.toml, counts.json and the host's answers.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The query set: paper, what the authors searched for; strict, with repairs.
    #[arg(long, default_value_t = Profile::Paper, value_parser = parse_profile)]
    pub(crate) profile: Profile,
    /// A query set (TOML) instead of the embedded ones; found/queries.toml is one to start from.
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub(crate) queries: Option<PathBuf>,
    /// Repositories that new ones must not be or descend from: a list, or one owner/name a line. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Vec<PathBuf>,
    /// A file that holds a token and nothing else.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Address of the search interface.
    #[arg(long, value_name = "URL", default_value = "https://api.github.com")]
    pub(crate) api: String,
    /// Use the answers that were kept and ask nobody.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Seconds that all waits for limits and failures together may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600)]
    pub(crate) max_wait: u64,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft fetch --repos repos.toml --out mirrors
  repopeft fetch --candidates found/candidates.jsonl --out mirrors --jobs 8 --max-mib 500

Prints a line a repository: name, what was done, and the mirror or the reason. Exit code 1 means that some failed; run
it again to try those once more. Proxies are taken from https_proxy and http_proxy; git's own configuration is not read.")]
pub(crate) struct FetchArgs {
    /// The repositories, as a list.
    #[arg(long, value_name = "FILE", required_unless_present = "candidates", conflicts_with = "candidates")]
    pub(crate) repos: Option<PathBuf>,
    /// The repositories that `discover` found.
    #[arg(long, value_name = "FILE")]
    pub(crate) candidates: Option<PathBuf>,
    /// Folder of the mirrors, named `owner__name.git`.
    #[arg(long, value_name = "DIR", default_value = "mirrors")]
    pub(crate) out: PathBuf,
    /// Repositories at a time.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) jobs: u16,
    /// Bring mirrors that exist up to date instead of keeping them as they are.
    #[arg(long)]
    pub(crate) update: bool,
    /// Tries of each repository.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) attempts: u32,
    /// Seconds that one try may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_seconds: u64,
    /// MiB that a mirror may have.
    #[arg(long, value_name = "MIB", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub(crate) max_mib: u64,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft lock --mirrors mirrors --candidates found/candidates.jsonl --out repos.toml
  repopeft lock --mirrors mirrors --members cr_test=cr_test.txt --take 512 --take-ood 92 --out repos.toml
  repopeft lock --mirrors mirrors --merge repos.toml --out repos.toml      adds, changes nothing
  repopeft lock --from-release commits/*.parquet --out repos.toml          the published list itself")]
pub(crate) struct LockArgs {
    /// Folder of bare clones named `owner__name.git`, as `fetch` makes them; all of them if no list is given.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["repos", "from_release"])]
    pub(crate) mirrors: Option<PathBuf>,
    /// The repositories to pin, found by `discover`.
    #[arg(long, value_name = "FILE", requires = "mirrors", conflicts_with = "repos")]
    pub(crate) candidates: Option<PathBuf>,
    /// The repositories to pin, as a list; paths are opened where they are, URLs in --mirrors.
    #[arg(long, value_name = "FILE")]
    pub(crate) repos: Option<PathBuf>,
    /// Known members of the published benchmark: listed whatever they fail, in that part. Give one for each part.
    #[arg(long, value_name = "PARTITION=FILE")]
    pub(crate) members: Vec<Membership>,
    /// Pin at the last first-parent commit that is not later.
    #[arg(long, value_name = "DATE", default_value_t = bench::paper::CUTOFF)]
    pub(crate) cutoff: Timestamp,
    /// The same for repositories created after the cut-off; their head if absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) ood_until: Option<Timestamp>,
    /// What shows the use of a test framework: paper, a dependency file that names pytest; strict, also an import.
    #[arg(long, default_value_t = Profile::Paper, value_parser = parse_profile)]
    pub(crate) profile: Profile,
    /// Selected tasks that a repository from before the cut-off needs.
    #[arg(long, value_name = "N", default_value_t = bench::paper::MIN_PAIRS)]
    pub(crate) min_tasks: usize,
    /// Repositories from before the cut-off, at most; all if absent.
    #[arg(long, value_name = "N")]
    pub(crate) take: Option<usize>,
    /// Repositories created after the cut-off, at most; all if absent.
    #[arg(long, value_name = "N")]
    pub(crate) take_ood: Option<usize>,
    /// Keep the entries of this list as they are, and add to them.
    #[arg(long, value_name = "FILE")]
    pub(crate) merge: Option<PathBuf>,
    /// Take list, parts and commits out of the published data sets' tables instead of opening clones.
    #[arg(long, value_name = "PARQUET", num_args = 1.., conflicts_with_all = ["mirrors", "candidates", "repos", "members", "cutoff", "ood_until", "profile", "min_tasks", "take", "take_ood", "rejected"])]
    pub(crate) from_release: Vec<PathBuf>,
    /// The list.
    #[arg(long, value_name = "FILE", default_value = "repos.toml")]
    pub(crate) out: PathBuf,
    /// What is not listed and why, tab-separated; rejected.tsv beside the list if absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejected: Option<PathBuf>,
}
