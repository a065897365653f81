//! Writing the published layout, a commit at a time: nowhere are all prefixes in memory.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::card::card;
use super::{HubAnchorCommit, HubAnchorPair, HubCommit, HubPair, HubRepo, HubStaticPair};
use crate::error::Result;
use crate::evolution::{CommitPlace, KeptCommit};
use crate::file::{copy, write_atomic, write_folder, write_json};
use crate::ids::RepoId;
use crate::mining::{Mining, MiningIndex, Shard, ShardTable};
use crate::profile::{Profile, Track};
use crate::release::{LICENCES, Release, ReleasedRepo, TableEntry, TaskSet, entry, shard_path};
use crate::split::{Partition, Split};
use crate::table::{Row, TableWriter};
use crate::task::{Draft, Task};

/// The file `export.json`: what was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exported {
    /// Root hash of the release; none for a mining folder.
    pub release: Option<String>,
    /// The rules that were applied.
    pub profile: Profile,
    /// The tracks; of two, the static one is in the folder `static/`.
    pub tracks: Vec<Track>,
    /// Every table file, by path.
    pub tables: Vec<TableEntry>,
}

/// Exports `release` into the folder `out`, which must not exist.
///
/// # Errors
/// If `out` exists, or a file cannot be read or written.
pub fn export_release(release: &Release, out: &Path) -> Result<Exported> {
    let contents = &release.manifest().contents;
    write_folder(out, |root| {
        let mut export = Export { release, root, profile: contents.profile, tables: Vec::new() };
        match contents.track {
            Track::Static => export.snapshots()?,
            Track::Evolution => export.evolution()?,
        }
        write_atomic(&root.join(LICENCES), release.licences()?.as_bytes())?;
        let release = Some(release.id().to_owned());
        finish(
            root,
            Exported { release, profile: contents.profile, tracks: vec![contents.track], tables: export.tables },
        )
    })
}

/// Exports everything that `mining` holds of `tracks` into the folder `out`, before caps: files are named for
/// repositories, and where a list does not fix its partition, a repository has none.
///
/// # Errors
/// If `out` exists, the folder lacks a track, or a file cannot be read or written.
pub fn export_mining(mining: &Mining, index: &MiningIndex, tracks: &[Track], out: &Path) -> Result<Exported> {
    write_folder(out, |root| {
        let folder = if tracks.contains(&Track::Evolution) { "static/qna" } else { "qna" };
        let one = |shard: &Shard| {
            let mut tables = Vec::new();
            for track in tracks {
                match track {
                    Track::Static => tables.push(drafts(mining, shard, root, folder, index.profile)?),
                    Track::Evolution => tables.extend(emissions(mining, shard, root, index.profile)?),
                }
            }
            Ok(tables)
        };
        let tables: Vec<Vec<TableEntry>> = index.repos.par_iter().map(one).collect::<Result<_>>()?;
        let (tracks, tables) = (tracks.to_vec(), tables.concat());
        finish(root, Exported { release: None, profile: index.profile, tracks, tables })
    })
}

fn finish(root: &Path, mut exported: Exported) -> Result<Exported> {
    exported.tables.sort_by(|a, b| a.path.cmp(&b.path));
    write_json(&root.join("export.json"), &exported)?;
    write_atomic(&root.join("README.md"), card(&exported.tables, exported.release.is_none()).as_bytes())?;
    Ok(exported)
}

/// The file at `path` inside `root`, of the rows that `push` pushes.
fn table<R: Row>(root: &Path, path: &str, push: impl FnOnce(&mut TableWriter<R>) -> Result<()>) -> Result<TableEntry> {
    let mut writer = TableWriter::create(&root.join(path), &[])?;
    push(&mut writer)?;
    let rows = writer.finish()?;
    entry::<R>(root, path, rows)
}

