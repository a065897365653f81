//! Whether networks read what was stored (M171), and what they would make of it without training (M164).

use std::path::Path;
use std::rc::Rc;

use bench::audit::{Geometry, Provenance};
use bench::{RepoId, Seed};
use tch::{Device, Tensor};

use super::cast::Cast;
use super::geometry::geometry_of;
use super::mean::mean_adapter;
use crate::adapter::Adapter;
use crate::conditioning::AdapterSource;
use crate::error::{Error, Result};
use crate::hypernetwork::{Architecture, Generator, Head, HyperModulator, Mode, SharedBasis};
use crate::vectors::Vectors;

/// Places that are looked at, at most.
const SAMPLED: usize = 64;

/// Holds the contexts of the audited places against the stored vectors of their repositories: a policy may read that of an
/// earlier commit, but it must be one of them, number for number. None if adapters are not made from stored vectors.
///
/// # Errors
/// If a context or vector cannot be read.
pub fn check_contexts(source: &mut dyn AdapterSource, files: &[Vectors], cast: &Cast) -> Result<Option<Provenance>> {
    if matches!(source.architecture(), None | Some(Architecture::Evo { .. })) {
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

/// The geometry of the adapters that a network of this kind makes of `contexts` before it is trained (M164 i), and of
/// `training` ([N, C]) their mean.
///
/// # Errors
/// If the network cannot be made, or there is no context.
pub fn untrained(
    architecture: &Architecture,
    contexts: &[(RepoId, Tensor)],
    training: &[Tensor],
    (seed, device): (Seed, Device),
) -> Result<Option<Geometry>> {
    let _guard = tch::no_grad_guard();
    let generator = fresh(architecture, seed.derive("untrained"), device)?;
    let make = |context: &Tensor| -> Rc<Adapter> {
        let input = context.to_device(device).unsqueeze(0);
        Rc::new(generator.generate(&input, Mode::Inference).pop().expect("because one context gives one adapter"))
    };
    let Some(average) = mean_adapter(training.iter().map(|context| Ok(make(context))), bench::audit::Space::Factor)? else {
        return Ok(None);
    };
    let rows: Vec<_> =
        contexts.iter().map(|(repo, context)| (repo.clone(), make(context), Some(context.shallow_clone()))).collect();
    geometry_of(&rows, &average, architecture.adapter().layers).map(Some)
}

/// An untrained network that makes adapters; of one that walks histories, its head.
fn fresh(architecture: &Architecture, seed: Seed, device: Device) -> Result<Box<dyn Generator>> {
    let origin = Path::new("an untrained network");
    Ok(match architecture.clone() {
        Architecture::Static { head } | Architecture::Evo { head, .. } => {
            let parameters = head.init(seed, device);
            Box::new(Head::new(origin, head, parameters)?)
        }
        Architecture::Text2lora { modulator } => {
            let parameters = modulator.init(seed, device);
            Box::new(HyperModulator::new(origin, modulator, parameters)?)
        }
        Architecture::SharedBasis { basis } => {
            let parameters = basis.init(seed, device);
            Box::new(SharedBasis::new(origin, basis, parameters)?)
        }
    })
}
