//! The geometry of other adapters, to read a method's own against (M164).

use std::path::Path;
use std::rc::Rc;

use bench::audit::{ControlGeometry, Space};
use bench::{RepoId, Seed};
use tch::{Device, Tensor};

use super::cast::Place;
use super::geometry::geometry_of;
use super::mean::mean_adapter;
use crate::adapter::Adapter;
use crate::conditioning::AdapterSource;
use crate::error::{Error, Result};
use crate::fit::Artifact;
use crate::hypernetwork::{Architecture, Generator, Mode, Network};
use crate::model::Config;

/// The geometry of what a network of the kind of `source` makes of `contexts` before it is trained (M164 i): what the
/// architecture brings with it. The mean is over the contexts of `training`. None if no network makes the adapters.
///
/// # Errors
/// If the network cannot be made, or a context cannot be read.
pub fn untrained(
    source: &mut dyn AdapterSource,
    contexts: &[(RepoId, Tensor)],
    training: &[Place],
    (seed, device): (Seed, Device),
) -> Result<Option<ControlGeometry>> {
    let _guard = tch::no_grad_guard();
    let mut architecture = match source.architecture() {
        // The head of the latter changes nothing before it is trained.
        None | Some(Architecture::ResidualEvo { .. }) => return Ok(None),
        Some(architecture) => architecture.clone(),
    };
    let read = training.iter().filter_map(|place| source.context(&place.repo, &place.commit).transpose());
    let averaged: Vec<Tensor> = read.collect::<Result<_>>()?;
    if averaged.is_empty() {
        return Ok(None);
    }
    let against = architecture.read_against(|| Ok(Tensor::stack(&averaged, 0)))?;
    let mut parameters = architecture.init(seed.derive("untrained"), device);
    for (name, tensor) in against.into_tensors() {
        parameters.insert(name, tensor.to_device(device));
    }
    let network = architecture.build(Path::new("an untrained network"), parameters)?;
    let generator: &dyn Generator = match &network {
        Network::OfVector(generator) => generator.as_ref(),
        Network::OfHistory(network) => network.head.as_ref(),
    };
    let make = |context: &Tensor| -> Rc<Adapter> {
        let input = context.to_device(device).unsqueeze(0);
        Rc::new(generator.generate(&input, Mode::Inference).adapter(0))
    };
    let Some(average) = mean_adapter(averaged.iter().map(|context| Ok(make(context))), Space::Factor)? else {
        return Ok(None);
    };
    let rows: Vec<_> =
        contexts.iter().map(|(repo, context)| (repo.clone(), make(context), Some(context.shallow_clone()))).collect();
    let geometry = geometry_of(&rows, &average, architecture.adapter().layers)?;
    Ok(Some(ControlGeometry { name: "untrained head".to_owned(), geometry }))
}

/// The geometry of the adapters that were trained one a repository (M164 ii): those of every second repository, by name,
/// against the mean of the others, so that none is part of the mean it is held against.
///
/// # Errors
/// If one cannot be read, or there are fewer than two.
pub fn per_repository(artifact: &Artifact, config: &Config, device: Device) -> Result<ControlGeometry> {
    let open = |repo: &RepoId| -> Result<Rc<Adapter>> {
        let adapter = artifact.adapter_of(repo, config, device)?;
        Ok(Rc::new(adapter.expect("because the manifest names the repositories with an adapter")))
    };
    let repos: Vec<&RepoId> = artifact.manifest().repos.keys().collect();
    let (shown, averaged) = (repos.iter().step_by(2), repos.iter().skip(1).step_by(2));
    let average = mean_adapter(averaged.map(|repo| open(repo)), Space::Delta)?.ok_or_else(|| {
        let reason = "it has adapters of fewer than two repositories";
        Error::option("plora", artifact.manifest().method.as_str(), reason)
    })?;
    let rows = shown.map(|&repo| Ok((repo.clone(), open(repo)?, None))).collect::<Result<Vec<_>>>()?;
    let geometry = geometry_of(&rows, &average, config.num_hidden_layers)?;
    Ok(ControlGeometry { name: "Per-repo LoRA".to_owned(), geometry })
}