fn emissions(mining: &Mining, shard: &Shard, root: &Path, profile: Profile) -> Result<Vec<TableEntry>> {
    let (stem, partition, profile) = (shard.repo.file_stem(), shard.partition, Some(profile));
    let commits = table::<HubCommit>(root, &format!("commits/{stem}.parquet"), |writer| {
        for batch in mining.rows::<KeptCommit>(shard, ShardTable::Commits)? {
            batch?.into_iter().try_for_each(|commit| writer.push(HubCommit { commit, partition, profile }))?;
        }
        Ok(())
    })?;
    let pairs = table::<HubPair>(root, &format!("qna/{stem}.parquet"), |writer| {
        for piece in mining.emitted(shard)? {
            piece?.into_iter().try_for_each(|assertion| writer.push(HubPair { assertion, partition, profile }))?;
        }
        Ok(())
    })?;
    Ok(vec![commits, pairs])
}

fn drafts(mining: &Mining, shard: &Shard, root: &Path, folder: &str, profile: Profile) -> Result<TableEntry> {
    table::<HubStaticPair>(root, &format!("{folder}/{}.parquet", shard.repo.file_stem()), |writer| {
        for batch in mining.drafts(shard)? {
            for Draft { assertion, rank } in batch? {
                writer.push(HubStaticPair { assertion, selected: rank.is_some(), profile: Some(profile) })?;
            }
        }
        Ok(())
    })
}

/// An export of a release that grows by table.
struct Export<'a> {
    release: &'a Release,
    root: &'a Path,
    profile: Profile,
    tables: Vec<TableEntry>,
}

