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
  repopeft lock --mirrors mirrors --candidates found/candidates.jsonl --out repos.toml
  repopeft lock --mirrors mirrors --members cr_test=cr_test.txt --take 512 --take-ood 92 --out repos.toml
  repopeft lock --mirrors mirrors --merge repos.toml --out repos.toml      adds, changes nothing
  repopeft lock --from-release commits/*.parquet --out repos.toml          the published list itself")]
pub(crate) struct LockArgs {
    /// Folder of bare clones named owner__name.git, as `fetch` makes them; all of them if no list is given.
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
    #[arg(long, value_name = "PARQUET", num_args = 1.., conflicts_with_all = ["mirrors", "candidates", "repos", "members"])]
    pub(crate) from_release: Vec<PathBuf>,
    /// The list.
    #[arg(long, value_name = "FILE", default_value = "repos.toml")]
    pub(crate) out: PathBuf,
    /// What is not listed and why, tab-separated; rejected.tsv beside the list if absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejected: Option<PathBuf>,
}
