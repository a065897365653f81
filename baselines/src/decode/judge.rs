//! How likely a model finds completions that it is given.

use tch::{Device, Kind, Tensor};

use super::choose::AT_A_TIME;
use crate::error::{Error, Result};
use crate::model::Qwen2;

/// What a model says to a completion that it is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Negative log-likelihood of its tokens in nats, summed, every token after the given ones before it. No token is
    /// banned.
    pub nll: f64,
    /// The same of the end of sequence behind them.
    pub eos_nll: f64,
    /// The place of the first token among all ids by likelihood, from 1; ties count as worse.
    pub first_rank: u32,
}

/// Negative log-likelihoods and ranks of `targets`, an id a row of `hidden` ([N, D]).
pub(super) fn measure(model: &Qwen2, hidden: &Tensor, targets: &[i64]) -> Result<Vec<(f64, i64)>> {
    let failed = |source| Error::torch("measure a likelihood", source);
    let targets = Tensor::from_slice(targets).to_device(model.device());
    let mut found = Vec::new();
    for (hidden, targets) in hidden.split(AT_A_TIME, 0).iter().zip(targets.split(AT_A_TIME, 0)) {
        // [N, V]
        let logits = model.logits(hidden);
        let own = logits.gather(1, &targets.unsqueeze(1), false);
        let nll = (logits.to_kind(Kind::Double).logsumexp(1, false) - own.squeeze_dim(1)).to_device(Device::Cpu);
        let rank = logits.ge_tensor(&own).sum_dim_intlist(1, false, Kind::Int64).to_device(Device::Cpu);
        let nll = Vec::<f64>::try_from(nll).map_err(failed)?;
        if let Some(value) = nll.iter().copied().find(|value| !value.is_finite()) {
            return Err(Error::NonFinite { what: "likelihood", value, step: 0 });
        }
        found.extend(nll.into_iter().zip(Vec::<i64>::try_from(rank).map_err(failed)?));
    }
    Ok(found)
}
