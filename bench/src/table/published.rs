//! Reading the tables of the published data sets (R14): who is in them, and at which commits.
//!
//! Only the columns that name repositories and commits are decoded; the texts, which make up nearly all of such a file,
//! stay packed. Columns beyond those of R76, R109, R110 and R129 to R131 are ignored.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::Batch;
use super::guard::guarded;
use crate::error::{Error, Result};
use crate::ids::{CommitId, RepoId};
use crate::split::{Partition, Split};

/// The name under which errors speak of these tables.
const TABLE: &str = "published";
/// Rows decoded at a time; they are short without their texts.
const ROWS: usize = 1 << 14;
/// The columns that are decoded.
const COLUMNS: [&str; 4] = [REPO, SHA, INDEX, PARTITION];
const REPO: &str = "repo_id";
const SHA: &str = "commit_sha";
const INDEX: &str = "commit_index";
const PARTITION: &str = "cross_repo_split";

/// What published tables say of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRepo {
    /// The part it belongs to; the first of [`Partition::ALL`] if tables differ (R112).
    pub partition: Partition,
    /// Its last commit in the tables and that commit's index; none in static tables, which name no commits (R76).
    pub last: Option<(u32, CommitId)>,
}

/// Adds every repository of the published table at `path` to `found`.
///
/// The partition is the column `cross_repo_split`, or, in tables without it, the name of the file: the published
/// layout keeps a file a split, such as `qna/ir_val.parquet` or `cr_test-00000-of-00002.parquet` (R14).
///
/// # Errors
/// If the file is no Parquet file, lacks `repo_id`, holds a value that is no repository, commit, index or partition,
/// tells the partition neither by column nor by name, or gives one index of a repository two commits.
pub fn read_published(path: &Path, found: &mut BTreeMap<RepoId, PublishedRepo>) -> Result<()> {
    let parquet = |source| Error::Parquet { path: path.to_owned(), table: TABLE, source };
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(parquet)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    let mut batches = guarded(|| builder.with_projection(mask).with_batch_size(ROWS).build()).map_err(parquet)?;
    let mut first_row = 0;
    while let Some(columns) = guarded(|| batches.next().transpose().map_err(ParquetError::from)).map_err(parquet)? {
        add(&Batch::new(path, first_row, &columns), path, found)?;
        first_row += columns.num_rows() as u64;
    }
    Ok(())
}

fn add(batch: &Batch<'_>, path: &Path, found: &mut BTreeMap<RepoId, PublishedRepo>) -> Result<()> {
    let repos = batch.text(REPO)?;
    let partitions = batch.has(PARTITION).then(|| batch.text(PARTITION)).transpose()?;
    let commits = (batch.has(SHA) && batch.has(INDEX))
        .then(|| Ok::<_, Error>((batch.text(SHA)?, batch.int(INDEX)?)))
        .transpose()?;
    let of_file = partition_of_file(path);
    for row in 0..batch.len() {
        let repo: RepoId = batch.parse(REPO, &repos, row)?;
        let partition = match &partitions {
            Some(column) => batch.parse(PARTITION, column, row)?,
            None => of_file.ok_or_else(|| {
                let known: Vec<&str> = Split::ALL.iter().map(|split| split.name()).collect();
                let reason = format!("has no column `{PARTITION}`; name the file for its split: {}", known.join(", "));
                Error::malformed(path, None, reason)
            })?,
        };
        let commit = match &commits {
            Some((shas, indices)) => Some((batch.u32(INDEX, indices, row)?, batch.parse(SHA, shas, row)?)),
            None => None,
        };
        let entry = found.entry(repo).or_insert(PublishedRepo { partition, last: None });
        entry.partition = entry.partition.min(partition);
        entry.advance(commit).map_err(|reason| batch.bad(row, reason))?;
    }
    Ok(())
}

impl PublishedRepo {
    /// Takes `commit` for the last one if its index is higher.
    fn advance(&mut self, commit: Option<(u32, CommitId)>) -> std::result::Result<(), String> {
        match (&self.last, &commit) {
            (Some((old, sha)), Some((new, other))) if old == new && sha != other => {
                Err(format!("commit {new} is {other} here and {sha} elsewhere; give tables of one data set"))
            }
            (Some((old, _)), Some((new, _))) if old >= new => Ok(()),
            (_, Some(_)) => {
                self.last = commit;
                Ok(())
            }
            (_, None) => Ok(()),
        }
    }
}

/// The partition of the repositories in a file that is named for a split.
fn partition_of_file(path: &Path) -> Option<Partition> {
    let stem = path.file_stem()?.to_str()?;
    let word = stem.split_once('-').map_or(stem, |(word, _)| word);
    match word {
        "ood" => Some(Partition::OodTest),
        "cr_train" => Some(Partition::Train),
        word => word.parse::<Split>().ok().map(Split::partition),
    }
}
