//! How far adapters of different repositories are apart (M162, M164).

mod gram;
mod statistics;
#[cfg(test)]
pub(super) mod tests;

use std::rc::Rc;

use bench::audit::{Geometry, Space};
use bench::{AdapterSpread, RepoId};
use tch::Tensor;

use super::mean::{MeanAdapter, mean_adapter};
use crate::adapter::Adapter;
use crate::error::Result;

pub use gram::Gram;

/// How far `adapters` are apart, their mean being that of their factors (M232); none if there are fewer than two, or they
/// change nothing. `layers` is the number of layers of the base model.
///
/// # Errors
/// If adapters are of different shapes.
pub fn spread_of(adapters: &[Rc<Adapter>], layers: i64) -> Result<Option<AdapterSpread>> {
    let _guard = tch::no_grad_guard();
    let Some(mean) = mean_adapter(adapters.iter().cloned().map(Ok), Space::Factor)? else { return Ok(None) };
    let all: Vec<&Adapter> = adapters.iter().chain([&mean.adapter]).map(|adapter| &**adapter).collect();
    Ok(statistics::spread(&gram::Grams::of(&all, layers)?))
}

/// The geometry of the adapters of `repos`, an adapter and, where there is one, a context ([C]) each; `average` is the mean
/// that residuals are to. `layers` is the number of layers of the base model.
///
/// # Errors
/// If adapters are of different shapes.
pub fn geometry_of(
    repos: &[(RepoId, Rc<Adapter>, Option<Tensor>)],
    average: &MeanAdapter,
    layers: i64,
) -> Result<Geometry> {
    let _guard = tch::no_grad_guard();
    // The mean comes last.
    let adapters: Vec<&Adapter> = repos.iter().map(|(_, adapter, _)| &**adapter).chain([&*average.adapter]).collect();
    let grams = gram::Grams::of(&adapters, layers)?;
    let contexts: Option<Vec<&Tensor>> = repos.iter().map(|(_, _, context)| context.as_ref()).collect();
    let contexts = contexts.filter(|contexts| !contexts.is_empty()).map(|contexts| Gram::of_vectors(&contexts));
    let names = repos.iter().map(|(repo, _, _)| repo.clone()).collect();
    Ok(statistics::of(names, &grams, contexts.as_ref(), average))
}
