//! The contents of a release of the evolution track: stages, caps, anchors, and the static view of OOD (R111–R129).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use rayon::prelude::*;

use super::build::{BuildOptions, Placement, copy};
use super::manifest::{Anchor, Contents, Origin, RELEASE_FORMAT, ReleasedRepo, TableEntry};
use super::seal::entry;
use super::set::TaskSet;
use super::snapshot::selected;
use super::static_ood::{LastOfLine, shorten};
use crate::cap::Limit;
use crate::error::{Error, Result};
use crate::evolution::{Blob, CommitPlace, DefinitionStep, Emission, FileChange, KeptCommit, SpanTask, Stage, stages};
use crate::mining::{Mining, MiningIndex, PackedTexts, Shard, ShardTable, by_commit};
use crate::paper::SPLIT_SEED;
use crate::partition::Grouping;
use crate::profile::{Profile, Track};
use crate::split::{Partition, Split};
use crate::table::{Row, TableWriter};
use crate::task::Task;

/// Writes every table of the release into the folder `root`.
pub(super) fn write(
    mining: &Mining,
    index: &MiningIndex,
    root: &Path,
    options: &BuildOptions,
    placement: Placement,
) -> Result<Contents> {
    let mut builder = Builder::new(mining, index, root, options);
    let mut shards: Vec<&Shard> = index.repos.iter().collect();
    shards.sort_by_key(|shard| shard.repo.table_order());
    for shard in shards {
        if let Some(&partition) = placement.placed.get(&shard.repo) {
            builder.add(shard, partition)?;
        }
    }
    builder.finish(options, placement)
}

/// A release that grows by repository, in table order (R111).
struct Builder<'a> {
    mining: &'a Mining,
    index: &'a MiningIndex,
    root: &'a Path,
    limits: BTreeMap<Split, Limit>,
    spans: BTreeMap<TaskSet, TableWriter<SpanTask>>,
    whole: BTreeMap<TaskSet, TableWriter<Task>>,
    tables: Vec<TableEntry>,
    repos: Vec<ReleasedRepo>,
    without_commits: Vec<crate::RepoId>,
}

impl<'a> Builder<'a> {
    fn new(mining: &'a Mining, index: &'a MiningIndex, root: &'a Path, options: &BuildOptions) -> Self {
        let limit = |split: &Split| (*split, Limit::of(*split, index.profile, options.caps));
        Self {
            mining,
            index,
            root,
            limits: Split::ALL.iter().map(limit).collect(),
            spans: BTreeMap::new(),
            whole: BTreeMap::new(),
            tables: Vec::new(),
            repos: Vec::new(),
            without_commits: Vec::new(),
        }
    }

    fn add(&mut self, shard: &Shard, partition: Partition) -> Result<()> {
        let commits = self.commits(shard)?;
        let Some(anchor) = anchor(partition, &commits) else {
            self.without_commits.push(shard.repo.clone());
            return Ok(());
        };
        let mut tasks: BTreeMap<Split, u64> = BTreeMap::new();
        let (chosen, last_of_line) = self.choose(shard, partition, &commits)?;
        for span in self.addressed(shard, chosen)? {
            *tasks.entry(span.split).or_default() += 1;
            let set = TaskSet::Split(span.split);
            writer(self.root, &mut self.spans, set)?.push(span)?;
        }
        for split in tasks.keys() {
            writer(self.root, &mut self.spans, TaskSet::Split(*split))?.end_group()?;
        }
        match partition {
            Partition::Train => self.whole(shard, TaskSet::Anchor, ShardTable::Anchor, Split::Train)?,
            Partition::OodTest => self.static_ood(shard, &commits, last_of_line)?,
            Partition::CrossRepoVal | Partition::CrossRepoTest => {}
        }
        self.copy(shard)?;
        let mut by_stage: BTreeMap<Stage, u64> = BTreeMap::new();
        for place in &commits {
            *by_stage.entry(place.stage).or_default() += 1;
        }
        self.repos.push(ReleasedRepo {
            repo: shard.repo.clone(),
            commit: shard.commit.clone(),
            licence: shard.licence.clone(),
            partition,
            tasks,
            commits: by_stage,
            anchor: Some(anchor),
        });
        Ok(())
    }

