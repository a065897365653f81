//! The assertions of a shard with their prefixes, before any cap.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use rayon::prelude::*;

use super::{Mining, PackedTexts, Shard, ShardTable};
use crate::error::{Error, Result};
use crate::evolution::{BlobUse, CommitPlace, Emission};
use crate::ids::RepoId;
use crate::table::{BATCH_BYTES, TableReader};
use crate::task::Assertion;

/// The assertions that a shard emits, in the order of R110, in pieces of bounded size: prefixes are whole files.
pub struct Emitted {
    shard: Known,
    emissions: TableReader<Emission>,
    pending: VecDeque<Emission>,
}

/// What emissions refer to.
struct Known {
    repo: RepoId,
    path: PathBuf,
    commits: Vec<CommitPlace>,
    texts: PackedTexts,
}

impl Emitted {
    pub(super) fn open(mining: &Mining, shard: &Shard) -> Result<Self> {
        let mut commits = Vec::new();
        for batch in mining.rows(shard, ShardTable::Commits)? {
            commits.extend(batch?);
        }
        let mut wanted = BTreeSet::new();
        for batch in mining.rows(shard, ShardTable::Emissions)? {
            wanted.extend(batch?.into_iter().map(|BlobUse(number)| number));
        }
        let known = Known {
            repo: shard.repo.clone(),
            path: mining.table_path(ShardTable::Emissions, &shard.repo),
            commits,
            texts: PackedTexts::read(mining.rows(shard, ShardTable::Blobs)?, &wanted)?,
        };
        Ok(Self { shard: known, emissions: mining.rows(shard, ShardTable::Emissions)?, pending: VecDeque::new() })
    }

    /// The kept commits of the shard, oldest first.
    pub fn commits(&self) -> &[CommitPlace] {
        &self.shard.commits
    }

    fn piece(&mut self) -> Result<Option<Vec<Assertion>>> {
        if self.pending.is_empty() {
            match self.emissions.next() {
                Some(batch) => self.pending.extend(batch?),
                None => return Ok(None),
            }
        }
        let mut bytes = 0;
        let mut count = 0;
        while let Some(emission) = self.pending.get(count).filter(|_| bytes < BATCH_BYTES) {
            bytes += emission.prefix_end as usize;
            count += 1;
        }
        let emissions: Vec<Emission> = self.pending.drain(..count).collect();
        let shard = &self.shard;
        // Neighbours have one text, which is put together once for all of them.
        let neighbours = emissions.par_chunk_by(|a, b| a.blob == b.blob);
        let pieces: Vec<Vec<Assertion>> =
            neighbours.map(|emissions| shard.assertions(emissions)).collect::<Result<_>>()?;
        Ok(Some(pieces.into_iter().flatten().collect()))
    }
}

impl Known {
    /// The assertions of `emissions`, which are of one blob.
    fn assertions(&self, emissions: &[Emission]) -> Result<Vec<Assertion>> {
        let text = emissions.first().and_then(|first| self.texts.get(first.blob));
        emissions.iter().map(|emission| self.assertion(emission, text.as_deref())).collect()
    }

    fn assertion(&self, emission: &Emission, text: Option<&str>) -> Result<Assertion> {
        let broken = |what: &str| {
            let reason = format!("{}, line {}: the {what} is not in the shard", emission.path, emission.line);
            Error::malformed(&self.path, None, reason)
        };
        let place = self.commits.get(emission.commit_index as usize).ok_or_else(|| broken("commit"))?;
        let prefix = text.and_then(|text| emission.prefix(0, text)).ok_or_else(|| broken("text"))?;
        let mut assertion = emission.assertion(&self.repo, &place.commit, place.stage, prefix);
        assertion.id = assertion.address();
        Ok(assertion)
    }
}

impl Iterator for Emitted {
    type Item = Result<Vec<Assertion>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.piece().transpose()
    }
}