impl Export<'_> {
    fn snapshots(&mut self) -> Result<()> {
        for split in Split::ALL {
            let profile = Some(self.profile);
            self.pairs(TaskSet::Split(*split), &format!("qna/{split}.parquet"), |task: Task, _| HubStaticPair {
                assertion: task.assertion,
                selected: true,
                profile,
            })?;
        }
        for partition in Partition::ALL {
            let repos = self.repos(*partition);
            if repos.is_empty() {
                continue;
            }
            let path = format!("repos/{partition}.parquet");
            self.tables.push(table::<HubRepo>(self.root, &path, |writer| {
                repos.into_iter().try_for_each(|known| {
                    let (repo, commit, licence) = (known.repo.clone(), known.commit.clone(), known.licence.clone());
                    writer.push(HubRepo { repo, commit, licence })
                })
            })?);
        }
        Ok(())
    }

    fn evolution(&mut self) -> Result<()> {
        for partition in Partition::ALL {
            self.commits(*partition)?;
        }
        for split in Split::ALL {
            self.full_file_pairs(TaskSet::Split(*split), &format!("qna/{split}.parquet"))?;
            self.anchor_commits(*split)?;
        }
        self.anchor_pairs()?;
        self.static_ood()
    }

    /// The repositories of `partition` that have tables of commits, in table order (R111).
    fn repos(&self, partition: Partition) -> Vec<&ReleasedRepo> {
        let contents = &self.release.manifest().contents;
        let mut repos: Vec<&ReleasedRepo> = contents.repos.iter().filter(|r| r.partition == partition).collect();
        if contents.track == Track::Evolution {
            repos.retain(|known| contents.table(&shard_path(ShardTable::Commits, &known.repo)).is_some());
            repos.sort_by_key(|known| known.repo.table_order());
        }
        repos
    }

    fn commits(&mut self, partition: Partition) -> Result<()> {
        let repos = self.repos(partition);
        if repos.is_empty() {
            return Ok(());
        }
        let (release, profile) = (self.release, Some(self.profile));
        let entry = table::<HubCommit>(self.root, &format!("commits/{partition}.parquet"), |writer| {
            for known in repos {
                for batch in release.rows::<KeptCommit>(&known.repo, ShardTable::Commits)? {
                    for commit in batch? {
                        writer.push(HubCommit { commit, partition: Some(partition), profile })?;
                    }
                }
                writer.end_group()?;
            }
            Ok(())
        })?;
        self.tables.push(entry);
        Ok(())
    }

    /// The commits that `split` shows in the static view: the anchors for training, else all of the split (R130).
    fn anchor_commits(&mut self, split: Split) -> Result<()> {
        let partition = Partition::of(split);
        let repos = self.repos(partition);
        let release = self.release;
        let mut rows: Vec<HubAnchorCommit> = Vec::new();
        for known in repos {
            let anchor = known.anchor.as_ref().map(|anchor| anchor.index);
            for batch in release.rows::<CommitPlace>(&known.repo, ShardTable::Commits)? {
                let shown = |place: &CommitPlace| match split {
                    Split::Train => Some(place.index) == anchor,
                    _ => partition.split_at(place.stage) == split,
                };
                let row = |place| HubAnchorCommit { repo: known.repo.clone(), place, partition };
                rows.extend(batch?.into_iter().filter(shown).map(row));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let path = format!("anchor/commits/{split}.parquet");
        let entry = table(self.root, &path, |writer| rows.into_iter().try_for_each(|row| writer.push(row)))?;
        self.tables.push(entry);
        Ok(())
    }

    fn full_file_pairs(&mut self, set: TaskSet, path: &str) -> Result<()> {
        let profile = Some(self.profile);
        self.pairs(set, path, |task: Task, partition| HubPair { assertion: task.assertion, partition, profile })
    }

    /// The tasks at the anchors, and copies of the evaluated tables, so that the folder is a data set of its own (R14).
    fn anchor_pairs(&mut self) -> Result<()> {
        let indices: BTreeMap<&RepoId, u32> = self
            .release
            .manifest()
            .contents
            .repos
            .iter()
            .filter_map(|known| Some((&known.repo, known.anchor.as_ref()?.index)))
            .collect();
        let (path, profile) = ("anchor/qna/train.parquet", Some(self.profile));
        self.pairs(TaskSet::Anchor, path, |task: Task, _| {
            let anchor_index = indices.get(&task.assertion.repo).copied().unwrap_or(0);
            HubAnchorPair { assertion: task.assertion, anchor_index, profile }
        })?;
        if !self.tables.iter().any(|entry| entry.path == path) {
            return Ok(());
        }
        let evaluated: Vec<TableEntry> = Split::EVALUATED
            .iter()
            .filter(|split| **split != Split::OodTest)
            .filter_map(|split| self.tables.iter().find(|entry| entry.path == format!("qna/{split}.parquet")))
            .map(|entry| TableEntry { path: format!("anchor/{}", entry.path), ..entry.clone() })
            .collect();
        for entry in evaluated {
            let from = self.root.join(entry.path.trim_start_matches("anchor/"));
            copy(&from, &self.root.join(&entry.path))?;
            self.tables.push(entry);
        }
        Ok(())
    }

    fn static_ood(&mut self) -> Result<()> {
        let path = "qna_static/ood_test.parquet";
        match self.profile {
            Profile::Paper => self.full_file_pairs(TaskSet::StaticOod, path),
            Profile::Strict => {
                let profile = Some(self.profile);
                self.pairs(TaskSet::StaticOod, path, |task: Task, _| HubStaticPair {
                    assertion: task.assertion,
                    selected: true,
                    profile,
                })
            }
        }
    }

    /// The tasks of `set`, if there are any, in a row group or more a repository.
    fn pairs<R: Row>(&mut self, set: TaskSet, path: &str, row: impl Fn(Task, Option<Partition>) -> R) -> Result<()> {
        let release = self.release;
        if release.manifest().contents.table(&set.path()).is_none() {
            return Ok(());
        }
        let entry = table::<R>(self.root, path, |writer| {
            let mut current: Option<RepoId> = None;
            for piece in release.stream(set)? {
                for task in piece? {
                    if current.as_ref().is_some_and(|repo| *repo != task.assertion.repo) {
                        writer.end_group()?;
                    }
                    current = Some(task.assertion.repo.clone());
                    let partition = release.manifest().contents.repo(&task.assertion.repo).map(|r| r.partition);
                    writer.push(row(task, partition))?;
                }
            }
            Ok(())
        })?;
        self.tables.push(entry);
        Ok(())
    }
}