    /// The kept commits of a shard, their indices and stages checked (R113).
    fn commits(&self, shard: &Shard) -> Result<Vec<CommitPlace>> {
        let mut commits: Vec<CommitPlace> = Vec::new();
        for batch in self.mining.rows(shard, ShardTable::Commits)? {
            commits.extend(batch?);
        }
        for (at, (place, stage)) in commits.iter().zip(stages(commits.len())).enumerate() {
            if (place.index as usize, place.stage) != (at, stage) {
                let path = self.mining.table_path(ShardTable::Commits, &shard.repo);
                let reason = format!("commit {} is not number {at}, stage {stage}", place.commit);
                return Err(Error::malformed(&path, Some(at as u64 + 1), reason));
            }
        }
        Ok(commits)
    }

    /// The emissions of a shard that pass the caps, and what the static view of an OOD repository needs.
    fn choose(
        &mut self,
        shard: &Shard,
        partition: Partition,
        commits: &[CommitPlace],
    ) -> Result<(Vec<SpanTask>, LastOfLine)> {
        let (mut chosen, mut last_of_line) = (Vec::new(), LastOfLine::default());
        let static_ood = partition == Partition::OodTest && self.index.profile == Profile::Paper;
        let path = self.mining.table_path(ShardTable::Emissions, &shard.repo);
        for run in by_commit(self.mining.rows(shard, ShardTable::Emissions)?) {
            let run: Vec<Emission> = run?;
            let place = run.first().and_then(|first| commits.get(first.commit_index as usize));
            let Some(place) = place else {
                return Err(Error::malformed(&path, None, "an emission names a commit that the shard does not have"));
            };
            if static_ood {
                for emission in &run {
                    last_of_line.push(emission);
                }
            }
            let split = partition.split_at(place.stage);
            let limit = self.limits.get_mut(&split).expect("because every split has a limit");
            let mut kept = limit.choose(&run).into_iter().peekable();
            for (at, emission) in run.into_iter().enumerate() {
                if kept.next_if_eq(&at).is_some() {
                    chosen.push(span(shard, place, split, emission));
                }
            }
        }
        Ok((chosen, last_of_line))
    }

    /// `spans` with their content addresses, prefixes shortened where that is the rule.
    fn addressed(&self, shard: &Shard, mut spans: Vec<SpanTask>) -> Result<Vec<SpanTask>> {
        let texts = self.texts(shard, &spans)?;
        // Neighbours have one text, which is put together once for all of them.
        let addressed = spans.par_chunk_by_mut(|a, b| a.emission.blob == b.emission.blob).try_for_each(|spans| {
            let blob = spans[0].emission.blob;
            let text = texts.get(blob).ok_or(blob)?;
            spans.iter_mut().try_for_each(|span| {
                span.id = span.task(span.prefix(&text).ok_or(blob)?).assertion.address();
                Ok(())
            })
        });
        addressed.map_err(|blob: u32| self.outside(shard, blob))?;
        Ok(spans)
    }

    fn texts(&self, shard: &Shard, spans: &[SpanTask]) -> Result<PackedTexts> {
        let wanted = spans.iter().map(|span| span.emission.blob).collect();
        PackedTexts::read(self.mining.rows::<Blob>(shard, ShardTable::Blobs)?, &wanted)
    }

    fn outside(&self, shard: &Shard, blob: u32) -> Error {
        let path = self.mining.table_path(ShardTable::Emissions, &shard.repo);
        Error::malformed(&path, None, format!("an emission does not lie in blob {blob}"))
    }

