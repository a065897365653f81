//! The balanced selection of one repository (R71).
//!
//! Shortest targets first, under caps per function, per file and per repository. All sorts are stable and groups are
//! visited in order of first appearance, so the input order decides between equals (R45).

use std::collections::{BTreeMap, BTreeSet};

use bench::{Difficulty, paper};

/// How many pairs are kept at most. The defaults are the benchmark's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Of one repository.
    pub per_repository: usize,
    /// Of one (file, function name).
    pub per_function: usize,
    /// Of one file.
    pub per_file: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            per_repository: paper::MAX_PAIRS_PER_REPOSITORY,
            per_function: paper::MAX_PAIRS_PER_FUNCTION,
            per_file: paper::MAX_PAIRS_PER_FILE,
        }
    }
}

/// What selection looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The test file.
    pub file: &'a str,
    /// Name of the enclosing function; methods of one name share a budget whatever their class (Q22).
    pub function: &'a str,
    /// The target.
    pub target: &'a str,
    /// Whether the target held a line feed.
    pub multiline: bool,
    /// Its tier.
    pub difficulty: Difficulty,
}

impl Entry<'_> {
    fn key(&self) -> (bool, usize) {
        (self.multiline, self.target.chars().count())
    }
}

/// The indices of the selected entries, in selection order.
pub fn select(entries: &[Entry<'_>], caps: Caps) -> Vec<usize> {
    let all = (0..entries.len()).collect();
    let by_function = cap(entries, all, caps.per_function, |entry| (entry.file, entry.function));
    let mut kept = cap(entries, by_function, caps.per_file, |entry| entry.file);
    let mut seen = BTreeSet::new();
    kept.retain(|&index| seen.insert((entries[index].file, entries[index].target)));
    if kept.len() > caps.per_repository { stratify(entries, kept, caps.per_repository) } else { kept }
}

/// Groups by `group`, keeps the first `limit` of each group by key, and concatenates the groups.
fn cap<'a, K: Ord>(
    entries: &[Entry<'a>],
    indices: Vec<usize>,
    limit: usize,
    group: impl Fn(&Entry<'a>) -> K,
) -> Vec<usize> {
    let groups = groups(indices, |index| group(&entries[index]));
    groups.into_iter().flat_map(|members| shortest(entries, members, limit)).collect()
}

/// Step 5: each tier gets its share of `limit`; missing slots go to the largest fractional parts.
fn stratify(entries: &[Entry<'_>], indices: Vec<usize>, limit: usize) -> Vec<usize> {
    let total = indices.len();
    let tiers = groups(indices, |index| entries[index].difficulty);
    let quotas = quotas(&tiers.iter().map(Vec::len).collect::<Vec<_>>(), total, limit);
    tiers.into_iter().zip(quotas).flat_map(|(members, quota)| shortest(entries, members, quota)).collect()
}

/// The quota of every tier: floor(limit · c / N) in double precision, then one more for the largest remainders.
pub(crate) fn quotas(counts: &[usize], total: usize, limit: usize) -> Vec<usize> {
    let shares: Vec<f64> = counts.iter().map(|&count| limit as f64 * count as f64 / total as f64).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shares lie between 0 and the limit")]
    let mut quotas: Vec<usize> = shares.iter().map(|share| share.floor() as usize).collect();
    let missing = limit.saturating_sub(quotas.iter().sum());
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|&a, &b| shares[b].fract().total_cmp(&shares[a].fract()));
    for &tier in order.iter().take(missing) {
        quotas[tier] += 1;
    }
    quotas
}

fn shortest(entries: &[Entry<'_>], mut members: Vec<usize>, limit: usize) -> Vec<usize> {
    members.sort_by_key(|&index| entries[index].key());
    members.truncate(limit);
    members
}

/// Members of each group, groups in order of first appearance.
pub(crate) fn groups<K: Ord>(indices: Vec<usize>, group: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
    let mut places: BTreeMap<K, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in indices {
        let place = *places.entry(group(index)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(index);
    }
    groups
}
