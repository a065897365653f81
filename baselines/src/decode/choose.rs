//! From logits to tokens.

use tch::{Device, Kind, Tensor};

use super::DecodeOptions;
use super::lane::Lane;
use crate::adapter::RowAdapters;
use crate::error::{Error, Result};
use crate::model::{Input, Layout, Positions, Qwen2};

/// How near, relative to its size, the second logit may come to the first before a choice counts as near: several times
/// what other shapes of matrices were seen to change in f32.
const NEAR: f64 = 2e-5;
/// Positions whose logits are made at a time: bounds memory with large vocabularies.
pub(super) const AT_A_TIME: i64 = 256;

/// The likeliest allowed id at a position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    id: u32,
    /// Whether rounding might have decided.
    near: bool,
}

impl Choice {
    pub(super) fn new(id: u32, near: bool) -> Self {
        Self { id, near }
    }

    /// The id; where rounding might have decided, what the model says to the sequence of `lane`, which is all that the
    /// position sees, alone.
    pub(super) fn settle(self, model: &Qwen2, lane: &Lane, options: &DecodeOptions) -> Result<u32> {
        if !self.near {
            return Ok(self.id);
        }
        let ids: Vec<i64> = lane.sequence.iter().map(|&id| i64::from(id)).collect();
        let ids = Tensor::from_slice(&ids).unsqueeze(0).to_device(model.device());
        let adapters = RowAdapters::new([lane.adapter.as_ref()]);
        let (layout, positions) = (Layout::Left(&[0]), Positions::Last);
        let input = Input { ids: &ids, layout, positions, adapters: Some(&adapters), noise: None };
        let chosen = choose(model, &model.hidden(&input, None), options, lane.sequence.len())?;
        Ok(chosen[0].id)
    }
}

/// The choices at the positions of `hidden` ([N, D]). `step` is for the error.
pub(super) fn choose(model: &Qwen2, hidden: &Tensor, options: &DecodeOptions, step: usize) -> Result<Vec<Choice>> {
    let mut choices = Vec::new();
    for part in hidden.split(AT_A_TIME, 0) {
        choices.extend(likeliest(model.logits(&part), model.kind(), options, step)?);
    }
    Ok(choices)
}

/// The likeliest allowed id of each row of `logits` ([N, V]).
fn likeliest(mut logits: Tensor, weights: Kind, options: &DecodeOptions, step: usize) -> Result<Vec<Choice>> {
    let failed = |source| Error::torch("choose the next tokens", source);
    let total = f64::try_from(logits.sum(Kind::Double)).map_err(failed)?;
    if !total.is_finite() {
        return Err(Error::NonFinite { what: "sum of the logits", value: total, step: step as u64 });
    }
    let vocabulary = logits.size()[1];
    let banned: Vec<i64> = options.banned.iter().map(|&id| i64::from(id)).filter(|&id| id < vocabulary).collect();
    let allowed = logits.index_fill_(1, &Tensor::from_slice(&banned).to_device(logits.device()), f64::NEG_INFINITY);
    // `argmax` takes the first of equals.
    let chosen = allowed.argmax(1, true);
    let ids = Vec::<i64>::try_from(chosen.view(-1).to_device(Device::Cpu)).map_err(failed)?;
    let near = if weights == Kind::Float {
        let best = allowed.gather(1, &chosen, false);
        let rivals = allowed.ge_tensor(&(&best - (best.abs() + 1.0) * NEAR)).sum_dim_intlist(1, false, Kind::Int64);
        Vec::<i64>::try_from(rivals.to_device(Device::Cpu))
            .map_err(failed)?
            .into_iter()
            .map(|rivals| rivals > 1)
            .collect()
    } else {
        vec![false; ids.len()]
    };
    let choice =
        |(id, near)| Choice::new(u32::try_from(id).expect("because ids are indices into the vocabulary"), near);
    Ok(ids.into_iter().zip(near).map(choice).collect())
}
