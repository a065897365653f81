//! Options of the verbs that turn mined tables into others.

use std::path::PathBuf;

use bench::partition::Grouping;
use bench::{Profile, Track};
use clap::{Args, ValueEnum};

use super::check::Format;
use super::{parse_grouping, parse_profile, parse_track};

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft build --mining mining --out release
  repopeft build --mining mining --track evolution --out evolution")]
pub(crate) struct BuildArgs {
    /// Folder of a finished `mine`.
    #[arg(long, value_name = "DIR")]
    pub(crate) mining: PathBuf,
    /// Folder of the release, which must not hold another one.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The track: static, one snapshot a repository, or evolution, commit by commit.
    #[arg(long, default_value_t = Track::Static, value_parser = parse_track)]
    pub(crate) track: Track,
    /// Selected tasks a repository needs to take part.
    #[arg(long, default_value_t = bench::paper::MIN_PAIRS, value_name = "N")]
    pub(crate) min_pairs: usize,
    /// Evaluated tasks of a commit at most, evolution track only [default: 8].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) eval_cap: Option<usize>,
    /// Training tasks of a commit at most, evolution track only [default: 8].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) train_cap: Option<usize>,
    /// Tasks of one file of a commit at most, where they are drawn, evolution track only [default: 4].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) file_cap: Option<usize>,
    /// What is split as one: function, file or pair [default: function under the profile strict; paper takes pair only].
    #[arg(long, value_name = "WHAT", value_parser = parse_grouping)]
    pub(crate) group: Option<Grouping>,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft leaks release
      what the release says of its tasks, by split
  repopeft leaks release --format json | jq '.splits.cr_test.flags'
      for programs
  repopeft leaks old-release --out leaks
      flags of every task of a release that was sealed without: leaks/leaks/<split>.parquet, leaks/leaks.json

Exit codes: 0 done; 1 --again found something else than the release says; 2 failed.
docs/leaks.md defines every leak.")]
pub(crate) struct LeaksArgs {
    /// The release.
    #[arg(value_name = "RELEASE")]
    pub(crate) release: PathBuf,
    /// Look again instead of reading what was sealed, and say whether both agree.
    #[arg(long)]
    pub(crate) again: bool,
    /// Folder for the flags of every task and the counts as JSON; it must not exist yet.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// A layout of exported tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// One file, one row a task with prefix and target.
    Flat,
    /// A folder in the published column layout: commits/, qna/ and more.
    Hub,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft export --from mining --out tasks.parquet       all tasks, before selection
  repopeft export --from release --out tasks.jsonl        the tasks of a release
  repopeft export --from release --layout hub --out hub   for programs that read the published data sets")]
pub(crate) struct ExportArgs {
    /// Folder of a finished `mine` or of a release.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// The layout.
    #[arg(long, value_enum, default_value_t = Layout::Flat)]
    pub(crate) layout: Layout,
    /// The track to take from a mining folder that holds both; if absent, hub takes both and flat the static one.
    #[arg(long, value_parser = parse_track)]
    pub(crate) track: Option<Track>,
    /// The file, whose suffix, .parquet or .jsonl, decides the format; for the layout hub a folder.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:\n  repopeft import --from code2lora-evo --out release")]
pub(crate) struct ImportArgs {
    /// Folder with qna/<split>.parquet, and commits/<partition>.parquet for the evolution track.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// Folder of the release, which must not hold another one.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The rules that made the tables, where these do not say; paper if absent.
    #[arg(long, value_parser = parse_profile)]
    pub(crate) profile: Option<Profile>,
}

fn parse_count(word: &str) -> Result<usize, String> {
    word.parse().ok().filter(|count| *count > 0).ok_or_else(|| "must be a number of at least 1".to_owned())
}
