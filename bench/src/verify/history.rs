//! The kept commits, trees and texts of one repository of a release.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings, Identify};
use crate::error::Result;
use crate::evolution::{Blob, CommitPlace, DefinitionPlace, DefinitionStep, FileChange, Stage, stages};
use crate::ids::CommitId;
use crate::mining::ShardTable;
use crate::release::{Release, ReleasedRepo, shard_path};
use crate::split::Partition;
use crate::table::{Columns, TableReader};

/// Everything that is wrong with the tables of `known`.
pub(super) fn check(release: &Release, known: &ReleasedRepo, identify: &Identify<'_>) -> Findings {
    let mut look = Look { release, known, findings: Findings::default() };
    let subject = known.repo.to_string();
    let outcome = look.commits().and_then(|commits| {
        if !look.has(ShardTable::Blobs) {
            return Ok(());
        }
        let texts = look.blobs(identify)?;
        look.files(commits.len(), &texts)?;
        look.definitions(&texts)
    });
    if let Err(error) = outcome {
        look.findings.unreadable(Check::Join, &subject, &error);
    }
    look.findings
}

/// Bytes of each text, by number.
type Lengths = BTreeMap<u32, usize>;

struct Look<'a> {
    release: &'a Release,
    known: &'a ReleasedRepo,
    findings: Findings,
}

impl Look<'_> {
    fn has(&self, table: ShardTable) -> bool {
        self.release.manifest().contents.table(&shard_path(table, &self.known.repo)).is_some()
    }

    fn rows<R: Columns>(&self, table: ShardTable) -> Result<TableReader<R>> {
        self.release.rows(&self.known.repo, table)
    }

    /// Numbers, stages, counts and the anchor of the kept commits.
    fn commits(&mut self) -> Result<Vec<CommitPlace>> {
        let mut commits: Vec<CommitPlace> = Vec::new();
        if !self.has(ShardTable::Commits) {
            return Ok(commits);
        }
        for batch in self.rows(ShardTable::Commits)? {
            commits.extend(batch?);
        }
        let path = shard_path(ShardTable::Commits, &self.known.repo);
        let mut ids: BTreeSet<&CommitId> = BTreeSet::new();
        let mut by_stage: BTreeMap<Stage, u64> = BTreeMap::new();
        for (at, (place, stage)) in commits.iter().zip(stages(commits.len())).enumerate() {
            *by_stage.entry(place.stage).or_default() += 1;
            let as_recomputed = (place.index as usize, place.stage) == (at, stage);
            self.findings.expect_at(Check::Chronology, &path, at as u64 + 1, as_recomputed, || {
                format!(
                    "commit {} is number {}, {}, but should be {at}, {stage}",
                    place.commit, place.index, place.stage
                )
            });
            self.findings.expect_at(Check::Unique, &path, at as u64 + 1, ids.insert(&place.commit), || {
                format!("commit {} stands twice", place.commit)
            });
        }
        self.findings.expect(Check::Counts, &path, by_stage == self.known.commits, || {
            format!("commits by stage are {by_stage:?}, the manifest says {:?}", self.known.commits)
        });
        let anchor = match self.known.partition {
            Partition::OodTest => commits.first(),
            _ => commits.iter().rfind(|place| place.stage == Stage::Train),
        };
        let stated = self.known.anchor.as_ref().map(|anchor| (&anchor.commit, anchor.index));
        let right = anchor.map(|place| (&place.commit, place.index)) == stated;
        self.findings.expect(Check::Chronology, &path, right, || "the anchor is not that of R125".to_owned());
        Ok(commits)
    }

    /// Numbers and ids of the texts; their lengths.
    fn blobs(&mut self, identify: &Identify<'_>) -> Result<Lengths> {
        let path = shard_path(ShardTable::Blobs, &self.known.repo);
        let mut lengths = Lengths::new();
        for batch in self.rows::<Blob>(ShardTable::Blobs)? {
            for blob in batch? {
                let twice = lengths.insert(blob.number, blob.text.len()).is_some();
                self.findings.expect(Check::Unique, &path, !twice, || format!("blob {} stands twice", blob.number));
                if let Some(right) = is_text_of(&blob, identify) {
                    self.findings.expect(Check::Blobs, &path, right, || {
                        format!("blob {} is not the text of {}", blob.number, blob.id)
                    });
                }
            }
        }
        let dense = lengths.last_key_value().is_none_or(|(last, _)| *last as usize + 1 == lengths.len());
        self.findings.expect(Check::Join, &path, dense, || "numbers of blobs have gaps".to_owned());
        Ok(lengths)
    }

    fn files(&mut self, commits: usize, texts: &Lengths) -> Result<()> {
        let path = shard_path(ShardTable::Files, &self.known.repo);
        for batch in self.rows::<FileChange>(ShardTable::Files)? {
            for change in batch? {
                let joined = (change.commit_index as usize) < commits
                    && change.blob.is_none_or(|blob| texts.contains_key(&blob));
                self.findings.expect(Check::Join, &path, joined, || {
                    format!("{} at commit {} refers to nothing", change.path, change.commit_index)
                });
            }
        }
        Ok(())
    }

    fn definitions(&mut self, texts: &Lengths) -> Result<()> {
        let path = shard_path(ShardTable::Definitions, &self.known.repo);
        let mut place = DefinitionPlace::default();
        for batch in self.rows::<DefinitionStep>(ShardTable::Definitions)? {
            for step in batch? {
                let (name, blob) = (step.name.clone(), step.blob);
                let end = place.definition(step).map(|definition| definition.end as usize);
                let inside = end.is_some_and(|end| texts.get(&blob).is_some_and(|length| end <= *length));
                self.findings.expect(Check::Join, &path, inside, || format!("`{name}` does not lie in blob {blob}"));
            }
        }
        Ok(())
    }
}

/// Whether the text of `blob` is that of its id; none if bytes were lost when it was decoded.
///
/// A text of the profile `strict` may lack the byte-order mark that its file begins with (Q19).
fn is_text_of(blob: &Blob, identify: &Identify<'_>) -> Option<bool> {
    if blob.text.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let marked = || ["\u{feff}", &blob.text].concat();
    Some(identify(blob.text.as_bytes()) == blob.id || identify(marked().as_bytes()) == blob.id)
}
