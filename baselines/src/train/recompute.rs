//! A backward pass that keeps only what enters each layer and computes the rest again (M216).
//!
//! First everything runs without a graph. Then the head is differentiated, and the layers from the last to the first,
//! each in a graph of its own: with y = f(x) and g the gradient of the loss by y, the gradient of ⟨y, g⟩ by x and by the
//! parameters in f is that of the loss. Nothing is approximated: gradients are those of the whole graph up to the order
//! of additions.

use tch::{Kind, Tensor};

use super::batch::Batch;
use super::objective::{backward, summed};
use crate::adapter::RowAdapters;
use crate::error::{Error, Result};
use crate::model::{Input, Layout, Positions, Qwen2};

/// As [`Objective::accumulate`](super::Objective::accumulate).
pub(super) fn accumulate(
    model: &Qwen2,
    adapters: Option<&RowAdapters>,
    batch: &Batch,
    factor: f64,
    (noise, label_smoothing): (Option<&Tensor>, f64),
) -> Result<f64> {
    let device = model.device();
    let (ids, sources) = (batch.ids.to_device(device), batch.sources.to_device(device));
    let from = batch.first_source();
    let positions = Positions::Tail { at: &sources, from };
    let input = Input { ids: &ids, layout: Layout::Left(&batch.padding), positions, adapters, noise };
    let place = model.place(&input);
    let layers = usize::try_from(model.config().num_hidden_layers).expect("because layers are counted");
    let from = |layer| if layer + 1 == layers { from } else { 0 };
    let mut entering = Vec::with_capacity(layers);
    let leaving = tch::no_grad(|| {
        let mut hidden = model.embed(&input);
        for layer in 0..layers {
            let next = model.layer(layer, (&hidden, from(layer)), &place, adapters);
            entering.push(std::mem::replace(&mut hidden, next));
        }
        hidden
    });
    let leaving = leaf(&leaving);
    let value = backward(&summed(&model.head(&leaving, &sources, from(layers - 1)), batch, label_smoothing), factor)?;
    if !value.is_finite() {
        return Ok(value);
    }
    let mut gradient = leaving.grad();
    drop(leaving);
    while let Some(hidden) = entering.pop() {
        let hidden = leaf(&hidden);
        let layer = entering.len();
        pull(&model.layer(layer, (&hidden, from(layer)), &place, adapters), &gradient)?;
        gradient = hidden.grad();
    }
    if model.trains_embedding() {
        pull(&model.embed(&input), &gradient)?;
    }
    Ok(value)
}

/// `tensor` as the beginning of a new graph.
fn leaf(tensor: &Tensor) -> Tensor {
    tensor.detach().set_requires_grad(true)
}

/// Adds to everything that `made` depends on what `gradient`, the gradient by `made`, comes to there.
fn pull(made: &Tensor, gradient: &Tensor) -> Result<()> {
    let product = made.to_kind(Kind::Float) * gradient.to_kind(Kind::Float);
    product.sum(Kind::Float).f_backward().map_err(|source| Error::torch("compute a gradient", source))
}
