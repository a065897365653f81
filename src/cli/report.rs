//! Options of the verb that turns scores into pages.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  repopeft report --release release --scores scores/pretrained --scores scores/rag --out report
  repopeft report --release static --release evolution --scores s/rag --scores e/rag --out report
      one board of both tracks; scores find their release by its hash
  repopeft report --release release --scores scores/rag --predictions predictions/rag.jsonl --out report
      the pages of tasks also show raw answers and how they were cleaned
  repopeft report --release release --submissions submissions --out board
      everything that others sent, see docs/submissions.md
  repopeft report --release release --scores scores/rag --out report --serve 8000
      a look at the pages while scores change

Exit codes: 0 done; 1 done, but a submission was rejected; 2 failed.")]
pub(crate) struct ReportArgs {
    /// A release that was answered; give one for each track.
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) release: Vec<PathBuf>,
    /// A folder that `score` wrote; give one for each row.
    #[arg(long, value_name = "DIR", required_unless_present = "submissions")]
    pub(crate) scores: Vec<PathBuf>,
    /// A folder of submissions, each a predictions file or a folder of its shards: they are checked, scored below
    /// `--out`, and join the rows; what is rejected is told with the reasons.
    #[arg(long, value_name = "DIR")]
    pub(crate) submissions: Option<PathBuf>,
    /// The predictions file of one of these, for its raw answers; several shards are given one by one.
    #[arg(long, value_name = "FILE")]
    pub(crate) predictions: Vec<PathBuf>,
    /// A folder that `train` wrote, for its curve; give one for each run.
    #[arg(long, value_name = "DIR")]
    pub(crate) training: Vec<PathBuf>,
    /// A `stats.json` that `stats` wrote of these releases, for Tables 1, 5, 6 and 7 and Figures 2 and 3.
    #[arg(long, value_name = "FILE")]
    pub(crate) statistics: Option<PathBuf>,
    /// Folder for index.html and what belongs to it, leaderboard.html and leaderboard.md, and the folders figures and tables.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Title of the pages.
    #[arg(long, default_value = "RepoPeftBench leaderboard", value_name = "TEXT")]
    pub(crate) title: String,
    /// Characters of each prompt, from its end, that the page of a task shows.
    #[arg(long, default_value_t = 2_000, value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub(crate) prompt_chars: u32,
    /// Serve the pages on this machine alone, and make them again when scores, submissions or the other files change; on a
    /// free port if none is given.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "0")]
    pub(crate) serve: Option<u16>,
}
