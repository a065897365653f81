//! Whether networks read what was stored (M171).

use bench::audit::Provenance;

use super::cast::Cast;
use crate::conditioning::AdapterSource;
use crate::error::{Error, Result};
use crate::hypernetwork::Architecture;
use crate::vectors::Vectors;

/// Places that are looked at, at most.
const SAMPLED: usize = 64;

/// Holds the contexts of the audited places against the stored vectors of their repositories: a policy may read that of an
/// earlier commit, but it must be one of them, number for number. None if adapters are not made from stored vectors.
///
/// # Errors
/// If a context or vector cannot be read.
pub fn check_contexts(source: &mut dyn AdapterSource, files: &[Vectors], cast: &Cast) -> Result<Option<Provenance>> {
    if matches!(source.architecture(), None | Some(Architecture::Evo { .. } | Architecture::ResidualEvo { .. })) {
        return Ok(None);
    }
    let (mut places, mut largest) = (0, 0.0_f64);
    for place in cast.places().take(SAMPLED) {
        let Some(context) = source.context(&place.repo, &place.commit)? else { return Ok(None) };
        let mut nearest = f64::INFINITY;
        for vectors in files {
            for (repo, commit) in vectors.places().filter(|(repo, _)| *repo == place.repo) {
                let stored = vectors.context(&repo, &commit)?;
                if stored.size() == context.size() {
                    nearest = nearest.min((stored - &context).abs().max().double_value(&[]));
                }
            }
        }
        if nearest.is_infinite() {
            let reason = "no file of vectors holds one of this width for it";
            return Err(Error::option("vectors", place.repo, reason));
        }
        places += 1;
        largest = largest.max(nearest);
    }
    Ok(Some(Provenance { places, largest_difference: largest }))
}