    /// The static view of an OOD repository: R123, or the selection at the head (R124) in the profile `strict`.
    fn static_ood(&mut self, shard: &Shard, commits: &[CommitPlace], last_of_line: LastOfLine) -> Result<()> {
        if self.index.profile == Profile::Strict {
            if shard.holds(Track::Static) {
                self.whole(shard, TaskSet::StaticOod, ShardTable::Drafts, Split::OodTest)?;
            }
            return Ok(());
        }
        let span_of =
            |emission: Emission| span(shard, &commits[emission.commit_index as usize], Split::OodTest, emission);
        let mut spans: Vec<SpanTask> = last_of_line.tasks().map(span_of).collect();
        let texts = self.texts(shard, &spans)?;
        for span in &mut spans {
            let blob = span.emission.blob;
            shorten(span, &texts.get(blob).ok_or_else(|| self.outside(shard, blob))?);
        }
        for span in self.addressed(shard, spans)? {
            writer(self.root, &mut self.spans, TaskSet::StaticOod)?.push(span)?;
        }
        writer(self.root, &mut self.spans, TaskSet::StaticOod)?.end_group()
    }

    /// Appends the selected drafts in `table` of a shard to `set`.
    fn whole(&mut self, shard: &Shard, set: TaskSet, table: ShardTable, split: Split) -> Result<()> {
        let drafts = selected(self.mining, shard, table)?;
        let writer = writer(self.root, &mut self.whole, set)?;
        for draft in drafts {
            writer.push(Task { split, assertion: draft.assertion })?;
        }
        writer.end_group()
    }

    fn copy(&mut self, shard: &Shard) -> Result<()> {
        let (mining, root) = (self.mining, self.root);
        self.tables.push(copy::<KeptCommit>(mining, root, shard, ShardTable::Commits)?);
        self.tables.push(copy::<Blob>(mining, root, shard, ShardTable::Blobs)?);
        self.tables.push(copy::<FileChange>(mining, root, shard, ShardTable::Files)?);
        self.tables.push(copy::<DefinitionStep>(mining, root, shard, ShardTable::Definitions)?);
        Ok(())
    }

    fn finish(mut self, options: &BuildOptions, placement: Placement) -> Result<Contents> {
        for (set, writer) in self.spans {
            let rows = writer.finish()?;
            self.tables.push(entry::<SpanTask>(self.root, &set.path(), rows)?);
        }
        for (set, writer) in self.whole {
            let rows = writer.finish()?;
            self.tables.push(entry::<Task>(self.root, &set.path(), rows)?);
        }
        self.tables.sort_by(|a, b| a.path.cmp(&b.path));
        self.repos.sort_by(|a, b| a.repo.cmp(&b.repo));
        self.without_commits.sort();
        if self.repos.is_empty() {
            let reason = "none has a kept commit".to_owned();
            return Err(Error::Split { found: self.without_commits.len(), reason });
        }
        Ok(Contents {
            format: RELEASE_FORMAT,
            origin: Origin::Mined,
            profile: self.index.profile,
            track: Track::Evolution,
            split_seed: SPLIT_SEED,
            group: Grouping::Pair,
            min_pairs: options.min_pairs as u64,
            caps: Some(options.caps),
            repos: self.repos,
            left_out: placement.left_out,
            without_commits: self.without_commits,
            tables: self.tables,
            leaks: None,
        })
    }
}

/// The kept commit that stands for a repository: its last training commit, the first one of an OOD repository (R125).
fn anchor(partition: Partition, commits: &[CommitPlace]) -> Option<Anchor> {
    let place = match partition {
        Partition::OodTest => commits.first(),
        _ => commits.iter().rfind(|place| place.stage == Stage::Train),
    };
    place.map(|place| Anchor { commit: place.commit.clone(), index: place.index })
}

fn span(shard: &Shard, place: &CommitPlace, split: Split, emission: Emission) -> SpanTask {
    SpanTask {
        id: crate::TaskId::of(&[]),
        repo: shard.repo.clone(),
        commit: place.commit.clone(),
        stage: place.stage,
        split,
        prefix_start: 0,
        emission,
    }
}

/// The writer of `set`, made when it is first needed.
fn writer<'w, R: Row>(
    root: &Path,
    writers: &'w mut BTreeMap<TaskSet, TableWriter<R>>,
    set: TaskSet,
) -> Result<&'w mut TableWriter<R>> {
    match writers.entry(set) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => Ok(entry.insert(TableWriter::create(&root.join(set.path()), &[])?)),
    }
}
