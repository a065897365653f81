//! Renames with an edit: every destination against every source.

use std::cmp::Ordering;

use super::Candidates;
use super::similarity::{Score, Similarity};

/// How many sources are remembered for a destination; git's number.
const KEPT: usize = 4;

/// A source that a destination may come from.
#[derive(Debug, Clone, Copy)]
struct Match {
    destination: usize,
    source: usize,
    score: Score,
    same_name: bool,
}

/// Joins the pairs that agree by [`Score::RENAME`], the best first, unless there are more than `side` times `side`.
pub(super) fn join(candidates: &mut Candidates<'_>, similarity: &mut Similarity<'_, '_>, side: usize) {
    let (destinations, sources) = (candidates.destinations.len(), candidates.sources.len());
    if destinations.saturating_mul(sources) > side.saturating_mul(side) {
        return;
    }
    let mut matches = Vec::with_capacity(KEPT * destinations.min(side));
    for destination in 0..destinations {
        matches.extend(best(candidates, similarity, destination).into_iter().flatten());
    }
    matches.sort_by(order);
    let pairs = choose(&matches, destinations, sources);
    candidates.join(&pairs);
}

/// The best sources of one destination, in the slots in which git would have them.
fn best(candidates: &Candidates<'_>, similarity: &mut Similarity<'_, '_>, destination: usize) -> [Option<Match>; KEPT] {
    let mut kept: [Option<Match>; KEPT] = [None; KEPT];
    let two = &candidates.destinations[destination];
    for (source, one) in candidates.sources.iter().enumerate() {
        let score = similarity.of(one, two, Score::RENAME);
        let found = Match { destination, source, score, same_name: one.base_name() == two.base_name() };
        let worst = worst(&kept);
        if kept[worst].is_none_or(|kept| order(&kept, &found).is_gt()) {
            kept[worst] = Some(found);
        }
    }
    similarity.forget(two);
    kept
}

/// The slot to give up: the first free one, else the first of the worst.
fn worst(kept: &[Option<Match>; KEPT]) -> usize {
    let mut worst = 0;
    for slot in 1..KEPT {
        let is_worse = match (&kept[slot], &kept[worst]) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(one), Some(two)) => order(one, two).is_gt(),
        };
        if is_worse {
            worst = slot;
        }
    }
    worst
}

/// The better score first, then the pair with one base name. Others are equal, and stay as they are found.
fn order(one: &Match, two: &Match) -> Ordering {
    two.score.cmp(&one.score).then_with(|| two.same_name.cmp(&one.same_name))
}

/// The pairs to join, given the best first: each destination and source once.
fn choose(matches: &[Match], destinations: usize, sources: usize) -> Vec<(usize, usize, Score)> {
    let (mut taken, mut used) = (vec![false; destinations], vec![false; sources]);
    let mut pairs = Vec::new();
    for found in matches.iter().take_while(|found| found.score >= Score::RENAME) {
        if taken[found.destination] || used[found.source] {
            continue;
        }
        (taken[found.destination], used[found.source]) = (true, true);
        pairs.push((found.destination, found.source, found.score));
    }
    pairs
}
