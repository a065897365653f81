//! Renames without an edit.

use std::collections::{HashMap, VecDeque};

use git2::Oid;

use super::similarity::Score;
use super::{Candidate, Candidates};
use crate::history::change::Mode;

/// How many equal sources are looked at for one of the same base name; git's number.
const MAX_ALTERNATIVES: usize = 100;
/// Sources of equal content that are not used yet, in the order in which they are looked at. Never iterated as a map.
type Table = HashMap<(Oid, Option<Mode>), VecDeque<usize>>;

/// Joins every destination, in order, with an unused source of equal content: the first with its base name, else the
/// first. Links and submodules must agree in their mode.
pub(super) fn join(candidates: &mut Candidates<'_>) {
    let mut table = table(&candidates.sources);
    let mut pairs = Vec::new();
    for (place, destination) in candidates.destinations.iter().enumerate() {
        let Some(equal) = table.get_mut(&key(destination)) else { continue };
        let same_name = |&source: &usize| candidates.sources[source].base_name() == destination.base_name();
        let best = equal.iter().take(MAX_ALTERNATIVES).position(same_name).unwrap_or(0);
        if let Some(source) = equal.remove(best) {
            pairs.push((place, source, Score::SAME));
        }
    }
    candidates.join(&pairs);
}

fn table(sources: &[Candidate<'_>]) -> Table {
    let mut table = Table::new();
    for (place, source) in sources.iter().enumerate() {
        let equal = table.entry(key(source)).or_default();
        if is_backwards(sources.len()) {
            equal.push_front(place);
        } else {
            equal.push_back(place);
        }
    }
    table
}

/// What equal files have in common: the object, and the mode unless they are regular files.
fn key(candidate: &Candidate<'_>) -> (Oid, Option<Mode>) {
    let version = candidate.version;
    (version.id, (!version.mode.is_regular()).then_some(version.mode))
}

/// Whether git looks at equal sources from the last to the first.
///
/// Its hash table is made for the number of sources, at most four fifths full, in powers of four from 64. For a few
/// numbers, 205 the smallest, rounding makes it too small by one, and growing at the last insertion turns the chains.
fn is_backwards(sources: usize) -> bool {
    let mut size = 64;
    while sources * 5 / 4 > size {
        size *= 4;
    }
    sources > size * 4 / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_of_sources_turn_the_order() {
        let backwards: Vec<usize> = (0..60_000).filter(|&sources| is_backwards(sources)).collect();
        assert_eq!(backwards, [205, 3_277, 52_429]);
    }
}
