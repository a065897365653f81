//! Renames to another folder: base names that are unique on both sides.

use std::collections::HashMap;

use super::similarity::{Score, Similarity};
use super::{Candidate, Candidates};

/// Joins sources and destinations that alone have their base name, if they agree by [`Score::SAME_NAME`].
pub(super) fn join(candidates: &mut Candidates<'_>, similarity: &mut Similarity<'_, '_>) {
    let sources = unique(&candidates.sources);
    let destinations = unique(&candidates.destinations);
    let mut pairs = Vec::new();
    for (place, source) in candidates.sources.iter().enumerate() {
        let name = source.base_name();
        let (Some(Some(_)), Some(Some(destination))) = (sources.get(name), destinations.get(name)) else { continue };
        let score = similarity.of(source, &candidates.destinations[*destination], Score::SAME_NAME);
        if score >= Score::SAME_NAME {
            pairs.push((*destination, place, score));
        }
    }
    candidates.join(&pairs);
}

/// The places of the base names; none where several have the same. Never iterated.
fn unique<'c>(candidates: &[Candidate<'c>]) -> HashMap<&'c [u8], Option<usize>> {
    let mut places = HashMap::with_capacity(candidates.len());
    for (place, candidate) in candidates.iter().enumerate() {
        places.entry(super::base_name(candidate.path)).and_modify(|known| *known = None).or_insert(Some(place));
    }
    places
}
