//! A release made of tables in the published layout.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Published;
use crate::error::{Error, Result};
use crate::evolution::{KeptCommit, Stage};
use crate::ids::{CommitId, RepoId};
use crate::mining::ShardTable;
use crate::paper::SPLIT_SEED;
use crate::partition::Grouping;
use crate::profile::Profile;
use crate::release::{
    Anchor, Contents, Made, Origin, RELEASE_FORMAT, Release, ReleasedRepo, TableEntry, TaskSet, entry, seal, shard_path,
};
use crate::split::{Partition, Split};
use crate::table::TableWriter;
use crate::task::Task;

/// Seals what `published` holds into the folder `root`, under `profile` if the tables do not name theirs.
///
/// Tasks are stored with their whole prefixes. The release has neither sources nor texts of files: it can be scored and
/// counted, and answered by methods that read no repository.
///
/// # Errors
/// If a row stands in a table of another split (R15), a repository in two partitions, tables name two profiles, or a file
/// cannot be read or written.
pub fn import(published: &Published, root: &Path, profile: Option<Profile>) -> Result<Release> {
    seal(root, Made::default(), &|_| (), |partial| {
        let mut import = Import { published, root: partial, profile: None, repos: BTreeMap::new(), tables: Vec::new() };
        for set in published.sets() {
            import.tasks(set)?;
        }
        import.commits()?;
        import.contents(profile)
    })
}

/// What is known of a repository so far.
struct Known {
    partition: Partition,
    commit: CommitId,
    tasks: BTreeMap<Split, u64>,
    commits: BTreeMap<Stage, u64>,
    anchor: Option<Anchor>,
}

struct Import<'a> {
    published: &'a Published,
    root: &'a Path,
    profile: Option<Profile>,
    repos: BTreeMap<RepoId, Known>,
    tables: Vec<TableEntry>,
}

impl Import<'_> {
    fn tasks(&mut self, set: TaskSet) -> Result<()> {
        let mut writer: TableWriter<Task> = TableWriter::create(&self.root.join(set.path()), &[])?;
        let mut current: Option<RepoId> = None;
        for piece in self.published.tasks(set) {
            for (task, partition, profile) in piece? {
                self.name_profile(profile)?;
                let known = self.known(&task.assertion.repo, partition.unwrap_or(Partition::of(task.split)))?;
                known.commit = task.assertion.commit.clone();
                if let TaskSet::Split(split) = set {
                    *known.tasks.entry(split).or_default() += 1;
                }
                if current.as_ref().is_some_and(|repo| *repo != task.assertion.repo) {
                    writer.end_group()?;
                }
                current = Some(task.assertion.repo.clone());
                writer.push(task)?;
            }
        }
        let rows = writer.finish()?;
        self.tables.push(entry::<Task>(self.root, &set.path(), rows)?);
        Ok(())
    }

    /// Writes the kept commits, a table a repository; the rows of one follow each other.
    fn commits(&mut self) -> Result<()> {
        let mut open: Option<(RepoId, TableWriter<KeptCommit>)> = None;
        let mut seen: BTreeSet<RepoId> = BTreeSet::new();
        for batch in self.published.commits()? {
            for row in batch? {
                self.name_profile(row.profile)?;
                let repo = row.commit.repo.clone();
                if open.as_ref().is_none_or(|(current, _)| *current != repo) {
                    self.close(open.take())?;
                    if !seen.insert(repo.clone()) {
                        let reason = format!("the commits of {repo} do not follow each other");
                        return Err(Error::malformed(self.published.root(), None, reason));
                    }
                    let path = self.root.join(shard_path(ShardTable::Commits, &repo));
                    open = Some((repo.clone(), TableWriter::create(&path, &[])?));
                }
                let known = self.known(&repo, row.partition.unwrap_or(Partition::Train))?;
                known.see(&row.commit);
                if let Some((_, writer)) = &mut open {
                    writer.push(row.commit)?;
                }
            }
        }
        self.close(open)
    }

    fn close(&mut self, open: Option<(RepoId, TableWriter<KeptCommit>)>) -> Result<()> {
        let Some((repo, writer)) = open else { return Ok(()) };
        let rows = writer.finish()?;
        self.tables.push(entry::<KeptCommit>(self.root, &shard_path(ShardTable::Commits, &repo), rows)?);
        Ok(())
    }

    /// What is known of `repo`, which must be of `partition`.
    fn known(&mut self, repo: &RepoId, partition: Partition) -> Result<&mut Known> {
        let known = self.repos.entry(repo.clone()).or_insert_with(|| Known {
            partition,
            commit: CommitId::unknown(),
            tasks: BTreeMap::new(),
            commits: BTreeMap::new(),
            anchor: None,
        });
        if known.partition == partition {
            return Ok(known);
        }
        let reason = format!("{repo} is of {} in one table and of {partition} in another", known.partition);
        Err(Error::malformed(self.published.root(), None, reason))
    }

    /// Notes the profile that a row names.
    fn name_profile(&mut self, profile: Option<Profile>) -> Result<()> {
        match (self.profile, profile) {
            (Some(known), Some(found)) if known != found => {
                let path = self.published.root().to_owned();
                Err(Error::Mismatch {
                    path,
                    found: format!("tables of the profile {found}"),
                    expected: known.to_string(),
                })
            }
            (None, Some(_)) => {
                self.profile = profile;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn contents(mut self, profile: Option<Profile>) -> Result<Contents> {
        if let (Some(named), Some(given)) = (self.profile, profile.filter(|given| Some(*given) != self.profile)) {
            let (path, found) = (self.published.root().to_owned(), format!("tables of the profile {named}"));
            return Err(Error::Mismatch { path, found, expected: given.to_string() });
        }
        self.tables.sort_by(|a, b| a.path.cmp(&b.path));
        let repo = |(repo, known): (RepoId, Known)| ReleasedRepo {
            repo,
            commit: known.commit,
            licence: None,
            partition: known.partition,
            tasks: known.tasks,
            commits: known.commits,
            anchor: known.anchor,
        };
        Ok(Contents {
            format: RELEASE_FORMAT,
            origin: Origin::Imported,
            profile: self.profile.or(profile).unwrap_or(Profile::Paper),
            track: self.published.track(),
            split_seed: SPLIT_SEED,
            group: Grouping::Pair,
            min_pairs: 0,
            caps: None,
            repos: self.repos.into_iter().map(repo).collect(),
            left_out: BTreeMap::new(),
            without_commits: Vec::new(),
            tables: self.tables,
            leaks: None,
        })
    }
}

impl Known {
    /// Takes the next kept commit, which may be the anchor (R125).
    fn see(&mut self, commit: &KeptCommit) {
        *self.commits.entry(commit.stage).or_default() += 1;
        self.commit = commit.commit.clone();
        let stands = match self.partition {
            Partition::OodTest => self.anchor.is_none(),
            _ => commit.stage == Stage::Train,
        };
        if stands {
            self.anchor = Some(Anchor { commit: commit.commit.clone(), index: commit.index });
        }
    }
}
